"""Goods travel in their vendor's boxes, whatever their buyer calls those (domain P-04)."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest

from tests.daemon.network import NETWORK
from tests.daemon.sites import Desktop, desktop, only
from tests.daemon.trade.direct import DIRECT, HOME, order_csv, publish
from tests.daemon.trade.exceptions.test_exceptions import LINE
from tests.daemon.trade.goods.test_hidden_box_codes import manifest
from tests.daemon.trade.landing.charge_files import (
    PRICED,
    freight,
    landed,
    ordered,
    state,
    travelling,
)

TALL = "*,,FSH,Florsol half box,FSH,Florsol half box,yes,,,,0.5,41,10,24,"
"""A half box twice as tall as that of the network: 5.6944 cubic feet for 2.8472."""
ITS_HALF = "florsol,,HB,,FSH,,yes,,,,,,,,"
"""What florsol calls a half box is this one."""
ITS_WORD = "florsol,,MEDIA,Media caja,HB,,yes,,,,,,,,"
"""What florsol calls the half box of the network."""
PACK = "florsol,ROS-EXP-60,HB,12,25,Stem,yes,,,"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Desktop]:
    with desktop(tmp_path / "site", network=PRICED) as opened:
        yield opened


def tall(site: Desktop) -> Desktop:
    """Let florsol have half boxes of its own size, which it calls HB."""
    site.unmap_row("box_types", ITS_WORD)
    site.map_row("box_types", TALL)
    site.map_row("box_types", ITS_HALF)
    return site


def costs(site: Desktop) -> str:
    """Let bloom order a half box; return the landed cost of a stem of it."""
    publish(site)
    line: dict[str, object] = {"unit_type": "Stem", "unit_cost": "0.30"}
    files = site.send("bloom", "po.csv", order_csv("1", line, ship_via="warehouse"))
    (row,) = csv.DictReader(StringIO(only(files, "bloom/order-ack").decode()))
    return row["landed_cost"]


def test_an_order_costs_what_its_vendors_boxes_take_of_the_truck(site: Desktop) -> None:
    # 2.8472 cubes at 1.10 are 3.1319 of 125.9819; a box of twice as many costs as much again.
    assert costs(tall(site)) == "0.4304"


def test_a_box_that_its_vendor_has_another_word_for_is_that_of_the_network(site: Desktop) -> None:
    tall(site).map_row("box_types", ITS_WORD)
    assert costs(site) == "0.4199"


@pytest.mark.parametrize(("fbe", "cost"), [("0.5", "0.4304"), ("0.25", "0.3854")])
def test_a_vendor_without_a_word_for_it_packs_its_own_box(
    site: Desktop, fbe: str, cost: str
) -> None:
    """Whatever part of a full box that is, where it is its stock (K-30)."""
    site.unmap_row("box_types", ITS_WORD)
    site.map_row("box_types", TALL.replace("0.5", fbe))
    site.unmap_row("packs", PACK)
    site.map_row("packs", PACK.replace("HB", "FSH"))
    assert costs(site) == cost


def test_so_do_the_charges_of_an_air_waybill(site: Desktop) -> None:
    travelling(tall(site), 1)
    (box,) = landed(state(site, freight(24)))
    assert (box["freight"], box["truck"]) == ("24", "6.2639")


def test_the_truck_line_is_told_their_size(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hauled = DIRECT.replace("[[connection]]", LINE + "[[connection]]", 1)
    with desktop(tmp_path / "hauled", network=hauled) as site:
        publish(tall(site))
        site.send("bloom", "po.csv", order_csv("T-1", **HOME))
        problems, body = manifest(site, capsys)
        assert problems == []
        assert b",41,10,24,5.694," in body


def test_a_packing_list_has_their_size(tmp_path: Path) -> None:
    form = 'receives_availability = "x12"\nreceives_shipments = "packing-list"'
    made = NETWORK.replace('receives_availability = "x12"', form, 1)
    with desktop(tmp_path / "packed", network=made) as site:
        ordered(tall(site), 1)
        files = site.send("florsol", "s.csv", b"po_number,line,awb,box_code\n1,1,,PT1\n")
        (row,) = csv.DictReader(StringIO(only(files, "bloom/packing-list").decode()))
        assert (row["Length"], row["Width"], row["Height"]) == ("41.00", "10.00", "24.00")

"""Scenario 14: a direct order whose carrier only one side knows goes with the default carrier."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.daemon.sites import Desktop, desktop, only
from tests.daemon.trade.direct import DIRECT, HOME, order_csv, publish


@pytest.fixture
def site(tmp_path: Path, ledger_url: str) -> Iterator[Desktop]:
    with desktop(tmp_path / "site", network=DIRECT, ledger_url=ledger_url) as opened:
        yield opened


def test_carrier_mapped_on_one_side_only_is_replaced_by_the_default_with_a_warning(
    site: Desktop,
) -> None:
    publish(site)
    files = site.send("bloom", "po.csv", order_csv("D-1", carrier_code="SUNL", **HOME))
    told = only(files, "florsol/850-D-1").decode()
    assert "TD5**92*TRUCK2~" in told
    assert "SUNL" not in told
    assert b",TRUCK2," in only(files, "florsol/order-D-1")
    answer = only(files, "bloom/order-ack-D-1").decode()
    assert "carrier SUNL is not mapped for Florsol Farms, so TRUCK2 takes the goods" in answer
    (order,) = site.orders()
    assert (order.carrier, order.transfer) == ("TRUCK2", "transferred")


def test_carrier_mapped_on_both_sides_is_copied_in_the_vendors_word(site: Desktop) -> None:
    site.map_row("carriers", "florsol,,SUNTRK,Sunline,TRUCK1,,yes,,,,,")
    publish(site)
    files = site.send("bloom", "po.csv", order_csv("D-2", carrier_code="SUNL", **HOME))
    assert "TD5**92*SUNTRK~" in only(files, "florsol/850-D-2").decode()
    assert b"is not mapped" not in only(files, "bloom/order-ack-D-2")
    assert site.orders()[0].carrier == "TRUCK1"


def test_goods_for_the_warehouse_go_with_the_default_carrier(site: Desktop) -> None:
    site.map_row("carriers", "florsol,,SUNTRK,Sunline,TRUCK1,,yes,,,,,")
    publish(site)
    files = site.send(
        "bloom", "po.csv", order_csv("D-3", carrier_code="SUNL", ship_via="warehouse")
    )
    assert "TD5**92*TRUCK2~" in only(files, "florsol/850-D-3").decode()
    assert b"TRUCK2 takes what goes to the warehouse" in only(files, "bloom/order-ack-D-3")

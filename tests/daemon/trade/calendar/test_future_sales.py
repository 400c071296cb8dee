"""Goods of a day to come are shown and sold before it only where their vendor says so (K-32)."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest

from daemon import cli
from tests.daemon.network import NETWORK
from tests.daemon.partner_files import availability, purchase_order
from tests.daemon.sites import Desktop, desktop, only
from tests.daemon.today import SetClock, day
from tests.daemon.trade.cart_files import at

KEEPS = NETWORK.replace(
    'availability_mode = "overwrite"',
    'availability_mode = "overwrite"\nselling = { publishes_future_sales = false }',
)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Desktop]:
    with desktop(tmp_path / "site", network=KEEPS) as opened:
        yield opened


def offers(
    site: Desktop, capsys: pytest.CaptureFixture[str], *more: str
) -> list[dict[str, object]]:
    capsys.readouterr()
    assert cli.main(["availability", "bloom", "--site", str(site.root), "--json", *more]) == 0
    found: list[dict[str, object]] = json.loads(capsys.readouterr().out)
    return found


def test_goods_of_a_day_to_come_are_not_shown_and_the_reason_is_named(
    site: Desktop, capsys: pytest.CaptureFixture[str]
) -> None:
    site.send("florsol", "a.csv", availability(("Rosa Explorer 60cm", 900, "Stem"), at=2))
    assert offers(site, capsys) == []
    (one,) = offers(site, capsys, "--product", "BLM-100", "--explain")
    reasons = one["why_hidden"]
    assert isinstance(reasons, list)
    assert [(each["rule"], each["wanted"]) for each in reasons] == [("K-32", "true")]
    site.reconfigure(NETWORK)
    assert len(offers(site, capsys)) == 1


def test_goods_of_a_day_to_come_are_not_sold(site: Desktop) -> None:
    rows = availability(("Rosa Explorer 60cm", 900, "Stem"), at=2)
    site.send("florsol", "a.csv", rows)
    files = site.send("bloom", "1.edi", purchase_order("F-1", ("BLM-100", "1", "BX"), ship=2))
    assert b"ACK*IR*1*BX" in only(files, "bloom/855-F-1")
    assert site.lots() == {"ROS-EXP-60": (900, 0)}


def test_goods_of_today_are_sold_for_a_day_to_come(site: Desktop) -> None:
    site.send("florsol", "a.csv", availability(("Rosa Explorer 60cm", 900, "Stem")))
    files = site.send("bloom", "1.edi", purchase_order("F-2", ("BLM-100", "1", "BX"), ship=2))
    assert b"ACK*IA*1*BX" in only(files, "bloom/855-F-2")


ROSE = ("Rosa Explorer 60cm", 900, "Stem")
IN_EDIFACT = NETWORK.replace('title = "Florsol Farms"', 'edifact = { id = "FLORSOL" }')
IN_EDIFACT = IN_EDIFACT.replace(
    'x12 = { id = "K2KNET" }', 'x12 = { id = "K2KNET" }\nedifact = { id = "K2KNET" }'
)
IN_EDIFACT = IN_EDIFACT.replace(
    'receives_availability = "x12"', 'edifact = { id = "BLOOM" }\nreceives_availability = "edifact"'
)


@pytest.mark.parametrize(
    ("network", "buyer", "said"),
    [
        (NETWORK, "bloom/846-", f"DTM*371*{day(2):%Y%m%d}~"),
        (IN_EDIFACT, "bloom/INVRPT-", f"DTM+132:{day(2):%Y%m%d}:102'"),
    ],
    ids=["x12", "edifact"],
)
def test_a_future_sale_says_when_its_vendor_has_the_goods(
    tmp_path: Path, network: str, buyer: str, said: str
) -> None:
    with desktop(tmp_path / "site", network=network) as site:
        files = site.send("florsol", "a.csv", availability(ROSE, at=2))
        assert only(files, buyer).decode().count(said) == 1
    with desktop(tmp_path / "there", network=network) as site:
        files = site.send("florsol", "a.csv", availability(ROSE))
        assert said.partition(f"{day(2):%Y}")[0] not in only(files, buyer).decode()


def future(body: bytes) -> list[str]:
    return [row["future_sale_from"] for row in csv.DictReader(StringIO(body.decode()))]


def test_a_future_sale_is_none_any_more_once_its_vendor_has_the_goods(tmp_path: Path) -> None:
    clock = SetClock(at(day(), 9))
    with desktop(tmp_path / "site", clock=clock) as site:
        files = site.send("florsol", "a.csv", availability(ROSE, at=2))
        assert future(only(files, "tulipan/availability-")) == [str(day(2))]
        clock.set(at(day(2), 9))
        assert future(only(site.run(), "tulipan/availability-")) == [""]

"""Goods of a day to come are shown and sold before it only where their vendor says so (K-32)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from daemon import cli
from tests.daemon.network import NETWORK
from tests.daemon.partner_files import availability, purchase_order
from tests.daemon.sites import Desktop, desktop, only

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

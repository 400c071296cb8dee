"""Scenario 4: with an offset of three days an order of Monday ships on Thursday at the earliest."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.daemon.sites import desktop, only
from tests.daemon.today import SetClock
from tests.daemon.trade.cart_files import (
    MONDAY,
    ROSE,
    ROSES,
    answers,
    at,
    cart,
    network,
    stock,
    taken,
)

THURSDAY = MONDAY + timedelta(days=3)
OFFSET = """
ship_days_offset = 3
schedule = { mon = 1, tue = 1, wed = 1, thu = 1, fri = 3 }
days_of_service = ["mon", "tue", "wed", "thu", "fri"]
"""


@pytest.mark.parametrize("days", [0, 1, 2])
def test_an_earlier_day_is_refused_with_thursday(
    tmp_path: Path, ledger_url: str, days: int
) -> None:
    clock, made = SetClock(at(MONDAY, 9)), network(link=OFFSET)
    with desktop(tmp_path / "s", network=made, ledger_url=ledger_url, clock=clock) as site:
        site.send("florsol", "stock.csv", stock(*ROSES))
        asked = MONDAY + timedelta(days=days)
        files = site.send("bloom", "po.csv", cart("P1", ("1", ROSE, 2, ""), ship=asked))
        row = answers(files)["1"]
        assert (row["status"], row["reason_code"]) == ("rejected", "E-13")
        assert row["ship_date"] == THURSDAY.isoformat()
        assert [order.state for order in site.orders()] == ["rejected"]
        assert taken(site)["ROS-FRE-50"] == 0
        assert not [name for name in files if name.startswith("florsol/")]


def test_thursday_is_taken(tmp_path: Path, ledger_url: str) -> None:
    clock, made = SetClock(at(MONDAY, 9)), network(link=OFFSET)
    with desktop(tmp_path / "s", network=made, ledger_url=ledger_url, clock=clock) as site:
        site.send("florsol", "stock.csv", stock(*ROSES))
        files = site.send("bloom", "po.csv", cart("P1", ("1", ROSE, 2, ""), ship=THURSDAY))
        assert answers(files)["1"]["status"] == "accepted"
        assert THURSDAY.strftime("%Y%m%d") in only(files, "florsol/850-P1").decode()

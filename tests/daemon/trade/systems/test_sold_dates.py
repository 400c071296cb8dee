"""When goods ship that a vendor's own system sold, that system says; its buyer's wish is judged.

Florsol ships to bloom on working days, and on the day itself until noon (K-23, K-27).
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import date
from io import StringIO
from pathlib import Path

import pytest

from tests.daemon.sites import Desktop, desktop, only
from tests.daemon.today import SetClock
from tests.daemon.trade.cart_files import CALENDAR, MONDAY, at, network, stock
from tests.daemon.trade.systems.floral_orders import order as axerrio_order
from tests.daemon.trade.systems.test_sold_changes import APPROVAL, sold

THURSDAY, SUNDAY = MONDAY.replace(day=26), MONDAY.replace(day=29)
SELLING = 'selling = { carrier_cut_off = { daily = "12:00" } }'


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Desktop]:
    """Monday at one; bloom has approved what florsol's system sold for Tuesday."""
    made = network(link=CALENDAR, selling=SELLING)
    with desktop(tmp_path / "s", network=made, clock=SetClock(at(MONDAY, 13))) as opened:
        opened.send("florsol", "stock.csv", stock(("Rosa Explorer 60cm", 3000, "Stem")))
        sold(opened, is_approved=False)
        opened.send("bloom", "approve.csv", APPROVAL)
        yield opened


def system_moves(site: Desktop, ship: date) -> str:
    """Let the system say another ship date; return what it is answered."""
    body = json.loads(axerrio_order(message=f"m-{ship}", action="change"))
    body["order"] = {"number": "AX-1", "shipDate": ship.isoformat(), "lines": []}
    files = site.send("axerrio-florsol", f"{ship}.json", json.dumps(body).encode())
    return str(json.loads(only(files, "axerrio-florsol/ack"))["result"])


def buyer_moves(site: Desktop, ship: date) -> list[tuple[str, str]]:
    """Let bloom ask for another ship date; return status and rule of each row it is answered."""
    head = "po_number,line,vendor_code,ship_date,product_code,boxes,unit_type,action"
    body = f"{head}\nAX-1,1,florsol,{ship},,,,CHANGE\n"
    files = site.send("bloom", f"{ship}.csv", body.encode())
    rows = csv.DictReader(StringIO(only(files, "bloom/advice-").decode()))
    return [(row["status"], row["code"]) for row in rows if row["record"] == "line"]


def ships_on(site: Desktop) -> list[date]:
    return [each.ship_date for each in site.orders()]


@pytest.mark.parametrize("ship", [MONDAY, SUNDAY])
def test_a_system_ships_when_it_says(site: Desktop, ship: date) -> None:
    """After the cut-off, and on a day that no schedule has."""
    assert system_moves(site, ship) == "accepted"
    assert ships_on(site) == [ship]


@pytest.mark.parametrize(("ship", "rule"), [(MONDAY, "E-10"), (SUNDAY, "E-13")])
def test_a_buyer_gets_a_day_on_which_its_vendor_ships(site: Desktop, ship: date, rule: str) -> None:
    before = ships_on(site)
    assert ("refused", rule) in buyer_moves(site, ship)
    assert ships_on(site) == before
    buyer_moves(site, THURSDAY)
    assert ships_on(site) == [THURSDAY]

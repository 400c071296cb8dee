"""A vendor's carriers have cut-offs of their own, and each order obeys its carrier's (K-27)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.daemon.sites import Desktop, desktop
from tests.daemon.today import SetClock
from tests.daemon.trade.cart_files import (
    CALENDAR,
    MONDAY,
    ROSE,
    ROSES,
    TUESDAY,
    answers,
    at,
    network,
    stock,
    taken,
)
from tests.daemon.trade.carts.test_carts import of_system
from tests.daemon.trade.systems.system_bodies import SYSTEM

OWN = 'TRUCK1 = { daily = "16:00", tue = "closed" }, AIRCARGO = { mon = "09:00" }'
CUT_OFFS = (
    f"""selling = {{ carrier_cut_off = {{ daily = "12:00" }}, carrier_cut_offs = {{ {OWN} }} }}"""
)
HEAD = "po_number,line,vendor_code,ship_date,carrier_code,product_code,boxes,unit_type"


@pytest.fixture
def clock() -> SetClock:
    return SetClock(at(MONDAY, 13))


@pytest.fixture
def site(tmp_path: Path, clock: SetClock) -> Iterator[Desktop]:
    """Monday at one, when the vendor's own cut-off has passed."""
    made = network(link=CALENDAR, selling=CUT_OFFS)
    with desktop(tmp_path / "s", network=made, clock=clock) as opened:
        opened.map_row("carriers", "bloom,,SUNL,Sunline,TRUCK1,,yes,,,,,")
        opened.map_row("carriers", "bloom,,AIR,Andean,AIRCARGO,,yes,,,,,")
        opened.send("florsol", "stock.csv", stock(*ROSES))
        yield opened


def asked(site: Desktop, carrier: str, *, ship: str = MONDAY.isoformat()) -> dict[str, str]:
    """Let bloom order for a day with a carrier; return what it is answered."""
    number = f"P{len(site.arrivals())}"
    row = f"{number},1,florsol,{ship},{carrier},{ROSE},1,Box"
    files = site.send("bloom", f"{number}.csv", f"{HEAD}\n{row}\n".encode())
    return answers(files)["1"]


def test_the_carriers_own_time_counts(site: Desktop, clock: SetClock) -> None:
    assert asked(site, "SUNL")["status"] == "accepted"
    clock.set(at(MONDAY, 16, 1))
    late = asked(site, "SUNL")
    assert (late["status"], late["reason_code"]) == ("rejected", "E-10")
    assert "by 16:00 America/New_York" in late["message"]


def test_others_go_by_the_vendors(site: Desktop) -> None:
    for carrier in ("", "AIR"):
        late = asked(site, carrier)
        assert (late["status"], late["reason_code"]) == ("rejected", "E-10")
    assert "by 12:00" in asked(site, "")["message"]
    assert "by 09:00" in asked(site, "AIR")["message"]


def test_a_weekday_that_it_says_nothing_of_is_the_vendors(site: Desktop, clock: SetClock) -> None:
    clock.set(at(TUESDAY, 11))
    assert asked(site, "AIR", ship=TUESDAY.isoformat())["status"] == "accepted"
    clock.set(at(TUESDAY, 12, 1))
    assert asked(site, "AIR", ship=TUESDAY.isoformat())["reason_code"] == "E-10"


def test_a_day_on_which_it_takes_nothing_is_no_ship_day(site: Desktop) -> None:
    closed = asked(site, "SUNL", ship=TUESDAY.isoformat())
    assert (closed["status"], closed["reason_code"]) == ("rejected", "E-13")
    assert asked(site, "AIR", ship=TUESDAY.isoformat())["status"] == "accepted"


def test_a_cart_ends_at_its_carriers_cut_off(site: Desktop, clock: SetClock) -> None:
    """K-41: the vendor's cut-off can shorten the timer."""
    clock.set(at(MONDAY, 15, 30))
    row = f"W1,1,florsol,{MONDAY},SUNL,{ROSE},1,Box,draft"
    files = site.send("bloom", "w.csv", f"{HEAD},cart_status\n{row}\n".encode())
    assert "until 2026-11-23 16:00" in answers(files)["1"]["message"]


def test_a_system_names_the_carrier_in_its_own_words(site: Desktop) -> None:
    """At one the vendor's own cut-off has passed, and that of its truck has not."""
    site.map_row("carriers", f"{SYSTEM},,FT1,Flower Truck,TRUCK1,,yes,,,,,")
    body = (
        of_system("m1", "draft", "draft")
        .replace(b"2026-11-24", b"2026-11-23")
        .replace(b"AAC", b"FT1")
    )
    site.send(SYSTEM, "cart.json", body)
    assert [each.state for each in site.orders()] == ["draft"]
    assert taken(site)["ROS-FRE-50"] == 28

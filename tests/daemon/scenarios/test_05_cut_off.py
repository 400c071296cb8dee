"""Scenario 5: carrier cut-off 14:00, shop cut-off 12:00: an order at 12:30 is late for today."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.daemon.partner_files import interchange
from tests.daemon.sites import Desktop, desktop, only
from tests.daemon.today import SetClock
from tests.daemon.trade.cart_files import (
    CALENDAR,
    MONDAY,
    ROSE,
    ROSES,
    TUESDAY,
    answers,
    at,
    cart,
    network,
    stock,
    taken,
)

SHOP = 'ecommerce_cut_off = { daily = "1200" }'
CUT_OFFS = f'selling = {{ carrier_cut_off = {{ daily = "14:00" }}, {SHOP} }}'


@pytest.fixture
def clock() -> SetClock:
    return SetClock(at(MONDAY, 9))


@pytest.fixture
def site(tmp_path: Path, ledger_url: str, clock: SetClock) -> Iterator[Desktop]:
    made = network(link=CALENDAR, selling=CUT_OFFS)
    with desktop(tmp_path / "s", network=made, ledger_url=ledger_url, clock=clock) as opened:
        opened.send("florsol", "stock.csv", stock(*ROSES))
        yield opened


def x12(number: str) -> bytes:
    """Return an 850 for today."""
    body = [
        f"BEG*00*SA*{number}**{MONDAY:%Y%m%d}",
        f"DTM*010*{MONDAY:%Y%m%d}",
        *("N1*SE*FLORSOL*92*FLORSOL", f"PO1*1*2*BX*0.30**BP*{ROSE}", "CTT*1"),
    ]
    return interchange([body], control=1)


def test_an_order_of_1230_is_refused_for_today_with_the_next_valid_date(
    site: Desktop, clock: SetClock
) -> None:
    clock.set(at(MONDAY, 12, 30))
    files = site.send("bloom", "po.csv", cart("P1", ("1", ROSE, 2, ""), ship=MONDAY))
    row = answers(files)["1"]
    assert (row["status"], row["reason_code"]) == ("rejected", "E-10")
    assert row["ship_date"] == TUESDAY.isoformat()
    assert "by 12:00 America/New_York" in row["message"]
    assert [order.state for order in site.orders()] == ["rejected"]
    assert taken(site)["ROS-FRE-50"] == 0
    assert not [name for name in files if name.startswith("florsol/")]


def test_the_855_says_the_same(site: Desktop, clock: SetClock) -> None:
    clock.set(at(MONDAY, 12, 30))
    answer = only(site.send("bloom", "po.edi", x12("P1")), "bloom/855-P1").decode()
    assert f"ACK*IR*2*BX*068*{TUESDAY:%Y%m%d}~" in answer
    assert "the next ship date is 2026-11-24" in answer.replace("~\nMSG*", "")


def test_an_order_before_noon_ships_today(site: Desktop, clock: SetClock) -> None:
    clock.set(at(MONDAY, 12, 0))
    files = site.send("bloom", "po.csv", cart("P1", ("1", ROSE, 2, ""), ship=MONDAY))
    assert answers(files)["1"]["status"] == "accepted"
    assert only(files, "florsol/850-P1")


def test_the_next_valid_date_is_valid(site: Desktop, clock: SetClock) -> None:
    clock.set(at(MONDAY, 12, 30))
    files = site.send("bloom", "po.csv", cart("P1", ("1", ROSE, 2, ""), ship=TUESDAY))
    assert answers(files)["1"]["status"] == "accepted"


def test_a_checkout_after_the_cut_off_is_refused_and_its_cart_ends(
    site: Desktop, clock: SetClock
) -> None:
    """Domain 4.8, 5: the cut-off passes between cart and checkout."""
    clock.set(at(MONDAY, 11, 30))
    files = site.send("bloom", "a.csv", cart("W1", ("1", ROSE, 2, "draft"), ship=MONDAY))
    assert "until 2026-11-23 12:00" in answers(files)["1"]["message"]
    clock.set(at(MONDAY, 12, 30))
    files = site.send("bloom", "b.csv", cart("W1", ("1", ROSE, 2, "checked-out"), ship=MONDAY))
    row = answers(files)["1"]
    assert (row["reason_code"], row["ship_date"]) == ("E-10", TUESDAY.isoformat())
    assert not [name for name in files if name.startswith("florsol/")]
    assert [order.state for order in site.orders()] == ["cancelled"]
    assert taken(site)["ROS-FRE-50"] == 0


def test_an_order_cannot_be_moved_to_a_day_that_it_could_not_have(
    site: Desktop, clock: SetClock
) -> None:
    site.send("bloom", "po.csv", cart("P1", ("1", ROSE, 2, ""), ship=TUESDAY))
    clock.set(at(MONDAY, 12, 30))
    change = f"po_number,line,ship_date,boxes,action\nP1,1,{MONDAY},2,CHANGE\n"
    files = site.send("bloom", "c.csv", change.encode())
    advice = only(files, "bloom/advice-c").decode()
    assert "E-10" in advice and "the next ship date is 2026-11-24" in advice
    assert [order.ship_date for order in site.orders()] == [TUESDAY]

"""Orders that name the day on which goods leave their buyer, or no day: when they ship (K-23)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.daemon.partner_files import interchange
from tests.daemon.sites import Desktop, desktop, only
from tests.daemon.today import SetClock
from tests.daemon.trade.answering import change_set
from tests.daemon.trade.cart_files import (
    CALENDAR,
    MONDAY,
    OTHER,
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
from tests.daemon.trade.goods_files import rows
from tests.daemon.trade.systems.system_bodies import SYSTEM

WEDNESDAY, THURSDAY, FRIDAY = (MONDAY + timedelta(days=days) for days in (2, 3, 4))
SOLD_FOR = f'"shipDate": "{WEDNESDAY}"'.encode()
HEAD = "po_number,line,vendor_code,truck_date,ship_date,product_code,boxes,unit_type,cart_status"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Desktop]:
    """Monday at nine; what ships on a weekday leaves its buyer on the next one."""
    clock = SetClock(at(MONDAY, 9))
    with desktop(tmp_path / "s", network=network(link=CALENDAR), clock=clock) as opened:
        yield opened


def order(number: str, *products: str, truck: date | None = None, status: str = "") -> bytes:
    """Return an order CSV of two boxes of each product that names no ship date."""
    rows = [
        f"{number},{line},florsol,{truck or ''},,{product},2,Box,{status}"
        for line, product in enumerate(products, 1)
    ]
    return "\n".join([HEAD, *rows, ""]).encode()


def sold_by_system() -> bytes:
    """Return an order of florsol's own system, which is no cart."""
    return of_system("m1", "", "").replace(b', "cartStatus": ""', b"")


def acks(body: bytes) -> list[str]:
    """Return the ACK segments of an 855."""
    segments = (segment.strip() for segment in body.decode().split("~"))
    return [each for each in segments if each.startswith("ACK*")]


def test_a_truck_date_is_shipped_for_on_the_day_that_makes_it(site: Desktop) -> None:
    site.send("florsol", "stock.csv", stock(*ROSES))
    files = site.send("bloom", "1.csv", order("T-1", ROSE, truck=THURSDAY))
    row = answers(files)["1"]
    assert (row["status"], row["ship_date"]) == ("accepted", WEDNESDAY.isoformat())
    told = only(files, "florsol/850-T-1").decode()
    assert f"DTM*010*{WEDNESDAY:%Y%m%d}~" in told
    assert f"DTM*002*{THURSDAY:%Y%m%d}~" in told
    (made,) = site.orders()
    assert (made.ship_date, made.truck_date) == (WEDNESDAY, THURSDAY)


def test_goods_that_come_after_that_day_are_not_sold_for_it(site: Desktop) -> None:
    """They would miss the truck: they are there from Wednesday, and Tuesday's are wanted."""
    site.send("florsol", "stock.csv", stock(*ROSES, since=WEDNESDAY))
    files = site.send("bloom", "1.csv", order("T-1", ROSE, truck=WEDNESDAY))
    row = answers(files)["1"]
    assert (row["status"], row["reason_code"]) == ("rejected", "E-13")
    assert row["ship_date"] == WEDNESDAY.isoformat()
    assert taken(site)["ROS-FRE-50"] == 0


def test_in_x12_too(site: Desktop) -> None:
    site.send("florsol", "stock.csv", stock(*ROSES, since=WEDNESDAY))
    said: list[list[str]] = []
    for number, truck in ((1, WEDNESDAY), (2, THURSDAY)):
        body = [
            f"BEG*00*SA*X-{number}**{MONDAY:%Y%m%d}",
            f"DTM*002*{truck:%Y%m%d}",
            *("N1*SE*FLORSOL*92*FLORSOL", f"PO1*1*2*BX*0.30**BP*{ROSE}", "CTT*1"),
        ]
        files = site.send("bloom", f"{number}.edi", interchange([body], control=number))
        said.append(acks(only(files, f"bloom/855-X-{number}")))
    assert {each.number: (each.state, each.ship_date) for each in site.orders()} == {
        "X-1": ("rejected", TUESDAY),
        "X-2": ("approved", WEDNESDAY),
    }
    assert said == [
        [f"ACK*IR*2*BX*068*{WEDNESDAY:%Y%m%d}"],
        [f"ACK*IA*2*BX*068*{WEDNESDAY:%Y%m%d}"],
    ]


def test_an_order_without_a_day_gets_the_first_on_which_all_of_it_is_there(site: Desktop) -> None:
    site.send("florsol", "a.csv", stock(ROSES[0]))
    site.send("florsol", "b.csv", stock(ROSES[1], since=WEDNESDAY))
    files = site.send("bloom", "1.csv", order("N-1", ROSE))
    assert answers(files)["1"]["ship_date"] == MONDAY.isoformat()
    files = site.send("bloom", "2.csv", order("N-2", ROSE, OTHER))
    assert {row["ship_date"] for row in answers(files).values()} == {WEDNESDAY.isoformat()}
    assert f"DTM*010*{WEDNESDAY:%Y%m%d}~" in only(files, "florsol/850-N-2").decode()
    assert [order.ship_date for order in site.orders()] == [MONDAY, WEDNESDAY]


def test_the_same_file_again_changes_nothing(site: Desktop) -> None:
    site.send("florsol", "stock.csv", stock(*ROSES))
    site.send("bloom", "1.csv", order("T-1", ROSE, truck=THURSDAY))
    files = site.send("bloom", "2.csv", order("T-1", ROSE, truck=THURSDAY) + b"\n")
    assert not [name for name in files if name.startswith("florsol/")]
    assert (len(site.orders()), taken(site)["ROS-FRE-50"]) == (1, 28)


def test_a_held_order_gets_its_day_once_it_goes_on(site: Desktop) -> None:
    site.send("florsol", "stock.csv", stock(*ROSES))
    site.send("bloom", "1.csv", order("H-1", "NEW-1", truck=THURSDAY))
    assert [each.ship_date for each in site.orders()] == [None]
    site.map_row("products", "bloom,,NEW-1,,ROS-FRE-50,,yes,,,")
    files = site.run()
    assert f"DTM*010*{WEDNESDAY:%Y%m%d}~" in only(files, "florsol/850-H-1").decode()
    assert [each.ship_date for each in site.orders()] == [WEDNESDAY]


def test_a_cart_takes_what_is_there_for_its_truck(site: Desktop) -> None:
    site.send("florsol", "stock.csv", stock(*ROSES, since=WEDNESDAY))
    files = site.send("bloom", "1.csv", order("W-1", ROSE, truck=WEDNESDAY, status="draft"))
    assert answers(files)["1"]["reason_code"] == "E-13"
    assert taken(site)["ROS-FRE-50"] == 0


def test_what_is_put_into_a_cart_later_is_there_for_its_truck(site: Desktop) -> None:
    site.send("florsol", "a.csv", stock(ROSES[0]))
    site.send("florsol", "b.csv", stock(ROSES[1], since=WEDNESDAY))
    site.send("bloom", "1.csv", order("W-1", ROSE, truck=WEDNESDAY, status="draft"))
    files = site.send("bloom", "2.csv", order("W-1", ROSE, OTHER, truck=WEDNESDAY, status="draft"))
    said = answers(files)
    assert [said[line]["status"] for line in ("1", "2")] == ["accepted", "rejected"]
    assert said["2"]["reason_code"] == "E-13"
    assert taken(site) == {"ROS-FRE-50": 28, "ROS-EXP-60": 0}


def test_another_truck_date_moves_the_ship_date_along(site: Desktop) -> None:
    site.send("florsol", "stock.csv", stock(*ROSES))
    site.send("bloom", "1.csv", order("T-1", ROSE, truck=THURSDAY))
    head = "po_number,line,truck_date,product_code,boxes,action\n"
    files = site.send("bloom", "2.csv", f"{head}T-1,1,{FRIDAY},{ROSE},2,CHANGE\n".encode())
    assert f"DTM*010*{THURSDAY:%Y%m%d}~" in only(files, "florsol/860-T-1").decode()
    (made,) = site.orders()
    assert (made.ship_date, made.truck_date) == (THURSDAY, FRIDAY)


@pytest.mark.parametrize("form", ["csv", "x12"])
def test_a_truck_date_that_there_is_not_is_refused(site: Desktop, form: str) -> None:
    """Nothing leaves on a Saturday: not said of a new order alone."""
    site.send("florsol", "stock.csv", stock(*ROSES))
    site.send("bloom", "1.csv", order("T-1", ROSE, truck=THURSDAY))
    saturday = FRIDAY + timedelta(days=1)
    if form == "csv":
        head = "po_number,line,truck_date,product_code,boxes,action\n"
        files = site.send("bloom", "2.csv", f"{head}T-1,1,{saturday},{ROSE},2,CHANGE\n".encode())
        refused = [row for row in rows(only(files, "bloom/advice-2")) if row[0] == "refused"]
        assert [code for _, code, _ in refused] == ["E-13"]
    else:
        moved = (f"DTM*002*{saturday:%Y%m%d}", "POC*1*NC*2*0*BX", "CTT*1")
        site.send("bloom", "2.edi", change_set("T-1", *moved, control=2))
    (made,) = site.orders()
    assert (made.ship_date, made.truck_date) == (WEDNESDAY, THURSDAY)


def test_a_cart_gets_its_ship_date_with_its_checkout(site: Desktop) -> None:
    site.send("florsol", "stock.csv", stock(*ROSES))
    site.send("bloom", "1.csv", order("W-1", ROSE, truck=THURSDAY, status="draft"))
    assert [each.ship_date for each in site.orders()] == [None]
    files = site.send("bloom", "2.csv", order("W-1", ROSE, truck=THURSDAY, status="checked-out"))
    (made,) = site.orders()
    assert (made.state, made.ship_date, made.truck_date) == ("approved", WEDNESDAY, THURSDAY)
    assert f"DTM*010*{WEDNESDAY:%Y%m%d}~" in only(files, "florsol/850-W-1").decode()


def test_a_cart_for_no_day_ships_once_all_of_it_is_there(site: Desktop) -> None:
    site.send("florsol", "a.csv", stock(ROSES[0]))
    site.send("florsol", "b.csv", stock(ROSES[1], since=WEDNESDAY))
    site.send("bloom", "1.csv", order("W-1", ROSE, OTHER, status="draft"))
    site.send("bloom", "2.csv", order("W-1", ROSE, OTHER, status="checked-out"))
    assert [(each.state, each.ship_date) for each in site.orders()] == [("approved", WEDNESDAY)]


def test_a_line_is_taken_out_of_a_dated_cart_after_the_cut_off(tmp_path: Path) -> None:
    cut_off = 'selling = { carrier_cut_off = { daily = "14:00" } }'
    clock, made = SetClock(at(MONDAY, 13, 30)), network(link=CALENDAR, selling=cut_off)
    with desktop(tmp_path / "late", network=made, clock=clock) as site:
        site.send("florsol", "stock.csv", stock(*ROSES))
        half = order("W-1", ROSE, OTHER, status="draft").replace(b"draft", b"checked-out", 1)
        site.send("bloom", "1.csv", half)
        assert [(each.state, each.ship_date) for each in site.orders()] == [("approved", MONDAY)]
        clock.set(at(MONDAY, 14, 5))
        files = site.send("bloom", "2.csv", order("W-1", ROSE, status="checked-out"))
        assert answers(files)["1"]["status"] == "accepted"
        assert taken(site) == {"ROS-FRE-50": 28, "ROS-EXP-60": 0}
        assert [each.state for each in site.orders()] == ["approved"]


@pytest.mark.parametrize("day", [FRIDAY, FRIDAY + timedelta(days=1)])
def test_what_a_vendors_system_sold_ships_when_the_system_says(site: Desktop, day: date) -> None:
    """Its own days count, and none of the connection's."""
    site.send(SYSTEM, "o.json", sold_by_system().replace(b'"shipDate": "2026-11-24"', SOLD_FOR))
    site.send("bloom", "yes.csv", b"po_number,decision,by\nAX1,approve,ana\n")
    head = "po_number,line,truck_date,boxes,action\n"
    site.send("bloom", "2.csv", f"{head}AX1,1,{day},2,CHANGE\n".encode())
    (made,) = site.orders()
    assert (made.state, made.ship_date, made.truck_date) == ("approved", WEDNESDAY, day)

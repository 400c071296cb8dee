"""Purchases that are put together: one order for their vendor, once its buyer approves (4.4, 3)."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from daemon.ledger import schema
from tests.daemon.sites import Desktop, desktop, kinds, only
from tests.daemon.today import SetClock
from tests.daemon.trade.cart_files import (
    DRAFT,
    MONDAY,
    OTHER,
    OUT,
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
from tests.daemon.trade.orders.gathering.purchases import (
    FIRST,
    SECOND,
    TOGETHER,
    WEDNESDAY,
    decide,
    half,
    lines_of,
    states,
    table_in,
    to_vendor,
)


def test_a_purchase_waits_for_its_buyer_and_its_vendor_hears_nothing(site: Desktop) -> None:
    files = site.send("bloom", "a.csv", FIRST)
    assert states(site) == {"W1": "pending approval"}
    assert states(site, "purchase") == {"W1": "pending approval"}
    assert to_vendor(files) == []
    assert taken(site)["ROS-FRE-50"] == 28
    row = answers(files)["1"]
    assert (row["status"], row["confirmed_boxes"], row["reason_code"]) == ("accepted", "2", OUT)
    assert row["message"] == "line 1 of order W1, which waits for your approval"
    (asked,) = table_in(files, "bloom/to-approve-W1")
    assert (asked["po_number"], asked["line"], asked["boxes"]) == ("W1", "1", "2")


def test_the_next_purchase_joins_the_order_that_waits(site: Desktop) -> None:
    site.send("bloom", "a.csv", FIRST)
    files = site.send("bloom", "b.csv", SECOND)
    assert states(site) == {"W1": "pending approval"}
    assert states(site, "purchase") == {"W1": "pending approval", "W2": "pending approval"}
    assert lines_of(site, "W1") == [
        ("1", "ROS-FRE-50", 2, "pending"),
        ("2", "ROS-EXP-60", 3, "pending"),
        ("3", "ROS-FRE-50", 1, "pending"),
    ]
    assert taken(site) == {"ROS-FRE-50": 42, "ROS-EXP-60": 36}
    said = {line: row["message"] for line, row in answers(files).items()}
    assert said == {
        "1": "line 2 of order W1, which waits for your approval",
        "2": "line 3 of order W1, which waits for your approval",
    }
    asked = table_in(files, "bloom/to-approve-W1")
    assert [(row["line"], row["boxes"], row["mark_code"]) for row in asked] == [
        ("1", "2", "ROSELANE"),
        ("2", "3", "STEMSHOP"),
        ("3", "1", "STEMSHOP"),
    ]
    assert to_vendor(files) == []


def test_approved_it_is_one_order_at_its_vendor(site: Desktop) -> None:
    site.send("bloom", "a.csv", FIRST)
    site.send("bloom", "b.csv", SECOND)
    files = decide(site, "W1", "approve")
    assert states(site) == {"W1": "approved"}
    assert states(site, "purchase") == {"W1": "approved", "W2": "approved"}
    assert to_vendor(files) == [
        f"florsol/{kind}-W1" for kind in ("850", "labels", "labels", "order")
    ]
    assert b"BEG*00*" in only(files, "florsol/850-")
    assert only(files, "florsol/850-").count(b"PO1*") == 3
    listed = table_in(files, "florsol/order-W1")
    assert [(row["line"], row["boxes"], row["customer_code"]) for row in listed] == [
        ("1", "2", ""),
        ("2", "3", ""),
        ("3", "1", ""),
    ]
    assert "cart_status" not in listed[0]
    assert len(site.rows(select(schema.boxes))) == 6
    assert taken(site) == {"ROS-FRE-50": 42, "ROS-EXP-60": 36}


def test_what_is_bought_after_the_approval_makes_an_order_of_its_own(site: Desktop) -> None:
    site.send("bloom", "a.csv", FIRST)
    decide(site, "W1", "approve")
    site.send("bloom", "b.csv", SECOND)
    assert states(site) == {"W1": "approved", "W2": "pending approval"}


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("ship_date", WEDNESDAY.isoformat()),
        ("ship_via", "GROWER"),
        ("carrier_code", "TRUCK9"),
        ("currency", "USD"),
        ("incoterm", "EXW"),
        ("cargo_agency", "AGY-7"),
        ("custom_fields", "DEPT=Fresh"),
    ],
)
def test_another_way_or_day_makes_an_order_of_its_own(
    site: Desktop, column: str, value: str
) -> None:
    site.send("bloom", "a.csv", FIRST)
    head, row = cart("W2", ("1", OTHER, 3, OUT)).decode().splitlines()
    if column in head.split(","):
        row = row.replace(TUESDAY.isoformat(), value)
    else:
        head, row = f"{head},{column}", f"{row},{value}"
    place = ",ship_to_name,ship_to_street,ship_to_city,ship_to_zip"
    told = f"{head}{place}\n{row},Rose Lane,1 Lane,Boston,02110\n"
    site.send("bloom", "b.csv", told.encode())
    assert states(site) == {"W1": "pending approval", "W2": "pending approval"}


def test_direct_shipments_of_one_customer_go_together_and_of_two_do_not(site: Desktop) -> None:
    def direct(number: str, customer: str) -> bytes:
        head, row = cart(number, ("1", ROSE, 1, OUT), customer=customer).decode().splitlines()
        place = "ship_via,ship_to_name,ship_to_street,ship_to_city,ship_to_zip"
        return f"{head},{place}\n{row},GROWER,Shop,1 Lane,Boston,02110\n".encode()

    for number, customer in (("D1", "ROSELANE"), ("D2", "STEMSHOP"), ("D3", "ROSELANE")):
        site.send("bloom", f"{number}.csv", direct(number, customer))
    assert len(states(site)) == 2
    assert len(lines_of(site, "D1")) == 2
    assert len(lines_of(site, "D2")) == 1


def test_what_is_no_solid_box_is_a_separate_order(site: Desktop) -> None:
    site.send("bloom", "a.csv", FIRST)
    head, row = cart("W2", ("1", ROSE, 1, OUT)).decode().splitlines()
    content = row.replace("W2,1,", "W2,2,").replace(",1,Box", ",,Bunch")
    mixed = f"{head},parent_line,bunches\n{row},,\n{content},1,14\n"
    files = site.send("bloom", "b.csv", mixed.encode())
    assert states(site) == {"W1": "pending approval", "W2": "approved"}
    assert "florsol/850-W2" in kinds(files)


def test_a_cart_joins_when_all_of_it_is_checked_out(site: Desktop) -> None:
    site.send("bloom", "a.csv", FIRST)
    files = site.send("bloom", "b.csv", cart("W2", ("1", OTHER, 3, OUT), ("2", ROSE, 1, DRAFT)))
    assert states(site) == {"W1": "pending approval", "W2": "draft"}
    assert to_vendor(files) == []
    site.send("bloom", "c.csv", cart("W2", ("1", OTHER, 3, OUT), ("2", ROSE, 1, OUT)))
    assert states(site) == {"W1": "pending approval"}
    assert len(lines_of(site, "W1")) == 3


def test_what_is_checked_out_joins_when_the_time_of_the_rest_is_over(
    site: Desktop, clock: SetClock
) -> None:
    site.send("bloom", "a.csv", cart("W1", ("1", OTHER, 3, OUT), ("2", ROSE, 1, DRAFT)))
    clock.set(at(MONDAY, 10, 1))
    files = site.run()
    assert states(site) == {"W1": "pending approval"}
    assert [row["line"] for row in table_in(files, "bloom/to-approve-W1")] == ["1"]
    assert taken(site) == {"ROS-FRE-50": 0, "ROS-EXP-60": 36}
    assert to_vendor(decide(site, "W1", "approve"))


def test_without_the_setting_each_purchase_is_an_order_approved_by_itself(
    tmp_path: Path, clock: SetClock
) -> None:
    with desktop(tmp_path / "apart", network=network(), clock=clock) as site:
        site.send("florsol", "stock.csv", stock(*ROSES))
        site.send("bloom", "a.csv", FIRST)
        site.send("bloom", "b.csv", SECOND)
        assert states(site) == {"W1": "approved", "W2": "approved"}
        assert states(site, "purchase") == {}


def test_a_cart_goes_on_when_its_connection_puts_purchases_together_no_more(site: Desktop) -> None:
    site.send("bloom", "a.csv", cart("W1", ("1", OTHER, 3, OUT), ("2", ROSE, 1, DRAFT)))
    site.reconfigure(network())
    files = site.send("bloom", "b.csv", cart("W1", ("1", OTHER, 3, OUT)))
    assert states(site) == {"W1": "approved"}
    assert only(files, "florsol/850-W1").count(b"PO1*") == 1
    assert len(site.rows(select(schema.boxes))) == 3


def test_a_cart_whose_open_line_a_change_cancels_joins_with_the_rest(site: Desktop) -> None:
    site.send("bloom", "a.csv", half())
    change = b"po_number,line,boxes,unit_type,action\nW1,2,,,CANCEL\n"
    files = site.send("bloom", "b.csv", change) | site.run()
    assert states(site) == states(site, "purchase") == {"W1": "pending approval"}
    assert [row["line"] for row in table_in(files, "bloom/to-approve-W1")] == ["1"]
    assert taken(site) == {"ROS-FRE-50": 0, "ROS-EXP-60": 36}
    assert to_vendor(decide(site, "W1", "approve"))


def test_the_timer_lets_a_cart_go_to_its_vendor_where_purchases_go_together_no_more(
    site: Desktop, clock: SetClock
) -> None:
    site.send("bloom", "a.csv", half())
    site.reconfigure(network())
    clock.set(at(MONDAY, 10, 1))
    files = site.run()
    assert (states(site), states(site, "purchase")) == ({"W1": "approved"}, {})
    assert only(files, "florsol/850-W1").count(b"PO1*") == 1
    assert "florsol/labels-W1" in kinds(files)
    assert len(site.rows(select(schema.boxes))) == 3
    assert taken(site) == {"ROS-FRE-50": 0, "ROS-EXP-60": 36}


def test_purchases_at_another_rate_make_an_order_of_their_own(
    tmp_path: Path, clock: SetClock
) -> None:
    """K-82: the rate of an order is one, and fixed."""
    euros = network(link=TOGETHER).replace('currency = "USD"', 'currency = "EUR"', 1)
    with desktop(tmp_path / "euros", network=euros, clock=clock) as site:
        site.send("florsol", "stock.csv", stock(*ROSES))
        site.send("bloom", "a.csv", FIRST)
        site.send("bloom", "b.csv", cart("W2", ("1", ROSE, 1, OUT)))
        assert set(states(site)) == {"W1"}
        site.map_row("rates", "EUR,USD,1.2000,2026-11-23,")
        site.send("bloom", "c.csv", cart("W3", ("1", OTHER, 1, OUT)))
        assert set(states(site)) == {"W1", "W3"}
        assert len({order.rate for order in site.orders()}) == 2


def test_purchases_without_a_day_get_the_first_and_go_together(site: Desktop) -> None:
    """K-23."""
    for number in ("W1", "W2"):
        undated = cart(number, ("1", ROSE, 1, OUT)).replace(b"2026-11-24", b"")
        site.send("bloom", f"{number}.csv", undated)
    (order,) = site.orders()
    assert (order.number, order.ship_date) == ("W1", MONDAY)
    assert (
        f"DTM*010*{MONDAY:%Y%m%d}~" in only(decide(site, "W1", "approve"), "florsol/850").decode()
    )


def test_what_the_last_file_of_a_cart_changes_holds_for_its_order(site: Desktop) -> None:
    site.send("bloom", "a.csv", half())
    both = ("1", OTHER, 3, OUT), ("2", ROSE, 1, OUT)
    site.send("bloom", "b.csv", cart("W1", *both, ship=WEDNESDAY))
    assert [order.ship_date for order in site.orders()] == [WEDNESDAY]

"""Purchases that are put together: one order for their vendor, once its buyer approves (4.4, 3)."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from daemon.ledger import schema
from tests.daemon.partner_files import purchase_order
from tests.daemon.sites import Desktop, desktop, kinds, only
from tests.daemon.today import SetClock
from tests.daemon.trade.cart_files import (
    CALENDAR,
    MONDAY,
    OTHER,
    ROSE,
    ROSES,
    TUESDAY,
    answers,
    at,
    cart,
    network,
    notices,
    stock,
    taken,
)

DRAFT, OUT = "draft", "checked-out"
TOGETHER = "separate_po_per_ecommerce_purchase = false"
WEDNESDAY = date(2026, 11, 25)
FIRST = cart("W1", ("1", ROSE, 2, OUT))
SECOND = cart("W2", ("1", OTHER, 3, OUT), ("2", ROSE, 1, OUT), customer="STEMSHOP")


@pytest.fixture
def clock() -> SetClock:
    return SetClock(at(MONDAY, 9))


@pytest.fixture
def site(tmp_path: Path, clock: SetClock) -> Iterator[Desktop]:
    """The sample network, where bloom's purchases of florsol are put together."""
    with desktop(tmp_path / "site", network=network(link=TOGETHER), clock=clock) as opened:
        opened.send("florsol", "stock.csv", stock(*ROSES))
        yield opened


def states(site: Desktop, kind: str = "purchase_order") -> dict[str, str]:
    return {order.number: order.state for order in site.orders(kind)}


def lines_of(site: Desktop, number: str) -> list[tuple[str, str, int, str]]:
    """Return reference, product, accepted quantity and progress of the lines of an order."""
    (order,) = (each for each in site.orders() if each.number == number)
    table = schema.order_lines
    query = select(table).where(table.c.order_id == order.id).order_by(table.c.line)
    return [(r.reference, r.product, int(r.accepted), r.progress) for r in site.rows(query)]


def table_in(files: dict[str, bytes], beginning: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(only(files, beginning).decode())))


def decide(site: Desktop, number: str, decision: str, **more: Any) -> dict[str, bytes]:
    rows = f"po_number,decision,by,reason\n{number},{decision},ana,{more.get('reason', '')}\n"
    name = more.get("name", f"{decision}-{number}.csv")
    return site.send("bloom", name, rows.encode())


def to_vendor(files: dict[str, bytes]) -> list[str]:
    return [each for each in kinds(files) if each.startswith("florsol/")]


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


def test_a_cart_whose_last_open_line_is_taken_out_joins_with_the_rest(site: Desktop) -> None:
    site.send("bloom", "a.csv", cart("W1", ("1", OTHER, 3, OUT), ("2", ROSE, 1, DRAFT)))
    site.send("bloom", "b.csv", cart("W1", ("1", OTHER, 3, OUT)))
    assert states(site) == {"W1": "pending approval"}
    assert taken(site) == {"ROS-FRE-50": 0, "ROS-EXP-60": 36}


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


def test_the_same_purchase_again_changes_nothing(site: Desktop) -> None:
    site.send("bloom", "a.csv", FIRST)
    first = site.send("bloom", "b.csv", SECOND)
    again = site.send("bloom", "c.csv", SECOND + b"\n")
    assert answers(again) == answers(first)
    assert len(lines_of(site, "W1")) == 3
    assert taken(site) == {"ROS-FRE-50": 42, "ROS-EXP-60": 36}


def test_other_lines_under_the_number_of_a_purchase_are_answered_with_where_it_is(
    site: Desktop,
) -> None:
    site.send("bloom", "a.csv", FIRST)
    site.send("bloom", "b.csv", SECOND)
    files = site.send("bloom", "c.csv", cart("W2", ("1", OTHER, 9, OUT), ("7", ROSE, 1, OUT)))
    row, new = answers(files)["1"], answers(files)["7"]
    assert row["message"] == "it is line 2 of order W1 now and stays at 3; change that line instead"
    assert new["status"] == "rejected"
    assert taken(site) == {"ROS-FRE-50": 42, "ROS-EXP-60": 36}


def test_a_purchase_is_taken_out_by_its_own_number_until_the_order_is_approved(
    site: Desktop,
) -> None:
    site.send("bloom", "a.csv", FIRST)
    site.send("bloom", "b.csv", SECOND)
    files = decide(site, "W2", "cancel", reason="customer went")
    assert states(site) == {"W1": "pending approval"}
    assert states(site, "purchase") == {"W1": "pending approval", "W2": "cancelled"}
    assert taken(site) == {"ROS-FRE-50": 28, "ROS-EXP-60": 0}
    assert [row["line"] for row in table_in(files, "bloom/to-approve-W1")] == ["1"]
    assert only(decide(site, "W1", "approve"), "florsol/850-").count(b"PO1*") == 1
    files = decide(site, "W1", "cancel", name="back.csv")
    assert "florsol/850-W1" in kinds(files)
    assert states(site, "purchase") == {"W1": "cancelled", "W2": "cancelled"}
    assert taken(site) == {"ROS-FRE-50": 0, "ROS-EXP-60": 0}


def test_the_last_purchase_that_is_taken_out_ends_the_order(site: Desktop) -> None:
    site.send("bloom", "a.csv", FIRST)
    site.send("bloom", "b.csv", SECOND)
    decide(site, "W2", "cancel")
    decide(site, "W1", "cancel")
    assert states(site) == {"W1": "cancelled"}
    assert taken(site) == {"ROS-FRE-50": 0, "ROS-EXP-60": 0}


def test_one_purchase_is_not_approved_alone_nor_taken_out_of_what_its_vendor_has(
    site: Desktop,
) -> None:
    site.send("bloom", "a.csv", FIRST)
    site.send("bloom", "b.csv", SECOND)
    said = only(decide(site, "W2", "approve"), "bloom/advice-").decode()
    assert "purchase W2 is lines 2 and 3 of order W1; decide about order W1" in said
    decide(site, "W1", "approve")
    said = only(decide(site, "W2", "cancel"), "bloom/advice-").decode()
    assert "which is approved; change or cancel those lines" in said
    assert states(site) == {"W1": "approved"}


def test_a_change_of_the_order_that_waits_moves_stock_and_asks_anew(site: Desktop) -> None:
    site.send("bloom", "a.csv", FIRST)
    site.send("bloom", "b.csv", SECOND)
    change = b"po_number,line,boxes,unit_type,action\nW1,2,1,Box,CHANGE\n"
    files = site.send("bloom", "c.csv", change)
    assert taken(site) == {"ROS-FRE-50": 42, "ROS-EXP-60": 12}
    asked = table_in(files, "bloom/to-approve-W1")
    assert [row["boxes"] for row in asked] == ["2", "1", "1"]
    files = site.send("bloom", "d.csv", b"po_number,line,boxes,unit_type,action\nW2,,,,CANCEL\n")
    assert states(site, "purchase") == {"W1": "pending approval", "W2": "cancelled"}
    assert taken(site) == {"ROS-FRE-50": 28, "ROS-EXP-60": 0}


def test_it_can_not_be_approved_when_its_day_can_not_be_had_any_more(
    tmp_path: Path, clock: SetClock
) -> None:
    cut_off = 'selling = { carrier_cut_off = { daily = "14:00" } }'
    made = network(link=f"{CALENDAR}\n{TOGETHER}", selling=cut_off)
    with desktop(tmp_path / "late", network=made, clock=clock) as site:
        site.send("florsol", "stock.csv", stock(*ROSES))
        site.send("bloom", "a.csv", FIRST)
        clock.set(at(TUESDAY, 14, 30))
        said = only(decide(site, "W1", "approve"), "bloom/advice-").decode()
        assert "can't be approved any more" in said and "E-10" in said
        assert states(site) == {"W1": "pending approval"}
        assert taken(site)["ROS-FRE-50"] == 28
        head = "po_number,line,ship_date,boxes,unit_type,action"
        change = f"{head}\nW1,1,{WEDNESDAY.isoformat()},2,Box,CHANGE\n"
        site.send("bloom", "b.csv", change.encode())
        # Byte for byte the same file would be a copy of the first (P4).
        files = decide(site, "W1", "approve", name="then.csv", reason="a day later")
        assert "florsol/850-W1" in kinds(files)


def test_its_vendor_confirms_and_ships_it_and_the_purchases_follow(site: Desktop) -> None:
    site.send("bloom", "a.csv", FIRST)
    site.send("bloom", "b.csv", SECOND)
    decide(site, "W1", "approve")
    site.send("florsol", "yes.csv", b"po_number,line,status\nW1,1,accepted\nW1,3,accepted\n")
    assert states(site) == {"W1": "approved"}
    site.send("florsol", "no.csv", b"po_number,line,status,message\nW1,2,rejected,frost\n")
    assert states(site) == {"W1": "confirmed"}
    assert states(site, "purchase") == {"W1": "confirmed", "W2": "confirmed"}
    table = schema.order_lines
    (second,) = (each for each in site.orders("purchase") if each.number == "W2")
    query = select(table).where(table.c.order_id == second.id).order_by(table.c.line)
    assert [row.progress for row in site.rows(query)] == ["cancelled", "confirmed"]


def test_a_purchase_of_which_its_vendor_has_nothing_is_over(site: Desktop) -> None:
    site.send("bloom", "a.csv", FIRST)
    site.send("bloom", "b.csv", cart("W2", ("1", OTHER, 3, OUT)))
    decide(site, "W1", "approve")
    site.send("florsol", "no.csv", b"po_number,line,status,message\nW1,2,rejected,frost\n")
    assert states(site, "purchase") == {"W1": "approved", "W2": "cancelled"}


def test_whoever_is_told_of_checkouts_is_told_with_the_approval(
    tmp_path: Path, clock: SetClock
) -> None:
    made = network(link=f'notify_checkout_to = "orders@florsol.example"\n{TOGETHER}')
    with desktop(tmp_path / "told", network=made, clock=clock) as site:
        site.send("florsol", "stock.csv", stock(*ROSES))
        assert notices(site.send("bloom", "a.csv", FIRST)) == []
        ((owner, told),) = notices(decide(site, "W1", "approve"))
        assert (owner, told["for"], told["order"]) == ("florsol", "vendor-checkout", "W1")


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


def half(number: str = "W1") -> bytes:
    """Return a cart of which one line is checked out and another is not."""
    return cart(number, ("1", OTHER, 3, OUT), ("2", ROSE, 1, DRAFT))


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


def test_nothing_is_approved_for_a_vendor_that_its_buyer_has_no_connection_with(
    site: Desktop,
) -> None:
    site.send("bloom", "a.csv", FIRST)
    head, _, *others = network().split("[[connection]]\n")
    site.reconfigure("[[connection]]\n".join([head, *others]))
    said = only(decide(site, "W1", "approve"), "bloom/advice-").decode()
    assert "florsol and bloom are not connected any more" in said
    assert states(site) == {"W1": "pending approval"}


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


def cancelling(number: str, control: int = 7) -> bytes:
    """Return an 850 that cancels what its sender had sent under a number (BEG01 = 01)."""
    return purchase_order(number, (ROSE, "1", "BX"), control=control, purpose="01", ship=None)


def test_an_850_that_cancels_a_purchase_takes_it_out_of_its_order(site: Desktop) -> None:
    site.send("bloom", "a.csv", FIRST)
    site.send("bloom", "b.csv", SECOND)
    files = site.send("bloom", "c.edi", cancelling("W2"))
    assert states(site) == {"W1": "pending approval"}
    assert states(site, "purchase") == {"W1": "pending approval", "W2": "cancelled"}
    assert taken(site) == {"ROS-FRE-50": 28, "ROS-EXP-60": 0}
    assert [row["line"] for row in table_in(files, "bloom/to-approve-W1")] == ["1"]
    assert site.holds() == []


def test_an_850_that_cancels_the_first_purchase_leaves_the_others_goods(site: Desktop) -> None:
    site.send("bloom", "a.csv", FIRST)
    site.send("bloom", "b.csv", SECOND)
    site.send("bloom", "c.edi", cancelling("W1"))
    assert states(site) == {"W1": "pending approval"}
    assert states(site, "purchase") == {"W1": "cancelled", "W2": "pending approval"}
    assert taken(site) == {"ROS-FRE-50": 14, "ROS-EXP-60": 36}
    site.send("bloom", "d.edi", cancelling("W1", control=8))
    assert taken(site) == {"ROS-FRE-50": 14, "ROS-EXP-60": 36}
    assert only(decide(site, "W1", "approve"), "florsol/850-").count(b"PO1*") == 2


def test_an_850_cancels_a_purchase_that_is_alone_with_its_order(site: Desktop) -> None:
    site.send("bloom", "a.csv", FIRST)
    decide(site, "W1", "approve")
    files = site.send("bloom", "c.edi", cancelling("W1"))
    assert states(site) == states(site, "purchase") == {"W1": "cancelled"}
    assert b"BEG*01*" in only(files, "florsol/850-W1")
    assert taken(site) == {"ROS-FRE-50": 0, "ROS-EXP-60": 0}


def test_an_850_cancels_no_purchase_that_its_vendor_has_with_others(site: Desktop) -> None:
    site.send("bloom", "a.csv", FIRST)
    site.send("bloom", "b.csv", SECOND)
    decide(site, "W1", "approve")
    files = site.send("bloom", "c.edi", cancelling("W2"))
    assert states(site) == {"W1": "approved"}
    assert states(site, "purchase") == {"W1": "approved", "W2": "approved"}
    assert taken(site) == {"ROS-FRE-50": 42, "ROS-EXP-60": 36}
    assert b"ACK*IR" in only(files, "bloom/855-W2")


def test_the_orders_of_a_purchase_are_found_without_reading_every_line(site: Desktop) -> None:
    if site.p.ledger.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL reads a table this small whole, index or not")
    query = "EXPLAIN QUERY PLAN SELECT id FROM order_lines WHERE prebook_line_id IN (1, 2)"
    (step,) = site.rows(text(query))
    assert "ix_order_lines_prebook_line_id" in step.detail

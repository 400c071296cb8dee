"""What becomes of purchases that were put together: taken out, changed, approved, confirmed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select, text

from daemon import cli
from daemon.ledger import schema
from tests.daemon.sites import Desktop, desktop, kinds, only
from tests.daemon.today import SetClock
from tests.daemon.trade.cart_files import (
    CALENDAR,
    DRAFT,
    OTHER,
    OUT,
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
from tests.daemon.trade.orders.gathering.purchases import (
    FIRST,
    SECOND,
    TOGETHER,
    WEDNESDAY,
    cancelling,
    decide,
    lines_of,
    states,
    table_in,
)


def test_a_cart_whose_last_open_line_is_taken_out_joins_with_the_rest(site: Desktop) -> None:
    site.send("bloom", "a.csv", cart("W1", ("1", OTHER, 3, OUT), ("2", ROSE, 1, DRAFT)))
    site.send("bloom", "b.csv", cart("W1", ("1", OTHER, 3, OUT)))
    assert states(site) == {"W1": "pending approval"}
    assert taken(site) == {"ROS-FRE-50": 0, "ROS-EXP-60": 36}


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


def test_nothing_is_approved_for_a_vendor_that_its_buyer_has_no_connection_with(
    site: Desktop,
) -> None:
    site.send("bloom", "a.csv", FIRST)
    head, _, *others = network().split("[[connection]]\n")
    site.reconfigure("[[connection]]\n".join([head, *others]))
    said = only(decide(site, "W1", "approve"), "bloom/advice-").decode()
    assert "florsol and bloom are not connected any more" in said
    assert states(site) == {"W1": "pending approval"}


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


def by_approval(site: Desktop, number: str, name: str) -> dict[str, bytes]:
    return decide(site, number, "cancel", name=f"{name}.csv", reason=name)


def by_change(site: Desktop, number: str, name: str) -> dict[str, bytes]:
    rows = f"po_number,line,boxes,unit_type,action,comments\n{number},,,,CANCEL,{name}\n"
    return site.send("bloom", f"{name}.csv", rows.encode())


def by_850(site: Desktop, number: str, name: str) -> dict[str, bytes]:
    return site.send("bloom", f"{name}.edi", cancelling(number, control=int(name)))


def by_hand(site: Desktop, number: str, name: str) -> dict[str, bytes]:
    words = ["disapprove", number, "--by", "ana", "--reason", name, "--site", str(site.root)]
    assert cli.main(words) == 0
    return site.run()


Cancel = Callable[[Desktop, str, str], dict[str, bytes]]
ANY_WAY = pytest.mark.parametrize("cancel", [by_approval, by_change, by_850, by_hand])


@ANY_WAY
def test_the_number_of_an_order_means_its_first_purchase_while_others_are_in_it(
    site: Desktop, cancel: Cancel
) -> None:
    """Domain 4.4 step 3: what was bought under the number is what is cancelled under it."""
    site.send("bloom", "a.csv", FIRST)
    site.send("bloom", "b.csv", SECOND)
    files = cancel(site, "W1", "7")
    assert states(site) == {"W1": "pending approval"}
    assert states(site, "purchase") == {"W1": "cancelled", "W2": "pending approval"}
    assert taken(site) == {"ROS-FRE-50": 14, "ROS-EXP-60": 36}
    assert [row["line"] for row in table_in(files, "bloom/to-approve-W1")] == ["2", "3"]
    cancel(site, "W1", "8")
    assert taken(site) == {"ROS-FRE-50": 14, "ROS-EXP-60": 36}
    cancel(site, "W2", "9")
    assert states(site) == {"W1": "cancelled"}
    assert taken(site) == {"ROS-FRE-50": 0, "ROS-EXP-60": 0}


@ANY_WAY
def test_of_an_order_with_one_purchase_its_number_means_all_of_it(
    site: Desktop, cancel: Cancel
) -> None:
    site.send("bloom", "a.csv", FIRST)
    decide(site, "W1", "approve")
    assert "florsol/850-W1" in kinds(cancel(site, "W1", "7")) or cancel is by_change
    assert states(site) == states(site, "purchase") == {"W1": "cancelled"}
    assert taken(site) == {"ROS-FRE-50": 0, "ROS-EXP-60": 0}


@ANY_WAY
def test_what_a_change_added_goes_with_the_number_that_it_was_added_to(
    site: Desktop, cancel: Cancel
) -> None:
    site.send("bloom", "a.csv", FIRST)
    site.send("bloom", "b.csv", SECOND)
    head = "po_number,line,product_code,boxes,unit_type,action"
    site.send("bloom", "n.csv", f"{head}\nW1,9,{ROSE},1,Box,NEW\nW1,1,,2,Box,CHANGE\n".encode())
    assert [line[0] for line in lines_of(site, "W1")] == ["1", "2", "3", "9"]
    cancel(site, "W1", "7")
    assert taken(site) == {"ROS-FRE-50": 14, "ROS-EXP-60": 36}
    assert [line[3] for line in lines_of(site, "W1")] == [
        *("cancelled", "pending", "pending", "cancelled"),
    ]


def test_who_cancels_one_of_several_reads_what_goes_on(site: Desktop) -> None:
    site.send("bloom", "a.csv", FIRST)
    site.send("bloom", "b.csv", SECOND)
    said = only(by_approval(site, "W1", "1"), "bloom/advice-").decode()
    assert "purchase W1 is taken out of order W1; order W1 goes on with W2" in said
    said = only(by_approval(site, "W1", "2"), "bloom/advice-").decode()
    assert "purchase W1 is cancelled already; order W1 goes on with W2" in said


@pytest.mark.parametrize(("number", "ended"), [("W1", {"1"}), ("W2", {"2", "3"})])
def test_a_change_takes_one_purchase_out_of_what_its_vendor_has(
    site: Desktop, number: str, ended: set[str]
) -> None:
    site.send("bloom", "a.csv", FIRST)
    site.send("bloom", "b.csv", SECOND)
    decide(site, "W1", "approve")
    files = by_change(site, number, "1")
    told = table_in(files, "florsol/order-W1")
    assert {row["line"]: row["action"] for row in told} == dict.fromkeys(ended, "CANCEL")
    assert states(site) == {"W1": "approved"}
    other = "W2" if number == "W1" else "W1"
    assert states(site, "purchase") == {number: "cancelled", other: "approved"}


def test_what_its_vendor_has_answered_of_a_purchase_stays(site: Desktop) -> None:
    site.send("bloom", "a.csv", FIRST)
    site.send("bloom", "b.csv", SECOND)
    decide(site, "W1", "approve")
    site.send("florsol", "yes.csv", b"po_number,line,status\nW1,2,accepted\n")
    files = by_change(site, "W2", "1")
    assert b"line 2 is confirmed" in only(files, "bloom/advice")
    assert [row["line"] for row in table_in(files, "florsol/order-W1")] == ["3"]
    assert taken(site) == {"ROS-FRE-50": 28, "ROS-EXP-60": 36}


def test_the_orders_of_a_purchase_are_found_without_reading_every_line(site: Desktop) -> None:
    if site.p.ledger.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL reads a table this small whole, index or not")
    query = "EXPLAIN QUERY PLAN SELECT id FROM order_lines WHERE prebook_line_id IN (1, 2)"
    (step,) = site.rows(text(query))
    assert "ix_order_lines_prebook_line_id" in step.detail

"""The real air waybill takes the place of the temporary one; what is unclear waits."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update

from daemon.ledger import schema
from daemon.ledger.holds import HoldKind
from daemon.ledger.posting import posting
from daemon.trade.goods.waybill_book import close_due
from tests.daemon.partner_files import purchase_order
from tests.daemon.sites import Desktop, kinds, only
from tests.daemon.today import day
from tests.daemon.trade.answering import confirmation, order, publish
from tests.daemon.trade.goods_files import (
    GOOD,
    OTHER,
    bills,
    confirmed,
    goods,
    rows,
    scans,
    ship,
    waybill,
)

TEMPORARY = f"TMP{day(2):%y%m%d}-1"


def staged(site: Desktop, *boxes: int) -> None:
    """Ship an order without an air waybill."""
    confirmed(site, *boxes)
    for at, count in enumerate(boxes, 1):
        ship(site, {"boxes": count, "line": at, "awb": ""})


def send(site: Desktop, partner: str = "bloom", **cells: Any) -> dict[str, bytes]:
    return site.send(partner, f"awb-{len(site.arrivals())}.csv", waybill(**cells))


def answered(files: dict[str, bytes], partner: str = "bloom") -> tuple[str, str, str]:
    (row,) = rows(only(files, f"{partner}/advice"))
    return row


def close(site: Desktop, days: int) -> int:
    """Close what is due so many days from today."""
    with posting(site.p.ledger) as post:
        return close_due(post, day(days))


def test_the_buyer_enters_the_real_number_and_the_arrival_date(site: Desktop) -> None:
    """W-04, domain 4.4 step 8."""
    staged(site, 2)
    files = send(site, temporary_awb=TEMPORARY, awb=GOOD, arrival_date=day(3))
    (bill,) = bills(site)
    assert (bill.awb, bill.is_temporary, bill.arrival_date) == (GOOD, False, day(3))
    assert bill.temporary_awb == TEMPORARY
    assert answered(files)[0] == "done"
    # Nobody scanned the boxes yet.
    assert {state for _, state in goods(site)} == {"staging"}


def test_goods_are_named_by_their_order_too(site: Desktop) -> None:
    staged(site, 1)
    send(site, po_number="1", awb=GOOD)
    assert bills(site)[0].awb == GOOD


def test_the_vendor_sends_the_number_and_its_buyer_is_told(site: Desktop) -> None:
    staged(site, 1)
    files = send(site, "florsol", temporary_awb=TEMPORARY, awb=GOOD, house_awb="H-1")
    told = only(files, "bloom/air-waybills").decode().splitlines()[1]
    assert told == f",{TEMPORARY},{GOOD},H-1,{day(2).isoformat()},"
    assert bills(site)[0].house_awb == "H-1"


def test_a_buyer_is_not_told_what_it_wrote_down_itself(site: Desktop) -> None:
    staged(site, 1)
    files = send(site, temporary_awb=TEMPORARY, awb=GOOD)
    assert [kind.split("-")[0] for kind in kinds(files)] == ["bloom/advice"]


def test_the_same_notice_again_changes_nothing(site: Desktop) -> None:
    staged(site, 1)
    cells: dict[str, Any] = {"temporary_awb": TEMPORARY, "awb": GOOD, "arrival_date": day(3)}
    send(site, **cells)
    before = bills(site)
    assert answered(send(site, **cells, house_awb=""))[0] == "unchanged"
    assert bills(site) == before


def test_a_wrong_check_digit_is_a_warning(site: Desktop) -> None:
    """E-30, W-02."""
    staged(site, 1)
    status, code, message = answered(send(site, temporary_awb=TEMPORARY, awb="071-44313317"))
    assert (status, code, "check digit" in message) == ("done", "E-30", True)
    assert bills(site)[0].awb == "071-44313317"


def test_four_digits_name_the_waybill_of_that_vendor_and_day(site: Desktop) -> None:
    """W-03: what was shipped without a number joins the one that is known."""
    confirmed(site, 1, 1)
    ship(site, {"boxes": 1})
    ship(site, {"boxes": 1, "line": 2, "awb": ""})
    send(site, temporary_awb=TEMPORARY, awb="0743")
    assert [bill.awb for bill in bills(site)] == [GOOD, GOOD]


def test_four_digits_that_fit_nothing_wait(site: Desktop) -> None:
    staged(site, 1)
    files = send(site, temporary_awb=TEMPORARY, awb="5675")
    assert answered(files)[0] == "held"
    (hold,) = site.holds()
    assert (hold.kind, hold.partner) == (HoldKind.UNCLEAR_WAYBILL, "bloom")
    assert "send it in full" in hold.message
    assert bills(site)[0].is_temporary


def test_four_digits_that_fit_two_wait_and_both_are_named(site: Desktop) -> None:
    confirmed(site, 1, 1, 1)
    ship(site, {"boxes": 1})
    ship(site, {"boxes": 1, "line": 2, "awb": "176-99990743"})
    ship(site, {"boxes": 1, "line": 3, "awb": ""})
    send(site, temporary_awb=TEMPORARY, awb="0743")
    (hold,) = site.holds()
    assert GOOD in hold.message and "176-99990743" in hold.message
    assert [bill.is_temporary for bill in bills(site)] == [False, False, True]


def test_an_order_on_two_waybills_waits_until_one_is_named(site: Desktop) -> None:
    confirmed(site, 1, 1)
    ship(site, {"boxes": 1})
    ship(site, {"boxes": 1, "line": 2, "awb": OTHER})
    files = send(site, po_number="1", awb="020-81140754", arrival_date=day(3))
    assert answered(files)[0] == "held"
    files = send(site, po_number="1", awb=OTHER, arrival_date=day(3))
    assert answered(files)[0] == "done"
    assert [bill.arrival_date for bill in bills(site)] == [None, day(3)]


def test_a_notice_before_its_shipment_waits_and_follows_it(site: Desktop) -> None:
    confirmed(site, 1)
    send(site, po_number="1", awb=GOOD, arrival_date=day(3))
    (hold,) = site.holds()
    assert hold.kind is HoldKind.UNCLEAR_WAYBILL
    files = ship(site, {"boxes": 1, "awb": ""})
    assert site.holds() == []
    (bill,) = bills(site)
    assert (bill.awb, bill.arrival_date) == (GOOD, day(3))
    assert answered(files)[0] == "done"


def test_strangers_goods_are_not_found(site: Desktop) -> None:
    staged(site, 1)
    for partner, cells in (
        ("tulipan", {"temporary_awb": TEMPORARY}),
        ("tulipan", {"po_number": "1"}),
        ("andes", {"temporary_awb": TEMPORARY}),
        ("andes", {"po_number": "1"}),
    ):
        files = send(site, partner, **cells, awb=GOOD)
        status, _, message = answered(files, partner)
        assert status == "held"
        assert "bloom" not in message and "florsol" not in message
    assert bills(site)[0].awb == TEMPORARY


def test_boxes_that_were_scanned_are_in_the_inventory_once_the_arrival_is_known(
    site: Desktop,
) -> None:
    staged(site, 2)
    site.send("bloom", "r.csv", scans("KD0000001"))
    assert [state for _, state in goods(site)] == ["received", "staging"]
    send(site, temporary_awb=TEMPORARY, awb=GOOD, arrival_date=day(3))
    assert [state for _, state in goods(site)] == ["in inventory", "staging"]


def test_goods_do_not_arrive_before_they_ship(site: Desktop) -> None:
    staged(site, 1)
    files = send(site, temporary_awb=TEMPORARY, awb=GOOD, arrival_date=day(1))
    status, _, message = answered(files)
    assert (status, "can't arrive" in message) == ("refused", True)
    assert bills(site)[0].is_temporary


# --- closing -------------------------------------------------------------------------------------


def test_a_waybill_closes_two_days_after_its_ship_date(site: Desktop) -> None:
    """P-25."""
    staged(site, 1)
    assert close(site, 3) == 0
    assert close(site, 4) == 1
    assert close(site, 4) == 0
    assert bills(site)[0].state == "closed"
    table = schema.moves.c
    (move,) = site.rows(
        select(table.before, table.after, table.cause, table.arrival_id).where(
            table.after == "closed"
        )
    )
    assert tuple(move) == ("open", "closed", "two days after the ship date", None)


def test_a_closed_waybill_is_not_edited(site: Desktop) -> None:
    confirmed(site, 1)
    ship(site, {"boxes": 1})
    close(site, 4)
    for partner in ("florsol", "bloom"):
        status, code, message = answered(send(site, partner, po_number="1", awb=OTHER), partner)
        assert (status, code, "closed" in message) == ("refused", "P-25", True)
    assert bills(site)[0].awb == GOOD


def test_no_box_joins_a_closed_waybill(site: Desktop) -> None:
    confirmed(site, 1, 1)
    ship(site, {"boxes": 1})
    close(site, 4)
    files = ship(site, {"boxes": 1, "line": 2})
    status, code, _ = answered(files, "florsol")
    assert (status, code) == ("refused", "P-25")


def test_on_arrival_a_buyer_still_enters_date_and_number_of_its_own_goods(site: Desktop) -> None:
    """Domain 4.4 step 8: flights take longer than two days, and a temporary number is ours."""
    staged(site, 1)
    close(site, 4)
    assert (
        answered(send(site, "florsol", temporary_awb=TEMPORARY, awb=GOOD), "florsol")[1] == "P-25"
    )
    send(site, temporary_awb=TEMPORARY, awb=GOOD, arrival_date=day(5))
    (bill,) = bills(site)
    assert (bill.awb, bill.arrival_date, bill.state) == (GOOD, day(5), "closed")


@pytest.mark.parametrize("by", ["po_number", "temporary_awb"])
def test_two_buyers_goods_of_one_number_are_never_mixed(site: Desktop, by: str) -> None:
    publish(site, 20)
    order(site, 1)
    site.send("tulipan", "o.edi", purchase_order("1", ("TUL-EXP60", "1", "BX"), sender="TULIPAN"))
    with site.p.ledger.write() as conn:
        table = schema.orders
        conn.execute(update(table).where(table.c.buyer == "tulipan").values(number="2"))
    site.send("florsol", "c.csv", confirmation(",accepted"))
    site.send("florsol", "c2.csv", confirmation(",accepted", number="2"))
    ship(site, {"boxes": 1, "awb": ""})
    ship(site, {"boxes": 1, "po_number": "2", "awb": ""})
    with site.p.ledger.write() as conn:
        conn.execute(update(table).values(number="1"))
        conn.execute(update(schema.shipments).values(awb=TEMPORARY, temporary_awb=TEMPORARY))
    named = {by: "1" if by == "po_number" else TEMPORARY}
    files = send(site, "florsol", **named, awb=GOOD)
    assert answered(files, "florsol")[0] in ("held", "refused")
    assert answered(send(site, **named, awb=GOOD))[0] == "done"
    assert [(bill.buyer, bill.awb) for bill in bills(site)] == [
        ("bloom", GOOD),
        ("tulipan", TEMPORARY),
    ]

"""Flow 1 to its end: a vendor's system orders, its buyer approves, the vendor ships (domain 8.2).

The system speaks `floral.order/1` alone, which has no word for a confirmation.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from daemon.ledger import schema
from daemon.ledger.holds import HoldKind
from tests.daemon.partner_files import interchange
from tests.daemon.sites import Desktop, kinds, only
from tests.daemon.today import day
from tests.daemon.trade.answering import order as buyers_order
from tests.daemon.trade.answering import publish
from tests.daemon.trade.goods_files import GOOD, axerrio_step, shipment
from tests.daemon.trade.systems.floral_orders import order
from tests.daemon.trade.systems.test_vendor_made import EXPLORER

SYSTEM = "axerrio-florsol"
APPROVE = b"po_number,decision,by\nAX-1,approve,ana\n"
SHIPS = day(3).isoformat()
SENT = [(1, 2), (2, 1), (3, 3)]
"""Line and boxes of order AX-1."""


@pytest.fixture
def approved(site: Desktop) -> Desktop:
    """Order AX-1 of florsol's system, which its buyer has approved."""
    site.map_row("products", EXPLORER)
    site.send(SYSTEM, "o.json", order())
    site.send("bloom", "yes.csv", APPROVE)
    return site


def message(action: str, number: int = 1, **more: Any) -> bytes:
    head = {
        "contract": "floral.order/1",
        "messageId": f"x-{number}",
        "createdAt": f"{day()}T07:45:00-05:00",
        "test": False,
        "sender": {"code": "FLORSOL"},
        "receiver": {"code": "bloom"},
        "action": action,
    }
    return json.dumps(head | more).encode()


def in_contract() -> tuple[str, str, bytes]:
    lines = [{"line": line, "boxes": boxes} for line, boxes in SENT]
    said = {"number": "AX-1", "awb": GOOD, "shipDate": SHIPS, "lines": lines}
    return SYSTEM, "s.json", message("awb", order=said)


def in_steps() -> tuple[str, str, bytes]:
    rows = [{"number": "AX-1", "reference": str(line), "boxes": n} for line, n in SENT]
    return SYSTEM, "s.json", axerrio_step("shipment", "s-1", awb=GOOD, shipDate=SHIPS, boxes=rows)


def in_rows() -> tuple[str, str, bytes]:
    rows = [{"po_number": "AX-1", "line": line, "boxes": n} for line, n in SENT]
    return "florsol", "s.csv", shipment(*rows, ship_date=SHIPS)


def in_x12() -> tuple[str, str, bytes]:
    body = ["BSN*00*S-1*20261121*0900*0001", "HL*1**S", f"REF*AW*{GOOD}",
            f"DTM*011*{day(3):%Y%m%d}", "HL*2*1*O", "PRF*AX-1"]  # fmt: skip
    at = 2
    for line, count in SENT:
        for _ in range(count):
            body += [f"HL*{at + 1}*2*P", f"HL*{at + 2}*{at + 1}*I", f"LIN*{line}*PL*{line}"]
            body += ["SN1**1*BX"]
            at += 2
    made = interchange(
        [[*body, f"CTT*{at}"]], control=1, sender="FLORSOL", receiver="K2KNET", group="SH",
        kind="856",
    )  # fmt: skip
    return "florsol", "s.edi", made


@pytest.mark.parametrize(
    "shipped", [in_contract, in_steps, in_rows, in_x12], ids=lambda each: each.__name__
)
def test_what_the_vendor_ships_of_it_is_confirmed_with_that(
    approved: Desktop, shipped: Callable[[], tuple[str, str, bytes]]
) -> None:
    """Step 9, in whatever the vendor says it; the buyer hears both."""
    files = approved.send(*shipped())
    assert [o.state for o in (*approved.orders(), *approved.orders("prebook"))] == ["shipped"] * 2
    assert {box.state for box in approved.rows(select(schema.boxes))} == {"staging"}
    assert approved.holds() == []
    assert {f"bloom/shipment-{GOOD}", "bloom/order-ack-AX-1"} <= set(kinds(files))
    moves = schema.moves.c
    query = select(moves.after).where(
        moves.entity == "order", moves.entity_id == approved.orders()[0].id
    )
    after = [row.after for row in approved.rows(query.order_by(moves.id))]
    assert after[-3:] == ["approved", "confirmed", "shipped"]


def test_a_notice_that_is_taken_back_confirms_nothing(approved: Desktop) -> None:
    partner, name, body = in_x12()
    approved.send(partner, name, body.replace(b"BSN*00*", b"BSN*01*"))
    assert [order.state for order in approved.orders()] == ["approved"]


def test_its_answer_names_the_message_and_the_lines_as_they_were_numbered(
    approved: Desktop,
) -> None:
    partner, name, body = in_contract()
    said = json.loads(only(approved.send(partner, name, body), f"{SYSTEM}/ack"))
    assert (said["contract"], said["messageId"]) == ("floral.ack/1", "x-1")
    assert (said["order"]["number"], said["result"]) == ("AX-1", "accepted")
    assert [line["line"] for line in said["lines"]] == ["1", "2", "3"]


def test_a_line_that_ends_is_answered_by_its_number(approved: Desktop) -> None:
    said = {"number": "AX-1", "lines": [{"line": 3}]}
    files = approved.send(SYSTEM, "c.json", message("cancel", order=said))
    told = json.loads(only(files, f"{SYSTEM}/ack"))
    assert (told["contract"], told["messageId"]) == ("floral.ack/1", "x-1")
    assert [(line["line"], line["status"]) for line in told["lines"]] == [("3", "accepted")]


def test_a_step_in_our_own_contract_is_answered_in_that(approved: Desktop) -> None:
    said = json.loads(only(approved.send(*in_steps()), f"{SYSTEM}/ack"))
    assert (said["contract"], said["messageId"]) == ("k2k.ack/1", "s-1")
    assert [line["line"] for line in said["lines"]] == ["1", "2", "3"]


def test_nothing_is_confirmed_before_its_buyer_has_approved_it(site: Desktop) -> None:
    """Step 6: the shipment waits, and follows the approval."""
    site.map_row("products", EXPLORER)
    site.send(SYSTEM, "o.json", order())
    site.send(*in_contract())
    assert [o.state for o in site.orders()] == ["pending approval"]
    site.send("bloom", "yes.csv", APPROVE)
    assert [o.state for o in site.orders()] == ["shipped"]
    assert site.holds() == []


def test_an_order_of_a_buyer_waits_for_its_confirmation_as_ever(site: Desktop) -> None:
    """E-20."""
    publish(site, 9)
    buyers_order(site, 2)
    site.send("florsol", "s.csv", shipment({"boxes": 2}))
    assert [o.state for o in site.orders()] == ["approved"]
    assert [hold.kind for hold in site.holds()] == [HoldKind.NOT_CONFIRMED]

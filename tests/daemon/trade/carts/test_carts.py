"""Carts: what they keep, who hears of them, and how they are checked out (K-41, 4.4, 13)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
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


@pytest.fixture
def site(tmp_path: Path, clock: SetClock) -> Iterator[Desktop]:
    """The sample network on a Monday morning, with ten boxes each of two roses."""
    with desktop(tmp_path / "site", network=network(), clock=clock) as opened:
        opened.send("florsol", "stock.csv", stock(*ROSES))
        yield opened


def lines(site: Desktop) -> dict[str, tuple[int, str, bool | None]]:
    """Return accepted quantity, progress and flag of every line of purchase orders."""
    table = schema.order_lines
    rows = site.rows(select(table).order_by(table.c.order_id, table.c.line))
    return {r.reference: (int(r.accepted), r.progress, r.is_checked_out) for r in rows}


def test_a_cart_takes_stock_and_goes_to_nobody(site: Desktop) -> None:
    files = site.send("bloom", "cart.csv", cart("W1", ("1", ROSE, 4, DRAFT)))
    assert taken(site)["ROS-FRE-50"] == 56
    assert [o.state for o in site.orders()] == ["draft"]
    assert not [name for name in files if name.startswith("florsol/")]
    row = answers(files)["1"]
    assert (row["status"], row["confirmed_boxes"], row["reason_code"]) == ("accepted", "4", "draft")
    assert "until 2026-11-23 10:00 America/New_York" in row["message"]


def test_the_other_buyers_see_less_while_it_lasts(site: Desktop) -> None:
    files = site.send("bloom", "cart.csv", cart("W1", ("1", ROSE, 4, DRAFT)))
    assert any(name.startswith("tulipan/availability") for name in files)


def test_the_same_cart_with_other_lines_moves_stock_by_the_difference(site: Desktop) -> None:
    site.send("bloom", "a.csv", cart("W1", ("1", ROSE, 4, DRAFT), ("2", OTHER, 3, DRAFT)))
    site.send("bloom", "b.csv", cart("W1", ("1", ROSE, 6, DRAFT), ("3", OTHER, 1, DRAFT)))
    assert taken(site) == {"ROS-FRE-50": 84, "ROS-EXP-60": 12}
    assert lines(site) == {"1": (6, "pending", False), "3": (1, "pending", False)}
    site.send("bloom", "c.csv", cart("W1", ("1", ROSE, 2, DRAFT)))
    assert taken(site) == {"ROS-FRE-50": 28, "ROS-EXP-60": 0}
    assert lines(site) == {"1": (2, "pending", False)}


def test_a_line_that_was_taken_out_can_come_again(site: Desktop) -> None:
    two = cart("W1", ("1", ROSE, 4, DRAFT), ("2", OTHER, 3, DRAFT))
    site.send("bloom", "a.csv", two)
    site.send("bloom", "b.csv", cart("W1", ("1", ROSE, 4, DRAFT)))
    site.send("bloom", "c.csv", cart("W1", ("1", ROSE, 4, DRAFT), ("2", OTHER, 2, DRAFT)))
    assert lines(site)["2"] == (2, "pending", False)
    assert taken(site) == {"ROS-FRE-50": 56, "ROS-EXP-60": 24}


def test_a_cart_never_takes_more_than_there_is(site: Desktop) -> None:
    site.send("bloom", "a.csv", cart("W1", ("1", ROSE, 4, DRAFT)))
    files = site.send("bloom", "b.csv", cart("W1", ("1", ROSE, 14, DRAFT)))
    assert taken(site)["ROS-FRE-50"] == 140
    row = answers(files)["1"]
    assert (row["status"], row["confirmed_boxes"]) == ("changed", "10")


def test_editing_does_not_start_the_timer_again(site: Desktop, clock: SetClock) -> None:
    site.send("bloom", "a.csv", cart("W1", ("1", ROSE, 4, DRAFT)))
    clock.set(at(MONDAY, 9, 40))
    files = site.send("bloom", "b.csv", cart("W1", ("1", ROSE, 5, DRAFT)))
    assert "until 2026-11-23 10:00" in answers(files)["1"]["message"]


def test_every_answer_to_a_cart_says_what_its_lines_cost(tmp_path: Path, clock: SetClock) -> None:
    made = network(link="asking = { cost_stands = true }")
    with desktop(tmp_path / "cost", network=made, clock=clock) as site:
        site.send("florsol", "stock.csv", stock(*ROSES))
        first = site.send("bloom", "a.csv", cart("W1", ("1", ROSE, 4, DRAFT)))
        cost = answers(first)["1"]["confirmed_cost"]
        assert Decimal(cost) > 0
        two = ("1", ROSE, 4, OUT), ("2", ROSE, 1, OUT)
        said = answers(site.send("bloom", "b.csv", cart("W1", *two)))
        assert [row["confirmed_cost"] for row in said.values()] == [cost, cost]


def test_a_checked_out_cart_is_an_order_like_any_other(site: Desktop) -> None:
    site.send("bloom", "a.csv", cart("W1", ("1", ROSE, 4, DRAFT), ("2", OTHER, 3, DRAFT)))
    files = site.send("bloom", "b.csv", cart("W1", ("1", ROSE, 4, OUT), ("2", OTHER, 3, OUT)))
    assert [o.state for o in site.orders()] == ["approved"]
    assert [o.expires_at for o in site.orders()] == [None]
    told = [kind for kind in kinds(files) if kind.startswith("florsol/")]
    assert told == [f"florsol/{kind}-W1" for kind in ("850", "labels", "labels", "order")]
    assert b"cart_status" not in only(files, "florsol/order-")
    assert b"BEG*00*" in only(files, "florsol/850-")
    assert taken(site) == {"ROS-FRE-50": 56, "ROS-EXP-60": 36}


def test_a_cart_may_be_checked_out_with_its_first_file(site: Desktop) -> None:
    files = site.send("bloom", "a.csv", cart("W1", ("1", ROSE, 4, OUT)))
    assert [o.state for o in site.orders()] == ["approved"]
    assert "florsol/850-W1" in kinds(files)
    assert len(site.rows(select(schema.boxes))) == 4


def test_with_some_lines_checked_out_the_vendor_has_an_order_that_lists_the_rest(
    site: Desktop,
) -> None:
    whole = ("1", ROSE, 4, OUT), ("2", OTHER, 3, DRAFT)
    files = site.send("bloom", "a.csv", cart("W1", *whole))
    (order,) = site.orders()
    assert order.state == "approved" and order.expires_at is not None
    listed = only(files, "florsol/order-").decode()
    assert "checked-out" in listed and "draft" in listed
    x12 = only(files, "florsol/850-")
    assert x12.count(b"PO1*") == 1
    assert len(site.rows(select(schema.boxes))) == 4


def test_the_rest_follows_in_place_of_the_order(site: Desktop) -> None:
    site.send("bloom", "a.csv", cart("W1", ("1", ROSE, 4, OUT), ("2", OTHER, 3, DRAFT)))
    files = site.send("bloom", "b.csv", cart("W1", ("1", ROSE, 4, OUT), ("2", OTHER, 3, OUT)))
    assert b"BEG*05*" in only(files, "florsol/850-")
    assert only(files, "florsol/850-").count(b"PO1*") == 2
    assert len(site.rows(select(schema.boxes))) == 7
    assert lines(site) == {"1": (4, "pending", True), "2": (3, "pending", True)}


def test_what_is_checked_out_stays(site: Desktop) -> None:
    site.send("bloom", "a.csv", cart("W1", ("1", ROSE, 4, OUT), ("2", OTHER, 3, DRAFT)))
    files = site.send("bloom", "b.csv", cart("W1", ("1", ROSE, 1, DRAFT), ("2", OTHER, 2, DRAFT)))
    assert lines(site) == {"1": (4, "pending", True), "2": (2, "pending", False)}
    assert "stays at 4" in answers(files)["1"]["message"]
    assert not [name for name in files if name.startswith("florsol/")]
    files = site.send("bloom", "c.csv", cart("W1", ("2", OTHER, 2, DRAFT)))
    assert "is checked out already" in answers(files)["1"]["message"]


def test_the_same_content_again_changes_nothing(site: Desktop) -> None:
    site.send("bloom", "a.csv", cart("W1", ("1", ROSE, 4, OUT), ("2", OTHER, 3, DRAFT)))
    again = cart("W1", ("1", ROSE, 4, OUT), ("2", OTHER, 3, DRAFT)) + b"\n"
    files = site.send("bloom", "b.csv", again)
    assert not [name for name in files if name.startswith("florsol/")]
    assert taken(site) == {"ROS-FRE-50": 56, "ROS-EXP-60": 36}
    assert len(site.orders()) == 1


def test_a_cart_that_is_checked_out_takes_no_more_lines(site: Desktop) -> None:
    site.send("bloom", "a.csv", cart("W1", ("1", ROSE, 4, OUT)))
    files = site.send("bloom", "b.csv", cart("W1", ("1", ROSE, 4, OUT), ("2", OTHER, 3, OUT)))
    assert answers(files)["1"]["status"] == "accepted"
    assert answers(files)["2"]["status"] == "rejected"
    assert taken(site)["ROS-EXP-60"] == 0
    assert not [name for name in files if name.startswith("florsol/")]


def test_an_unknown_product_keeps_the_cart_as_it_was(site: Desktop) -> None:
    site.send("bloom", "a.csv", cart("W1", ("1", ROSE, 4, DRAFT)))
    site.send("bloom", "b.csv", cart("W1", ("1", ROSE, 4, DRAFT), ("2", "NEW-ROSE", 1, DRAFT)))
    assert lines(site) == {"1": (4, "pending", False)}
    assert [hold.source_code for hold in site.holds()] == ["NEW-ROSE"]
    site.map_row("products", "bloom,,NEW-ROSE,,ROS-EXP-60,,yes,,,")
    site.run()
    assert lines(site) == {"1": (4, "pending", False), "2": (1, "pending", False)}
    assert not site.holds()


def test_a_newer_file_of_the_cart_overtakes_one_that_waits(site: Desktop) -> None:
    site.send("bloom", "a.csv", cart("W1", ("1", ROSE, 4, DRAFT)))
    site.send("bloom", "b.csv", cart("W1", ("1", ROSE, 9, DRAFT), ("2", "NEW-ROSE", 1, DRAFT)))
    site.send("bloom", "c.csv", cart("W1", ("1", ROSE, 2, DRAFT)))
    assert not site.holds()
    site.map_row("products", "bloom,,NEW-ROSE,,ROS-EXP-60,,yes,,,")
    site.run()
    assert lines(site) == {"1": (2, "pending", False)}


def test_a_cart_that_waited_from_its_first_file_begins_when_it_is_mapped(
    site: Desktop, clock: SetClock
) -> None:
    site.send("bloom", "a.csv", cart("W1", ("1", "NEW-ROSE", 2, DRAFT)))
    assert [o.state for o in site.orders()] == ["held"]
    clock.set(at(MONDAY, 13))
    site.map_row("products", "bloom,,NEW-ROSE,,ROS-EXP-60,,yes,,,")
    files = site.run()
    assert [o.state for o in site.orders()] == ["draft"]
    assert "until 2026-11-23 14:00" in answers(files)["1"]["message"]


def test_another_day_is_taken_while_nothing_is_checked_out(site: Desktop) -> None:
    site.send("bloom", "a.csv", cart("W1", ("1", ROSE, 4, DRAFT)))
    later = TUESDAY.replace(day=26)
    site.send("bloom", "b.csv", cart("W1", ("1", ROSE, 4, DRAFT), ship=later))
    assert [o.ship_date for o in site.orders()] == [later]
    assert taken(site)["ROS-FRE-50"] == 56


def test_a_plain_order_under_the_number_of_a_cart_waits_for_a_person(site: Desktop) -> None:
    site.send("bloom", "a.csv", cart("W1", ("1", ROSE, 4, DRAFT)))
    site.send("bloom", "b.csv", cart("W1", ("1", ROSE, 5, "")))
    assert [hold.kind for hold in site.holds()] == ["order exists"]
    assert lines(site) == {"1": (4, "pending", False)}


def test_the_vendor_cannot_answer_a_cart_that_it_does_not_know(site: Desktop) -> None:
    site.send("bloom", "a.csv", cart("W1", ("1", ROSE, 4, DRAFT)))
    site.send("florsol", "c.csv", b"po_number,line,status\nW1,1,accepted\n")
    assert lines(site) == {"1": (4, "pending", False)}
    site.send("bloom", "b.csv", cart("W1", ("1", ROSE, 4, OUT)))
    assert lines(site) == {"1": (4, "confirmed", True)}


def test_its_buyer_may_cancel_a_cart_and_end_a_line_of_it(site: Desktop) -> None:
    """A change of an order holds for carts too (P-28); their vendor hears nothing of it."""
    site.send("bloom", "a.csv", cart("W1", ("1", ROSE, 4, DRAFT), ("2", OTHER, 3, DRAFT)))
    files = site.send("bloom", "b.csv", b"po_number,line,boxes,action\nW1,2,,CANCEL\n")
    assert taken(site) == {"ROS-FRE-50": 56, "ROS-EXP-60": 0}
    files |= site.send("bloom", "c.csv", b"po_number,line,boxes,action\nW1,,,CANCEL\n")
    assert [o.state for o in site.orders()] == ["cancelled"]
    assert taken(site) == {"ROS-FRE-50": 0, "ROS-EXP-60": 0}
    assert not [name for name in files if name.startswith("florsol/")]


def of_system(message: str, *statuses: str, is_test: bool = False) -> bytes:
    """Return the cart of a vendor's own system: a line of two boxes for each status."""
    rows = [
        {"line": at, "vendorItem": item, "boxes": 2, "unitPrice": "0.36", "cartStatus": status}
        for at, (item, status) in enumerate(zip(("FS-1150", "FS-1060"), statuses, strict=True), 1)
    ]
    said = {
        "contract": "floral.order/1",
        "messageId": message,
        "createdAt": "2026-11-23T09:00:00-05:00",
        "test": is_test,
        "sender": {"code": "florsol"},
        "receiver": {"code": "bloom"},
        "action": "new",
        "order": {
            "number": "AX1",
            "date": "2026-11-23",
            "shipDate": "2026-11-24",
            "shipVia": "warehouse",
            "currency": "USD",
            "carrier": {"code": "AAC"},
            "customer": {"code": "BLM"},
            "lines": [{**row, "boxType": "HALF", "unitType": "stem"} for row in rows],
        },
    }
    return json.dumps(said).encode()


def test_a_test_cart_takes_nothing_and_has_no_timer(site: Desktop) -> None:
    """P-29."""
    site.send("axerrio-florsol", "t.json", of_system("m1", DRAFT, DRAFT, is_test=True))
    assert [(o.state, o.expires_at) for o in site.orders()] == [("draft", None)]
    assert taken(site) == {"ROS-FRE-50": 0, "ROS-EXP-60": 0}


def test_the_prebook_of_a_cart_is_a_draft_until_every_line_is_checked_out(site: Desktop) -> None:
    """Domain 13, prebook (e-commerce)."""
    site.send("axerrio-florsol", "a.json", of_system("m1", DRAFT, DRAFT))
    assert [o.state for o in (*site.orders(), *site.orders("prebook"))] == ["draft", "draft"]
    assert taken(site) == {"ROS-FRE-50": 28, "ROS-EXP-60": 24}
    files = site.send("axerrio-florsol", "b.json", of_system("m2", OUT, DRAFT))
    told = json.loads(only(files, "axerrio-florsol/order-AX1"))
    assert [line["line"] for line in told["order"]["lines"]] == [1]
    assert [o.state for o in (*site.orders(), *site.orders("prebook"))] == ["approved", "draft"]
    files = site.send("axerrio-florsol", "c.json", of_system("m3", OUT, OUT))
    states = [o.state for o in (*site.orders(), *site.orders("prebook"))]
    assert states == ["approved", "approved"]
    assert taken(site) == {"ROS-FRE-50": 28, "ROS-EXP-60": 24}
    assert any(name.startswith("axerrio-florsol/order-AX1") for name in files)


def test_a_cart_of_a_system_ends_with_its_prebook(site: Desktop, clock: SetClock) -> None:
    site.send("axerrio-florsol", "a.json", of_system("m1", DRAFT, DRAFT))
    clock.set(at(MONDAY, 10))
    site.run()
    states = [o.state for o in (*site.orders(), *site.orders("prebook"))]
    assert states == ["cancelled", "cancelled"]
    assert taken(site) == {"ROS-FRE-50": 0, "ROS-EXP-60": 0}

"""What buyers and vendors agreed on for orders that a vendor's own system makes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select

from daemon.ledger import schema
from tests.daemon.network import NETWORK
from tests.daemon.sites import Desktop, kinds, only
from tests.daemon.trade.systems.floral_orders import ack, order
from tests.daemon.trade.systems.prebook_files import settings

EXPLORER = "axerrio-florsol,,,Rose Explorer 60,ROS-EXP-60,,yes,,,"
MERGING = NETWORK.replace('vendor = "florsol"\n', 'vendor = "florsol"\nmerges_prebooks = true\n', 1)
AWB = "176-12345675"


@pytest.fixture
def mapped(site: Desktop) -> Desktop:
    """The sample network, in which every product of the order is known."""
    site.map_row("products", EXPLORER)
    return site


def changed(number: str = "AX-1", *, lines: dict[str, Any] | None = None, **header: Any) -> bytes:
    value = json.loads(order(number, f"m-{number}"))
    value["order"].update(header)
    for line in value["order"]["lines"]:
        line.update(lines or {})
    return json.dumps(value).encode()


def test_a_buyer_that_approves_by_itself_never_lets_an_order_wait(mapped: Desktop) -> None:
    """A-06."""
    mapped.reconfigure(settings(approves_orders='"auto"'))
    files = mapped.send("axerrio-florsol", "o.json", order())
    assert kinds(files) == [
        "axerrio-florsol/ack-AX-1",
        "axerrio-florsol/order-AX-1",
        "bloom/approved-AX-1",
        "florsol/labels-AX-1",
        "florsol/labels-AX-1",
    ]
    assert ack(files)["result"] == "accepted"
    assert [o.state for o in (*mapped.orders(), *mapped.orders("prebook"))] == ["approved"] * 2
    assert [o.approved_by for o in mapped.orders()] == ["bloom, by itself"]
    moves = mapped.rows(select(schema.moves.c.cause).where(schema.moves.c.entity == "order"))
    assert {row.cause for row in moves} == {"bloom approves by itself"}


def test_it_approves_what_was_red_once_it_is_mapped(site: Desktop) -> None:
    site.reconfigure(settings(approves_orders='"auto"'))
    site.send("axerrio-florsol", "o.json", order())
    assert [o.state for o in site.orders()] == ["held"]
    site.map_row("products", EXPLORER)
    files = site.run()
    assert [o.state for o in site.orders()] == ["approved"]
    assert "axerrio-florsol/order-AX-1" in kinds(files)


def test_an_air_waybill_says_that_the_goods_have_left(mapped: Desktop) -> None:
    """A-07: shipped with the order, once its buyer approves it."""
    files = mapped.send("axerrio-florsol", "o.json", changed(lines={"awb": AWB}))
    assert [o.state for o in mapped.orders()] == ["pending approval"]
    files = mapped.send("bloom", "a.csv", b"po_number,decision\nAX-1,approve\n")
    assert [o.state for o in (*mapped.orders(), *mapped.orders("prebook"))] == ["shipped"] * 2
    assert {box.state for box in mapped.rows(select(schema.boxes))} == {"staging"}
    assert [row.awb for row in mapped.rows(select(schema.shipments))] == [AWB]
    assert "axerrio-florsol/order-AX-1" in kinds(files)


SHIPPING = NETWORK.replace(
    "receives_labels = true\n", "receives_labels = true\nselling = { ships_as_sold = true }\n", 1
)


def test_a_vendor_that_ships_as_it_sells_has_a_temporary_air_waybill_made(mapped: Desktop) -> None:
    """A-07."""
    mapped.reconfigure(SHIPPING)
    mapped.send("axerrio-florsol", "o.json", changed())
    assert [o.state for o in mapped.orders()] == ["pending approval"]
    files = mapped.send("bloom", "a.csv", b"po_number,decision\nAX-1,approve\n")
    assert [o.state for o in (*mapped.orders(), *mapped.orders("prebook"))] == ["shipped"] * 2
    (bill,) = mapped.rows(select(schema.shipments))
    assert (bill.is_temporary, bill.awb[:3]) == (True, "TMP")
    assert {box.state for box in mapped.rows(select(schema.boxes))} == {"staging"}
    assert f"bloom/shipment-{bill.awb}" in kinds(files)


LAST_FOUR = AWB[-4:]
APPROVE = b"po_number,decision\nAX-1,approve\n"


def waybills(site: Desktop) -> list[tuple[str, bool]]:
    """Return number of every air waybill, and whether it is a temporary one."""
    return [(row.awb, row.is_temporary) for row in site.rows(select(schema.shipments))]


def shipped_before(site: Desktop, number: str, awb: str) -> None:
    """Let an order of the system travel under `awb`."""
    site.send("axerrio-florsol", f"{number}.json", changed(number, lines={"awb": awb}))
    site.send("bloom", f"{number}.csv", APPROVE.replace(b"AX-1", number.encode()))
    assert [o.state for o in site.orders() if o.number == number] == ["shipped"]


@pytest.mark.parametrize("network", [NETWORK, SHIPPING], ids=["plain", "ships-as-sold"])
def test_the_last_four_digits_say_so_too_and_the_number_in_full_follows(
    mapped: Desktop, network: str
) -> None:
    """A-07, W-03: four digits are all that the network's API has room for."""
    mapped.reconfigure(network)
    mapped.send("axerrio-florsol", "o.json", changed(lines={"awb": LAST_FOUR}))
    files = mapped.send("bloom", "a.csv", APPROVE)
    assert [o.state for o in (*mapped.orders(), *mapped.orders("prebook"))] == ["shipped"] * 2
    assert waybills(mapped) == [(LAST_FOUR, False)]
    assert f"bloom/shipment-{LAST_FOUR}" in kinds(files)
    mapped.send("florsol", "w.csv", f"po_number,awb\nAX-1,{AWB}\n".encode())
    assert waybills(mapped) == [(AWB, False)]


def test_the_last_four_digits_of_a_waybill_that_is_there_join_it(mapped: Desktop) -> None:
    """W-03: vendor, ship date and digits find it."""
    shipped_before(mapped, "AX-7", AWB)
    shipped_before(mapped, "AX-1", LAST_FOUR)
    assert waybills(mapped) == [(AWB, False)]


def test_the_last_four_digits_of_two_waybills_ship_nothing_and_are_said(mapped: Desktop) -> None:
    """W-03: what is ambiguous is not guessed."""
    other = f"020-0000{LAST_FOUR}"
    shipped_before(mapped, "AX-7", AWB)
    shipped_before(mapped, "AX-8", other)
    files = mapped.send("axerrio-florsol", "o.json", changed(lines={"awb": LAST_FOUR}))
    reason = ack(files)["lines"][0]["reason"]
    assert AWB in reason and other in reason and "send it in full" in reason
    mapped.send("bloom", "a.csv", APPROVE)
    assert [o.state for o in mapped.orders() if o.number == "AX-1"] == ["approved"]
    assert (len(waybills(mapped)), mapped.holds()) == (2, [])
    found = mapped.rows(
        select(schema.findings.c.message).where(schema.findings.c.code == "axerrio.awb")
    )
    assert any("can be" in row.message for row in found)


def test_orders_that_go_together_share_a_prebook_where_that_is_agreed(mapped: Desktop) -> None:
    """A-05."""
    mapped.reconfigure(MERGING)
    for number in ("AX-1", "AX-2"):
        mapped.send("axerrio-florsol", f"{number}.json", changed(number, customerPO="PO-7"))
    (prebook,) = mapped.orders("prebook")
    assert prebook.number == "AX-1"
    lines = schema.order_lines.c
    numbers = [
        row.line for row in mapped.rows(select(lines.line).where(lines.order_id == prebook.id))
    ]
    assert sorted(numbers) == [1, 2, 3, 4, 5, 6]
    second = mapped.orders()[1]
    own = mapped.rows(select(lines.prebook_line_id).where(lines.order_id == second.id))
    assert all(row.prebook_line_id for row in own)


def sharing(site: Desktop) -> None:
    """Let two orders share a prebook."""
    site.reconfigure(MERGING)
    for number in ("AX-1", "AX-2"):
        site.send("axerrio-florsol", f"{number}.json", changed(number, customerPO="PO-7"))


def decided(site: Desktop, number: str, decision: str) -> tuple[str, list[str]]:
    """Return the state of the shared prebook after a decision, and how its lines stand."""
    text = f"po_number,decision\n{number},{decision}\n"
    site.send("bloom", f"{number}-{decision}.csv", text.encode())
    (prebook,) = site.orders("prebook")
    table = schema.order_lines.c
    query = select(table.progress).where(table.order_id == prebook.id).order_by(table.line)
    return prebook.state, [row.progress for row in site.rows(query)]


@pytest.mark.parametrize(
    ("first", "second", "open_lines"),
    [("AX-1", "AX-2", slice(3, 6)), ("AX-2", "AX-1", slice(0, 3))],
)
def test_a_shared_prebook_ends_with_the_last_of_its_orders(
    mapped: Desktop, first: str, second: str, open_lines: slice
) -> None:
    """A-05: each order ends its own lines, whoever made the prebook."""
    sharing(mapped)
    state, lines = decided(mapped, first, "cancel")
    assert state == "pending approval"
    assert lines[open_lines] == ["pending"] * 3
    assert lines.count("cancelled") == 3
    assert decided(mapped, second, "cancel") == ("cancelled", ["cancelled"] * 6)


def test_a_shared_prebook_is_no_further_than_each_of_its_orders(mapped: Desktop) -> None:
    """A-05."""
    sharing(mapped)
    assert decided(mapped, "AX-2", "approve")[0] == "pending approval"
    assert decided(mapped, "AX-1", "approve")[0] == "approved"
    assert decided(mapped, "AX-1", "cancel")[0] == "approved"


def test_an_order_that_is_sent_anew_leaves_a_shared_prebook_to_the_other(mapped: Desktop) -> None:
    """A-05: a new version withdraws the lines of the old one alone."""
    sharing(mapped)
    anew = json.loads(changed("AX-1", customerPO="PO-7"))
    anew["messageId"] = "m-3"
    anew["order"]["lines"] = anew["order"]["lines"][:1]
    mapped.send("axerrio-florsol", "anew.json", json.dumps(anew).encode())
    for hold in mapped.holds():
        mapped.release(hold.id)
    first = mapped.orders("prebook")[0]
    table = schema.order_lines.c
    query = select(table.progress).where(table.order_id == first.id).order_by(table.line)
    progress = [row.progress for row in mapped.rows(query)]
    assert first.state == "pending approval"
    assert progress[:6] == ["cancelled"] * 3 + ["pending"] * 3


def test_a_line_that_is_added_stands_behind_all_lines_of_a_shared_prebook(
    mapped: Desktop,
) -> None:
    """A-05: the number of the new line is taken there by a line of the other order."""
    sharing(mapped)
    change = json.loads(changed("AX-1", customerPO="PO-7"))
    change |= {"messageId": "m-4", "action": "change"}
    change["order"]["lines"] = [{**change["order"]["lines"][0], "line": 4, "action": "new"}]
    mapped.send("axerrio-florsol", "change.json", json.dumps(change).encode())
    (prebook,) = mapped.orders("prebook")
    table = schema.order_lines.c
    query = select(table.line).where(table.order_id == prebook.id).order_by(table.line)
    assert [row.line for row in mapped.rows(query)] == [1, 2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize(
    "other",
    [
        {"customerPO": "PO-8"},
        {"carrier": {"code": "PRIME"}},
        {"locationCode": "BOS"},
        {"customer": {"code": "ROSELANE"}},
        {"shipVia": "grower", "customer": {"code": "BLM", "shipTo": {"code": "BLM-MIA"}}},
    ],
)
def test_and_what_differs_in_anything_has_its_own(mapped: Desktop, other: dict[str, Any]) -> None:
    mapped.reconfigure(MERGING)
    mapped.send("axerrio-florsol", "1.json", changed("AX-1", customerPO="PO-7"))
    mapped.send("axerrio-florsol", "2.json", changed("AX-2", **{"customerPO": "PO-7", **other}))
    assert [row.number for row in mapped.orders("prebook")] == ["AX-1", "AX-2"]


def test_each_order_has_its_own_prebook_by_default(mapped: Desktop) -> None:
    for number in ("AX-1", "AX-2"):
        mapped.send("axerrio-florsol", f"{number}.json", changed(number))
    assert len(mapped.orders("prebook")) == 2


def test_a_merged_order_is_approved_by_itself(mapped: Desktop) -> None:
    mapped.reconfigure(MERGING)
    for number in ("AX-1", "AX-2"):
        mapped.send("axerrio-florsol", f"{number}.json", changed(number))
    files = mapped.send("bloom", "a.csv", b"po_number,decision\nAX-2,approve\n")
    assert [o.state for o in mapped.orders()] == ["pending approval", "approved"]
    assert json.loads(only(files, "axerrio-florsol/order-AX-2"))["order"]["lines"]

"""From a checked 875, the order of the grocery trade, to a purchase order.

The ship date is G62 10, else 37, 38, 69; the delivery date 02, else 68, 70, 53, 54. An item is
called by the id pairs of its G68, as in an 850; a U.P.C. case code is a code of the buyer's, since
it has no check digit and so is no GTIN. Allowances, charges and terms are not used: the order goes
the way of an 850, and its price is G6803, per the unit ordered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from formats.records import OrderLine, Party, PurchaseOrder, Purpose
from formats.x12 import parts
from formats.x12.heading import HEADING, begin, keep_date, note
from formats.x12.order_lines import line_of, only_store, warn_of_allocations
from formats.x12.parts import Elements, Handler, Problems, Table
from formats.x12.purchase_order import Beginning, order_made
from formats.x12.purchase_order_draft import (
    LineDraft,
    OrderDraft,
    add_line,
    line_made,
    line_places,
)
from formats.x12.tree import tree

PURPOSES = {
    "N": Purpose.NEW,
    "R": Purpose.CHANGE,
    "C": Purpose.CONFIRM,
    "T": Purpose.DUPLICATE,
    "D": Purpose.CANCEL,
    "F": Purpose.CANCEL,
}
"""G5001 (list 473)."""
BEGINNING = Beginning("G50", 2, 7, ("10", "37", "38", "69"), ("02", "68", "70", "53", "54"))
"""Dates are G6201 of a wish, the first that is named (list 432)."""
_PER_UNIT = "UM"


@dataclass(slots=True)
class GroceryDraft(OrderDraft):
    """What was read so far; `header` is the G50."""

    counted: tuple[int, Decimal | None] | None = None
    """Position of G76, and how many units it says."""


def grocery_order(
    segments: Sequence[str],
    nodes: Sequence[int],
    release: str,
    problems: Problems,
    *,
    is_test: bool = False,
) -> PurchaseOrder | None:
    """Return the order of a checked 875, None when it can't be used; `problems` says what is wrong.

    `segments` and `nodes` are those of the check.
    """
    draft = GroceryDraft(problems, parts.elements_of(""))
    parts.fill(draft, _handlers(release), segments, nodes)
    purpose = PURPOSES.get(draft.header[1])
    if purpose is None:
        message = (
            f"G5001 is {draft.header[1]}; orders with status {', '.join(PURPOSES)} are used. Send"
            " the order with one of them"
        )
        problems.error("G5001.unsupported", ("G50", 2, 1), message, draft.header[1])
        return None
    _check_total(draft)
    store = only_store(draft)
    return order_made(draft, _lines(draft, store), store, BEGINNING, purpose, is_test=is_test)


def _lines(draft: GroceryDraft, store: Party | None) -> Sequence[OrderLine]:
    found = []
    for number, line in enumerate(draft.lines, 1):
        if line.quantity is None or line.quantity < 0:
            message = "the quantity is below zero, so the line was left out; send what is ordered"
            draft.problems.error("G6801.negative", ("G68", line.position, 1), message)
            continue
        warn_of_allocations(draft, line, store, "G68")
        found.append(line_of(draft, line, number))
    return found


def _check_total(draft: GroceryDraft) -> None:
    """Warn where G76 counts other units than were sent."""
    position, said = draft.counted or (0, None)
    counted = sum((line.quantity for line in draft.lines if line.quantity is not None), Decimal(0))
    if said is not None and said != counted:
        message = f"G7601 says {said} units, G6801 adds up to {counted}; check the order"
        draft.problems.warning("G7601", ("G76", position, 1), message, str(said))


def _g68(draft: GroceryDraft, elements: Elements, position: int) -> None:
    """Begin a line; its pairs of ids are two."""
    quantity = parts.number(elements[1])
    ids = parts.ids_of([*elements[5:9], *parts.PADDING], 0)
    price = parts.number(elements[3])
    made = line_made("", quantity, elements[2], price, basis=_PER_UNIT, ids=ids)
    made.buyer_item = made.buyer_item or elements[4].strip() or None
    add_line(draft, LineDraft(position, made, quantity))


def _g69(draft: GroceryDraft, elements: Elements, _position: int) -> None:
    """Read a piece of a description, which is 45 characters long at most."""
    made, text = draft.lines[-1].made, elements[1].strip()
    if text:
        made.description = f"{made.description} {text}" if made.description else text


def _g70(draft: GroceryDraft, elements: Elements, _position: int) -> None:
    made = draft.lines[-1].made
    if made.bunches_per_box is None:
        made.bunches_per_box = parts.whole(elements[1])
    if made.stems_per_bunch is None:
        made.stems_per_bunch = parts.whole(elements[10])


def _store(draft: GroceryDraft, elements: Elements, _position: int) -> None:
    """Read for which store a part of the line is."""
    line = draft.lines[-1]
    if elements[4].strip():
        line.stores += (elements[4].strip(),)
        line.store_qualifier = elements[3]


def _g62(draft: GroceryDraft, elements: Elements, _position: int) -> None:
    keep_date(draft.dates, elements)


def _g66(draft: GroceryDraft, elements: Elements, _position: int) -> None:
    draft.carrier = elements[5].strip() or None


def _g76(draft: GroceryDraft, elements: Elements, position: int) -> None:
    draft.counted = (position, parts.number(elements[1]))


_PLACES: Mapping[str, Handler[GroceryDraft]] = {
    **HEADING,
    **line_places("G68"),
    "G50": begin,
    "N9": HEADING["REF"],
    "G62": _g62,
    "NTE": note,
    "G66": _g66,
    "G68": _g68,
    "G68/G69": _g69,
    "G68/G70": _g70,
    "G68/N9": line_places("PO1")["PO1/REF"],
    "G68/N1": _store,
    "G76": _g76,
}


@cache
def _handlers(release: str) -> Table[GroceryDraft]:
    return parts.handlers_for(tree("875", release), _PLACES)

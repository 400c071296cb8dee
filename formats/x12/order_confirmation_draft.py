"""The draft of an answer to an order (855) or to its change (865): lines, each with its ACKs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache

from formats.x12 import parts
from formats.x12.heading import HEADING, begin, keep_date, remark_in
from formats.x12.parts import Elements, Handler, ItemIds, Table
from formats.x12.purchase_order_draft import (
    LineDraft,
    OrderDraft,
    add_line,
    line_made,
    line_places,
)
from formats.x12.tree import tree


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a set says what: its first segment, its loop of lines, and elements of the first."""

    code: str
    head: str
    loop: str
    order_date: int
    vendor_number: int
    answered_on: int
    change_number: int | None = None


ORDER = Layout("855", "BAK", "PO1", order_date=4, vendor_number=8, answered_on=9)
CHANGE = Layout("865", "BCA", "POC", order_date=6, vendor_number=9, answered_on=10, change_number=5)


@dataclass(slots=True)
class AckDraft:
    """An ACK with its DTM; `position` counts from ST = 1."""

    position: int
    code: str
    quantity: Decimal | None
    unit: str
    ids: ItemIds
    dates: dict[str, date] = field(default_factory=dict)


@dataclass
class AnsweredLine(LineDraft):
    """A PO1 or POC with its ACKs; `remarks` are texts, each with the N902 before it."""

    acks: list[AckDraft] = field(default_factory=list)
    dates: dict[str, date] = field(default_factory=dict)
    remarks: list[tuple[str, str]] = field(default_factory=list)
    about: str = ""
    is_deletion: bool = False
    """The line ended with the change (POC02 DI), so its quantity is an old one."""
    content_ack: int | None = None
    """Position of an ACK for a content of an assorted box."""


@dataclass(slots=True)
class ConfirmationDraft(OrderDraft):
    """What was read so far; `header` is the BAK or BCA."""

    answered: list[AnsweredLine] = field(default_factory=list)

    def add(self, line: AnsweredLine) -> None:
        add_line(self, line)
        self.answered.append(line)


def _po1(draft: ConfirmationDraft, elements: Elements, position: int) -> None:
    quantity, price = parts.number(elements[2]), parts.number(elements[4])
    ids = parts.ids_of(elements, 6)
    made = line_made(elements[1], quantity, elements[3], price, basis=elements[5], ids=ids)
    draft.add(AnsweredLine(position, made, quantity))


def _poc(draft: ConfirmationDraft, elements: Elements, position: int) -> None:
    quantity, price = parts.number(elements[3]), parts.number(elements[6])
    unit, ids = draft.problems.unit(elements[5]), parts.ids_of(elements, 8)
    made = line_made(elements[1], quantity, unit, price, basis=elements[7], ids=ids)
    draft.add(AnsweredLine(position, made, quantity, is_deletion=elements[2] == "DI"))


def _ack(draft: ConfirmationDraft, elements: Elements, position: int) -> None:
    ack = AckDraft(
        position, elements[1], parts.number(elements[2]), elements[3], parts.ids_of(elements, 7)
    )
    keep_date(ack.dates, elements, first=4)
    draft.answered[-1].acks.append(ack)


def _ack_dtm(draft: ConfirmationDraft, elements: Elements, _position: int) -> None:
    acks = draft.answered[-1].acks
    if acks:
        keep_date(acks[-1].dates, elements)


def _line_dtm(draft: ConfirmationDraft, elements: Elements, _position: int) -> None:
    keep_date(draft.answered[-1].dates, elements)


def _line_n9(draft: ConfirmationDraft, elements: Elements, _position: int) -> None:
    draft.answered[-1].about = elements[2].strip()


def _line_remark(draft: ConfirmationDraft, elements: Elements, _position: int) -> None:
    line = draft.answered[-1]
    if text := remark_in(elements):
        line.remarks.append((line.about, text))


def _content_ack(draft: ConfirmationDraft, _elements: Elements, position: int) -> None:
    line = draft.answered[-1]
    line.content_ack = line.content_ack or position


_LINE: Mapping[str, Handler[ConfirmationDraft]] = {
    "ACK": _ack,
    "ACK/DTM": _ack_dtm,
    "DTM": _line_dtm,
    "N9": _line_n9,
    "N9/MSG": _line_remark,
    "N9/MTX": _line_remark,
    "SLN/ACK": _content_ack,
}


def _within_line(handler: Handler[ConfirmationDraft]) -> Handler[ConfirmationDraft]:
    """Call `handler` only once a line stands: misplaced segments may be tolerated."""

    def take(draft: ConfirmationDraft, elements: Elements, position: int) -> None:
        if draft.answered:
            handler(draft, elements, position)

    return take


@cache
def handlers(layout: Layout, release: str) -> Table[ConfirmationDraft]:
    """Return the function for every node of the tree of the set, None where nothing is read."""
    loop = layout.loop
    places: dict[str, Handler[ConfirmationDraft]] = {
        **HEADING,
        **line_places(loop),
        layout.head: begin,
        loop: _po1 if loop == "PO1" else _poc,
        **{f"{loop}/{path}": _within_line(handler) for path, handler in _LINE.items()},
    }
    return parts.handlers_for(tree(layout.code, release), places)

"""From a checked 860 to an order change.

POC03 is the quantity after the change, whatever the code says: QI and QD too, beside which POC04 is
what is left to receive or the difference and is not used. A line without POC03 keeps its quantity,
unless its code is about one: a difference alone says nothing certain about an order that may have
changed since, so such a line is left out and named, and so is one whose POC03 can only be a
difference. AI adds a line, DI ends it, every other code changes it. A replacement (BCH01 05) ends
the lines that it doesn't name, so it's used whole or not at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache

from formats.records import Party, ShipVia
from formats.steps import MOST_ORDER_NUMBER, LineAction, LineChange, OrderChange
from formats.x12 import parts
from formats.x12.heading import (
    DELIVERY_DATES,
    DROP_SHIP,
    HEADING,
    SHIP_DATES,
    begin,
    keep_date,
    warn_of_count,
)
from formats.x12.order_lines import line_of, warn_of_allocations
from formats.x12.parts import Elements, Handler, Problems, Table
from formats.x12.purchase_order_draft import (
    ORDER_HEADING,
    LineDraft,
    OrderDraft,
    add_line,
    line_made,
    line_places,
)
from formats.x12.tree import tree

PURPOSES = ("00", "01", "04", "05", "07")
"""BCH01: original, cancellation, change, replacement, duplicate."""
CANCELLATION = "01"
REPLACEMENT = "05"
_ACTIONS = {"AI": LineAction.ADD, "DI": LineAction.CANCEL}
"""POC02; every other code of list 670 is a change."""
_WHOLE_ORDER = "CF"
_TRANSFER = "TI"
_ABOUT_QUANTITY = frozenset({"AI", "QC", "QD", "QI", "PQ", "RQ"})
_DIFFERENCES = frozenset({"QD", "QI"})


@dataclass
class _ChangedLine(LineDraft):
    """A POC with its loop."""

    code: str = ""
    left: Decimal | None = None
    dates: dict[str, date] = field(default_factory=dict)
    schedules: int = 0


@dataclass(slots=True)
class _Draft(OrderDraft):
    changed: list[_ChangedLine] = field(default_factory=list)


def order_change(
    segments: Sequence[str],
    nodes: Sequence[int],
    release: str,
    problems: Problems,
    *,
    is_test: bool = False,
) -> OrderChange | None:
    """Return the change of a checked 860, None when it can't be used; `problems` says why.

    `segments` and `nodes` are those of the check.
    """
    draft = parts.fill(_Draft(problems, parts.elements_of("")), _handlers(release), segments, nodes)
    if draft.totals is not None:
        warn_of_count(problems, draft.totals[:2], len(draft.changed), "lines")
    purpose = draft.header[1]
    if purpose not in PURPOSES:
        message = (
            f"BCH01 is {purpose}; changes with purpose {', '.join(PURPOSES)} are used. Send the "
            "change with one of them."
        )
        problems.error("BCH01.unsupported", ("BCH", 2, 1), message, purpose)
        return None
    number = draft.header[3].strip()
    if not 0 < len(number) <= MOST_ORDER_NUMBER:
        what = "too long" if number else "blank"
        message = f"BCH03 is {what}; send the number of the order that changes"
        problems.error(f"BCH03.{what.replace(' ', '_')}", ("BCH", 2, 3), message, number)
        return None
    return _change(draft, is_test=is_test)


def _change(draft: _Draft, *, is_test: bool) -> OrderChange | None:
    header, references = draft.header, draft.references
    is_cancellation = header[1] == CANCELLATION or any(
        line.code == _WHOLE_ORDER for line in draft.changed
    )
    changes = tuple(
        change
        for number, line in enumerate(draft.changed, 1)
        if (change := _line_change(draft, line, number))
    )
    if not is_cancellation and not _is_enough(draft, len(changes)):
        return None
    return OrderChange(
        number=header[3].strip(),
        message_id=header[5].strip() or None,
        is_cancellation=is_cancellation,
        is_replacement=header[1] == REPLACEMENT,
        is_test=is_test,
        order_type=header[2],
        order_date=parts.day(header[6]),
        change_date=parts.day(header[11]),
        ship_date=parts.first_of(draft.dates, SHIP_DATES),
        delivery_date=parts.first_of(draft.dates, DELIVERY_DATES),
        buyer=draft.party_as("BY") or Party(),
        vendor=draft.vendor(),
        ship_to=draft.party_as("ST"),
        carrier=draft.carrier or draft.name_of("CA"),
        # Any other type is repeated by habit, and says nothing new.
        ship_via=ShipVia.GROWER if header[2] == DROP_SHIP else None,
        customer_po=references.get("CO"),
        location=draft.name_of("WH"),
        currency=draft.currency,
        mark_code=references.get("BX") or draft.name_of("Z7"),
        comments=draft.remarks(),
        cargo_agency=draft.name_of("FW"),
        incoterm=draft.incoterm,
        custom_fields=draft.custom_fields(),
        changes=changes,
    )


def _is_enough(draft: _Draft, usable: int) -> bool:
    """Tell whether what is left of the lines can stand; say why where it can't."""
    sent = len(draft.changed)
    if draft.header[1] == REPLACEMENT and (usable < sent or not sent):
        message = (
            f"the change replaces the whole order, and {usable} of its {sent} lines can be used; "
            "send all of them right"
        )
        draft.problems.error("BCH01.incomplete", ("BCH", 2, 1), message, REPLACEMENT)
        return False
    if sent and not usable:
        message = "the change has no line that can be used"
        draft.problems.error("POC.none", ("POC", draft.changed[0].position, None), message)
        return False
    return True


def _line_change(draft: _Draft, line: _ChangedLine, number: int) -> LineChange | None:
    if line.code == _WHOLE_ORDER:
        return None
    action = _ACTIONS.get(line.code, LineAction.CHANGE)
    complaint = _complaint(line)
    if complaint is not None:
        name, element, message = complaint
        at = ("POC", line.position, element)
        draft.problems.error(f"POC{element:02}.{name}", at, f"{message}; the line was left out")
        return None
    if line.schedules > 1:
        message = "the line has several SCH; only the dates of the first are used"
        draft.problems.warning("SCH.not_used", ("POC", line.position, None), message)
    warn_of_allocations(draft, line, None, "POC")
    quantity = Decimal(0) if action is LineAction.CANCEL else line.quantity
    line.made.quantity = quantity if quantity is not None else Decimal(0)
    return LineChange(
        action,
        line_of(draft, line, number),
        says_quantity=quantity is not None,
        code=line.code,
        ship_date=parts.first_of(line.dates, SHIP_DATES),
        delivery_date=parts.first_of(line.dates, DELIVERY_DATES),
    )


def _complaint(line: _ChangedLine) -> tuple[str, int, str] | None:
    """Return why a line can't be used: name, element of POC, sentence; None where it can."""
    if line.code == _TRANSFER:
        return "transfer", 2, "a transfer (TI) isn't used; send DI here and AI in the other order"
    if not line.made.reference:
        return "missing", 1, "the line has no number; send that of the order line in POC01"
    return None if line.code == "DI" else _quantity_complaint(line)


def _quantity_complaint(line: _ChangedLine) -> tuple[str, int, str] | None:
    if line.quantity is None:
        message = "the quantity after the change is missing; send it in POC03"
        return ("missing", 3, message) if line.code in _ABOUT_QUANTITY else None
    if line.quantity < 0:
        return "negative", 3, "POC03 is below 0; send the quantity after the change, no difference"
    if line.code in _DIFFERENCES and line.left is not None and line.left > line.quantity:
        message = (
            f"POC04 leaves more to receive than POC03 says ({line.left} of {line.quantity}), so "
            "POC03 may be a difference; send the quantity after the change in it"
        )
        return "difference", 3, message
    return None


def _poc(draft: _Draft, elements: Elements, position: int) -> None:
    quantity = parts.number(elements[3])
    made = line_made(
        elements[1],
        quantity,
        draft.problems.unit(elements[5]),
        parts.number(elements[6]),
        basis=elements[7],
        ids=parts.ids_of(elements, 8),
    )
    left = parts.number(elements[4])
    line = _ChangedLine(position, made, quantity, code=elements[2], left=left)
    add_line(draft, line)
    draft.changed.append(line)


def _line_dtm(draft: _Draft, elements: Elements, _position: int) -> None:
    if draft.changed:
        keep_date(draft.changed[-1].dates, elements)


def _line_sch(draft: _Draft, elements: Elements, _position: int) -> None:
    if draft.changed:
        line = draft.changed[-1]
        line.schedules += 1
        keep_date(line.dates, elements, first=5)


@cache
def _handlers(release: str) -> Table[_Draft]:
    places: dict[str, Handler[_Draft]] = {
        **HEADING,
        **ORDER_HEADING,
        **line_places("POC"),
        "BCH": begin,
        "POC": _poc,
        "POC/DTM": _line_dtm,
        "POC/SCH": _line_sch,
    }
    return parts.handlers_for(tree("860", release), places)

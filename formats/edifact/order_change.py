"""From a checked ORDCHG to an order change.

The order is that of RFF ON, else the number of the message itself, which then names no change. The
function (BGM 1225) 1 ends the order, 5 replaces it whole, 4 changes what it names, as 9, 7, 31, 35
and none do. LIN 1229 is what becomes of a line: 1 and 39 add it, 2 and 37 end it, 3, 9 and none
change it, 4 leaves it. QTY 21 is the quantity after the change. A replacement ends the lines that
it doesn't name, so it's used whole or not at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import cache

from formats.edifact import parts
from formats.edifact.editions import Edition
from formats.edifact.heading import (
    DELIVERY_DATES,
    DOCUMENT_DATE,
    DROP_SHIP,
    SHIP_DATES,
    SHIP_TO,
    VENDORS,
)
from formats.edifact.lines import (
    ORDERED,
    PIECES,
    WHOLE,
    LineDraft,
    order_line,
    warn_of_counts,
)
from formats.edifact.order import contents_of
from formats.edifact.parts import Problems, Table
from formats.edifact.step_lines import ORDER, STEP, StepLines, order_number
from formats.edifact.terms import FORWARDER, TERMS
from formats.edifact.tree import tree
from formats.records import Party, ShipVia
from formats.steps import LineAction, LineChange, OrderChange

CANCELLATION, REPLACEMENT, CHANGE = "1", "5", "4"
FUNCTIONS = (CHANGE, CANCELLATION, REPLACEMENT, "9", "7", "31", "35", "")
"""1225."""
ACTIONS = {
    **dict.fromkeys(("1", "39"), LineAction.ADD),
    **dict.fromkeys(("3", "9", ""), LineAction.CHANGE),
    **dict.fromkeys(("2", "37"), LineAction.CANCEL),
}
"""1229."""
_AS_IT_IS = "4"
_CUSTOMER_ORDER = "CO"


def order_change(
    segments: Sequence[str],
    nodes: Sequence[int],
    edition: Edition,
    problems: Problems,
    *,
    is_test: bool = False,
) -> OrderChange | None:
    """Return the change of a checked ORDCHG, None when it can't be used; `problems` says why.

    `segments` and `nodes` are those of the check.
    """
    draft = parts.fill(StepLines(problems), _handlers(edition), segments, nodes)
    warn_of_counts(draft)
    document = draft.document
    if document.function not in FUNCTIONS:
        message = (
            f"the message function is {document.function}; changes with 4, 5 and 1 are used. Send"
            " the change with one of them."
        )
        at = ("BGM", document.position, 3)
        problems.error("BGM03.unsupported", at, message, document.function)
        return None
    is_named = ORDER in draft.references or any(ORDER in each.references for each in draft.lines)
    if not is_named and document.number:
        draft.references[ORDER] = document.number
        message = (
            f"no RFF ON names the order, so {document.number} was taken for it; send its number in"
            " RFF ON, and one of its own for every change in BGM 1004"
        )
        problems.warning("RFF01.order", ("BGM", document.position, 2), message, document.number)
    number = order_number(draft)
    return _change(draft, number, is_named=is_named, is_test=is_test) if number else None


@cache
def _handlers(edition: Edition) -> Table[StepLines]:
    return parts.handlers_for(tree("ORDCHG", edition.tree), {**STEP, **TERMS}, WHOLE)


def _change(draft: StepLines, number: str, *, is_named: bool, is_test: bool) -> OrderChange | None:
    document = draft.document
    changes = tuple(
        change
        for position, line in enumerate(draft.lines, 1)
        if (change := _line(draft, line, position)) is not None
    )
    is_cancellation = document.function == CANCELLATION
    if not is_cancellation and not _is_enough(draft, len(changes)):
        return None
    return OrderChange(
        number=number,
        message_id=(document.number or None) if is_named else None,
        is_cancellation=is_cancellation,
        is_replacement=document.function == REPLACEMENT,
        is_test=is_test,
        order_date=draft.order_date,
        change_date=draft.day_of(DOCUMENT_DATE),
        ship_date=draft.day_of(*SHIP_DATES),
        delivery_date=draft.day_of(*DELIVERY_DATES),
        buyer=draft.party_as("BY") or Party(),
        vendor=draft.party_as(*VENDORS) or Party(),
        ship_to=draft.party_as(*SHIP_TO),
        carrier=draft.carrier or draft.name_of("CA"),
        ship_via=ShipVia.GROWER if document.name == DROP_SHIP else None,
        customer_po=draft.references.get(_CUSTOMER_ORDER),
        location=draft.name_of("WH"),
        currency=draft.currency,
        mark_code=draft.mark_code,
        comments=draft.remarks(),
        cargo_agency=draft.name_of(FORWARDER),
        incoterm=draft.incoterm,
        custom_fields=draft.custom_fields(),
        changes=changes,
    )


def _is_enough(draft: StepLines, usable: int) -> bool:
    """Tell whether what is left of the lines can stand; say why where it can't."""
    sent, document = len(draft.lines), draft.document
    if document.function == REPLACEMENT and (usable < sent or not sent):
        message = (
            f"the change replaces the whole order, and {usable} of its {sent} lines can be used;"
            " send all of them right"
        )
        at = ("BGM", document.position, 3)
        draft.problems.error("BGM03.incomplete", at, message, document.function)
        return False
    stated = sum(line.action != _AS_IT_IS for line in draft.lines)
    if stated and not usable:
        message = "the change has no line that can be used"
        draft.problems.error("LIN.none", ("LIN", draft.lines[0].position, None), message)
        return False
    return True


def _line(draft: StepLines, line: LineDraft, position: int) -> LineChange | None:
    is_whole = draft.document.function == REPLACEMENT
    if line.action == _AS_IT_IS and not is_whole:
        return None
    counted = line.quantities.get(ORDERED)
    action = _action(draft, line, counted)
    if action is None:
        return None
    is_said = action is not LineAction.CANCEL and counted is not None
    quantity, unit = counted or (Decimal(0), "")
    made = order_line(
        line,
        position,
        quantity if is_said else Decimal(0),
        (unit or PIECES) if counted is not None else "",
    )
    made.reference = draft.reference_of(line)
    made.price_unit = made.price_unit or None
    if line.contents:
        made.contents = contents_of(draft, line)
    beside = draft.beside_of(line)
    return LineChange(
        action,
        made,
        says_quantity=is_said or action is LineAction.CANCEL,
        code=line.action or None,
        ship_date=beside.day_of(SHIP_DATES),
        delivery_date=beside.day_of(DELIVERY_DATES),
    )


def _action(
    draft: StepLines, line: LineDraft, counted: tuple[Decimal, str] | None
) -> LineAction | None:
    """Return what becomes of a line, None where it can't be used, which is named."""
    action = ACTIONS.get("" if line.action == _AS_IT_IS else line.action)
    name = message = ""
    if action is None:
        name = "LIN02.unsupported"
        message = f"LIN 1229 is {line.action}; send 1 to add a line, 2 to end it, 3 to change it"
    elif not draft.reference_of(line):
        name, message = "LIN01.missing", "the line has no number; send that of the order line"
    elif action is LineAction.ADD and counted is None:
        name, message = "QTY.missing", "the added line has no quantity (QTY 21); send one"
    elif counted is not None and counted[0] < 0:
        name = "QTY01.negative"
        message = "the quantity is below 0; send the quantity after the change"
    if not name:
        return action
    at = ("LIN", line.position, None)
    draft.problems.error(name, at, f"{message}; the line was left out", line.action)
    return None

"""An order change to an X12 860, in the codes of the vendor who will read it.

POC03 is the quantity after the change. POC04, what is left to receive, is the same: lines of which
something was shipped are not changed any more (domain P-28). The caller has resolved every code
before; what can't be sent raises ValueError, what was replaced or cut is reported.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

from formats.findings import Finding
from formats.grammar.writing import day
from formats.records import Party, ShipVia
from formats.steps import LineAction, LineChange, OrderChange
from formats.x12.dictionary import is_of_list
from formats.x12.purchase_order_out import (
    DIRECT,
    STAND_ALONE,
    box_marks,
    carrier,
    content_of,
    order_item,
    pack,
    party,
    price_unit,
    remark,
)
from formats.x12.references_out import reference
from formats.x12.terms_out import brand, custom_fields, incoterm, named
from formats.x12.write import ControlNumbers, Envelope, Segment, interchange
from formats.x12.write_checked import checked

CODES = {LineAction.ADD: "AI", LineAction.CANCEL: "DI", LineAction.CHANGE: "CA"}
"""POC02 of a change that has no code of the partner's own (code list 670)."""


def write_order_change(
    change: OrderChange,
    envelope: Envelope,
    control: ControlNumbers,
    at: datetime,
    *,
    warnings: list[Finding] | None = None,
) -> bytes:
    """Return an interchange with `change` as one 860 (004010 or 005010, by the envelope).

    A change without the date of its order gets the day of `at`, because BCH06 is mandatory. Raises
    ValueError with a sentence where a code or number does not fit its element.
    """
    found = [] if warnings is None else warnings
    body = [*_header(change, at, found, is_5010=envelope.is_5010)]
    for each in change.changes:
        body.extend(_line(each, found, is_5010=envelope.is_5010))
    body.append(("CTT", str(len(change.changes))))
    return interchange(envelope, "PC", "860", [body], control=control, at=at, warnings=found)


def _header(
    change: OrderChange, at: datetime, found: list[Finding], *, is_5010: bool
) -> Iterator[Segment]:
    default_type = DIRECT if change.ship_via is ShipVia.GROWER else STAND_ALONE
    head = (
        *("BCH", _purpose(change), change.order_type or default_type, change.number, ""),
        *(change.message_id or "", day(change.order_date or at.date()), "", "", "", ""),
        day(change.change_date) if change.change_date else "",
    )
    yield checked(head, is_5010=is_5010)
    if change.currency:
        yield ("CUR", "BY", change.currency)
    if change.customer_po:
        yield reference("REF", "CO", change.customer_po, is_5010=is_5010)
    if change.mark_code:
        yield reference("REF", "BX", change.mark_code, is_5010=is_5010)
    yield from custom_fields(change.custom_fields, found)
    yield from incoterm(change.incoterm, found)
    yield from dates(change.ship_date, change.delivery_date)
    if change.carrier:
        yield carrier(change.carrier)
    yield from remark("ORDER", change.comments, is_5010=is_5010)
    yield from party("BY", change.buyer, found)
    yield from party("ST", change.ship_to, found)
    yield from party("SE", change.vendor, found)
    if change.location:
        yield from party("WH", Party(code=change.location), found)
    yield from party("FW", named(change.cargo_agency), found)


def _purpose(change: OrderChange) -> str:
    if change.is_cancellation:
        return "01"
    return "05" if change.is_replacement else "04"


def _line(change: LineChange, warnings: list[Finding], *, is_5010: bool) -> Iterator[Segment]:
    line = change.line
    yield changed_item(change, brand(line.brand, warnings), is_5010=is_5010)
    yield from price_unit(line)
    if line.description:
        yield ("PID", "F", "08", "", "", line.description)
    if line.bunches_per_box is not None or line.stems_per_bunch is not None:
        yield pack(line.bunches_per_box, line.stems_per_bunch)
    if line.mark_code:
        yield reference("REF", "BX", line.mark_code, is_5010=is_5010)
    yield from dates(change.ship_date, change.delivery_date)
    yield from box_marks(line, warnings)
    for content in line.contents:
        yield from content_of(content)


def changed_item(change: LineChange, *more: tuple[str, str | None], is_5010: bool) -> Segment:
    """Return the POC of a line, with the partner's own code where that fits what it does.

    `more` are ids of its goods beside their codes.
    """
    line = change.line if change.says_quantity else replace(change.line, unit="")
    if not line.reference:
        raise ValueError(f"change {line.line} names no line of the order (POC01): say which")
    if change.action is LineAction.ADD and not change.says_quantity:
        raise ValueError(f"the added line {line.reference!r} has no quantity: say how many")
    _, reference, quantity, unit, *rest = order_item(line, *more)
    counts = (quantity, quantity, unit) if change.says_quantity and unit else ("", "", "")
    return checked(("POC", reference, _code(change), *counts, *rest), is_5010=is_5010)


def _code(change: LineChange) -> str:
    code, usual = change.code, CODES[change.action]
    fits = code == usual or {code, usual}.isdisjoint(("AI", "DI"))
    return code if code and fits and is_of_list(code, "670") else usual


def dates(shipped: date | None, delivered: date | None) -> Iterator[Segment]:
    """Yield the DTM of the days on which goods are to be shipped and delivered."""
    if shipped:
        yield ("DTM", "010", day(shipped))
    if delivered:
        yield ("DTM", "002", day(delivered))

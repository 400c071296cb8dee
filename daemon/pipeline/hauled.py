"""What truck lines say of loads: kept as documents, and noted at the goods that they mean.

An answer to a load is matched with the 204 that offered it; one that isn't a plain yes is a hold on
that file. A status is noted at the shipments of the orders it names, as far as this truck line
takes them. Nothing else follows from any of them: an invoice is kept for people to see.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, select, update

from daemon.config import Partner
from daemon.ledger import acknowledged, schema
from daemon.ledger.arrivals import Arrival
from daemon.ledger.documents import NewDocument, add_document, add_findings
from daemon.ledger.holds import HoldKind, NewHold, hold
from daemon.ledger.states import AcknowledgementState, DocumentState, HoldState
from daemon.trade.desk import Desk
from formats import awb
from formats.documents import ReadDocument
from formats.findings import Finding, warning
from formats.hauling import (
    FreightInvoice,
    LoadTender,
    ShipmentStatus,
    StatusEvent,
    TenderAnswer,
    TenderReply,
)

Hauled = LoadTender | TenderAnswer | ShipmentStatus | FreightInvoice
PRINTED = "bill of lading"
"""Entity of the moves that tell which orders a bill was printed for."""
HAUL = "haul"
"""Entity of the moves that tell what a truck line said of an order."""
_BILL, _ORDER, _WAYBILL = ("BM", "SI", "MB"), ("PO", "CO"), ("AW",)
_NUMBER = 64
_LONGEST = timedelta(days=60)
"""No goods of this trade are on their way for longer."""


@dataclass(frozen=True, slots=True)
class _Hauls:
    """Orders of a truck line that a document means, and the shipments with their boxes."""

    orders: tuple[int, ...]
    shipments: tuple[int, ...]


def take_hauled(
    desk: Desk,
    origin: Partner,
    arrival: Arrival,
    document: ReadDocument,
    record: Hauled,
    *,
    position: int,
) -> int:
    """Keep what a truck line says, and note it where it belongs; return the document's key."""
    new = NewDocument(
        arrival_id=arrival.id,
        partner=origin.name,
        position=position,
        kind=record.kind,
        number=record.number[:_NUMBER],
        control=document.control,
        digest=document.digest,
        state=DocumentState.POSTED,
        record=record.to_keep(),
    )
    key = add_document(desk.post, new)
    found = list(document.findings)
    # A test says nothing of real goods (P-29).
    if not record.is_test:
        desk.post.flush()
        if isinstance(record, TenderAnswer):
            found += _note_answer(desk, origin, arrival, record)
        elif isinstance(record, ShipmentStatus):
            found += _note_status(desk, origin, arrival, record)
    add_findings(desk.post, found, arrival_id=arrival.id, document_id=key)
    return key


def _note_answer(
    desk: Desk, origin: Partner, arrival: Arrival, answer: TenderAnswer
) -> Iterable[Finding]:
    file = acknowledged.by_reference(desk.post.conn, origin.name, "204", answer.number)
    if file is None:
        return [_unmatched(f"load {answer.number or 'without a number'}", origin)]
    if answer.reply is TenderReply.ACCEPTED:
        acknowledged.note(desk.post, file, AcknowledgementState.ACCEPTED)
        acknowledged.end_holds(desk.post, file.id, HoldState.SUPERSEDED)
        return []
    said = "declined" if answer.reply is TenderReply.DECLINED else f"answered {answer.code!r} to"
    why = f": {'; '.join(answer.remarks)}" if answer.remarks else ""
    message = (
        f"{file.name}: {origin.name} {said} load {answer.number}{why} (arrival {arrival.id}). Agree"
        " with it, or give the orders to another truck line and print their bills again; then end"
        " this with: k2kd release"
    )
    acknowledged.note(desk.post, file, AcknowledgementState.REJECTED)
    acknowledged.end_holds(desk.post, file.id, HoldState.SUPERSEDED)
    new = NewHold(HoldKind.REFUSED, file.partner, message, place=file.name, outgoing_id=file.id)
    hold(desk.post, new, arrival_id=file.arrival_id, document_id=None)
    return [warning("hauling.declined", message)]


def _note_status(
    desk: Desk, origin: Partner, arrival: Arrival, status: ShipmentStatus
) -> Iterable[Finding]:
    """Note the last thing that happened; what is older than what is known changes nothing."""
    last = _last(status.events)
    if last is None or last.progress is None:
        return []
    found = _meant(desk, origin, status)
    if not found.orders and not found.shipments:
        what = status.number or status.pro_number or "without a number"
        return [_unmatched(f"load {what}", origin)]
    when = _moment(last)
    place = f", {last.city}" if last.city else ""
    cause = f"{origin.name} {status.pro_number}: {last.code} {when}{place}"
    for key in found.orders:
        _write_down(desk, arrival, key, last.progress.value, cause)
    table = schema.shipments.c
    desk.post.conn.execute(
        update(schema.shipments)
        .where(
            table.id.in_(found.shipments),
            table.haul_status_at.is_(None) | (table.haul_status_at <= when),
        )
        .values(haul_status=last.progress.value, haul_status_at=when)
    )
    return []


def _last(events: Sequence[StatusEvent]) -> StatusEvent | None:
    """Return the newest event that means something here; of two at one time the later named."""
    known = [each for each in events if each.progress is not None and not each.is_appointment]
    return max(reversed(known), key=_moment, default=None)


def _moment(event: StatusEvent) -> str:
    day = event.on.isoformat() if event.on else ""
    return f"{day} {event.at[:2]}:{event.at[2:4]}" if event.at else day


def _write_down(desk: Desk, arrival: Arrival, key: int, after: str, cause: str) -> None:
    desk.post.add(
        schema.moves,
        {
            "arrival_id": arrival.id,
            "entity": HAUL,
            "entity_id": key,
            "before": None,
            "after": after,
            "cause": cause[:200],
        },
    )


def _meant(desk: Desk, origin: Partner, status: ShipmentStatus) -> _Hauls:
    """Find what a status means: by its bill, by order numbers, else by air waybills."""
    named: dict[str, set[str]] = {}
    for each in status.references:
        named.setdefault(each.qualifier, set()).add(each.value)
    bills = {status.number, *(v for q in _BILL for v in named.get(q, ()))} - {""}
    orders = _orders_on(desk, bills)
    numbers = {value for qualifier in _ORDER for value in named.get(qualifier, ())}
    order = schema.orders.c
    if not orders and numbers:
        orders = _keys(desk, order.number.in_(numbers), order.kind == "purchase_order")
    is_theirs = order.carrier.in_(origin.hauling.carriers)
    orders = _keys(desk, order.id.in_(orders), is_theirs) if orders else set()
    shipments = _shipments_of(desk, orders)
    if not shipments:
        waybills = {v for q in _WAYBILL for v in named.get(q, ())}
        shipments, orders = _by_waybill(desk, waybills, is_theirs, orders)
    return _Hauls(tuple(sorted(orders)), tuple(sorted(shipments)))


def _keys(desk: Desk, *where: ColumnElement[bool]) -> set[int]:
    return set(desk.post.conn.execute(select(schema.orders.c.id).where(*where)).scalars())


def _orders_on(desk: Desk, bills: Iterable[str]) -> set[int]:
    """Return the orders that bills of lading of these numbers were printed for."""
    move, found = schema.moves.c, set[int]()
    for number in bills:
        query = select(move.entity_id).where(
            move.entity == PRINTED,
            move.cause.startswith(f"bill {number} printed by ", autoescape=True),
        )
        found.update(desk.post.conn.execute(query).scalars())
    return found


def _shipments_of(desk: Desk, orders: Iterable[int]) -> set[int]:
    box, line = schema.boxes.c, schema.order_lines.c
    query = (
        select(box.shipment_id)
        .join(schema.order_lines, line.id == box.order_line_id)
        .where(line.order_id.in_(list(orders)), box.shipment_id.is_not(None))
        .distinct()
    )
    return set(desk.post.conn.execute(query).scalars())


def _by_waybill(
    desk: Desk, waybills: Iterable[str], is_theirs: ColumnElement[bool], known: set[int]
) -> tuple[set[int], set[int]]:
    """Return the shipments on air waybills with boxes of orders that this truck line takes."""
    whole = [each for each in waybills if not awb.is_short(each)]
    if not whole:
        return set(), known
    box, line, bill = schema.boxes.c, schema.order_lines.c, schema.shipments.c
    query = (
        select(bill.id, bill.awb, schema.orders.c.id.label("order_id"))
        .join(schema.boxes, box.shipment_id == bill.id)
        .join(schema.order_lines, line.id == box.order_line_id)
        .join(schema.orders, schema.orders.c.id == line.order_id)
        .where(bill.ship_date >= desk.today - _LONGEST, is_theirs)
        .distinct()
    )
    # Numbers are kept as they were written, with blanks and hyphens anywhere.
    rows = [
        row
        for row in desk.post.conn.execute(query)
        if any(awb.is_same(row.awb, each) for each in whole)
    ]
    return {row.id for row in rows}, known | {row.order_id for row in rows}


def _unmatched(what: str, origin: Partner) -> Finding:
    message = (
        f"{what} isn't known here as one of {origin.name}, so nothing is noted at any goods; name"
        " the bill of lading, the order (PO) or the air waybill (AW)"
    )
    return warning("hauling.unmatched", message)

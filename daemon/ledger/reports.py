"""What people ask the books: counts, lists, and the whole story of one file. Only reads.

Nothing here decides or changes anything.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, TypeVar

from sqlalchemy import Connection, Select, and_, case, func, or_, select

from daemon.ledger import schema
from daemon.ledger.cuts import SENT, cuts_of
from daemon.ledger.documents import REFUSED
from daemon.ledger.report_rows import (
    ArrivalFacts,
    DocumentRow,
    FileRow,
    FindingRow,
    FoundKind,
    FoundRow,
    HoldRow,
    LineRow,
    NotedRow,
    OrderRow,
    OutgoingFact,
    Overview,
    RefusalRow,
    Story,
)
from daemon.ledger.states import (
    ArrivalState,
    GoodsState,
    HoldState,
    OrderState,
    OutgoingState,
    TransferState,
)
from daemon.ledger.store import now_utc
from formats.findings import Severity

NEWEST = 10
REFUSED_DAYS = 7
"""How long a drop that was refused is counted: there is nothing to end it with."""
NOTED = (
    *("load_tender", "tender_answer", "shipment_status", "freight_invoice"),
    *("catalogue", "forecast", "market_transactions"),
)
"""Kinds of documents that nothing follows from, so that what they say is all there is to see."""
_Row = TypeVar("_Row")
_files, _docs, _orders = schema.arrivals.c, schema.documents.c, schema.orders.c
_is_noted = and_(_docs.kind.in_(NOTED), _docs.record.is_not(None))
_lines, _holds, _out = schema.order_lines.c, schema.holds.c, schema.outgoing.c


def overview(conn: Connection) -> Overview:
    """Return what `k2kd status` shows."""
    by_state = select(_files.partner, _files.state, func.count()).group_by(
        _files.partner, _files.state
    )
    counts: dict[str, dict[str, int]] = {}
    for partner, state, number in conn.execute(by_state):
        counts.setdefault(partner, {})[state] = number
    is_open = _holds.state == HoldState.OPEN.value
    waits = _out.state != OutgoingState.DELIVERED.value
    red = select(func.count()).where(
        _orders.state == OrderState.HELD.value, _orders.kind == "purchase_order"
    )
    unseen = select(func.count()).where(
        _files.state == ArrivalState.QUARANTINED.value, _files.is_seen.is_(False)
    )
    since, drops = now_utc() - timedelta(days=REFUSED_DAYS), schema.refusals.c
    lately = select(func.count(drops.id)).where(drops.created_at >= since)
    return Overview(
        files=counts,
        open_holds=_counted(conn, select(_holds.kind, func.count()).where(is_open)),
        red_orders=_number(conn, red),
        undelivered=_counted(conn, select(_out.partner, func.count()).where(waits)),
        blocked=_number(
            conn, select(func.count()).where(_out.state == OutgoingState.BLOCKED.value)
        ),
        failed_transfers=_number(
            conn, select(func.count()).where(_orders.transfer == TransferState.FAILED.value)
        ),
        unseen_quarantined=_number(conn, unseen),
        refused=_number(conn, lately),
        newest=tuple(files(conn, limit=NEWEST)),
    )


def files(
    conn: Connection,
    *,
    partner: str | None = None,
    state: str | None = None,
    is_unseen: bool = False,
    limit: int,
) -> list[FileRow]:
    """Return arrivals, newest first; `is_unseen`: only those that nobody has looked at."""
    query = _of(FileRow, schema.arrivals.c).order_by(_files.id.desc()).limit(limit)
    if partner is not None:
        query = query.where(_files.partner == partner)
    if state is not None:
        query = query.where(_files.state == state)
    if is_unseen:
        query = query.where(_files.is_seen.is_(False))
    return _all(conn, FileRow, query)


def refusals(conn: Connection, *, partner: str | None = None, limit: int) -> list[RefusalRow]:
    """Return drops that were refused at the door, newest first."""
    table = schema.refusals.c
    query = _of(RefusalRow, table).order_by(table.id.desc()).limit(limit)
    if partner is not None:
        query = query.where(table.partner == partner)
    return _all(conn, RefusalRow, query)


def outgoing(
    conn: Connection, *, partner: str | None = None, is_waiting: bool = False, limit: int
) -> list[OutgoingFact]:
    """Return the files for partners, newest first; `is_waiting`: those not delivered yet."""
    query = _of(OutgoingFact, schema.outgoing.c).order_by(_out.id.desc()).limit(limit)
    if partner is not None:
        query = query.where(_out.partner == partner)
    if is_waiting:
        query = query.where(_out.state != OutgoingState.DELIVERED.value)
    return _with_cuts(conn, _all(conn, OutgoingFact, query))


def _with_cuts(conn: Connection, files: list[OutgoingFact]) -> list[OutgoingFact]:
    """Return files, each with what was cut in it."""
    cuts = cuts_of(conn, (file.arrival_id for file in files if file.arrival_id is not None))
    if not cuts:
        return files
    return [replace(each, cuts=tuple(cuts.get((each.partner, each.name), ()))) for each in files]


def story(conn: Connection, arrival_id: int) -> Story | None:
    """Return an arrival with all that came of it; None where there is none."""
    found = _all(
        conn, ArrivalFacts, _of(ArrivalFacts, schema.arrivals.c).where(_files.id == arrival_id)
    )
    if not found:
        return None
    finding = schema.findings.c
    sent = _rows(conn, OutgoingFact, schema.outgoing.c, _out.arrival_id == arrival_id)
    return Story(
        found[0],
        tuple(_rows(conn, DocumentRow, schema.documents.c, _docs.arrival_id == arrival_id)),
        tuple(_rows(conn, FindingRow, finding, finding.arrival_id == arrival_id)),
        tuple(_held(conn, _holds.arrival_id == arrival_id)),
        tuple(_with_lines(conn, _orders.arrival_id == arrival_id)),
        tuple(_with_cuts(conn, sent)),
        tuple(_rows(conn, NotedRow, schema.documents.c, _docs.arrival_id == arrival_id, _is_noted)),
    )


def holds(conn: Connection, *, partner: str | None = None, is_open: bool = True) -> list[HoldRow]:
    """Return holds, oldest first."""
    where = [_holds.state == HoldState.OPEN.value] if is_open else []
    if partner is not None:
        where.append(_holds.partner == partner)
    return _held(conn, *where)


def found_in(conn: Connection, arrival_ids: Iterable[int]) -> dict[int, FoundRow]:
    """Return, by arrival, the weightiest thing that was found in it, and how many such there are.

    What the rules refused goes before what could not be read, that before warnings, and those
    before what we cut in files that it caused.
    """
    table = schema.findings.c
    kind = case(
        (table.code.startswith(REFUSED), 0),
        (table.severity == Severity.ERROR.value, 1),
        (table.code.startswith(SENT, autoescape=True), 3),
        else_=2,
    ).label("kind")
    query = select(table.arrival_id, kind, func.min(table.id), func.count())
    query = query.where(table.arrival_id.in_(list(arrival_ids))).group_by(table.arrival_id, kind)
    # Of each arrival the weightiest comes last, and stays.
    weighed = {
        arrival_id: (key, FoundKind(weight), number)
        for arrival_id, weight, key, number in conn.execute(query.order_by(kind.desc()))
    }
    keys = [key for key, _, _ in weighed.values()]
    first = select(table.id, table.place, table.message).where(table.id.in_(keys))
    said = {key: (place, message) for key, place, message in conn.execute(first)}
    return {
        arrival_id: FoundRow(kind, *said[key], number)
        for arrival_id, (key, kind, number) in weighed.items()
    }


def holds_of(conn: Connection, document_ids: Iterable[int]) -> list[HoldRow]:
    """Return the open holds of documents, oldest first."""
    return _held(
        conn, _holds.document_id.in_(list(document_ids)), _holds.state == HoldState.OPEN.value
    )


def holds_in(conn: Connection, arrival_ids: Iterable[int]) -> list[HoldRow]:
    """Return the open holds of arrivals, oldest first."""
    return _held(
        conn, _holds.arrival_id.in_(list(arrival_ids)), _holds.state == HoldState.OPEN.value
    )


def orders(
    conn: Connection,
    *,
    state: str | None = None,
    partner: str | None = None,
    is_unmapped: bool = False,
    has_failed: bool = False,
    limit: int,
) -> list[OrderRow]:
    """Return purchase orders with their lines, newest first.

    `is_unmapped`: only red ones; `has_failed`: only those that have not reached their vendors.
    """
    where = [_orders.kind == "purchase_order"]
    if state is not None:
        where.append(_orders.state == state)
    if partner is not None:
        where.append(
            or_(_orders.origin == partner, _orders.buyer == partner, _orders.vendor == partner)
        )
    if has_failed:
        where.append(_orders.transfer == TransferState.FAILED.value)
    if is_unmapped:
        where.append(_orders.id.in_(select(_lines.order_id).where(_lines.state == "unmapped")))
    return _with_lines(conn, *where, limit=limit)


def raw_bytes(conn: Connection, arrival_id: int) -> tuple[bytes | None, str | None]:
    """Return an arrival's bytes, or the name of the spool file that has them; None for neither."""
    row = conn.execute(select(_files.data, _files.spool).where(_files.id == arrival_id)).one()
    return row.data, row.spool


def outgoing_body(conn: Connection, name: str) -> bytes | None:
    """Return the bytes of the outgoing file called `name`; None where there is none."""
    bodies = schema.outgoing_bodies.c
    query = select(bodies.body).join(schema.outgoing, _out.id == bodies.outgoing_id)
    body = conn.execute(query.where(_out.name == name)).scalar()
    return None if body is None else bytes(body)


def control_counters(conn: Connection) -> dict[str, int]:
    """Return the control number counters: `control:LEVEL:SENDER:RECEIVER` to the last number."""
    table = schema.sequences.c
    query = select(table.name, table.last).where(table.name.like("control:%")).order_by(table.name)
    return {row.name: row.last for row in conn.execute(query)}


def _of(kind: type[Any], columns: Any) -> Select[Any]:
    return select(*(columns[name] for name in kind.__dataclass_fields__ if name in columns))


def _rows(conn: Connection, kind: type[_Row], columns: Any, *where: Any) -> list[_Row]:
    return _all(conn, kind, _of(kind, columns).where(*where).order_by(columns.id))


def _held(conn: Connection, *where: Any) -> list[HoldRow]:
    """Return holds, oldest first, each with the file and the document that it stops."""
    query = (
        _of(HoldRow, schema.holds.c)
        .add_columns(
            _files.name.label("file"), _docs.kind.label("document"), _docs.number.label("number")
        )
        .outerjoin(schema.arrivals, _files.id == _holds.arrival_id)
        .outerjoin(schema.documents, _docs.id == _holds.document_id)
    )
    return _all(conn, HoldRow, query.where(*where).order_by(_holds.id))


def _all(conn: Connection, kind: type[_Row], query: Select[Any]) -> list[_Row]:
    return [kind(**row._mapping) for row in conn.execute(query)]


def _counted(conn: Connection, query: Select[Any]) -> dict[str, int]:
    grouped = query.group_by(query.selected_columns[0]).order_by(query.selected_columns[0])
    return {str(name): int(number) for name, number in conn.execute(grouped)}


def _number(conn: Connection, query: Select[Any]) -> int:
    return int(conn.execute(query).scalar_one())


def _with_lines(conn: Connection, *where: Any, limit: int | None = None) -> list[OrderRow]:
    """Return orders, newest first, each with its lines and their boxes."""
    query = _of(OrderRow, schema.orders.c).where(*where).order_by(_orders.id.desc()).limit(limit)
    found = conn.execute(query).all()
    ids = [row.id for row in found]
    codes: dict[int, list[str]] = {}
    box = schema.boxes.c
    owned = (
        select(box.order_line_id, box.code)
        .join(schema.order_lines, _lines.id == box.order_line_id)
        .where(_lines.order_id.in_(ids), box.state != GoodsState.CANCELLED.value)
        .order_by(box.sequence, box.id)
    )
    for row in conn.execute(owned):
        codes.setdefault(row.order_line_id, []).append(row.code)
    rates = {row.id: row.rate for row in found}
    lines: dict[int, list[LineRow]] = {}
    query = _of(LineRow, schema.order_lines.c).add_columns(_lines.id, _lines.order_id)
    for row in conn.execute(query.where(_lines.order_id.in_(ids)).order_by(_lines.line)):
        cells = dict(row._mapping)
        key, order_id = cells.pop("id"), cells.pop("order_id")
        rate = rates[order_id]
        price = cells["unit_price"]
        converted = None if rate is None or price is None else _converted(price, rate)
        line = LineRow(**cells, boxes=tuple(codes.get(key, ())), converted_price=converted)
        lines.setdefault(order_id, []).append(line)
    return [OrderRow(**row._mapping, lines=tuple(lines.get(row.id, ()))) for row in found]


def _converted(price: Decimal, rate: Decimal) -> Decimal:
    """Return a price at a rate, half up to four places (domain 4.6)."""
    return (price * rate).quantize(Decimal("0.0001"), ROUND_HALF_UP)

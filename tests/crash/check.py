"""What must hold after any crash, once the daemon has run to the end again.

The books must read exactly as those of a run that nobody killed: every file one arrival with one
end, every order once, the same stock to the unit, the same answers under the same names. And every
outgoing file must have been collected once, with the bytes that the ledger holds.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from sqlalchemy import Select, select

from daemon.ledger import schema
from daemon.ledger.store import Ledger, open_ledger
from tests.crash.site import Collected, debris

Rows = tuple[tuple[object, ...], ...]
OWN_KEY = re.compile(r"-[0-9]{8}\.")
ENVELOPE = re.compile(rb"^ISA\*.{28}\*..\*(.{15})\*..\*(.{15})\*.{6}\*.{4}\*.\*.{5}\*(\d{9})\*")


@dataclass(frozen=True, slots=True)
class Books:
    """The ledger without times and inode numbers: equal for equal effects."""

    arrivals: Rows
    documents: Rows
    orders: Rows
    order_lines: Rows
    stock: Rows
    reservations: Rows
    boxes: Rows
    holds: Rows
    feeds: Rows
    outgoing: Rows
    control_numbers: Rows


@dataclass(frozen=True, slots=True)
class Sent:
    """An outgoing file as the ledger holds it."""

    partner: str
    name: str
    sha256: str
    body: bytes
    arrival: int | None


def read(url: str) -> tuple[Books, list[Sent]]:
    """Return the books at `url` and every outgoing file in them."""
    ledger = open_ledger(url)
    try:
        return _books(ledger), _sent(ledger)
    finally:
        ledger.close()


def faults(root: Path, url: str, expected: Books, collected: Sequence[Collected]) -> list[str]:
    """Return everything that is wrong with a site after its crash and recovery."""
    books, sent = read(url)
    return [
        *_differences(expected, books),
        *_collection(sent, collected),
        *_numbers(sent),
        *(f"{path} was left behind" for path in debris(root)),
        *_spool(root, url),
    ]


def _differences(expected: Books, found: Books) -> Iterator[str]:
    for field in fields(Books):
        wanted, have = Counter(getattr(expected, field.name)), Counter(getattr(found, field.name))
        missing, extra = list((wanted - have).elements()), list((have - wanted).elements())
        if missing or extra:
            yield f"{field.name}: missing {missing[:2]}, too much {extra[:2]}"


def _collection(sent: Sequence[Sent], collected: Sequence[Collected]) -> Iterator[str]:
    """Each outgoing file is collected once, and is what the ledger says it is."""
    times = Counter((file.partner, file.name) for file in collected)
    bodies = {(file.partner, file.name): file for file in sent}
    for key, count in sorted((times - Counter(bodies.keys())).items()):
        yield f"{key} was collected {count} times too often"
    for key in sorted(bodies.keys() - times.keys()):
        yield f"{key} was never collected"
    for file in collected:
        entry = bodies.get((file.partner, file.name))
        if entry is not None and entry.body != file.content:
            yield f"{file.name}: {len(file.content)} bytes came, the ledger has {len(entry.body)}"
    for entry in sent:
        if hashlib.sha256(entry.body).hexdigest() != entry.sha256:
            yield f"{entry.name}: the ledger's own hash is another"


def _numbers(sent: Sequence[Sent]) -> Iterator[str]:
    """A control number names one interchange of a pair, whoever sends it and however often."""
    seen: dict[tuple[bytes, ...], bytes] = {}
    for file in sent:
        found = ENVELOPE.match(file.body)
        if found and seen.setdefault(found.groups(), file.body) != file.body:
            yield f"{file.name}: control number {found[3].decode()} was used before"


def _spool(root: Path, url: str) -> Iterator[str]:
    ledger = open_ledger(url)
    try:
        with ledger.read() as conn:
            rows = conn.execute(
                select(schema.arrivals.c.spool, schema.arrivals.c.sha256).where(
                    schema.arrivals.c.spool.is_not(None)
                )
            ).all()
    finally:
        ledger.close()
    kept = {path.name: path for path in (root / "state/spool/data").iterdir()}
    for name in sorted(kept.keys() - {row.spool for row in rows}):
        yield f"spool: {name} belongs to no arrival"
    for row in rows:
        path = kept.get(row.spool)
        if path is None:
            yield f"spool: {row.spool} is missing"
        elif hashlib.sha256(path.read_bytes()).hexdigest() != row.sha256:
            yield f"spool: {row.spool} has other bytes than those that were claimed"


def _sent(ledger: Ledger) -> list[Sent]:
    columns = schema.outgoing.c
    bodies = schema.outgoing_bodies.c
    query = (
        select(columns.partner, columns.name, columns.sha256, bodies.body, columns.arrival_id)
        .join(schema.outgoing_bodies, bodies.outgoing_id == columns.id)
        .order_by(columns.id)
    )
    with ledger.read() as conn:
        return [Sent(*row) for row in conn.execute(query)]


def _books(ledger: Ledger) -> Books:
    with ledger.read() as conn:
        found = {
            name: tuple(sorted((_keyless(row) for row in conn.execute(query)), key=repr))
            for name, query in _queries().items()
        }
    return Books(**found)


def _keyless(row: Sequence[object]) -> tuple[object, ...]:
    """Take our own keys out of file names: files that come in another order get other keys."""
    return tuple(OWN_KEY.sub("-KEY.", v) if isinstance(v, str) else v for v in row)


def _queries() -> dict[str, Select[Any]]:
    arrival, document, feed = schema.arrivals.c, schema.documents.c, schema.availability_feeds.c
    lot, hold, out = schema.stock_lots.c, schema.holds.c, schema.outgoing.c
    counter = schema.sequences.c
    return {
        "arrivals": select(
            arrival.partner,
            arrival.name,
            arrival.sha256,
            arrival.size_bytes,
            arrival.state,
            arrival.reason_code,
            arrival.format,
        ),
        "documents": select(
            document.partner, document.kind, document.number, document.control, document.state
        ),
        **_order_queries(),
        "stock": select(
            lot.vendor, lot.source_key, lot.available_from, lot.product, lot.published, lot.bought
        ),
        "holds": select(hold.kind, hold.partner, hold.line, hold.message, hold.state),
        "feeds": select(feed.vendor, feed.buyer, feed.told.is_not(None)),
        "outgoing": select(out.partner, out.kind, out.name, out.is_answer, out.state),
        "control_numbers": select(counter.name, counter.last).where(counter.name.like("control:%")),
    }


def _order_queries() -> dict[str, Select[Any]]:
    order, line = schema.orders, schema.order_lines
    box, taken = schema.boxes, schema.stock_reservations
    lines = line.join(order, line.c.order_id == order.c.id)
    identity = (order.c.origin, order.c.kind, order.c.number, order.c.revision)
    return {
        "orders": select(*identity, order.c.state),
        "order_lines": select(
            *identity, line.c.line, line.c.product, line.c.quantity, line.c.accepted, line.c.state
        ).select_from(lines),
        "reservations": select(*identity, line.c.line, taken.c.units).select_from(
            lines.join(taken, taken.c.order_line_id == line.c.id)
        ),
        "boxes": select(*identity, line.c.line, box.c.vendor, box.c.code).select_from(
            lines.join(box, box.c.order_line_id == line.c.id)
        ),
    }

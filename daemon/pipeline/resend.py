"""Send a file to a partner again: as the tables have it now, or as it was, under new numbers.

An order to a vendor is written anew from the books, in the codes of today; any other file keeps its
content. X12 and EDIFACT files get control numbers of their own, because a partner takes one that it
has seen for a repetition and does nothing with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from daemon.config import Configuration
from daemon.errors import DataError, UnwritableError, UsageError
from daemon.ledger import acknowledged, mapping_sets, schema
from daemon.ledger.acknowledged import SentFile
from daemon.ledger.cuts import CutFile, unsaid
from daemon.ledger.moves import Cause
from daemon.ledger.posting import OutgoingFile, Posting, posting
from daemon.ledger.states import HoldState, OrderState
from daemon.ledger.store import Ledger
from daemon.mapping.tables import Tables
from daemon.replies.contrl import control_reference
from daemon.replies.orders import written_again
from daemon.trade.desk import Desk
from daemon.trade.orders.rulings import outcome_of
from daemon.trade.orders.standing import standing
from daemon.trade.orders.transfer import queue
from daemon.trade.step import order_of_key
from formats.edifact import controls as edifact
from formats.findings import Finding
from formats.x12.controls import controls_of, renumbered

_ORDER_KINDS = ("850", "ORDERS", "order")
_RECEIVER_QUALIFIER, _RECEIVER = slice(51, 53), slice(54, 69)


@dataclass(frozen=True, slots=True)
class Resent:
    """What was sent again: the partner, the new file's key, and whether its content is new."""

    partner: str
    outgoing_id: int
    is_rewritten: bool
    holds: int
    """Holds on the earlier file that ended."""


def resend(
    ledger: Ledger,
    site: Configuration,
    tables: Tables,
    today: date,
    *,
    name: str,
    keeps_bytes: bool = False,
) -> Resent:
    """Send the outgoing file called `name` again; the holds on it end.

    `keeps_bytes` sends the very same bytes, control numbers and all. A UsageError where there is no
    such file or its partner is gone, a DataError where its bytes are.
    """
    with posting(ledger) as post:
        file = acknowledged.by_name(post.conn, name)
        if file is None:
            raise UsageError(f"no file called {name[:80]} was sent; list them with: k2kd outbox")
        if site.partner_named(file.partner) is None:
            raise UsageError(f"{file.partner} is no partner of this site any more")
        desk = Desk(post, site, tables, today)
        mapping_sets.use(post.conn, site.host, tables.hash, tables.files)
        row = _row(post, file.id)
        again = None if keeps_bytes else _rewritten(desk, file.kind, row.document_id)
        body = again.body if again else _body(post, file.id, row.body)
        if not again and not keeps_bytes:
            body = _under_new_numbers(post, body)
        stem, extension = file.name.rsplit(".", 1)
        reference = stem.removeprefix(f"{file.kind}-").rsplit("-", 1)[0]
        new = OutgoingFile(
            *(file.partner, file.kind, reference, extension, body),
            is_answer=row.is_answer,
            order_id=row.order_id,
            notes=_notes(post, file, again),
        )
        key = post.send(new, arrival_id=file.arrival_id, document_id=row.document_id)
        ended = acknowledged.end_holds(post, file.id, HoldState.RELEASED)
        acknowledged.forget_due(post, file)
        if row.order_id is not None:
            queue(desk, row.order_id, Cause(f"{file.name} is sent again"))
        desk.write_stock()
        return Resent(file.partner, key, again is not None, ended)


@dataclass(frozen=True, slots=True)
class _Row:
    document_id: int | None
    is_answer: bool
    body: bytes | None
    order_id: int | None


def _row(post: Posting, key: int) -> _Row:
    out, bodies = schema.outgoing.c, schema.outgoing_bodies.c
    query = (
        select(out.document_id, out.is_answer, out.order_id, bodies.body)
        .outerjoin(schema.outgoing_bodies, bodies.outgoing_id == out.id)
        .where(out.id == key)
    )
    found = post.conn.execute(query).one()
    return _Row(found.document_id, found.is_answer, found.body, found.order_id)


def _body(post: Posting, key: int, body: bytes | None) -> bytes:
    if body is None:
        raise DataError("no-bytes", f"the bytes of file {key} are past their retention time")
    return bytes(body)


def _rewritten(desk: Desk, kind: str, document_id: int | None) -> OutgoingFile | None:
    """Return an order for its vendor as it stands now; None for what isn't one."""
    if kind not in _ORDER_KINDS or document_id is None:
        return None
    orders = schema.orders.c
    query = select(orders.id).where(
        orders.document_id == document_id,
        orders.kind == "purchase_order",
        orders.state.in_((OrderState.APPROVED.value, OrderState.CONFIRMED.value)),
    )
    key = desk.post.conn.execute(query).scalar()
    if key is None:
        return None
    outcome = outcome_of(desk, standing(desk, order_of_key(desk, key)))
    try:
        return written_again(desk, outcome, kind)
    except ValueError as error:
        raise UnwritableError(
            f"order {outcome.order.number} can't be written: {error}. Mend the tables, and send it"
            " again"
        ) from error


def _notes(post: Posting, file: SentFile, again: OutgoingFile | None) -> tuple[Finding, ...]:
    """Return what was cut in a file that was written anew, and is not noted of the former one."""
    if again is None or file.arrival_id is None:
        return again.notes if again else ()
    return unsaid(post.conn, file.arrival_id, CutFile(file.partner, file.name, again.notes))


def _under_new_numbers(post: Posting, body: bytes) -> bytes:
    """Return a file with the next control numbers of who sends and who receives it.

    One that nobody acknowledges has none that could be refused as repeated, and stays as it is.
    """
    reference = edifact.controls_of(body)
    if reference is not None:
        number = control_reference(post, reference.sender, reference.recipient)
        return edifact.renumbered(body, number)
    controls = controls_of(body)
    if controls is None:
        return body
    head = body[: _RECEIVER.stop].decode("latin-1")
    receiver = f"{head[_RECEIVER_QUALIFIER]}/{head[_RECEIVER].strip()}"
    pair = (controls.sender, receiver)
    return renumbered(
        body,
        post.control_number("interchange", *pair),
        post.control_number("group", *pair),
    )

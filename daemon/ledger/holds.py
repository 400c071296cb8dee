"""Holds: what waits for a person, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, exists, select, update

from daemon.errors import UsageError
from daemon.ledger.posting import Posting
from daemon.ledger.schema import holds, stock_lots
from daemon.ledger.states import HOLD, HoldState, sources
from daemon.ledger.store import now_utc


class HoldKind(StrEnum):
    """Why something waits."""

    UNMAPPED = "unmapped"
    """A code without a row in a mapping table; a new row ends it (domain E-14)."""
    NO_PACK = "no pack"
    """A product without the vendor's pack (domain E-15)."""
    NO_PARTNER = "no partner"
    """The order names no vendor that this site knows."""
    NOT_READY = "not ready"
    """The connection may not be used: a precondition is unmet (domain K-01 to K-10). `vendor` and
    `source_code` name its sides, `source_description` the rules."""
    ORDER_EXISTS = "order exists"
    """The same order number with other content."""
    MESSAGE_EXISTS = "message exists"
    """The same message id with other content (domain A-05)."""
    NO_ORIGINAL = "no original"
    """A change of an order that has not come."""
    CONTROL_NUMBER = "control number"
    """The same interchange control number with other bytes."""
    UNKNOWN_ORDER = "unknown order"
    """A step (confirmation, shipment ...) for an order that has not come."""
    NOT_CONFIRMED = "not confirmed"
    """A shipment of an order that its vendor has not confirmed (domain E-20)."""
    NOT_SHIPPED = "not shipped"
    """An invoice for an order of which nothing is shipped yet."""
    UNCLEAR_WAYBILL = "unclear waybill"
    """The last digits of an air waybill fit several, or none (domain W-03)."""
    NO_SHIP_TO = "no ship-to"
    """A direct order without an address: the vendor has nowhere to ship (domain 6)."""
    NO_RATE = "no rate"
    """Currencies differ and no exchange rate is set (domain E-29)."""
    STAGED = "staged"
    """Offers of a vendor that wait for a person's word before they are on sale (domain M-12)."""
    REMAPPED = "remapped"
    """The tables say that goods are another product now, of which some are sold (domain M-14)."""
    OVERSOLD = "oversold"
    """A vendor published less than was sold (domain E-24)."""
    REFUSED = "refused"
    """A partner refused a file that it was sent, as a whole or in part."""
    NOT_ACKNOWLEDGED = "not acknowledged"
    """A partner has not acknowledged a file in the time that was agreed."""
    EXCEPTION = "exception"
    """A rule refused a part of a document, as its sender was told; nothing waits (domain 14)."""


OF_FILES = (HoldKind.REFUSED, HoldKind.NOT_ACKNOWLEDGED)
"""Kinds that wait on a file of ours; sending it again, or a person's word, ends them."""


@dataclass(frozen=True, slots=True)
class Hold:
    """One open or ended hold."""

    id: int
    arrival_id: int | None
    document_id: int | None
    lot_id: int | None
    outgoing_id: int | None
    kind: HoldKind
    partner: str
    vendor: str | None
    mapping_kind: str | None
    source_code: str | None
    source_description: str | None
    line: int | None
    place: str
    message: str
    state: HoldState


@dataclass(frozen=True, slots=True)
class NewHold:
    """A hold to be recorded; the text says what, where and what to do."""

    kind: HoldKind
    partner: str
    message: str
    vendor: str | None = None
    mapping_kind: str | None = None
    source_code: str | None = None
    source_description: str | None = None
    line: int | None = None
    place: str = ""
    lot_id: int | None = None
    outgoing_id: int | None = None


def hold(post: Posting, new: NewHold, *, arrival_id: int | None, document_id: int | None) -> int:
    """Record a hold and return its id."""
    return post.add(
        holds,
        {
            "arrival_id": arrival_id,
            "document_id": document_id,
            "lot_id": new.lot_id,
            "outgoing_id": new.outgoing_id,
            "kind": new.kind.value,
            "partner": new.partner,
            "vendor": new.vendor,
            "mapping_kind": new.mapping_kind,
            "source_code": new.source_code,
            "source_description": new.source_description,
            "line": new.line,
            "place": new.place,
            "message": new.message,
            "state": HoldState.OPEN.value,
        },
    )


_COLUMNS = (
    holds.c.id,
    holds.c.arrival_id,
    holds.c.document_id,
    holds.c.lot_id,
    holds.c.outgoing_id,
    holds.c.kind,
    holds.c.partner,
    holds.c.vendor,
    holds.c.mapping_kind,
    holds.c.source_code,
    holds.c.source_description,
    holds.c.line,
    holds.c.place,
    holds.c.message,
    holds.c.state,
)


def open_holds(
    conn: Connection, kinds: Sequence[HoldKind] = (), *, partner: str | None = None
) -> list[Hold]:
    """Return the open holds, oldest first; of all partners where none is named.

    Without `kinds` they are all that stop something; exceptions stop nothing, and are asked for.
    """
    query = select(*_COLUMNS).where(holds.c.state == HoldState.OPEN.value).order_by(holds.c.id)
    if partner is not None:
        query = query.where(holds.c.partner == partner)
    if kinds:
        query = query.where(holds.c.kind.in_([k.value for k in kinds]))
    else:
        query = query.where(holds.c.kind != HoldKind.EXCEPTION.value)
    return [_hold(row) for row in conn.execute(query)]


def get(conn: Connection, hold_id: int) -> Hold:
    """Return one hold; a UsageError where there is none."""
    row = conn.execute(select(*_COLUMNS).where(holds.c.id == hold_id)).first()
    if row is None:
        raise UsageError(f"there is no hold {hold_id}; list them with: k2kd holds")
    return _hold(row)


def of_document(conn: Connection, document_id: int) -> list[Hold]:
    """Return the open holds of a document."""
    query = select(*_COLUMNS).where(
        holds.c.document_id == document_id, holds.c.state == HoldState.OPEN.value
    )
    return [_hold(row) for row in conn.execute(query)]


def is_waiting(conn: Connection, arrival_id: int) -> bool:
    """Tell whether anything of an arrival is held; what became of our files doesn't count."""
    query = select(holds.c.id).where(holds.c.arrival_id == arrival_id, stops_reading())
    return conn.execute(query.limit(1)).first() is not None


def stops_reading() -> ColumnElement[bool]:
    """Return what is true of an open hold on what came.

    Those on files of ours, and exceptions, stop nothing.
    """
    return and_(
        *(holds.c.state == HoldState.OPEN.value, holds.c.outgoing_id.is_(None)),
        holds.c.kind != HoldKind.EXCEPTION.value,
    )


def _hold(row: Row[*tuple[Any, ...]]) -> Hold:
    fields = dict(row._mapping)
    return Hold(**{**fields, "kind": HoldKind(row.kind), "state": HoldState(row.state)})


def end(conn: Connection, ids: Sequence[int], state: HoldState) -> None:
    """End open holds; one that ended before stays as it is."""
    conn.execute(
        update(holds)
        .where(holds.c.id.in_(ids), holds.c.state.in_(sources(HOLD, state)))
        .values(state=state.value, updated_at=now_utc())
    )


def move(conn: Connection, hold_id: int, *, arrival_id: int, document_id: int) -> None:
    """Let an open hold belong to the newest arrival that needs it."""
    conn.execute(
        update(holds)
        .where(holds.c.id == hold_id, holds.c.state == HoldState.OPEN.value)
        .values(arrival_id=arrival_id, document_id=document_id, updated_at=now_utc())
    )


def explain(conn: Connection, document_id: int, message: str) -> None:
    """Give the open holds of a document another reason."""
    conn.execute(
        update(holds)
        .where(holds.c.document_id == document_id, holds.c.state == HoldState.OPEN.value)
        .values(message=message, updated_at=now_utc())
    )


def end_oversold(conn: Connection) -> None:
    """End the holds on lots of which enough is published, or given back, again."""
    lot = stock_lots.c
    conn.execute(
        update(holds)
        .where(
            holds.c.kind == HoldKind.OVERSOLD.value,
            holds.c.state == HoldState.OPEN.value,
            exists().where(lot.id == holds.c.lot_id, lot.published >= lot.bought),
        )
        .values(state=HoldState.RELEASED.value, updated_at=now_utc())
    )


def is_released(post: Posting, arrival_id: int, kind: HoldKind, *, place: str) -> bool:
    """Tell whether a person has released the hold of `kind` at `place` of an arrival."""
    query = select(holds.c.id).where(
        holds.c.arrival_id == arrival_id,
        holds.c.kind == kind.value,
        holds.c.place == place,
        holds.c.state == HoldState.RELEASED.value,
    )
    return post.conn.execute(query.limit(1)).first() is not None

"""What the books hold of one partner: what stays of it, and what is not at its end. Only reads."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, func, or_, select
from sqlalchemy.sql.selectable import FromClause

from daemon.ledger import schema
from daemon.ledger.states import ArrivalState, HoldState, OrderState, OutgoingState

OPEN_ORDERS = (
    OrderState.HELD,
    OrderState.DRAFT,
    OrderState.PENDING_APPROVAL,
    OrderState.APPROVED,
    OrderState.CONFIRMED,
)
"""States of an order of which its sides still await something."""

_files, _out, _holds = schema.arrivals.c, schema.outgoing.c, schema.holds.c
_orders, _lots = schema.orders.c, schema.stock_lots.c


@dataclass(frozen=True, slots=True)
class OpenOrder:
    """An order that is not at its end, and whose it is."""

    number: str
    kind: str
    state: str
    buyer: str | None
    vendor: str | None


@dataclass(frozen=True, slots=True)
class Held:
    """What the books hold of a partner."""

    files: int
    """Files that came from it."""
    sent: int
    """Files for it."""
    orders: int
    lots: int
    """Lots of its stock."""
    open_orders: tuple[OpenOrder, ...]
    unfinished: int
    """Files of its that are claimed, and not worked on to their end."""
    undelivered: int
    """Files for it that it has not got yet."""
    open_holds: int

    @property
    def is_known(self) -> bool:
        return bool(self.files or self.sent or self.orders or self.lots)

    @property
    def is_open(self) -> bool:
        """Whether anything of it is not at its end."""
        return bool(self.open_orders or self.unfinished or self.undelivered or self.open_holds)


def held_of(conn: Connection, partner: str) -> Held:
    """Return what the books hold of `partner`, whether the site still has it or not."""
    is_side = or_(_orders.buyer == partner, _orders.vendor == partner)
    is_open = _orders.state.in_([state.value for state in OPEN_ORDERS])
    wanted = (_orders.number, _orders.kind, _orders.state, _orders.buyer, _orders.vendor)
    found = conn.execute(select(*wanted).where(is_side, is_open).order_by(_orders.id)).all()
    unfinished = _files.state.in_([ArrivalState.CLAIMED.value, ArrivalState.HELD.value])
    return Held(
        files=_count(conn, schema.arrivals, _files.partner == partner),
        sent=_count(conn, schema.outgoing, _out.partner == partner),
        orders=_count(conn, schema.orders, is_side),
        lots=_count(conn, schema.stock_lots, _lots.vendor == partner),
        open_orders=tuple(OpenOrder(*row) for row in found),
        unfinished=_count(conn, schema.arrivals, _files.partner == partner, unfinished),
        undelivered=_count(
            conn,
            schema.outgoing,
            _out.partner == partner,
            _out.state != OutgoingState.DELIVERED.value,
        ),
        open_holds=_count(
            conn,
            schema.holds,
            _holds.partner == partner,
            _holds.state == HoldState.OPEN.value,
        ),
    )


def _count(conn: Connection, table: FromClause, *where: ColumnElement[bool]) -> int:
    return int(conn.execute(select(func.count()).select_from(table).where(*where)).scalar_one())

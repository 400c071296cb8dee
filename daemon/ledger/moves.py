"""Changes of state: allowed by the tables of `states`, written down with their cause.

Every state of the trade changes here, in the posting of the documents that it causes. A move that
the table does not know is a ForbiddenMoveError, and nothing of the posting stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from sqlalchemy import Table, select, update

from daemon.ledger import schema
from daemon.ledger.posting import Posting
from daemon.ledger.states import (
    CHARGE,
    GOODS,
    INVOICE,
    LINE,
    ORDER,
    TRANSFER,
    WAYBILL,
    ChargeState,
    GoodsState,
    InvoiceState,
    LineProgress,
    OrderState,
    TransferState,
    WaybillState,
    check_move,
    sources,
)

S = TypeVar("S", bound=StrEnum)
MOST_CAUSE = 200


@dataclass(frozen=True, slots=True)
class Machine(Generic[S]):
    """A kind of thing with states: where they are kept, and which may follow which."""

    name: str
    """As in the table `moves`, and in sentences: `purchase order`."""
    table: Table
    column: str
    allowed: Mapping[S, frozenset[S]]


ORDERS: Machine[OrderState] = Machine("order", schema.orders, "state", ORDER)
LINES: Machine[LineProgress] = Machine("order line", schema.order_lines, "progress", LINE)
TRANSFERS: Machine[TransferState] = Machine("transfer", schema.orders, "transfer", TRANSFER)
BOXES: Machine[GoodsState] = Machine("box", schema.boxes, "state", GOODS)
WAYBILLS: Machine[WaybillState] = Machine("air waybill", schema.shipments, "state", WAYBILL)
INVOICES: Machine[InvoiceState] = Machine("invoice", schema.invoices, "state", INVOICE)

CHARGES: Machine[ChargeState] = Machine("charge", schema.awb_charges, "state", CHARGE)


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a state changes: the file that caused it, or in words a person or a timer."""

    words: str
    arrival_id: int | None = None


def move(
    post: Posting, machine: Machine[S], key: int, before: S, after: S, *, what: str, cause: Cause
) -> None:
    """Move row `key` from `before` to `after`; the same state again is no move.

    `what` names the thing in the error of a forbidden move, as `order 10045 line 2`.
    """
    if after is before:
        return
    check_move(machine.allowed, what, before, after)
    set_column(post, machine, key, after)
    record(post, machine, key, before, after, cause=cause)


def move_where_allowed(
    post: Posting, machine: Machine[S], keys: Iterable[int], after: S, *, cause: Cause
) -> None:
    """Move those of `keys` to `after` that may become it; the others stay as they are."""
    post.flush()
    table = machine.table
    column = table.c[machine.column]
    kinds = {state.value: state for state in machine.allowed}
    query = select(table.c.id, column).where(
        table.c.id.in_(list(keys)), column.in_(sources(machine.allowed, after))
    )
    for key, before in post.conn.execute(query.order_by(table.c.id)).all():
        set_column(post, machine, key, after)
        record(post, machine, key, kinds[before], after, cause=cause)


def record(
    post: Posting, machine: Machine[S], key: int, before: S | None, after: S, *, cause: Cause
) -> None:
    """Write a move down; `before` is None for a thing that is new."""
    post.add(
        schema.moves,
        {
            "arrival_id": cause.arrival_id,
            "entity": machine.name,
            "entity_id": key,
            "before": before.value if before else None,
            "after": after.value,
            "cause": cause.words[:MOST_CAUSE],
        },
    )


def set_column(post: Posting, machine: Machine[S], key: int, state: S) -> None:
    """Set the state of a row that is written, or gathered in this posting."""
    # What moves is mostly what was gathered last.
    for row in reversed(post.rows.get(machine.table.name, [])):
        if row["id"] == key:
            row[machine.column] = state.value
            return
    values: dict[str, object] = {machine.column: state.value}
    if "updated_at" in machine.table.c:
        values["updated_at"] = post.at
    post.conn.execute(update(machine.table).where(machine.table.c.id == key).values(values))

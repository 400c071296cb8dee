"""How far orders are on their way to their vendors, as the files that bring them fare (domain 13).

An order is queued with its file, transferred once that is where the vendor takes it from, and
failed while it isn't, or while the vendor refuses or does not acknowledge it. Whoever moves a file
calls this in the same transaction, so that file and order never tell two stories.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, exists, func, insert, select, update

from daemon.ledger.schema import holds, moves, orders, outgoing
from daemon.ledger.states import (
    TRANSFER,
    AcknowledgementState,
    HoldState,
    OutgoingState,
    TransferState,
    sources,
)
from daemon.ledger.store import advance, now_utc

MOST_CAUSE = 200
_DELIVERED = "delivered"
_DOUBTED = (AcknowledgementState.REJECTED.value, AcknowledgementState.OVERDUE.value)
_TAKEN = (
    "something of the vendor's own stands at the name {name}; the order is delivered once that is"
    " gone"
)


def brings_orders(conn: Connection, files: Sequence[int]) -> bool:
    """Tell whether any of `files` brings an order to its vendor; most files don't."""
    out = outgoing.c
    query = select(out.id).where(out.id.in_(files), out.order_id.is_not(None)).limit(1)
    return conn.execute(query).first() is not None


def follow(conn: Connection, files: Sequence[int], state: OutgoingState) -> None:
    """Let the orders that `files` bring follow them to `state`: delivered, or blocked.

    An order whose other file its vendor refused, or does not acknowledge, stays failed.
    """
    if state is OutgoingState.DELIVERED:
        reached(conn, files, _DELIVERED)
    elif state is OutgoingState.BLOCKED:
        out = outgoing.c
        for key, name in conn.execute(select(out.id, out.name).where(out.id.in_(files))).all():
            failed(conn, [key], _TAKEN.format(name=name))


def reached(conn: Connection, files: Sequence[int], cause: str) -> None:
    """Note that the orders of `files` have reached their vendors, unless a hold says otherwise."""
    sent = outgoing.alias("sent")
    is_doubted = exists().where(
        sent.c.order_id == orders.c.id,
        holds.c.outgoing_id == sent.c.id,
        holds.c.state == HoldState.OPEN.value,
    )
    found = _orders_of(conn, files, TransferState.TRANSFERRED, ~is_doubted)
    _move(conn, found, TransferState.TRANSFERRED, cause)


def failed(conn: Connection, files: Sequence[int], reason: str) -> None:
    """Note why the orders of `files` have not reached their vendors; the newest reason stands."""
    found = _orders_of(conn, files, TransferState.FAILED)
    _move(conn, found, TransferState.FAILED, reason)
    brought = select(outgoing.c.order_id).where(
        outgoing.c.id.in_(files), outgoing.c.order_id.is_not(None)
    )
    is_failed = orders.c.transfer == TransferState.FAILED.value
    conn.execute(
        update(orders).where(orders.c.id.in_(brought), is_failed).values(transfer_reason=reason)
    )


def waiting(conn: Connection, partner: str, *, since: datetime) -> list[int]:
    """Return the files for `partner` that wait since then and bring queued orders."""
    out = outgoing.c
    query = (
        select(out.id)
        .join(orders, orders.c.id == out.order_id)
        .where(
            *(out.partner == partner, out.created_at <= since),
            out.state.in_([OutgoingState.PENDING.value, OutgoingState.STAGED.value]),
            orders.c.transfer == TransferState.QUEUED.value,
        )
    )
    return list(conn.execute(query).scalars())


def files_to_send_again(conn: Connection, order_ids: Sequence[int]) -> dict[int, str]:
    """Return, by order, the name of the file whose sending again mends a failed transfer.

    That is the newest that its vendor refused or did not acknowledge; else the newest of all.
    """
    out = outgoing.c
    query = (
        select(out.order_id, out.name)
        .where(out.order_id.in_(order_ids))
        .order_by(func.coalesce(out.acknowledgement, "").in_(_DOUBTED), out.id)
    )
    return {int(key): str(name) for key, name in conn.execute(query)}


def untold(conn: Connection, *, limit: int) -> list[tuple[int, str]]:
    """Return key and buyer of orders whose failed transfer, or its end, nobody told the buyer."""
    key = orders.c
    is_new = key.transfer == TransferState.FAILED.value, key.transfer_told.is_(None)
    is_over = (
        key.transfer == TransferState.TRANSFERRED.value,
        key.transfer_told.is_not(None),
    )
    found: list[tuple[int, str]] = []
    # Apart, because each has an index of its own.
    for where in (is_new, is_over):
        query = select(key.id, key.buyer).where(*where, key.buyer.is_not(None))
        found += [(int(row.id), str(row.buyer)) for row in conn.execute(query.limit(limit))]
    return found


def _orders_of(
    conn: Connection, files: Sequence[int], after: TransferState, *where: ColumnElement[bool]
) -> list[tuple[int, str]]:
    """Return key and state of the orders of `files` that may become `after`."""
    query = (
        select(orders.c.id, orders.c.transfer)
        .join(outgoing, outgoing.c.order_id == orders.c.id)
        .where(outgoing.c.id.in_(files), orders.c.transfer.in_(sources(TRANSFER, after)), *where)
        .distinct()
        .order_by(orders.c.id)
    )
    return [(int(key), str(before)) for key, before in conn.execute(query)]


def _move(
    conn: Connection, found: Sequence[tuple[int, str]], after: TransferState, cause: str
) -> None:
    """Move orders on and write the moves down, as `moves.move` does it in a posting."""
    if not found:
        return
    at = now_utc()
    conn.execute(
        update(orders)
        .where(orders.c.id.in_([key for key, _ in found]))
        .values(transfer=after.value, transfer_reason=None, updated_at=at)
    )
    last = advance(conn, f"key:{moves.name}", len(found))
    rows = [
        {
            "id": key,
            "entity": "transfer",
            "entity_id": order,
            "before": before,
            "after": after.value,
            "cause": cause[:MOST_CAUSE],
            "created_at": at,
        }
        for key, (order, before) in enumerate(found, last - len(found) + 1)
    ]
    conn.execute(insert(moves), rows)

"""What of a vendor's stock waits for a person after a file: unknown codes, short lots, sold ones
that are to be another product.

The lots must be written already.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Connection as DatabaseConnection
from sqlalchemy import select

from daemon.config import Partner
from daemon.ledger import holds as hold_book
from daemon.ledger.holds import Hold, HoldKind, NewHold, hold
from daemon.ledger.schema import order_lines, orders, stock_reservations
from daemon.ledger.states import HoldState
from daemon.mapping.apply import Unmapped
from daemon.trade.desk import Desk
from daemon.trade.unmapped import to_map

ZERO = Decimal(0)
MOST_SALES = 3
OF_LOTS = (
    *(HoldKind.UNMAPPED, HoldKind.OVERSOLD, HoldKind.REMAPPED),
    *(HoldKind.NO_PACK, HoldKind.STAGED),
)
"""Kinds that stand on lots of a vendor; `lot_id` says which of them do."""


@dataclass(frozen=True, slots=True)
class Brought:
    """Which file of a vendor brings stock."""

    vendor: Partner
    arrival_id: int
    document_id: int


@dataclass(frozen=True, slots=True)
class SoldAs:
    """A lot of which some is sold as `product`, and that the tables say is `now`."""

    lot_id: int
    words: str
    product: str
    now: str | None


def waiting_on_lots(desk: Desk, vendor: str) -> list[Hold]:
    """Return the open holds on a vendor's lots."""
    found = hold_book.open_holds(desk.post.conn, OF_LOTS, partner=vendor)
    return [each for each in found if each.lot_id is not None]


def hold_unmapped(
    desk: Desk,
    unmapped: Sequence[Unmapped],
    lot_of_line: Mapping[int, int],
    brought: Brought,
    waiting: Iterable[Hold],
) -> list[int]:
    """Let each unknown code of the file wait once; its lots are found by the code again.

    Returns the holds on codes of the vendor's lots that this file does not name.
    """
    known = {
        (h.partner, h.mapping_kind, h.source_code, h.source_description): h.id
        for h in waiting
        if h.kind is HoldKind.UNMAPPED
    }
    unnamed = dict(known)
    for code in unmapped:
        same = (code.partner, code.kind.value, code.source_code, code.source_description)
        lot = lot_of_line.get(code.line or 0)
        if lot is None:
            continue
        unnamed.pop(same, None)
        if same in known:
            _move(desk, known[same], brought)
        else:
            known[same] = _hold(desk, unmapped_lot(code, lot), brought)
    return list(unnamed.values())


def unmapped_lot(code: Unmapped, lot_id: int) -> NewHold:
    """Return the hold for a code of a lot that no table knows."""
    return NewHold(
        HoldKind.UNMAPPED,
        code.partner,
        to_map(code),
        vendor=code.partner,
        mapping_kind=code.kind.value,
        source_code=code.source_code,
        source_description=code.source_description,
        line=code.line,
        place=code.where,
        lot_id=lot_id,
    )


def hold_oversold(
    desk: Desk,
    changed: Iterable[Mapping[str, object]],
    brought: Brought,
    waiting: Iterable[Hold],
) -> list[str]:
    """Hold each lot that was published below what is sold, and end holds that no longer hold.

    Returns the short ones in the vendor's words.
    """
    vendor = brought.vendor.name
    known = {h.lot_id: h.id for h in waiting if h.kind is HoldKind.OVERSOLD and h.vendor == vendor}
    hold_book.end_oversold(desk.post.conn)
    short: list[str] = []
    for row in changed:
        lot, published, bought = row["lot"], quantity(row["published"]), quantity(row["bought"])
        if published >= bought or not isinstance(lot, int):
            continue
        words = (row.get("source_code"), row.get("description"), row.get("product"))
        short.append(next((str(word) for word in words if word), f"lot {lot}"))
        if lot in known:
            _move(desk, known[lot], brought)
            continue
        what = row.get("product") or row.get("source_code") or row.get("description")
        message = (
            f"{what}: the file offers {published}, but {bought} are sold; {bought - published}"
            " are short (E-24). Send a higher quantity, or reject orders"
        )
        new = NewHold(HoldKind.OVERSOLD, vendor, message, vendor=vendor, lot_id=lot)
        _hold(desk, new, brought)
    return short


def hold_remapped(
    desk: Desk,
    sold: Iterable[SoldAs],
    named: Collection[object],
    brought: Brought,
    waiting: Iterable[Hold],
) -> None:
    """Hold each lot that stays what it is sold as, though the tables say otherwise (M-14).

    The holds on other lots that the file `named` end.
    """
    known = {h.lot_id: h for h in waiting if h.kind is HoldKind.REMAPPED and h.lot_id in named}
    for each in sold:
        new = remapped(desk.post.conn, each, brought.vendor.name)
        before = known.pop(each.lot_id, None)
        if before is not None and before.message == new.message:
            _move(desk, before.id, brought)
            continue
        if before is not None:
            hold_book.end(desk.post.conn, [before.id], HoldState.SUPERSEDED)
        _hold(desk, new, brought)
    hold_book.end(desk.post.conn, [each.id for each in known.values()], HoldState.RELEASED)


def remapped(conn: DatabaseConnection, sold: SoldAs, vendor: str) -> NewHold:
    """Return the hold for goods that are sold as one product and mapped to another by now."""
    says = f"the tables say {sold.now}" if sold.now else "no row says what they are any more"
    message = (
        f"{sold.words} of {vendor} stays {sold.product}, though {says}, for some is sold (M-14):"
        f" {sales(conn, sold.lot_id)}. Map it back, or reject what is sold of it first"
    )
    return NewHold(
        HoldKind.REMAPPED,
        vendor,
        message,
        vendor=vendor,
        source_code=sold.now,
        lot_id=sold.lot_id,
    )


def sales(conn: DatabaseConnection, lot_id: int) -> str:
    """Name the orders that goods of a lot are sold in: `order PO-1 of bloom`."""
    held = stock_reservations.c
    query = (
        select(orders.c.number, orders.c.buyer)
        .join(order_lines, order_lines.c.order_id == orders.c.id)
        .join(stock_reservations, held.order_line_id == order_lines.c.id)
        .where(held.lot_id == lot_id)
        .order_by(held.id)
    )
    found = dict.fromkeys(
        f"order {number} of {buyer}" if buyer else f"order {number}"
        for number, buyer in conn.execute(query)
    )
    named = list(found)[:MOST_SALES]
    rest = len(found) - len(named)
    more = [f"{rest} more"] if rest > 0 else []
    return ", ".join([*named, *more]) or "in an order of the vendor's own"


def quantity(value: object) -> Decimal:
    """Return a column that holds a quantity, as one."""
    return value if isinstance(value, Decimal) else ZERO


def _hold(desk: Desk, new: NewHold, brought: Brought) -> int:
    return hold(desk.post, new, arrival_id=brought.arrival_id, document_id=brought.document_id)


def _move(desk: Desk, hold_id: int, brought: Brought) -> None:
    arrival_id, document_id = brought.arrival_id, brought.document_id
    hold_book.move(desk.post.conn, hold_id, arrival_id=arrival_id, document_id=document_id)

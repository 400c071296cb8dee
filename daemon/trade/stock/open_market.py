"""Take a vendor's inventory advice into the open market stock (domain sections 4.2 and 4.3).

A line whose product no table knows is staged: kept, but not on sale until it is mapped (M-12). The
same key replaces its quantity, adds to it, or the whole stock is replaced, as the partner's
`availability_mode` says (K-43, K-44).
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, update

from daemon.config import Partner
from daemon.ledger import holds as hold_book
from daemon.ledger.schema import stock_lots
from daemon.ledger.states import HoldState
from daemon.mapping.apply import Unmapped
from daemon.trade.desk import Desk
from daemon.trade.outcome import StockOutcome
from daemon.trade.stock.counted import counted_at, is_older
from daemon.trade.stock.gathered import Gathered, gather, lot_key
from daemon.trade.stock.known_lots import KnownLot, LotKey, known_lots
from daemon.trade.stock.lot_holds import (
    Brought,
    hold_oversold,
    hold_remapped,
    hold_unmapped,
    waiting_on_lots,
)
from daemon.trade.stock.offers import uncounted
from daemon.trade.stock.staging import KINDS as STAGING
from daemon.trade.stock.staging import settle, staged_notes
from daemon.trade.unmapped import unknown_words
from formats.records import InventoryAdvice


def publish(
    desk: Desk,
    advice: InventoryAdvice,
    unmapped: tuple[Unmapped, ...],
    *,
    origin: Partner,
    arrival_id: int,
    document_id: int,
    words: Sequence[Unmapped] = (),
) -> StockOutcome:
    """Bring the stock of the vendor `origin` up to date with `advice` (already mapped).

    `words` of categories, grades and colours that nobody knows hold nothing up. A test changes
    nothing (P-29).
    """
    if advice.is_test:
        return StockOutcome(advice, origin, document_id, arrival_id)
    desk.write_stock()
    as_of, notes = counted_at(desk, advice, origin.name)
    notes += tuple(unknown_words(words))
    if is_older(desk, origin.name, as_of):
        return StockOutcome(
            advice, origin, document_id, arrival_id, is_superseded=True, notes=notes
        )
    is_whole = origin.availability_mode == "replace"
    named = None if is_whole else {lot_key(line)[0] for line in advice.lines}
    known = known_lots(desk, origin.name, named)
    stock = gather(desk, advice, origin, known, arrival_id=arrival_id, as_of=as_of)
    changed = list(stock.changed.values())
    if is_whole:
        changed += _left_out(known, stock, desk.change_of(origin.name))
    _write(desk, changed)
    desk.post.flush()
    brought = Brought(origin, arrival_id, document_id)
    waiting = waiting_on_lots(desk, origin.name)
    lot_of_line = stock.lots_of(advice, known) if unmapped else {}
    unnamed = hold_unmapped(desk, unmapped, lot_of_line, brought, waiting)
    if is_whole:
        # What the whole stock doesn't name is gone, and nobody need map it.
        hold_book.end(desk.post.conn, unnamed, HoldState.SUPERSEDED)
    oversold = hold_oversold(desk, changed, brought, waiting)
    hold_remapped(desk, stock.sold_as, stock.lots(), brought, waiting)
    on_sale = stock.on_sale()
    staged = sum(1 for key in stock.keys if key not in on_sale)
    if staged or any(each.kind in STAGING for each in waiting):
        found = settle(desk, origin, waiting, arrival_id=arrival_id, document_id=document_id)
        notes += tuple(staged_notes(found, {line.product for line in advice.lines}))
    desk.post.flush()
    return StockOutcome(
        advice,
        origin,
        document_id,
        arrival_id,
        published=len(advice.lines) - staged,
        staged=staged,
        oversold=tuple(oversold),
        has_remapped=bool(stock.sold_as),
        unmapped=unmapped,
        notes=(*notes, *uncounted(stock.uncounted)),
    )


def _left_out(
    known: dict[LotKey, KnownLot], stock: Gathered, change: int
) -> list[dict[str, object]]:
    """Reduce every lot that a full file leaves out to what is sold of it (domain K-42)."""
    return [
        {"lot": lot.id, "published": lot.bought, "bought": lot.bought, "change": change}
        for key, lot in known.items()
        if key not in stock.changed and lot.published != lot.bought
    ]


def _write(desk: Desk, changed: list[dict[str, object]]) -> None:
    """Update lots, one statement for each set of columns."""
    for columns in {tuple(sorted(row)) for row in changed}:
        rows = [{**row, "at": desk.post.at} for row in changed if tuple(sorted(row)) == columns]
        names = [name for name in columns if name not in ("lot", "bought")]
        desk.post.conn.execute(
            update(stock_lots)
            .where(stock_lots.c.id == bindparam("lot"))
            .values({name: bindparam(f"new_{name}") for name in names})
            .values(updated_at=bindparam("at")),
            [
                {"lot": row["lot"], "at": row["at"], **{f"new_{n}": row[n] for n in names}}
                for row in rows
            ],
        )

"""Take a vendor's inventory advice into the open market stock (domain sections 4.2 and 4.3).

A line whose product no table knows is staged: kept, but not on sale until it is mapped (M-12). The
same key replaces its quantity, adds to it, or the whole stock is replaced, as the partner's
`availability_mode` says (K-43, K-44).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, update

from daemon.config import Partner
from daemon.ledger import holds as hold_book
from daemon.ledger.schema import stock_lots
from daemon.ledger.states import HoldState
from daemon.mapping.apply import Unmapped, codes_of
from daemon.trade.calendar.lot_dates import age_limits, vendors_day
from daemon.trade.desk import Desk
from daemon.trade.outcome import StockOutcome
from daemon.trade.stock.counted import counted_at, is_older
from daemon.trade.stock.known_lots import KnownLot, LotKey, known_lots
from daemon.trade.stock.lot_holds import (
    Brought,
    SoldAs,
    hold_oversold,
    hold_remapped,
    hold_unmapped,
    quantity,
    waiting_on_lots,
)
from daemon.trade.stock.lots import NO_DATE
from daemon.trade.stock.offers import (
    check_offer,
    count_as_sold,
    pack_of_line,
    uncounted,
    words_of,
)
from daemon.trade.stock.staging import KINDS as STAGING
from daemon.trade.stock.staging import goes_on_sale, settle, staged_notes
from daemon.trade.unmapped import unknown_words
from formats.records import InventoryAdvice, InventoryLine
from formats.values import normalised

ZERO = Decimal(0)
UNKNOWN_UNIT = "?"
"""Begins a cost unit in the vendor's own words, which no table knows."""
MOST_COST_UNIT = 8


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
    stock = _gather(desk, advice, origin, known, arrival_id=arrival_id, as_of=as_of)
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


def lot_key(line: InventoryLine) -> LotKey:
    """Return what identifies a lot of a vendor (domain 2.4, last paragraph)."""
    source = line.seller_item or line.buyer_item or line.gtin or line.description or ""
    day = line.available_from.isoformat() if line.available_from else NO_DATE
    return (normalised(source), day, line.post_harvest or "", line.location or "")


@dataclass(slots=True)
class _Stock:
    """The lots of a file: new ones, changed ones, and what is sold as something else by now."""

    keys: list[LotKey] = field(default_factory=list)
    """What each line of the file is a lot by."""
    new: dict[LotKey, dict[str, object]] = field(default_factory=dict)
    changed: dict[LotKey, dict[str, object]] = field(default_factory=dict)
    sold_as: list[SoldAs] = field(default_factory=list)
    uncounted: list[tuple[str, str, str]] = field(default_factory=list)
    """Words, unit and the file's unit, of what is sold in a unit that the file's can't become."""

    def on_sale(self) -> set[LotKey]:
        """Return the keys of the lots that can be bought."""
        rows = (*self.new.items(), *self.changed.items())
        return {key for key, row in rows if row["is_confirmed"]}

    def lots(self) -> set[object]:
        """Return the keys of the lots that were there before."""
        return {row["lot"] for row in self.changed.values()}

    def lots_of(self, advice: InventoryAdvice, known: Mapping[LotKey, KnownLot]) -> dict[int, int]:
        """Return the lot of each line, by the line's number."""
        found: dict[int, int] = {}
        for line, key in zip(advice.lines, self.keys, strict=True):
            lot = known[key].id if key in known else self.new[key]["id"]
            if isinstance(lot, int):
                found[line.line] = lot
        return found


def _gather(
    desk: Desk,
    advice: InventoryAdvice,
    origin: Partner,
    known: dict[LotKey, KnownLot],
    *,
    arrival_id: int,
    as_of: datetime | None,
) -> _Stock:
    """Sort the lines into new lots and changed ones; a key that stands twice is one lot."""
    stock = _Stock()
    adds = origin.availability_mode == "increase"
    change = desk.change_of(origin.name)
    limits = age_limits(origin, desk.site.connection)
    day = vendors_day(origin, desk.post.at, desk.site.site.zone)
    for line in advice.lines:
        key = lot_key(line)
        stock.keys.append(key)
        values = _values(line, advice, origin, arrival_id, as_of)
        values["counted_on"] = day.isoformat()
        before = stock.new.get(key) or stock.changed.get(key)
        lot = known.get(key)
        brought: Decimal | None = line.quantity
        if lot is not None and lot.bought > ZERO:
            brought = count_as_sold(lot.row, values, pack_of_line(desk, origin, lot.product, line))
            if brought is None:
                stock.uncounted.append((words_of(line), str(values["unit_type"]), line.unit))
        if adds and before is not None:
            values["published"] = quantity(before["published"]) + (brought or ZERO)
        elif adds and lot is not None:
            values["published"] = lot.published + (brought or ZERO)
        elif lot is not None:
            values["published"] = lot.published if brought is None else brought
        if lot is not None and (sold := lot.sold_as(values)) is not None:
            if before is None:
                stock.sold_as.append(sold)
            values["product"] = lot.product
        values["is_confirmed"] = goes_on_sale(
            values,
            origin,
            desk.tables,
            desk.today,
            was_on_sale_as=lot.product if lot is not None and lot.is_confirmed else None,
        )
        if lot is None:
            row = stock.new.setdefault(key, {})
            row.update(values)
            row.setdefault("id", 0)
        else:
            is_same = before is None and lot.is_said_again(values, limits, day)
            if not is_same:
                check_offer(words_of(line), lot.row, values, desk.today)
            number = {} if is_same else {"change": change}
            stock.changed[key] = {**values, **number, "lot": lot.id, "bought": lot.bought}
    for key, row in stock.new.items():
        _add(desk, key, row, origin.name, change)
    return stock


def _add(desk: Desk, key: LotKey, row: dict[str, object], vendor: str, change: int) -> None:
    """Write a new lot."""
    source, day, post_harvest, location = key
    row.pop("id")
    row.update(
        vendor=vendor,
        source_key=source,
        available_from=day,
        post_harvest=post_harvest,
        location=location,
        bought=ZERO,
        change=change,
        first_change=change,
    )
    row["id"] = desk.post.add(stock_lots, row)


def _values(
    line: InventoryLine,
    advice: InventoryAdvice,
    origin: Partner,
    arrival_id: int,
    as_of: datetime | None,
) -> dict[str, Any]:
    return {
        "arrival_id": arrival_id,
        "source_code": line.seller_item,
        "codes": "\n".join(codes_of(line)),
        "description": line.description,
        "available_to": line.available_to.isoformat() if line.available_to else None,
        "cut_on": line.cut_on.isoformat() if line.cut_on else None,
        "product": line.product,
        "unit": line.unit,
        "unit_type": line.unit_type.value if line.unit_type else None,
        "box_type_code": line.box_type_code,
        "box_type": line.box_type,
        "bunches_per_box": line.bunches_per_box,
        "stems_per_bunch": line.stems_per_bunch,
        "category": line.category,
        "color": line.color,
        "variety": line.variety,
        "grade": line.grade,
        "tag": line.tag,
        "unit_cost": line.unit_cost,
        "cost_unit": _cost_unit(line),
        "currency": advice.currency or origin.currency,
        "published": line.quantity,
        "as_of": as_of,
    }


def _cost_unit(line: InventoryLine) -> str | None:
    """Return what the cost is per: None means the lot's own unit, never one that is not known."""
    if line.cost_unit_type:
        return line.cost_unit_type.value
    if not line.cost_unit:
        return None
    fits = len(line.cost_unit) < MOST_COST_UNIT
    return f"{UNKNOWN_UNIT}{line.cost_unit if fits else ''}"


def _left_out(known: dict[LotKey, KnownLot], stock: _Stock, change: int) -> list[dict[str, object]]:
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

"""Take a vendor's inventory advice into the open market stock (domain sections 4.2 and 4.3).

A line whose product no table knows is staged: kept, but not on sale until it is mapped (M-12). The
same key replaces its quantity, adds to it, or the whole stock is replaced, as the partner's
`availability_mode` says (K-43, K-44).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import bindparam, select, update

from daemon.config import Partner
from daemon.ledger import holds as hold_book
from daemon.ledger.holds import HoldKind, NewHold, hold
from daemon.ledger.schema import stock_lots
from daemon.ledger.states import HoldState
from daemon.mapping.apply import Unmapped
from daemon.trade.desk import Desk
from daemon.trade.outcome import StockOutcome
from daemon.trade.stock.counted import counted_at, is_older
from daemon.trade.stock.lots import NO_DATE
from daemon.trade.unmapped import to_map, unknown_words
from formats.records import InventoryAdvice, InventoryLine
from formats.values import normalised

ZERO = Decimal(0)
UNKNOWN_UNIT = "?"
"""Begins a cost unit in the vendor's own words, which no table knows."""
MOST_COST_UNIT = 8
KEYS_AT_ONCE = 500
LotKey = tuple[str, str, str, str]


_SAID = (
    *("source_code", "description", "available_to", "cut_on", "product", "unit", "unit_type"),
    *("box_type_code", "box_type", "bunches_per_box", "stems_per_bunch", "category", "color"),
    *("variety", "grade", "unit_cost", "cost_unit", "currency", "published"),
)
"""Columns that a file says; where all stand as they were, no buyer need be told."""


@dataclass(frozen=True, slots=True)
class _Known:
    """A lot as the ledger has it."""

    id: int
    published: Decimal
    bought: Decimal
    said: tuple[object, ...]

    def is_said_again(self, values: Mapping[str, object]) -> bool:
        return self.said == tuple(values[name] for name in _SAID)


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
    known = _known_lots(desk, origin.name, named)
    new, changed = _gather(desk, advice, origin, known, arrival_id=arrival_id, as_of=as_of)
    if origin.availability_mode == "replace":
        changed += _left_out(known, new, changed, desk.change_of(origin.name))
    _write(desk, changed)
    lot_of = {row_key: values["id"] for row_key, values in new.items()}
    lot_of |= {key: lot.id for key, lot in known.items()}
    waiting = _hold_unmapped(
        desk,
        advice,
        unmapped,
        lot_of,
        vendor=origin.name,
        arrival_id=arrival_id,
        document_id=document_id,
    )
    if origin.availability_mode == "replace":
        # What the whole stock doesn't name is gone, and nobody need map it.
        hold_book.end(desk.post.conn, waiting, HoldState.SUPERSEDED)
    oversold = _hold_oversold(
        desk, origin.name, changed, arrival_id=arrival_id, document_id=document_id
    )
    desk.post.flush()
    staged = sum(1 for line in advice.lines if line.product is None or line.unit_type is None)
    return StockOutcome(
        advice,
        origin,
        document_id,
        arrival_id,
        published=len(advice.lines) - staged,
        staged=staged,
        oversold=tuple(oversold),
        unmapped=unmapped,
        notes=notes,
    )


def lot_key(line: InventoryLine) -> LotKey:
    """Return what identifies a lot of a vendor (domain 2.4, last paragraph)."""
    source = line.seller_item or line.buyer_item or line.gtin or line.description or ""
    day = line.available_from.isoformat() if line.available_from else NO_DATE
    return (normalised(source), day, line.post_harvest or "", line.location or "")


def _known_lots(desk: Desk, vendor: str, sources: set[str] | None) -> dict[LotKey, _Known]:
    """Return the vendor's lots of these source keys (None: all), locked.

    A file of ten lines must not cost what a stock of a million lots costs.
    """
    columns = stock_lots.c
    keys = (columns.source_key, columns.available_from, columns.post_harvest, columns.location)
    query = select(*(columns.id, columns.bought, *keys), *(columns[name] for name in _SAID)).where(
        columns.vendor == vendor
    )
    queries = [query]
    if sources is not None:
        ordered = sorted(sources)
        queries = [
            query.where(columns.source_key.in_(ordered[start : start + KEYS_AT_ONCE]))
            for start in range(0, len(ordered), KEYS_AT_ONCE)
        ]
    found: dict[LotKey, _Known] = {}
    for each in queries:
        for row in desk.post.conn.execute(each.with_for_update()):
            key, bought, source, day, post_harvest, location, *said = row
            lot = _Known(key, row.published, bought, tuple(said))
            found[source, day, post_harvest, location] = lot
    return found


def _gather(
    desk: Desk,
    advice: InventoryAdvice,
    origin: Partner,
    known: dict[LotKey, _Known],
    *,
    arrival_id: int,
    as_of: datetime | None,
) -> tuple[dict[LotKey, dict[str, object]], list[dict[str, object]]]:
    """Sort the lines into new lots and changed ones; a key that stands twice is one lot."""
    new: dict[LotKey, dict[str, object]] = {}
    changed: dict[LotKey, dict[str, object]] = {}
    adds = origin.availability_mode == "increase"
    change = desk.change_of(origin.name)
    for line in advice.lines:
        key = lot_key(line)
        values = _values(line, advice, origin, arrival_id, as_of)
        before = new.get(key) or changed.get(key)
        lot = known.get(key)
        if adds and before is not None:
            values["published"] = _quantity(before["published"]) + line.quantity
        elif adds and lot is not None:
            values["published"] = lot.published + line.quantity
        if lot is None:
            row = new.setdefault(key, {})
            row.update(values)
            row.setdefault("id", 0)
        else:
            is_same = before is None and lot.is_said_again(values)
            number = {} if is_same else {"change": change}
            changed[key] = {**values, **number, "lot": lot.id, "bought": lot.bought}
    for key, row in new.items():
        source, day, post_harvest, location = key
        row.pop("id")
        row.update(
            vendor=origin.name,
            source_key=source,
            available_from=day,
            post_harvest=post_harvest,
            location=location,
            bought=ZERO,
            change=change,
            first_change=change,
        )
        row["id"] = desk.post.add(stock_lots, row)
    return new, list(changed.values())


def _quantity(value: object) -> Decimal:
    return value if isinstance(value, Decimal) else ZERO


def _values(
    line: InventoryLine,
    advice: InventoryAdvice,
    origin: Partner,
    arrival_id: int,
    as_of: datetime | None,
) -> dict[str, object]:
    return {
        "arrival_id": arrival_id,
        "source_code": line.seller_item,
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


def _left_out(
    known: dict[LotKey, _Known],
    new: dict[LotKey, dict[str, object]],
    changed: list[dict[str, object]],
    change: int,
) -> list[dict[str, object]]:
    """Reduce every lot that a full file leaves out to what is sold of it (domain K-42)."""
    named = {row["lot"] for row in changed}
    return [
        {"lot": lot.id, "published": lot.bought, "bought": lot.bought, "change": change}
        for key, lot in known.items()
        if lot.id not in named and key not in new and lot.published != lot.bought
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


def _hold_unmapped(
    desk: Desk,
    advice: InventoryAdvice,
    unmapped: Sequence[Unmapped],
    lot_of: dict[LotKey, object],
    *,
    vendor: str,
    arrival_id: int,
    document_id: int,
) -> list[int]:
    """Let each unknown code of the file wait once; its lots are found by the code again.

    Returns the holds on codes of the vendor's lots that this file does not name.
    """
    lines = {line.line: line for line in advice.lines}
    waiting = {
        (h.partner, h.mapping_kind, h.source_code, h.source_description): h.id
        for h in hold_book.open_holds(desk.post.conn, [HoldKind.UNMAPPED], partner=vendor)
        if h.lot_id is not None
    }
    unnamed = dict(waiting)
    for code in unmapped:
        same = (code.partner, code.kind, code.source_code, code.source_description)
        line = lines.get(code.line or 0)
        lot = lot_of.get(lot_key(line)) if line else None
        if not isinstance(lot, int):
            continue
        unnamed.pop(same, None)
        if same in waiting:
            hold_book.move(
                desk.post.conn, waiting[same], arrival_id=arrival_id, document_id=document_id
            )
            continue
        waiting[same] = hold(
            desk.post,
            NewHold(
                HoldKind.UNMAPPED,
                code.partner,
                to_map(code),
                vendor=code.partner,
                mapping_kind=code.kind,
                source_code=code.source_code,
                source_description=code.source_description,
                line=code.line,
                place=code.where,
                lot_id=lot,
            ),
            arrival_id=arrival_id,
            document_id=document_id,
        )
    return list(unnamed.values())


def _hold_oversold(
    desk: Desk,
    vendor: str,
    changed: list[dict[str, object]],
    *,
    arrival_id: int,
    document_id: int,
) -> list[str]:
    """Hold each lot that was published below what is sold, and end holds that no longer hold.

    The lots must be written already. Returns the short ones in the vendor's words.
    """
    waiting = {
        h.lot_id: h.id
        for h in hold_book.open_holds(desk.post.conn, [HoldKind.OVERSOLD], partner=vendor)
        if h.vendor == vendor
    }
    hold_book.end_oversold(desk.post.conn)
    short: list[str] = []
    for row in changed:
        lot, published, bought = row["lot"], _quantity(row["published"]), _quantity(row["bought"])
        if published >= bought or not isinstance(lot, int):
            continue
        words = (row.get("source_code"), row.get("description"), row.get("product"))
        short.append(next((str(word) for word in words if word), f"lot {lot}"))
        if lot in waiting:
            hold_book.move(
                desk.post.conn, waiting[lot], arrival_id=arrival_id, document_id=document_id
            )
            continue
        what = row.get("product") or row.get("source_code") or row.get("description")
        message = (
            f"{what}: the file offers {published}, but {bought} are sold; {bought - published}"
            " are short (E-24). Send a higher quantity, or reject orders"
        )
        hold(
            desk.post,
            NewHold(HoldKind.OVERSOLD, vendor, message, vendor=vendor, lot_id=lot),
            arrival_id=arrival_id,
            document_id=document_id,
        )
    return short

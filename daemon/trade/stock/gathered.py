"""The lines of a vendor's file as lots: new ones, changed ones, and what each of them says now.

A key that stands twice in a file is one lot. What is sold of a lot stays in the unit and as the
product that it is sold in (domain K-40, M-14).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from daemon.config import Partner
from daemon.ledger.schema import stock_lots
from daemon.mapping.apply import codes_of
from daemon.trade.calendar.lot_dates import age_limits, vendors_day
from daemon.trade.desk import Desk
from daemon.trade.stock.known_lots import KnownLot, LotKey
from daemon.trade.stock.lot_holds import SoldAs, quantity
from daemon.trade.stock.lots import NO_DATE
from daemon.trade.stock.offers import check_offer, count_as_sold, pack_of_line, words_of
from daemon.trade.stock.staging import goes_on_sale
from formats.records import InventoryAdvice, InventoryLine
from formats.values import normalised

ZERO = Decimal(0)
UNKNOWN_UNIT = "?"
"""Begins a cost unit in the vendor's own words, which no table knows."""
MOST_COST_UNIT = 8


def lot_key(line: InventoryLine) -> LotKey:
    """Return what identifies a lot of a vendor (domain 2.4, last paragraph)."""
    source = line.seller_item or line.buyer_item or line.gtin or line.description or ""
    day = line.available_from.isoformat() if line.available_from else NO_DATE
    return (normalised(source), day, line.post_harvest or "", line.location or "")


@dataclass(slots=True)
class Gathered:
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


def gather(
    desk: Desk,
    advice: InventoryAdvice,
    origin: Partner,
    known: Mapping[LotKey, KnownLot],
    *,
    arrival_id: int,
    as_of: datetime | None,
) -> Gathered:
    """Sort the lines of a file into new lots, which are written, and changed ones."""
    stock = Gathered()
    adds, change = origin.availability_mode == "increase", desk.change_of(origin.name)
    limits = age_limits(origin, desk.site.connection)
    day = vendors_day(origin, desk.post.at, desk.site.site.zone)
    for line in advice.lines:
        key = lot_key(line)
        stock.keys.append(key)
        values = _values(line, advice, origin, arrival_id, as_of)
        values["counted_on"] = day.isoformat()
        before = stock.new.get(key) or stock.changed.get(key)
        lot = known.get(key)
        brought = _brought(desk, line, values, origin, lot)
        if brought is None:
            stock.uncounted.append((words_of(line), str(values["unit_type"]), line.unit))
        values["published"] = _published(brought, lot, before, adds=adds)
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
            stock.new.setdefault(key, {"id": 0}).update(values)
            continue
        is_same = before is None and lot.is_said_again(values, limits, day)
        if not is_same:
            check_offer(words_of(line), lot.row, values, desk.today)
        number = {} if is_same else {"change": change}
        stock.changed[key] = {**values, **number, "lot": lot.id, "bought": lot.bought}
    for key, row in stock.new.items():
        _add(desk, key, row, origin.name, change)
    return stock


def _brought(
    desk: Desk, line: InventoryLine, values: dict[str, Any], origin: Partner, lot: KnownLot | None
) -> Decimal | None:
    """Return what a line brings in the unit that its lot is sold in; None where that can't be told.

    `values` are then in that unit as well, or as the lot had them.
    """
    if lot is None or lot.bought <= ZERO:
        return line.quantity
    return count_as_sold(lot.row, values, pack_of_line(desk, origin, lot.product, line))


def _published(
    brought: Decimal | None,
    lot: KnownLot | None,
    before: Mapping[str, object] | None,
    *,
    adds: bool,
) -> Decimal | None:
    """Return what is published with a line: what it brings, or that on top of the rest (K-43).

    `before` is what a line of the same key said further up in the file.
    """
    if adds and before is not None:
        return quantity(before["published"]) + (brought or ZERO)
    if lot is None:
        return brought
    if adds:
        return lot.published + (brought or ZERO)
    return lot.published if brought is None else brought


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

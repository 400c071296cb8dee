"""Which of a vendor's offers are on sale, and what the others wait for (domain M-10 to M-14).

A lot is on sale once a person confirmed it, or by itself where that is switched on for its vendor,
and never before its product, its unit and its pack are known. What was on sale once stays so while
it is the same product.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, select, update

from daemon.config import Partner
from daemon.ledger import holds as hold_book
from daemon.ledger.holds import Hold, HoldKind, NewHold, hold
from daemon.ledger.schema import stock_lots
from daemon.ledger.states import HoldState
from daemon.mapping.tables import Tables
from daemon.trade.desk import Desk
from daemon.trade.unmapped import MOST_NAMED
from formats.findings import Finding, warning
from formats.records import UnitType

LotRow = Row[*tuple[Any, ...]]
KINDS = (HoldKind.NO_PACK, HoldKind.STAGED)
_NEEDED = ("product", "unit_type", "bunches_per_box", "stems_per_bunch")


def is_ready(values: Mapping[str, object], vendor: Partner, tables: Tables, today: date) -> bool:
    """Tell whether nothing is unknown of a lot: its product, its unit and its pack (M-12)."""
    if values["product"] is None or values["unit_type"] is None:
        return False
    return not lacks_pack(values, vendor, tables, today)


def lacks_pack(values: Mapping[str, object], vendor: Partner, tables: Tables, today: date) -> bool:
    """Tell whether nobody said how a mapped lot is packed: not its file, and not `packs.csv`.

    Goods that are counted in boxes are sold as they are.
    """
    if vendor.selling.sells_without_pack or values["unit_type"] == UnitType.BOX.value:
        return False
    if values["bunches_per_box"] is not None and values["stems_per_bunch"] is not None:
        return False
    return tables.pack(vendor.name, str(values["product"]), today) is None


def goes_on_sale(
    values: Mapping[str, object],
    vendor: Partner,
    tables: Tables,
    today: date,
    *,
    was_on_sale_as: str | None = None,
) -> bool:
    """Tell whether a lot is on sale; `was_on_sale_as` is the product that it was before."""
    if values["product"] is None or values["unit_type"] is None:
        return False
    if was_on_sale_as == values["product"]:
        return True
    return vendor.selling.confirms_stock == "auto" and is_ready(values, vendor, tables, today)


@dataclass(frozen=True, slots=True)
class Staged:
    """The mapped lots of a vendor that are not on sale, by what they wait for."""

    unpacked: Mapping[str, tuple[LotRow, ...]]
    """By product, lots whose pack nobody said."""
    ready: tuple[LotRow, ...]
    """Lots that wait for a person's word alone."""


def staged(desk: Desk, vendor: Partner) -> Staged:
    """Return what of a vendor's stock is mapped and not on sale."""
    lot = stock_lots.c
    query = select(stock_lots).where(
        lot.vendor == vendor.name,
        ~lot.is_confirmed,
        lot.published > lot.bought,
        lot.product.is_not(None),
        lot.unit_type.is_not(None),
    )
    unpacked: dict[str, list[LotRow]] = defaultdict(list)
    ready: list[LotRow] = []
    for row in desk.post.conn.execute(query.order_by(lot.id)):
        if lacks_pack(values_of(row), vendor, desk.tables, desk.today):
            unpacked[row.product].append(row)
        else:
            ready.append(row)
    return Staged({name: tuple(rows) for name, rows in unpacked.items()}, tuple(ready))


def values_of(row: LotRow) -> dict[str, object]:
    """Return what of a lot decides whether it is ready."""
    return {name: getattr(row, name) for name in _NEEDED}


def settle(
    desk: Desk,
    vendor: Partner,
    waiting: Iterable[Hold],
    *,
    arrival_id: int,
    document_id: int | None,
) -> Staged:
    """Let a hold stand for each thing that staged lots wait for, and end those that are over.

    The lots must be written already; `waiting` are the open holds on them. Each product without a
    pack has one hold, and all lots that wait for a person's word have one together.
    """
    found, conn = staged(desk, vendor), desk.post.conn
    known = {(each.kind, each.source_code): each for each in waiting if each.kind in KINDS}
    for new in _wanted(found, vendor):
        before = known.pop((new.kind, new.source_code), None)
        if before is None or before.message != new.message:
            hold(desk.post, new, arrival_id=arrival_id, document_id=document_id)
            if before is not None:
                hold_book.end(conn, [before.id], HoldState.SUPERSEDED)
        elif document_id is not None:
            hold_book.move(conn, before.id, arrival_id=arrival_id, document_id=document_id)
    hold_book.end(conn, [each.id for each in known.values()], HoldState.RELEASED)
    return found


def staged_notes(found: Staged, products: Collection[str | None]) -> Iterator[Finding]:
    """Yield what a vendor is told of the `products` of its file that are mapped and not on sale."""
    unpacked = [product for product in found.unpacked if product in products]
    for product in unpacked[:MOST_NAMED]:
        row = found.unpacked[product][0]
        words = row.source_code or row.description or product
        message = (
            f"{words} is not on sale yet, for it is not known here how it is packed; a person sets"
            " it and it goes on by itself"
        )
        yield warning("E-15", message)
    count = sum(1 for row in found.ready if row.product in products)
    if count:
        offers = "1 offer is" if count == 1 else f"{count} offers are"
        yield warning("M-12", f"{offers} not on sale yet: a person looks at them first")


def _wanted(found: Staged, vendor: Partner) -> Iterable[NewHold]:
    for product, rows in found.unpacked.items():
        words = rows[0].source_code or rows[0].description or product
        message = (
            f"{words} is {product}, but nobody said how {vendor.name} packs it (E-15); add a row to"
            f" packs.csv: {vendor.name},{product},BOX,BUNCHES,STEMS,{rows[0].unit_type}"
        )
        yield NewHold(
            HoldKind.NO_PACK,
            vendor.name,
            message,
            vendor=vendor.name,
            source_code=product,
            lot_id=rows[0].id,
        )
    if found.ready:
        count = len(found.ready)
        offers = "1 offer waits" if count == 1 else f"{count} offers wait"
        message = (
            f"{offers} for a person's word before going on sale (M-12); look at them with:"
            f" k2kd staged {vendor.name}; put them on sale with: k2kd staged {vendor.name}"
            " --confirm"
        )
        yield NewHold(
            HoldKind.STAGED,
            vendor.name,
            message,
            vendor=vendor.name,
            lot_id=found.ready[0].id,
        )


def confirm(desk: Desk, vendor: Partner, products: Collection[str] = ()) -> int:
    """Put a vendor's ready lots on sale, on a person's word; only `products` where any is named.

    Returns how many there were. Those that lack a pack go on waiting.
    """
    rows = staged(desk, vendor).ready
    chosen = [row for row in rows if not products or row.product in products]
    for row in chosen:
        desk.post.conn.execute(
            update(stock_lots)
            .where(stock_lots.c.id == row.id)
            .values(is_confirmed=True, change=desk.change_of(vendor.name), updated_at=desk.post.at)
        )
    if chosen:
        waiting = hold_book.open_holds(desk.post.conn, KINDS, partner=vendor.name)
        of_lots = [each for each in waiting if each.lot_id is not None]
        settle(desk, vendor, of_lots, arrival_id=chosen[-1].arrival_id, document_id=None)
    return len(chosen)

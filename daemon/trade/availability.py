"""What a buyer sees of a vendor's stock: lots projected into offers in the buyer's codes.

The numbers are recalculated whenever anyone buys (domain K-40). The projection is a join of the
vendor's lots with the buyer's codes, done in one pass with pandas, because a vendor may show
thousands of lots to dozens of buyers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection as DatabaseConnection
from sqlalchemy import select

from daemon.config import Configuration, Partner
from daemon.ledger.schema import availability_feeds, stock_lots
from daemon.ledger.store import now_utc
from daemon.mapping.rows import Kind, Row
from daemon.mapping.tables import Tables
from daemon.trade.open_market import UNKNOWN_UNIT
from formats.offers import OfferRow
from formats.records import UnitType


@dataclass(frozen=True, slots=True)
class Feed:
    """A buyer's view of a vendor's stock that is no longer what the buyer was last told."""

    vendor: str
    buyer: str


def mark_dirty(conn: DatabaseConnection, site: Configuration, vendors: set[str]) -> None:
    """Note that every buyer connected with `vendors` is to be told anew."""
    for link in site.connection:
        if link.vendor not in vendors or "sales" not in link.modality:
            continue
        moved = conn.execute(
            availability_feeds.update()
            .where(
                availability_feeds.c.vendor == link.vendor, availability_feeds.c.buyer == link.buyer
            )
            .values(is_dirty=True, updated_at=now_utc())
        )
        if moved.rowcount == 0:
            conn.execute(
                availability_feeds.insert().values(
                    vendor=link.vendor, buyer=link.buyer, is_dirty=True, updated_at=now_utc()
                )
            )


def dirty_feeds(conn: DatabaseConnection, *, for_update: bool = False) -> list[Feed]:
    """Return the views that are to be sent again."""
    query = (
        select(availability_feeds.c.vendor, availability_feeds.c.buyer)
        .where(availability_feeds.c.is_dirty)
        .order_by(availability_feeds.c.vendor, availability_feeds.c.buyer)
    )
    rows = conn.execute(query.with_for_update() if for_update else query)
    return [Feed(row.vendor, row.buyer) for row in rows]


def mark_clean(conn: DatabaseConnection, feed: Feed) -> None:
    """Note that a buyer has been told."""
    conn.execute(
        availability_feeds.update()
        .where(availability_feeds.c.vendor == feed.vendor, availability_feeds.c.buyer == feed.buyer)
        .values(is_dirty=False, updated_at=now_utc())
    )


def offers(
    conn: DatabaseConnection, tables: Tables, vendor: Partner, buyer: Partner, *, today: date
) -> list[OfferRow]:
    """Return what `buyer` sees of `vendor`: one offer a product, day, location, unit and cost.

    Only mapped lots that are not over are shown. A product of which nothing is left is shown with
    0, so that the buyer's system stops selling it.
    """
    frame_rows = _lots(conn, vendor.name, today)
    if not frame_rows:
        return []
    # Loaded here: pandas costs a third of a second, which other commands should not pay.
    import pandas as pd  # noqa: PLC0415

    frame = pd.DataFrame(frame_rows, dtype="object")
    keys = [name for name in frame.columns if name != "left"]
    summed = frame.groupby(keys, dropna=False, sort=False)["left"].sum().reset_index()
    shown = summed.astype("object").where(summed.notna(), None)
    rows = [dict(zip(shown.columns, row, strict=True)) for row in shown.itertuples(index=False)]
    names = {str(row["product"]) for row in rows}
    codes = {p: tables.partner_code(Kind.PRODUCTS, buyer.name, p, today) for p in names}
    return [_offer(row, codes, tables, vendor, today) for row in rows]


def _lots(conn: DatabaseConnection, vendor: str, today: date) -> list[dict[str, object]]:
    """Return the vendor's lots on sale; `left` is published - bought, never below zero."""
    lot = stock_lots.c
    query = select(
        lot.product,
        lot.unit_type,
        lot.available_from,
        lot.available_to,
        lot.location,
        lot.box_type,
        lot.bunches_per_box,
        lot.stems_per_bunch,
        lot.category,
        lot.color,
        lot.unit_cost,
        lot.cost_unit,
        lot.currency,
        lot.published,
        lot.bought,
    ).where(lot.vendor == vendor, lot.product.is_not(None), lot.unit_type.is_not(None))
    rows: list[dict[str, object]] = []
    for found in conn.execute(query.order_by(lot.product, lot.available_from, lot.id)):
        if found.available_to and found.available_to < today.isoformat():
            continue
        row = dict(found._mapping)
        if (found.cost_unit or "").startswith(UNKNOWN_UNIT):
            # What a price is for must be known before it is told.
            row["unit_cost"] = row["cost_unit"] = None
        row["left"] = max(Decimal(0), row.pop("published") - row.pop("bought"))
        rows.append(row)
    return rows


def _offer(
    row: dict[str, object],
    codes: dict[str, Row | None],
    tables: Tables,
    vendor: Partner,
    today: date,
) -> OfferRow:
    product = str(row["product"])
    known = tables.catalogue.get(product)
    code = codes[product]
    pack = tables.pack(vendor.name, product, today)
    return OfferRow(
        # A buyer that has no code of its own for a product is told ours.
        buyer_item=code.source_code or product if code else product,
        seller_item=product,
        description=known.description if known else product,
        quantity=_decimal(row["left"]),
        unit=UnitType(str(row["unit_type"])).value,
        box_type=_text(row["box_type"]) or (pack.box_type if pack else None),
        bunches_per_box=_whole(row["bunches_per_box"]) or (pack.bunches_per_box if pack else None),
        stems_per_bunch=_whole(row["stems_per_bunch"]) or (pack.stems_per_bunch if pack else None),
        unit_cost=row["unit_cost"] if isinstance(row["unit_cost"], Decimal) else None,
        cost_unit=_text(row["cost_unit"]),
        currency=_text(row["currency"]),
        available_from=date.fromisoformat(str(row["available_from"]))
        if row["available_from"]
        else None,
        available_to=date.fromisoformat(str(row["available_to"])) if row["available_to"] else None,
        color=_text(row["color"]) or (known.color if known else None),
        category=_text(row["category"]) or (known.category if known else None),
        location=_text(row["location"]),
        vendor_display=vendor.title or vendor.name,
    )


def _text(value: object) -> str | None:
    return str(value) if value else None


def _whole(value: object) -> int | None:
    return int(value) if isinstance(value, int | float) else None


def _decimal(value: object) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(str(value))

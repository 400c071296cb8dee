"""The lots of a vendor that a file of its names, as the ledger has them before the file counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from daemon.ledger.schema import stock_lots
from daemon.trade.calendar.lot_dates import AgeLimits
from daemon.trade.desk import Desk
from daemon.trade.stock.lot_holds import SoldAs

ZERO = Decimal(0)
KEYS_AT_ONCE = 500
LotKey = tuple[str, str, str, str]
"""What identifies a lot of a vendor: words, first day, treatment, place."""

_SAID = (
    *("source_code", "codes", "description", "available_to", "cut_on", "product", "unit"),
    *("unit_type", "box_type_code", "box_type", "bunches_per_box", "stems_per_bunch"),
    *("category", "color", "variety", "grade", "tag", "unit_cost", "cost_unit", "currency"),
    *("published", "is_confirmed"),
)
"""Columns that a file says; where all stand as they were, no buyer need be told."""


@dataclass(frozen=True, slots=True)
class KnownLot:
    """A lot as the ledger has it."""

    id: int
    product: str | None
    published: Decimal
    bought: Decimal
    is_confirmed: bool
    counted_on: str | None
    said: tuple[object, ...]
    """The columns of `_SAID`."""

    @property
    def row(self) -> dict[str, Any]:
        """Return its columns by name."""
        return {**dict(zip(_SAID, self.said, strict=True)), "bought": self.bought}

    def sold_as(self, values: Mapping[str, object]) -> SoldAs | None:
        """Return what it is sold as, where a file of the same goods says another product (M-14)."""
        now = values["product"]
        if self.product is None or self.bought <= ZERO or now == self.product:
            return None
        words = values["source_code"] or values["description"] or self.product
        return SoldAs(self.id, str(words), self.product, None if now is None else str(now))

    def is_said_again(self, values: Mapping[str, object], limits: AgeLimits, today: date) -> bool:
        """Whether a file says nothing that changes what anybody is offered."""
        if self.said != tuple(values[name] for name in _SAID):
            return False
        is_dated = values["cut_on"] is not None or values["available_to"] is not None
        return is_dated or not limits.are_told_apart(self.counted_on, today)


def known_lots(desk: Desk, vendor: str, sources: set[str] | None) -> dict[LotKey, KnownLot]:
    """Return the vendor's lots of these source keys (None: all), locked.

    A file of ten lines must not cost what a stock of a million lots costs.
    """
    columns = stock_lots.c
    keys = (columns.source_key, columns.available_from, columns.post_harvest, columns.location)
    beside = (columns.id, columns.bought, columns.counted_on)
    query = select(*beside, *keys, *(columns[name] for name in _SAID)).where(
        columns.vendor == vendor
    )
    queries = [query]
    if sources is not None:
        ordered = sorted(sources)
        queries = [
            query.where(columns.source_key.in_(ordered[start : start + KEYS_AT_ONCE]))
            for start in range(0, len(ordered), KEYS_AT_ONCE)
        ]
    found: dict[LotKey, KnownLot] = {}
    for each in queries:
        for row in desk.post.conn.execute(each.with_for_update()):
            key, bought, counted_on, source, day, post_harvest, location, *said = row
            lot = KnownLot(
                *(key, row.product, row.published, bought, row.is_confirmed),
                counted_on,
                tuple(said),
            )
            found[source, day, post_harvest, location] = lot
    return found

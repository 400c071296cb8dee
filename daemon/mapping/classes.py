"""What customs and shops ask of a product: division, tags, tariff codes, weight (domain 2.2).

A product says its own division and tags; all else, and a division that it doesn't say, is that of
its category in the network's own list.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from daemon.mapping.rows import Kind
from daemon.mapping.tables import Tables


@dataclass(frozen=True, slots=True)
class GoodsClass:
    """How a product is classed; None is what no table says. `stem_kg` is what a stem weighs."""

    division: str | None = None
    tags: str | None = None
    origin: str | None = None
    """Region or country that goods of the category come from."""
    us_tariff: str | None = None
    canada_tariff: str | None = None
    customs_code: str | None = None
    stem_kg: Decimal | None = None


UNCLASSED = GoodsClass()


def goods_class(tables: Tables, product: str | None, on: date) -> GoodsClass:
    """Return how one of our products is classed."""
    known = tables.catalogue.get(product or "")
    if known is None:
        return UNCLASSED
    word = tables.word_of(Kind.CATEGORIES, known.code, on)
    category = tables.entries[Kind.CATEGORIES].get(word or "")
    if category is None:
        return GoodsClass(known.division or None, known.tags or None)
    return GoodsClass(
        known.division or category.division or None,
        known.tags or None,
        category.origin or None,
        category.us_tariff or None,
        category.canada_tariff or None,
        category.customs_code or None,
        category.stem_kg,
    )

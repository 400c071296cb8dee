"""A vendor's shelf at the prices that it asks of one buyer (domain K-60).

Where the vendor has no terms of its own for the buyer, the shelf is the one of all buyers, and
nothing is computed. Else each group of product and goods is priced once.
"""

from __future__ import annotations

from dataclasses import replace

from daemon.trade.prices.asking import Asked, Asking, Stated
from daemon.trade.views.shelf import Goods, Shelf
from formats.offers import Offer


def asked_shelf(of: Shelf, asking: Asking) -> Shelf:
    """Return the shelf with what the buyer is asked for its goods; the same where that is alike."""
    if not of.lots or not asking.is_set:
        return of
    known: dict[tuple[str | None, int], Asked] = {}
    goods: dict[Goods, int] = {}
    offers: list[Offer] = []
    places: list[int] = []
    pairs = zip(of.lots, of.frame["offer"].tolist(), of.frame["goods"].tolist(), strict=True)
    for lot, offer, place in pairs:
        key = lot.product, place
        asked = known.get(key)
        if asked is None:
            asked = known[key] = asking.of(stated(lot.product, of.goods[place]))
        offers.append(_offer(offer, asked))
        own = Goods(asked.cost, asked.currency, asked.packing)
        places.append(goods.setdefault(own, len(goods)))
    import pandas as pd  # noqa: PLC0415  (as in `shelf`)

    told = pd.Series(offers, index=of.frame.index, dtype=object)
    frame = of.frame.assign(offer=told, goods=places)
    return replace(of, frame=frame, goods=tuple(goods))


def stated(product: str | None, goods: Goods) -> Stated:
    """Return goods of the shelf as their vendor states them."""
    return Stated(product, *goods)


def _offer(offer: Offer, asked: Asked) -> Offer:
    """Return an offer as its buyer is told it."""
    if (offer.unit_cost, offer.currency) == (asked.cost, asked.currency) and asked.listed is None:
        return offer
    cost_unit = offer.cost_unit if asked.listed is None else asked.packing.unit.value
    return offer._replace(unit_cost=asked.cost, cost_unit=cost_unit, currency=asked.currency)

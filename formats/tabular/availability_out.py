"""Offers to the availability CSV for buyers (domain 12.8).

Descriptions are other companies' text, so what looks like a formula is neutralised. What all
buyers of an offer read alike is put into words once: a writer is made for one vendor's stock and
used for every buyer of it.
"""

from __future__ import annotations

from collections.abc import Iterable

from formats.offers import MOST_KNOWN, Offer, OfferRow, ToldAlike
from formats.tabular.write import Cell, line

COLUMNS = (
    *("product_code", "available_from", "price", "landed_cost", "price_direct"),
    *("offer", "vendor_code", "description", "quantity_units", "unit_type", "box_type"),
    *("bunches_per_box", "stems_per_bunch", "unit_cost", "cost_unit", "currency", "available_to"),
    *("color", "category", "grade", "location", "vendor_display", "future_sale_from"),
    *("post_harvest", "tag", "division", "tags", "cut_date"),
)
END = "\r\n"


class AvailabilityWriter:
    """Writes the views of one vendor's stock, one after another."""

    def __init__(self) -> None:
        self._alike = ToldAlike(lambda offer, _: line(_cells(offer), for_people=True))
        self._particular: dict[Cell, str] = {}

    def write(self, rows: Iterable[OfferRow]) -> bytes:
        """Return `rows` as a file with a header: UTF-8, comma, CR LF."""
        cell, alike = self._cell, self._alike.of
        lines = [line(COLUMNS)]
        for offer, item, day, price, landed, direct, cut in rows:
            told = f"{cell(item)},{cell(day)},{cell(price)},{cell(landed)},{cell(direct)}"
            lines.append(f"{told},{alike(offer)},{cell(cut)}")
        return (END.join(lines) + END).encode()

    def _cell(self, value: Cell) -> str:
        known = self._particular.get(value)
        if known is None:
            if len(self._particular) >= MOST_KNOWN:
                self._particular.clear()
            known = self._particular[value] = line((value,), for_people=True)
        return known


def write_availability(rows: Iterable[OfferRow]) -> bytes:
    """Return one view as a file; see `AvailabilityWriter` for many."""
    return AvailabilityWriter().write(rows)


def _cells(offer: Offer) -> tuple[Cell, ...]:
    """Return what all buyers are told alike, in the order of COLUMNS but for the cut date."""
    return (
        *(offer.name, offer.seller_item, offer.description, offer.quantity, offer.unit),
        *(offer.box_type, offer.bunches_per_box, offer.stems_per_bunch, offer.unit_cost),
        *(offer.cost_unit, offer.currency, offer.available_to, offer.color, offer.category),
        *(offer.grade, offer.location, offer.vendor_display, offer.future_sale_from),
        *(offer.post_harvest, offer.tag, offer.division, offer.tags),
    )

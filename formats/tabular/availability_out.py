"""Offers to the availability CSV for buyers (domain 12.8).

Descriptions are other companies' text, so what looks like a formula is neutralised. What all
buyers of an offer read alike is put into words once: a writer is made for one vendor's stock and
used for every buyer of it.
"""

from __future__ import annotations

from collections.abc import Iterable

from formats.offers import OfferRow
from formats.tabular.write import Cell, line

COLUMNS = (
    *("product_code", "available_from", "price", "landed_cost"),
    *("offer", "vendor_code", "description", "quantity_units", "unit_type", "box_type"),
    *("bunches_per_box", "stems_per_bunch", "unit_cost", "cost_unit", "currency", "available_to"),
    *("color", "category", "location", "vendor_display"),
)
MOST_KNOWN = 100_000
END = "\r\n"


class AvailabilityWriter:
    """Writes the views of one vendor's stock, one after another."""

    def __init__(self) -> None:
        self._shared: dict[tuple[object, ...], str] = {}
        self._particular: dict[Cell, str] = {}

    def write(self, rows: Iterable[OfferRow]) -> bytes:
        """Return `rows` as a file with a header: UTF-8, comma, CR LF."""
        cell = self._cell
        lines = [line(COLUMNS)]
        for row in rows:
            item, day, price, landed = row[:4]
            told = f"{cell(item)},{cell(day)},{cell(price)},{cell(landed)}"
            lines.append(f"{told},{self._told_alike(row)}")
        return (END.join(lines) + END).encode()

    def _told_alike(self, row: OfferRow) -> str:
        known = self._shared.get(row.shared)
        if known is None:
            if len(self._shared) >= MOST_KNOWN:
                self._shared.clear()
            known = self._shared[row.shared] = line(_cells(row), for_people=True)
        return known

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


def _cells(row: OfferRow) -> tuple[Cell, ...]:
    """Return what all buyers are told alike, in the order of COLUMNS."""
    return (
        *(row.offer, row.seller_item, row.description, row.quantity, row.unit, row.box_type),
        *(row.bunches_per_box, row.stems_per_bunch, row.unit_cost, row.cost_unit, row.currency),
        *(row.available_to, row.color, row.category, row.location, row.vendor_display),
    )

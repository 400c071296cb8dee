"""Landed cost as CSV: what each box of an air waybill, and a unit of it, has really cost (K-69)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from datetime import date
from decimal import Decimal

from formats.tabular.write import written


@dataclass(frozen=True, slots=True)
class LandedBox:
    """One box in its buyer's words; costs are in `currency`, per box but `unit_*`.

    `real` names the parts of which the real charge is known, and `missing` what can't be counted;
    a cost that can't be is None.
    """

    awb: str
    house_awb: str | None
    ship_date: date
    arrival_date: date | None
    vendor_code: str | None
    po_number: str
    line: str
    po_item_id: str
    product_code: str | None
    description: str | None
    box_code: str
    box_type: str | None
    state: str
    invoices: str
    unit_type: str
    units_per_box: Decimal | None
    unit_cost: Decimal | None
    freight: Decimal | None
    handling: Decimal | None
    duties: Decimal | None
    truck: Decimal | None
    extras: Decimal | None
    box_landed_cost: Decimal | None
    unit_landed_cost: Decimal | None
    box_estimated: Decimal | None
    unit_estimated: Decimal | None
    currency: str | None
    real: str
    missing: str


COLUMNS = tuple(field.name for field in fields(LandedBox))


def write_landed_cost(boxes: Iterable[LandedBox]) -> bytes:
    """Return boxes as a file with a header, one row each."""
    return written(COLUMNS, (astuple(box) for box in boxes))

"""The fields that a declared layout can fill, for each kind of document, and what each of them is.

They are the columns of our own CSV files: whoever knows those knows these.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from formats.tabular.kinds import Kind, layout_of
from formats.tabular.order_rows import READ_COLUMNS


class Sort(StrEnum):
    """How the cells of a field are written."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    UNIT = "unit"


STOCK_FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "vendor_id": "vendorId",
        "product_code": "productCode",
        "buyer_code": "buyerCode",
        "upc": "upc",
        "product_description": "productDescription",
        "available_from": "availableFrom",
        "available_to": "availableTo",
        "future_sale_from": "availableFrom",
        "cut_date": "cutDate",
        "quantity": "quantityUnits",
        "unit_type": "unitType",
        "post_harvest": "postHarvest",
        "category": "category",
        "color": "color",
        "variety": "variety",
        "grade": "grade",
        "unit_cost": "unitCost",
        "cost_unit": "costUnit",
        "box_type": "boxType",
        "bunches": "bunchesBox",
        "stems_bunch": "stemsBunch",
        "tag": "tag",
        "location": "location",
    }
)
"""Fields of an availability, and the columns by which its lines are read.

Goods of a future sale are there from its day on (domain K-32), so that is when a vendor has them.
"""

TOLD_FIELDS = ("division", "tags")
"""Fields of an availability that buyers are told and vendors don't say: our own words (2.2)."""
_NUMBERS = frozenset(
    {
        *("quantity", "boxes", "bunches", "stems_bunch", "unit_cost", "confirmed_boxes"),
        *("confirmed_cost", "total", "net_days", "discount_percent", "discount_days"),
        *("unit_price", "price_basis", "amount", "rate", "base", "invoice_balance"),
    }
)
_DAYS = frozenset({"available_from", "available_to", "future_sale_from"})
_UNITS = frozenset({"unit_type", "cost_unit", "price_unit"})
_NEEDED: Mapping[Kind, tuple[tuple[str, ...], ...]] = {
    Kind.AVAILABILITY: (("quantity",), ("unit_type",), ("product_description", "product_code")),
    Kind.ORDER: (
        ("boxes",),
        ("product_description", "product_code", "upc"),
        ("po_number", "ship_date"),
    ),
}


def fields_of(kind: Kind) -> tuple[str, ...]:
    """Return the names of the fields of a kind of document."""
    if kind is Kind.AVAILABILITY:
        return (*STOCK_FIELDS, *TOLD_FIELDS)
    layout = layout_of(kind)
    return READ_COLUMNS if layout is None else layout.columns


def needed(kind: Kind) -> tuple[tuple[str, ...], ...]:
    """Return the fields that a layout of this kind must have; of each group any one."""
    own = _NEEDED.get(kind)
    if own is not None:
        return own
    layout = layout_of(kind)
    if layout is None:
        return ()
    alternatives = (layout.one_of,) if layout.one_of else ()
    return (*((name,) for name in layout.required), *alternatives)


def sort_of(field: str) -> Sort:
    """Return how the cells of a field are written."""
    if field.endswith("_date") or field in _DAYS:
        return Sort.DATE
    if field in _UNITS:
        return Sort.UNIT
    return Sort.NUMBER if field in _NUMBERS else Sort.TEXT

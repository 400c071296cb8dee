"""Orders as rows of the order CSV: cells of header, lines and contents (domain 12.8).

A cart's status has a column only in the file of a cart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from formats.records import CartStatus, OrderLine, Party, PurchaseOrder, UnitType
from formats.tabular.order_rows import (
    ACCOUNT_COLUMN,
    BILL_TO_COLUMN,
    BRAND_COLUMN,
    CART_COLUMN,
    COLUMNS,
    OWN_FIELDS_COLUMN,
    PREBOOK_COLUMN,
    PREBOOK_ITEM_COLUMN,
    READ_COLUMNS,
    TERM_COLUMNS,
)
from formats.tabular.own_fields import cell_of
from formats.tabular.write import Cell, written


class NotWholeBoxesError(ValueError):
    """A line that this layout, which counts boxes, can't say; the text names it and why."""


def order_file(rows: Iterable[Mapping[str, Cell]]) -> bytes:
    """Return rows of an order as a file, to be read back as it is."""
    rows = list(rows)
    extra = [name for name in READ_COLUMNS[len(COLUMNS) :] if any(name in row for row in rows)]
    columns = (*COLUMNS, *extra)
    return written(columns, ([row.get(name) for name in columns] for row in rows))


def header_cells(order: PurchaseOrder, action: str) -> dict[str, Cell]:
    """Return what every row of an order repeats."""
    to = order.ship_to or Party()
    rare: dict[str, Cell] = {PREBOOK_COLUMN: "yes"} if order.is_prebook else {}
    if order.bill_to is not None:
        rare[BILL_TO_COLUMN] = order.bill_to.code
    if order.carrier_account:
        rare[ACCOUNT_COLUMN] = order.carrier_account
    said = {name: getattr(order, name) for name in TERM_COLUMNS}
    said[OWN_FIELDS_COLUMN] = cell_of(order.custom_fields)
    rare |= {name: text for name, text in said.items() if text}
    return rare | {
        "po_number": order.number,
        "buyer_code": order.buyer.code,
        "vendor_code": order.vendor.code,
        "location": order.location,
        "ship_date": order.ship_date,
        "truck_date": order.delivery_date,
        "ship_via": order.ship_via.value,
        "carrier_code": order.carrier,
        "customer_code": order.customer.code if order.customer else None,
        "ship_to_code": to.code,
        "ship_to_name": to.name,
        "ship_to_street": to.street,
        "ship_to_city": to.city,
        "ship_to_state": to.state,
        "ship_to_zip": to.postal_code,
        "ship_to_country": to.country,
        "customer_po": order.customer_po,
        "currency": order.currency,
        "action": action,
    }


def line_cells(line: OrderLine) -> dict[str, Cell]:
    """Return the cells of a line; ValueError where it isn't a whole number of boxes."""
    unit = line.price_unit_type or line.unit_type
    cells: dict[str, Cell] = {
        "line": line.reference,
        "product_code": line.seller_item or line.buyer_item,
        "product_description": line.description,
        "boxes": _boxes(line),
        "box_type": line.box_type_code,
        "unit_type": line.price_unit or (unit.value if unit else None),
        "bunches": line.bunches_per_box,
        "stems_bunch": line.stems_per_bunch,
        "unit_cost": line.unit_price,
        "mark_code": line.mark_code,
        "upc": line.gtin,
    }
    if line.is_checked_out is not None:
        status = CartStatus.CHECKED_OUT if line.is_checked_out else CartStatus.DRAFT
        cells[CART_COLUMN] = status.value
    if line.prebook_item:
        cells[PREBOOK_ITEM_COLUMN] = line.prebook_item
    if line.brand:
        cells[BRAND_COLUMN] = line.brand
    return cells


def _boxes(line: OrderLine) -> int:
    """Return the line's quantity in boxes (U-11)."""
    per_box = {
        UnitType.BOX: 1,
        UnitType.BUNCH: line.bunches_per_box,
        UnitType.STEM: (line.bunches_per_box or 0) * (line.stems_per_bunch or 0),
    }.get(line.unit_type or UnitType.BOX)
    said = f"line {line.reference}: {line.quantity} {line.unit}"
    if not per_box:
        raise NotWholeBoxesError(
            f"{said} is no whole number of boxes for sure: its pack is not known"
        )
    boxes, rest = divmod(line.quantity, Decimal(per_box))
    if rest:
        held = f" of {per_box}" if per_box > 1 else ""
        raise NotWholeBoxesError(f"{said} isn't a whole number of boxes{held}")
    return int(boxes)


def content_cells(line: OrderLine) -> Iterator[dict[str, Cell]]:
    """Yield the cells of every content of a line's boxes."""
    for content in line.contents:
        yield {
            "line": f"{line.reference}.{content.line}",
            "parent_line": line.reference,
            "product_code": content.seller_item or content.buyer_item,
            "product_description": content.description,
            "bunches": content.bunches,
            "stems_bunch": content.stems_per_bunch,
            "unit_cost": content.unit_price,
        }

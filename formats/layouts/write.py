"""Records of ours in a partner's own layout: the declared columns the other way round.

What the layout has no column for is left out; what it needs and we don't know is its default. A
value that doesn't fit is a ValueError that names column and value, and nothing is written; so is
what turns a row into its opposite, as a cancellation, where no column says it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from formats import values
from formats.invoices import InvoiceType
from formats.layouts.cells import cell_text
from formats.layouts.fields import STOCK_FIELDS, Sort, sort_of
from formats.layouts.layout import DeclaredLayout, Form, LayoutColumn
from formats.offers import Offer, OfferRow
from formats.records import InventoryAdvice, PurchaseOrder, Purpose, UnitType
from formats.steps import Step
from formats.tabular.kinds import Kind
from formats.tabular.order_out import content_cells, header_cells, line_cells
from formats.tabular.steps_out import step_rows
from formats.tabular.write import Cell, neutralised
from formats.xlsx.write import write_workbook

Cells = Mapping[str, Cell]
_USUAL: Mapping[str, tuple[Cell, ...]] = {
    "action": ("NEW", "CHANGE", None),
    "purpose": (Purpose.NEW.value, Purpose.REPLACE.value, None),
    "invoice_type": (InvoiceType.INVOICE.value, None),
    "row": ("line", None),
}
"""What a row is where no column says it; what comes whole and anew replaces what it was."""


def write_rows(rows: Iterable[Cells], layout: DeclaredLayout, *, for_people: bool = False) -> bytes:
    """Return rows, by field, as a file of the layout; `for_people` neutralises formulas in text.

    Raises ValueError for what the layout can't say.
    """
    rows = _sayable(rows, layout)
    if layout.form is Form.FIXED:
        return _fixed(rows, layout)
    columns = _placed(layout)
    header = [column.title if column else "" for column in columns]
    if layout.form is Form.XLSX:
        body = ([_sheet_cell(row, column, layout) for column in columns] for row in rows)
        return write_workbook({layout.sheet or "Sheet1": (header, body)})
    target = io.StringIO(newline="")
    writer = csv.writer(target, delimiter=layout.delimiter or ",", lineterminator="\r\n")
    if layout.has_header:
        writer.writerow(header)
    for row in rows:
        texts = [_text(row, column, layout) for column in columns]
        writer.writerow([neutralised(text) for text in texts] if for_people else texts)
    return _encoded(target.getvalue(), layout)


def write_step(step: Step, layout: DeclaredLayout) -> bytes:
    """Return a step (a shipment, an invoice, ...) as a file of a layout of its kind.

    Raises ValueError for a layout of another kind, and for what rows can't say.
    """
    kind, rows = step_rows(step)
    if kind is not layout.kind:
        raise ValueError(f"layout {layout.name} is of {layout.kind}, and this is {kind}")
    return write_rows(rows, layout, for_people=kind is Kind.CONFIRMATION)


def _sayable(rows: Iterable[Cells], layout: DeclaredLayout) -> Iterator[Cells]:
    """Yield the rows; ValueError at one that would be taken for something else than it is."""
    silent = {field: usual for field, usual in _USUAL.items() if not layout.says(field)}
    for row in rows:
        for field, usual in silent.items():
            if row.get(field) not in usual:
                raise ValueError(
                    f"layout {layout.name} has no column for {field}, so {row.get(field)} would"
                    f" read as {usual[0]}; add a column of that field"
                )
        yield row


def _placed(layout: DeclaredLayout) -> Sequence[LayoutColumn | None]:
    """Return the columns in the order of the file, None for those that nobody declared."""
    if layout.has_header:
        # What is always the same without a name is a part of the agreement, not of the file.
        return [column for column in layout.columns if column.names]
    by_place = {column.at: column for column in layout.columns if column.at is not None}
    return [by_place.get(at) for at in range(max(by_place, default=-1) + 1)]


def _text(row: Cells, column: LayoutColumn | None, layout: DeclaredLayout) -> str:
    return "" if column is None else cell_text(row.get(column.field), layout, column)


def _sheet_cell(row: Cells, column: LayoutColumn | None, layout: DeclaredLayout) -> Cell:
    """Return a cell of a sheet: numbers and dates are what they are, whatever their mark."""
    if column is None:
        return None
    value = row.get(column.field)
    text = cell_text(value, layout, column)
    is_plain = not column.constant and column.decimals is None and not column.values
    if isinstance(value, Decimal | int | date) and is_plain:
        return value
    if sort_of(column.field) is Sort.NUMBER and not column.decimals:
        try:
            return values.decimal(text, comma=layout.decimal_comma)
        except ValueError:
            return text
    return text


def _fixed(rows: Iterable[Cells], layout: DeclaredLayout) -> bytes:
    width = max((column.start or 0) + (column.width or 0) for column in layout.columns)
    lines = [" " * width] * (layout.header_row or 0)
    for row in rows:
        line = [" "] * width
        for column in layout.columns:
            if column.width:
                text = cell_text(row.get(column.field), layout, column)
                begin = column.start or 0
                line[begin : begin + column.width] = _padded(text, column)
        lines.append("".join(line).rstrip())
    return _encoded("".join(f"{line}\r\n" for line in lines), layout)


def _padded(text: str, column: LayoutColumn) -> str:
    width = column.width or 0
    text = " ".join(text.split())
    if len(text) > width:
        if sort_of(column.field) is Sort.TEXT and column.field.endswith(("description", "name")):
            return text[:width]
        raise ValueError(f"{column.title}: {text[:80]!r} is longer than its {width} characters")
    if sort_of(column.field) is Sort.NUMBER:
        return text.rjust(width, "0" if column.decimals is not None else " ")
    return text.ljust(width)


def _encoded(text: str, layout: DeclaredLayout) -> bytes:
    encoding = layout.encoding or "utf-8"
    try:
        return text.encode(encoding)
    except UnicodeEncodeError as error:
        bad = text[error.start : error.start + 20]
        raise ValueError(f"{bad!r} can't be written in {encoding}; take utf-8") from None


def order_rows(order: PurchaseOrder) -> list[dict[str, Cell]]:
    """Return an order as rows by field, one a line. Raises ValueError for what rows can't say."""
    if order.is_test:
        raise ValueError(f"order {order.number}: a test order can't be written to a layout")
    header = header_cells(order, order.purpose.value.upper())
    rows: list[dict[str, Cell]] = []
    for line in order.lines:
        rows.append(header | line_cells(line))
        rows.extend(header | cells for cells in content_cells(line))
    return rows or [header]


def stock_rows(advice: InventoryAdvice) -> list[dict[str, Cell]]:
    """Return a vendor's availability as rows by field."""
    attribute = {
        "vendor_id": "vendor_id", "product_code": "seller_item", "buyer_code": "buyer_item",
        "upc": "gtin", "product_description": "description", "unit_type": "unit_type",
        "bunches": "bunches_per_box", "stems_bunch": "stems_per_bunch", "box_type": "box_type_code",
        "cut_date": "cut_on",
    }  # fmt: skip
    return [
        {
            name: getattr(line, attribute.get(name, name))
            for name in STOCK_FIELDS
            # A vendor's own goods are there from `available_from` on.
            if name != "future_sale_from"
        }
        for line in advice.lines
    ]


def offer_rows(
    offers: Iterable[OfferRow], layout: DeclaredLayout | None = None
) -> list[dict[str, Cell]]:
    """Return what a buyer is told of a vendor's offers as rows by field.

    A layout may say for all rows what they count, as one of inventory in boxes does. Then offers
    are counted so, whole units alone; one whose pack nobody knows can't be, and is left out.
    """
    unit = _unit_of(layout)
    if unit is None:
        return [_offer_cells(row, row.offer.quantity) for row in offers]
    counted = ((row, _counted(row.offer, unit)) for row in offers)
    return [
        _offer_cells(row, quantity) | {"unit_type": unit.value}
        for row, quantity in counted
        if quantity is not None
    ]


def _unit_of(layout: DeclaredLayout | None) -> UnitType | None:
    said = layout and next((c.constant for c in layout.columns if c.field == "unit_type"), None)
    return next((unit for unit in UnitType if unit.value == said), None) if said else None


def _counted(offer: Offer, unit: UnitType) -> Decimal | None:
    """Return how many of a unit an offer is, whole ones; None where its pack doesn't say."""
    if offer.unit == unit.value or not offer.quantity:
        return offer.quantity
    bunch = Decimal(offer.stems_per_bunch or 0)
    stems = {
        UnitType.STEM.value: Decimal(1),
        UnitType.BUNCH.value: bunch,
        UnitType.BOX.value: bunch * (offer.bunches_per_box or 0),
    }
    if {offer.unit, unit.value} == {UnitType.BUNCH.value, UnitType.BOX.value}:
        # How many stems are in a bunch is nobody's business then.
        boxes = Decimal(offer.bunches_per_box or 0)
        stems = {UnitType.BUNCH.value: Decimal(1), UnitType.BOX.value: boxes}
    of_offer, of_unit = stems.get(offer.unit), stems[unit.value]
    return offer.quantity * of_offer // of_unit if of_offer and of_unit else None


def _offer_cells(row: OfferRow, quantity: Decimal) -> dict[str, Cell]:
    offer = row.offer
    cost = offer.unit_cost if row.price is None else row.price
    cost_unit = offer.cost_unit if row.price is None else None
    return {
        "product_code": row.buyer_item or offer.seller_item,
        "buyer_code": row.buyer_item,
        "product_description": offer.description,
        "available_from": row.available_from,
        "available_to": offer.available_to,
        "future_sale_from": offer.future_sale_from,
        "cut_date": row.cut_on,
        "quantity": quantity,
        "unit_type": offer.unit,
        "category": offer.category,
        "color": offer.color,
        "grade": offer.grade,
        "post_harvest": offer.post_harvest,
        "unit_cost": cost,
        "cost_unit": cost_unit or offer.unit,
        "box_type": offer.box_type,
        "bunches": offer.bunches_per_box,
        "stems_bunch": offer.stems_per_bunch,
        "location": offer.location,
        "vendor_id": offer.vendor_display,
        "tag": offer.name,
        "division": offer.division,
        "tags": offer.tags,
    }

"""Lines of one purchase order from its CSV rows, with assorted boxes put together.

A row that names a `parent_line` is content of that line's boxes (domain U-20). A line counts boxes;
its cost is per `unit_type`. A box with one row that can't be used is left out whole (E-25).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container
from dataclasses import replace
from decimal import Decimal

from formats import values
from formats.records import CartStatus, Content, OrderLine, UnitType
from formats.tabular.cells import Cells
from formats.tabular.order_rows import BRAND_COLUMN, CART_COLUMN, PREBOOK_ITEM_COLUMN

_UNITS = {unit.value.lower(): unit for unit in UnitType}
_CART = {
    "draft": CartStatus.DRAFT,
    "pending": CartStatus.DRAFT,
    "checked-out": CartStatus.CHECKED_OUT,
    "checked out": CartStatus.CHECKED_OUT,
    "checked_out": CartStatus.CHECKED_OUT,
}
_GTIN_LENGTHS = (8, 12, 13, 14)
_BOX = UnitType.BOX.value
_LONGEST_CODE, _LONGEST_BRAND, _LONGEST_DESCRIPTION = 80, 80, 600
"""Characters: what X12 and EDIFACT have room for, so that an order of theirs can stand here."""
_Row = tuple[Cells, Content | None]
"""A row of an assorted box, and what is in it; None for one that can't be used."""
BROKEN_BOX = "E-25"
"""The rule that leaves an assorted box out whole."""


def order_lines(
    rows: list[Cells], *, is_torn: bool, changes: Container[int] = ()
) -> tuple[OrderLine, ...]:
    """Return the lines that can be used.

    Where rows were lost (`is_torn`), no assorted box is sure to have all of its contents. `changes`
    are the rows that change a known line: they say only what is new, and their boxes may be 0.
    """
    parents = [cells for cells in rows if not cells.raw("parent_line")]
    contents = _contents(rows, {cells.raw("line") for cells in parents})
    lines: list[OrderLine] = []
    seen: set[str] = set()
    for cells in parents:
        line = _line(cells, is_change=cells.row.line in changes)
        if line is None:
            continue
        if line.reference in seen:
            cells.fail("line", "a line number that no other line of the order has is expected")
            continue
        seen.add(line.reference)
        inside = contents.get(line.reference, [])
        if any(content is None for _, content in inside) or (inside and is_torn):
            _leave_box_out(cells, inside, is_torn=is_torn)
            continue
        placed = tuple(
            replace(content, line=at)
            for at, (_, content) in enumerate(inside, 1)
            if content is not None
        )
        lines.append(replace(line, line=len(lines) + 1, contents=placed))
    return tuple(lines)


def _leave_box_out(box: Cells, inside: list[_Row], *, is_torn: bool) -> None:
    """Say of every row of an assorted box that none of it is loaded, and which row is to blame."""
    bad = [str(row.row.line) for row, content in inside if content is None]
    why = f"row {', '.join(bad)} can't be used" if bad else "a row near it can't be read"
    if bad and is_torn:
        why += ", and a row near it can't be read"
    count = f"its {len(inside)} rows" if len(inside) > 1 else "its row"
    message = (
        f"The assorted box is left out with {count}: {why}. Correct it and send the box again."
    )
    box.leave_out(BROKEN_BOX, "line", message)
    for row, content in inside:
        if content is not None:
            text = f"Left out with the assorted box of line {box.raw('line')}: {why}."
            row.leave_out(BROKEN_BOX, "parent_line", text)


def _contents(rows: list[Cells], parents: set[str]) -> dict[str, list[_Row]]:
    """Return the contents by parent line; None stands for a row that can't be used."""
    contents: defaultdict[str, list[_Row]] = defaultdict(list)
    for cells in rows:
        parent = cells.raw("parent_line")
        if not parent:
            continue
        if parent not in parents:
            cells.fail("parent_line", "the number of a line of the same order is expected")
            continue
        contents[parent].append((cells, _content(cells)))
    return contents


def _content(cells: Cells) -> Content | None:
    _require_product(cells)
    bunches = cells.count("bunches", least=1, required=True)
    content = Content(
        line=0,
        buyer_item=cells.text("product_code", longest=_LONGEST_CODE),
        description=cells.text("product_description", longest=_LONGEST_DESCRIPTION),
        bunches=None if bunches is None else Decimal(bunches),
        stems_per_bunch=cells.count("stems_bunch", least=1),
        unit_price=cells.money("unit_cost"),
    )
    return None if cells.is_bad else content


def _line(cells: Cells, *, is_change: bool) -> OrderLine | None:
    reference = cells.text("line", longest=20, required=True)
    boxes = cells.count("boxes", least=0 if is_change else 1, required=not is_change)
    if not is_change:
        _require_product(cells)
    has_cost = bool(cells.raw("unit_cost"))
    unit = cells.choice("unit_type", _UNITS, required=has_cost and not is_change)
    cart = cells.choice(CART_COLUMN, _CART)
    line = OrderLine(
        line=0,
        reference=reference or "",
        quantity=Decimal(boxes or 0),
        unit=_BOX,
        unit_type=UnitType.BOX,
        buyer_item=cells.text("product_code", longest=_LONGEST_CODE),
        gtin=_gtin(cells),
        description=cells.text("product_description", longest=_LONGEST_DESCRIPTION),
        unit_price=cells.money("unit_cost"),
        price_unit=None if unit is None else unit.value,
        price_unit_type=unit,
        box_type_code=cells.text("box_type", longest=20),
        bunches_per_box=cells.count("bunches", least=1),
        stems_per_bunch=cells.count("stems_bunch", least=1),
        mark_code=cells.text("mark_code", longest=_LONGEST_CODE),
        prebook_item=cells.text(PREBOOK_ITEM_COLUMN, longest=20),
        brand=cells.text(BRAND_COLUMN, longest=_LONGEST_BRAND),
        is_checked_out=None if cart is None else cart is CartStatus.CHECKED_OUT,
    )
    return None if cells.is_bad else line


def _require_product(cells: Cells) -> None:
    if not any(cells.raw(name) for name in ("product_code", "product_description", "upc")):
        cells.fail("product_code", "a product code, description or UPC is expected")


def _gtin(cells: Cells) -> str | None:
    gtin = cells.text("upc", longest=14)
    if gtin is None:
        return None
    if len(gtin) not in _GTIN_LENGTHS or not (gtin.isascii() and gtin.isdigit()):
        cells.fail("upc", "a UPC or GTIN of 8, 12, 13 or 14 digits is expected")
    elif values.gs1_check_digit(gtin[:-1]) != int(gtin[-1]):
        cells.warn("upc", "The check digit is wrong; the number was kept. Check it on the label.")
    return gtin

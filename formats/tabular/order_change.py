"""Changes of known orders in the order CSV: each row adds, changes or cancels a line (P-28).

What a row leaves empty stays as it is; boxes are the whole new number, and 0 takes all of them. A
CANCEL row without a line ends the order. An assorted box that changes lists all of its contents.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import Decimal

from formats.records import OrderLine, PurchaseOrder, ShipVia, UnitType
from formats.steps import LineAction, LineChange, OrderChange
from formats.tabular.cells import Cells
from formats.tabular.order_lines import order_lines
from formats.tabular.order_out import content_cells, header_cells, line_cells, order_file
from formats.tabular.write import Cell

_ACTIONS = {"new": LineAction.ADD, "change": LineAction.CHANGE, "cancel": LineAction.CANCEL}
_WRITTEN = {action: name.upper() for name, action in _ACTIONS.items()}
_MAX_LINE = 20
_MAX_CODE = 80


def row_actions(rows: list[Cells]) -> list[LineAction]:
    """Return what each row of one order does; a row that doesn't say does what all others do.

    Rows of a new order add their lines. A row with an unknown action is refused.
    """
    words = [cells.choice("action", {name: name.upper() for name in _ACTIONS}) for cells in rows]
    said = {word for word in words if word is not None}
    other = said.pop() if len(said) == 1 else "NEW"
    if said:
        for cells, word in zip(rows, words, strict=True):
            if word is None and not cells.raw("action") and not cells.raw("parent_line"):
                cells.fail("action", "one of NEW, CHANGE, CANCEL is expected, as in other rows")
    return [_ACTIONS[(word or other).lower()] for word in words]


def read_change(
    header: PurchaseOrder | None, rows: list[Cells], actions: list[LineAction], *, is_torn: bool
) -> OrderChange | None:
    """Return the change that the rows of one order make, or None where nothing can be used."""
    if header is None:
        return None
    has_ship_via = any(cells.raw("ship_via") for cells in rows)
    change = OrderChange(
        number=header.number,
        ship_date=header.ship_date,
        delivery_date=header.delivery_date,
        buyer=header.buyer,
        vendor=header.vendor,
        ship_to=header.ship_to,
        carrier=header.carrier,
        ship_via=header.ship_via if has_ship_via else None,
        customer_po=header.customer_po,
        location=header.location,
        currency=header.currency,
        order_type=header.order_type,
        cargo_agency=header.cargo_agency,
        incoterm=header.incoterm,
        custom_fields=header.custom_fields,
    )
    if actions == [LineAction.CANCEL] and not any(
        rows[0].raw(name) for name in ("line", "boxes", "product_code")
    ):
        is_good = not is_torn and not rows[0].is_bad
        return change.model_copy(update={"is_cancellation": True}) if is_good else None
    changes = _changes(rows, actions, is_torn=is_torn)
    return change.model_copy(update={"changes": changes}) if changes else None


def _changes(
    rows: list[Cells], actions: list[LineAction], *, is_torn: bool
) -> tuple[LineChange, ...]:
    does = {cells.row.line: action for cells, action in zip(rows, actions, strict=True)}
    parents = [cells for cells in rows if not cells.raw("parent_line")]
    ended = [cells for cells in parents if does[cells.row.line] is LineAction.CANCEL]
    _refuse_shared(parents, ended)
    references = {cells.raw("line") for cells in ended}
    kept = [cells for cells in parents if does[cells.row.line] is not LineAction.CANCEL]
    for cells in rows:
        if cells.raw("parent_line") and cells.raw("parent_line") not in references:
            kept.append(cells)
            if does[cells.row.line] is LineAction.CANCEL:
                cells.fail("action", "no row for a content that the box has no more is expected")
    changed = {line for line, action in does.items() if action is LineAction.CHANGE}
    lines = order_lines(kept, is_torn=is_torn, changes=changed)
    owners: dict[str, Cells] = {}
    for cells in kept:
        if not cells.raw("parent_line") and not cells.is_bad:
            owners.setdefault(cells.raw("line"), cells)
    found = [(owners[line.reference], line) for line in lines]
    found += [(cells, line) for cells in ended if (line := _ended(cells)) is not None]
    found.sort(key=lambda each: each[0].row.line)
    return tuple(
        LineChange(
            does[cells.row.line],
            replace(line, line=at),
            says_quantity=bool(cells.raw("boxes")) and line.reference not in references,
        )
        for at, (cells, line) in enumerate(found, 1)
    )


def _refuse_shared(parents: list[Cells], ended: list[Cells]) -> None:
    """Refuse a line that one row cancels and another row names too."""
    rows = Counter(cells.raw("line") for cells in parents)
    shared = {cells.raw("line") for cells in ended if rows[cells.raw("line")] > 1}
    for cells in parents:
        if cells.raw("line") and cells.raw("line") in shared:
            cells.fail("line", "a line that no other row of the order changes is expected")


def _ended(cells: Cells) -> OrderLine | None:
    """Return a line that ends; what else its row says doesn't matter."""
    reference = cells.text("line", longest=_MAX_LINE, required=True)
    if reference is None or cells.is_bad:
        return None
    return OrderLine(
        line=0,
        reference=reference,
        quantity=Decimal(0),
        unit=UnitType.BOX.value,
        unit_type=UnitType.BOX,
        buyer_item=cells.raw("product_code")[:_MAX_CODE] or None,
    )


def write_order_change(change: OrderChange) -> bytes:
    """Return a change as CSV for a program, to be read back as it is; see `change_rows`."""
    return order_file(change_rows(change))


def change_rows(change: OrderChange) -> list[dict[str, Cell]]:
    """Return a change as rows by column.

    Raises ValueError for what the layout can't say: a test, a replacement of the whole order, a
    change of nothing, a line that isn't a whole number of boxes.
    """
    if change.is_test or change.is_replacement:
        kind = "a test" if change.is_test else "a replacement"
        raise ValueError(f"order {change.number}: {kind} can't be written to the order CSV")
    if not change.is_cancellation and not change.changes:
        raise ValueError(f"order {change.number}: a change without lines can't be written as CSV")
    header = header_cells(_as_order(change), "CANCEL")
    header["ship_via"] = change.ship_via.value if change.ship_via else None
    if change.is_cancellation:
        return [header]
    rows: list[dict[str, Cell]] = []
    for each in change.changes:
        of_row = header | {"action": _WRITTEN[each.action]}
        if each.action is LineAction.CANCEL:
            rows.append(of_row | {"line": each.line.reference})
            continue
        cells = line_cells(each.line)
        if each.action is LineAction.CHANGE:
            cells |= {} if each.says_quantity else {"boxes": None}
            cells |= {} if each.line.unit_price is not None else {"unit_type": None}
        rows.append(of_row | cells)
        rows.extend(of_row | content for content in content_cells(each.line))
    return rows


def _as_order(change: OrderChange) -> PurchaseOrder:
    return PurchaseOrder(
        number=change.number,
        ship_date=change.ship_date,
        delivery_date=change.delivery_date,
        buyer=change.buyer,
        vendor=change.vendor,
        ship_to=change.ship_to,
        customer_po=change.customer_po,
        location=change.location,
        carrier=change.carrier,
        ship_via=change.ship_via or ShipVia.WAREHOUSE,
        currency=change.currency,
        order_type=change.order_type,
        cargo_agency=change.cargo_agency,
        incoterm=change.incoterm,
        custom_fields=change.custom_fields,
        lines=(),
    )

"""Purchase orders as CSV, in and out: one row per line, header values repeated (domain 12.8).

Columns stand in any order under a header. A file may hold several orders, each its own document in
order of appearance. A bad row leaves its line out, named; an assorted box with one bad row is left
out whole (E-25); header values that contradict each other refuse the order. A row that belongs to
no order for sure is also reported in the orders before and behind it, which may lack it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from decimal import Decimal

from formats import values
from formats.documents import ReadDocument
from formats.findings import Where
from formats.limits import Limits
from formats.records import (
    OrderLine,
    Party,
    PurchaseOrder,
    Purpose,
    ShipVia,
    UnitType,
)
from formats.tabular.cells import Cells
from formats.tabular.dialect import Dialect
from formats.tabular.findings import FindingLog
from formats.tabular.order_lines import order_lines
from formats.tabular.order_rows import COLUMNS, Draft, collect
from formats.tabular.rows import Row, Table
from formats.tabular.write import Cell, written

_HEADER_COLUMNS = (*COLUMNS[2:18], "currency", "action")
_ACTIONS = {"new": Purpose.NEW, "change": Purpose.CHANGE, "cancel": Purpose.CANCEL}
_SHIP_VIA = {via.value: via for via in ShipVia}
_WRITTEN_ACTIONS = {purpose: name.upper() for name, purpose in _ACTIONS.items()}
_UNIT_SEPARATOR = "\x1f"


def read_purchase_orders(
    data: bytes, *, dialect: Dialect, limits: Limits
) -> Iterator[ReadDocument]:
    """Yield the purchase orders of a file; what concerns no order comes as a document without one.

    Warnings about the file as a whole stand in the first document. When the syntax is lost on the
    way no order is used, as any of them may be short.
    """
    notes = FindingLog()
    table = Table(data, dialect, limits, notes)
    stray = FindingLog()
    columns, drafts = collect(table, notes, stray)
    if columns is None or table.is_lost or not drafts:
        if not any(finding.is_error for finding in notes.findings()):
            notes.error("csv.empty", "The file has no order. Correct it and send it again.")
        notes.extend(stray.findings())
        yield ReadDocument(None, notes.findings(), digest=hashlib.sha256(data).hexdigest())
        return
    file_findings = tuple(finding for finding in notes.findings() if not finding.is_error)
    stray.extend(tuple(finding for finding in notes.findings() if finding.is_error))
    for draft in drafts:
        document = _document(draft, columns, dialect)
        yield ReadDocument(
            document.record,
            file_findings + document.findings,
            control=draft.number,
            digest=document.digest,
        )
        file_findings = ()
    if stray.findings():
        yield ReadDocument(None, stray.findings(), digest=hashlib.sha256(data).hexdigest())


def _document(draft: Draft, columns: dict[str, int], dialect: Dialect) -> ReadDocument:
    notes = FindingLog()
    rows = [Cells(r, columns, notes, decimal_comma=dialect.decimal_comma) for r in draft.rows]
    header = _header(draft, columns, rows, notes)
    for line in draft.torn_at:
        message = "This row can't be read and may be a line of the order, which may lack it. "
        message += "Correct the row and send the order again as a change."
        notes.error("csv.row", message, Where(row=line))
    lines = order_lines(
        rows,
        may_be_zero=header is not None and header.purpose is not Purpose.NEW,
        is_torn=bool(draft.torn_at),
    )
    record = None
    if header is not None and (lines or _is_whole_cancellation(rows, header)):
        record = header.model_copy(update={"lines": lines})
    elif header is not None:
        message = "No line of the order can be used. Correct the lines and send the order again."
        notes.error("csv.empty", message, rows[0].where("po_number"), draft.number)
    return ReadDocument(record, notes.findings(), digest=_digest(rows))


def _digest(rows: list[Cells]) -> str:
    """Hash the known cells in the order of the layout, so that moved columns change nothing."""
    digest = hashlib.sha256()
    for cells in rows:
        digest.update(_UNIT_SEPARATOR.join(cells.raw(name) for name in COLUMNS).encode())
        digest.update(b"\n")
    return digest.hexdigest()


def _header(
    draft: Draft, columns: dict[str, int], rows: list[Cells], notes: FindingLog
) -> PurchaseOrder | None:
    """Return the order without lines, or None if its header values can't be used."""
    merged, is_consistent = _merged(rows, columns, notes)
    cells = Cells(merged, columns, notes, decimal_comma=False)
    number = cells.text("po_number", longest=22, required=True)
    currency = cells.text("currency", longest=3)
    if currency is not None and not (len(currency) == 3 and currency.isalpha()):
        cells.fail("currency", "a currency of three letters such as USD is expected")
    order = PurchaseOrder(
        number=number or "-",
        purpose=cells.choice("action", _ACTIONS) or Purpose.NEW,
        ship_date=cells.day("ship_date"),
        delivery_date=cells.day("truck_date"),
        buyer=Party(code=cells.text("buyer_code", longest=80)),
        vendor=Party(code=cells.text("vendor_code", longest=80)),
        ship_to=_ship_to(cells),
        customer=_party(cells.text("customer_code", longest=80)),
        customer_po=cells.text("customer_po", longest=30),
        location=cells.text("location", longest=80),
        carrier=cells.text("carrier_code", longest=80),
        ship_via=cells.choice("ship_via", _SHIP_VIA) or ShipVia.WAREHOUSE,
        currency=None if currency is None else currency.upper(),
        lines=(),
    )
    return order if is_consistent and not cells.is_bad else None


def _merged(rows: list[Cells], columns: dict[str, int], notes: FindingLog) -> tuple[Row, bool]:
    """Return the header values of all rows as one row; two different values are an error."""
    first = rows[0].row
    cells = [first.cell(at) for at in range(max(columns.values()) + 1)]
    is_good = True
    for name in _HEADER_COLUMNS:
        at = columns.get(name)
        if at is None:
            continue
        for other in rows:
            given = other.raw(name)
            if given and not cells[at]:
                cells[at] = given
            elif given and values.normalised(given) != values.normalised(cells[at]):
                message = "The rows of one order differ here. Write the same value in all of them."
                notes.error(f"csv.{name}", message, other.where(name), given)
                is_good = False
                break
    return Row(first.line, cells), is_good


def _party(code: str | None) -> Party | None:
    return None if code is None else Party(code=code)


def _ship_to(cells: Cells) -> Party | None:
    party = Party(
        code=cells.text("ship_to_code", longest=80),
        name=cells.text("ship_to_name", longest=60),
        street=cells.text("ship_to_street", longest=110),
        city=cells.text("ship_to_city", longest=60),
        state=cells.text("ship_to_state", longest=30),
        postal_code=cells.text("ship_to_zip", longest=15),
        country=cells.text("ship_to_country", longest=30),
    )
    return None if party == Party() else party


def _is_whole_cancellation(rows: list[Cells], header: PurchaseOrder) -> bool:
    """One row that cancels and names no line cancels all of the order."""
    only = rows[0]
    return (
        header.purpose is Purpose.CANCEL
        and len(rows) == 1
        and not any(only.raw(name) for name in ("line", "boxes", "product_code"))
    )


def write_purchase_order(order: PurchaseOrder) -> bytes:
    """Return an order as CSV for a program, to be read back as it is.

    Raises ValueError for what the layout can't say: a test order, another purpose than new, change
    or cancel, a line that isn't a whole number of boxes.
    """
    action = _WRITTEN_ACTIONS.get(order.purpose)
    if order.is_test or action is None:
        kind = "a test order" if order.is_test else f"the purpose {order.purpose}"
        raise ValueError(f"order {order.number}: {kind} can't be written to the order CSV")
    header = _header_cells(order, action)
    rows: list[dict[str, Cell]] = []
    for line in order.lines:
        rows.append(header | _line_cells(line))
        rows.extend(header | cells for cells in _content_cells(line))
    if not rows:
        rows = [header]
    return written(COLUMNS, ([row.get(name) for name in COLUMNS] for row in rows))


def _header_cells(order: PurchaseOrder, action: str) -> dict[str, Cell]:
    to = order.ship_to or Party()
    return {
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


def _line_cells(line: OrderLine) -> dict[str, Cell]:
    unit = line.price_unit_type or line.unit_type
    return {
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


def _boxes(line: OrderLine) -> int:
    """Return the line's quantity in boxes (U-11)."""
    per_box = {
        UnitType.BOX: 1,
        UnitType.BUNCH: line.bunches_per_box,
        UnitType.STEM: (line.bunches_per_box or 0) * (line.stems_per_bunch or 0),
    }.get(line.unit_type or UnitType.BOX)
    boxes, rest = divmod(line.quantity, Decimal(per_box)) if per_box else (Decimal(0), Decimal(1))
    if rest:
        message = (
            f"line {line.reference}: {line.quantity} {line.unit} isn't a whole number of boxes"
        )
        raise ValueError(message)
    return int(boxes)


def _content_cells(line: OrderLine) -> Iterator[dict[str, Cell]]:
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

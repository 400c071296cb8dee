"""Rows of a delimited file by purchase order: what belongs to which, and what can't be told.

A row without an order number, with moved cells or with broken syntax belongs to no order for sure.
It's reported once on its own, and its place is noted in the orders before and behind it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from formats.findings import Where
from formats.tabular.cells import column_key, match_columns
from formats.tabular.findings import FindingLog
from formats.tabular.rows import Row
from formats.tabular.source import RowStream

COLUMNS = (
    "po_number", "line", "buyer_code", "vendor_code", "location", "ship_date", "truck_date",
    "ship_via", "carrier_code", "customer_code", "ship_to_code", "ship_to_name", "ship_to_street",
    "ship_to_city", "ship_to_state", "ship_to_zip", "ship_to_country", "customer_po",
    "product_code", "product_description", "boxes", "box_type", "unit_type", "bunches",
    "stems_bunch", "unit_cost", "currency", "mark_code", "upc", "parent_line", "action",
)  # fmt: skip
CART_COLUMN = "cart_status"
PREBOOK_COLUMN = "prebook"
"""Says yes where the rows are a prebook, which orders nothing by itself (domain 8.3)."""
BILL_TO_COLUMN = "bill_to_code"
"""Who pays, where that isn't the buyer (domain P-03)."""
ACCOUNT_COLUMN = "carrier_account"
"""Who pays the carrier, by its number there, where anybody says (domain E-08)."""
PREBOOK_ITEM_COLUMN = "prebook_item_id"
"""Our id of the line of a prebook that a line is made of, or that a line of it has (8.3)."""
TERM_COLUMNS = ("order_type", "incoterm", "cargo_agency")
"""Words of an order that no rule of the trade needs (domain 9.1)."""
OWN_FIELDS_COLUMN = "custom_fields"
"""Fields of the sender's own, as `DEPT=Fresh; BUYER=J. Smith`."""
BRAND_COLUMN = "brand"
READ_COLUMNS = (
    *COLUMNS,
    *(CART_COLUMN, PREBOOK_COLUMN, BILL_TO_COLUMN, ACCOUNT_COLUMN, PREBOOK_ITEM_COLUMN),
    *(*TERM_COLUMNS, OWN_FIELDS_COLUMN, BRAND_COLUMN),
)
ORDER_NAMES: Mapping[str, str] = {column_key(name): name for name in READ_COLUMNS} | {
    "status": CART_COLUMN,
    "checkoutstatus": CART_COLUMN,
}
REQUIRED = ("po_number", "line", "boxes")
KEYS = {"order": "po_number", "invoice": "invoice_number"}
"""Column that says whose row it is."""


@dataclass(slots=True)
class Draft:
    """The rows of one order, as they come."""

    number: str
    rows: list[Row] = field(default_factory=list)
    torn_at: list[int] = field(default_factory=list)
    """Lines beside its rows that couldn't be read and may have been its own."""


def collect(
    table: RowStream,
    notes: FindingLog,
    stray: FindingLog,
    *,
    names: Mapping[str, str] = ORDER_NAMES,
    required: Iterable[str] = REQUIRED,
    thing: str = "order",
) -> tuple[dict[str, int] | None, list[Draft]]:
    """Return the columns of the header and the rows by order number, in order of appearance.

    `names` are the columns of the layout by key; `po_number` is one that is `required`. Rows of
    another `thing` go by its own number, as those of an invoice by `invoice_number`.
    """
    key = KEYS[thing]
    columns: dict[str, int] | None = None
    drafts: dict[str, Draft] = {}
    before: Draft | None = None
    torn_at: list[int] = []
    width = 0
    for row in table:
        if columns is None:
            columns = match_columns(row, names, notes, required=required)
            if columns is None:
                return None, []
            width = len(row.cells)
            continue
        number = _number(row, columns, width, stray, thing=thing, key=key)
        if number is None:
            torn_at.append(row.line)
            continue
        draft = drafts.setdefault(number, Draft(number))
        draft.rows.append(row)
        before = _mark_torn(before, draft, torn_at, table)
    _mark_torn(before, None, torn_at, table)
    return columns, list(drafts.values())


def _mark_torn(
    before: Draft | None, after: Draft | None, torn_at: list[int], table: RowStream
) -> Draft | None:
    """Tell the orders on both sides of unreadable rows about them; return the later order."""
    for draft in (before,) if before is after else (before, after):
        if draft is not None:
            draft.torn_at.extend(sorted(torn_at + table.left_out))
    torn_at.clear()
    table.left_out.clear()
    return after


def _number(
    row: Row, columns: dict[str, int], width: int, stray: FindingLog, *, thing: str, key: str
) -> str | None:
    where = Where(row=row.line, column=key)
    number = row.cell(columns[key])
    if any(row.cells[width:]):  # Cells may have moved, so the number can't be told.
        message = f"The row has more than the {width} columns of the header. Quote its cells."
        stray.error("csv.columns", message, where)
        return None
    if not number:
        message = f"The row has no {thing} number, so it belongs to no {thing}. Add the number."
        stray.error(f"csv.{key}", message, where)
        return None
    return number

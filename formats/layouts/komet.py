"""The workbooks that users of Komet know, as layouts: inventory in boxes, and standalone orders.

The columns of the inventory are published (domain 12.2); those of standalone orders are not, and
stand here as its help names what is in them (12.3), all of them optional but what an order needs.
They are read as CSV too. Box code changes, open invoices and availability are kinds of our own CSV
under the same names (12.1, 12.4, 12.8).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from formats.layouts.layout import DeclaredLayout, Form, LayoutColumn
from formats.limits import Limits
from formats.tabular.cells import column_key
from formats.tabular.dialect import Dialect
from formats.tabular.findings import FindingLog
from formats.tabular.kinds import Kind
from formats.tabular.rows import Row, Table
from formats.xlsx.workbook import HEADER_ROWS, Sheet

_HEAD_BYTES = 64 * 1024
_ORDERS_ONLY = frozenset(
    {
        *("ponumber", "customercode", "customerpo", "locationcode", "lineno", "parentlineno"),
        *("markcode", "boxcode", "lot", "notes"),
    }
)


def _column(name: str, *titles: str) -> LayoutColumn:
    return LayoutColumn(name, titles, is_optional=True)


_GOODS = (
    _column("product_description", "Product Description"),
    _column("product_code", "Product Code"),
)
_PACK = (
    _column("box_type", "Box Type"),
    _column("bunches", "Bunches/Box"),
    _column("stems_bunch", "Stems/Bunch"),
    _column("unit_cost", "Unit Cost"),
)

BOX_INVENTORY = DeclaredLayout(
    "komet-box-inventory",
    Kind.AVAILABILITY,
    form=Form.XLSX,
    columns=(
        _column("vendor_id", "Vendor Code"),
        _column("", "AWB"),
        _column("available_from", "Ship Date"),
        *_GOODS,
        LayoutColumn("quantity", ("Boxes",)),
        LayoutColumn("unit_type", constant="Box"),
        _column("cost_unit", "Unit Type"),
        *_PACK,
    ),
)
STANDALONE_ORDER = DeclaredLayout(
    "komet-standalone-order",
    Kind.ORDER,
    form=Form.XLSX,
    columns=(
        _column("vendor_code", "Vendor Code"),
        _column("location", "Location Code"),
        _column("po_number", "PO Number"),
        _column("ship_date", "Ship Date"),
        _column("customer_code", "Customer Code"),
        _column("customer_po", "Customer PO"),
        *_GOODS,
        LayoutColumn("boxes", ("Boxes",)),
        _column("unit_type", "Unit Type"),
        *_PACK,
        _column("mark_code", "Mark Code"),
        # Goods are shipped, and boxes named, by the steps after an order; here nothing reads these.
        *(_column("", title) for title in ("AWB", "House AWB", "Box Code", "Lot")),
        _column("line", "Line No"),
        _column("parent_line", "Parent Line No"),
        _column("", "Notes"),
    ),
)
KOMET_LAYOUTS: Mapping[str, DeclaredLayout] = MappingProxyType(
    {layout.name: layout for layout in (BOX_INVENTORY, STANDALONE_ORDER)}
)


def komet_layout(content: bytes | Sheet, *, is_vendor: bool) -> DeclaredLayout | None:
    """Return the layout that a file's header is that of; None where it's neither.

    The columns of the inventory can be those of an order too: then a vendor's file is inventory.
    """
    if isinstance(content, Sheet):
        rows = content.head()
    else:
        table = Table(content[:_HEAD_BYTES], Dialect(), Limits(), FindingLog())
        rows = [row for _, row in zip(range(HEADER_ROWS), table, strict=False)]
    header = next((keys for row in rows if _is_header(keys := _keys(row))), None)
    if header is None:
        return None
    return BOX_INVENTORY if is_vendor and not header & _ORDERS_ONLY else STANDALONE_ORDER


def _keys(row: Row) -> frozenset[str]:
    return frozenset(column_key(cell) for cell in row.cells)


def _is_header(keys: frozenset[str]) -> bool:
    has_product = "productdescription" in keys or "productcode" in keys
    return {"boxes", "bunchesbox"} <= keys and has_product

"""Which columns mean which document: one table, and the kind of a delimited file by its header.

Names are compared without case, blanks and punctuation, columns stand in any order, and nothing but
the header row is looked at. A file without a header is a vendor's availability or nothing known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from formats.identify import HEAD_BYTES, decoded
from formats.limits import DEFAULT_LIMITS
from formats.packing import piece as packing
from formats.tabular.cells import column_key
from formats.tabular.dialect import Dialect
from formats.tabular.findings import FindingLog
from formats.tabular.order_rows import ORDER_NAMES
from formats.tabular.rows import Row
from formats.tabular.source import Content, open_table


class Kind(StrEnum):
    """What a delimited file can be."""

    AVAILABILITY = "availability"
    ORDER = "order"
    CONFIRMATION = "confirmation"
    APPROVAL = "approval"
    SHIPMENT = "shipment"
    BOX_CODE_CHANGE = "box-code-change"
    AIR_WAYBILL = "air-waybill"
    WAYBILL_CHARGES = "waybill-charges"
    RECEIVING = "receiving"
    MANIFEST_ANSWER = "manifest-answer"
    PACKING_LIST = "packing-list"
    INVOICE = "invoice"
    OPEN_INVOICES = "open-invoices"
    INVOICE_ANSWER = "invoice-answer"


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of one kind of step file.

    `tells` are sets of columns of which any one, all present, makes the kind, unless a column of
    `unless` is there too. `one_of` are columns of which at least one is needed besides `required`.
    """

    kind: Kind
    columns: tuple[str, ...]
    required: tuple[str, ...]
    tells: tuple[frozenset[str], ...]
    spellings: Mapping[str, str]
    """Every other name of a column, as `column_key` gives it."""
    unless: frozenset[str] = frozenset()
    one_of: tuple[str, ...] = ()
    names: Mapping[str, str] = field(init=False)
    """Column by key, own names and other spellings."""

    def __post_init__(self) -> None:
        own = {column_key(column): column for column in self.columns}
        object.__setattr__(self, "names", own | dict(self.spellings))

    def is_told_by(self, keys: frozenset[str]) -> bool:
        """Tell whether a header of these column keys means this kind."""
        columns = {self.names[key] for key in keys if key in self.names}
        return not keys & self.unless and any(tell <= columns for tell in self.tells)


def _sets(*tells: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(tell.split()) for tell in tells)


_ORDER_NUMBER = {
    key: "po_number"
    for key in ("po", "pono", "ponum", "order", "orderno", "ordernumber", "purchaseorder",
                "purchaseordernumber")
}  # fmt: skip
_LINE = {"lineno": "line", "linenumber": "line", "poline": "line"}
_INVOICE = {key: "invoice_number" for key in ("invoice", "invoiceno", "invoicenum", "inv", "invno")}
_BOX_CODE = {"box": "box_code", "boxid": "box_code", "barcode": "box_code"}
INVOICE_COLUMNS = (
    "invoice_number", "invoice_type", "purpose", "refers_to", "invoice_date", "due_date", "terms",
    "net_days", "discount_percent", "discount_date", "discount_days", "vendor_code", "buyer_code",
    "location", "currency", "total", "customer_po", "order_date",
    *(f"{whose}_{part}" for whose in ("ship_to", "bill_to", "remit_to")
      for part in ("code", "name", "street", "city", "state", "zip", "country")),
    "ship_via", "carrier_code", "ship_date", "delivery_date", "awb", "house_awb", "comments",
    "row", "line", "po_number", "po_line", "po_item_id", "vendor_item", "buyer_item", "upc",
    "description", "quantity", "unit", "unit_price", "price_unit", "price_basis", "box_type",
    "bunches", "stems_bunch", "box_codes", "amount", "code", "rate", "base",
)  # fmt: skip
"""Rows of one invoice say its header each; `row` is line, charge, allowance or tax."""
_WAYBILL = {
    "airwaybill": "awb", "awbnumber": "awb", "mawb": "awb",
    "hawb": "house_awb", "houseairwaybill": "house_awb",
    "shippingdate": "ship_date", "arrival": "arrival_date",
}  # fmt: skip

LAYOUTS: tuple[Layout, ...] = (
    # The first that fits holds: those that have columns of their own come before the broad ones.
    Layout(
        Kind.PACKING_LIST,
        packing.COLUMNS,
        ("unit_id", "awb", "product"),
        _sets("unit_id awb", "unit_id po"),
        packing.NAMES,
    ),
    Layout(
        Kind.BOX_CODE_CHANGE,
        ("current_box_code", "new_box_code", "external_code"),
        ("current_box_code",),
        _sets("current_box_code", "new_box_code"),
        {
            "currentcode": "current_box_code",
            "oldcode": "current_box_code", "oldboxcode": "current_box_code",
            "newcode": "new_box_code",
            "externalboxcode": "external_code",
        },
        one_of=("new_box_code", "external_code"),
    ),
    Layout(
        Kind.WAYBILL_CHARGES,
        ("awb", "house_awb", "ship_date", "charge", "amount", "currency", "basis", "reference",
         "decision", "by", "reason", "completed"),
        ("awb",),
        _sets("awb charge", "awb completed"),
        _WAYBILL | {
            "chargetype": "charge", "cost": "amount", "invoice": "reference",
            "invoicenumber": "reference", "allocatedby": "basis", "status": "decision",
            "approvedby": "by", "user": "by", "comment": "reason", "process": "completed",
        },
        one_of=("charge", "completed"),
    ),
    Layout(
        Kind.OPEN_INVOICES,
        ("invoice_number", "customer_code", "invoice_date", "invoice_balance", "customer_po",
         "location_code", "currency"),
        ("invoice_number", "customer_code", "invoice_date", "invoice_balance"),
        _sets("invoice_number invoice_balance", "invoice_number customer_code invoice_date"),
        _INVOICE | {"balance": "invoice_balance", "customer": "customer_code",
                    "location": "location_code"},
        unless=frozenset({"total", "quantity"}),
    ),
    Layout(
        Kind.INVOICE,
        INVOICE_COLUMNS,
        ("invoice_number", "invoice_date", "total"),
        _sets("invoice_number invoice_date total", "invoice_number quantity total",
              "invoice_number invoice_date quantity"),
        _INVOICE | _ORDER_NUMBER | _WAYBILL | {
            "type": "invoice_type", "date": "invoice_date", "invoicetotal": "total",
            "totalamount": "total", "orderline": "po_line", "linenumber": "line",
            "poitem": "po_item_id", "price": "unit_price", "unitcost": "unit_price",
            "boxcode": "box_codes", "productcode": "vendor_item", "taxrate": "rate",
        },
    ),
    Layout(
        Kind.INVOICE_ANSWER,
        ("invoice_number", "vendor_code", "decision", "by", "reason", "total"),
        ("invoice_number", "decision"),
        _sets("invoice_number decision"),
        _INVOICE | {
            "status": "decision", "state": "decision", "approvedby": "by", "user": "by",
            "comment": "reason", "message": "reason", "error": "reason", "vendor": "vendor_code",
        },
    ),
    Layout(
        Kind.APPROVAL,
        ("po_number", "decision", "by", "reason", "vendor_code"),
        ("po_number", "decision"),
        _sets("decision po_number", "decision by"),
        _ORDER_NUMBER | {
            "approval": "decision", "approvedby": "by", "decidedby": "by", "user": "by",
            "comment": "reason", "comments": "reason", "message": "reason",
            "vendor": "vendor_code",
        },
    ),
    Layout(
        Kind.MANIFEST_ANSWER,
        ("batch_id", "box_code", "status", "message"),
        ("batch_id", "box_code", "status"),
        _sets("batch_id box_code status"),
        _BOX_CODE | {
            "batch": "batch_id", "batchnumber": "batch_id", "result": "status",
            "comment": "message", "reason": "message",
        },
    ),
    Layout(
        Kind.RECEIVING,
        ("box_code", "scanned_at", "rack", "location", "arrival_date", "sold_on"),
        ("box_code",),
        _sets("box_code scanned_at", "box_code rack", "box_code location", "box_code arrival_date",
              "box_code sold_on"),
        _BOX_CODE | {
            "scanned": "scanned_at", "scantime": "scanned_at", "receivedat": "scanned_at",
            "rackposition": "rack", "position": "rack", "warehouse": "location",
            "locationcode": "location", "arrival": "arrival_date",
        },
        unless=frozenset({"awb", "ponumber"}),
    ),
    Layout(
        Kind.SHIPMENT,
        ("po_number", "line", "po_item_id", "awb", "house_awb", "ship_date", "box_code", "boxes",
         "lot_number", "box_type"),
        ("po_number", "awb"),
        _sets("box_code awb", "box_code po_number", "po_item_id awb", "po_number line awb",
              "lot_number awb", "po_number awb boxes"),
        _ORDER_NUMBER | _LINE | _BOX_CODE | _WAYBILL | {
            "poitem": "po_item_id", "lot": "lot_number", "boxcount": "boxes", "quantity": "boxes",
        },
        one_of=("box_code", "boxes"),
    ),
    Layout(
        Kind.AIR_WAYBILL,
        ("po_number", "temporary_awb", "awb", "house_awb", "ship_date", "arrival_date"),
        ("awb",),
        _sets("temporary_awb", "awb po_number", "awb arrival_date"),
        _ORDER_NUMBER | _WAYBILL | {
            "tempawb": "temporary_awb", "tmpawb": "temporary_awb",
            "temporaryairwaybill": "temporary_awb",
        },
        one_of=("temporary_awb", "po_number"),
    ),
    Layout(
        Kind.CONFIRMATION,
        ("po_number", "line", "status", "confirmed_boxes", "confirmed_cost", "ship_date",
         "reason_code", "message", "po_item_id", "vendor_code", "buyer_code"),
        ("po_number", "status"),
        _sets("po_number status", "line status", "po_number confirmed_boxes",
              "po_number confirmed_cost", "status confirmed_boxes"),
        _ORDER_NUMBER | _LINE | {
            "answer": "status", "linestatus": "status", "confirmedquantity": "confirmed_boxes",
            "boxesconfirmed": "confirmed_boxes", "confirmedprice": "confirmed_cost",
            "shippingdate": "ship_date", "reason": "reason_code", "comment": "message",
            "comments": "message", "poitem": "po_item_id", "vendor": "vendor_code",
            "buyer": "buyer_code", "customercode": "buyer_code",
        },
        # An order has a product in every line, a change has an action, and a cart has a status too.
        unless=frozenset(
            {"productcode", "productdescription", "upc", "action", "cartstatus", "boxes"}
        ),
    ),
)  # fmt: skip

_AVAILABILITY_TELLS = _sets(
    "productdescription quantityunits", "vendorid productdescription", "vendorid quantityunits",
    "availablefrom quantityunits", "description quantity", "product quantity",
)  # fmt: skip


def layout_of(kind: Kind) -> Layout | None:
    """Return the layout of a step file; None for availability and orders, which aren't steps."""
    return next((layout for layout in LAYOUTS if layout.kind is kind), None)


def kind_of(data: Content, dialect: Dialect) -> Kind | None:
    """Return what a delimited file is, or None where its first row doesn't tell.

    The beginning of a file (64 KiB) is enough. Where it is None the caller knows best what its
    partner sends, and the reader of that kind then says what is wrong with the header.
    """
    if isinstance(data, bytes):
        text = decoded(data[:HEAD_BYTES]).replace("\0", "")
        data = text.encode(errors="replace")
    known = Dialect(delimiter=dialect.delimiter)
    first = next(iter(open_table(data, known, DEFAULT_LIMITS, FindingLog())), None)
    return None if first is None else kind_of_row(first)


def kind_of_row(first: Row) -> Kind | None:
    """Return what a table with this first row is, or None where the row doesn't tell."""
    if first.cell(0).isdecimal():
        return Kind.AVAILABILITY
    keys = frozenset(column_key(cell) for cell in first.cells)
    for layout in LAYOUTS:
        if layout.is_told_by(keys):
            return layout.kind
    if "ponumber" in keys or len(keys & ORDER_NAMES.keys()) > len(ORDER_NAMES) // 2:
        return Kind.ORDER
    if any(tell <= keys for tell in _AVAILABILITY_TELLS):
        return Kind.AVAILABILITY
    return None

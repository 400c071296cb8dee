"""Every column of the tables that are read, and what becomes of it: `docs/segments/columns.md`.

Columns come from the tables that the readers themselves go by; the words stand here. A column
without words, and words without a column, are errors of a test.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from formats.packing import json_list, xml_list
from formats.tabular import availability
from formats.tabular.kinds import LAYOUTS, Kind
from formats.tabular.order_rows import ORDER_NAMES, READ_COLUMNS, REQUIRED

TITLE = "Columns of CSV files and workbooks"


@dataclass(frozen=True, slots=True)
class Table:
    """The columns of one kind; `names` has every other name of a column by `column_key`."""

    kind: Kind
    columns: tuple[str, ...]
    needed: frozenset[str]
    names: Mapping[str, str]
    one_of: tuple[str, ...] = ()

    def others(self, column: str) -> Iterator[str]:
        """Yield the other names of a column."""
        plain = column.replace("_", "").lower()
        for key, named in self.names.items():
            if named == column and key != plain:
                yield key


def tables() -> Iterator[Table]:
    """Yield the columns of every kind of table that is read."""
    spellings = availability.SPELLINGS
    columns = tuple(dict.fromkeys(spellings.values()))
    needed = availability.TERMS.required | {"unitCost"}
    yield Table(Kind.AVAILABILITY, columns, frozenset(needed), spellings)
    yield Table(Kind.ORDER, READ_COLUMNS, frozenset(REQUIRED), ORDER_NAMES)
    for each in LAYOUTS:
        needed = frozenset(each.required)
        yield Table(each.kind, each.columns, needed, each.names, each.one_of)


def said(kind: Kind, column: str) -> str | None:
    """Return what becomes of a column, None where nobody said it."""
    return WORDS.get(f"{kind.value} {column}") or WORDS.get(column)


def page() -> str:
    """Return the text of the page."""
    return _HEAD + "".join(_section(each) for each in tables())


def _section(table: Table) -> str:
    text = f"\n## {table.kind.value}\n\n| column | other names | what becomes of it |\n"
    text += "| --- | --- | --- |\n"
    for column in table.columns:
        others = ", ".join(f"`{each}`" for each in table.others(column))
        need = ", needed" if column in table.needed else ""
        words = said(table.kind, column) or ""
        text += f"| `{column}`{need} | {others} | {words} |\n"
    if table.one_of:
        text += f"\nOne of {', '.join(f'`{each}`' for each in table.one_of)} is needed.\n"
    return text + (_packing() if table.kind is Kind.PACKING_LIST else "")


def _packing() -> str:
    """Return what is to be said of packing lists that are no tables."""
    unused = sorted(xml_list.UNUSED | json_list.UNUSED)
    return _PACKING.format(", ".join(f"`{each}`" for each in unused))


_PACKING = """
XML and JSON have the same names, in any case and with or without `_`, as elements of `masterAwb`,
`house` and `box`, and as fields of a box. Known and not used are: {}. In JSON `tipoEnvio` is a
warning where it isn't `OPERACION`.
"""


_HEAD = f"""\
# {TITLE}

Names are compared without case, blanks and punctuation (`PO Number` is `po_number`), and columns
stand in any order. What kind a table is shows in its header. Any other column is a warning. Made by
`make docs` from the tables that the readers go by; [formats](../formats.md) has examples.
"""

WORDS: Mapping[str, str] = {
    "amount": "what it comes to, before charges and taxes; never below 0",
    "arrival_date": "day on which the goods arrive, or arrived",
    "awb": "air waybill; a wrong check digit is a warning, four digits are enough for a known one",
    "base": "amount that is taxed",
    "batch_id": "manifest that is answered",
    "bill_to_code": "who pays, where that isn't the buyer",
    "box_code": "code of the box",
    "box_codes": "codes of the boxes, with a bar between them",
    "box_type": "box type, as the partner calls it",
    "boxes": "number of boxes",
    "brand": "brand, as the partner calls it",
    "bunches": "bunches in a box",
    "buyer_code": "buyer, as the partner calls it",
    "buyer_item": "product, as the buyer calls it",
    "by": "who decided",
    "cargo_agency": "who takes the goods in for their flight, as the partner calls it",
    "carrier_account": "who pays the carrier, by its number there",
    "carrier_code": "carrier, as the partner calls it",
    "code": "what a charge, an allowance or a tax is for",
    "comments": "remarks",
    "currency": "currency of the money",
    "custom_fields": "fields of the sender's own, as `DEPT=Fresh; BUYER=J. Smith`",
    "customer_code": "customer, as the partner calls it",
    "customer_po": "order of the buyer's own customer",
    "decision": "what was decided",
    "delivery_date": "day of the delivery",
    "description": "text of the goods",
    "discount_date": "last day of the discount",
    "discount_days": "days of the discount",
    "discount_percent": "discount for paying early",
    "due_date": "day on which it is due",
    "house_awb": "house air waybill",
    "incoterm": "terms of delivery, as `FOB`",
    "invoice_balance": "what is open of it",
    "invoice_date": "date of the invoice",
    "invoice_number": "number of the invoice",
    "invoice_type": "invoice, credit or debit",
    "line": "line of the order",
    "location": "place, as the partner calls it",
    "location_code": "place, as the partner calls it",
    "lot_number": "lot; 1000 to 99999 are ours",
    "mark_code": "mark code",
    "message": "words for a person",
    "net_days": "days until it is due",
    "order_date": "date of the order",
    "order_type": "type of the order, as the partner calls it",
    "parent_line": "line of an assorted box that the row is a content of",
    "po_item_id": "our id of the order line, in place of its number and line",
    "po_line": "line of the order that it is about",
    "po_number": "number of the order",
    "prebook_item_id": "line of our prebook that a line is made of, by our id",
    "price_basis": "how many of the unit the price is for",
    "price_unit": "what the price is per, where that isn't the unit",
    "product_code": "product, as the partner calls it",
    "product_description": "text of the goods",
    "purpose": "new, replaces or takes back",
    "quantity": "quantity in `unit`",
    "rack": "where the box was put",
    "rate": "rate of a tax in per cent",
    "reason": "reason in words",
    "reason_code": "code of the reason",
    "refers_to": "invoice that a credit or a debit is about",
    "row": "what the row is: line, charge, allowance or tax",
    "scanned_at": "when the box was scanned; without a zone in that of the partner",
    "ship_date": "day on which the goods ship, or shipped",
    "ship_via": "Grower ships straight to the customer, any other through a warehouse",
    "status": "accepted, changed, backordered, rejected or held",
    "stems_bunch": "stems in a bunch",
    "terms": "terms in words",
    "total": "total of the invoice",
    "truck_date": "day on which the truck delivers",
    "unit": "unit of the quantity",
    "unit_cost": "cost per unit",
    "unit_price": "price per `price_unit`, else per `unit`",
    "unit_type": "unit that the cost is per",
    "upc": "GTIN",
    "vendor_code": "vendor, as the partner calls it",
    "vendor_item": "product, as the vendor calls it",
    **{
        f"{whose}_{part}": f"{part if part != 'zip' else 'postal code'} of who {does}"
        for whose, does in (
            ("ship_to", "gets the goods"),
            ("bill_to", "pays"),
            ("remit_to", "is paid"),
        )
        for part in ("code", "name", "street", "city", "state", "zip", "country")
        if (whose, part) != ("bill_to", "code")
    },
    "invoice bill_to_code": "code of who pays",
    "availability availableFrom": "first day of the offer",
    "availability category": "category, as the partner calls it",
    "availability color": "colour, as the partner calls it",
    "availability availableTo": "last day of the offer",
    "availability cutDate": "when the goods were cut",
    "availability location": "the vendor's location; a lot of its own",
    "availability grade": "grade or length, as the partner calls it",
    "availability postHarvest": "how the goods were treated; a lot of its own",
    "availability productDescription": "product, as the partner calls it",
    "availability quantityUnits": "quantity in all, sold or not",
    "availability stemsBunch": "stems in a bunch",
    "availability tag": "word for a lot of its own",
    "availability unitCost": "cost per unit; empty isn't 0",
    "availability unitType": "Stem or Bunch",
    "availability variety": "variety, as the partner calls it",
    "availability vendorId": "vendor, as the partner calls it",
    "order action": "NEW adds a line, CHANGE changes one, CANCEL ends it",
    "order boxes": "number of boxes; of a change the whole new number",
    "order cart_status": "draft or checked-out: the order is a cart",
    "order line": "line number of the buyer",
    "order prebook": "yes: a prebook, which orders nothing by itself",
    "packing-list barcode_account": "read past",
    "packing-list client": "for whom, where no name of the customer is sent",
    "packing-list consignee": "read past",
    "packing-list farm": "read past",
    "packing-list farm_name": "read past",
    "packing-list final_client": "for whom the box is",
    "packing-list height": "size of the box",
    "packing-list length": "size of the box",
    "packing-list measure": "unit of the size: CM or nothing, INCH",
    "packing-list pieces": "boxes of a house air waybill; more or fewer of them are a warning",
    "packing-list po": "number of the order; a box without it is left out and named",
    "packing-list product": "product, as the partner calls it",
    "packing-list shipper": "read past",
    "packing-list unit_id": "code of the box",
    "packing-list units": "units in the box, where bunches and stems in a bunch explain them",
    "packing-list weight_kg": "read past",
    "packing-list width": "size of the box",
    "box-code-change current_box_code": "code that the box has",
    "receiving sold_on": "when its buyer sold the box on",
    "box-code-change external_code": "second code, that scans as its own does (L-09)",
    "box-code-change new_box_code": "code that it gets",
    "waybill-charges basis": "how it is shared: FBE, box, cube, kg or value",
    "waybill-charges charge": "freight, handling, duties or another charge",
    "waybill-charges completed": "yes: all charges of the air waybill have come",
    "waybill-charges decision": "approve, sent, synchronized, failed or void",
    "waybill-charges reference": "number of whose invoice it is",
    "invoice line": "line number of the invoice",
    "invoice-answer decision": "approve, sent, synchronized or failed",
    "approval decision": "approve or cancel",
    "manifest-answer status": "whether the box was taken",
    "shipment boxes": "number of boxes without codes; 0 for a further product in a box",
    "air-waybill temporary_awb": "temporary air waybill that gets this one",
    "confirmation confirmed_boxes": "number of boxes that come",
    "confirmation confirmed_cost": "cost that holds",
    "confirmation line": "line of the order; a row without one answers all of it",
}
"""By column, or by kind and column where it means something else there."""

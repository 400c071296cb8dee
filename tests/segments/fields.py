"""Every field of the JSON that is read, and what becomes of it: `docs/segments/fields.md`.

Fields, and which are needed, come from the models that the readers check them by; the words stand
here and in `columns`, where a column means the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import NoneType

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from formats import invoices_contract, steps_contract
from formats.axerrio import contract, step_contract
from formats.komet import contract as interface
from tests.segments import columns

TITLE = "Fields of JSON files"
MODELS: Sequence[tuple[str, Sequence[tuple[str, type[BaseModel]]]]] = (
    (
        "floral.order/1",
        (
            ("the message", contract.Envelope),
            ("`order` of `new`", contract.Header),
            ("`order` of `prebook`", contract.PrebookHeader),
            ("`order` of `change` and `cancel`", step_contract.ChangeHeader),
            ("`order` of `awb`", step_contract.ShipHeader),
            ("`order` of `boxcode`", step_contract.BoxHeader),
            ("a line of `new`", contract.Line),
            ("a line of `prebook`", contract.PrebookLine),
            ("a line of `change`", step_contract.ChangedLine),
            ("a line of `awb`", step_contract.ShippedLine),
            ("`boxes` of `boxcode`", step_contract.BoxSwap),
            ("`breakdown` of a line: what an assorted box holds", contract.Breakdown),
            ("`customer`", contract.Customer),
            ("`vendor`", contract.VendorCode),
            ("`vbn`", contract.Vbn),
        ),
    ),
    (
        "k2k.steps/1",
        (
            ("`confirmation`", steps_contract.ConfirmationHead),
            ("its `lines`", steps_contract.ConfirmedPart),
            ("`approval`", steps_contract.ApprovalHead),
            ("its `verdicts`", steps_contract.VerdictPart),
            ("`shipment`", steps_contract.ShipmentHead),
            ("its `boxes`", steps_contract.BoxPart),
            ("`box-code-change`", steps_contract.BoxCodeHead),
            ("its `swaps`", steps_contract.SwapPart),
            ("`air-waybill`", steps_contract.AirWaybillHead),
            ("its `waybills`", steps_contract.WaybillPart),
            ("`receiving`", steps_contract.ReceivingHead),
            ("its `scans`", steps_contract.ScanPart),
            ("`order-change`", steps_contract.ChangeHead),
            ("its `changes`", steps_contract.ChangePart),
            ("`contents` of a change: what an assorted box holds", steps_contract.ContentPart),
            ("`invoice`", invoices_contract.InvoicePart),
            ("its `lines`", invoices_contract.InvoiceLinePart),
            ("`adjustments`", invoices_contract.AdjustmentPart),
            ("`taxes`", invoices_contract.TaxPart),
            ("`terms`", invoices_contract.TermsPart),
            ("`invoice-answer`", invoices_contract.InvoiceAnswerHead),
            ("its `verdicts`", invoices_contract.InvoiceVerdictPart),
            ("a party", steps_contract.PartyPart),
        ),
    ),
    (
        "the shapes of the public interface",
        (
            ("an order", interface.OrderBody),
            ("a prebook", interface.PrebookBody),
            ("their items", interface.Item),
            ("`breakdowns` of an item", interface.Breakdown),
            ("`inventoryItems`", interface.StockItem),
            ("a shipment", interface.ShippedBody),
            ("`poItems`", interface.ShippedItem),
            ("`boxes`", interface.Swap),
            ("an item that is deleted", interface.DeletedItem),
        ),
    ),
)


def fields() -> Iterator[tuple[type[BaseModel], str, FieldInfo]]:
    """Yield every field of every model that is shown, with its name in Python."""
    for _, models in MODELS:
        for _, model in models:
            for name, field in model.model_fields.items():
                yield model, name, field


def said(model: type[BaseModel], name: str, field: FieldInfo) -> str | None:
    """Return what becomes of a field, None where nobody said it."""
    if field.annotation is NoneType:
        return "known, and not used"
    return WORDS.get(f"{model.__name__}.{name}") or WORDS.get(name) or columns.WORDS.get(name)


def page() -> str:
    """Return the text of the page."""
    text = _HEAD
    for title, models in MODELS:
        text += f"\n## {title}\n"
        for part, model in models:
            text += (
                f"\n{part[0].upper()}{part[1:]}:\n\n| field | what becomes of it |\n| --- | --- |\n"
            )
            text += "".join(_rows(model))
    return text


def _rows(model: type[BaseModel]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        need = ", needed" if field.is_required() else ""
        yield f"| `{field.alias or name}`{need} | {said(model, name, field) or ''} |\n"


_HEAD = f"""\
# {TITLE}

Any other field is a warning that names the nearest known one. Made by `make docs` from the models
that the readers check fields by; [formats](../formats.md) has examples.
"""

WORDS: Mapping[str, str] = {
    "action": "what is wanted: of the message, or of a line that says it",
    "adjustments": "charges and allowances",
    "answer": "accepted, changed, backordered, rejected or held",
    "approved_by": "who approved; written by us, and read past",
    "available_from": "first day of the offer",
    "available_to": "last day of the offer",
    "awb_number": "air waybill that the goods are to come with",
    "bill_to": "who pays",
    "box_ids": "codes of the boxes",
    "box_type_code": "box type, as the partner calls it",
    "breakdown": "what an assorted box holds",
    "breakdowns": "what an assorted box holds",
    "bunches_per_box": "bunches in a box",
    "buyer": "buyer",
    "carrier": "carrier, as the partner calls it",
    "cart_status": "draft or checked-out: the order is a cart",
    "carrier_description": "carrier, where it has neither code nor id",
    "carrier_id": "carrier, where it has no code",
    "category": "category, as the partner calls it",
    "change_date": "day of the change",
    "change_number": "number of the change that is answered",
    "city": "city",
    "color": "colour, as the partner calls it",
    "company_location_code": "place, as the partner calls it",
    "confirmed_on": "day of the answer",
    "contents": "what an assorted box holds",
    "contract": "names this contract",
    "cost": "what the vendor gets, per unit",
    "country": "country",
    "created_at": "when the message was made",
    "current": "code that the box has",
    "current_box_code": "code that the box has",
    "customer": "who ordered: a code or a name",
    "customer_description": "name of the customer",
    "customer_id": "customer, where it has no code",
    "cut_date": "when the goods were cut",
    "date": "date of the order",
    "sold_on": "when its buyer sold the box on",
    "external": "second code, that scans as its own does (L-09)",
    "features": "features of the VBN lists by their type",
    "grade": "grade or length, as the partner calls it",
    "grower_id": "vendor, where nothing else says it",
    "gtin": "GTIN",
    "id": "number of the vendor, in place of its code",
    "inventory_id": "number of the offer, as the partner calls it",
    "is_cancellation": "the order ends",
    "is_checked_out": "the line of a cart is checked out",
    "is_held": "nothing is decided yet",
    "is_rejection": "the whole order is rejected",
    "is_replacement": "the order is replaced whole",
    "is_test": "a test: nothing real comes of it",
    "is_to_change": "a change is answered",
    "is_whole": "the whole order is accepted",
    "kind": "names the kind",
    "lines": "see below",
    "message_id": "tells one message from another",
    "name": "name",
    "new": "code that it gets",
    "new_box_code": "code that it gets",
    "number": "number of the order",
    "order_line": "line of the order",
    "order_number": "number of the order",
    "order_type": "order type",
    "orders_at_once": "1: the prebook becomes an order, or is approved, at once (A-06)",
    "po_item": "our id of the order line",
    "post_harvest": "how the goods were treated; a lot of its own",
    "postal_code": "postal code",
    "prebook_item": "prebook line that the line is made of",
    "prebook_item_id": "prebook line that the line is made of",
    "prebook_number": "number of the prebook",
    "price": "price",
    "product": "VBN code",
    "product_id": "number of the product, as the partner calls it",
    "purchase_order_id": "our id of the order; written by us, and read past",
    "purchase_order_number": "number of the order",
    "qualifier": "kind of the code, as 92 or UL (GLN)",
    "quantity_units": "quantity in all, sold or not",
    "receiver": "whom the message is for",
    "reference": "line of the order",
    "remit_to": "who is paid",
    "sales_price": "what the customer pays; told to nobody",
    "seller_item": "product, as the vendor calls it",
    "sender": "whom the message is from",
    "ship_to": "who gets the goods",
    "ship_via_id": "which way it goes: straight to the customer, or through a warehouse",
    "state": "state",
    "status": "written by us, and read past",
    "stems_per_bunch": "stems in a bunch",
    "street": "street",
    "substitute": "product that comes instead",
    "tag": "word for a lot of its own",
    "taxes": "taxes",
    "temporary": "temporary air waybill that gets this one",
    "temporary_awb": "temporary air waybill that gets this one",
    "test": "a test: nothing real comes of it",
    "total_boxes": "number of boxes",
    "type": "invoice, credit or debit",
    "type_code": "code of the answer in another format; kept",
    "use_existing": "1: an order of a vendor's system joins a prebook that goes with it (A-05)",
    "variety": "variety, as the partner calls it",
    "vbn": "what it is in VBN codes",
    "vendor": "vendor, as the partner calls it",
    "vendor_id": "number of the vendor, as the partner calls it",
    "vendor_name": "name of the vendor",
    "vendor_number": "number of the vendor for the order",
    "AdjustmentPart.kind": "charge or allowance",
    "BoxSwap.new": "code that it gets",
    "Customer.code": "code of who ordered",
    "InvoicePart.number": "number of the invoice",
    "InvoiceVerdictPart.number": "number of the invoice",
    "PartyPart.code": "code of the party",
    "ShipmentHead.number": "number of the notice",
    "VendorCode.code": "code of the vendor",
    "ChangePart.action": "add, change or cancel",
    "ChangePart.code": "code of the change in another format; kept",
    "TaxPart.code": "kind of the tax",
}
"""By the name of a field in Python, or by model and field where it means something else there."""

"""The fields of `floral.order/1`: which are required, of what kind, and how long they may be.

Names are those of the file. Numbers are decimal strings; whole numbers may stand without quotes.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, TypeVar

from pydantic import BeforeValidator, Field, model_validator

from formats import values
from formats.json_fields import (
    BoxCode,
    Code50,
    Count,
    Currency,
    Day,
    MessageId,
    Money,
    OrderNumber,
    Part,
    Text20,
    Text50,
    Text80,
    Text200,
    Text2000,
    Unit,
    Waybill,
    clean,
    count,
    lower,
)
from formats.records import LONGEST_CUSTOM_FIELD, MOST_CUSTOM_FIELDS
from formats.vbn import MAX_FEATURES

CONTRACT = "floral.order/1"
MAX_FEATURE = 20


def _line_number(value: object) -> str:
    return str(count(value))


def _moment(value: object) -> datetime:
    if not isinstance(value, str):
        raise ValueError('a date and time in quotes is expected, as "2026-11-21T08:30:00-05:00"')
    return values.iso_datetime(value.strip())


def _features(value: object) -> object:
    """Take VBN features by their type, known or not, so long as a ledger can hold them."""
    if not isinstance(value, dict) or len(value) > MAX_FEATURES:
        raise ValueError(f"an object of at most {MAX_FEATURES} features is expected")
    cleaned = {clean(kind): clean(said) for kind, said in value.items()}
    if not all(
        isinstance(x, str) and 0 < len(x) <= MAX_FEATURE for x in (*cleaned, *cleaned.values())
    ):
        raise ValueError('features in quotes such as "S20": "070" are expected')
    return cleaned


def _own_fields(value: object) -> object:
    """Take fields of the sender's own by their names: `{"DEPT": "Fresh"}`."""
    if not isinstance(value, dict) or len(value) > MOST_CUSTOM_FIELDS:
        raise ValueError(f"an object of at most {MOST_CUSTOM_FIELDS} fields is expected")
    cleaned = {clean(name): clean(said) for name, said in value.items()}
    words = (*cleaned, *cleaned.values())
    if not all(isinstance(x, str) and 0 < len(x) <= LONGEST_CUSTOM_FIELD for x in words):
        expected = f"texts in quotes of at most {LONGEST_CUSTOM_FIELD} characters"
        raise ValueError(f'{expected}, such as "DEPT": "Fresh", are expected')
    return cleaned


CustomFields = Annotated[dict[str, str], BeforeValidator(_own_fields)]
Features = Annotated[dict[str, str], BeforeValidator(_features)]
ShipViaWord = Annotated[Literal["warehouse", "grower"], BeforeValidator(lower)]
CartWord = Annotated[Literal["draft", "checked-out"], BeforeValidator(lower)]
Action = Literal["new", "prebook", "change", "cancel", "awb", "boxcode"]
LineNumber = Annotated[str, BeforeValidator(_line_number)]
Moment = Annotated[datetime, BeforeValidator(_moment)]


class Code(Part):
    """A company, place or carrier by its code."""

    code: Code50


class OptionalCode(Part):
    """The same where the code may be left out."""

    code: Text50 = None
    name: Text200 = None


class VendorCode(OptionalCode):
    """The vendor, by our id of it or by its code; a reader looks that not both are said (A-03)."""

    id: Text20 = None


class Customer(Part):
    """Who ordered: a code or a name is required."""

    code: Text20 = None
    name: Text200 = None
    ship_to: OptionalCode | None = None

    @model_validator(mode="after")
    def _is_named(self) -> Customer:
        if self.code is None and self.name is None:
            raise ValueError("a code or a name is expected")
        return self


class HeaderFields(Part):
    """What the header of an order, of a change and of a shipment share."""

    number: OrderNumber
    prebook_number: Text20 = None
    date: Day | None = None
    customer_po: Text20 = Field(None, alias="customerPO")
    vendor: VendorCode | None = None
    location_code: Text20 = None
    ship_via: ShipViaWord | None = None
    currency: Currency | None = None
    comments: Text2000 = None
    mark_code: Text20 = None
    order_type: Text20 = None
    incoterm: Text20 = None
    cargo_agency: OptionalCode | None = None
    custom_fields: CustomFields | None = None
    purchase_order_id: Text20 = None
    """Our ids and words, which we write and nobody has to send."""
    status: Text20 = None
    approved_by: Text80 = None


class Header(HeaderFields):
    """`order` without its lines."""

    customer: Customer
    carrier: Code
    ship_date: Day
    cart_status: CartWord | None = None


class Envelope(Part):
    """The message around an order."""

    contract: Literal["floral.order/1"]
    message_id: MessageId
    created_at: Moment
    test: bool
    sender: Code
    receiver: Code
    action: Annotated[Action, BeforeValidator(lower)]


class Vbn(Part):
    """Dutch product code and features, kept on the line as they are; none is looked up."""

    product: Text20 = None
    features: Features | None = None


class Breakdown(Part):
    """One product inside an assorted box."""

    vendor_item: Text50 = None
    product_code: Text50 = None
    description: Text200 = None
    vbn: Vbn | None = None
    bunches: Count
    stems_per_bunch: Count | None = None
    price: Money | None = None

    @model_validator(mode="after")
    def _is_named(self) -> Breakdown:
        if (self.vendor_item, self.product_code, self.description) == (None, None, None):
            raise ValueError("one of vendorItem, productCode and description is expected")
        return self


class Line(Part):
    """One line of an order: boxes of one product, or of the products of its breakdown."""

    line: LineNumber
    vendor_item: Text50 = None
    product_code: Text50 = None
    description: Text200 = None
    vbn: Vbn | None = None
    box_type: Annotated[str, Field(min_length=1, max_length=20), BeforeValidator(clean)]
    boxes: Count
    bunches_per_box: Count | None = None
    stems_per_bunch: Count | None = None
    unit_type: Unit
    unit_price: Money
    mark_code: Text20 = None
    breakdown: list[Breakdown] | None = None
    awb: Waybill = None
    box_ids: list[BoxCode] | None = None
    prebook_item: Text20 = None
    brand: Text50 = None
    po_item: Text20 = None
    cart_status: CartWord | None = None

    @model_validator(mode="after")
    def _is_named(self) -> Line:
        return _named(self)


class PrebookHeader(HeaderFields):
    """`order` of a prebook; what is missing keeps its vendor from seeing it (domain 8.3)."""

    customer: Customer | None = None
    carrier: Code | None = None
    ship_date: Day | None = None


class PrebookLine(Part):
    """One line of a prebook; `unitPrice` is the cost, and without one no vendor sees the line."""

    line: LineNumber
    vendor_item: Text50 = None
    product_code: Text50 = None
    description: Text200 = None
    vbn: Vbn | None = None
    box_type: Text20 = None
    boxes: Count
    bunches_per_box: Count | None = None
    stems_per_bunch: Count | None = None
    unit_type: Unit
    unit_price: Money | None = None
    sales_price: Money | None = None
    """What the customer pays; it stays in the archived file, and no vendor is told (8.3)."""
    mark_code: Text20 = None
    breakdown: list[Breakdown] | None = None
    prebook_item: Text20 = None
    brand: Text50 = None

    @model_validator(mode="after")
    def _is_named(self) -> PrebookLine:
        return _named(self)


_Item = TypeVar("_Item", Line, PrebookLine)


def _named(item: _Item) -> _Item:
    """Refuse a line that says nothing of its product."""
    if (item.vendor_item, item.product_code, item.description) == (None, None, None):
        raise ValueError("one of vendorItem, productCode and description is expected")
    return item

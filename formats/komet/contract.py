"""The fields of API-shaped JSON: bodies of orders, prebooks, stock, shipments and box codes.

Numbers may stand with or without quotes and stay exact either way. Ids are texts here, whatever
they are in the file. Fields that mean nothing to a file are known, so that they aren't reported.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from formats import values
from formats.json_fields import (
    MAX_COUNT,
    MAX_MONEY,
    BoxCode,
    Flag,
    LotNumber,
    Part,
    Text20,
    Text22,
    Text50,
    Text200,
    Unit,
    Waybill,
)
from formats.records import LONGEST_CUSTOM_FIELD, MOST_CUSTOM_FIELDS
from formats.strictjson import Unfit
from formats.text import has_controls


def _number(value: object) -> Decimal:
    if isinstance(value, Unfit):
        return values.decimal(value.text)
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if not isinstance(value, str):
        raise ValueError("a number is expected")
    return values.decimal(value.strip())


def _money(value: object) -> Decimal:
    amount = _number(value)
    if not 0 <= amount < MAX_MONEY:
        raise ValueError(f"an amount from 0 to below {MAX_MONEY} is expected")
    return amount


def _count(value: object) -> int:
    number = _number(value)
    if number != number.to_integral_value() or not 0 <= number <= MAX_COUNT:
        raise ValueError(f"a whole number from 0 to {MAX_COUNT} is expected")
    return int(number)


def _id(value: object) -> object:
    """Take an id as text: the interface has numbers, and codes in quotes."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value


def _day(value: object) -> date | None:
    if not isinstance(value, str):
        raise ValueError('a date in quotes is expected, as "2026-11-21"')
    # Some answers have a time of day behind the date.
    text = value.strip().partition(" ")[0].partition("T")[0]
    return values.iso_date(text) if text else None


def _word(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) and value.strip() else None


Id = Annotated[Text50, BeforeValidator(_id)]
Id20 = Annotated[Text20, BeforeValidator(_id)]
"""Ids and codes of companies, carriers and boxes, which the interface has room for 20 of."""
Number = Annotated[Decimal, BeforeValidator(_number)]
Money = Annotated[Decimal, BeforeValidator(_money)]
Count = Annotated[int, BeforeValidator(_count)]
Day = Annotated[date | None, BeforeValidator(_day)]
UnitWord = Annotated[Unit | None, BeforeValidator(_word)]


def _brand(value: object) -> object:
    """Take a brand as a text, or by the name, else the id, of an object."""
    if isinstance(value, dict):
        value = value.get("name") or value.get("id")
    return _id(value)


def _own_fields(value: object) -> dict[str, str] | None:
    """Take fields of the sender's own, by name or listed; in another shape they aren't used.

    No public page says how they look.
    """
    pairs: list[tuple[object, object]] = []
    if isinstance(value, dict):
        pairs = [*value.items()]
    elif isinstance(value, list):
        pairs = [(each.get("name"), each.get("value")) for each in value if isinstance(each, dict)]
    texts = ((name, _id(said)) for name, said in pairs)
    found = {
        name.strip(): said.strip()
        for name, said in texts
        if isinstance(name, str) and isinstance(said, str) and not has_controls(name + said)
        if name.strip() and said.strip() and max(len(name), len(said)) <= LONGEST_CUSTOM_FIELD
    }
    return dict([*found.items()][:MOST_CUSTOM_FIELDS]) or None


Brand = Annotated[Text50, BeforeValidator(_brand)]
CustomFields = Annotated[dict[str, str] | None, BeforeValidator(_own_fields)]
Ignored = Annotated[None, BeforeValidator(lambda _value: None)]
"""A field that is known and not used."""


class Body(Part):
    """What any body may say around its list. The token is never kept."""

    authentication_token: Ignored = None
    status: Ignored = None
    message: Ignored = None


class Breakdown(Part):
    """One product inside an assorted box."""

    product_id: Id = None
    product_code: Id = None
    product_description: Text200 = None
    bunches: Count | None = None
    stems_bunch: Count | None = None
    cost: Money | None = None
    price: Ignored = None


class Item(Part):
    """One line of an order or a prebook; `boxes` and `quantity` are the same."""

    product_id: Id = None
    product_code: Id = None
    product_description: Text200 = None
    vendor_id: Id20 = None
    vendor_code: Id20 = None
    vendor_name: Text200 = None
    boxes: Count | None = None
    quantity: Count | None = None
    total_boxes: Count | None = None
    box_type: Text20 = None
    box_type_code: Text20 = None
    box_type_id: Ignored = None
    unit_type: UnitWord = None
    bunches: Count | None = None
    stems_bunch: Count | None = None
    cost: Money | None = None
    unit_cost: Money | None = None
    price: Ignored = None
    unit_price: Ignored = None
    mark_code: Text20 = None
    prebook_item_id: Id20 = None
    po_item_id: Id20 = None
    box_codes: list[BoxCode] | None = None
    status: Ignored = None
    custom_fields: Ignored = None
    brand: Brand = None
    breakdowns: list[Breakdown] | None = None

    @property
    def count(self) -> int | None:
        """How many boxes."""
        found = (self.boxes, self.quantity, self.total_boxes)
        return next((each for each in found if each is not None), None)

    @model_validator(mode="after")
    def _is_whole(self) -> Item:
        named = self.product_id or self.product_code or self.product_description
        if not (named or self.breakdowns or self.prebook_item_id):
            raise ValueError("one of productCode, productDescription and productId is expected")
        if self.count == 0 or (self.count is None and not self.prebook_item_id):
            raise ValueError("boxes, or quantity, of at least 1 are expected")
        return self


class Carried(Body):
    """Head of an order or a prebook."""

    ship_date: Day = None
    company_location_code: Text20 = None
    carrier_id: Id20 = None
    carrier_code: Id20 = None
    carrier_description: Text200 = None
    ship_via_id: Count | None = None
    comments: Text200 = None
    type: Text20 = None
    """`S` from a standing order, `P` by itself."""
    custom_fields: CustomFields = None


class OrderBody(Carried):
    """`purchase.order.create`, and one order of `purchase.order.list`, without its items."""

    purchase_order_number: Annotated[Text22, BeforeValidator(_id)] = None
    number: Annotated[Text22, BeforeValidator(_id)] = None
    id: Ignored = None
    vendor_id: Id20 = None
    vendor_code: Id20 = None
    vendor_name: Text200 = None
    customer_id: Id20 = None
    customer_code: Id20 = None
    customer_description: Text200 = None
    customer_po: Text20 = Field(None, alias="customerPO")
    awb_number: Waybill = None
    awb: Waybill = Field(None, alias="AWB Number")
    origin: Ignored = None


class PrebookBody(Carried):
    """`prebook.create` without its items."""

    prebook_number: Annotated[Text22, BeforeValidator(_id)] = None
    customer_id: Id20 = None
    customer_code: Id20 = None
    customer_description: Text200 = None
    customer_po: Text20 = Field(None, alias="customerPO")
    created_by: Ignored = None
    is_ecommerce: Ignored = None
    use_existing: Flag | None = None
    orders_at_once: Flag | None = Field(None, alias="autoGeneratePOsfromPrebooks")


class StockItem(Body):
    """One offer: `inventory.add`, `inventory.units.add`, or an item of an availability list."""

    inventory_id: Ignored = None
    company_product_id: Ignored = None
    grower_id: Id = None
    vendor_id: Id = None
    vendor_code: Id = None
    vendor: Text200 = None
    awb: Ignored = None
    is_tmp_awb: Ignored = None
    reference: Ignored = None
    customer_id: Ignored = None
    customer_code: Ignored = None
    grade: Text200 = None
    variety: Text200 = None
    price: Ignored = None
    product_id: Id = None
    product_code: Id = None
    product_description: Text200 = None
    quantity: Number | None = None
    quantity_units: Number | None = None
    box_type_id: Ignored = None
    box_type_code: Text20 = None
    unit_type: UnitWord = None
    stems_bunch: Count | None = None
    bunches: Count | None = None
    unit_cost: Money | None = None
    available_from: Day = None
    available_to: Day = None
    cut_date: Day = None
    arrival_date: Day = None
    ship_date: Day = None
    post_harvest: Text20 = None
    category: Text200 = None
    color: Text200 = None
    tag: Text200 = None
    company_location_code: Text20 = None

    @model_validator(mode="after")
    def _is_whole(self) -> StockItem:
        if not (self.product_id or self.product_code or self.product_description):
            raise ValueError("one of productCode, productDescription and productId is expected")
        quantity = self.quantity if self.quantity_units is None else self.quantity_units
        if quantity is None or not 0 <= quantity <= MAX_COUNT:
            raise ValueError(f"a quantity from 0 to {MAX_COUNT} is expected")
        if self.unit_type is None and self.box_type_code is None:
            raise ValueError("a unitType, or a boxTypeCode, is expected")
        return self


class ShippedItem(Part):
    """One item of `purchase.order.items.awb.add`; a file may name its order besides."""

    purchase_order_number: Annotated[Text22, BeforeValidator(_id)] = None
    po_item_id: Id20 = None
    awb: Waybill = None
    house_awb: Waybill = Field(None, alias="houseAWB")
    ship_date: Day = None
    box_codes: list[BoxCode] | None = None
    boxes: Count | None = None
    lot_number: LotNumber | None = None
    vendor_id: Ignored = None

    @model_validator(mode="after")
    def _is_whole(self) -> ShippedItem:
        if self.po_item_id is None or self.awb is None:
            raise ValueError("a poItemId and an awb are expected")
        return self


class ShippedBody(Body):
    """`purchase.order.items.awb.add` without its items."""

    purchase_order_number: Annotated[Text22, BeforeValidator(_id)] = None
    vendor_id: Ignored = None


class DeletedItem(Body):
    """`purchase.order.item.delete` and `prebook.item.delete`; a file may name the order besides."""

    purchase_order_number: Annotated[Text22, BeforeValidator(_id)] = None
    prebook_number: Annotated[Text22, BeforeValidator(_id)] = None
    prebook_id: Ignored = None
    po_item_id: Id20 = None
    prebook_item_id: Id20 = None


class Swap(Part):
    """One item of `box.code.change`."""

    current_box_code: BoxCode
    new_box_code: BoxCode

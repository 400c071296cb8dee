"""Canonical documents: what a file says, whatever its format.

Headers are frozen pydantic models; lines are dataclasses, because a file may hold half a million of
them and a model for each costs five times as much. No line is ever changed in place; those of which
a file has most are not declared frozen, which would make each cost twice as much again. Codes stand
twice: as the partner wrote them, and canonical once a mapping table has resolved them (None until
then). Money and quantity are Decimal, and a quantity always has its unit beside it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from operator import attrgetter
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from formats.vbn import Vbn


class UnitType(StrEnum):
    """Canonical units of sale (domain U-10, plus the box of a purchase order)."""

    BOX = "Box"
    BUNCH = "Bunch"
    STEM = "Stem"


class Purpose(StrEnum):
    """What the sender wants done with a document."""

    NEW = "new"
    CHANGE = "change"
    REPLACE = "replace"
    CANCEL = "cancel"
    CONFIRM = "confirm"
    DUPLICATE = "duplicate"


class ShipVia(StrEnum):
    """Warehouse, or direct from the grower (domain section 1)."""

    WAREHOUSE = "warehouse"
    GROWER = "grower"


class CartStatus(StrEnum):
    """Whether a buyer still shops; a cart is checked out when all of its lines are (domain 13)."""

    DRAFT = "draft"
    CHECKED_OUT = "checked-out"


class Body(StrEnum):
    """What an Axerrio system's order came as, where that isn't `floral.order/1`."""

    API = "api"
    """JSON in the shape of the trade's public interface."""
    FLORECOM = "florecom"
    TABLE = "csv"
    """Rows: CSV, a workbook, or a layout of its sender's."""
    X12 = "x12"
    EDIFACT = "edifact"


class Record(BaseModel):
    """Base of every canonical document."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")

    def to_keep(self) -> str:
        """Return the record as JSON without what it leaves open; it is read back the same."""
        return self.model_dump_json(exclude_none=True)


@dataclass(frozen=True, slots=True)
class Party:
    """A company or place as the partner names it."""

    code: str | None = None
    qualifier: str | None = None
    """What kind of code it is, as the N103 of an X12 N1 (`92` buyer's own, `UL` GLN)."""
    name: str | None = None
    street: str | None = None
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None
    country: str | None = None
    canonical: str | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """One product inside an assorted box (domain U-20)."""

    line: int
    seller_item: str | None = None
    buyer_item: str | None = None
    description: str | None = None
    bunches: Decimal | None = None
    stems_per_bunch: int | None = None
    unit_price: Decimal | None = None
    product: str | None = None
    vbn: Vbn | None = None


@dataclass(frozen=True, slots=True)
class CustomField:
    """A field that a partner made up: what it is called, and what it says (domain 9.1)."""

    name: str
    value: str


MOST_CUSTOM_FIELDS = 20
LONGEST_CUSTOM_FIELD = 70
"""Characters of its name or of its value: what one line of an EDIFACT text has."""


@dataclass(slots=True)
class OrderLine:
    """One line of a prebook or purchase order.

    `quantity` counts `unit`s (the partner's unit code); `unit_type` is the canonical unit. A price
    is per `price_unit`. None means that the partner said nothing, which is never the same as zero
    (domain U-16).
    """

    line: int
    """Position in the document, from 1."""
    reference: str
    """The partner's own line number, as text (PO101)."""
    quantity: Decimal
    unit: str
    seller_item: str | None = None
    buyer_item: str | None = None
    gtin: str | None = None
    description: str | None = None
    unit_price: Decimal | None = None
    price_unit: str | None = None
    box_type_code: str | None = None
    bunches_per_box: int | None = None
    stems_per_bunch: int | None = None
    mark_code: str | None = None
    contents: tuple[Content, ...] = ()
    box_codes: tuple[str, ...] = ()
    prebook_item: str | None = None
    product: str | None = None
    unit_type: UnitType | None = None
    price_unit_type: UnitType | None = None
    box_type: str | None = None
    awb: str | None = None
    """Air waybill on which the line's boxes travel already, as written (domain A-07)."""
    is_checked_out: bool | None = None
    """Whether the buyer has checked this line out; None where the order is no cart."""
    vbn: Vbn | None = None
    """VBN codes as the sender wrote them; None where there are none."""
    brand: str | None = None
    """Under which the goods are sold, as the sender calls it (PO1 BL, IMD BRN)."""


_FIELDS_OF_ORDER_LINE = attrgetter(*(each.name for each in fields(OrderLine)))


def copy_of(line: OrderLine) -> OrderLine:
    """Return a copy to be filled in; five times cheaper than `dataclasses.replace`."""
    return OrderLine(*_FIELDS_OF_ORDER_LINE(line))


class Order(Record):
    """What prebooks and purchase orders share."""

    number: Annotated[str, Field(min_length=1, max_length=22)]
    purpose: Purpose = Purpose.NEW
    is_test: bool = False
    order_date: date | None = None
    ship_date: date | None = None
    delivery_date: date | None = None
    buyer: Party = Party()
    vendor: Party = Party()
    ship_to: Party | None = None
    bill_to: Party | None = None
    """Who pays, where that isn't the buyer (domain P-03)."""
    customer: Party | None = None
    customer_po: str | None = None
    location: str | None = None
    carrier: str | None = None
    """Carrier code as the partner wrote it."""
    carrier_canonical: str | None = None
    carrier_account: str | None = None
    """Account with the carrier that pays for the way (REF 11, RFF ADE; domain 4.4 step 7, E-08)."""
    ship_via: ShipVia = ShipVia.WAREHOUSE
    currency: str | None = None
    mark_code: str | None = None
    comments: str | None = None
    cart: CartStatus | None = None
    """None for a plain order, which is meant as it stands."""
    use_existing: bool | None = None
    """Whether its lines join a prebook that goes with it (A-05); None where nobody says."""
    at_once: bool | None = None
    """Whether its sender asks that the order of it be approved at once (A-06)."""
    location_canonical: str | None = None
    cargo_agency: str | None = None
    """Who takes the goods in for their flight, as the sender calls it (N1 FW, NAD FW)."""
    incoterm: str | None = None
    """Terms of delivery, as `FOB` (FOB05, TOD)."""
    custom_fields: tuple[CustomField, ...] = ()
    lines: tuple[OrderLine, ...]

    @property
    def place(self) -> str | None:
        """Return our code of the location that orders; as it was written where no table knows."""
        return self.location_canonical or self.location


class PurchaseOrder(Order):
    """A buyer's purchase order (X12 850, the purchase order CSV of domain 12.8)."""

    kind: Literal["purchase_order"] = "purchase_order"
    order_type: str | None = None
    """Partner's type code, as BEG02."""
    is_prebook: bool = False
    """It is a pre-sale: it orders nothing, but its vendor may make the order of it (8.3)."""


class AxerrioOrder(Order):
    """An order of an Axerrio system: a prebook and the purchase order made with it (domain 8.2)."""

    kind: Literal["axerrio_order"] = "axerrio_order"
    message_id: Annotated[str, Field(min_length=1, max_length=64)]
    created_at: datetime
    sender: str
    receiver: str
    prebook_number: str | None = None
    order_type: str | None = None
    """The system's own type of the order."""
    body: Body | None = None
    """What it came as, and its system gets it back as; None is `floral.order/1`."""


@dataclass(slots=True)
class InventoryLine:
    """One offer of a vendor's inventory advice (domain 2.3).

    `quantity` counts `unit`s available for sale; `unit_cost` is money per `unit` unless
    `cost_unit` says otherwise. Its age counts from `cut_on` (domain K-20).
    """

    line: int
    quantity: Decimal
    unit: str
    vendor_id: str | None = None
    seller_item: str | None = None
    buyer_item: str | None = None
    gtin: str | None = None
    description: str | None = None
    available_from: date | None = None
    available_to: date | None = None
    cut_on: date | None = None
    post_harvest: str | None = None
    category: str | None = None
    color: str | None = None
    variety: str | None = None
    grade: str | None = None
    unit_cost: Decimal | None = None
    cost_unit: str | None = None
    box_type_code: str | None = None
    bunches_per_box: int | None = None
    stems_per_bunch: int | None = None
    tag: str | None = None
    location: str | None = None
    product: str | None = None
    unit_type: UnitType | None = None
    cost_unit_type: UnitType | None = None
    box_type: str | None = None
    vbn: Vbn | None = None


class InventoryAdvice(Record):
    """A vendor's availability (X12 846, the vendor availability CSV of domain 12.1)."""

    kind: Literal["inventory_advice"] = "inventory_advice"
    reference: str | None = None
    purpose: Purpose = Purpose.NEW
    is_test: bool = False
    as_of: datetime | None = None
    """When the vendor counted; None where the format does not say. Naive means partner's zone."""
    currency: str | None = None
    vendor: Party = Party()
    buyer: Party | None = None
    lines: tuple[InventoryLine, ...]


Document = Annotated[PurchaseOrder | AxerrioOrder | InventoryAdvice, Field(discriminator="kind")]

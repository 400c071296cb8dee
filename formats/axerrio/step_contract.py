"""The fields of `floral.order/1` in the messages after an order: change, cancel, awb, boxcode.

A line of a change says only what is new. `action` of a line may differ from that of the message:
a change may add one line and cancel another.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from formats.axerrio.contract import (
    Breakdown,
    Code,
    Customer,
    HeaderFields,
    Line,
    LineNumber,
    OptionalCode,
    Vbn,
)
from formats.json_fields import (
    BoxCode,
    Count,
    CountOrNone,
    Day,
    LotNumber,
    Money,
    Part,
    Text20,
    Text22,
    Text50,
    Text200,
    Unit,
    Waybill,
    lower,
)


class ChangeHeader(HeaderFields):
    """`order` of a change or cancellation: its number, and what is new."""

    customer: Customer | None = None
    carrier: Code | None = None
    ship_date: Day | None = None


class ShipHeader(ChangeHeader):
    """`order` of a shipment: how all of its boxes travel."""

    awb: Waybill = None
    house_awb: Waybill = None
    temporary_awb: Waybill = None
    arrival_date: Day | None = None


class BoxHeader(Part):
    """`order` of a change of box codes, which may name the order that they are of."""

    number: Text22 = None
    prebook_number: Text20 = None
    vendor: OptionalCode | None = None


class NewLine(Line):
    """A line that a change adds."""

    action: Annotated[Literal["new"], BeforeValidator(lower)]


class ChangedLine(Part):
    """A line that is known: only its number is needed to say which."""

    line: LineNumber
    action: Annotated[Literal["change", "cancel"], BeforeValidator(lower)] | None = None
    vendor_item: Text50 = None
    product_code: Text50 = None
    description: Text200 = None
    vbn: Vbn | None = None
    box_type: Text20 = None
    boxes: CountOrNone | None = None
    bunches_per_box: Count | None = None
    stems_per_bunch: Count | None = None
    unit_type: Unit | None = None
    unit_price: Money | None = None
    mark_code: Text20 = None
    breakdown: list[Breakdown] | None = None
    awb: Waybill = None
    box_ids: list[BoxCode] | None = None
    prebook_item: Text20 = None
    brand: Text50 = None
    ship_date: Day | None = None


class ShippedLine(ChangedLine):
    """The boxes of a line that have been shipped: their codes, or how many there are."""

    po_item: Text20 = None
    house_awb: Waybill = None
    lot_number: LotNumber | None = None


class BoxSwap(Part):
    """One box gets another code (domain L-06), or a second one beside its own (L-09)."""

    current: Annotated[BoxCode, Field(alias="currentBoxCode")]
    new: Annotated[BoxCode | None, Field(alias="newBoxCode")] = None
    external: Annotated[BoxCode | None, Field(alias="externalCode")] = None

    @model_validator(mode="after")
    def _says_something(self) -> BoxSwap:
        if self.new is None and self.external is None:
            raise ValueError("a newBoxCode or an externalCode is expected")
        return self

"""A catalogue: what a vendor sells and at which prices, whoever orders how much of it, and when.

It offers nothing for sale: how many there are stands in an inventory advice (formats/records). A
price holds for a quantity and for a time, and an item may have many of them. None means that the
sender said nothing, which is never the same as zero (domain U-16).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from formats.records import Party, Purpose, Record, UnitType
from formats.vbn import Vbn


class ItemAction(StrEnum):
    """What becomes of an item of the catalogue before this one."""

    ADD = "add"
    CHANGE = "change"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class CataloguePrice:
    """One price of an item: `amount` of money for one `unit`."""

    amount: Decimal
    unit: str | None = None
    """The sender's unit code; None where it named none."""
    kind: str | None = None
    """The sender's code for what the price is (PRI 5125, CTP02), as `AAA` or `RES`."""
    is_retail: bool = False
    """It is what consumers are asked, not what the buyer pays."""
    currency: str | None = None
    """None where it is the currency of the catalogue."""
    from_quantity: Decimal | None = None
    """The least quantity that it is for, in `quantity_unit`s."""
    to_quantity: Decimal | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    """The last day; both None where it holds as long as its catalogue."""
    quantity_unit: str | None = None
    """The unit of the quantities that it is for; None where it is the `unit` of the price."""


@dataclass(slots=True)
class CatalogueItem:
    """One product of a catalogue, as its seller names and packs it."""

    line: int
    """Position in the document, from 1."""
    reference: str
    """The sender's own line number, as text, or empty."""
    action: ItemAction | None = None
    """None where the sender doesn't say: then the item stands as it is described."""
    seller_item: str | None = None
    buyer_item: str | None = None
    gtin: str | None = None
    description: str | None = None
    color: str | None = None
    group: str | None = None
    """Name or code of the product group under which it is listed."""
    prices: tuple[CataloguePrice, ...] = ()
    unit: str | None = None
    """The unit that it is ordered in."""
    least_order: Decimal | None = None
    """In `unit`s."""
    order_step: Decimal | None = None
    """Orders are for whole multiples of it, in `unit`s."""
    box_type_code: str | None = None
    bunches_per_box: int | None = None
    stems_per_bunch: int | None = None
    available_from: date | None = None
    available_to: date | None = None
    origin: str | None = None
    """Country, as the sender wrote it."""
    product: str | None = None
    unit_type: UnitType | None = None
    box_type: str | None = None
    vbn: Vbn | None = None


class Catalogue(Record):
    """Products and prices (EDIFACT PRICAT, X12 832)."""

    kind: Literal["catalogue"] = "catalogue"
    number: str
    """The sender's number of the catalogue or price list, or empty."""
    version: str | None = None
    purpose: Purpose = Purpose.NEW
    """New, or what becomes of the catalogue of the same number: change, replace, cancel."""
    is_test: bool = False
    type_code: str | None = None
    """The sender's code for the kind of catalogue (BGM 1001, BCT01)."""
    issued_on: date | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    currency: str | None = None
    vendor: Party = Party()
    buyer: Party | None = None
    """For whom the prices are; None where they are for anybody."""
    comments: str | None = None
    items: tuple[CatalogueItem, ...]

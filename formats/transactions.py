"""Transactions of an auction or marketplace: what a buyer has bought already, sale by sale.

Nothing is asked for: the sale was made when the record is written, at the clock or in a web shop,
so a transaction is no order, and reading one must never buy anything again. It isn't an answer to
an order either, because at the clock there was none. Each sale stands for itself, of whatever
grower, and is known by the marketplace, the day and its number there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Literal

from formats.records import OrderLine, Party, Record


@dataclass(frozen=True, slots=True)
class LotBarCode:
    """What the bar code of a lot says, where it is of the 20 digits that say it (RFF BT)."""

    marketplace: int
    clock: int
    day_of_year: int
    transaction: int
    restart: int
    packs: int


@dataclass(slots=True)
class Sale:
    """One sale. The goods are in `line`, whose quantity counts pieces and whose price is for one.

    `packs` packaging units hold `pieces_per_pack` pieces each.
    """

    line: OrderLine
    transaction: str | None = None
    """Number of the sale, which its marketplace gives once a day (RFF AGJ)."""
    supplier_reference: str | None = None
    """The supplier's number of the order line; a web order was answered with it (RFF VN)."""
    delivery_reference: str | None = None
    """RFF AAJ."""
    order_number: str | None = None
    """The buyer's own order, where the sale answers one (RFF ON)."""
    grower: Party | None = None
    sold_at: time | None = None
    packs: int | None = None
    pieces_per_pack: int | None = None
    package_price: Decimal | None = None
    """Price or deposit of one packaging unit, beside the price of the goods."""
    trolleys: Decimal | None = None
    clock: str | None = None
    lot_code: str | None = None
    """Bar code of the lot as it was sent; its digits are read by `lot_bar_code`."""
    lot: LotBarCode | None = None
    letter: str | None = None
    """Number of the grower's delivery letter (RFF ACE)."""
    letter_lot: str | None = None
    """Serial number of the lot in that letter (RFF ADZ)."""
    letter_part: str | None = None
    """RFF AAD."""
    sequence: str | None = None
    """Number of the sale at its clock (RFF CTS)."""
    trolley: str | None = None
    """RFF FAN."""
    certificate: str | None = None
    """RFF AIR."""
    image: str | None = None
    """Key of a photograph (RFF IRN)."""


class MarketTransactions(Record):
    """What a buyer bought at one marketplace on one day (EKT: EDIFACT CLOCKT)."""

    kind: Literal["market_transactions"] = "market_transactions"
    number: str
    """The sender's number of the message (BGM, else UNH), never of an order."""
    is_final: bool = True
    """False for a preliminary statement, which a final one follows."""
    is_test: bool = False
    type_code: str | None = None
    traded_on: date | None = None
    marketplace: str | None = None
    """Number of the auction or marketplace, as it was sent."""
    buyer: Party = Party()
    vendor: Party = Party()
    ship_to: Party | None = None
    currency: str | None = None
    sales: tuple[Sale, ...]

"""A list of goods for customs as CSV, with the fields of a Canada Customs Invoice (domain 11.7).

A row for each product of an order that travels under an air waybill. The numbers behind the columns
are those of the form CI1; what nobody knows stays empty, and is never guessed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from formats.papers.bill import Address
from formats.tabular.write import Cell, written

COLUMNS = (
    *("awb", "house_awb", "ship_date", "vendor"),  # 3, 2, 1
    *("consignee_name", "consignee_street", "consignee_city", "consignee_state"),  # 4
    *("consignee_zip", "consignee_country", "purchaser", "order_number"),  # 4, 5, 3
    *("packages", "box_type", "product_code", "description", "category", "origin"),  # 11, 12, 7
    *("us_tariff", "canada_tariff", "customs_code", "quantity", "unit_type"),  # 12, 13
    *("unit_price", "price_unit", "amount", "currency", "net_kg", "gross_kg"),  # 14, 15, 10, 16
    *("total_packages", "total_amount"),  # 11, 17
)
CENT, GRAM = Decimal("0.01"), Decimal("0.001")


@dataclass(frozen=True, slots=True)
class CustomsLine:
    """Goods of one product; `net_kg` is what they weigh, `gross_kg` with their boxes."""

    order_number: str
    packages: int
    quantity: Decimal
    unit: str
    product_code: str | None = None
    description: str | None = None
    box_type: str | None = None
    category: str | None = None
    origin: str | None = None
    us_tariff: str | None = None
    canada_tariff: str | None = None
    customs_code: str | None = None
    unit_price: Decimal | None = None
    price_unit: str | None = None
    amount: Decimal | None = None
    net_kg: Decimal | None = None
    gross_kg: Decimal | None = None


@dataclass(frozen=True, slots=True)
class CustomsList:
    """The goods of one order's buyer under one air waybill, and who sends them to whom."""

    awb: str
    house_awb: str
    ship_date: date
    vendor: str
    consignee: Address
    purchaser: str
    currency: str | None
    lines: tuple[CustomsLine, ...]

    @property
    def packages(self) -> int:
        return sum(line.packages for line in self.lines)

    @property
    def amount(self) -> Decimal | None:
        """What all lines cost; None where one has no price, rather than too little."""
        known = [line.amount for line in self.lines if line.amount is not None]
        return sum(known, Decimal(0)) if len(known) == len(self.lines) else None


def write_customs(lists: Iterable[CustomsList]) -> bytes:
    """Return lists as one CSV, a row for each line."""
    return written(COLUMNS, (row for each in lists for row in _rows(each)), for_people=True)


def _rows(of: CustomsList) -> Iterable[tuple[Cell, ...]]:
    to = of.consignee
    for line in of.lines:
        yield (
            *(of.awb, of.house_awb, of.ship_date, of.vendor),
            *(to.name, to.street, to.city, to.state, to.postal_code, to.country),
            *(of.purchaser, line.order_number, line.packages, line.box_type),
            *(line.product_code, line.description, line.category, line.origin),
            *(line.us_tariff, line.canada_tariff, line.customs_code, line.quantity, line.unit),
            *(line.unit_price, line.price_unit, _rounded(line.amount, CENT), of.currency),
            *(_rounded(line.net_kg, GRAM), _rounded(line.gross_kg, GRAM)),
            *(of.packages, _rounded(of.amount, CENT)),
        )


def _rounded(number: Decimal | None, places: Decimal) -> Decimal | None:
    return None if number is None else number.quantize(places, ROUND_HALF_UP)

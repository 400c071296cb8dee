"""What vendors ask of one buyer for a product: their price lists, as rows (domain K-60).

A row holds on its days for one vendor, one buyer (`*`: each that has no row of its own) and one
product of the catalogue. The price is per `unit_type`, in `currency`, else in the vendor's own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from daemon.mapping.parse import CATALOGUE_FILE, PRICES_FILE, Cells, unit_type
from daemon.mapping.problems import Notes, nearest
from daemon.mapping.rows import EVERY_PARTNER, Dated
from daemon.mapping.sheet import Sheet
from formats import values
from formats.records import UnitType

MOST_PLACES = 4
"""Decimals of a price; the books keep as many."""
MOST = 1_000_000
_LETTERS_OF_CURRENCY = 3


@dataclass(frozen=True, slots=True)
class ListPrice(Dated):
    """One row: what a vendor asks of a buyer for a unit of a product; None is open."""

    number: int
    vendor: str
    buyer: str
    product: str
    price: Decimal
    unit: UnitType
    currency: str | None
    is_active: bool
    valid_from: date | None
    valid_to: date | None
    comment: str


ListPrices = Mapping[tuple[str, str], Mapping[str, Sequence[ListPrice]]]
"""By vendor and buyer, then by product; active rows only."""


def list_price(
    prices: ListPrices, vendor: str, buyer: str, product: str | None, on: date
) -> ListPrice | None:
    """Return the row that holds: the buyer's own, else one for every buyer, else None."""
    for who in (buyer, EVERY_PARTNER):
        for row in prices.get((vendor, who), {}).get(product or "", ()):
            if row.holds_on(on):
                return row
    return None


def has_prices(prices: ListPrices, vendor: str, buyer: str) -> bool:
    """Whether a vendor has a price list for a buyer at all, whatever the day."""
    return (vendor, buyer) in prices or (vendor, EVERY_PARTNER) in prices


def by_sides(rows: Iterable[ListPrice]) -> ListPrices:
    """Return the active rows ready to look up."""
    found: dict[tuple[str, str], dict[str, list[ListPrice]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for row in rows:
        if row.is_active:
            found[row.vendor, row.buyer][row.product].append(row)
    return {
        sides: {product: tuple(same) for product, same in products.items()}
        for sides, products in found.items()
    }


def read_prices(sheet: Sheet, partners: Collection[str], notes: Notes) -> list[ListPrice]:
    """Return the rows of the table; one with a bad cell is said and left out."""
    comma = sheet.style.delimiter == ";"
    known = f"partners: {', '.join(sorted(partners)) or 'none'}"
    rows = [_row(Cells(sheet.file, r, notes, comma), partners, known) for r in sheet.records]
    return [row for row in rows if row]


def _row(cells: Cells, partners: Collection[str], known: str) -> ListPrice | None:
    vendor = cells.needed("vendor", "name the vendor whose price it is")
    buyer = cells.needed("buyer", "name a buyer, or * for each without a row of its own")
    cells.partner("vendor", partners, known)
    cells.partner("buyer", partners, known)
    if vendor == EVERY_PARTNER:
        cells.refuse("vendor", "* means nothing here; each vendor has prices of its own")
    product = cells.needed("product_code", f"name a product of {CATALOGUE_FILE}")
    cells.needed("price", "write what a unit costs, as 0.34; 0 where it is free")
    price = cells.typed("price", lambda text: _amount(text, comma=cells.decimal_comma))
    cells.needed("unit_type", f"write one of {', '.join(UnitType)}")
    unit = cells.typed("unit_type", unit_type)
    currency = cells.typed("currency", _currency)
    valid_from, valid_to = cells.validity()
    is_active = cells.is_active()
    if price is None or unit is None or not (vendor and buyer and product):
        return None
    return ListPrice(
        number=cells.record.number,
        vendor=vendor,
        buyer=buyer,
        product=product,
        price=price,
        unit=unit,
        currency=currency,
        is_active=is_active,
        valid_from=valid_from,
        valid_to=valid_to,
        comment=cells.text("comment"),
    )


def _amount(text: str, *, comma: bool) -> Decimal:
    value = values.decimal(text, comma=comma and "," in text)
    if not 0 <= value < MOST:
        raise ValueError(f"a price from 0 to below {MOST} is expected, as 0.34")
    if -int(value.as_tuple().exponent) > MOST_PLACES:
        raise ValueError(f"a price of at most {MOST_PLACES} decimals is expected")
    return value


def _currency(text: str) -> str:
    if len(text) != _LETTERS_OF_CURRENCY or not text.isascii() or not text.isalpha():
        raise ValueError("a currency of three letters such as USD is expected")
    return text.upper()


def check_prices(
    rows: Sequence[ListPrice], products: Mapping[str, bool], today: date, notes: Notes
) -> None:
    """Refuse two prices of a product on one day, and products that are not in the catalogue."""
    groups: dict[tuple[str, str, str], list[ListPrice]] = defaultdict(list)
    for row in rows:
        if not row.is_active:
            continue
        same = groups[row.vendor, row.buyer, row.product]
        for earlier in same:
            if earlier.shares_days_with(row):
                text = f"row {earlier.number} prices the same goods; keep one, or part them by days"
                notes.refuse(PRICES_FILE, text, row.number, "price")
        same.append(row)
        # A row that is past may outlive its product.
        if row.product not in products and (row.valid_to is None or row.valid_to >= today):
            hint = nearest(row.product, products, "add the product there first")
            text = f"{row.product} is not in {CATALOGUE_FILE}; {hint}"
            notes.refuse(PRICES_FILE, text, row.number, "product_code")

"""The rows of the mapping tables, as values: what an admin wrote, cleaned and typed.

Nothing here reads a file or decides anything; `load` makes these values and `tables` looks them up.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from formats.records import UnitType
from formats.values import normalised

EVERY_PARTNER = "*"
"""Partner of rows that hold for every partner, and of the company's own list."""


LONGEST_CELL = 1_000
"""Characters of any cell of a table."""


class Kind(StrEnum):
    """The kinds of code that are mapped; each has the table `<kind>.csv` (domain 9.1)."""

    PRODUCTS = "products"
    BOX_TYPES = "box_types"
    UNITS = "units"
    CARRIERS = "carriers"
    CUSTOMERS = "customers"
    SHIP_TO = "ship_to"
    CATEGORIES = "categories"
    GRADES = "grades"
    COLORS = "colors"
    LOCATIONS = "locations"
    CARGO_AGENCIES = "cargo_agencies"
    ORDER_TYPES = "order_types"
    INCOTERMS = "incoterms"
    BRANDS = "brands"
    CUSTOM_FIELDS = "custom_fields"

    @property
    def file(self) -> str:
        return f"{self.value}.csv"


_ADDRESS = ("name", "street", "city", "state", "postal_code", "country")
_CATEGORY = ("division", "origin", "us_tariff", "canada_tariff", "customs_code", "stem_kg")


@dataclass(frozen=True, slots=True)
class Traits:
    """What is special about a kind: all that the rest of the code asks instead of its name."""

    noun: str
    """What one text of the kind is called."""
    longest: int = LONGEST_CELL
    """Characters that our own code may have: what the books, or the documents, have for it.

    SQLite would take more, PostgreSQL would refuse the order that has it; so no table may.
    """
    columns: tuple[str, ...] = ()
    """Columns of the own list beside code and description."""
    is_attribute: bool = False
    """It says what a product is like; the catalogue has words of it too."""
    is_term: bool = False
    """A word of an order, which is told to the other side in its own; nothing waits for it."""
    is_word: bool = False
    """A partner's text is a code and a word at once (`HB`, `stem`, `Armellini`)."""
    is_caseless: bool = False
    """Codes are compared without regard to case (domain U-10)."""

    @property
    def is_optional(self) -> bool:
        """Whether a site may do without the table: a text that no row maps holds nothing up."""
        return self.is_attribute or self.is_term


def _attribute(noun: str, columns: tuple[str, ...] = ()) -> Traits:
    return Traits(noun, columns=columns, is_attribute=True, is_word=True, is_caseless=True)


def _term(noun: str, longest: int) -> Traits:
    return Traits(noun, longest, is_term=True, is_word=True, is_caseless=True)


TRAITS: Mapping[Kind, Traits] = {
    Kind.PRODUCTS: Traits("product", 60),
    Kind.BOX_TYPES: Traits(
        "box type",
        20,
        ("fbe", "length_in", "width_in", "height_in", "weight_kg"),
        is_word=True,
        is_caseless=True,
    ),
    Kind.UNITS: Traits("unit", is_word=True, is_caseless=True),
    Kind.CARRIERS: Traits("carrier", 60, ("direction", "account", "capacity_cubes"), is_word=True),
    Kind.CUSTOMERS: Traits("customer", columns=_ADDRESS),
    Kind.SHIP_TO: Traits("ship-to", columns=_ADDRESS),
    Kind.CATEGORIES: _attribute("category", _CATEGORY),
    Kind.GRADES: _attribute("grade"),
    Kind.COLORS: _attribute("color"),
    Kind.LOCATIONS: _term("location", 20),
    Kind.CARGO_AGENCIES: _term("cargo agency", 30),
    Kind.ORDER_TYPES: _term("order type", 20),
    # Three letters are what X12 (335), EDIFACT (4053) and Incoterms themselves have.
    Kind.INCOTERMS: _term("incoterm", 3),
    Kind.BRANDS: _term("brand", 35),
    Kind.CUSTOM_FIELDS: _term("custom field", 35),
}

ATTRIBUTES = tuple(kind for kind, each in TRAITS.items() if each.is_attribute)
"""Kinds that say what a product is like: category, grade and colour, in this order."""

_LENGTH = re.compile(r"(\d{1,4}) ?cms?\.?", re.ASCII)


class Dated:
    """A row that holds from a day to a day; both are included, and None is open."""

    __slots__ = ()
    valid_from: date | None
    valid_to: date | None

    def holds_on(self, on: date) -> bool:
        """Whether the row is valid on that day."""
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_to is None or on <= self.valid_to
        )

    def shares_days_with(self, other: Dated) -> bool:
        """Whether there is a day on which both rows hold."""
        return (self.valid_from or date.min) <= (other.valid_to or date.max) and (
            other.valid_from or date.min
        ) <= (self.valid_to or date.max)


@dataclass(frozen=True, slots=True)
class Row(Dated):
    """One line of a mapping table: a partner's code or description, and what it is here.

    `number` is the line of the file, from 1. `is_active` is False for rows switched off and for
    rows without a target. Both ends of the validity are included; None is open.
    """

    kind: Kind
    number: int
    partner: str
    vendor_code: str
    source_code: str
    source_description: str
    target_code: str
    target_description: str
    is_active: bool
    valid_from: date | None
    valid_to: date | None
    comment: str


DIVISIONS = ("FreshCutFlowers", "Plants", "Hard Goods")
"""What the trade divides products into (domain 2.2)."""


@dataclass(frozen=True, slots=True)
class Product:
    """A canonical product of `catalogue.csv` (domain 2.2)."""

    code: str
    description: str
    category: str
    variety: str
    color: str
    grade: str
    is_active: bool
    from_vendor: str = ""
    """With whose file it came by itself (M-15); empty where a person wrote it."""
    division: str = ""
    """One of `DIVISIONS`; empty: its category's (domain 2.2)."""
    tags: str = ""
    """Words for shops and searches, with commas between (domain 2.2)."""

    def attribute(self, kind: Kind) -> str:
        """Return what the catalogue says of one of `ATTRIBUTES`; empty where it says nothing."""
        return {
            Kind.CATEGORIES: self.category,
            Kind.GRADES: self.grade,
            Kind.COLORS: self.color,
        }[kind]


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of our own list of a kind: box types, carriers, customers, places, attributes.

    `fbe` is the box type's weight in full boxes (domain U-01); its outside in inches and what it
    weighs packed are what freight goes by; `direction`, `account` and `capacity_cubes` (cubic feet
    a day, domain 2.1) are a carrier's; the address is a customer's or a ship-to place's; from
    `division` to `stem_kg` (what a stem weighs) it is what customs and shops ask of a category
    (domain 2.2). Empty text and None mean not given.
    """

    kind: Kind
    code: str
    description: str
    is_active: bool
    fbe: Decimal | None = None
    length_in: Decimal | None = None
    width_in: Decimal | None = None
    height_in: Decimal | None = None
    weight_kg: Decimal | None = None
    direction: str = ""
    account: str = ""
    capacity_cubes: Decimal | None = None
    name: str = ""
    street: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    country: str = ""
    division: str = ""
    origin: str = ""
    us_tariff: str = ""
    canada_tariff: str = ""
    customs_code: str = ""
    stem_kg: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Pack(Dated):
    """How a vendor packs a product when nothing else is said (domain E-15, 2.3)."""

    number: int
    partner: str
    product_code: str
    box_type: str
    bunches_per_box: int
    stems_per_bunch: int
    unit_type: UnitType
    is_active: bool
    valid_from: date | None
    valid_to: date | None
    comment: str


def clean(text: str) -> str:
    """Return `text` without hidden characters: control characters and odd blanks become one
    blank, zero-width ones vanish, and both ends are trimmed."""
    if text.isascii() and text.isprintable() and " " not in text:
        return text
    if not text.isprintable():
        text = "".join(_visible(character) for character in text)
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    return " ".join(text.split())


def _visible(character: str) -> str:
    match unicodedata.category(character):
        case "Cc":
            return " "
        case "Cf":
            return ""
        case _:
            return character


def code_key(kind: Kind, code: str) -> str:
    """Return `code` as a lookup key: exact but for hidden characters, and for units, box types,
    attributes and terms in any case (domain 9.4, U-10)."""
    if kind in ATTRIBUTES:
        return text_key(kind, code)
    key = clean(code)
    return key.casefold() if TRAITS[kind].is_caseless else key


def text_key(kind: Kind, text: str) -> str:
    """Return a text of a kind as a lookup key: a description, and a length is `60 cm` however it
    is written (domain U-19)."""
    key = description_key(text)
    length = _LENGTH.fullmatch(key) if kind is Kind.GRADES else None
    return f"{int(length[1])} cm" if length else key


def description_key(description: str) -> str:
    """Return `description` as a lookup key: hidden characters dropped, then normalised as domain
    9.4 says."""
    return normalised(description if description.isprintable() else clean(description))

"""The rows of the mapping tables, as values: what an admin wrote, cleaned and typed.

Nothing here reads a file or decides anything; `load` makes these values and `tables` looks them up.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from formats.records import UnitType
from formats.values import normalised

EVERY_PARTNER = "*"
"""Partner of rows that hold for every partner, and of the company's own list."""


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

    @property
    def file(self) -> str:
        return f"{self.value}.csv"


ATTRIBUTES = (Kind.CATEGORIES, Kind.GRADES, Kind.COLORS)
"""Kinds that say what a product is like; a site may do without their tables, and a text of theirs
that no row maps holds nothing up."""

ATTRIBUTE_NAMES = {Kind.CATEGORIES: "category", Kind.GRADES: "grade", Kind.COLORS: "color"}
"""What one text of such a kind is called."""

WORD_KINDS = frozenset({Kind.BOX_TYPES, Kind.UNITS, Kind.CARRIERS, *ATTRIBUTES})
"""Kinds whose partner text is a code and a word at once (`HB`, `stem`, `Armellini`)."""

LONGEST = {Kind.PRODUCTS: 60, Kind.BOX_TYPES: 20, Kind.CARRIERS: 60}
"""Characters that the books have for our own code, where they keep it.

SQLite would take more, PostgreSQL would refuse the order that has it; so no table may.
"""

CASELESS_KINDS = frozenset({Kind.BOX_TYPES, Kind.UNITS, *ATTRIBUTES})
"""Kinds whose codes are compared without regard to case (domain U-10)."""

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
    weighs packed are what freight goes by; `direction` and `account` are a carrier's; the address
    is a customer's or a ship-to place's. Empty text and None mean not given.
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
    name: str = ""
    street: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    country: str = ""


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
    """Return `code` as a lookup key: exact but for hidden characters, and caseless for units, box
    types and attributes (domain 9.4, U-10)."""
    if kind in ATTRIBUTES:
        return text_key(kind, code)
    key = clean(code)
    return key.casefold() if kind in CASELESS_KINDS else key


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

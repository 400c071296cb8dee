"""What the sets have in common when they become records: parties, dates, item ids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from formats import values
from formats.grammar import building, filling
from formats.grammar.check import SEPARATOR
from formats.grammar.filling import Draft, Elements, Handler, Table, Whole
from formats.grammar.tree import Tree
from formats.records import Party
from formats.x12.segments import Places

__all__ = ["Draft", "Elements", "Handler", "Table", "Whole"]

SELLER_IDS = ("VP", "VN", "VC", "VA")
BUYER_IDS = ("BP", "IN", "CB", "SK", "PI")
GTIN_IDS = ("UK", "EN", "UP", "UA", "EO")
BRAND_ID = "BL"
BOX_TYPES = frozenset({"FB", "HB", "QB", "EB"})
"""Box types of the trade, as they stand in a ZZ id pair or in PO404."""
PADDING = [""] * 28
MOST_NUMBER = 20
"""Characters of the longest number: 18 digits, a sign and a point."""
MOST_DIGITS = 9
"""Of a whole number: what the integers of every database hold."""

first_of = building.first_of
fill = filling.fill


@dataclass(slots=True)
class PartyDraft:
    """A party while its N1 loop is read."""

    role: str
    name: str | None
    qualifier: str | None
    code: str | None
    street: str | None = None
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None
    country: str | None = None

    def party(self) -> Party:
        return _party(
            self.code,
            self.qualifier,
            self.name,
            self.street,
            self.city,
            self.state,
            self.postal_code,
            self.country,
        )


class Problems(building.Problems[Places]):
    """Findings about the content of a set; they never reach a 997."""

    __slots__ = ()
    family = "x12"

    def unit(self, text: str) -> str:
        """Return the unit of a composite C001, whose further components are factors."""
        return text.partition(self.places.marks.component.decode("latin-1"))[0]


def elements_of(text: str) -> Elements:
    """Split a segment, and pad it so that every element can be asked for."""
    elements = text.split(SEPARATOR)
    elements += PADDING
    return elements


def segment_of(found: Sequence[Elements], tag: str) -> Elements:
    """Return the first segment with `tag`; one without a value where it is missing."""
    return next((each for each in found if each[0] == tag), elements_of(tag))


def handlers_for(
    tree: Tree,
    handlers: Mapping[str, Handler[Draft]],
    whole: Mapping[object, Whole[Draft]] = MappingProxyType({}),
) -> Table[Draft]:
    """Return what takes each segment of a set; `whole` as in `table_of`."""
    return filling.table_of(tree, handlers, whole, PADDING)


def party_of(elements: Elements) -> PartyDraft:
    """Read an N1."""
    return PartyDraft(
        elements[1], elements[2].strip() or None, elements[3] or None, elements[4].strip() or None
    )


def add_to_party(party: PartyDraft, elements: Elements) -> None:
    """Read an N2, N3 or N4 into `party`."""
    tag = elements[0]
    if tag == "N2":
        party.name = " ".join(each for each in (party.name, elements[1], elements[2]) if each)
    elif tag == "N3":
        party.street = ", ".join(each for each in (party.street, elements[1], elements[2]) if each)
    else:
        party.city = elements[1].strip() or party.city
        party.state = elements[2].strip() or party.state
        party.postal_code = elements[3].strip() or party.postal_code
        party.country = elements[4].strip() or party.country


# The same goods, parties, quantities, prices and days come again and again within a file.


class ItemIds(NamedTuple):
    """What an item is called: by its seller, by its buyer, by its GTIN; empty counts as unsaid."""

    by_qualifier: Mapping[str, str]
    """The first id of each kind (list 235)."""
    seller: str | None = None
    buyer: str | None = None
    gtin: str | None = None
    box_type: str | None = None
    """What a ZZ pair says, where that is a box type of the trade."""
    brand: str | None = None


NO_IDS = ItemIds(MappingProxyType({}))


def ids_of(elements: Elements, first: int) -> ItemIds:
    """Return the item ids of a segment, from pairs that start at element `first`."""
    if not elements[first + 6]:
        return _item_ids(*elements[first : first + 6])
    last = first + 6
    while elements[last]:
        last += 2
    return _item_ids(*elements[first:last])


@lru_cache(maxsize=8192)
def ids_in(text: str) -> ItemIds:
    """Return the item ids in the end of a segment that begins with the first of their pairs."""
    return ids_of(elements_of(text), 0)


@lru_cache(maxsize=8192)
def _item_ids(*pairs: str) -> ItemIds:
    found: dict[str, str] = {}
    for qualifier, value in zip(pairs[::2], pairs[1::2], strict=True):
        if not qualifier:
            break
        found.setdefault(qualifier, value.strip())
    seller, buyer, gtin = (first_of(found, kind) for kind in (SELLER_IDS, BUYER_IDS, GTIN_IDS))
    box_type = found.get("ZZ")
    return ItemIds(
        *(MappingProxyType(found), seller, buyer, gtin),
        box_type if box_type in BOX_TYPES else None,
        found.get(BRAND_ID) or None,
    )


@lru_cache(maxsize=1024)
def _party(*fields: str | None) -> Party:
    return Party(*fields)


@lru_cache(maxsize=4096)
def number(text: str) -> Decimal | None:
    """Return a checked number, None where nothing was sent.

    Of a segment that is checked for its place only, or whose errors are only warned of, None where
    it isn't one that an element can hold.
    """
    try:
        return values.decimal(text) if text and len(text) <= MOST_NUMBER else None
    except ValueError:
        return None


@lru_cache(maxsize=1024)
def whole(text: str) -> int | None:
    """Return a checked whole number, None as for a number, and beyond MOST_DIGITS."""
    if not text or len(text.lstrip("-")) > MOST_DIGITS:
        return None
    try:
        return values.integer(text)
    except ValueError:
        return None


def clock(text: str) -> time | None:
    """Return a checked time, None as for a number."""
    try:
        return values.basic_time(text) if text else None
    except ValueError:
        return None


@lru_cache(maxsize=1024)
def day(text: str) -> date | None:
    """Return a checked date, None as for a number."""
    try:
        return values.basic_date(text) if text else None
    except ValueError:
        return None

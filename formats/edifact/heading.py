"""What stands in the heading of the messages: parties, dates, references, currency, carrier, text.

A draft of a message is a Heading with fields of its own, and HEADING has the functions for the
places that messages share, by path in the tree. Where a message gives a place another meaning it
puts its own function there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache

from formats.edifact import parts
from formats.edifact.parts import Elements, Handler, Problems, Whole, components, first_component
from formats.grammar.check import SEPARATOR
from formats.records import Party, Purpose

VENDORS = ("SU", "SE")
"""3035 of the one who sells, the first that is named."""
SHIP_TO = ("DP", "ST", "UD")
SHIP_DATES = ("10", "11", "37", "38")
DELIVERY_DATES = ("2", "69", "17", "67", "63", "64")
"""2005 of a wish, the first that is named."""
DOCUMENT_DATE = "137"
QUALIFIERS = {"9": "UL", "92": "92", "91": "91"}
"""What kind of code a party has, by who keeps the list (3055); as the N103 of X12 calls it."""
PURPOSES = {
    "": Purpose.NEW,
    "9": Purpose.NEW,
    "1": Purpose.CANCEL,
    "4": Purpose.CHANGE,
    "5": Purpose.REPLACE,
    "6": Purpose.CONFIRM,
    "7": Purpose.DUPLICATE,
    "31": Purpose.DUPLICATE,
    "35": Purpose.DUPLICATE,
}
"""1225; a message that doesn't say is an original one."""
DROP_SHIP = "DROP SHIP"
"""Name of a document (1000) of which the goods go to the customer straight from the grower."""
_BY_LENGTH = {8: "102", 12: "203", 14: "204"}
_FROM_THE_YEAR = frozenset({"", *_BY_LENGTH.values()})
"""2379, by how many digits a time has that is written so."""
_MAIN_TRANSPORT = ("20", "")
_REFERENCE_CURRENCY = ("2", "")


@dataclass(slots=True)
class Document:
    """A BGM: what the message is, which one, and what is to be done with it."""

    code: str = ""
    """1001, as `220`."""
    name: str = ""
    """1000."""
    number: str = ""
    """1004."""
    function: str = ""
    """1225, as `9`."""
    response: str = ""
    """4343."""
    position: int = 2

    @property
    def purpose(self) -> Purpose | None:
        """Return what is wanted; None for a function that isn't read here."""
        return PURPOSES.get(self.function)


@dataclass(slots=True)
class Heading:
    """What was read so far. The first of a kind counts."""

    problems: Problems
    document: Document = field(default_factory=Document)
    parties: dict[str, Party] = field(default_factory=dict)
    dates: dict[str, datetime] = field(default_factory=dict)
    references: dict[str, str] = field(default_factory=dict)
    currency: str | None = None
    carrier: str | None = None
    mark_code: str | None = None
    comments: list[str] = field(default_factory=list)

    def party_as(self, *roles: str) -> Party | None:
        """Return the first party of one of `roles`."""
        return parts.first_of(self.parties, roles)

    def name_of(self, role: str) -> str | None:
        """Return the code of a party, else its name."""
        found = self.parties.get(role)
        return (found.code or found.name) if found else None

    def day_of(self, *qualifiers: str) -> date | None:
        """Return the day of the first date of one of `qualifiers`."""
        found = parts.first_of(self.dates, qualifiers)
        return found.date() if found is not None else None

    def remarks(self) -> str | None:
        return "\n".join(self.comments) or None


def party_of(elements: Elements) -> Party:
    """Read a NAD: code and list, and name and address as far as they are sent."""
    return _party(tuple(elements[2:10]))


@lru_cache(maxsize=1024)
def _party(found: tuple[str, ...]) -> Party:
    """Return the party of elements 2 to 9; the same few come again and again within a file."""
    elements = ["", "", *found]
    code = components(elements[2])
    place = components(elements[7])
    name = parts.joined(components(elements[4])[:5], " ")
    free = components(elements[3])[:5]
    if name is None:
        # C058 holds name and address in lines of no known meaning; the first is the name.
        name = free[0].strip() or None
    return Party(
        code[0].strip() or None,
        QUALIFIERS.get(code[2], code[2] or None) if code[0].strip() else None,
        name,
        parts.joined(components(elements[5])[:4], ", ") or parts.joined(free[1:], ", "),
        elements[6].strip() or None,
        place[0].strip() or None,
        elements[8].strip() or None,
        elements[9].strip() or None,
    )


def moment_in(draft: Heading, elements: Elements, position: int) -> tuple[str, datetime | None]:
    """Read a DTM: its qualifier and its time, None (and a warning) where that can't be read.

    One that is as long as another of the formats that begin with the year is read as that.
    """
    qualifier, text, form = components(elements[1])[:3]
    said = text.strip()
    found = parts.moment(said, form)
    if found is None and said:
        fitting = _BY_LENGTH.get(len(said)) if form in _FROM_THE_YEAR else None
        found = parts.moment(said, fitting) if fitting is not None else None
        became = f"was read as {found}" if found is not None else "can't be read; it was left out"
        message = f"the date {text} in format {form or 'nothing'} {became}"
        draft.problems.warning("DTM01.date", ("DTM", position, 1), message, text)
    return qualifier, found


def begin(draft: Heading, elements: Elements, position: int) -> None:
    """Read a BGM."""
    code = components(elements[1])
    draft.document = Document(
        code[0],
        code[3].strip(),
        first_component(elements[2]),
        elements[3],
        elements[4],
        position,
    )


def text_of(elements: Elements) -> str | None:
    """Return the lines of an FTX."""
    return parts.joined(components(elements[4])[:5], "\n")


def reference_in(elements: Elements) -> tuple[str, str]:
    """Return qualifier and number of an RFF."""
    qualifier, text = components(elements[1])[:2]
    return qualifier, text.strip()


def marks_in(elements: Elements) -> str | None:
    """Return the shipping marks of a PCI."""
    return parts.joined(components(elements[2])[:10], " ")


def _dtm(draft: Heading, elements: Elements, position: int) -> None:
    _whole_dtm(draft, f"DTM{SEPARATOR}{elements[1]}", position)


def _whole_dtm(draft: Heading, text: str, position: int) -> None:
    qualifier, found = _moment(text)
    if found is None:
        qualifier, found = moment_in(draft, parts.elements_of(text), position)
    if found is not None:
        draft.dates.setdefault(qualifier, found)


def _ftx(draft: Heading, elements: Elements, _position: int) -> None:
    if text := text_of(elements):
        draft.comments.append(text)


def _rff(draft: Heading, elements: Elements, _position: int) -> None:
    qualifier, text = reference_in(elements)
    if text:
        draft.references.setdefault(qualifier, text)


def _nad(draft: Heading, elements: Elements, _position: int) -> None:
    draft.parties.setdefault(elements[1], party_of(elements))


def _whole_nad(draft: Heading, text: str, _position: int) -> None:
    role, found = _named_party(text)
    draft.parties.setdefault(role, found)


def _cux(draft: Heading, elements: Elements, _position: int) -> None:
    for each in elements[1:3]:
        usage, currency = components(each)[:2]
        if usage in _REFERENCE_CURRENCY and currency:
            draft.currency = draft.currency or currency


def _tdt(draft: Heading, elements: Elements, _position: int) -> None:
    if elements[1] in _MAIN_TRANSPORT:
        carrier = components(elements[5])
        draft.carrier = draft.carrier or carrier[0].strip() or carrier[3].strip() or None


def _pci(draft: Heading, elements: Elements, _position: int) -> None:
    draft.mark_code = draft.mark_code or marks_in(elements)


HEADING: Mapping[str, Handler[Heading]] = {
    "BGM": begin,
    "DTM": _dtm,
    "FTX": _ftx,
    "RFF": _rff,
    "NAD": _nad,
    "CUX": _cux,
    "TDT": _tdt,
    "PAC/PCI": _pci,
}
"""By path in the tree."""
WHOLE: Mapping[object, Whole[Heading]] = {_dtm: _whole_dtm, _nad: _whole_nad}
"""For `handlers_for`: what needn't split the segment first."""


@lru_cache(maxsize=1024)
def _moment(text: str) -> tuple[str, datetime | None]:
    qualifier, said, form = components(parts.elements_of(text)[1])[:3]
    return qualifier, parts.moment(said.strip(), form)


@lru_cache(maxsize=1024)
def _named_party(text: str) -> tuple[str, Party]:
    elements = parts.elements_of(text)
    return elements[1], party_of(elements)

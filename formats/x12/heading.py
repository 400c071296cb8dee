"""What stands in the heading of every set: parties, dates, references, currency, carrier, remarks.

A draft of a set is a Heading with fields of its own, and HEADING has the functions for the places
that all sets share. Where a set gives a place another meaning it puts its own function there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from formats.records import Party
from formats.x12 import parts
from formats.x12.parts import Elements, Handler, PartyDraft, Problems, Whole

VENDORS = ("SE", "VN", "SU")
"""N101 of the one who sells, the first that is named."""
DROP_SHIP = "DS"
"""BEG02 and BCH02 of an order that ships from the grower (code list 92)."""
SHIP_DATES = ("010", "037", "038", "118")
DELIVERY_DATES = ("002", "106", "071", "074", "064", "063")
"""DTM01 of a wish, the first that is named."""


@dataclass(slots=True)
class Heading:
    """What was read so far; `header` is the segment after ST. The first of a kind counts."""

    problems: Problems
    header: Elements
    parties: dict[str, PartyDraft] = field(default_factory=dict)
    party: PartyDraft | None = None
    dates: dict[str, date] = field(default_factory=dict)
    references: dict[str, str] = field(default_factory=dict)
    currency: str | None = None
    carrier: str | None = None
    comments: list[str] = field(default_factory=list)

    def vendor(self) -> Party:
        """Return who sells; a vendor number in REF IA or VR is the buyer's own."""
        found = parts.first_of(self.parties, VENDORS)
        code = parts.first_of(self.references, ("IA", "VR"))
        if found is None:
            return Party(code, "92") if code else Party()
        if found.code is None and code:
            found.code, found.qualifier = code, "92"
        return found.party()

    def party_as(self, *roles: str) -> Party | None:
        """Return the first party of one of `roles`."""
        found = parts.first_of(self.parties, roles)
        return found.party() if found else None

    def name_of(self, role: str) -> str | None:
        """Return the code of a party, else its name."""
        found = self.parties.get(role)
        return (found.code or found.name) if found else None

    def remarks(self) -> str | None:
        return "\n".join(self.comments) or None


def begin(draft: Heading, elements: Elements, _position: int) -> None:
    """Read the segment after ST."""
    draft.header = elements


def keep_date(dates: dict[str, date], elements: Elements, first: int = 1) -> None:
    """Read a date with its qualifier, which stands at element `first`, into `dates`."""
    found = parts.day(elements[first + 1])
    if found is not None:
        dates.setdefault(elements[first], found)


def warn_of_count(
    problems: Problems, total: tuple[int, int | None], counted: int, noun: str
) -> None:
    """Warn where CTT01 counts something else; `total` is the position of CTT and what it says."""
    position, said = total
    if said is not None and said != counted:
        message = f"CTT01 says {said} {noun}, {counted} were counted; check the document"
        problems.warning("CTT01", ("CTT", position, 1), message, str(said))


def remark_in(elements: Elements) -> str:
    """Return the text of an MSG (4010) or MTX (5010), which has room for two."""
    texts = elements[2:4] if elements[0] == "MTX" else elements[1:2]
    return " ".join(each.strip() for each in texts if each.strip())


def note(draft: Heading, elements: Elements, _position: int) -> None:
    """Read an NTE."""
    if text := elements[2].strip():
        draft.comments.append(text)


def _cur(draft: Heading, elements: Elements, _position: int) -> None:
    draft.currency = draft.currency or elements[2] or None


def reference(draft: Heading, elements: Elements, _position: int) -> None:
    """Read a REF."""
    value = elements[2].strip() or elements[3].strip()
    if value:
        draft.references.setdefault(elements[1], value)


def _dtm(draft: Heading, elements: Elements, _position: int) -> None:
    keep_date(draft.dates, elements)


def _whole_dtm(draft: Heading, text: str, _position: int) -> None:
    qualifier, found = _date(text)
    if found is not None:
        draft.dates.setdefault(qualifier, found)


def _td5(draft: Heading, elements: Elements, _position: int) -> None:
    draft.carrier = draft.carrier or elements[3].strip() or elements[5].strip() or None


def _n1(draft: Heading, elements: Elements, _position: int) -> None:
    draft.party = parts.party_of(elements)
    draft.parties.setdefault(draft.party.role, draft.party)


def _whole_n1(draft: Heading, text: str, _position: int) -> None:
    draft.party = PartyDraft(*_named(text))
    draft.parties.setdefault(draft.party.role, draft.party)


def _address(draft: Heading, elements: Elements, _position: int) -> None:
    if draft.party is not None:
        parts.add_to_party(draft.party, elements)


def _comment(draft: Heading, elements: Elements, _position: int) -> None:
    if text := remark_in(elements):
        draft.comments.append(text)


HEADING: Mapping[str, Handler[Heading]] = {
    "CUR": _cur,
    "REF": reference,
    "DTM": _dtm,
    "TD5": _td5,
    "N1": _n1,
    "N1/N2": _address,
    "N1/N3": _address,
    "N1/N4": _address,
    "N9/MSG": _comment,
    "N9/MTX": _comment,
}
"""By path in the tree."""
WHOLE: Mapping[object, Whole[Heading]] = {_dtm: _whole_dtm, _n1: _whole_n1}
"""For `handlers_for`: what needn't split the segment first."""


@lru_cache(maxsize=1024)
def _date(text: str) -> tuple[str, date | None]:
    elements = parts.elements_of(text)
    return elements[1], parts.day(elements[2])


@lru_cache(maxsize=1024)
def _named(text: str) -> tuple[str, str | None, str | None, str | None]:
    found = parts.party_of(parts.elements_of(text))
    return found.role, found.name, found.qualifier, found.code

"""Words of the trade in the heading of an order: terms of delivery, and fields of the sender's own.

A field stands in an FTX ZZZ whose text is coded `CF` in a list of the buyer's (92): its name, then
what it says. Any other FTX is a remark.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from formats.edifact.heading import HEADING, text_of
from formats.edifact.lines import Lines
from formats.edifact.parts import Elements, Handler, components
from formats.edifact.write_segment import Segment
from formats.records import (
    LONGEST_CUSTOM_FIELD,
    MOST_CUSTOM_FIELDS,
    CustomField,
    Party,
)

FORWARDER = "FW"
"""3035 of who takes the goods in for their flight."""
_MUTUAL, _OWN_FIELD, _BUYERS_LIST = "ZZZ", "CF", "92"
_DELIVERY = "6"
"""4055: conditions of delivery."""
_CODED = 3
_TEXT = 70
_LONGEST_PARTY = 17
"""Characters of 4053, of one 4052, and of 3039 in D.96A."""


@dataclass(slots=True)
class OrderLines(Lines):
    """The draft of a message that orders."""

    incoterm: str | None = None
    custom: dict[str, str] = field(default_factory=dict)

    def custom_fields(self) -> tuple[CustomField, ...]:
        return tuple(CustomField(name, value) for name, value in self.custom.items())


def _tod(draft: OrderLines, elements: Elements, _position: int) -> None:
    said = components(elements[3])
    draft.incoterm = draft.incoterm or said[0].strip() or said[3].strip() or None


def _ftx(draft: OrderLines, elements: Elements, position: int) -> None:
    code, _list, agency = components(elements[3])[:3]
    name, value = (each.strip() for each in components(elements[4])[:2])
    is_own = (elements[1], code, agency) == (_MUTUAL, _OWN_FIELD, _BUYERS_LIST)
    if not (is_own and name and value):
        if text := text_of(elements):
            draft.comments.append(text)
    elif len(draft.custom) < MOST_CUSTOM_FIELDS:
        draft.custom.setdefault(name[:LONGEST_CUSTOM_FIELD], value[:LONGEST_CUSTOM_FIELD])


TERMS: Mapping[str, Handler[OrderLines]] = {"FTX": _ftx, "TOD": _tod}
"""By path in the tree; they go before the functions for any heading."""
ORDER_HEADING: Mapping[str, Handler[OrderLines]] = {**HEADING, **TERMS}


def delivery_terms(term: str | None) -> Iterator[Segment]:
    """Yield the TOD of terms of delivery: as a code, or in words where they are longer."""
    if term:
        said = (term,) if len(term) <= _CODED else ("", "", "", term[:_TEXT])
        yield ("TOD", _DELIVERY, "", said)


def custom_fields(fields: Sequence[CustomField]) -> Iterator[Segment]:
    """Yield an FTX for each field of the sender's own."""
    for each in fields:
        yield ("FTX", _MUTUAL, "", (_OWN_FIELD, "", _BUYERS_LIST), (each.name, each.value))


def named(text: str | None) -> Party | None:
    """Return the party that a word stands for: by its code, or by its name where it is none."""
    if not text:
        return None
    is_code = len(text) <= _LONGEST_PARTY and text.isascii() and text.replace("-", "").isalnum()
    return Party(code=text) if is_code else Party(name=text)

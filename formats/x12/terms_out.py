"""Words of the trade that an order has a place for in X12: terms, agency, brand, own fields.

Nothing waits for them, so what X12 can't hold as a code is told as a name where there is one, and
else left out with a warning.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from formats.findings import Finding, Where, warning
from formats.records import CustomField, Party
from formats.x12.parts import BRAND_ID
from formats.x12.purchase_order_draft import OWN_FIELD
from formats.x12.references_out import ROOM_4010
from formats.x12.write import Segment

DEFINED_BY_BOTH = "DF"
INCOTERMS = "01"
"""FOB01 and FOB04 (code lists 146 and 334)."""
_TERM = 3
_LONGEST_ID = 48
_SHORTEST_CODE = 2
_LONGEST_CODE = 80
_MARKS = frozenset("-_./ ")


def incoterm(term: str | None, found: list[Finding]) -> Iterator[Segment]:
    """Yield the FOB of terms of delivery; FOB05 has three characters."""
    if term is None:
        return
    if len(term) != _TERM or not _is_code(term, _TERM):
        found.append(_left_out("incoterm", term, "FOB"))
        return
    yield ("FOB", DEFINED_BY_BOTH, "", "", INCOTERMS, term.upper())


def custom_fields(fields: Sequence[CustomField], found: list[Finding]) -> Iterator[Segment]:
    """Yield a REF for each field of the sender's own: its name, and what it says."""
    for each in fields:
        if _is_code(each.name, ROOM_4010):
            yield ("REF", OWN_FIELD, each.name, each.value)
        else:
            found.append(_left_out("custom field", each.name, "REF"))


def named(text: str | None) -> Party | None:
    """Return the party that a word stands for: by its code, or by its name where it is none."""
    if not text:
        return None
    is_code = len(text) >= _SHORTEST_CODE and _is_code(text, _LONGEST_CODE)
    return Party(code=text) if is_code else Party(name=text)


def brand(text: str | None, found: list[Finding]) -> tuple[str, str | None]:
    """Return the pair of ids that names a brand; no id for one that can't be an id."""
    if text and not _is_code(text, _LONGEST_ID):
        found.append(_left_out("brand", text, "PO1"))
        text = None
    return BRAND_ID, text


def _is_code(text: str, most: int) -> bool:
    return len(text) <= most and text.isascii() and all(c.isalnum() or c in _MARKS for c in text)


def _left_out(what: str, text: str, segment: str) -> Finding:
    message = f"the {what} {text!r} has no place in the set and was left out; tell it otherwise"
    return warning("x12.out.left_out", message, Where(segment=segment), text[:80])

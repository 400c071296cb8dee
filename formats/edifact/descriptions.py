"""What an IMD says of goods: words, or a feature of the VBN lists."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from formats import vbn
from formats.edifact import parts
from formats.edifact.parts import components

DESCRIPTION_WIDTH = 35
"""Characters of each of the two parts of a description (7008) in D.96A."""
BRAND = "BRN"
"""7081 of the name under which goods are sold (EANCOM)."""
_FREE_TEXT_FEATURE = "S99"


class Described(NamedTuple):
    """What an IMD says: a VBN feature, or words; `problem` says why neither can be used."""

    words: str
    feature: tuple[str, str] | None = None
    problem: str | None = None
    is_brand: bool = False


@lru_cache(maxsize=4096)
def described_whole(text: str) -> Described:
    """Return what a whole IMD says."""
    elements = parts.elements_of(text)
    return described(elements[2], elements[3])


@lru_cache(maxsize=1024)
def described(kind: str, text: str) -> Described:
    """Return what an IMD of this C272 and C273 says."""
    kind = parts.first_component(kind)
    found = components(text)
    words = _description(found[3], found[4])
    if kind == BRAND:
        return Described(words or found[0].strip(), is_brand=True)
    if not _is_feature(kind) or kind == _FREE_TEXT_FEATURE:
        return Described(words)
    value = found[0].strip() or words
    try:
        return Described(words, (vbn.feature_type(kind), vbn.feature_value(value)))
    except ValueError as error:
        return Described(value, None, f"the characteristic {kind} was left out: {error}")


def _description(first: str, second: str) -> str:
    """Join the two parts of a description; one that fills its place was cut there."""
    between = "" if len(first) == DESCRIPTION_WIDTH else " "
    return f"{first}{between}{second}".strip()


def _is_feature(kind: str) -> bool:
    return len(kind) == len(_FREE_TEXT_FEATURE) and kind[0].isalpha() and kind[1:].isdigit()

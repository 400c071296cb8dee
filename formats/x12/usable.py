"""Which wrong elements of X12 can be used, where a partner agreed to be warned of them."""

from __future__ import annotations

from formats.grammar.check import SEPARATOR
from formats.grammar.errors import ElementError
from formats.grammar.usable import Usable

LONGEST_REFERENCE = 80
"""Characters of REF03, where what is too long for REF02 stands, and is read from."""
_LONGEST_PLACE = 30
"""Characters of N406, where a state of more than two letters stands."""
_REFERENCE, _CITY, _STATE = "127", "19", "156"
TEXTS = frozenset({"3", "61", "79", "93", "166", "352", "397", "434", "933", "1551", _CITY})
"""Elements for people. All others name something, and are compared and repeated."""
_REPEATED = frozenset(
    {
        *("76", "87", "234", "324", "327", "328", "350", "367", "396", _REFERENCE),
        *("26", "66", "67", "100", "116", "140", "387"),
        *("65", "81", "82", "118", "189", "212", "330", "332", "356", "357", "358", "380"),
        *("382", "610", "646", "649", "671", "782"),
    }
)
_X12 = Usable("4", "5", "6", TEXTS, _REPEATED, unpadded=frozenset({_CITY}))
CODES = _X12.codes
"""Codes of AK403 that `is_usable` decides about."""


def is_usable(error: ElementError, tag: str, segment: str) -> bool:
    """Tell whether what stands at the place of `error` can be kept and repeated.

    `segment` is the whole one with that `tag`, elements parted by SEPARATOR: an error holds no more
    than the beginning of a long value.
    """
    value = segment.split(SEPARATOR)[error.element]
    if tag == "REF":
        room: int | None = LONGEST_REFERENCE
    else:
        room = _LONGEST_PLACE if error.number == _STATE else None
    return _X12.allows(error.code, error.number, value, room=room)

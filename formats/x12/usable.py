"""Whether a wrong element can be used at all, where a partner and a site agreed to be warned of it.

Numbers and codes are kept, and repeated in answers and in the sets that others read; no writer cuts
or pads one, as that would be another. So a set with one that has a wrong length is refused while
its sender can still be told. Control characters are what no ledger holds.
"""

from __future__ import annotations

import re

from formats.grammar.check import SEPARATOR
from formats.grammar.errors import ElementError
from formats.text import has_controls

_TOO_SHORT, _TOO_LONG, _BAD_CHARACTER = "4", "5", "6"
CODES = frozenset({_TOO_SHORT, _TOO_LONG, _BAD_CHARACTER})
"""Codes of AK403 that `is_usable` decides about."""
LONGEST_REFERENCE = 80
"""Characters of REF03, where what is too long for REF02 stands, and is read from."""
_LONGEST_PLACE = 30
"""Characters of N406, where a state of more than two letters stands."""
_REFERENCE, _CITY, _STATE = "127", "19", "156"
_TEXTS = frozenset({"3", "61", "93", "166", "352", "933", "1551", _CITY})
"""Elements for people: a writer replaces what it can't send, and cuts what is too long."""
_REPEATED = frozenset(
    {
        *("76", "87", "234", "324", "327", "328", "350", "367", "396", _REFERENCE),
        *("26", "66", "67", "100", "116", "140", "387"),
        *("65", "81", "82", "118", "189", "212", "330", "332", "356", "357", "358", "380"),
        *("382", "610", "646", "649", "671", "782"),
    }
)
"""Numbers of documents, lines and goods; parties, places and currencies; quantities and money."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f]", re.ASCII)


def is_usable(error: ElementError, tag: str, segment: str) -> bool:
    """Tell whether what stands at the place of `error` can be kept and repeated.

    `segment` is the whole one with that `tag`, elements parted by SEPARATOR: an error holds no more
    than the beginning of a long value.
    """
    value = segment.split(SEPARATOR)[error.element]
    if error.code == _BAD_CHARACTER:
        is_text = error.number in _TEXTS
        return not has_controls(value) if is_text else _CONTROL.search(value) is None
    if error.code == _TOO_SHORT:
        return error.number not in _REPEATED and error.number != _CITY
    if tag == "REF":
        return len(value) <= LONGEST_REFERENCE
    if error.number == _STATE:
        return len(value) <= _LONGEST_PLACE
    return error.number not in _REPEATED

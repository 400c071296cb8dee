"""Which wrong elements of EDIFACT can be used, where a partner agreed to be warned of them."""

from __future__ import annotations

from formats.edifact.elements import BAD_CHARACTER, TOO_LONG, TOO_SHORT
from formats.edifact.patterns import COMPONENT
from formats.grammar.check import SEPARATOR
from formats.grammar.errors import ElementError
from formats.grammar.usable import Usable

_TEXTS = frozenset(
    {
        *("1000", "3036", "3042", "3124", "3164", "3412", "4052", "4078", "4276", "4400", "4404"),
        *("4440", "5152", "5388", "6154", "7008", "7036", "7064", "7102", "7110", "7160"),
        *("8066", "8154", "8178", "8212", "9010", "9012", "9302"),
    }
)
_REPEATED = frozenset(
    {
        *("1004", "1056", "1060", "1082", "1154", "1156", "1230", "1366"),
        *("7130", "7140", "7402", "7065", "8028", "8213", "8260", "9308", "7164", "7166"),
        *("3039", "3127", "3207", "3223", "3225", "3229", "3233", "3251", "3446", "4277"),
        *("5004", "5118", "5278", "5284", "5286", "5394", "5402", "5420", "5482"),
        *("6060", "6064", "6066", "6152", "6162", "6314", "6345", "6411", "7224"),
        *("1218", "1220", "2152", "2380", "6348", "6432"),
    }
)
EDIFACT = Usable(TOO_SHORT, TOO_LONG, BAD_CHARACTER, _TEXTS, _REPEATED)
"""By the codes of 0085 and the numbers of elements."""
_CODES = EDIFACT.codes


def is_usable(error: ElementError, segment: str) -> bool:
    """Tell whether what stands at the place of `error` can be kept and repeated.

    `segment` is the whole one, elements parted by SEPARATOR and components by COMPONENT: an error
    holds no more than the beginning of a long value. Of any code but those of characters and
    lengths it is for the builder of the record to find out.
    """
    if error.code not in _CODES:
        return True
    value = segment.split(SEPARATOR)[error.element]
    if error.component is not None:
        value = value.split(COMPONENT)[error.component - 1]
    return EDIFACT.allows(error.code, error.number, value)

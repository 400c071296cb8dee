"""Air waybill numbers as people write them: what is odd about one, and whether two are the same.

A number is kept as it was written and never refused, since real ones break the check (domain W-02);
what is odd is a warning.
"""

from __future__ import annotations

from formats.values import air_waybill

MAX_LENGTH = 35
"""Characters of the longest number that a file of the trade may have: the agencies' lists have room
for 34 and 32, an RFF for 35, most systems for 25 (domain W-02, W-06, 12.5)."""
SHORT = 4
"""Digits at the end by which people name an air waybill (domain W-03)."""


def complaint(text: str) -> str | None:
    """Return the sentence for a warning about an air waybill, or None for one that is right.

    Right are 11 digits whose last is the 7-digit serial modulo 7 (W-01), with blanks and hyphens
    anywhere, and the last four digits alone (W-03).
    """
    if is_short(text):
        return None
    try:
        _, holds = air_waybill(text)
    except ValueError:
        return (
            "An air waybill of 11 digits such as 176-12345675, or its last 4, is expected. "
            "It was kept as it is; check it."
        )
    if holds:
        return None
    return "The check digit of the air waybill is wrong. It was kept as it is; check it."


def is_short(text: str) -> bool:
    """Tell whether `text` is the last four digits of an air waybill."""
    written = _plain(text)
    return len(written) == SHORT and written.isascii() and written.isdigit()


def is_same(one: str, other: str) -> bool:
    """Tell whether two numbers can name one air waybill: equal, or one is the other's end (W-03).

    Blanks, hyphens and case don't count. Whether only one candidate fits is for the caller to see.
    """
    first, second = _plain(one), _plain(other)
    if is_short(one) or is_short(other):
        return bool(first) and bool(second) and (first.endswith(second) or second.endswith(first))
    return bool(first) and first == second


def _plain(text: str) -> str:
    return text.replace("-", "").replace(" ", "").casefold()

"""A number of the trade as REF or N9, whole, however long it is.

Element 127 has room for 30 characters in 004010 and for 50 in 005010. A longer number stands in the
next element, which our readers take where the number is missing (note R0203 of either segment).
"""

from __future__ import annotations

from typing import Literal

from formats.x12.usable import LONGEST_REFERENCE
from formats.x12.write import Segment

ROOM_4010, ROOM_5010 = 30, 50


def reference(tag: Literal["REF", "N9"], kind: str, value: str, *, is_5010: bool) -> Segment:
    """Return the segment that says `value`, which is of `kind` (list 128).

    A value that fits neither element of a REF stands in the first, where the writer refuses it.
    """
    is_too_long = tag == "REF" and len(value) > LONGEST_REFERENCE
    if is_too_long or len(value) <= (ROOM_5010 if is_5010 else ROOM_4010):
        return (tag, kind, value)
    return (tag, kind, "", value)

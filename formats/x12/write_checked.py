"""Segments held against the dictionary that we read with, before they are written.

The writer knows the lengths of the segments of orders and their answers; these segments hold codes
and numbers only, so that whatever the reader would refuse in them is refused here, with a sentence.
"""

from __future__ import annotations

from formats.grammar.check import SEPARATOR
from formats.x12.dictionary import dictionary
from formats.x12.elements import element_errors
from formats.x12.write import Segment


def checked(segment: Segment, *, is_5010: bool) -> Segment:
    """Return `segment`, whose elements are plain texts; raises ValueError for one that is wrong."""
    texts = [each for each in segment if isinstance(each, str)]
    tag = texts[0]
    layout = dictionary("5010" if is_5010 else "4010").segments[tag]
    errors = element_errors(SEPARATOR.join(texts), layout, "\x1f")
    if errors:
        first = errors[0]
        raise ValueError(
            f"{tag}{first.element:02} ({first.name}) holds {first.value!r}, and {first.expected} is"
            " expected: correct the value"
        )
    return segment

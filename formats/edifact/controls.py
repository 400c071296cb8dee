"""The reference of an EDIFACT file that we wrote ourselves, and a new one in its place.

A partner names a file by it when it acknowledges it.
"""

from __future__ import annotations

from typing import NamedTuple

from formats.edifact.scan import scan
from formats.edifact.spans import Interchange
from formats.edifact.write_envelope import checked_reference
from formats.edifact.write_segment import rendered

_MOST_DIGITS = 9


class Controls(NamedTuple):
    """How a CONTRL names a file: by our id in it (`14/8712345000028`), and its 0020.

    `recipient` is the other side of the pair that numbers are counted for.
    """

    sender: str
    recipient: str
    interchange: int


def controls_of(body: bytes) -> Controls | None:
    """Return the reference of a file; None for one that nobody acknowledges, or not EDIFACT."""
    if not body.startswith((b"UNA", b"UNB")):
        return None
    found = _only(body)
    if found is None or found.is_acknowledgement:
        return None
    reference = found.control
    if not (reference.isascii() and reference.isdigit() and len(reference) <= _MOST_DIGITS):
        return None
    sender = f"{found.sender_qualifier}/{found.sender}"
    return Controls(sender, f"{found.recipient_qualifier}/{found.recipient}", int(reference))


def renumbered(body: bytes, reference: str) -> bytes:
    """Return a file of ours under another reference; the rest stays.

    Raises ValueError for a file that `controls_of` doesn't understand.
    """
    found = _only(body)
    if found is None or controls_of(body) is None:
        raise ValueError("the file is no EDIFACT interchange of ours, so its number can't change")
    old, new = found.control, checked_reference(reference)
    header = list(found.header)
    before = rendered(_segment(header), found.service).encode(found.encoding.codec)
    header[5] = (new,)
    after = rendered(_segment(header), found.service).encode(found.encoding.codec)
    element, end = found.service.element, found.service.terminator
    trailer = b"UNZ" + element + b"1" + element
    head, mark, tail = body.rpartition(trailer + old.encode() + end)
    if body.count(before) != 1 or not mark:
        raise ValueError("the file wasn't written here, so its number can't change")
    return head.replace(before, after, 1) + trailer + new.encode() + end + tail


def _segment(header: list[tuple[str, ...]]) -> tuple[str | tuple[str, ...], ...]:
    return (header[0][0], *header[1:])


def _only(body: bytes) -> Interchange | None:
    found = scan(body).interchanges
    return found[0] if len(found) == 1 and found[0].is_trusted else None

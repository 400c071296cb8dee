"""The control numbers of an X12 file that we wrote ourselves, and new ones in their place.

A partner names a file by them when it acknowledges it. Only what our own writer makes is understood
here: one interchange with an ISA of 106 characters and one group.
"""

from __future__ import annotations

from typing import NamedTuple

_ISA_CHARACTERS = 106
_CONTROL = slice(90, 99)
_SENDER_QUALIFIER, _SENDER = slice(32, 34), slice(35, 50)
_HEAD = 400
"""GS ends before this byte."""
ACKNOWLEDGEMENTS = "FA"


class Controls(NamedTuple):
    """How an acknowledgement names a file: by our id in it (`ZZ/K2KNET`), ISA13, GS01 and GS06."""

    sender: str
    interchange: int
    functional_id: str
    group: int


def controls_of(body: bytes) -> Controls | None:
    """Return the control numbers of a file; None for one that nobody acknowledges, or not X12."""
    if not body.startswith(b"ISA") or len(body) < _ISA_CHARACTERS:
        return None
    head = body[:_HEAD].decode("latin-1")
    element, end = head[3], head[_ISA_CHARACTERS - 1]
    group = head[_ISA_CHARACTERS:].lstrip("\r\n").split(end, 1)[0].split(element)
    control = head[_CONTROL]
    if group[0] != "GS" or len(group) < 7 or group[1] == ACKNOWLEDGEMENTS:
        return None
    if not (control.isdigit() and group[6].isdigit()):
        return None
    sender = f"{head[_SENDER_QUALIFIER]}/{head[_SENDER].strip()}"
    return Controls(sender, int(control), group[1], int(group[6]))


def renumbered(body: bytes, interchange: int, group: int) -> bytes:
    """Return a file of ours with other control numbers of interchange and group; the rest stays.

    Raises ValueError for a file that `controls_of` doesn't understand.
    """
    if controls_of(body) is None:
        raise ValueError("the file is no X12 file of one group, so its numbers can't be changed")
    text = body.decode("latin-1")
    element, end = text[3], text[_ISA_CHARACTERS - 1]
    control = f"{interchange:09}"
    text = text[: _CONTROL.start] + control + text[_CONTROL.stop :]
    segments = text.split(end)
    for at, segment in enumerate(segments):
        tag = segment.lstrip("\r\n").split(element, 1)[0]
        position = {"GS": 6, "GE": 2, "IEA": 2}.get(tag)
        if position is not None:
            elements = segment.split(element)
            elements[position] = control if tag == "IEA" else str(group)
            segments[at] = element.join(elements)
    return end.join(segments).encode("latin-1")

"""CONTRL as partners send it: what became of an interchange of ours, and of the messages in it.

Read leniently, because nothing is ever answered to it: whatever names an interchange counts.
"""

from __future__ import annotations

from collections.abc import Sequence

from formats.acknowledgements import Acceptance, Acknowledged, Acknowledgement, Fault, Level
from formats.edifact import words
from formats.edifact.parts import Elements, Problems, components, elements_of

_REJECTED, _RECEIVED = "4", "8"
_SHOWN_CHARACTERS = 40


def acknowledgement(
    segments: Sequence[str], number: str, problems: Problems, *, is_test: bool = False
) -> Acknowledgement | None:
    """Return what a CONTRL says; None (and a finding) where it names no interchange.

    `number` is the partner's own number of it. Messages that it doesn't name share the fate of
    their interchange, and aren't items.
    """
    head = next((each for each in map(elements_of, segments) if each[0] == "UCI"), None)
    if head is None or not head[1].strip():
        message = "the CONTRL has no UCI with the reference of an interchange; send one"
        problems.error("UCI.missing", ("UCI", 2, 1), message)
        return None
    reading = _Reading(head[1].strip())
    for text in segments:
        reading.step(elements_of(text))
    items = (_interchange(head, reading.items), *reading.items)
    return Acknowledgement(form="CONTRL", number=number, is_test=is_test, items=items)


def _interchange(head: Elements, below: Sequence[Acknowledged]) -> Acknowledged:
    if head[4] == _REJECTED:
        acceptance = Acceptance.REJECTED
    elif any(each.acceptance.is_refusal for each in below):
        acceptance = Acceptance.PARTLY
    else:
        acceptance = Acceptance.RECEIVED if head[4] == _RECEIVED else Acceptance.ACCEPTED
    faults = _faults(head, 5)
    return Acknowledged(Level.INTERCHANGE, acceptance, head[1].strip(), faults=faults)


class _Reading:
    """The groups and messages that a CONTRL names, in its order."""

    def __init__(self, interchange: str) -> None:
        self.items: list[Acknowledged] = []
        self._interchange = interchange
        self._position = 0

    def step(self, elements: Elements) -> None:
        """Take the next segment."""
        tag = elements[0]
        if tag == "UCF":
            self._add(Level.GROUP, elements, 4, elements[1].strip(), "UNG")
        elif tag == "UCM":
            kind = components(elements[2])[0]
            self._add(Level.DOCUMENT, elements, 3, elements[1].strip(), kind)
        elif tag == "UCS":
            self._position = _count(elements[1])
            if elements[2]:
                self._say(Fault(elements[2], words.explain(elements[2]), "", self._position))
        elif tag == "UCD":
            element, part = components(elements[2])[:2]
            # The tag is position 1 there, and no element to us.
            at = max(_count(element) - 1, 0) or None
            message = words.explain(elements[1])
            place = (self._position, at, _count(part) or None)
            self._say(Fault(elements[1], message, "", *place))

    def _add(self, level: Level, elements: Elements, action: int, control: str, kind: str) -> None:
        is_refused = elements[action] == _REJECTED
        self.items.append(
            Acknowledged(
                level,
                Acceptance.REJECTED if is_refused else Acceptance.ACCEPTED,
                self._interchange,
                # We send no groups, so nothing of ours would be found by the number of one.
                "",
                control,
                kind,
                faults=_faults(elements, action + 1),
            )
        )

    def _say(self, fault: Fault) -> None:
        if self.items:
            last = self.items[-1]
            self.items[-1] = Acknowledged(
                last.level,
                last.acceptance,
                last.interchange,
                last.group,
                last.control,
                last.kind,
                last.reference,
                (*last.faults, fault),
            )


def _faults(elements: Elements, first: int) -> tuple[Fault, ...]:
    """Read 0085, 0013 and S011, which begin at element `first`."""
    code = elements[first]
    if not code:
        return ()
    place, part = components(elements[first + 2])[:2]
    at = max(_count(place) - 1, 0) or None
    segment = elements[first + 1][:_SHOWN_CHARACTERS]
    return (Fault(code, words.explain(code), segment, None, at, _count(part) or None),)


def _count(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0

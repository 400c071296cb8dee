"""Whether a wrong element can be used at all, where a partner and a site agreed to be warned of it.

Numbers and codes are kept, and repeated in answers and in the documents that others read; no writer
cuts or pads one, as that would be another. So a document with one that has a wrong length is
refused while its sender can still be told. Control characters are what no ledger holds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from formats.text import has_controls

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Usable:
    """The codes of one standard that are about it, and its elements by their numbers."""

    too_short: str
    too_long: str
    bad_character: str
    texts: frozenset[str]
    """Elements for people: a writer replaces what it can't send, and cuts what is too long."""
    repeated: frozenset[str]
    """Numbers of documents, lines and goods; parties, places and currencies; quantities, money."""
    unpadded: frozenset[str] = frozenset()
    """Texts that a writer can't make longer where they are too short."""

    @property
    def codes(self) -> frozenset[str]:
        """Return the codes that `allows` decides about; with any other an element is usable."""
        return frozenset({self.too_short, self.too_long, self.bad_character})

    def allows(self, code: str, number: str, value: str, *, room: int | None = None) -> bool:
        """Tell whether `value` of element `number` can be kept and repeated.

        `value` is the whole one that has an error of that `code`. `room` is the most characters
        that stand in another place, where one that is too long is read and written.
        """
        if code == self.bad_character:
            is_text = number in self.texts
            return not has_controls(value) if is_text else _CONTROL.search(value) is None
        if code == self.too_short:
            return number not in self.repeated | self.unpadded
        if code == self.too_long and room is not None:
            return len(value) <= room
        return code != self.too_long or number not in self.repeated

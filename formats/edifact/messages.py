"""The messages that become records: each with the function that builds its record.

A message stands here and has a definition file for each edition (`<code>_<edition>.txt`). Nothing
else has to know that it is read; docs/architecture.md says how one is added.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple, Protocol, TypeAlias

from formats.edifact.parts import Problems
from formats.records import PurchaseOrder

EdifactRecord: TypeAlias = PurchaseOrder
"""What a message may become; a union that grows with KINDS."""


class Edition(NamedTuple):
    """The definitions that a message is checked against."""

    tree: str
    """Second part of the name of its definition file, as `D96A` of `orders_d96a.txt`."""
    release: str
    """Release of the dictionary that has its segments, as `D96A`."""


class Builder(Protocol):
    """Makes a record of a checked message; `segments` and `nodes` are those of the check."""

    def __call__(
        self,
        segments: Sequence[str],
        nodes: Sequence[int],
        edition: Edition,
        problems: Problems,
        *,
        is_test: bool = False,
    ) -> EdifactRecord | None: ...


UN_EDITIONS: Mapping[tuple[str, str], Edition] = MappingProxyType(
    {
        ("D", "96A"): Edition("D96A", "D96A"),
        ("D", "01B"): Edition("D01B", "D01B"),
    }
)
"""By version and release (0052, 0054) of UN/EDIFACT directories."""
_RELEASE = re.compile(r"([0-9]{2})[AB]", re.ASCII)
_FIRST_YEAR = 88


@dataclass(frozen=True, slots=True)
class MessageKind:
    """How one type of message is read.

    `tolerates` are codes of 0085 that are only warned of, because the trade's software can't do
    better; those that were agreed with a partner come on top.
    """

    build: Builder
    editions: Mapping[tuple[str, str], Edition] = field(default_factory=lambda: UN_EDITIONS)
    tolerates: frozenset[str] = frozenset()

    def edition(self, version: str, release: str, *, nearest: bool = False) -> Edition | None:
        """Return the edition of a UNH, None where it isn't read.

        With `nearest` any UN directory is read as the one of the same century: they differ little
        in what a trade message needs.
        """
        found = self.editions.get((version, release))
        if found is not None or not nearest or self.editions is not UN_EDITIONS or version != "D":
            return found
        match = _RELEASE.fullmatch(release)
        if match is None:
            return None
        return UN_EDITIONS["D", "96A" if int(match[1]) >= _FIRST_YEAR else "01B"]


KINDS: Mapping[str, MessageKind] = MappingProxyType({})
"""By message type (0065)."""

"""The editions of messages that are read: which tree, and which dictionary."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class Edition(NamedTuple):
    """The definitions that a message is checked against."""

    tree: str
    """Second part of the name of its definition file, as `D96A` of `orders_d96a.txt`."""
    release: str
    """Release of the dictionary that has its segments, as `D96A`."""


UN_EDITIONS: Mapping[tuple[str, str], Edition] = MappingProxyType(
    {
        ("D", "96A"): Edition("D96A", "D96A"),
        ("D", "01B"): Edition("D01B", "D01B"),
    }
)
"""By version and release (0052, 0054) of UN/EDIFACT directories."""
_RELEASE = re.compile(r"([0-9]{2})[AB]", re.ASCII)
_FIRST_YEAR = 88


def nearest_edition(version: str, release: str) -> Edition | None:
    """Return the UN directory of the same century: they differ little in what trade needs.

    None for a version that isn't a UN directory at all.
    """
    match = _RELEASE.fullmatch(release)
    if match is None or version != "D":
        return None
    return UN_EDITIONS["D", "96A" if int(match[1]) >= _FIRST_YEAR else "01B"]

"""The codes of 0085 in words."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

ERRORS: Mapping[str, str] = MappingProxyType(
    {
        "2": "syntax version or level isn't supported",
        "7": "the recipient isn't the one this came to",
        "12": "invalid value",
        "13": "missing",
        "14": "value isn't supported in this place",
        "15": "not supported in this place",
        "16": "too many constituents",
        "17": "no agreement",
        "18": "unspecified error",
        "19": "invalid decimal notation",
        "20": "character can't be a service character",
        "21": "invalid character",
        "22": "invalid service character",
        "23": "unknown sender",
        "24": "too old",
        "25": "test indicator isn't supported",
        "26": "duplicate",
        "27": "security isn't supported",
        "28": "references don't match",
        "29": "the count isn't the one that was received",
        "30": "groups and messages are mixed",
        "31": "more than one message type in a group",
        "32": "nothing in it",
        "33": "segment outside of messages",
        "34": "nesting isn't allowed",
        "35": "the segment comes too often",
        "36": "the segment group comes too often",
        "37": "invalid type of characters",
        "38": "a digit is missing ahead of the decimal mark",
        "39": "too long",
        "40": "too short",
        "43": "the recipient is unknown",
        "45": "trailing separator",
        "46": "character set isn't supported",
        "47": "envelope functionality isn't supported",
        "48": "a dependency is broken",
    }
)
NAMES: Mapping[str, str] = MappingProxyType(
    {
        "12": "invalid",
        "13": "missing",
        "15": "misplaced",
        "16": "surplus",
        "19": "decimal",
        "21": "character",
        "35": "repeated",
        "36": "group_repeated",
        "37": "type",
        "38": "decimal",
        "39": "long",
        "40": "short",
        "45": "trailing",
    }
)
"""How findings name the errors inside of a message: `edifact.QTY.missing`."""


def explain(code: str) -> str:
    """Return a code of 0085 in words, for people."""
    return ERRORS.get(code, f"code {code} isn't in the tables here")

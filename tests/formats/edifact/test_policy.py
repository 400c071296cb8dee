"""Whatever was agreed to be warned of, a broken message is used or refused with a place."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formats.edifact.policy import STRICT, Policy
from formats.edifact.reader import read
from tests.golden.cases import HERE as GOLDEN
from tests.golden.cases import edifact_files

EVERYTHING = Policy(
    warns=frozenset(str(code) for code in range(1, 49)), accepts_other_releases=True
)
CASES = sorted(GOLDEN.glob("edifact/*/in.*"))
END = re.compile(r"(?<!\?)'")
JUNK = st.sampled_from(
    [
        *("", " ", "0", "X", "-9", "1E5", ".5", "-0,5", "1.234,5", "20261399", "ZZ", "é"),
        *("A" * 99, "9" * 30, "::9", "1:2:3:4:5:6"),
    ]
)


@st.composite
def broken(draw: st.DrawFn) -> bytes:
    """Return a golden case with segments lost, repeated, moved, emptied or mangled."""
    segments = END.split(draw(st.sampled_from(CASES)).read_bytes().decode("latin-1"))
    for _ in range(draw(st.integers(1, 5))):
        at = draw(st.integers(1, len(segments) - 2))
        kind = draw(st.sampled_from(["lose", "repeat", "move", "mangle", "mangle"]))
        if kind == "lose" and len(segments) > 4:
            del segments[at]
        elif kind == "repeat":
            segments.insert(at, segments[at])
        elif kind == "move":
            segments.insert(draw(st.integers(1, len(segments) - 2)), segments.pop(at))
        else:
            segments[at] = draw(mangled(segments[at]))
    return "'".join(segments).encode("latin-1")


@st.composite
def mangled(draw: st.DrawFn, segment: str) -> str:
    elements = segment.split("+")
    place = draw(st.integers(0, len(elements) - 1))
    parts = elements[place].split(":")
    parts[draw(st.integers(0, len(parts) - 1))] = draw(JUNK)
    elements[place] = ":".join(parts)
    return "+".join(elements)


@pytest.mark.parametrize("policy", [STRICT, EVERYTHING], ids=["strict", "everything agreed"])
@settings(max_examples=250, deadline=None)
@given(data=broken())
def test_broken_message_is_used_or_refused_with_a_place(data: bytes, policy: Policy) -> None:
    reading = read(data, policy=policy)
    for document in reading.documents():
        assert document.is_accepted or any(each.is_error for each in document.findings)
        assert all(each.where.byte is not None for each in document.findings)
    for sent in filter(None, edifact_files(reading)):
        ours = read(sent)
        documents: list[Any] = list(ours.documents())
        found = [*ours.envelope_findings(), *(one for each in documents for one in each.findings)]
        assert documents
        assert not [each for each in found if each.is_error]

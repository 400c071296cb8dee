"""Whatever was agreed to be warned of, a broken message is used or refused with a place."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formats.documents import ReadDocument
from formats.edifact.dictionary import dictionary
from formats.edifact.policy import STRICT, Policy
from formats.edifact.reader import read
from formats.edifact.usable import EDIFACT
from formats.findings import Severity
from tests.formats.edifact.samples import order_with, written
from tests.golden.cases import HERE as GOLDEN
from tests.golden.cases import edifact_files

UNUSABLE = frozenset({"21", "39", "40"})
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


def documents_with(put: str, *, at: int, warns: frozenset[str] = UNUSABLE) -> ReadDocument:
    """Return an order whose segment at a position (UNH = 1) is another, read as was agreed."""
    data = written(*order_with(at=at, put=(put,), drop=1))
    (document,) = read(data, policy=Policy(warns=warns)).documents()
    return document


@pytest.mark.parametrize(
    ("at", "put"),
    [
        (6, f"FTX+AAI+++{'KEEP COLD ' * 9}"),
        (9, f"NAD+SU+V0044::92++{'FINCA ALTA ' * 4}"),
        (15, f"IMD+F++:::{'ROSE RED ' * 9}"),
        (6, "FTX+AAI+++KEEP\tCOLD"),
    ],
)
def test_text_for_people_is_used_where_that_was_agreed(at: int, put: str) -> None:
    document = documents_with(put, at=at)
    assert document.record is not None
    assert [each.severity for each in document.findings] == [Severity.WARNING]
    strict = documents_with(put, at=at, warns=frozenset())
    assert strict.record is None


@pytest.mark.parametrize(
    ("at", "put"),
    [
        (2, f"BGM+220+PO-{'7' * 33}+9"),
        (7, f"RFF+CO:WEB-{'5' * 32}"),
        (8, f"NAD+BY+{'5' * 36}::9"),
        (9, f"NAD+SU+V0044::92++FINCA ALTA+STREET 1+MIAMI+FL+{'3' * 10}+US"),
        (13, f"LIN+1++{'R' * 36}:SA"),
        (16, f"QTY+21:{'1' * 16}:BX"),
        (19, f"PRI+AAA:{'1' * 16}:::1:PCE"),
        (6, "FTX+AAI+++KEEP\x07COLD"),
        (9, "NAD+SU+V\x0144::92"),
    ],
)
def test_what_no_answer_could_repeat_is_refused_whatever_was_agreed(at: int, put: str) -> None:
    document = documents_with(put, at=at)
    assert document.record is None
    assert {each.code.rpartition(".")[2] for each in document.findings} <= {"long", "character"}
    assert all(each.is_error for each in document.findings)


def test_elements_that_are_told_apart_are_elements_of_ours() -> None:
    releases = [dictionary(each).segments.values() for each in ("D96A", "D01B")]
    uses = [use for segments in releases for each in segments for use in each.uses]
    known = {part.number for use in uses for part in use.parts}
    assert known >= EDIFACT.texts | EDIFACT.repeated
    assert not EDIFACT.texts & EDIFACT.repeated

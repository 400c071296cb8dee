"""Promise of the quick way to part a set: what it finds sound is what a careful look finds."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from formats.grammar.check import SEPARATOR
from formats.x12.check import new_checker
from formats.x12.segments import Segmenter
from formats.x12.separators import Separators
from tests.formats.x12.samples import transaction_set

LINES = Separators(decoration=b"\n")
RUN_ON = Separators()
TEXTS = transaction_set()
ODD = ("~", "~\n", "\n", "\r", " ", "\t", "\0", "\x1a", SEPARATOR, "*", "é", "~ ", "~~")


def sent(separators: Separators) -> bytes:
    end = (separators.terminator + separators.decoration).decode()
    return end.join(TEXTS).encode() + separators.terminator


@pytest.mark.parametrize("separators", [LINES, RUN_ON])
def test_usual_set_is_parted_quickly(separators: Separators) -> None:
    segmenter = Segmenter(separators)
    found = segmenter.usual(sent(separators))
    assert found == segmenter.exact(sent(separators))
    assert found == [each.replace("*", SEPARATOR) for each in TEXTS]


@pytest.mark.parametrize(
    "separators",
    [
        Separators(terminator=b"\n"),
        Separators(terminator=b"\r\n"),
        Separators(element=b"\xe9"),
        Separators(element=b"\xc2\xa7"),
        Separators(decoration=b"\n", is_wrapped=True),
    ],
)
def test_unusual_separators_need_a_careful_look(separators: Separators) -> None:
    assert Segmenter(separators).usual(sent(LINES)) is None


def test_segment_that_ends_in_another_way_needs_a_careful_look() -> None:
    raw = sent(LINES)
    assert Segmenter(LINES).usual(raw.replace(b"~\nCUR", b"~CUR")) is None
    assert Segmenter(LINES).usual(raw.replace(b"~\nCUR", b"~~\nCUR")) is None
    assert Segmenter(LINES).usual(raw.replace(b"~\nCUR", b"~\n" + SEPARATOR.encode())) is None


@settings(max_examples=300)
@given(
    st.sampled_from([LINES, RUN_ON]),
    st.lists(st.tuples(st.integers(0, 2000), st.sampled_from(ODD)), max_size=3),
)
@example(LINES, [(60, "~")])
@example(RUN_ON, [(0, "~"), (236, "~")])
def test_what_is_sound_in_the_usual_way_is_the_same_in_the_exact_one(
    separators: Separators, odd: list[tuple[int, str]]
) -> None:
    text = sent(separators).decode()
    for place, put in odd:
        # A set begins with its ST, and nothing stands ahead of it.
        at = 2 + place % (len(text) - 1)
        text = text[:at] + put + text[at:]
    segmenter = Segmenter(separators)
    usual = segmenter.usual(text.encode())
    if usual is not None and not new_checker("850", "4010").check(usual, ">").errors:
        assert usual == segmenter.exact(text.encode())

"""Promises of what is kept for speed: it never changes what is read, and never grows."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formats.findings import Finding
from formats.grammar.check import (
    LONGEST_SEEN,
    LONGEST_SHAPE,
    MOST_SEEN,
    MOST_SHAPES,
    SEPARATOR,
    Checker,
    Match,
    Seen,
)
from formats.grammar.kept import Kept
from formats.x12.check import new_checker
from formats.x12.envelope import scan
from formats.x12.spans import SetSpan, SetSpans
from tests.formats.x12.samples import ORDER, group, interchange, transaction_set, written

LINES = ("PO1*1*2*BX*0.36*PE*BP*A1", "PID*F****ROSE", "PO4*12", "CUR*BY*US", "N3*HERE", "ZZZ*1")


def fresh(release: str) -> Checker:
    return new_checker("850", release)


def segments(body: tuple[str, ...]) -> list[str]:
    return [each.replace("*", SEPARATOR) for each in transaction_set(body)]


@st.composite
def bodies(draw: st.DrawFn) -> tuple[str, ...]:
    """An order with segments taken out, repeated or put in."""
    body = list(ORDER)
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(body) - 1))
        match draw(st.sampled_from(["drop", "repeat", "insert"])):
            case "drop":
                del body[at]
            case "repeat":
                body.insert(draw(st.integers(0, len(body))), body[at])
            case _:
                body.insert(at, draw(st.sampled_from(LINES)))
    return tuple(body)


@settings(max_examples=200)
@given(st.lists(bodies(), min_size=1, max_size=6), st.booleans())
def test_what_a_checker_remembers_changes_no_result(
    found: list[tuple[str, ...]], refuses_trailing: bool
) -> None:
    used = fresh("4010")
    for body in [*found, *found, *found]:
        texts = segments(body)
        expected = fresh("4010").check(texts, ">", refuses_trailing=refuses_trailing)
        assert used.check(texts, ">", refuses_trailing=refuses_trailing) == expected


def test_only_segments_that_matched_are_remembered_and_only_so_many() -> None:
    used = fresh("4010")
    texts = segments((*ORDER, "PO1*1*X*BX*1*PE*BP*A", "ZZZ*1"))
    used.check(texts, ">")
    assert set(used.seen) == set(texts) - set(texts[-3:-1])
    head = ORDER[:13]
    lines = [f"PO1*{n}*1*BX*1*PE*BP*A" for n in range(MOST_SEEN + 1)]
    assert used.check(segments((*head, *lines)), ">").errors == ()
    used.check(segments(ORDER), ">")
    assert set(used.seen) == set(segments(ORDER))


class Tried(dict[str, Match]):
    """Lets every segment match, and counts how often each was tried."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: Counter[str] = Counter()

    def __missing__(self, tag: str) -> Match:
        def match(text: str) -> bool:
            self.texts[text] += 1
            return True

        return match


def test_segments_that_come_again_outlast_those_that_do_not() -> None:
    tried = Tried()
    seen = Seen(frozenset({"PID", "PO1"}), tried)
    again = SEPARATOR.join(["PID", "F", "ROSE"])
    for number in range(3 * MOST_SEEN):
        seen.age()
        assert seen[again] == "PID"
        assert seen[f"PO1{SEPARATOR}{number}"] == "PO1"
        assert len(seen) <= MOST_SEEN + 2
    assert tried.texts[again] == 1


@pytest.mark.parametrize(("more", "times"), [(0, 1), (1, 2)])
def test_of_a_document_of_very_many_segments_nothing_is_remembered(more: int, times: int) -> None:
    tried = Tried()
    seen = Seen(frozenset({"A"}), tried)
    texts = [f"A{SEPARATOR}{number}" for number in range(2 * MOST_SEEN + more)]
    for _ in range(2):
        assert [seen[each] for each in texts] == ["A"] * len(texts)
        seen.age()
        assert not seen
    assert set(tried.texts.values()) == {times}


def test_shape_that_came_twice_is_not_followed_again() -> None:
    used = fresh("4010")
    _, _, third, fourth = (used.check(segments(ORDER), ">") for _ in range(4))
    assert third is fourth
    assert third == fresh("4010").check(segments(ORDER), ">")


def test_faulty_sets_are_followed_every_time() -> None:
    used = fresh("4010")
    for _ in range(4):
        errors = used.check(segments((*ORDER, "ZZZ*1")), ">").errors
        assert [(each.tag, each.code) for each in errors] == [("ZZZ", "1")]
    assert not used.shapes


@pytest.mark.parametrize(("room", "is_kept"), [(-1, True), (0, True), (1, False)])
def test_only_sets_up_to_a_length_are_kept_by_shape(room: int, is_kept: bool) -> None:
    used = fresh("4010")
    head = ORDER[:13]
    lines = [f"PO1*{n}*1*BX*1*PE*BP*A{n}" for n in range(LONGEST_SHAPE + room - len(head) - 2)]
    texts = segments((*head, *lines))
    assert len(texts) == LONGEST_SHAPE + room
    assert [used.check(texts, ">").errors for _ in range(3)] == [(), (), ()]
    assert bool(used.shapes) is is_kept


def test_shapes_that_are_kept_stay_few() -> None:
    used = fresh("4010")
    for lines in range(MOST_SHAPES + 2):
        texts = segments((*ORDER[:13], *[f"PO1*{n}*1*BX*1*PE*BP*A" for n in range(lines + 1)]))
        assert used.check(texts, ">") == used.check(texts, ">")
        assert len(used.shapes) <= MOST_SHAPES
    assert used.shapes


@given(st.lists(st.integers(0, 40), max_size=200), st.integers(1, 8))
def test_what_is_kept_is_what_was_given_and_stays_few(keys: list[int], most: int) -> None:
    kept: Kept[int, str] = Kept(most)
    for key in keys:
        kept.keep(key, str(key))
        assert len(kept) <= most
        assert all(value == str(each) for each, value in kept.items())


def test_what_came_once_is_not_kept() -> None:
    kept: Kept[str, int] = Kept(10)
    kept.keep("A", 1)
    assert "A" not in kept
    kept.keep("A", 1)
    assert kept["A"] == 1


_FINDING = Finding("x12.SE01", "wrong")
_SPANS = st.builds(
    SetSpan,
    st.sampled_from(["850", "846", ""]),
    st.one_of(st.text("0123456789", max_size=12), st.text(max_size=12)),
    st.integers(0, 1 << 40),
    st.integers(0, 1 << 40),
    st.integers(0, 1 << 30),
    st.sampled_from(["", "", "005010X"]),
    st.sampled_from([(), (), ("4",), ("3", "7")]),
    st.sampled_from([(), (), (_FINDING,)]),
)


@given(st.lists(_SPANS, max_size=20), st.integers(-22, 22), st.integers(-22, 22))
def test_sets_of_a_group_come_out_as_they_were_put_in(
    spans: list[SetSpan], first: int, last: int
) -> None:
    kept = SetSpans()
    for each in spans:
        kept.append(each)
    assert list(kept) == spans
    assert len(kept) == len(spans)
    assert kept[first:last] == tuple(spans[first:last])
    assert [kept[index] for index in range(-len(spans), len(spans))] == [*spans, *spans]
    with pytest.raises(IndexError):
        kept[len(spans)]


@given(
    st.lists(
        st.sampled_from(["0001", "0002", "0003", "00003", "9999", "10000", "A001", "1"]), min_size=1
    ),
    st.sampled_from([("004010", "7"), ("005010", "23")]),
)
def test_repeated_set_numbers_are_found_in_any_order(
    controls: list[str], release: tuple[str, str]
) -> None:
    version, code = release
    sets = [transaction_set(ORDER, control=each) for each in controls]
    (found,) = scan(written(interchange(group(*sets, version=version)))).interchanges
    expected = []
    for index, control in enumerate(controls):
        is_short, is_repeated = len(control) < 4, control in controls[:index]
        expected.append(("7",) if is_short else (code,) if is_repeated else ())
    assert [each.errors for each in found.groups[0].sets] == expected


def test_a_large_document_leaves_nothing_behind() -> None:
    used = fresh("4010")
    many = tuple(f"PO1*{number}*2*BX*0.36*PE*BP*A1" for number in range(2 * MOST_SEEN + 1))
    used.check(segments((*ORDER, *many)), ">")
    assert not used.seen


def test_segment_that_is_long_is_matched_and_not_remembered() -> None:
    tried = Tried()
    seen = Seen(frozenset({"A"}), tried)
    short, long = (f"A{SEPARATOR}".ljust(size, "X") for size in (LONGEST_SEEN, LONGEST_SEEN + 1))
    assert [seen[each] for each in (short, long)] == ["A", "A"]
    assert list(seen) == [short]

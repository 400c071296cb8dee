"""Box codes change as a set, and after it no two boxes share one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.box_codes import SwapPlan, box_code, lot_number, plan_swaps
from formats.labels.code128 import encode
from formats.steps import CodeSwap


def swaps(text: str) -> list[CodeSwap]:
    """Return the changes that `A-B B-C` names."""
    pairs = [pair.split("-") for pair in text.split()]
    return [CodeSwap(at, current, new) for at, (current, new) in enumerate(pairs, 1)]


def applied(plan: SwapPlan) -> str:
    return " ".join(f"{swap.current}-{swap.new}" for swap in plan.applied)


def refused(plan: SwapPlan) -> list[tuple[int, str]]:
    return [(one.swap.line, one.code) for one in plan.refused]


@pytest.mark.parametrize("length", [1, 19, 20])
def test_box_code_of_any_allowed_length_is_taken(length: int) -> None:
    assert box_code("K" * length) == "K" * length


@pytest.mark.parametrize("text", ["", "K" * 21, "Ñ1", "A\tB", "A\n", "é"])
def test_text_that_no_label_can_carry_is_no_box_code(text: str) -> None:
    with pytest.raises(ValueError, match="box code"):
        box_code(text)


@given(st.text(max_size=22))
def test_every_box_code_prints_as_code_128(text: str) -> None:
    try:
        code = box_code(text)
    except ValueError:
        return
    assert encode(code).text == text


@pytest.mark.parametrize("text", ["999", "100000", "L1000", "1000-A", "A", "0999"])
def test_lot_number_outside_the_reserved_range_is_taken(text: str) -> None:
    assert lot_number(text) == text


@pytest.mark.parametrize("text", ["1000", "1001", "99999", "01000", "50000"])
def test_lot_number_of_the_reserved_range_is_refused_with_the_range(text: str) -> None:
    with pytest.raises(ValueError, match="1000 to 99999"):
        lot_number(text)


@pytest.mark.parametrize("text", ["", "1" * 21])
def test_lot_number_of_no_bearable_length_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="1 to 20"):
        lot_number(text)


@pytest.mark.parametrize("text", ["A-B", "A-B B-C", "B-C A-B", "A-B B-A", "A-B B-C C-A", ""])
def test_chains_and_circles_are_applied_as_a_set(text: str) -> None:
    plan = plan_swaps(swaps(text), known={"A", "B", "C"}, taken={"A"})
    assert (sorted(applied(plan).split()), plan.refused) == (sorted(text.split()), ())


def test_same_code_asks_for_nothing() -> None:
    plan = plan_swaps(swaps("A-A B-C"))
    assert (applied(plan), [swap.current for swap in plan.unchanged]) == ("B-C", ["A"])


def test_same_row_again_is_a_repetition() -> None:
    plan = plan_swaps(swaps("A-B A-B"))
    assert (applied(plan), [swap.line for swap in plan.repeated]) == ("A-B", [2])


@pytest.mark.parametrize(
    ("text", "left", "codes"),
    [
        ("A-X B-X C-Y", "C-Y", [(1, "box.duplicate"), (2, "box.duplicate")]),
        ("A-X A-Y B-Z", "B-Z", [(1, "box.two-codes"), (2, "box.two-codes")]),
        ("A-B B-B", "", [(1, "box.taken")]),
        ("A-B B-X B-Y", "", [(1, "box.taken"), (2, "box.two-codes"), (3, "box.two-codes")]),
        ("A-B B-C C-X D-X", "",
         [(1, "box.taken"), (2, "box.taken"), (3, "box.duplicate"), (4, "box.duplicate")]),
    ],
)  # fmt: skip
def test_collision_inside_a_file_refuses_all_that_hang_on_it(
    text: str, left: str, codes: list[tuple[int, str]]
) -> None:
    plan = plan_swaps(swaps(text))
    assert (applied(plan), refused(plan)) == (left, codes)


def test_code_that_stood_on_a_box_is_not_given_again() -> None:
    plan = plan_swaps(swaps("A-OLD B-A C-D"), taken={"A", "B", "C", "OLD"})
    assert (applied(plan), refused(plan)) == ("C-D", [(1, "box.taken"), (2, "box.taken")])


def test_unknown_box_is_an_error_of_its_row_alone() -> None:
    plan = plan_swaps(swaps("A-X B-Y Z-Q"), known={"A", "B"})
    assert (applied(plan), refused(plan)) == ("A-X B-Y", [(3, "box.unknown")])


CODES = st.sampled_from("ABCDEFG")


@given(
    st.lists(st.tuples(CODES, CODES), max_size=10),
    st.frozensets(CODES),
    st.frozensets(CODES),
)
def test_no_two_boxes_share_a_code_afterwards(
    pairs: list[tuple[str, str]], known: frozenset[str], retired: frozenset[str]
) -> None:
    asked = [CodeSwap(at, current, new) for at, (current, new) in enumerate(pairs, 1)]
    plan = plan_swaps(asked, known=known, taken=known | retired)
    codes = {code: code for code in known} | {one.current: one.new for one in plan.applied}
    assert len(set(codes.values())) == len(known)
    assert not {one.new for one in plan.applied} & (retired - known)
    sorted_out = [
        *plan.applied, *plan.unchanged, *plan.repeated, *(one.swap for one in plan.refused)
    ]  # fmt: skip
    assert sorted(sorted_out, key=lambda swap: swap.line) == asked


@given(st.permutations(swaps("A-B B-C C-X D-X E-F F-E G-G")))
def test_order_of_the_rows_changes_nothing(asked: list[CodeSwap]) -> None:
    plan = plan_swaps(asked)
    assert sorted(applied(plan).split()) == ["E-F", "F-E"]
    assert len(plan.refused) == 4

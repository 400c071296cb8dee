"""New codes of boxes in the shape of the interface are read back as they were written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats import read
from formats.komet.out import write_box_codes
from formats.steps import BoxCodeChange, CodeSwap

CODES = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=20)


@given(st.lists(CODES, min_size=2, max_size=12, unique=True))
def test_box_codes_are_read_back(codes: list[str]) -> None:
    half = len(codes) // 2
    pairs = zip(codes[:half], codes[half:], strict=False)
    swaps = tuple(CodeSwap(at, *pair) for at, pair in enumerate(pairs, 1))
    (document,) = read(write_box_codes(BoxCodeChange(swaps=swaps))).documents()
    assert document.findings == ()
    assert isinstance(document.record, BoxCodeChange)
    assert document.record.swaps == swaps


def test_a_second_code_has_no_place() -> None:
    change = BoxCodeChange(swaps=(CodeSwap(1, "PT1", "PT1", external="779"),))
    with pytest.raises(ValueError, match="PT1: the shape has no place for 779"):
        write_box_codes(change)

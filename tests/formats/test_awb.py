"""An air waybill is judged and never refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.awb import complaint, is_same, is_short

PREFIXES = st.integers(0, 999)
SERIALS = st.integers(0, 9_999_999)


@pytest.mark.parametrize(
    "text", ["176-12345675", "020-81140743", "17612345675", "176-1234 5675", "5675", "0000"]
)
def test_right_air_waybill_earns_no_warning(text: str) -> None:
    assert complaint(text) is None


@pytest.mark.parametrize("text", ["071-44313317", "071-4431 3317", "123-12345678"])
def test_wrong_check_digit_earns_a_warning_that_says_so(text: str) -> None:
    assert "check digit" in (complaint(text) or "")


@pytest.mark.parametrize("text", ["08472-4772-0048", "567", "56789", "TMP-1", "٥٦٧٥", ""])
def test_anything_else_earns_a_warning_with_the_form_that_is_expected(text: str) -> None:
    assert "11 digits" in (complaint(text) or "")


@given(PREFIXES, SERIALS, st.integers(0, 9))
def test_only_the_serial_modulo_seven_is_right(prefix: int, serial: int, digit: int) -> None:
    is_right = complaint(f"{prefix:03}-{serial:07}{digit}") is None
    assert is_right == (digit == serial % 7)


@given(st.text(max_size=30))
def test_no_text_raises(text: str) -> None:
    complaint(text)
    assert is_same(text, text) == bool(text.replace("-", "").replace(" ", ""))


@given(PREFIXES, SERIALS)
def test_last_four_digits_name_the_whole(prefix: int, serial: int) -> None:
    full = f"{prefix:03}-{serial:07}{serial % 7}"
    assert is_short(full[-4:])
    assert is_same(full, full[-4:])
    assert is_same(full[-4:], full.replace("-", ""))


@pytest.mark.parametrize(
    ("one", "other"),
    [("176-12345675", "5674"), ("176-12345675", "675"), ("176-12345675", ""), ("", ""),
     ("176-12345675", "12345675"), ("5675", "")],
)  # fmt: skip
def test_other_ends_name_another_one(one: str, other: str) -> None:
    assert not is_same(one, other)
    assert not is_same(other, one)

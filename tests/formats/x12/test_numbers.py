"""Numbers and days of a set are what a ledger can hold, or nothing at all."""

from __future__ import annotations

import pytest

from formats.edifact import parts as edifact
from formats.grammar.check import SEPARATOR
from formats.x12 import parts
from formats.x12.check import new_checker
from formats.x12.patterns import patterns


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12),
        ("-5", -5),
        ("999999999", 999_999_999),
        ("1000000000", None),
        ("9" * 40, None),
        ("", None),
        ("1.5", None),
        ("TEN", None),
    ],
)
def test_whole_number_fits_an_integer_of_every_database(text: str, number: int | None) -> None:
    assert parts.whole(text) == number
    assert edifact.whole(text) == number


@pytest.mark.parametrize("release", ["4010", "5010"])
@pytest.mark.parametrize(("day", "codes"), [("00000101", ["8"]), ("00010101", [])])
def test_year_0_is_in_no_calendar(release: str, day: str, codes: list[str]) -> None:
    """The quick check and the slow one say the same."""
    text = SEPARATOR.join(["DTM", "010", day])
    found = new_checker("850", release).errors_in("DTM", text, ">")
    assert [each.code for each in found] == codes
    assert (patterns(release)["DTM"](text) is None) is bool(codes)

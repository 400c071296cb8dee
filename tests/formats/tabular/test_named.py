"""Values by name: what a ledger can't hold is refused, whatever the file it came in."""

from __future__ import annotations

import pytest

from formats.findings import Where
from formats.packing.fields import Fields
from formats.tabular.findings import FindingLog


def fields(**said: str) -> tuple[Fields, FindingLog]:
    notes = FindingLog()
    return Fields(said, Where(path="boxes[0]"), notes), notes


@pytest.mark.parametrize("text", ["a\x00b", "a\x1bb", "a\ud800b", "a" * 11])
def test_text_that_no_ledger_holds_is_refused_at_its_place(text: str) -> None:
    found, notes = fields(farm=text)
    assert (found.text("farm", longest=10), found.is_bad) == (None, True)
    (finding,) = notes.findings()
    assert (finding.code, finding.where.path) == ("packing.farm", "boxes[0]")


@pytest.mark.parametrize("text", ["Finca Álta", "two\tcells", "two\r\nlines", "a" * 10])
def test_text_of_letters_and_line_ends_is_read(text: str) -> None:
    found, notes = fields(farm=text)
    assert found.text("farm", longest=len(text)) == text
    assert (found.is_bad, notes.findings()) == (False, ())


def test_one_refused_value_says_nothing_of_the_next() -> None:
    found, _ = fields(pieces="x", farm="ALTA")
    assert found.value("pieces", int) is None
    assert (found.text("farm", longest=10), found.is_bad) == ("ALTA", True)

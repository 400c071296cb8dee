"""What the page says of service segments is what comes of them."""

from __future__ import annotations

import pytest

from formats import read
from tests.segments.envelopes import ENVELOPES, Envelope, Row

ROWS = [
    pytest.param(envelope, tag, number, row, id=f"{tag} {number + 1} {row.name}")
    for envelope in ENVELOPES
    for tag, rows in envelope.segments.items()
    for number, row in enumerate(rows)
]


@pytest.mark.parametrize("envelope", ENVELOPES, ids=lambda each: each.name)
def test_file_is_right_as_it_stands(envelope: Envelope) -> None:
    reading = read(envelope.written())
    documents = [*reading.documents()]
    assert documents and all(each.record is not None for each in documents)
    assert not [one for each in documents for one in each.findings if one.is_error]
    assert not [each for each in reading.findings if each.is_error]


@pytest.mark.parametrize(("envelope", "tag", "number", "row"), ROWS)
def test_element_with_words_makes_a_difference_and_no_other(
    envelope: Envelope, tag: str, number: int, row: Row
) -> None:
    usual = envelope.became(envelope.written())
    others = [envelope.became(envelope.written((tag, number, each))) for each in row.others]
    assert any(each != usual for each in others) is bool(row.words)

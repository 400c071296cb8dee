"""What the page says of elements of Florecom is what comes of them."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from formats import read
from formats.florecom.line import KNOWN
from tests.segments.florecom import MESSAGES, ROWS, Message, Row, makes_a_difference, page, written

READERS = [
    path
    for path in sorted((Path(__file__).parents[2] / "formats/florecom").glob("*.py"))
    if not path.stem.endswith(("_out", "tree"))
]
_ELEMENT = r"[A-Z][a-z]+(?:[A-Z][A-Za-z]+)+"
"""A name of several words, as no other text in the readers is."""
FEWEST_UNUSED = 20


@pytest.mark.parametrize("message", MESSAGES, ids=lambda each: each.name)
def test_message_is_right_as_it_stands(message: Message) -> None:
    (document,) = read(written(message)).documents()
    assert document.record is not None
    assert not [each for each in document.findings if each.is_error]


USED = [(message, row) for row in ROWS for message in row.used]


@pytest.mark.parametrize(
    ("message", "row"), USED, ids=[f"{message.name} {row.path}" for message, row in USED]
)
def test_element_with_words_makes_a_difference(message: Message, row: Row) -> None:
    assert any(makes_a_difference(message, {row.path: each}) for each in row.others)


@pytest.mark.parametrize("message", MESSAGES, ids=lambda each: each.name)
@pytest.mark.parametrize("at", [0, 1])
def test_all_elements_without_words_together_make_none(message: Message, at: int) -> None:
    changes = {
        row.path: row.others[min(at, len(row.others) - 1)]
        for row in ROWS
        if row.others and message not in row.used
    }
    assert len(changes) > FEWEST_UNUSED
    assert not makes_a_difference(message, changes)


@pytest.mark.parametrize("row", ROWS, ids=lambda each: each.path)
def test_words_stand_where_an_element_is_used(row: Row) -> None:
    assert bool(row.words) is bool(row.used)


def test_every_element_that_is_read_is_on_the_page() -> None:
    words = set(re.findall(r"[A-Za-z]+", page()))
    sources = (ast.parse(path.read_bytes()) for path in READERS)
    said = (
        each.value for tree in sources for each in ast.walk(tree) if isinstance(each, ast.Constant)
    )
    names = {each for each in said if isinstance(each, str) and re.fullmatch(_ELEMENT, each)}
    assert sorted(names - words) == [], "say in tests/segments/florecom.py what becomes of them"


def test_every_element_of_a_line_has_a_row() -> None:
    first = {re.split(r"[/@\[]", row.path)[0] for row in ROWS}
    assert sorted(KNOWN - first) == []

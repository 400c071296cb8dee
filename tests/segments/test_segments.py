"""What the pages say becomes of an element is what the builders do with it."""

from __future__ import annotations

import pytest

from formats.packing import json_list, xml_list
from formats.packing.fields import column_of
from formats.tabular.kinds import Kind
from tests.segments import fields
from tests.segments.columns import WORDS, said, tables
from tests.segments.family import Family
from tests.segments.layout import flat
from tests.segments.page import FAMILIES, FOLDER, pages
from tests.segments.uses import uses
from tests.segments.watch import watched

DOCUMENTS = [pytest.param(family, code, id=code) for family in FAMILIES for code in family.codes()]


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_every_document_that_becomes_a_record_is_described(family: Family) -> None:
    described, read = {*uses(family)}, {*family.codes()}
    assert described == read, "say in uses.txt what becomes of it"


@pytest.mark.parametrize(("family", "code"), DOCUMENTS)
def test_what_is_said_to_be_read_makes_a_difference_and_nothing_else(
    family: Family, code: str
) -> None:
    said = {*uses(family)[code]}
    read = watched(family, code, said)
    assert sorted(read - said) == [], "these are read: say in uses.txt what becomes of them"
    assert sorted(said - read) == [], "these make no difference"


@pytest.mark.parametrize(("family", "code"), DOCUMENTS)
def test_places_are_those_of_the_compiled_tree(family: Family, code: str) -> None:
    for release in family.releases(code):
        found = [*flat(family.places(code, release))]
        assert [each.path for each in found] == list(family.tree(code, release).paths)
        assert [each.node for each in found] == list(range(len(found)))


def test_pages_are_as_they_would_be_made_now() -> None:
    standing = {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.md")}
    assert standing == pages(), "run: make docs"


def test_every_column_that_is_read_has_words_and_no_words_are_left_over() -> None:
    read = [(table.kind, column) for table in tables() for column in table.columns]
    unsaid = [f"{kind.value} {column}" for kind, column in read if said(kind, column) is None]
    assert unsaid == [], "say in tests/segments/columns.py what becomes of them"
    named = {f"{kind.value} {column}" for kind, column in read} | {column for _, column in read}
    assert sorted(set(WORDS) - named) == [], "no column is called so any more"


def test_packing_lists_of_every_form_have_the_columns_of_the_table() -> None:
    (table,) = (each for each in tables() if each.kind is Kind.PACKING_LIST)
    for column in table.columns:
        assert {column_of(each) for each in (column, *table.others(column))} == {column}
    assert not any(column_of(each) for each in xml_list.UNUSED | json_list.UNUSED)


def test_every_field_that_is_read_has_words_and_no_words_are_left_over() -> None:
    read = [*fields.fields()]
    unsaid = [
        f"{model.__name__}.{name}" for model, name, _ in read if not fields.said(model, name, _)
    ]
    assert unsaid == [], "say in tests/segments/fields.py what becomes of them"
    named = {f"{model.__name__}.{name}" for model, name, _ in read} | {name for _, name, _ in read}
    assert sorted(set(fields.WORDS) - named) == [], "no field is called so any more"

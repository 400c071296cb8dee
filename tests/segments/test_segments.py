"""What the pages say becomes of an element is what the builders do with it."""

from __future__ import annotations

import pytest

from formats.x12.sets import BUILDERS
from formats.x12.tree import tree
from tests.segments.layout import RELEASES, Place, places
from tests.segments.page import FOLDER, pages
from tests.segments.uses import uses
from tests.segments.watch import watched

SETS = sorted(BUILDERS)


def flat(level: tuple[Place, ...]) -> list[Place]:
    return [each for place in level for each in (place, *flat(place.inside))]


def test_every_set_that_becomes_a_record_is_described() -> None:
    assert sorted(uses()) == SETS, "say in formats/x12/definitions/uses.txt what becomes of it"


@pytest.mark.parametrize("code", SETS)
def test_what_is_said_to_be_read_is_what_is_read(code: str) -> None:
    read = {(path, element) for path, asked in watched(code).items() for element in asked}
    said = {(path, element) for path, told in uses()[code].items() for element in told}
    assert sorted(read - said) == [], "these are read: say in uses.txt what becomes of them"
    assert sorted(said - read) == [], "these aren't read"


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("code", SETS)
def test_places_are_those_of_the_compiled_tree(code: str, release: str) -> None:
    found = flat(places(code, release))
    assert [each.path for each in found] == list(tree(code, release).paths)
    assert [each.node for each in found] == list(range(len(found)))


def test_pages_are_as_they_would_be_made_now() -> None:
    standing = {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.md")}
    assert standing == pages(), "run: make docs"

"""Every golden case: what is read of it, and how it is acknowledged, to the byte.

`K2KD_GOLDEN=write` writes anew what the cases expect; the difference is then read by a person.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from formats.door import FAMILIES
from formats.edifact.reader import EdifactReading
from formats.edifact.spans import MessageSpan
from formats.x12.reader import X12Reading
from tests.golden.cases import HERE, cases, expected_of, given_by, reading_of

IS_WRITING = os.environ.get("K2KD_GOLDEN") == "write"
FORMATS = Path(__file__).resolve().parents[2] / "formats"
NAMES = [str(case.relative_to(HERE)) for case in cases()]


@pytest.mark.parametrize("name", NAMES)
def test_case_is_read_and_acknowledged_as_it_stands_there(name: str) -> None:
    case = HERE / name
    given = given_by(case)
    if IS_WRITING:
        _write(case, given)
    expected = expected_of(case)
    assert sorted(given) == sorted(expected)
    for file, content in expected.items():
        assert given[file].decode("latin-1") == content.decode("latin-1"), file


def _write(case: Path, given: dict[str, bytes]) -> None:
    for file in expected_of(case):
        (case / file).unlink()
    for file, content in given.items():
        (case / file).write_bytes(content)


def test_there_is_a_case_for_every_family() -> None:
    assert {reading_of(case).format for case in cases()} >= set(FAMILIES)


def test_every_document_of_x12_and_edifact_has_a_case_of_each_release_that_gives_a_record() -> None:
    assert sorted(_defined() - set(_read())) == []


def _defined() -> set[str]:
    """Return the document and the release of every definition, as `850 004010`."""
    folders = ("x12", "edifact")
    names = (path.stem for each in folders for path in FORMATS.glob(f"{each}/definitions/*_*.txt"))
    return {name.upper().replace("_", " ") for name in names}


def _read() -> Iterator[str]:
    """Yield the same of every document of a case that gives a record."""
    for case in cases():
        reading = reading_of(case)
        used = {each.control for each in reading.documents() if each.record is not None}
        yield from (name for control, name in _named(reading.family) if control in used)


def _named(family: object) -> Iterator[tuple[str, str]]:
    """Yield what every document is called, and what it is."""
    if isinstance(family, X12Reading):
        for one in family.interchanges:
            for group in one.groups:
                for each in group.sets:
                    control = f"{one.control}/{group.control}/{each.control}"
                    yield control, f"{each.code} {group.version[:6]}"
    elif isinstance(family, EdifactReading):
        for interchange in family.interchanges:
            for messages in interchange.groups:
                for span in messages.messages:
                    control = f"{interchange.control}/{messages.control}/{span.control}"
                    yield control, f"{span.code} {_directory(span)}"


_DIRECTORY = {"CLOCKT": "EF", "CONTRL": "SERVICE"}
"""Messages whose directory isn't one of UN/EDIFACT."""


def _directory(span: MessageSpan) -> str:
    return _DIRECTORY.get(span.code) or f"{span.version}{span.release}"

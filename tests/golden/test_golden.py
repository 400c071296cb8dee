"""Every golden case: what is read of it, and how it is acknowledged, to the byte.

`K2KD_GOLDEN=write` writes anew what the cases expect; the difference is then read by a person.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from formats.door import FAMILIES
from formats.x12.sets import BUILDERS
from tests.golden.cases import HERE, cases, expected_of, given_by, reading_of

IS_WRITING = os.environ.get("K2KD_GOLDEN") == "write"
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


def test_there_is_a_case_for_every_transaction_set() -> None:
    read = {case.name.partition("_")[0] for case in cases() if case.parent.name == "x12"}
    assert read >= set(BUILDERS)

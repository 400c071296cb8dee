"""Damaged files break no promise: a short run, the same every time; `make fuzz` is the long one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formats.door import FAMILIES
from formats.identify import Format, identify
from tests.fuzz.mutations import damaged
from tests.fuzz.promises import (
    TARGETS,
    keep_promises,
    keep_promises_by_layouts,
    keep_promises_of_a_guess,
    look,
)
from tests.golden.cases import cases, input_of

LARGEST = 8_000
FILES = tuple(data for case in cases() if len(data := input_of(case)) <= LARGEST)
OF_FAMILY = {form: tuple(each for each in FILES if identify(each) is form) for form in FAMILIES}


def test_there_are_files_to_damage_of_every_family() -> None:
    assert all(OF_FAMILY.values())


@pytest.mark.parametrize("form", list(FAMILIES))
@settings(derandomize=True, max_examples=150, database=None)
@given(drawn=st.data())
def test_reader_takes_damaged_files_of_its_family(form: object, drawn: st.DataObject) -> None:
    family = next(each for each in FAMILIES if each is form)
    keep_promises(drawn.draw(damaged(OF_FAMILY[family])), family)


@settings(derandomize=True, max_examples=200, database=None)
@given(damaged(FILES))
def test_door_takes_damaged_files(data: bytes) -> None:
    keep_promises(data)


@settings(derandomize=True, max_examples=150, database=None)
@given(damaged(OF_FAMILY[Format.DELIMITED]))
def test_declared_layouts_take_damaged_files(data: bytes) -> None:
    keep_promises_by_layouts(data)


# Each takes a tenth of a second, of which pandas takes most.
@settings(derandomize=True, max_examples=25, database=None)
@given(damaged(OF_FAMILY[Format.DELIMITED]))
def test_layouts_are_proposed_for_damaged_files(data: bytes) -> None:
    keep_promises_of_a_guess(data)


@settings(derandomize=True, max_examples=200, database=None)
@given(damaged(FILES))
def test_what_a_damaged_file_is_can_be_told(data: bytes) -> None:
    look(data)


def test_fuzzer_has_a_target_for_every_family() -> None:
    others = {"any", "layouts", "guess", "identify"}
    assert {*TARGETS} == {*others, *(form.value for form in FAMILIES)}

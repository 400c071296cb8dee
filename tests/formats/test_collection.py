"""The garbage collector rests while a large table is read, and works again behind it."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from formats import read
from formats.collection import no_collection
from formats.records import InventoryAdvice

ROW = b"111,Rosa Freedom,2026-12-04,100,Stem,,Cut,Red,0.34,25,\n"


@pytest.fixture(autouse=True)
def _collector_as_before() -> Iterator[None]:
    yield
    gc.enable()


def test_collector_rests_inside_and_works_behind() -> None:
    with no_collection():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_collector_works_behind_a_failure() -> None:
    with pytest.raises(KeyError), no_collection():
        raise KeyError
    assert gc.isenabled()


def test_collector_that_was_off_stays_off() -> None:
    gc.disable()
    with no_collection():
        pass
    assert not gc.isenabled()


def test_inner_block_leaves_the_outer_one_at_rest() -> None:
    with no_collection():
        with no_collection():
            pass
        assert not gc.isenabled()


def test_large_table_is_read_without_a_collection_and_leaves_the_collector_on() -> None:
    begun: list[int] = []

    def note(phase: str, info: dict[str, int]) -> None:
        if phase == "start" and info["generation"]:
            begun.append(info["generation"])

    rows = 20_000
    data = ROW * rows
    gc.collect()
    gc.callbacks.append(note)
    try:
        (document,) = read(data).documents()
    finally:
        gc.callbacks.remove(note)
    assert isinstance(document.record, InventoryAdvice)
    assert len(document.record.lines) == rows
    # Some small thing may have begun one before the rows or behind them; thirty would be usual.
    assert len(begun) <= 2
    assert gc.isenabled()

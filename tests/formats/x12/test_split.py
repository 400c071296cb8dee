"""Splitting finds the segments that reading finds, whatever parts them."""

from __future__ import annotations

import mmap
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.grammar.check import SEPARATOR
from formats.x12 import split as module
from formats.x12.envelope import scan
from formats.x12.segments import segments_of
from formats.x12.split import split
from tests.formats.x12.samples import interchange, order_file, written


def read(data: bytes) -> list[list[bytes]]:
    """Return the segments of all sets as the reader has them."""
    found = scan(data)
    return [
        [element.encode("latin-1") for element in segment.split(SEPARATOR)]
        for each in found.interchanges
        for group in each.groups
        for span in group.sets
        for segment in segments_of(bytes(found.data[span.start : span.end]), each.separators)
    ]


def inside_sets(segments: list[list[bytes]]) -> list[list[bytes]]:
    return [each for each in segments if each[0] not in (b"ISA", b"GS", b"GE", b"IEA")]


@pytest.fixture(autouse=True, params=[200, 1 << 20])
def _blocks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BLOCK_BYTES", request.param)


@pytest.mark.parametrize(
    "end", ["~", "~\n", "~\r\n", "\n", "\r\n", "\r", "'", "~\n\n  ", "~\n ", "~ ", "\x1c"]
)
@pytest.mark.parametrize("element", ["*", "|", "^", "\x1d", "+"])
def test_segments_are_those_of_the_reader(element: str, end: str) -> None:
    data = written(interchange(), element, ":", end)
    found = list(split(data))
    assert [each[0] for each in (*found[:2], *found[-2:])] == [b"ISA", b"GS", b"GE", b"IEA"]
    assert len(found[0]) == 17
    assert inside_sets(found) == read(data)


def test_every_interchange_has_its_own_separators() -> None:
    data = b"\n".join(
        [written(interchange(), "*", ":", "~"), written(interchange(), "|", ">", "\n")]
    )
    assert inside_sets(list(split(data))) == read(data)
    assert sum(each[0] == b"ISA" for each in split(data)) == 2


def test_a_file_wrapped_at_80_columns_is_unwrapped() -> None:
    plain = order_file()
    data = b"\r\n".join(plain[at : at + 80] for at in range(0, len(plain), 80))
    assert list(split(data)) == list(split(plain))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"PRIME CHILLED", b"PRIME\n CHILLED"),
        (b"PRIME CHILLED", b"PRIME\r CHILLED"),
        (b"\nPO1", b"\n\t PO1"),
        (b"\nPO1", b"PO1"),
        (b"60 CM~", b"60 CM ~"),
        (b"\nPO4", b"\n~\n ~\nPO4"),
    ],
)
def test_what_is_odd_in_a_part_of_a_file_is_read_as_the_reader_does(old: bytes, new: bytes) -> None:
    # The first carriage return counts only in a file that is wrapped somewhere.
    plain = written(interchange(), end="~\n").replace(b"PETAL ROW MARKETS", b"PETAL\rROW")
    odd = plain.replace(old, new)
    assert odd != plain
    for data in (plain, odd):
        assert inside_sets(list(split(data))) == read(data)


def test_what_stands_before_the_first_interchange_is_left_out_and_a_cut_end_is_not() -> None:
    data = b"mail header\n\n" + order_file()[:-11]
    assert list(split(data)) == [*list(split(order_file()))[:-1], [b"IEA", b"1"]]


def test_a_mapped_file_is_split_as_its_bytes_are() -> None:
    data = order_file() * 20
    with mmap.mmap(-1, len(data)) as room:
        room.write(data)
        assert list(split(room)) == list(split(data))


@given(st.binary(max_size=300))
def test_anything_can_be_split(junk: bytes) -> None:
    for segment in split(order_file() + junk + order_file()):
        assert segment


def test_what_no_terminator_ends_is_copied_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BLOCK_BYTES", 64)
    rest = b"PO1*" + b"X" * 6_000_000
    before = time.process_time()
    *_, last = split(order_file() + rest)
    assert time.process_time() - before < 5
    assert last == rest.split(b"*")

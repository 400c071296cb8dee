"""A mapped file is read as its bytes are, a few pieces at a time, whatever stands in it."""

from __future__ import annotations

import mmap
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats import pages
from formats.pages import Pages
from formats.x12.envelope import Scan, scan
from formats.x12.reader import read
from tests.formats.x12.samples import interchange, order_file, written


@contextmanager
def mapped(data: bytes) -> Iterator[mmap.mmap]:
    with mmap.mmap(-1, len(data)) as room:
        room.write(data)
        yield room


@pytest.fixture(autouse=True)
def _small_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every sample be larger than a window."""
    monkeypatch.setattr(pages, "WINDOW_BYTES", 97)
    monkeypatch.setattr(pages, "OVERLAP_BYTES", 4096)


def told(found: Scan) -> list[object]:
    """Return everything that a scan says."""
    groups = [
        (replace(each, groups=()), [(replace(g, sets=()), list(g.sets)) for g in each.groups])
        for each in found.interchanges
    ]
    return [*groups, *found.findings]


def texts(end: str) -> bytes:
    return written(interchange(), "*", ":", end)


@pytest.mark.parametrize("end", ["~", "~\n", "~\r\n", "\n", "\r\n", "'", "…", "\x1c"])
def test_interchanges_are_found_across_windows(end: str) -> None:
    data = b"\n\n".join([texts(end), texts("|"), b"lost", texts(end)])
    with mapped(data) as room:
        assert told(scan(Pages(room))) == told(scan(data))


@given(st.integers(), st.integers(0, 12))
def test_broken_files_are_broken_in_the_same_places(seed: int, faults: int) -> None:
    chance = random.Random(seed)
    data = bytearray(order_file() + b"\r\n" + order_file())
    for _ in range(faults):
        at = chance.randrange(len(data) - 1)
        data[at : at + chance.choice([0, 1, 1, 9])] = chance.choice(
            [b"", b"~", b"*", b"ISA*", b"\n", b"GS*", b"\xff", b"SE*3*1~"]
        )
    with mapped(bytes(data)) as room:
        assert told(scan(Pages(room))) == told(scan(bytes(data)))


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "cp037"])
def test_what_has_to_be_converted_is_read_all_the_same(codec: str) -> None:
    data = order_file().decode().encode(codec)
    with mapped(data) as room:
        (document,) = read(room).documents()
    (plain,) = read(data).documents()
    assert document.record is not None
    assert document == plain


def test_documents_of_a_file_on_disk_are_those_of_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "orders.edi"
    path.write_bytes(order_file() * 40)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as room:
        reading = read(room)
        found = list(reading.documents())
        assert found == list(read(path.read_bytes()).documents())
        assert len(reading.outcomes) == 40


def test_marks_are_counted_once_wherever_windows_meet() -> None:
    data = b"x" * 96 + b"~\n" + b"x" * 95 + b"~\n~\n"
    with mapped(data) as room:
        assert Pages(room).count(b"~\n", 0, len(data)) == 3
        assert Pages(room).count(b"~", 0, len(data)) == 3
        assert Pages(room).rfind(b"~", 0, len(data)) == data.rfind(b"~")

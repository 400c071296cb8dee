"""Read one large interchange to its 997, or only apart, and say how fast and in how much memory."""

from __future__ import annotations

import mmap
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import formats
from formats.limits import Limits
from formats.records import PurchaseOrder
from formats.x12.reader import read
from formats.x12.split import split
from formats.x12.technical import ControlNumbers, functional_acknowledgement
from tests.bench.child import answer, peak_mb
from tests.bench.limits import segment_rate, split_rate


def main() -> None:
    """Measure what the first argument says with the file of the second."""
    what, path = sys.argv[1], Path(sys.argv[2])
    small = path.with_suffix(".small")
    if small.exists():
        # Definitions are compiled once in the life of a process, which isn't measured.
        for _ in formats.read(small.read_bytes()).documents():
            pass
    if what == "split":
        answer(split=split_rate(path), segments=segment_rate(path))
    elif what == "elements":
        _split(path)
    elif what == "messages":
        _messages(path)
    else:
        _read(path)


def _split(path: Path) -> None:
    """Split every segment into elements, and look at each as the script of the peers does."""
    started = time.perf_counter()
    sets = sum(segment[0] == b"ST" for segment in split(path.read_bytes()))
    spent = time.perf_counter() - started
    answer(mb_per_s=path.stat().st_size / 1e6 / spent, sets=sets, peak_mb=peak_mb())


def _messages(path: Path) -> None:
    """Read every message of an EDIFACT interchange through the door of the library."""
    started = time.perf_counter()
    reading = formats.read(path.read_bytes(), Limits(file_bytes=1 << 30))
    messages = 0
    for document in reading.documents():
        if not isinstance(document.record, PurchaseOrder):
            raise SystemExit(f"an order was refused: {document.findings[0]}")
        messages += 1
    spent = time.perf_counter() - started
    answer(mb_per_s=path.stat().st_size / 1e6 / spent, messages=messages, peak_mb=peak_mb())


def _read(path: Path) -> None:
    imported_mb = peak_mb()
    started = time.perf_counter()
    with path.open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    reading = read(mapped, Limits(file_bytes=1 << 30, segments=1 << 30))
    orders = lines = 0
    for document in reading.documents():
        if not isinstance(document.record, PurchaseOrder):
            raise SystemExit(f"an order was refused: {document.findings[0]}")
        orders += 1
        lines += len(document.record.lines)
    (outcome,) = reading.outcomes
    reply = functional_acknowledgement(
        outcome.interchange, outcome, control=ControlNumbers(1, 1), at=datetime.now(UTC)
    )
    spent = time.perf_counter() - started
    if reply is None or reply.count(b"AK5*A") != orders:
        raise SystemExit("the 997 does not accept every order")
    size = path.stat().st_size
    groups = outcome.interchange.groups
    segments = 4 + sum(each.segments for group in groups for each in group.sets)
    answer(
        mb_per_s=size / 1e6 / spent,
        segments_per_s=segments / spent,
        bytes_per_segment=size / segments,
        orders=orders,
        lines=lines,
        imported_mb=imported_mb,
        peak_mb=peak_mb(),
    )


if __name__ == "__main__":
    main()

"""Read one large file to its records and answer, or only apart; say how fast, in what memory."""

from __future__ import annotations

import mmap
import resource
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import formats
from daemon.workbooks.opening import open_workbook
from formats.documents import ReadDocument
from formats.edifact import reader as edifact
from formats.edifact.technical import control_message
from formats.limits import DEFAULT_LIMITS, Limits
from formats.records import InventoryAdvice, Party, PurchaseOrder
from formats.tabular.dialect import Dialect
from formats.tabular.kinds import Kind
from formats.x12.reader import read
from formats.x12.split import split
from formats.x12.technical import ControlNumbers, functional_acknowledgement
from formats.xlsx.tables import read_tables
from tests.bench.child import answer, peak_mb
from tests.bench.limits import segment_rate, split_rate
from tests.bench.peers.script import AGAIN_S, MOST_TIMES


def main() -> None:
    """Measure what the first argument says with the file of the second."""
    what, path = sys.argv[1], Path(sys.argv[2])
    small = path.with_suffix(".small")
    if small.exists():
        # Definitions are compiled once in the life of a process, which isn't measured.
        for _ in formats.read(small.read_bytes()).documents():
            pass
        list(split(small.read_bytes()))
    if what == "split":
        answer(split=split_rate(path), segments=segment_rate(path))
    else:
        READS[what](path)


def _split(path: Path) -> None:
    """Split every segment into elements, and look at each as the script of the peers does."""
    spent, sets = _best(lambda: sum(segment[0] == b"ST" for segment in split(path.read_bytes())))
    answer(mb_per_s=path.stat().st_size / 1e6 / spent, sets=sets, peak_mb=peak_mb())


def _messages(path: Path) -> None:
    """Read every message of an EDIFACT interchange, and answer it with its CONTRL."""
    spent, messages = _best(lambda: _answered(path))
    answer(mb_per_s=path.stat().st_size / 1e6 / spent, messages=messages, peak_mb=peak_mb())


def _answered(path: Path) -> int:
    reading = edifact.read(path.read_bytes(), Limits(file_bytes=1 << 30))
    messages = 0
    for document in reading.documents():
        if not isinstance(document.record, PurchaseOrder):
            raise SystemExit(f"an order was refused: {document.findings[0]}")
        messages += 1
    (outcome,) = reading.outcomes
    reply = control_message(outcome, reference="1", at=datetime.now(UTC))
    # What a CONTRL doesn't name is accepted with the interchange.
    if reply is None or b"+7'" not in reply or b"UCM" in reply:
        raise SystemExit("the CONTRL does not accept every order")
    return messages


def _best(once: Callable[[], int]) -> tuple[float, int]:
    """Return the least of the times that it takes, by the rule of the script of the peers."""
    spent: list[float] = []
    result = 0
    while sum(spent) < AGAIN_S and len(spent) < MOST_TIMES:
        started = time.perf_counter()
        result = once()
        spent.append(time.perf_counter() - started)
    return min(spent), result


def _stock(path: Path) -> None:
    """Read a grower's availability through the door of the library."""
    started = time.perf_counter()
    reading = formats.read(path.read_bytes(), Limits(file_bytes=1 << 30, rows=1 << 21))
    lines = _lines_of(list(reading.documents()))
    spent = time.perf_counter() - started
    answer(seconds=spent, lines=lines, peak_mb=peak_mb())


def _workbook(path: Path) -> None:
    """Open and read a workbook as the daemon does."""
    started = time.perf_counter()
    book = open_workbook(path.read_bytes(), limits=DEFAULT_LIMITS)
    opened = time.perf_counter() - started
    tables = read_tables(
        book, fallback=Kind.ORDER, vendor=Party(), dialect=Dialect(), limits=DEFAULT_LIMITS
    )
    lines = _lines_of(tables.documents[Kind.AVAILABILITY])
    spent = time.perf_counter() - started
    opener_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000
    answer(seconds=spent, opened=opened, lines=lines, peak_mb=peak_mb(), opener_mb=opener_mb)


def _lines_of(documents: Sequence[ReadDocument]) -> int:
    """Return how many lines the one advice has; a file with findings isn't the one to time."""
    (document,) = documents
    if not isinstance(document.record, InventoryAdvice) or document.findings:
        raise SystemExit(f"the stock was not read as it is: {document.findings[:1]}")
    return len(document.record.lines)


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


READS = {
    "elements": _split,
    "messages": _messages,
    "orders": _read,
    "stock": _stock,
    "workbook": _workbook,
}


if __name__ == "__main__":
    main()

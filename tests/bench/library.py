"""What the library makes of large files: an interchange to its 997, a stock file to its records.

Whatever stands beside ours is measured in turns with it, and of both the best of the rounds counts:
what else this machine does in a busy second then decides neither.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.child import Answer, measured
from tests.bench.figures import Figure, Target
from tests.bench.material import big_order_file
from tests.bench.tables import stock_csv, stock_workbook

LARGE_MEGABYTES = 100
LARGE_ROUNDS = 2
"""Of a larger file, which takes most of a minute."""
SPLIT_MEGABYTES = 10
"""Split and kept, more would measure the memory of the machine."""


def figures(folder: Path, *, megabytes: Sequence[int], rows: int, rounds: int) -> list[Figure]:
    """Return the figures of issue 5 that need no other library.

    `rows` are those of the CSV; the workbook has a tenth.
    """
    found = [each for size in megabytes for each in orders(folder, size, rounds)]
    found += orders(folder, min(megabytes), rounds, is_varied=True)
    return [*found, *stock(folder, rows, rounds), *workbook(folder, rows // 10, rounds)]


def orders(folder: Path, megabytes: int, rounds: int, *, is_varied: bool = False) -> list[Figure]:
    """Return how fast one large interchange is read, beside splitting up to 10 MB of the same.

    Those whose lines are all different have no target: the one that is wanted is of the file that
    the limit was once measured with.
    """
    sample, path = folder / "split.edi", folder / "orders.edi"
    today = datetime.now(UTC).date()
    for file, size in ((sample, min(SPLIT_MEGABYTES, megabytes)), (path, megabytes)):
        file.write_bytes(big_order_file(size * 1_000_000, today, is_varied=is_varied))
    count = min(rounds, LARGE_ROUNDS) if megabytes > LARGE_MEGABYTES else rounds
    turns = [(measured("reading", "split", sample), _orders_of(path)) for _ in range(count)]
    path.unlink()
    split = max((each for each, _ in turns), key=lambda each: each["split"])
    ours = max((each for _, each in turns), key=lambda each: each["mb_per_s"])
    kind = ", hardly a line like another" if is_varied else ""
    note = (
        f"{ours['orders']:,.0f} orders, {ours['segments_per_s']:,.0f} segments/s of"
        f" {ours['bytes_per_segment']:.0f} bytes; bytes.split alone {split['segments']:.0f} MB/s"
    )
    return [
        Figure(
            f"850 of {megabytes} MB{kind}: scan, check, records, 997",
            ours["mb_per_s"],
            "MB/s",
            None if is_varied else Target(0.5, is_least=True, of_ratio=True),
            split["split"],
            "MB/s split, kept",
            note,
            tuple(each["mb_per_s"] for _, each in turns),
        ),
        Figure(
            f"    peak memory, {megabytes} MB file{kind}",
            max(each["peak_mb"] for _, each in turns),
            "MB",
            Target(100, is_least=False),
            note=f"{ours['imported_mb']:.0f} MB of it before the file is opened",
        ),
    ]


def _orders_of(path: Path) -> Answer:
    return measured("reading", "orders", path)


def stock(folder: Path, rows: int, rounds: int) -> list[Figure]:
    """Return how long a grower's availability CSV takes to become records, and in what memory."""
    path = folder / "stock.csv"
    path.write_bytes(stock_csv(rows, datetime.now(UTC).date()))
    found = [measured("reading", "stock", path) for _ in range(rounds)]
    return [
        Figure(
            f"{rows:,} rows of availability CSV: read, typed, checked",
            min(each["seconds"] for each in found),
            "s",
            Target(10, is_least=False),
            note=f"{path.stat().st_size / 1e6:.0f} MB, {found[0]['lines']:,.0f} records",
            samples=tuple(each["seconds"] for each in found),
        ),
        Figure(
            "    peak memory",
            max(each["peak_mb"] for each in found),
            "MB",
            Target(600, is_least=False),
        ),
    ]


def workbook(folder: Path, rows: int, rounds: int) -> list[Figure]:
    """Return how long a workbook takes, opened as the daemon does: in a process of its own."""
    path = folder / "stock.xlsx"
    path.write_bytes(stock_workbook(rows, datetime.now(UTC).date()))
    found = [measured("reading", "workbook", path) for _ in range(rounds)]
    quickest = min(found, key=lambda each: each["seconds"])
    return [
        Figure(
            f"{rows:,} rows of a workbook: opened, read, typed, checked",
            quickest["seconds"],
            "s",
            Target(5, is_least=False),
            note=f"{quickest['opened']:.1f} s of it until the other process has opened it",
            samples=tuple(each["seconds"] for each in found),
        ),
        Figure(
            "    peak memory",
            max(each["peak_mb"] for each in found),
            "MB",
            note=f"and {max(each['opener_mb'] for each in found):.0f} MB of the process that opens",
        ),
    ]

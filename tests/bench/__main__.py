"""Measure the product beside the limits of this machine, in one run: `make bench`.

Nothing fails on a figure, because machines differ and other work disturbs; ratios to what the
machine can do at all, measured in between, are what to trust.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

from rich.console import Console

from daemon import VERSION
from tests.bench import library, sftp
from tests.bench.child import CHECKOUT, Answer, measured
from tests.bench.figures import Figure, Target, as_json, median, show
from tests.bench.latency import latencies, ready_s
from tests.bench.limits import commit_rate, fsync_ms, publish_rate
from tests.bench.material import Setting
from tests.bench.peers import compare as peers


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured."""

    files: int
    rounds: int
    drops: int
    megabytes: tuple[int, ...]
    rows: int
    lots: tuple[int, ...]
    changed: int
    read_rounds: int
    """How often each file is read, beside splitting it and beside each library."""
    table: int
    """Rows of the CSV that becomes records; the workbook has a tenth."""
    beside_peers: int
    """Megabytes that other libraries read too: the slowest of them read half a MB a second."""


WHOLE = Size(
    files=2_000,
    rounds=3,
    drops=200,
    megabytes=(10, 50, 500),
    rows=100_000,
    lots=(10_000, 100_000, 1_000_000),
    changed=10_000,
    read_rounds=5,
    table=1_000_000,
    beside_peers=2,
)
TABLE_COLUMNS = 150
PROBES = 50
MOST_GROWTH = 1.25
"""How much more memory a process may take that tells the same changes of ten times the stock."""
QUICK = Size(
    files=200,
    rounds=1,
    drops=20,
    megabytes=(2,),
    rows=2_000,
    lots=(10_000,),
    changed=1_000,
    read_rounds=2,
    table=100_000,
    beside_peers=1,
)


def main() -> int:
    """Run every measurement and print the table, or JSON with `--json`."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="less of everything: a minute and a half, and rougher"
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    parser.add_argument(
        "--on",
        type=Path,
        default=CHECKOUT,
        metavar="FOLDER",
        help="a folder on the disk to measure, by default the checkout's: what a file costs depends"
        " on its file system, and one without a journal makes new files slower after many removals",
    )
    parser.add_argument(
        "parts", nargs="*", metavar="PART", help=f"some of {', '.join(PARTS)}; by default all"
    )
    chosen = parser.parse_args()
    if unknown := [each for each in chosen.parts if each not in PARTS]:
        parser.error(f"no part is called {unknown[0]}; known: {', '.join(PARTS)}")
    size = QUICK if chosen.quick else WHOLE
    folder = Path(tempfile.mkdtemp(prefix=".bench-", dir=chosen.on.resolve()))
    console = Console(stderr=chosen.json)
    console.width = max(console.width, TABLE_COLUMNS)
    try:
        machine = machine_facts(folder)
        with console.status("measuring; another minute or fifteen"):
            figures = [
                figure
                for name, part in PARTS.items()
                if name in (chosen.parts or PARTS)
                for figure in part(folder, size, console.print)
            ]
    finally:
        shutil.rmtree(folder)
    if chosen.json:
        sys.stdout.write(as_json(machine, figures) + "\n")
    else:
        console.print(" | ".join(f"{name} {value}" for name, value in machine.items()))
        show(console, "k2kd beside the limits of this machine", figures)
    return 0


def machine_facts(folder: Path) -> dict[str, object]:
    """Return what a reader must know to compare figures of two runs."""
    return {
        "k2kd": VERSION,
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "system": f"{platform.system()} {platform.release()}",
        "cpus": os.cpu_count() or 0,
        "load": round(os.getloadavg()[0], 1),
        "file_system": _file_system(folder),
        "fsync_ms": round(fsync_ms(folder), 3),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _file_system(folder: Path) -> str:
    """Return type and mount point of the file system that the files lie on."""
    mounts = Path("/proc/self/mounts")
    if not mounts.exists():
        return "unknown"
    places = [line.split()[1:3] for line in mounts.read_text().splitlines()]
    around = [(len(at), kind, at) for at, kind in places if folder.is_relative_to(at)]
    _, kind, at = max(around)
    return f"{kind} on {at}"


def measure(folder: Path, size: Size, _say: Callable[[str], None]) -> list[Figure]:
    """Return the figures of the daemon, in the order of the table."""
    commits = commit_rate(folder / "commits", size.files)
    figures = [Figure("SQLite commits, WAL and FULL, one row each", commits, "/s")]
    for setting in Setting:
        figures += drained(folder, setting, size)
    figures += answered(folder, size)
    return figures + parts(folder, size) + networks(folder, size) + starts(folder)


def drained(folder: Path, setting: Setting, size: Size) -> list[Figure]:
    """Return files per second from drop to answer, beside publishing files in the same folder."""
    rounds = [
        measured("drain", folder / f"{setting.name}-{number}", setting.name, str(size.files))
        for number in range(size.rounds)
    ]
    # The round whose ratio is in the middle: both halves of it were disturbed by the same things.
    rounds.sort(key=lambda each: each["files_per_s"] / each["publish_per_s"])
    middle = rounds[len(rounds) // 2]
    return [
        Figure(
            f"files a second, drop to answer: {setting.value}",
            middle["files_per_s"],
            "/s",
            # The limit publishes one file each; so does the order answered by a 997 alone.
            Target(0.5, is_least=True, of_ratio=True) if setting is Setting.TECHNICAL else None,
            middle["publish_per_s"],
            "published/s",
            f"{middle['files']:.0f} orders of 3 lines, {middle['answers']:.0f} files out, durable",
            tuple(each["files_per_s"] for each in rounds),
        ),
        Figure(
            "    CPU of the daemon and its posting process per order",
            middle["cpu_ms_per_file"],
            "ms",
            note=f"{middle['posting_ms_per_file']:.2f} ms of it for posting",
        ),
    ]


def answered(folder: Path, size: Size) -> list[Figure]:
    """Return how long a partner waits for the answer to one order."""
    before = publish_rate(folder, PROBES, "before")
    spent = latencies(folder / "latency", size.drops)
    publish_ms = 5e2 / before + 5e2 / publish_rate(folder, PROBES, "after")
    note = f"{len(spent)} drops, 50 to 100 ms apart, renamed or written in place; daemon as shipped"
    last = spent[min(len(spent) - 1, round(0.99 * len(spent)))]
    beside = (publish_ms, "ms a durable file")
    return [
        Figure(
            "drop to 997, p50",
            median(spent) * 1e3,
            "ms",
            Target(250, is_least=False),
            *beside,
            note=note,
        ),
        Figure("drop to 997, p99", last * 1e3, "ms", Target(1000, is_least=False), *beside),
    ]


def parts(folder: Path, size: Size) -> list[Figure]:
    """Return the figures of single parts."""
    got = measured("parts", folder / "parts", str(size.rows))
    return [
        Figure("availability rows to records", got["records_per_s"], "rows/s"),
        Figure(
            "availability rows, claimed file to posted lots",
            got["ledger_rows_per_s"],
            "rows/s",
            note=f"{size.rows:,} rows, every row a lot; peak {got['peak_mb']:.0f} MB",
        ),
        Figure("mapping look-ups", got["look_ups_per_s"], "/s"),
        Figure("14 labels as ZPL", got["zpl_ms"], "ms"),
        Figure("14 labels as PDF", got["pdf_ms"], "ms"),
    ]


def networks(folder: Path, size: Size) -> list[Figure]:
    """Return what a stock file and an order cost among 50 buyers, by size of the stock."""
    found = {
        lots: measured("network", folder / f"network-{lots}", str(lots), "50", str(size.changed))
        for lots in size.lots
    }
    largest = found[max(size.lots)]
    note = f"{max(size.lots):,} lots, 50 buyers, half 846 and half CSV"
    return [
        Figure(
            f"a file of {size.changed:,} changed rows to all buyers' files",
            largest["stock_s"],
            "s",
            Target(10, is_least=False),
            note=note,
        ),
        *_memory(found),
        Figure(
            "one order to 50 buyers' availability",
            largest["order_s"],
            "s",
            Target(1, is_least=False),
            note=note,
        ),
        *(
            Figure(f"posting one order, {lots:,} lots of stock", each["order_ms"], "ms")
            for lots, each in found.items()
        ),
    ]


def _memory(found: Mapping[int, Answer]) -> list[Figure]:
    """Return the memory of telling all buyers, held against the same with less stock."""
    figures: list[Figure] = []
    before: float | None = None
    for lots, each in sorted(found.items()):
        figures.append(
            Figure(
                f"    memory while it is told, {lots:,} lots of stock",
                each["peak_mb"],
                "MB",
                Target(MOST_GROWTH, is_least=False, of_ratio=True) if before else None,
                before,
                "MB with less of it" if before else "",
                f"peak of the process, {each['grown_mb']:.0f} MB above what it had before",
            )
        )
        before = each["peak_mb"]
    return figures


def starts(folder: Path) -> list[Figure]:
    """Return how long the command and the daemon take to start."""
    new, again = ready_s(folder / "starts")
    return [
        Figure("k2kd --help", _help_ms(), "ms"),
        Figure("daemon ready, new site", new * 1e3, "ms", note="makes the ledger"),
        Figure("daemon ready, known site", again * 1e3, "ms"),
    ]


def _help_ms() -> float:
    spent = []
    for _ in range(5):
        started = time.perf_counter()
        command = [sys.executable, "-c", "from daemon.cli import main; main()", "--help"]
        subprocess.run(command, cwd=CHECKOUT, check=True, stdout=subprocess.DEVNULL)
        spent.append((time.perf_counter() - started) * 1e3)
    return median(spent)


def _library(folder: Path, size: Size, _say: Callable[[str], None]) -> list[Figure]:
    return library.figures(
        folder, megabytes=size.megabytes, rows=size.table, rounds=size.read_rounds
    )


def _peers(folder: Path, size: Size, say: Callable[[str], None]) -> list[Figure]:
    today = datetime.now(UTC).date()
    rounds = size.read_rounds
    return peers.compared(folder, say, megabytes=size.beside_peers, rounds=rounds, today=today)


def _sftp(folder: Path, size: Size, say: Callable[[str], None]) -> list[Figure]:
    return sftp.compared(folder / "sftp", say, rounds=size.rounds, is_quick=size is QUICK)


PARTS: Mapping[str, Callable[[Path, Size, Callable[[str], None]], list[Figure]]] = MappingProxyType(
    {"daemon": measure, "library": _library, "peers": _peers, "sftp": _sftp}
)


if __name__ == "__main__":
    sys.exit(main())

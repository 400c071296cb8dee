"""Play the whole crowd, a thousand orders of each of eight buyers, on each database: make crowd."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from tests.daemon.trade.crowds import crowd
from tests.daemon.trade.crowds.crowd_audit import timed
from tests.postgres import Cluster, binaries

# Database, processes, threads of each.
PLAYS = (
    ("sqlite", 1, 8),
    ("sqlite", 2, 4),
    ("postgresql", 1, 8),
    ("postgresql", 2, 4),
)


def main() -> int:
    """Play and print one line for each; 1 where anything does not add up."""
    parser = argparse.ArgumentParser(prog="make crowd", description=__doc__)
    parser.add_argument("--orders", type=int, default=1_000, help="orders of each buyer")
    chosen = parser.parse_args()
    is_wrong = False
    found = binaries()
    with postgres(found) if found else nullcontext() as cluster:
        for database, processes, threads in PLAYS:
            if database == "postgresql" and cluster is None:
                say("postgresql: no server is installed here, so it is left out")
                continue
            is_wrong |= play(
                cluster if database == "postgresql" else None, chosen.orders, processes, threads
            )
    return int(is_wrong)


def play(cluster: Cluster | None, count: int, processes: int, threads: int) -> bool:
    """Play one crowd, say how it went, and return whether anything is wrong."""
    with tempfile.TemporaryDirectory(prefix="k2kd-crowd-") as folder:
        url = cluster.new_url() if cluster else f"sqlite:///{folder}/ledger.db"
        began = time.monotonic()
        seconds, found = timed(
            Path(folder) / "site", url, count=count, processes=processes, threads=threads
        )
        whole = time.monotonic() - began
        if cluster:
            cluster.drop(url)
    say(
        f"{'postgresql' if cluster else 'sqlite':10} {processes} processes of {threads} threads:"
        f" {found.orders} orders in {seconds:.1f} s ({found.orders / seconds:.0f}/s);"
        f" {found.lines['accepted']} lines accepted, {found.lines['cut']} cut,"
        f" {found.lines['refused']} refused; {found.sold} of {found.published} bunches sold;"
        f" {found.turns} turns; {whole:.0f} s with all checks"
    )
    for problem in found.problems[:20]:
        say(f"  WRONG: {problem}")
    if found.orders != count * len(crowd.BUYERS):
        say(f"  WRONG: {found.orders} orders are in the books")
    return bool(found.problems) or found.orders != count * len(crowd.BUYERS)


@contextmanager
def postgres(found: Path) -> Iterator[Cluster]:
    """Run a server for these plays."""
    with tempfile.TemporaryDirectory(prefix="k2kd-pg-") as folder:
        cluster = Cluster(found, Path(folder))
        try:
            yield cluster
        finally:
            cluster.stop()


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())

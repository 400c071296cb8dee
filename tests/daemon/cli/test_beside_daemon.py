"""Commands beside a running daemon: it takes what they began, and ends when told to."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.daemon.cli.conftest import START, Run

PATIENCE_S = 30.0


@pytest.fixture
def daemon(site: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A daemon over the worked site, ready."""
    with (
        (site / "events.jsonl").open("wb") as events,
        subprocess.Popen([sys.executable, "-c", START, "run", "--plain"], stderr=events) as running,
    ):
        try:
            wait_until(lambda: b'"event":"ready"' in (site / "events.jsonl").read_bytes())
            yield running
        finally:
            running.kill()


def wait_until(is_so: Callable[[], bool]) -> float:
    """Wait until something is so, and return how many seconds it took."""
    began = time.monotonic()
    while not is_so():
        took = time.monotonic() - began
        assert took < PATIENCE_S, "it did not come to be"
        time.sleep(0.05)
    return time.monotonic() - began


def test_mapping_is_taken_by_the_running_daemon(
    run: Run, site: Path, daemon: subprocess.Popen[bytes]
) -> None:
    assert run("status", "--json").json()["running"] is True
    before = len(os.listdir(site / "outbox" / "axerrio-florsol"))
    said = run("map", "products", "axerrio-florsol", "Rose Explorer 60", "ROS-EXP-60")
    assert "a daemon runs here" in said.out
    wait_until(lambda: len(os.listdir(site / "outbox" / "axerrio-florsol")) > before)
    assert run("orders", "--unmapped", "--json").json() == []


def test_replay_is_taken_by_the_running_daemon(
    run: Run, site: Path, daemon: subprocess.Popen[bytes]
) -> None:
    files = run("files", "--json").json()
    key = next(row["id"] for row in files if row["name"] == "order-10045.edi")
    before = len(list((site / "outbox" / "bloom").glob("855-*")))
    assert run("replay", key).code == 0
    wait_until(lambda: len(list((site / "outbox" / "bloom").glob("855-*"))) > before)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_daemon_ends_well_when_told_to(
    daemon: subprocess.Popen[bytes], number: signal.Signals
) -> None:
    daemon.send_signal(number)
    assert daemon.wait(PATIENCE_S) == 0

"""A start that fails ends the daemon, with all of its threads, and says what was in the way."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from daemon.lanes.process import MODULE
from tests.daemon.ledgers import prepare
from tests.daemon.network import make_site
from tests.daemon.running import CHECKOUT, command

NO_THREAD = """
import sys, threading

start = threading.Thread.start

def refused(thread):
    if thread.name == "{name}" and "{posting}" not in sys.orig_argv:
        raise RuntimeError("can't start new thread")
    start(thread)

threading.Thread.start = refused
"""
"""What the daemon of a system meets whose limit of threads is reached, at the one of a name."""


@pytest.mark.parametrize("name", ["lane-1", "delivery"])
def test_a_start_that_gets_no_more_threads_ends_the_daemon(tmp_path: Path, name: str) -> None:
    """One that stayed with half of its threads would look alive to whoever is to start it anew."""
    root = make_site(tmp_path / "site")
    prepare(f"sqlite:///{root / 'state' / 'ledger.db'}")
    (tmp_path / "sitecustomize.py").write_text(NO_THREAD.format(name=name, posting=MODULE))
    ended = subprocess.run(
        command(root),
        cwd=CHECKOUT,
        env=os.environ | {"PYTHONPATH": os.pathsep.join((str(tmp_path), str(CHECKOUT)))},
        check=False,
        capture_output=True,
        timeout=60,
    )
    assert ended.returncode == 1
    assert ended.stderr.endswith(b"RuntimeError: can't start new thread\n")

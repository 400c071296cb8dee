"""Hundreds of answers go out while the daemon is killed again and again: each once, none torn."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from daemon import config
from daemon.service import make_folders
from tests.bench.drain import drop_all
from tests.bench.material import BUYER, Setting, write_site
from tests.daemon.posting_processes import posting_of
from tests.daemon.today import TODAY

ORDERS = 600
DEATHS = 6
PROGRAM = "import sys; from daemon.cli import main; sys.exit(main())"
_CONTROL = re.compile(rb"ISA.{87}([0-9]{9})", re.DOTALL)


def daemon(root: Path, *arguments: str) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "K2KD_SITE": str(root)}
    command = [sys.executable, "-c", PROGRAM, "run", *arguments]
    return subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)


def drop_orders(root: Path) -> None:
    """Make a site, and let all of them lie in its inbox."""
    write_site(root, Setting.TECHNICAL)
    site = config.load(root)
    make_folders(site)
    drop_all(site, ORDERS, TODAY)


def answers(root: Path) -> list[Path]:
    return [each for each in (root / "outbox" / BUYER).iterdir() if each.name.startswith("997-")]


@pytest.mark.slow
def test_every_answer_is_given_once_and_whole(tmp_path: Path) -> None:
    drop_orders(tmp_path)
    chance = random.Random(1)
    for death in range(1, DEATHS + 1):
        aim = ORDERS * death // (DEATHS + 2)
        with daemon(tmp_path) as running:
            deadline = time.monotonic() + 60
            while len(answers(tmp_path)) < aim:
                assert time.monotonic() < deadline, f"{aim} answers never came"
                time.sleep(chance.random() / 100)
            running.kill()
    with daemon(tmp_path, "--once") as last:
        assert last.wait(timeout=90) == 0
    assert_answered_once(tmp_path)


@pytest.mark.slow
def test_every_answer_is_given_once_where_what_posts_alone_is_killed(tmp_path: Path) -> None:
    drop_orders(tmp_path)
    chance = random.Random(2)
    with daemon(tmp_path) as running:
        try:
            for death in range(DEATHS):
                await_answers(tmp_path, ORDERS * death // (DEATHS + 2))
                time.sleep(chance.random() / 10)
                if (posting := posting_of(running.pid)) is not None:
                    os.kill(posting, signal.SIGKILL)
            await_answers(tmp_path, ORDERS)
            assert running.poll() is None
            running.terminate()
            assert running.wait(timeout=60) == 0
        finally:
            running.kill()
    assert_answered_once(tmp_path)


def await_answers(root: Path, count: int) -> None:
    deadline = time.monotonic() + 100
    while len(answers(root)) < count:
        assert time.monotonic() < deadline, f"{count} answers never came"
        time.sleep(0.01)


def assert_answered_once(root: Path) -> None:
    texts = [each.read_bytes() for each in answers(root)]
    controls = [match[1] for text in texts if (match := _CONTROL.search(text))]
    assert len(texts) == ORDERS
    assert len(set(controls)) == ORDERS
    assert all(b"\nIEA*1*" in text[-24:] for text in texts)
    assert not list((root / "outbox" / BUYER / ".staging").iterdir())

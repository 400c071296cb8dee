"""A real daemon whose posting process is lost, or has a stop come in between: nobody notices."""

from __future__ import annotations

import os
import re
import signal
from contextlib import ExitStack
from pathlib import Path

import pytest

from daemon.lanes.process import MODULE
from tests.daemon.ledgers import prepare
from tests.daemon.network import NETWORK, configure, make_site
from tests.daemon.partner_files import purchase_order
from tests.daemon.posting_processes import KILLER, KILLING, PATIENCE_S, posting_of
from tests.daemon.running import Running, running
from tests.daemon.sites import drop, outboxes
from tests.daemon.triggers import A_MOMENT, POSTED, is_being_written, is_tried, trigger

_CONTROL = re.compile(rb"ISA.{87}([0-9]{9})", re.DOTALL)
NEVER_STARTS = """
import os, pathlib, sys
if "{module}" in sys.orig_argv and pathlib.Path("{flag}").exists():
    os._exit(9)
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A site that was not started yet, with inboxes to drop into and a ledger that has tables."""
    made = make_site(tmp_path / "site")
    for partner in ("bloom", "tulipan"):
        (made / "inbox" / partner).mkdir(parents=True)
    prepare(f"sqlite:///{ledger_of(made)}")
    return made


def ledger_of(root: Path) -> Path:
    return root / "state" / "ledger.db"


def order(number: int, partner: str = "bloom") -> bytes:
    sender, item = {"bloom": ("BLOOMWHSL", "BLM-100"), "tulipan": ("TULIPAN", "TUL-EXP60")}[partner]
    return purchase_order(str(number), (item, "1", "BX"), control=number, sender=sender)


def drop_orders(root: Path, numbers: range, partner: str = "bloom") -> None:
    for number in numbers:
        drop(root, partner, f"{number:03}.edi", order(number, partner))


def answers(root: Path, partner: str = "bloom") -> list[bytes]:
    return [b for name, b in outboxes(root).items() if name.startswith(f"{partner}/997-")]


def assert_answered_once(root: Path, count: int) -> None:
    bodies = answers(root)
    controls = {match[1] for body in bodies if (match := _CONTROL.match(body))}
    answered = {name.rpartition("-")[0] for name in outboxes(root) if name.startswith("bloom/855-")}
    assert (len(bodies), len(controls), len(answered)) == (count, count, count)


def posting(daemon: Running) -> int:
    found = daemon.wait_for(lambda: posting_of(daemon.process.pid), within_s=PATIENCE_S)
    assert isinstance(found, int)
    return found


def kill_posting(daemon: Running) -> None:
    os.kill(posting(daemon), signal.SIGKILL)


def await_posting(daemon: Running) -> None:
    """Wait until a posting is under way in a ledger whose postings take long."""
    file = ledger_of(daemon.root)
    daemon.wait_for(lambda: is_tried(file) and is_being_written(file), within_s=PATIENCE_S)


def with_first(folder: Path, program: str) -> dict[str, str]:
    """Return an environment in which every process of ours runs `program` first."""
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(program)
    known = os.environ.get("PYTHONPATH", "")
    return {"PYTHONPATH": os.pathsep.join(filter(None, (str(folder), known)))}


def test_a_posting_process_that_is_killed_at_work_costs_nobody_an_answer(root: Path) -> None:
    with running(root) as daemon:
        with trigger(ledger_of(root), POSTED, A_MOMENT):
            drop_orders(root, range(1, 21))
            await_posting(daemon)
            kill_posting(daemon)
        drop_orders(root, range(21, 31))
        daemon.wait_said("lane_fault", within_s=PATIENCE_S)
        daemon.wait_for(lambda: len(answers(root)) == 30, within_s=PATIENCE_S)
        assert "the process that posts was lost" in daemon.log()
        assert daemon.stop(within_s=PATIENCE_S) == 0
    assert_answered_once(root, 30)


def test_one_that_was_started_anew_lives_on_through_a_reload(root: Path) -> None:
    with running(root) as daemon:
        drop_orders(root, range(1, 2))
        daemon.wait_for(lambda: answers(root), within_s=PATIENCE_S)
        kill_posting(daemon)
        drop_orders(root, range(2, 3))
        daemon.wait_for(lambda: len(answers(root)) == 2, within_s=PATIENCE_S)
        before, said = posting(daemon), len(daemon.log())
        daemon.process.send_signal(signal.SIGHUP)
        daemon.wait_for(lambda: '"ready"' in daemon.log()[said:], within_s=PATIENCE_S)
        drop_orders(root, range(3, 4))
        daemon.wait_for(lambda: len(answers(root)) == 3, within_s=PATIENCE_S)
        assert posting(daemon) == before
        assert "posting_failed" not in daemon.log()
        assert daemon.log().count("lane_fault") == 1


def test_a_reload_that_names_another_state_folder_keeps_the_books(root: Path) -> None:
    with running(root) as daemon:
        drop_orders(root, range(1, 2))
        daemon.wait_for(lambda: answers(root), within_s=PATIENCE_S)
        configure(root, NETWORK.replace("[site]", '[site]\nstate = "elsewhere"'))
        ready = daemon.log().count('"ready"')
        daemon.process.send_signal(signal.SIGHUP)
        daemon.wait_for(lambda: daemon.log().count('"ready"') > ready, within_s=PATIENCE_S)
        drop_orders(root, range(2, 4))
        daemon.wait_for(lambda: len(answers(root)) == 3, within_s=PATIENCE_S)
        assert "lane_fault" not in daemon.log()
        assert daemon.stop(within_s=PATIENCE_S) == 0
    assert_answered_once(root, 3)


def test_a_site_whose_postings_can_not_start_takes_files_in_and_says_so(
    root: Path, tmp_path: Path
) -> None:
    flag = tmp_path / "never"
    flag.touch()
    env = with_first(tmp_path / "first", NEVER_STARTS.format(module=MODULE, flag=flag))
    with running(root, env=env) as daemon:
        assert '"level":"alarm","event":"posting_failed"' in daemon.log()
        drop_orders(root, range(1, 3))
        daemon.wait_said("lane_fault", within_s=PATIENCE_S)
        assert "it ended with 9" in daemon.log()
        assert not list((root / "inbox" / "bloom").glob("*.edi"))
        flag.unlink()
        daemon.wait_for(lambda: len(answers(root)) == 2, within_s=PATIENCE_S)
        assert daemon.stop(within_s=PATIENCE_S) == 0


@pytest.mark.parametrize("how", ["as systemd does", "as a terminal does"])
def test_a_stop_lets_the_posting_at_work_end_and_delivers_it(root: Path, how: str) -> None:
    with ExitStack() as ended, running(root, is_group=True) as daemon:
        slow = ended.enter_context(ExitStack())
        slow.enter_context(trigger(ledger_of(root), POSTED, A_MOMENT))
        drop_orders(root, range(1, 2))
        await_posting(daemon)
        if how == "as systemd does":
            daemon.process.send_signal(signal.SIGTERM)
        else:
            os.killpg(daemon.process.pid, signal.SIGINT)
        assert daemon.process.wait(PATIENCE_S) == 0
        assert "lane_fault" not in daemon.log()
        posted = daemon.log().count('"event":"posted"')
        assert posted
        assert len(answers(root)) == posted


@pytest.mark.slow
def test_a_file_that_ends_the_posting_process_is_set_aside_while_the_daemon_stays_up(
    root: Path, tmp_path: Path
) -> None:
    env = with_first(tmp_path / "first", KILLING)
    with running(root, env=env) as daemon:
        drop_orders(root, range(1, 6))
        drop(root, "bloom", KILLER, order(99))
        for number in range(6, 10):
            drop(root, "bloom", f"z{number}.edi", order(number))
            drop_orders(root, range(number, number + 1), "tulipan")
        daemon.wait_said("crash-loop", within_s=PATIENCE_S)
        daemon.wait_for(lambda: len(answers(root)) == 9, within_s=PATIENCE_S)
        daemon.wait_for(lambda: len(answers(root, "tulipan")) == 4, within_s=PATIENCE_S)
        assert daemon.log().count('"event":"quarantined"') == 1
        lost = [line for line in daemon.log().splitlines() if "was lost at work for bloom" in line]
        assert len(lost) == 3
        assert daemon.stop(within_s=PATIENCE_S) == 0
    assert_answered_once(root, 9)

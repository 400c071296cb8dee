"""The watch, with real inotify: fast when it works, honest when it is blind."""

from __future__ import annotations

import errno
import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from watchdog.observers.api import BaseObserver

from daemon.clock import SystemClock
from daemon.intake import watch as watching
from daemon.intake.inboxes import Intake
from daemon.intake.settle import Word
from daemon.intake.watch import MAPPINGS, FolderWatch, Polling
from daemon.safefile import open_directory
from tests.daemon.intake.fakes import Ear, House, x12

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="inotify is Linux's")
PATIENCE_S = 10.0


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
def watch(ear: Ear) -> Iterator[FolderWatch]:
    folder_watch = FolderWatch(SystemClock(), ear)
    folder_watch.start()
    yield folder_watch
    folder_watch.stop()


def attend(watch: FolderWatch, path: Path, key: str = "rosa") -> None:
    with open_directory(path) as folder:
        watch.attend(key, folder)


def word_about(watch: FolderWatch, name: bytes, key: str = "rosa") -> Word | None:
    spoken = watch.words(key).get(name)
    return spoken.word if spoken else None


def eventually(is_so: Callable[[], bool]) -> bool:
    end = time.monotonic() + PATIENCE_S
    while not is_so():
        if time.monotonic() > end:
            return False
        time.sleep(0.005)
    return True


def test_a_written_file_is_heard_as_closed(watch: FolderWatch, tmp_path: Path) -> None:
    attend(watch, tmp_path)
    (tmp_path / "po.edi").write_bytes(b"x")
    assert eventually(lambda: word_about(watch, b"po.edi") is Word.CLOSED)
    assert watch.wait(1) == {"rosa"}


def test_a_file_still_open_is_heard_as_created(watch: FolderWatch, tmp_path: Path) -> None:
    attend(watch, tmp_path)
    with (tmp_path / "po.edi").open("wb"):
        assert eventually(lambda: word_about(watch, b"po.edi") is Word.CREATED)


@pytest.mark.parametrize("source", ["inside", "elsewhere"])
def test_a_renamed_file_is_heard_as_moved_wherever_it_came_from(
    watch: FolderWatch, tmp_path: Path, source: str
) -> None:
    inbox, elsewhere = tmp_path / "inbox", tmp_path / "elsewhere"
    inbox.mkdir()
    elsewhere.mkdir()
    attend(watch, inbox)
    draft = (inbox if source == "inside" else elsewhere) / "po.edi.part"
    draft.write_bytes(b"x")
    draft.rename(inbox / "po.edi")
    assert eventually(lambda: word_about(watch, b"po.edi") is Word.MOVED)


@pytest.mark.parametrize("name", [b"po\xff.edi", b"new\nline", "\u202e.edi".encode()], ids=ascii)
def test_f16_names_are_heard_byte_for_byte(watch: FolderWatch, tmp_path: Path, name: bytes) -> None:
    attend(watch, tmp_path)
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_bytes(b"x")
    assert eventually(lambda: word_about(watch, name) is Word.CLOSED)


def test_words_are_kept_apart_by_folder(watch: FolderWatch, tmp_path: Path) -> None:
    for key in ("rosa", MAPPINGS):
        (tmp_path / key.strip(":")).mkdir()
        attend(watch, tmp_path / key.strip(":"), key)
    (tmp_path / "mappings" / "units.csv").write_bytes(b"x")
    assert eventually(lambda: word_about(watch, b"units.csv", MAPPINGS) is Word.CLOSED)
    assert word_about(watch, b"units.csv") is None
    assert watch.wait(1) == {MAPPINGS}


def test_only_the_words_given_are_forgotten(watch: FolderWatch) -> None:
    watch.heard("rosa", b"a", Word.CREATED)
    old = watch.words("rosa")
    watch.heard("rosa", b"b", Word.CLOSED)
    watch.heard("rosa", b"a", Word.CLOSED)
    watch.forget("rosa", old)
    assert watch.words("rosa").keys() == {b"a", b"b"}
    watch.forget("rosa", watch.words("rosa"))
    assert watch.words("rosa") == {}


def test_f15_a_folder_removed_and_made_again_is_heard_again(
    watch: FolderWatch, tmp_path: Path
) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    attend(watch, inbox)
    shutil.rmtree(inbox)
    inbox.mkdir()

    def is_heard() -> bool:
        attend(watch, inbox)
        (inbox / "po.edi").write_bytes(b"x")
        return word_about(watch, b"po.edi") is Word.CLOSED

    assert eventually(is_heard)


def test_f15_a_folder_renamed_away_is_not_listened_to_any_more(
    watch: FolderWatch, tmp_path: Path
) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    attend(watch, inbox)
    inbox.rename(tmp_path / "old")
    inbox.mkdir()
    attend(watch, inbox)
    (tmp_path / "old" / "stale.edi").write_bytes(b"x")
    (inbox / "po.edi").write_bytes(b"x")
    assert eventually(lambda: word_about(watch, b"po.edi") is Word.CLOSED)
    assert word_about(watch, b"stale.edi") is None


def test_f14_lost_events_wake_every_folder(
    watch: FolderWatch, ear: Ear, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    attend(watch, tmp_path)
    (tmp_path / "other").mkdir()
    attend(watch, tmp_path / "other", "tulip")
    watch.wait(0)
    with caplog.at_level(logging.WARNING):
        logging.getLogger("watchdog.observers.inotify_c").warning(
            "Inotify queue overflowed; filesystem events were lost"
        )
    assert watch.wait(1) == {"rosa", "tulip"}
    assert ear.count("watch_overflowed") == 1


def test_watchdog_still_logs_an_overflow_where_we_listen() -> None:
    source = Path(sys.modules["watchdog.observers.inotify_c"].__file__ or "").read_text("utf-8")
    assert 'logger.warning("Inotify queue overflowed' in source


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EMFILE])
def test_a_watch_refused_by_the_system_is_said_once_and_tried_again(
    watch: FolderWatch, ear: Ear, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, "limit reached")

    with monkeypatch.context() as patch:
        patch.setattr(BaseObserver, "schedule", refuse)
        for _ in range(3):
            attend(watch, tmp_path)
        assert watch.is_blind("rosa")
    assert ear.count("watch_failed") == 1
    attend(watch, tmp_path)
    assert not watch.is_blind("rosa")


def test_without_any_observer_everything_is_blind_and_said(
    ear: Ear, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> BaseObserver:
        raise OSError(errno.EMFILE, "inotify instance limit reached")

    monkeypatch.setattr(watching, "_observer", refuse)
    blind = FolderWatch(SystemClock(), ear)
    blind.start()
    attend(blind, tmp_path)
    assert blind.is_blind("rosa")
    assert ear.count("watch_failed") == 1
    blind.stop()


def test_a_network_volume_is_polled_and_said_once(
    watch: FolderWatch, ear: Ear, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "is_remote", lambda _path: True)
    for _ in range(3):
        attend(watch, tmp_path)
    assert watch.is_blind("rosa")
    assert watch.is_remote("rosa")
    assert ear.count("watch_remote") == 1


@pytest.mark.parametrize("make", [lambda: FolderWatch(SystemClock(), Ear()), Polling])
def test_a_wait_can_be_ended(make: Callable[[], FolderWatch | Polling]) -> None:
    waiting = make()
    waiting.wake()
    started = time.monotonic()
    assert waiting.wait(PATIENCE_S) == set()
    assert time.monotonic() - started < 1


@pytest.mark.parametrize("remote", [True, False])
def test_polling_hears_nothing_but_knows_network_volumes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, remote: bool
) -> None:
    monkeypatch.setattr(watching, "is_remote", lambda _path: remote)
    polling = Polling()
    with open_directory(tmp_path) as folder:
        polling.attend("rosa", folder)
    polling.forget("rosa", {})
    assert (polling.is_blind("rosa"), polling.is_remote("rosa")) == (True, remote)
    assert polling.words("rosa") == {}


def running(house: House, watch: FolderWatch) -> Intake:
    return Intake(
        house.configuration,
        book=house.book,
        spool=house.spool,
        clock=SystemClock(),
        say=house.ear,
        watch=watch,
    )


def run_until(intake: Intake, is_done: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not is_done() and time.monotonic() < end:
        for partner in intake.due(1):
            intake.look(partner)


def test_a_dropped_interchange_is_claimed_within_moments(
    watch: FolderWatch, tmp_path: Path
) -> None:
    house = House(tmp_path)
    intake = running(house, watch)
    run_until(intake, lambda: not watch.is_blind("rosa"))
    took: list[float] = []
    for number in range(1, 21):
        started = time.monotonic()
        house.drop(f"po{number}.edi", x12(number))
        run_until(intake, partial(_has, house, number))
        took.append(time.monotonic() - started)
    assert sorted(took)[len(took) // 2] < 0.1


def _has(house: House, count: int) -> bool:
    return len(house.book.claims) == count


STOPPED = """
import json, sys, time
from pathlib import Path
from daemon.clock import SystemClock
from daemon.intake.inboxes import Intake
from daemon.intake.watch import FolderWatch
from tests.daemon.intake.fakes import House
house = House(Path(sys.argv[1]), rescan_s=3600)
house.clock = SystemClock()
house.watch = FolderWatch(house.clock, house.ear)
house.watch.start()
intake = house.started()
intake.look("rosa")
print("ready", flush=True)
end = time.monotonic() + 60
while len(house.book.claims) < 10_000 and time.monotonic() < end:
    for partner in intake.due(1):
        intake.look(partner)
house.watch.stop()
# Not ru_maxrss: that starts at what the parent had when it made this process.
with open("/proc/self/status") as status:
    peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) // 1024
overflows = house.ear.count("watch_overflowed")
print(json.dumps([len(house.book.claims), len(house.left), overflows, peak]))
"""


@pytest.mark.slow
def test_f14_ten_thousand_files_while_we_are_stopped_are_claimed_though_events_are_lost(
    tmp_path: Path,
) -> None:
    command = [sys.executable, "-c", STOPPED, str(tmp_path)]
    root = Path(__file__).resolve().parents[3]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        child.send_signal(signal.SIGSTOP)
        inbox = tmp_path / "inbox" / "rosa"
        for number in range(10_000):
            (inbox / f"{number:05}.edi").write_bytes(x12(number))
        child.send_signal(signal.SIGCONT)
        claimed, left, overflows, peak_mib = json.loads(child.stdout.readline())
    assert (claimed, left) == (10_000, 0)
    assert overflows >= 1
    assert peak_mib < 200

"""Where a system lacks what Linux has, the daemon does what it can there. Played on Linux.

What a flush and a rename become is in `test_disk`. None of this was run on macOS itself.
"""

from __future__ import annotations

import contextlib
import os
import resource
import sqlite3
import sys
from pathlib import Path

import pytest
from watchdog.events import FileCreatedEvent, FileMovedEvent

from daemon import config
from daemon.clock import SystemClock
from daemon.delivery import folders as delivery_folders
from daemon.intake import lease, mounts
from daemon.intake import watch as watching
from daemon.intake.settle import Word, Writer
from daemon.intake.watch import FolderWatch
from daemon.ledger import refusal, store
from daemon.onboarding import reload
from daemon.safefile import open_directory
from daemon.workbooks import child
from tests.daemon.intake.fakes import Ear
from tests.daemon.network import make_site


@pytest.fixture
def darwin(monkeypatch: pytest.MonkeyPatch) -> None:
    """Be macOS, as far as Python says: no leases, no memory files, no such system calls."""
    monkeypatch.setattr(sys, "platform", "darwin")
    for name in ("F_SETLEASE", "F_GETLEASE", "F_SETSIG"):
        monkeypatch.delattr(f"fcntl.{name}")
    monkeypatch.delattr("os.memfd_create")


@pytest.mark.usefixtures("darwin")
def test_a_creation_is_a_hint_and_no_word_about_a_file(tmp_path: Path) -> None:
    watch = FolderWatch(SystemClock(), Ear())
    ear = watching._Ear(watch, "rosa")
    ear.on_moved(FileMovedEvent(str(tmp_path / ".a.new"), str(tmp_path / "a.csv")))
    ear.on_created(FileCreatedEvent(str(tmp_path / "a.csv")))
    ear.on_created(FileCreatedEvent(str(tmp_path / "b.csv")))
    assert watch.wait(0) == {"rosa"}
    assert {name: spoken.word for name, spoken in watch.words("rosa").items()} == {
        b"a.csv": Word.MOVED
    }


@pytest.mark.usefixtures("darwin")
def test_nobody_is_asked_who_writes_a_file(tmp_path: Path) -> None:
    with (tmp_path / "a").open("wb") as file:
        assert lease.writer(file.fileno()) is Writer.UNKNOWN


@pytest.mark.usefixtures("darwin")
def test_a_ledger_is_flushed_through_the_drive(tmp_path: Path) -> None:
    with contextlib.closing(sqlite3.connect(tmp_path / "ledger.db")) as connection:
        store._prepare_sqlite(connection, None)  # type: ignore[arg-type]  # it asks for nothing
        for name in ("fullfsync", "checkpoint_fullfsync"):
            assert connection.execute(f"PRAGMA {name}").fetchone() == (1,)


@pytest.mark.usefixtures("darwin")
def test_a_workbook_is_opened_where_memory_cannot_be_bounded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bounded: list[int] = []

    def setrlimit(which: int, _limits: tuple[int, int]) -> None:
        if which == resource.RLIMIT_AS:
            raise ValueError("current limit exceeds maximum limit")
        bounded.append(which)

    class Opened(Exception):
        """The limits are set."""

    def opened(*_given: object, **_limits: object) -> None:
        raise Opened

    monkeypatch.setattr(resource, "setrlimit", setrlimit)
    monkeypatch.setattr(child, "extract", opened)
    monkeypatch.setattr(sys, "stdin", open(os.devnull))  # noqa: SIM115  (the program's own)
    with contextlib.closing(sys.stdin), pytest.raises(Opened):
        child.main(["1", "2", "3", "4"])
    assert set(bounded) == {resource.RLIMIT_CPU, resource.RLIMIT_CORE, resource.RLIMIT_FSIZE}


@pytest.mark.usefixtures("darwin")
def test_a_server_that_cannot_be_heard_is_waited_for() -> None:
    assert refusal.refusal_codes({"host": "/nowhere/at/all"}) == (None,)


@pytest.mark.usefixtures("darwin")
def test_what_only_the_kernel_of_linux_tells_is_not_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make_site(tmp_path / "site")
    assert reload.daemon_pid(config.load(root), tmp_path / "no-proc") is None
    assert not mounts.is_remote(tmp_path, tmp_path / "no-mountinfo")
    assert mounts.keeps_databases(tmp_path, tmp_path / "no-mountinfo")
    monkeypatch.setattr(delivery_folders, "_c_library", object)
    with open_directory(tmp_path) as folder:
        assert delivery_folders.identity(folder) == (folder.ino, 0)

"""Without room on the disk, in the queue or in the ledger, files stay and are taken later."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from daemon.errors import EnvironmentFault
from daemon.intake import pressure
from daemon.intake.spool import Spool
from daemon.safefile import Room
from tests.daemon.intake.fakes import House, large_x12, x12


def test_f05_nothing_is_claimed_while_the_disk_is_low_and_it_resumes_alone(
    tmp_path: Path,
) -> None:
    house = House(tmp_path, free_bytes=1 << 60)
    house.drop("po.edi", x12())
    for _ in range(3):
        assert house.look().claimed == []
    assert house.left == ["po.edi"]
    assert house.ear.count("low_disk_paused") == 1
    room = House(tmp_path)
    room.book, room.ear = house.book, house.ear
    assert len(room.started().look("rosa").claimed) == 1


class TightSpool(Spool):
    """A spool whose volume is what the test says."""

    volume = Room(1 << 40, 100, 100)

    def room(self) -> Room:
        return self.volume


def test_f05_low_inodes_pause_and_end(house: House) -> None:
    house.spool = spool = TightSpool(house.root / "state" / "spool")
    spool.volume = Room(1 << 40, 4, 100)
    house.started()
    house.drop("po.edi", x12())
    assert house.look().claimed == []
    assert house.ear.count("low_inodes_paused") == 1
    spool.volume = Room(1 << 40, 5, 100)
    assert len(house.look().claimed) == 1
    assert house.ear.count("low_inodes_over") == 1


def test_f05_a_file_too_large_for_the_disk_lets_smaller_ones_pass(house: House) -> None:
    house.spool = spool = TightSpool(house.root / "state" / "spool")
    spool.volume = Room(3 << 20, 100, 100)
    house.started()
    os.utime(house.drop("a-large.edi", large_x12()), (1, 1))
    house.drop("small.edi", x12())
    house.look()
    house.look()
    assert house.book.names == [b"small.edi"]
    assert house.ear.count("large_file_paused") == 1
    spool.volume = Room(1 << 40, 100, 100)
    house.look()
    assert house.book.names == [b"small.edi", b"a-large.edi"]
    assert house.ear.count("large_file_over") == 1


@pytest.mark.parametrize(("unposted", "claimed"), [(9_999, 2), (10_000, 1), (10_001, 0)])
def test_p10_a_full_queue_stops_claims(house: House, unposted: int, claimed: int) -> None:
    assert pressure.MOST_UNPOSTED == 10_000
    house.book.waiting = unposted
    house.drop("a.edi", x12(1))
    house.drop("b.edi", x12(2))
    assert len(house.look().claimed) == claimed
    assert house.ear.count("queue_full_paused") == (claimed == 0)


def test_p10_a_ledger_that_is_down_leaves_files_and_is_waited_for(house: House) -> None:
    house.drop("po.edi", x12())
    house.book.fault = EnvironmentFault("the ledger is down")
    waits = [house.look().next_look_s for _ in range(11)]
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]
    assert house.left == ["po.edi"]
    assert house.ear.count("intake_failed") == 1
    house.book.fault = None
    assert len(house.look().claimed) == 1
    assert house.ear.count("intake_resumed") == 1


def test_f05_a_refusal_that_could_not_be_recorded_is_not_put_aside_unanswered(
    house: House,
) -> None:
    (house.inbox / "po.edi").symlink_to("/etc/passwd")
    house.book.fault = EnvironmentFault("the ledger is down")
    house.look()
    assert (house.left, house.aside) == (["po.edi"], [])
    house.book.fault = None
    house.look()
    assert house.book.codes == ["intake.symlink"]
    assert (house.left, len(house.aside)) == ([], 1)


def test_f06_running_out_of_descriptors_is_our_fault_and_loses_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.drop("po.edi", x12())
    real = os.open

    def refusing(
        path: str | bytes, flags: int, mode: int = 0o777, *, dir_fd: int | None = None
    ) -> int:
        if path == b"po.edi":
            raise OSError(errno.EMFILE, "Too many open files")
        return real(path, flags, mode, dir_fd=dir_fd)

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", refusing)
        result = house.look()
    assert result.fault is not None
    assert house.book.refusals == []
    assert len(house.look().claimed) == 1


def test_an_unreadable_sector_is_said_once_and_others_flow(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = house.drop("bad.edi", x12(1)).stat().st_ino
    house.drop("good.edi", x12(2))
    real = os.pread

    def failing(fd: int, count: int, offset: int) -> bytes:
        if os.fstat(fd).st_ino == bad:
            raise OSError(errno.EIO, "Input/output error")
        return real(fd, count, offset)

    monkeypatch.setattr(os, "pread", failing)
    for _ in range(2):
        assert house.look().fault is None
    assert house.book.names == [b"good.edi"]
    assert (house.ear.count("read_failed"), house.left) == (1, ["bad.edi"])

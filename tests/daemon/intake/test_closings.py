"""A delimited file whose upload was closed whole needs no quiet time, and only then."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from daemon.intake import closings
from daemon.intake.closings import Closings
from daemon.intake.inboxes import Intake
from daemon.safefile import Identity
from tests.daemon.intake.fakes import CSV, House


class Doors(House):
    """A house whose intake hears of closings."""

    def close(self, path: Path) -> Path:
        """Say that `path` was closed whole as it is now."""
        self.closings.note(Identity.of(path.stat()))
        return path

    def started(self, step: Callable[[str], None] = lambda _name: None) -> Intake:
        self.closings = Closings()
        self.intake = Intake(
            self.configuration,
            book=self.book,
            spool=self.spool,
            clock=self.clock,
            say=self.ear,
            watch=self.watch,
            closings=self.closings,
            step=step,
        )
        return self.intake


@pytest.fixture
def doors(tmp_path: Path) -> Doors:
    return Doors(tmp_path)


def test_a_file_that_was_closed_whole_is_claimed_at_once(doors: Doors) -> None:
    path = doors.close(doors.drop("stock.csv", CSV))
    identity = Identity.of(path.stat())
    [(_, claim)] = doors.look().claimed
    assert claim.completeness == "closed"
    assert not doors.closings.has(identity), "the inode will be another file's"


def test_it_may_be_renamed_meanwhile(doors: Doors) -> None:
    path = doors.close(doors.drop("stock.csv.tmp", CSV))
    assert doors.look().claimed == []
    path.rename(path.with_suffix(""))
    assert len(doors.look().claimed) == 1


def grow(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"more")


def touch(path: Path) -> None:
    os.utime(path, (1, 1))


def replace(path: Path) -> None:
    other = path.with_name("other.tmp")
    other.write_bytes(path.read_bytes())
    status = path.stat()
    os.utime(other, ns=(status.st_atime_ns, status.st_mtime_ns))
    other.rename(path)


@pytest.mark.parametrize("change", [grow, touch, replace])
def test_one_that_changed_since_waits_as_any_other(
    doors: Doors, change: Callable[[Path], None]
) -> None:
    change(doors.close(doors.drop("stock.csv", CSV)))
    assert doors.look().claimed == []
    doors.clock.forward(60)
    [(_, claim)] = doors.look().claimed
    assert claim.completeness == "assumed"


@pytest.mark.parametrize("agreement", ["done-file", "renamed"])
def test_another_agreement_is_kept_to(tmp_path: Path, agreement: str) -> None:
    doors = Doors(tmp_path, complete_when=agreement)
    doors.close(doors.drop("stock.csv", CSV))
    if agreement == "done-file":
        assert doors.look_after(3600).claimed == []
    else:
        assert [c.completeness for _, c in doors.look_after(60).claimed] == ["agreed"]


def test_a_format_that_shows_that_it_is_cut_short_still_waits(doors: Doors) -> None:
    doors.close(doors.drop("po.edi", b"ISA*00*"))
    assert doors.look_after(60).claimed == []


def test_no_more_are_remembered_than_a_few_looks_take() -> None:
    known = Closings()
    all_of_them = [Identity(1, ino, 1, 1, 1) for ino in range(closings.MOST + 1)]
    for identity in all_of_them:
        known.note(identity)
    assert [known.has(all_of_them[n]) for n in (0, 1, -1)] == [False, True, True]

"""Crash points C2-C6: killed anywhere, nothing is lost and nothing arrives twice."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import pytest

from daemon.safefile import Denied
from tests.daemon.intake.fakes import CSV, Book, House, large_x12, x12


class Killed(BaseException):
    """Stands for kill -9: nothing on the way out handles it."""


class Fuse:
    """Kills at the n-th passing of any step; counts them when n is 0."""

    def __init__(self, at: int) -> None:
        self._at = at
        self.passed: list[str] = []

    def __call__(self, name: str) -> None:
        self.passed.append(name)
        if len(self.passed) == self._at:
            raise Killed(name)


def _drops(house: House) -> dict[bytes, bytes]:
    files = {
        b"1-small.edi": x12(1),
        b"2-large.edi": large_x12(2),
        b"3-small.edi": x12(3),
    }
    for order, (name, content) in enumerate(files.items()):
        os.utime(house.drop(name, content), (order, order))
    return files


def _bytes_of(house: House, book: Book) -> dict[bytes, bytes]:
    found: dict[bytes, bytes] = {}
    for claim in book.claims:
        if claim.data is None:
            assert claim.spool is not None
            found[claim.name] = house.spool.path(claim.spool).read_bytes()
        else:
            found[claim.name] = claim.data
    return found


def test_every_step_of_the_contract_is_passed_in_order(tmp_path: Path) -> None:
    fuse = Fuse(0)
    house = House(tmp_path, step=fuse)
    _drops(house)
    house.look()
    assert fuse.passed == ["C2", "C3", "C2", "C3", "C4", "C2", "C3", "C5", "C6", "C6", "C6"]


@pytest.mark.parametrize("second", [None, 1, 3])
@pytest.mark.parametrize("first", range(1, 12))
def test_f01_f02_killed_at_any_step_and_again_while_recovering_each_file_arrives_once(
    tmp_path: Path, first: int, second: int | None
) -> None:
    house = House(tmp_path, step=Fuse(first))
    files = _drops(house)
    with pytest.raises(Killed):
        house.look()
    if second is not None:
        house.started(Fuse(second))
        with suppress(Killed):
            house.look()
    house.started()
    house.look()
    assert house.look().claimed == []
    assert _bytes_of(house, house.book) == files
    assert house.book.names == list(files)
    assert house.left == []
    spool = house.root / "state" / "spool"
    assert os.listdir(spool / "tmp") == []
    assert {p.name for p in (spool / "data").iterdir()} == house.book.known_spool()


def test_bytes_are_flushed_before_their_name_and_the_name_before_the_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    house = House(tmp_path, step=lambda step: done.append(step) if step == "C5" else None)
    house.drop("big.edi", large_x12())
    house.drop("small.edi", x12(2))
    fsync, rename, unlink = os.fsync, os.rename, os.unlink
    places = {p.stat().st_ino: p.name for p in (house.inbox, *(tmp_path / "state/spool").iterdir())}

    def flushing(fd: int) -> None:
        done.append(f"flush {places.get(os.fstat(fd).st_ino, 'file')}")
        fsync(fd)

    def renaming(source: str, target: str, *, src_dir_fd: int, dst_dir_fd: int) -> None:
        done.append("rename")
        rename(source, target, src_dir_fd=src_dir_fd, dst_dir_fd=dst_dir_fd)

    def unlinking(path: str | bytes, *, dir_fd: int | None = None) -> None:
        unlink(path, dir_fd=dir_fd)
        done.append("remove")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", flushing)
        patch.setattr(os, "rename", renaming)
        patch.setattr(os, "unlink", unlinking)
        house.look()
    spooled = ["flush file", "rename", "flush data", "flush tmp"]
    assert done == [*spooled, "C5", "remove", "remove", "flush rosa"]


def test_a_file_claimed_before_a_crash_is_removed_without_a_second_arrival(
    tmp_path: Path,
) -> None:
    house = House(tmp_path, step=Fuse(3))
    house.drop("po.edi", x12())
    with pytest.raises(Killed):
        house.look()
    assert (len(house.book.claims), house.left) == (1, ["po.edi"])
    [(arrival, _)] = house.started().look("rosa").claimed
    assert (arrival, len(house.book.claims), house.left) == (1, 1, [])


def test_a_file_changed_after_it_was_read_is_not_claimed(tmp_path: Path) -> None:
    house = House(tmp_path)
    file = house.drop("stock.csv", CSV)

    def grow(step: str) -> None:
        if step == "C2":
            with file.open("ab") as f:
                f.write(b"V-2,13\n")

    house.started(grow)
    assert house.look_after(60).claimed == []
    house.started()
    [(_, claim)] = house.look_after(60).claimed
    assert claim.data == CSV + 2 * b"V-2,13\n"


def test_f10_a_file_rewritten_right_after_it_was_read_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = House(tmp_path)
    file = house.drop("po.edi", x12(1))
    read = os.pread

    def rewriting(fd: int, count: int, offset: int) -> bytes:
        found = read(fd, count, offset)
        with file.open("r+b") as f:
            f.write(x12(2))
        os.utime(file, ns=(7, 7))
        return found

    with monkeypatch.context() as patch:
        patch.setattr(os, "pread", rewriting)
        assert house.look().claimed == []
    house.look()
    assert [claim.data for claim in house.book.claims] == [x12(2)]


def test_f10_a_large_file_that_changes_while_copied_leaves_no_copy(tmp_path: Path) -> None:
    house = House(tmp_path)
    body = large_x12()
    file = house.drop("big.edi", body)

    def touch(step: str) -> None:
        if step == "C2":
            with file.open("ab") as f:
                f.write(b"\n")

    house.started(touch)
    assert house.look().claimed == []
    spool = house.root / "state" / "spool"
    assert [os.listdir(spool / part) for part in ("tmp", "data")] == [[], []]


def test_a_new_file_of_the_same_name_survives_the_removal_of_the_claimed_one(
    tmp_path: Path,
) -> None:
    house = House(tmp_path)

    def replace(step: str) -> None:
        if step == "C5" and len(house.book.claims) == 1:
            draft = house.drop("po.edi.part", x12(2))
            draft.rename(house.inbox / "po.edi")

    house.started(replace)
    house.drop("po.edi", x12(1))
    house.look()
    assert house.left == ["po.edi"]
    house.look()
    assert [claim.data for claim in house.book.claims] == [x12(1), x12(2)]
    assert house.left == []


def test_a_file_that_cannot_be_removed_is_accepted_once_and_removed_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = House(tmp_path)
    house.drop("po.edi", x12())
    real = os.unlink

    def forbidden(path: str | bytes, *, dir_fd: int | None = None) -> None:
        if path == b"po.edi":
            raise PermissionError(13, "Permission denied")
        real(path, dir_fd=dir_fd)

    with monkeypatch.context() as patch:
        patch.setattr(os, "unlink", forbidden)
        for _ in range(3):
            house.look()
    assert house.book.batches == [1]
    assert [f["error"].__class__ for e, f in house.ear.events if e == "removal_failed"] == [Denied]
    house.look()
    assert (house.left, house.book.batches) == ([], [1])
    assert house.ear.count("removal_done") == 1

"""disk: what each system offers is used, and what a volume lacks is made up for."""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from daemon import disk

FULL_FLUSH = 51
"""F_FULLFSYNC of macOS."""


class Library:
    """A C library with one call that renames, answering with an error number."""

    def __init__(self, call: str, number: int) -> None:
        self._number = number
        self.flags: list[int] = []
        setattr(self, call, self._rename)

    def _rename(self, source: int, name: bytes, target: int, new_name: bytes, flag: int) -> int:
        self.flags.append(flag)
        ctypes.set_errno(self._number)
        if self._number:
            return -1
        os.rename(name, new_name, src_dir_fd=source, dst_dir_fd=target)
        return 0


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[int]:
    fd = os.open(tmp_path, os.O_RDONLY | os.O_DIRECTORY)
    yield fd
    os.close(fd)


@pytest.fixture
def darwin(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Be macOS, whose flushes are written down."""
    flushes: list[str] = []
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(fcntl, "F_FULLFSYNC", FULL_FLUSH, raising=False)
    monkeypatch.setattr(os, "fsync", lambda _fd: flushes.append("fsync"))
    return flushes


def full_flush(monkeypatch: pytest.MonkeyPatch, flushes: list[str], number: int = 0) -> None:
    def call(_fd: int, command: int) -> int:
        assert command == FULL_FLUSH
        flushes.append("full")
        if number:
            raise OSError(number, os.strerror(number))
        return 0

    monkeypatch.setattr(fcntl, "fcntl", call)


def test_macos_is_asked_to_flush_the_drive_as_well(
    darwin: list[str], folder: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    full_flush(monkeypatch, darwin)
    disk.flush(folder)
    assert darwin == ["full"]


@pytest.mark.parametrize("number", [errno.ENOTSUP, errno.EINVAL, errno.ENOTTY])
def test_a_volume_of_macos_without_that_call_is_flushed_as_it_can(
    darwin: list[str], folder: int, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    full_flush(monkeypatch, darwin, number)
    disk.flush(folder)
    assert darwin == ["full", "fsync"]


def test_a_flush_that_the_disk_failed_is_not_tried_again(
    darwin: list[str], folder: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    full_flush(monkeypatch, darwin, errno.EIO)
    with pytest.raises(OSError, match=os.strerror(errno.EIO)):
        disk.flush(folder)
    assert darwin == ["full"]


@pytest.mark.parametrize(("call", "flag"), [("renameat2", 1), ("renameatx_np", 4)])
def test_each_system_renames_by_its_own_call(
    folder: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, flag: int
) -> None:
    library = Library(call, 0)
    monkeypatch.setattr(disk, "c_library", lambda: library)
    (tmp_path / "staged").write_bytes(b"ours")
    disk.rename_new(folder, b"staged", folder, b"final")
    assert (tmp_path / "final").read_bytes() == b"ours"
    assert library.flags == [flag]


@pytest.mark.parametrize(
    ("call", "number"),
    [
        ("renameat2", errno.EINVAL),
        ("renameat2", errno.ENOSYS),
        ("renameatx_np", errno.ENOTSUP),
        ("rename_of_no_system", 0),
    ],
)
def test_where_no_such_call_is_offered_a_taken_name_is_still_refused(
    folder: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int
) -> None:
    monkeypatch.setattr(disk, "c_library", lambda: Library(call, number))
    (tmp_path / "staged").write_bytes(b"ours")
    (tmp_path / "final").symlink_to("nowhere")
    with pytest.raises(FileExistsError):
        disk.rename_new(folder, b"staged", folder, b"final")
    (tmp_path / "final").unlink()
    disk.rename_new(folder, b"staged", folder, b"final")
    assert (tmp_path / "final").read_bytes() == b"ours"


def test_any_other_refusal_of_the_call_stands(
    folder: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk, "c_library", lambda: Library("renameatx_np", errno.EXDEV))
    (tmp_path / "staged").write_bytes(b"ours")
    with pytest.raises(OSError, match=os.strerror(errno.EXDEV)):
        disk.rename_new(folder, b"staged", folder, b"final")
    assert (tmp_path / "staged").exists()

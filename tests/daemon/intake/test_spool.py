"""The spool while it is closed: whoever is still at work with it harms nobody."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from daemon.errors import EnvironmentFault
from daemon.intake.spool import Spool
from daemon.safefile import open_directory


@pytest.mark.parametrize("fails", [True, False])
def test_a_draft_that_is_still_written_stays_in_its_folder(tmp_path: Path, *, fails: bool) -> None:
    """Another folder may get the number of one that is closed."""
    spool, others = Spool(tmp_path / "spool"), tmp_path / "others"
    others.mkdir()
    (others / "key").write_text("of somebody else")

    def chunks(opened: ExitStack) -> Iterator[bytes]:
        yield b"first"
        spool.close()
        for _ in range(4):
            opened.enter_context(open_directory(others))
        if fails:
            raise ZeroDivisionError
        yield b" and last"

    with ExitStack() as opened:
        try:
            spool.draft("key", chunks(opened))
        except ZeroDivisionError:
            assert fails
        with pytest.raises(EnvironmentFault, match="the spool is closed"):
            spool.keep("key", "name")
    assert [path.read_text() for path in others.iterdir()] == ["of somebody else"]
    drafts = list((tmp_path / "spool" / "tmp").iterdir())
    assert [path.read_text() for path in drafts] == ([] if fails else ["first and last"])


def test_its_folders_are_closed_with_the_last_work(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    folders = [spool._tmp.fd, spool._data.fd]

    def chunks() -> Iterator[bytes]:
        spool.close()
        spool.close()
        assert all(os.fstat(fd) for fd in folders)
        yield b"some"

    spool.draft("key", chunks())
    for fd in folders:
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(fd)

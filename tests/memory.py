"""Folders in memory, for tests that ask nothing of a disk.

A site flushes every file that it keeps, so a test of the trade's rules mostly waits for the disk.
Whether the disk then has it is asked by the tests of `safefile`, the ledger, intake, delivery and
crashes, which stay on it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

_MEMORY = Path("/dev/shm")
_LEAST_BYTES = 1 << 30


def memory() -> Path | None:
    """Return a folder whose files are in memory; None where there is none, or it has no room."""
    if not os.access(_MEMORY, os.W_OK):
        return None
    return _MEMORY if shutil.disk_usage(_MEMORY).free >= _LEAST_BYTES else None


@pytest.fixture(scope="session")
def in_memory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder of this test process's own in memory; on the disk where there is none."""
    where = memory()
    if where is None:
        yield tmp_path_factory.mktemp("memory")
        return
    with tempfile.TemporaryDirectory(prefix="k2kd-tests-", dir=where) as folder:
        yield Path(folder)


@pytest.fixture
def tmp_path(in_memory: Path) -> Iterator[Path]:
    """An empty folder in memory. Every test gets the same one, so that ledgers share an engine."""
    folder = in_memory / "test"
    folder.mkdir()
    yield folder
    shutil.rmtree(folder)

"""A site to send files to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.daemon.sites import Desktop, desktop
from tests.memory import tmp_path

__all__ = ["tmp_path"]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Desktop]:
    """The sample network, open, on SQLite."""
    with desktop(tmp_path / "site") as opened:
        yield opened

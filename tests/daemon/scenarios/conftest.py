"""A sample network to play a scenario in, once on each database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.daemon.sites import Desktop, desktop
from tests.memory import tmp_path

__all__ = ["tmp_path"]


@pytest.fixture
def site(tmp_path: Path, ledger_url: str) -> Iterator[Desktop]:
    """The sample network, open, on SQLite and on PostgreSQL."""
    with desktop(tmp_path / "site", ledger_url=ledger_url) as opened:
        yield opened

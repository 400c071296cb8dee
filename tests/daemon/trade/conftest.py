"""Sites for the trade's rules: one on SQLite, and one on each database where the ledger decides."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.daemon.sites import Desktop, desktop
from tests.daemon.today import SetClock
from tests.daemon.trade.cart_files import MONDAY, at
from tests.memory import tmp_path

__all__ = ["tmp_path"]


@pytest.fixture
def clock() -> SetClock:
    """The clock of a shop: Monday, nine in New York."""
    return SetClock(at(MONDAY, 9))


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Desktop]:
    """The sample network, open, on SQLite."""
    with desktop(tmp_path / "site") as opened:
        yield opened


@pytest.fixture
def each_site(tmp_path: Path, ledger_url: str) -> Iterator[Desktop]:
    """The sample network on SQLite, then on PostgreSQL."""
    with desktop(tmp_path / "site", ledger_url=ledger_url) as opened:
        yield opened

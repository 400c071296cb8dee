"""A sample network to play a scenario in, once on each database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.daemon.sites import Desktop, desktop
from tests.daemon.trade.systems.system_bodies import BODIES_NETWORK
from tests.memory import tmp_path

__all__ = ["tmp_path"]


@pytest.fixture
def site(tmp_path: Path, ledger_url: str) -> Iterator[Desktop]:
    """The sample network, open, on SQLite and on PostgreSQL."""
    with desktop(tmp_path / "site", ledger_url=ledger_url) as opened:
        yield opened


@pytest.fixture
def system_site(tmp_path: Path, ledger_url: str) -> Iterator[Desktop]:
    """The same, where florsol's Axerrio system may send whatever body it likes."""
    with desktop(tmp_path / "site", network=BODIES_NETWORK, ledger_url=ledger_url) as opened:
        yield opened

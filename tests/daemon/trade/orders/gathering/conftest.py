"""A site whose purchases are put together."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.daemon.sites import Desktop
from tests.daemon.today import SetClock
from tests.daemon.trade.orders.gathering.purchases import put_together


@pytest.fixture
def site(tmp_path: Path, clock: SetClock) -> Iterator[Desktop]:
    """The sample network, where bloom's purchases of florsol are put together."""
    with put_together(tmp_path / "site", clock) as opened:
        yield opened

"""A site whose days pass as a test says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.daemon.sites import Desktop, desktop
from tests.daemon.today import SetClock


@pytest.fixture
def site(tmp_path: Path, clock: SetClock) -> Iterator[Desktop]:
    """The sample network, open, by the clock of the test."""
    with desktop(tmp_path / "site", clock=clock) as opened:
        yield opened

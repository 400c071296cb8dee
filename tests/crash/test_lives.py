"""A service lives through what may happen in one, on each database: `make lives` plays hours."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.crash.lives import Life

EVENTS = 12


@pytest.mark.slow
def test_whatever_happens_the_books_are_those_of_a_site_that_nothing_happened_to(
    tmp_path: Path, ledger_url: str
) -> None:
    life = Life(tmp_path / "site", ledger_url, random.Random(7))
    assert life.live(EVENTS) == [], life.story

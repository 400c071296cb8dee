"""A crew with one stage and the two scenes on SQLite, shared by the crash tests of one worker."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.crash.driver import refusal
from tests.crash.ledgers import InTheSite
from tests.crash.scene import Scene, Wave
from tests.crash.trials import Crew, crew_on


@pytest.fixture(scope="session")
def crew() -> Iterator[Crew]:
    """Play trials on SQLite."""
    if reason := refusal():
        pytest.skip(reason)
    with crew_on(InTheSite(), 1) as crew:
        yield crew


@pytest.fixture(scope="session")
def first(crew: Crew) -> Scene:
    """The sample network's files, waiting to be taken in."""
    return crew.first.prepare(Wave.FIRST)


@pytest.fixture(scope="session")
def freed(crew: Crew) -> Scene:
    """A held order whose code has just been mapped, and an accepted one that came again."""
    return crew.first.prepare(Wave.FREED)


@pytest.fixture(scope="session")
def orders(crew: Crew) -> Scene:
    """Orders on stock that is posted."""
    return crew.first.prepare(Wave.ORDERS)

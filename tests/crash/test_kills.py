"""The short crash matrix: `make crash` plays all of what is sampled here."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.crash.ledgers import OnPostgres
from tests.crash.mutants import MUTANTS
from tests.crash.scene import Scene, Wave, evenly
from tests.crash.trials import (
    Crew,
    Trial,
    crew_on,
    failures,
    kills,
    mutant_trials,
    step_kills,
)
from tests.postgres import Cluster

FOUND_BY_KILLS = [name for name, mutant in MUTANTS.items() if mutant.steps or mutant.calls]

STEPS = {*("C2", "C3", "C4", "C5", "C6", "C7", "C9", "C9 committed", "C10", "C11", "C12")}
ON_POSTGRES = {"C5", "C9", "C9 committed", "C10", "C11"}
"""The steps around a commit: a database takes longer to copy than a folder."""


def wrongs(crew: Crew, trials: Sequence[Trial]) -> dict[str, list[str]]:
    """Return what was wrong, by the trial's name."""
    return {trial.name: wrong for trial, wrong in crew.play(trials) if wrong}


def test_f01_a_kill_before_any_system_call_loses_and_doubles_nothing(
    crew: Crew, first: Scene, freed: Scene
) -> None:
    trials = [*kills(first, evenly(first.points, 10)), *kills(freed, evenly(freed.points, 5))]
    assert wrongs(crew, trials) == {}


def test_f01_a_kill_at_a_named_step_loses_and_doubles_nothing(crew: Crew, first: Scene) -> None:
    assert set(first.steps) == STEPS
    assert wrongs(crew, once_each(first)) == {}


def test_f02_a_kill_of_the_recovery_loses_and_doubles_nothing(crew: Crew, first: Scene) -> None:
    assert wrongs(crew, crew.recoveries(first, evenly(first.points, 2), 2)) == {}


@pytest.mark.timeout(300)
def test_f04_f05_a_failing_flush_or_a_full_disk_loses_and_doubles_nothing(
    crew: Crew, orders: Scene
) -> None:
    trials = [trial for trial in failures(orders, 2) if "+" not in trial.name]
    assert wrongs(crew, trials) == {}


def test_f01_on_postgres_a_kill_at_a_named_step_loses_and_doubles_nothing(
    postgres_cluster: Cluster,
) -> None:
    with crew_on(OnPostgres(postgres_cluster), 1) as crew:
        scene = crew.first.prepare(Wave.FIRST)
        trials = [trial for trial in once_each(scene) if trial.broken[0].step in ON_POSTGRES]
        assert len(trials) == len(ON_POSTGRES)
        assert wrongs(crew, trials) == {}


@pytest.mark.parametrize("name", FOUND_BY_KILLS)
def test_a_daemon_with_a_broken_promise_is_found_out(crew: Crew, first: Scene, name: str) -> None:
    assert wrongs(crew, mutant_trials(first, name, 8)) != {}


def once_each(scene: Scene) -> list[Trial]:
    """Return a kill at the last occurrence of each named step."""
    return list({trial.broken[0].step: trial for trial in step_kills(scene)}.values())

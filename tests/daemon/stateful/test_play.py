"""Ten thousand steps of trade at random: vendors, buyers, carts, files, people, time, crashes.

No oversell, no lost order, totals add up, and every state is reached by rules only; see `play` for
how it is played, `books` and `money` for what is judged. The plays here are the same every time;
others, and longer ones: `make play`.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from daemon.ledger import states
from tests.daemon.stateful.books import KINDS, reached
from tests.daemon.stateful.machine import run
from tests.daemon.stateful.play import played

PARTS = 6
PLAYS, STEPS = 9, 200
"""Plays of a part, and rules of a play; not every one finds something to do."""
LEAST = 10_000
"""Steps of all parts that did something."""
UNREACHED = {
    # What partners say of our files is for `test_acknowledged`.
    *(("acknowledgement", state.value) for state in states.AcknowledgementState),
    # No buyer of a play sells its boxes on; `test_receiving` shows it.
    ("box", states.GoodsState.SOLD.value),
    # Lasts no longer than a delivery: the crash tests look into it.
    ("outgoing", states.OutgoingState.STAGED.value),
}
"""States that no play comes to."""
SELDOM = {
    ("invoice", states.InvoiceState.SYNCHRONIZED.value),
    ("invoice", states.InvoiceState.FAILED.value),
    ("charge", states.ChargeState.SYNCHRONIZED.value),
    ("charge", states.ChargeState.FAILED.value),
    ("charge", states.ChargeState.VOID.value),
}
"""Ends that long plays come to, and ten thousand steps not always: `make play` says."""


@pytest.fixture
def parts_played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of a run of the tests share."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "plays"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.mark.timeout(900)
@pytest.mark.parametrize("part", range(1, PARTS + 1))
def test_whatever_happens_the_books_add_up(part: int, parts_played: Path) -> None:
    played.clear()
    reached.clear()
    run(part, plays=PLAYS, steps=STEPS)
    fresh = parts_played / f"{part}.writing"
    fresh.write_text(json.dumps([played.total(), sorted(reached)]))
    fresh.rename(fresh.with_suffix(".json"))
    done = [json.loads(path.read_text()) for path in parts_played.glob("*.json")]
    # Parts may be played in processes of their own; whichever ends last judges them together.
    if len(done) == PARTS:
        assert sum(steps for steps, _ in done) >= LEAST
        known = {(kind, state.value) for kind, table in KINDS.items() for state in table}
        came_to = {(kind, state) for _, found in done for kind, state in found}
        assert known - came_to <= UNREACHED | SELDOM, sorted(known - came_to)


def test_everything_that_has_states_is_watched() -> None:
    tables = [value for name, value in vars(states).items() if name.isupper() and name[0] != "_"]
    assert all(table in KINDS.values() for table in tables if isinstance(table, dict))
    assert len(KINDS) == len([table for table in tables if isinstance(table, dict)])

"""Ten thousand steps of trade at random: vendors, buyers, carts, files, people, time, crashes.

No oversell, no lost order, totals add up, and every state is reached by rules only; see `play` for
how it is played, `books` and `money` for what is judged. The plays here are the same every time;
others, and longer ones: `make play`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from daemon.ledger import states
from tests.daemon.stateful.books import KINDS

CHECKOUT = Path(__file__).resolve().parents[3]
PARTS = 6
PLAYS, STEPS = 9, 200
"""Plays of a part, and rules of a play; not every one finds something to do."""
LEAST = 10_000
"""Steps of all parts that did something."""
UNREACHED = {
    # What partners say of our files is for `test_acknowledged`.
    *(("acknowledgement", state.value) for state in states.AcknowledgementState),
    # Stock of a play has no last day; `test_offers` shows it.
    ("offer", states.OfferState.EXPIRED.value),
    # No buyer of a play sells its boxes on; `test_receiving` shows it.
    ("box", states.GoodsState.SOLD.value),
    # Lasts no longer than a delivery: the crash tests look into it.
    ("outgoing", states.OutgoingState.STAGED.value),
}
"""States that no play comes to."""
SELDOM = {
    ("transfer", states.TransferState.FAILED.value),
    ("invoice", states.InvoiceState.APPROVED.value),
    ("invoice", states.InvoiceState.SENT.value),
    ("invoice", states.InvoiceState.SYNCHRONIZED.value),
    ("invoice", states.InvoiceState.FAILED.value),
    ("charge", states.ChargeState.SENT.value),
    ("charge", states.ChargeState.SYNCHRONIZED.value),
    ("charge", states.ChargeState.FAILED.value),
    ("charge", states.ChargeState.VOID.value),
}
"""States that fewer than five of six parts came to: other plays of ten thousand steps may not."""


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
    fresh = parts_played / f"{part}.writing"
    command = [sys.executable, "-m", "tests.daemon.stateful.part"]
    command += [str(part), str(PLAYS), str(STEPS), str(fresh)]
    playing = subprocess.run(
        command,
        cwd=CHECKOUT,
        env=os.environ | {"PYTHONHASHSEED": "0"},
        check=False,
        capture_output=True,
        text=True,
    )
    assert playing.returncode == 0, playing.stderr[-20_000:]
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

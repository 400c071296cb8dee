"""Ten thousand steps of trade at random: vendors, buyers, carts, files, people, time, crashes.

No oversell, no lost order, totals add up, and every state is reached by rules only; see `machine`
for what is played and `books` for what is judged. The plays here are the same every time; others,
longer ones, and the shortest story of one that fails: `make play`.
"""

from __future__ import annotations

import pytest

from daemon.ledger import moves, states
from tests.daemon.stateful.books import reached
from tests.daemon.stateful.machine import played, run

PARTS = 4
PLAYS, STEPS = 12, 212
"""Plays of a part, and steps of a play; not every one finds something to do."""
LEAST = 2_500
SELDOM = {
    # No file of a play is refused or stays undelivered; scenarios show it.
    ("transfer", states.TransferState.FAILED.value),
    # No buyer of a play sells its boxes on; `test_receiving` shows it.
    ("box", states.GoodsState.SOLD.value),
    # Two days after a ship date that no play comes to.
    ("air waybill", states.WaybillState.CLOSED.value),
}


@pytest.mark.timeout(900)
@pytest.mark.parametrize("part", range(1, PARTS + 1))
def test_whatever_happens_the_books_add_up(part: int) -> None:
    played.clear()
    reached.clear()
    run(part, plays=PLAYS, steps=STEPS)
    assert sum(played.values()) >= LEAST, played
    machines = (moves.ORDERS, moves.LINES, moves.TRANSFERS, moves.BOXES, moves.WAYBILLS)
    known = {(each.name, state.value) for each in machines for state in each.allowed}
    assert known - SELDOM <= reached, sorted(known - SELDOM - reached)

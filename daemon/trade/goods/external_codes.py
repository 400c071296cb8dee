"""External codes: a second code of a box, that scans as its own does and changes nothing (L-09).

A code that any box of the vendor has or had, as its own or beside it, is not given to another. The
same code again is no change. It may be given at any time, for the box keeps the code that others
know it by; on a direct shipment whose customer may not know the vendor it stands on the label
instead of a code that would give the vendor away (H-04).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from daemon.ledger.states import GoodsState
from daemon.trade.desk import Desk
from daemon.trade.goods.books import Box, CodedBoxes, change_box
from daemon.trade.goods.boxes import is_ours_to_give
from daemon.trade.outcome import RowOutcome, RowStatus
from formats.steps import CodeSwap


@dataclass(slots=True)
class Attached:
    """What became of external codes: rows that say more than the change of the code itself."""

    rows: dict[int, RowOutcome] = field(default_factory=dict)
    """By the row's line."""
    alone: list[tuple[CodeSwap, Box]] = field(default_factory=list)
    """Boxes that kept their own code, and whose labels are to be printed again."""


def attach(
    desk: Desk,
    swaps: Sequence[CodeSwap],
    renamed: Mapping[int, Box],
    known: Mapping[str, CodedBoxes],
) -> Attached:
    """Give the boxes of `swaps` their external codes; `renamed` are those with a new own code."""
    done = Attached()
    for swap in swaps:
        box = renamed.get(swap.line) or known[swap.current].now[0]
        code = swap.external or ""
        if box.external_code == code:
            continue
        why = _obstacle(desk, box, code, known.get(code, CodedBoxes()))
        if why is not None:
            done.rows[swap.line] = _refused(swap, why, is_renamed=swap.line in renamed)
            continue
        box = change_box(desk, box, external_code=code)
        done.rows[swap.line] = RowOutcome(swap.line, swap.new, RowStatus.DONE)
        if swap.line not in renamed:
            done.alone.append((swap, box))
    return done


def _obstacle(desk: Desk, box: Box, code: str, found: CodedBoxes) -> str | None:
    """Say why a box can't have an external code."""
    if box.state is GoodsState.CANCELLED:
        return "the box ended with the goods that were not confirmed"
    if is_ours_to_give(desk, code):
        return f"codes such as {code} are given here; choose one of your own"
    others = [each for each in (*found.now, *found.beside, *found.before) if each.id != box.id]
    if others:
        return f"external code {code}: box {others[0].code} goes by it; choose a free one"
    return None


def _refused(swap: CodeSwap, why: str, *, is_renamed: bool) -> RowOutcome:
    """Refuse a row; one whose own code was changed is done, and warns of the other."""
    row = RowOutcome(swap.line, swap.new, RowStatus.REFUSED, None, f"{swap.current}: {why}")
    return replace(row, status=RowStatus.DONE, is_warning=True) if is_renamed else row

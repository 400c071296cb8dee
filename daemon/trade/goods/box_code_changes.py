"""A vendor gives boxes other codes, many at once (box.code.change; domain L-03, L-06 to L-08).

All changes of a file are made together, so codes may change places. A code that stands or ever
stood on a box of the vendor is not given again, and a box that the buyer has scanned keeps its
code. The code that a box had is kept, because its old label may still be on it. Results go by the
new code.

A row may give a box an external code as well, or only that: it scans as the box's own does, which
stays (L-09). With a person's word at this site a box that the buyer has scanned gets another code
all the same (`is_forced`); its old label scans on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from daemon.ledger import schema
from daemon.ledger.moves import MOST_CAUSE
from daemon.ledger.posting import Posting
from daemon.ledger.states import GoodsState
from daemon.trade.desk import Desk
from daemon.trade.goods.books import (
    Box,
    CodedBoxes,
    Waybill,
    boxes_coded,
    change_box,
    only_a_test,
    rename_box,
    waybills,
)
from daemon.trade.goods.boxes import is_ours_to_give
from daemon.trade.goods.external_codes import attach
from daemon.trade.goods.hidden_codes import refused_new_code
from daemon.trade.orders.standing import StandingOrder, standing
from daemon.trade.outcome import RowOutcome, RowStatus, StepOutcome
from daemon.trade.step import StepAtHand, order_of_key
from formats.box_codes import box_code, plan_swaps
from formats.steps import BoxCodeChange, CodeSwap

UNKNOWN = "Box code does not exist"
_ASIDE = "\x01{key}"
"""Code of a box while codes change places; no label can have it."""


@dataclass(frozen=True, slots=True)
class CodeOutcome(StepOutcome):
    """What a change of codes did."""

    relabelled: tuple[StandingOrder, ...] = ()
    """Orders whose labels are to be printed again (L-10)."""
    announced: tuple[tuple[Waybill, tuple[CodeSwap, ...]], ...] = ()
    """New codes of boxes that a buyer was told of, by waybill."""


def change_codes(
    desk: Desk, step: StepAtHand[BoxCodeChange], *, is_forced: bool = False
) -> StepOutcome:
    """Carry out a change of codes; each row is named by its new code (L-07).

    `is_forced` is a person's word that what was received may change as well (domain 7).
    """
    record, vendor = step.record, step.vendor()
    if record.is_test:
        return only_a_test(step, [(swap.line, swap.new) for swap in record.swaps])
    if vendor is None:
        why = f"{step.origin.name} is no vendor here, so it has no boxes"
        rows = [_refused(swap, why) for swap in record.swaps]
        return _outcome(step, rows)
    codes = {
        code
        for swap in record.swaps
        for code in (swap.current, swap.new, swap.external)
        if code is not None
    }
    known = boxes_coded(desk, codes, vendor=vendor)
    settled: list[RowOutcome] = []
    open_swaps: list[CodeSwap] = []
    for swap in record.swaps:
        told = _told_at_once(desk, swap, known, is_forced=is_forced)
        if told is None:
            open_swaps.append(swap)
        else:
            settled.append(told)
    plan = plan_swaps(
        open_swaps,
        known={code for code, boxes in known.items() if boxes.now},
        taken=set(known),
    )
    settled += [_refused(one.swap, one.message) for one in plan.refused]
    settled += [
        RowOutcome(swap.line, swap.new, RowStatus.UNCHANGED)
        for swap in (*plan.unchanged, *plan.repeated)
    ]
    settled += [RowOutcome(swap.line, swap.new, RowStatus.DONE) for swap in plan.applied]
    changed = _apply(desk, step, plan.applied, known)
    beside = [swap for swap in (*plan.applied, *plan.unchanged) if swap.external is not None]
    attached = attach(desk, beside, {swap.line: box for swap, box in changed}, known)
    rows = [attached.rows.get(row.line, row) for row in settled]
    changed += attached.alone
    return _told(desk, step, sorted(rows, key=lambda row: row.line), changed)


def note_forced(post: Posting, box_id: int, swap: CodeSwap, by: str) -> None:
    """Write down who gave a box another code after its buyer had received it."""
    post.add(
        schema.moves,
        {
            "entity": "box code",
            "entity_id": box_id,
            "before": swap.current,
            "after": swap.new,
            "cause": f"k2kd box-code by {by}"[:MOST_CAUSE],
        },
    )


def _told_at_once(
    desk: Desk, swap: CodeSwap, known: Mapping[str, CodedBoxes], *, is_forced: bool
) -> RowOutcome | None:
    """Answer a change that needs no look at the others; None where it may be made."""
    current = known.get(swap.current, CodedBoxes())
    new = known.get(swap.new, CodedBoxes())
    if any(box in current.before and swap.external in (None, box.external_code) for box in new.now):
        # The box has its new code already: the same change again.
        return RowOutcome(swap.line, swap.new, RowStatus.UNCHANGED)
    if not current.now:
        is_old = f": the box is {current.before[0].code} now" if current.before else ""
        return _refused(swap, UNKNOWN + is_old, "E-16")
    box, is_same = current.now[0], swap.current == swap.new
    why = None if is_same else _obstacle(box, swap.new, is_forced=is_forced)
    if swap.new not in known and is_ours_to_give(desk, swap.new):
        why = f"codes such as {swap.new} are given here; choose one of your own"
    if why is None and not is_same:
        why = refused_new_code(desk, box.vendor, box.order_id, swap.new)
        if why is not None:
            return _refused(swap, why, "H-04")
    return None if why is None else _refused(swap, why)


def _obstacle(box: Box, new: str, *, is_forced: bool) -> str | None:
    """Say why a box can't get a new code, whatever code that is, or what is wrong with it."""
    if box.is_received and not is_forced:
        return (
            "the buyer has received the box, so its code stays; agree it with the buyer and the"
            " operator, who can force it"
        )
    if box.state is GoodsState.CANCELLED:
        return "the box ended with the goods that were not confirmed"
    try:
        box_code(new)
    except ValueError as error:
        return f"new code: {error}"
    return None


def _refused(swap: CodeSwap, message: str, code: str | None = None) -> RowOutcome:
    return RowOutcome(swap.line, swap.new, RowStatus.REFUSED, code, f"{swap.current}: {message}")


def _apply(
    desk: Desk,
    step: StepAtHand[BoxCodeChange],
    swaps: tuple[CodeSwap, ...],
    known: Mapping[str, CodedBoxes],
) -> list[tuple[CodeSwap, Box]]:
    """Give all new codes at once; boxes are set aside first, so that codes can change places."""
    boxes = [(swap, known[swap.current].now[0]) for swap in swaps]
    wanted = {swap.new for swap in swaps}
    for swap, box in boxes:
        if swap.current in wanted:
            change_box(desk, box, code=_ASIDE.format(key=box.id))
    return [(swap, rename_box(desk, box, swap.new, step.arrival_id)) for swap, box in boxes]


def _told(
    desk: Desk,
    step: StepAtHand[BoxCodeChange],
    rows: list[RowOutcome],
    changed: list[tuple[CodeSwap, Box]],
) -> StepOutcome:
    by_bill: dict[int, list[CodeSwap]] = {}
    for swap, box in changed:
        if box.shipment_id is not None:
            by_bill.setdefault(box.shipment_id, []).append(swap)
    bills = waybills(desk, keys=by_bill) if by_bill else []
    orders = dict.fromkeys(box.order_id for _, box in changed)
    base = _outcome(step, rows)
    return CodeOutcome(
        *(base.record, base.origin, base.document_id, base.arrival_id, base.rows),
        shipments=tuple(by_bill),
        relabelled=tuple(standing(desk, order_of_key(desk, key)) for key in orders),
        announced=tuple((bill, tuple(by_bill[bill.id])) for bill in bills),
    )


def _outcome(step: StepAtHand[BoxCodeChange], rows: list[RowOutcome]) -> StepOutcome:
    return StepOutcome(step.record, step.origin, step.document_id, step.arrival_id, tuple(rows))

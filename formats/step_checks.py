"""What must hold among the rows of a step file, whatever its format.

A reader hands over what each row says with its place; what contradicts another row is left out with
a finding at its own place, and what only says something again is dropped with a warning.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol, TypeVar

from formats import awb
from formats.box_codes import plan_swaps
from formats.findings import NOWHERE, Where
from formats.records import Party
from formats.steps import (
    AirWaybill,
    CodeSwap,
    ConfirmedLine,
    Decision,
    LineAnswer,
    Scan,
    ShipNotice,
    ShippedBox,
    Verdict,
)
from formats.waybill_charges import ChargeRow

MAX_ORDER_NUMBER = 22
_Item = TypeVar("_Item")
_Row = TypeVar("_Row", AirWaybill, ChargeRow)
Placed = tuple[Where, _Item]


class Notes(Protocol):
    """Where findings go."""

    def error(
        self, code: str, message: str, where: Where = NOWHERE, value: str | None = None
    ) -> None: ...

    def warn(
        self, code: str, message: str, where: Where = NOWHERE, value: str | None = None
    ) -> None: ...


def settled_lines(
    placed: Iterable[Placed[ConfirmedLine]], notes: Notes
) -> tuple[ConfirmedLine, ...]:
    """Return the answers that agree with themselves and each other, numbered from 1 (P-21, P-27).

    A line may be answered in parts, each with its own answer and a quantity; otherwise it has one
    answer. Of a line whose rows contradict each other no answer is used.
    """
    lines: dict[str, list[Placed[ConfirmedLine]]] = {}
    for where, line in placed:
        same = lines.setdefault(line.reference or f"item {line.po_item}", [])
        if any(replace(other, line=line.line) == line for _, other in same):
            _repeated(notes, where, line.reference)
        else:
            same.append((where, line))
    good: list[ConfirmedLine] = []
    for answers in lines.values():
        parts = _parts(answers, notes) if len(answers) > 1 else _one_answer(*answers[0], notes)
        good += [replace(part, line=len(good) + at) for at, part in enumerate(parts, 1)]
    return tuple(good)


def _parts(answers: list[Placed[ConfirmedLine]], notes: Notes) -> list[ConfirmedLine]:
    kinds = {line.answer for _, line in answers}
    if len(kinds) == len(answers) and all(line.quantity for _, line in answers):
        return [line for _, line in answers]
    for where, line in answers:
        message = "The line is answered more than once. Keep one of the rows, or give each its own "
        notes.error("step.contradiction", message + "status and quantity.", where, line.reference)
    return []


def _one_answer(where: Where, line: ConfirmedLine, notes: Notes) -> list[ConfirmedLine]:
    """Return the answer to a line; one that is changed to 0 is rejected (P-27)."""
    quantity, answer = line.quantity, line.answer
    fault = None
    if answer is LineAnswer.REJECTED:
        if not quantity:
            return [replace(line, quantity=None)]
        fault = "The line is rejected and confirms a quantity. Write 0, or another status."
    elif quantity == 0 and answer is LineAnswer.ACCEPTED:
        fault = "The line is accepted and confirms 0. Write the quantity, or reject the line."
    elif quantity == 0 and answer is LineAnswer.CHANGED:
        notes.warn("step.quantity", "A quantity of 0 was taken for a rejection.", where)
        return [replace(line, answer=LineAnswer.REJECTED, quantity=None)]
    elif answer is LineAnswer.CHANGED and not _says_how(line):
        fault = "The line is changed, and nothing says how. Write its quantity, cost or date."
    if fault is None:
        return [line]
    notes.error("step.quantity", fault, where, line.reference)
    return []


def _says_how(line: ConfirmedLine) -> bool:
    said = (line.quantity, line.unit_price, line.ship_date, line.delivery_date, line.substitute)
    return any(one is not None for one in said)


def distinct_verdicts(placed: Iterable[Placed[Verdict]], notes: Notes) -> tuple[Verdict, ...]:
    """Return one decision for each order; two different ones decide nothing."""
    rivals: dict[tuple[str, str | None], list[Placed[Verdict]]] = {}
    for where, verdict in placed:
        rivals.setdefault((verdict.number, verdict.vendor), []).append((where, verdict))
    good: list[Verdict] = []
    for decisions in rivals.values():
        kinds: set[Decision] = {verdict.decision for _, verdict in decisions}
        if len(kinds) > 1:
            for where, verdict in decisions:
                message = "The order is approved and cancelled in one file. Keep one of the rows."
                notes.error("step.contradiction", message, where, verdict.number)
            continue
        good.append(decisions[0][1])
        for where, verdict in decisions[1:]:
            _repeated(notes, where, verdict.number)
    return tuple(good)


def distinct_swaps(placed: Sequence[Placed[CodeSwap]], notes: Notes) -> tuple[CodeSwap, ...]:
    """Return the changes of code that don't contradict each other, no-ops among them (L-06)."""
    places = {swap.line: where for where, swap in placed}
    plan = plan_swaps(swap for _, swap in _one_external(placed, notes))
    for refused in plan.refused:
        where = places[refused.swap.line]
        notes.error(refused.code, refused.message, where, refused.swap.new)
    for swap in plan.repeated:
        _repeated(notes, places[swap.line], swap.current)
    return tuple(sorted((*plan.applied, *plan.unchanged), key=lambda swap: swap.line))


def _one_external(placed: Sequence[Placed[CodeSwap]], notes: Notes) -> Iterator[Placed[CodeSwap]]:
    """Leave out what gives a box, or gives two boxes, the external code of another row (L-09)."""
    of_box: dict[str, str] = {}
    of_code: dict[str, str] = {}
    for where, swap in placed:
        code = swap.external
        if code is None:
            yield where, swap
        elif of_box.setdefault(swap.current, code) != code:
            message = "The file gives this box two external codes. Keep one of the rows."
            notes.error("box.two-codes", message, where, code)
        elif of_code.setdefault(code, swap.current) != swap.current:
            message = "The file gives this external code to two boxes. Give each its own."
            notes.error("box.duplicate", message, where, code)
        else:
            yield where, swap


def distinct_waybills(placed: Iterable[Placed[AirWaybill]], notes: Notes) -> tuple[AirWaybill, ...]:
    """Return one real air waybill for each temporary one and each order; odd ones are warned of."""
    rivals: dict[tuple[str | None, str | None], list[Placed[AirWaybill]]] = {}
    for where, waybill in placed:
        warn_of_waybill(waybill.awb, where, notes)
        rivals.setdefault((waybill.temporary, waybill.number), []).append((where, waybill))
    message = "The file gives these goods two air waybills or dates. Keep one of the rows."
    return tuple(_undisputed(rivals.values(), message, notes))


def distinct_charges(placed: Iterable[Placed[ChargeRow]], notes: Notes) -> tuple[ChargeRow, ...]:
    """Return the rows that don't say one charge in two ways; odd air waybills are warned of."""
    rivals: dict[tuple[object, ...], list[Placed[ChargeRow]]] = {}
    for where, row in placed:
        warn_of_waybill(row.awb, where, notes)
        about = (row.awb, row.house_awb, row.ship_date, row.charge)
        rivals.setdefault(about, []).append((where, row))
    message = "The file says this charge in two ways. Keep one of the rows."
    good = _undisputed(rivals.values(), message, notes)
    return tuple(sorted(good, key=lambda row: row.line))


def _undisputed(groups: Iterable[list[Placed[_Row]]], message: str, notes: Notes) -> Iterator[_Row]:
    """Yield what the rows of each group say, unless they contradict each other (`message`)."""
    for group in groups:
        first = group[0][1]
        if all(replace(other, line=first.line) == first for _, other in group):
            yield first
            for where, row in group[1:]:
                _repeated(notes, where, row.awb)
        else:
            for where, row in group:
                notes.error("step.contradiction", message, where, row.awb)


def distinct_scans(placed: Iterable[Placed[Scan]], notes: Notes) -> tuple[Scan, ...]:
    """Return the first scan of each box; a box is received, and sold, once in a file."""
    first: dict[tuple[str, bool], Scan] = {}
    for where, scan in placed:
        if first.setdefault((scan.box_code, scan.sold_on is not None), scan) is not scan:
            _repeated(notes, where, scan.box_code)
    return tuple(first.values())


def warn_of_waybill(number: str | None, where: Where, notes: Notes) -> None:
    """Warn of an air waybill that looks wrong; it is kept (domain W-02, E-30)."""
    message = None if number is None else awb.complaint(number)
    if message is not None:
        notes.warn("awb.check", message, where, number)


@dataclass(frozen=True, slots=True)
class BoxRow:
    """What one row says of shipped boxes; without a `box` it couldn't be read.

    `item` is the order line that the boxes are of, as far as the row names it. A row of 0 boxes is
    one more content of a box, so it may have the code of a box of another line.
    """

    where: Where
    item: Hashable
    box: ShippedBox | None


def whole_items(rows: Sequence[BoxRow], notes: Notes) -> tuple[ShippedBox, ...]:
    """Return the boxes of every order line whose rows are all good.

    A line of which one row is bad is left out whole: taken without it, it would be a short shipment
    and split the line (domain P-30). A box code on two lines leaves both out.
    """
    bad = {row.item for row in rows if row.box is None}
    bad |= _shared(rows, notes)
    boxes: list[ShippedBox] = []
    seen: set[str] = set()
    told: set[Hashable] = set()
    for row in rows:
        if row.item in bad:
            if row.box is not None and row.item not in told:
                told.add(row.item)
                message = "The boxes of this order line were left out, since one of its rows can't "
                notes.error("step.item", message + "be used. Correct it and send all.", row.where)
            continue
        box = row.box
        if box is None:
            continue
        code = box.box_code if box.boxes else None
        if code is not None and code in seen:
            _repeated(notes, row.where, code)
            continue
        if code is not None:
            seen.add(code)
        boxes.append(box)
    return tuple(boxes)


def _shared(rows: Iterable[BoxRow], notes: Notes) -> set[Hashable]:
    """Return the order lines that claim a box code of another one."""
    owners: defaultdict[str, set[Hashable]] = defaultdict(set)
    coded: list[tuple[BoxRow, str]] = []
    for row in rows:
        if row.box is not None and row.box.box_code is not None and row.box.boxes:
            coded.append((row, row.box.box_code))
            owners[row.box.box_code].add(row.item)
    shared: set[Hashable] = set()
    for row, code in coded:
        if len(owners[code]) > 1:
            message = "Two order lines claim this box code. Give every box its own."
            notes.error("box.duplicate", message, row.where, code)
            shared.add(row.item)
    return shared


def shared_travel(
    boxes: Sequence[ShippedBox],
) -> tuple[str | None, str | None, date | None, tuple[ShippedBox, ...]]:
    """Return air waybill, house waybill and ship date of all boxes, and boxes that keep the rest.

    What every box has in common is said once; boxes that travel apart keep their own.
    """
    awbs = {box.awb for box in boxes}
    houses = {box.house_awb for box in boxes}
    days = {box.ship_date for box in boxes}
    common_awb = awbs.pop() if len(awbs) == 1 else None
    common_house = houses.pop() if len(houses) == 1 else None
    common_day = days.pop() if len(days) == 1 else None
    plain = tuple(
        replace(
            box,
            awb=box.awb if common_awb is None else None,
            house_awb=box.house_awb if common_house is None else None,
            ship_date=box.ship_date if common_day is None else None,
        )
        for box in boxes
    )
    return common_awb, common_house, common_day, plain


def notice_of(boxes: Sequence[ShippedBox], vendor: Party) -> ShipNotice:
    """Return the notice of `boxes` of which a file says nothing as a whole, not even a number."""
    awb, house_awb, ship_date, plain = shared_travel(boxes)
    return ShipNotice(
        number="",
        ship_date=ship_date,
        awb=awb,
        house_awb=house_awb,
        vendor=vendor,
        boxes=plain,
    )


def _repeated(notes: Notes, where: Where, value: str) -> None:
    notes.warn(
        "step.repeated", "An earlier row says the same. This one was not used.", where, value
    )

"""Judge a line that a change adds, or gives another quantity or product (P-28).

A line of a connected buyer is judged as one of a new order is: the difference is taken where there
is enough, else the connection says whether the line is cut or stays as it was. A line of a vendor's
own system has been sold already, so it is never short.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from daemon.ledger.states import LineState, OrderState
from daemon.mapping.apply import Mapped, map_order
from daemon.trade.changes.at_work import ChangeAtWork
from daemon.trade.changes.costs import at_stock_cost
from daemon.trade.goods.boxes import MAX_BOXES_PER_LINE, MAX_BOXES_PER_ORDER, whole_boxes
from daemon.trade.orders.carrier_room import fit, room_for
from daemon.trade.orders.dated import on_its_day
from daemon.trade.orders.for_sale import Held
from daemon.trade.orders.judgement import as_ordered, judge_line
from daemon.trade.orders.standing import StandingLine, StandingOrder
from daemon.trade.orders.stock_costs import CostUnknownError
from daemon.trade.outcome import LineOutcome, OrderOutcome, RowStatus
from daemon.trade.stock.line_stock import places_of
from daemon.trade.stock.units import PackMissingError
from daemon.trade.unmapped import not_known_yet
from formats.records import AxerrioOrder, OrderLine, PurchaseOrder, UnitType, copy_of
from formats.steps import LineChange

UNKNOWN_PRODUCT = "E-14"


def in_units_of(
    work: ChangeAtWork, change: LineChange, line: StandingLine, said: OrderLine
) -> LineChange:
    """Return a change in the words of its line for units, where those mean the same: BX and Box.

    Partners order in one format and change in another, and another word is no other unit.
    """
    new = change.line
    if new.unit in (None, said.unit) and new.price_unit in (None, said.price_unit):
        return change
    mapped = _mapped(work, new).document.lines[0]
    own, is_per = copy_of(new), line.line.price_unit_type or line.unit
    if mapped.unit_type is line.unit:
        own.unit = said.unit
    if mapped.price_unit_type is is_per:
        own.price_unit = said.price_unit
    return replace(change, line=own)


def _mapped(work: ChangeAtWork, line: OrderLine) -> Mapped[PurchaseOrder | AxerrioOrder]:
    order, booked = work.order, work.order.booked
    return map_order(
        order.said.model_copy(update={"lines": (line,), "ship_to": None, "customer": None}),
        work.desk.tables,
        partner=booked.origin,
        vendor=booked.vendor,
        on=work.desk.today,
        aliases=work.desk.aliases,
    )


def mapped_line(work: ChangeAtWork, position: int, line: OrderLine) -> OrderLine | None:
    """Return a line in our codes; None where one is unknown, which refuses the row (E-14)."""
    found = _mapped(work, line)
    unknown = [code for code in found.unmapped if code.line == line.line]
    if not unknown:
        return found.document.lines[0]
    code = unknown[0]
    text = not_known_yet(code).split(";", 1)[0]
    why = f"line {line.reference}: {text}; send the line again once it is mapped in {code.kind}.csv"
    work.row(position, RowStatus.REFUSED, why, code=UNKNOWN_PRODUCT)
    return None


def judged_line(
    work: ChangeAtWork,
    position: int,
    line: OrderLine,
    wanted: Decimal,
    has: Decimal,
    *,
    key: int | None = None,
) -> LineOutcome | None:
    """Decide whether a line may have `wanted` of which it `has` some; None refuses the row.

    `key` is that of a line in the books of the same product: what is added lies where its goods do
    (domain 4.8, 10).
    """
    order, desk, draft = work.order, work.desk, _draft(work)
    why = _unfit(order, line, wanted)
    if why is None and work.is_sold_already:
        waits = order.booked.state is OrderState.PENDING_APPROVAL
        state = LineState.PENDING if waits else LineState.ACCEPTED
        return replace(as_ordered(desk, draft, line), state=state)
    if why is None and (draft.vendor is None or draft.connection is None):
        why = "its buyer and its vendor are not connected any more"
    if why is not None:
        work.row(position, RowStatus.REFUSED, f"line {line.reference}: {why}")
        return None
    if draft.connection is not None and draft.order.delivery_date is not None:
        # A cart keeps no ship date, and its goods must be there for its truck all the same.
        draft = on_its_day(desk, draft, draft.connection)
    more = copy_of(line)
    more.quantity = wanted - has
    try:
        judged = judge_line(desk, draft, more, has=_held(work, key, has))
    except PackMissingError as error:
        why = f"line {line.reference}: {error}; the operator adds {line.product} to packs.csv"
        work.row(position, RowStatus.REFUSED, why)
        return None
    room = room_for(desk, draft.connection, draft.order, draft.origin.name)
    (judged,) = fit(room, (judged,))
    if judged.state is LineState.REFUSED:
        why = f"line {line.reference}: {judged.reason}"
        work.row(position, RowStatus.REFUSED, why, code=judged.code)
        return None
    judged = replace(judged, line=_boxed_as(judged, line), accepted=has + judged.accepted)
    # More of the same goods costs what it did.
    return judged if has else _costed(work, position, draft, judged)


def _boxed_as(judged: LineOutcome, line: OrderLine) -> OrderLine:
    """Return a line in the boxes in which what is added to it comes (K-30)."""
    if judged.line.box_type == line.box_type:
        return line
    boxed = copy_of(line)
    boxed.box_type = judged.line.box_type
    return boxed


def _held(work: ChangeAtWork, key: int | None, has: Decimal) -> Held:
    """Return what a line of the books has of its stock, where that lies and how it is packed."""
    places = places_of(work.desk, [key]).get(key, ()) if key is not None else ()
    lines = (line for line in work.order.lines if line.key == key)
    pack = next((line.pack for line in lines), None) if places else None
    return Held(has, places, pack)


def _draft(work: ChangeAtWork) -> OrderOutcome:
    """Return the order as one that is judged, without its lines."""
    booked, desk = work.order.booked, work.desk
    return OrderOutcome(
        order=work.order.order,
        state=OrderState.APPROVED,
        lines=(),
        origin=work.step.origin,
        document_id=work.step.document_id,
        arrival_id=work.step.arrival_id,
        buyer=desk.partner(booked.buyer),
        vendor=desk.partner(booked.vendor),
        connection=work.connection,
    )


def _costed(
    work: ChangeAtWork, position: int, draft: OrderOutcome, judged: LineOutcome
) -> LineOutcome | None:
    """Return a line at what its vendor asks; None refuses a row where that can't be told (K-60)."""
    try:
        return at_stock_cost(work, draft, judged)
    except CostUnknownError as error:
        work.desk.stock.put_back(judged.takings)
        why = f"{error}. Send the line again once the operator has done so"
        work.row(position, RowStatus.REFUSED, why, code=error.rule)
        return None


def _unfit(order: StandingOrder, line: OrderLine, wanted: Decimal) -> str | None:
    """Say why a line can't have `wanted`, whatever is in stock."""
    if wanted <= 0 or wanted != wanted.to_integral_value():
        return "the quantity must be whole and above 0"
    boxes = {each.line.line: whole_boxes(each.held, each.unit, each.pack) for each in order.lines}
    if line.unit_type is UnitType.BOX:
        if wanted > MAX_BOXES_PER_LINE:
            return f"a line may order at most {MAX_BOXES_PER_LINE} boxes; split it"
        boxes[line.line] = int(wanted)
    if sum(boxes.values()) > MAX_BOXES_PER_ORDER:
        return f"an order may have at most {MAX_BOXES_PER_ORDER} boxes; split it"
    return None

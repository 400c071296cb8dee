"""Judge a line that a change adds, or gives another quantity or product (P-28).

A line of a connected buyer is judged as one of a new order is: the difference is taken where there
is enough, else the connection says whether the line is cut or stays as it was. A line of a vendor's
own system has been sold already, so it is never short.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from daemon.ledger.states import LineState, OrderState
from daemon.mapping.apply import map_order
from daemon.trade.changes.at_work import ChangeAtWork
from daemon.trade.changes.costs import at_stock_cost
from daemon.trade.goods.boxes import MAX_BOXES_PER_LINE, MAX_BOXES_PER_ORDER, whole_boxes
from daemon.trade.orders.judgement import as_ordered, judge_line
from daemon.trade.orders.standing import StandingOrder
from daemon.trade.outcome import LineOutcome, OrderOutcome, RowStatus
from daemon.trade.stock.units import PackMissingError
from daemon.trade.unmapped import not_known_yet
from formats.records import OrderLine, UnitType, copy_of

UNKNOWN_PRODUCT = "E-14"


def mapped_line(work: ChangeAtWork, position: int, line: OrderLine) -> OrderLine | None:
    """Return a line in our codes; None where one is unknown, which refuses the row (E-14)."""
    order, booked = work.order, work.order.booked
    found = map_order(
        order.said.model_copy(update={"lines": (line,), "ship_to": None, "customer": None}),
        work.desk.tables,
        partner=booked.origin,
        vendor=booked.vendor,
        on=work.desk.today,
        aliases=work.desk.aliases,
    )
    unknown = [code for code in found.unmapped if code.line == line.line]
    if not unknown:
        return found.document.lines[0]
    code = unknown[0]
    text = not_known_yet(code).split(";", 1)[0]
    why = f"line {line.reference}: {text}; send the line again once it is mapped in {code.kind}.csv"
    work.row(position, RowStatus.REFUSED, why, code=UNKNOWN_PRODUCT)
    return None


def judged_line(
    work: ChangeAtWork, position: int, line: OrderLine, wanted: Decimal, has: Decimal
) -> LineOutcome | None:
    """Decide whether a line may have `wanted` of which it `has` some; None refuses the row."""
    order, desk = work.order, work.desk
    draft = OrderOutcome(
        order=order.order,
        state=OrderState.APPROVED,
        lines=(),
        origin=work.step.origin,
        document_id=work.step.document_id,
        arrival_id=work.step.arrival_id,
        buyer=desk.partner(order.booked.buyer),
        vendor=desk.partner(order.booked.vendor),
        connection=work.connection,
    )
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
    more = copy_of(line)
    more.quantity = wanted - has
    try:
        judged = judge_line(desk, draft, more)
    except PackMissingError as error:
        why = f"line {line.reference}: {error}; the operator adds {line.product} to packs.csv"
        work.row(position, RowStatus.REFUSED, why)
        return None
    if judged.state is LineState.REFUSED:
        why = f"line {line.reference}: {judged.reason}"
        work.row(position, RowStatus.REFUSED, why, code=judged.code)
        return None
    accepted = has + judged.accepted
    reason = f"only {accepted} left of {wanted}" if accepted < wanted else None
    judged = replace(judged, line=line, accepted=accepted, reason=reason)
    # More of the same goods costs what it did.
    return judged if has else at_stock_cost(work, draft, judged)


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

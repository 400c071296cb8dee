"""The lines of a change: one is added, gets another quantity, price or product, or ends (P-28).

Only the difference of a quantity moves stock: less goes back on sale, more is taken where there is
enough; where there is not, the connection says whether the line is cut or stays as it was.
"""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import delete

from daemon.ledger import schema
from daemon.ledger.states import LineProgress, LineState, OrderState
from daemon.trade.changes.at_work import ChangeAtWork, is_fixed
from daemon.trade.changes.costs import cost_note, keep_cost, with_cost
from daemon.trade.changes.judged_lines import in_units_of, judged_line, mapped_line
from daemon.trade.changes.own_books import is_on_waybill, keep_in_own_books
from daemon.trade.desk import Desk
from daemon.trade.orders.book import line_row
from daemon.trade.orders.line_boxes import fit_boxes, without_used_codes
from daemon.trade.orders.packs import in_box, packed_otherwise, said_pack
from daemon.trade.orders.standing import (
    ZERO,
    StandingLine,
    StandingOrder,
    add_line,
    move_line,
    save_line,
)
from daemon.trade.orders.stock_costs import COST_STANDS
from daemon.trade.outcome import LineOutcome, RowStatus
from daemon.trade.stock import lots as stock
from daemon.trade.stock.line_stock import keep, places_of
from daemon.trade.stock.sold import take_sold
from daemon.trade.stock.units import NO_PACK, PackRate
from formats.records import OrderLine, copy_of
from formats.steps import LineAction, LineChange, OrderChange

_ANSWERED = (OrderState.CONFIRMED, OrderState.SHIPPED)
"""An order that gets no more lines."""
_ITEMS = ("buyer_item", "seller_item", "gtin")
_KEPT = (
    *(*_ITEMS, "description", "unit_price", "price_unit", "box_type_code"),
    *("bunches_per_box", "stems_per_bunch", "mark_code", "brand"),
)


def change_lines(work: ChangeAtWork, record: OrderChange) -> None:
    """Carry out every line of a change, in its order."""
    named = {each.line.reference for each in record.changes}
    for each in record.changes:
        _one(work, each, is_replacement=record.is_replacement)
    if not record.is_replacement:
        return
    for line in [line for line in work.order.lines if line.line.reference not in named]:
        if line.is_live and is_fixed(line):
            why = f"line {line.line.reference} is not ended: it is {line.progress.value}"
            work.row(0, RowStatus.REFUSED, why)
        elif line.is_live:
            end_line(work, line)
            work.row(0, RowStatus.DONE, f"line {line.line.reference} ended: it is not named")


def _one(work: ChangeAtWork, change: LineChange, *, is_replacement: bool) -> None:
    position, reference = change.line.line, change.line.reference
    lines = work.order.named(reference, change.po_item)
    if not reference and change.po_item is None:
        lines = _made_of(work, change.line.prebook_item)
    reference = reference or change.po_item or change.line.prebook_item or ""
    if len(lines) > 1:
        why = f"line {reference} is there {len(lines)} times; the change can't tell which is meant"
        work.row(position, RowStatus.REFUSED, why)
        return
    if lines:
        change = in_units_of(work, change, lines[0], _said_line(work.order, lines[0]))
    action = change.action
    if is_replacement and action is not LineAction.CANCEL:
        action = LineAction.CHANGE if lines else LineAction.ADD
    if action is LineAction.ADD:
        _add(work, change, lines[0] if lines else None)
    elif not lines:
        why = f"order {work.order.booked.number} has no line {reference}; send it as a new line"
        work.row(position, RowStatus.REFUSED, why)
    elif action is LineAction.CANCEL or (change.says_quantity and change.line.quantity == 0):
        _cancel(work, position, lines[0])
    elif is_on_waybill(work, lines[0]):
        said = _said_line(work.order, lines[0])
        keep_in_own_books(work, position, lines[0], _merged(said, change))
    else:
        _change(work, change, lines[0])


def _made_of(work: ChangeAtWork, prebook_item: str | None) -> list[StandingLine]:
    """Return the lines that a line of a prebook became, by the id that we gave that."""
    if not prebook_item:
        return []
    return [
        line
        for line in work.order.lines
        if prebook_item in (str(line.prebook_line_id or ""), line.line.prebook_item)
    ]


def _cancel(work: ChangeAtWork, position: int, line: StandingLine) -> None:
    if not line.is_live:
        work.row(position, RowStatus.UNCHANGED)
    elif is_fixed(line):
        work.row(position, RowStatus.REFUSED, _fixed(line))
    else:
        end_line(work, line)
        work.row(position, RowStatus.DONE)


def _fixed(line: StandingLine) -> str:
    state = line.progress.value
    if line.progress is LineProgress.PENDING:
        state = "promised for later"
    return (
        f"line {line.line.reference} is {state} by its vendor and can't be changed any more; agree"
        " it with the vendor, who then confirms it anew"
    )


def end_line(work: ChangeAtWork, line: StandingLine) -> None:
    """End a line on its buyer's word: its stock is on sale again, its boxes end."""
    desk, order = work.desk, work.order
    _keep(work, line, ZERO)
    line.state, line.accepted = LineState.CANCELLED, ZERO
    save_line(desk, line, state=line.state.value, accepted=line.accepted)
    move_line(desk, order, line, LineProgress.CANCELLED, work.step.cause)
    fit_boxes(desk, order, line, work.step.cause)
    work.changed.append((LineAction.CANCEL, line))


def _keep(work: ChangeAtWork, line: StandingLine, quantity: Decimal) -> None:
    booked = work.order.booked
    if booked.vendor is not None and not booked.is_test:
        keep(work.desk, booked.vendor, line, quantity, is_lost=False)


def _add(work: ChangeAtWork, change: LineChange, there: StandingLine | None) -> None:
    """Add a line; the same one again changes nothing."""
    position, order = change.line.line, work.order
    if there is not None:
        said = _said_line(order, there)
        is_same = said.quantity == change.line.quantity and _merged(said, change) == said
        message = None if is_same else _there_already(change)
        status = RowStatus.UNCHANGED if is_same else RowStatus.REFUSED
        work.row(position, status, message)
        return
    if order.booked.state in _ANSWERED:
        work.row(position, RowStatus.REFUSED, _answered(order))
        return
    line = copy_of(change.line)
    line.line = max((each.line.line for each in order.lines), default=0) + 1
    mapped = mapped_line(work, position, line)
    judged = None if mapped is None else judged_line(work, position, mapped, mapped.quantity, ZERO)
    if judged is None:
        return
    line = with_cost(line, judged.line)
    order.said = order.said.model_copy(update={"lines": (*order.said.lines, line)})
    added = add_line(work.desk, order, judged)
    order.order = order.order.model_copy(update={"lines": (*order.order.lines, added.line)})
    notes = [_take(work, added, judged, ZERO), without_used_codes(work.desk, order, added)]
    fit_boxes(work.desk, order, added, work.step.cause)
    work.changed.append((LineAction.ADD, added))
    _done(work, change, added, notes, cost_note(judged))


def _answered(order: StandingOrder) -> str:
    state = order.booked.state.value
    return f"the order is {state} by its vendor; order the line under a new number"


def _there_already(change: LineChange) -> str:
    return f"line {change.line.reference} is there already; send it as a change of the line"


def _change(work: ChangeAtWork, change: LineChange, line: StandingLine) -> None:
    """Change a line that its vendor has not answered."""
    position, order = change.line.line, work.order
    said = _said_line(order, line)
    change, cost_stands = keep_cost(work, change, line)
    merged = _merged(said, change)
    if line.state is LineState.CANCELLED or line.progress is LineProgress.CANCELLED:
        why = f"line {line.line.reference} has ended; send it as a new line of another number"
        work.row(position, RowStatus.REFUSED, why)
        return
    is_short = change.says_quantity and line.held < merged.quantity
    if is_fixed(line) and (merged != said or is_short):
        work.row(position, RowStatus.REFUSED, _fixed(line))
        return
    if merged == said and line.is_live:
        _says_the_same(work, position, line, cost_stands, is_short=is_short)
        return
    if line.state is LineState.REFUSED and order.booked.state in _ANSWERED:
        # Its vendor never had it, so to the vendor it would be a new line.
        work.row(position, RowStatus.REFUSED, _answered(order))
        return
    mapped = mapped_line(work, position, merged)
    judged = None if mapped is None else _rejudged(work, position, line, mapped)
    if mapped is None or judged is None:
        return
    was_refused = line.state is LineState.REFUSED
    notes = [_write(work, line, merged, judged)]
    if line.state is not LineState.CUT:
        notes.append(_wish(change, mapped, line))
    work.changed.append((LineAction.ADD if was_refused else LineAction.CHANGE, line))
    _done(work, change, line, notes, cost_stands or cost_note(judged))


def _wish(change: LineChange, mapped: OrderLine, line: StandingLine) -> str | None:
    """Say how goods are packed where a change, and not only the order, asks for another pack."""
    new = change.line
    if new.box_type_code is None and said_pack(new) == NO_PACK:
        return None
    return packed_otherwise(mapped, line.line.box_type, line.pack)


def _says_the_same(
    work: ChangeAtWork,
    position: int,
    line: StandingLine,
    cost_stands: str | None,
    *,
    is_short: bool,
) -> None:
    """Answer a change after which a line is as it was; one of the cost alone is refused (K-67)."""
    if cost_stands and not is_short:
        work.row(position, RowStatus.REFUSED, cost_stands, code=COST_STANDS)
        return
    if is_short:
        work.accepted[position] = line.held
    work.row(position, RowStatus.UNCHANGED, line.reason if is_short else None)


def _write(
    work: ChangeAtWork, line: StandingLine, merged: OrderLine, judged: LineOutcome
) -> str | None:
    """Let a line be as judged; return what somebody should read of its stock."""
    order = work.order
    merged = with_cost(merged, judged.line)
    had = line.accepted if judged.line.product == line.line.product else ZERO
    lines = [merged if each.line == merged.line else each for each in order.said.lines]
    order.said = order.said.model_copy(update={"lines": tuple(lines)})
    line.line, line.state = judged.line, judged.state
    line.accepted, line.reason, line.pack = judged.accepted, judged.reason, judged.pack
    mapped = [judged.line if each.line == merged.line else each for each in order.order.lines]
    order.order = order.order.model_copy(update={"lines": tuple(mapped)})
    save_line(work.desk, line, **line_row(judged))
    note = _take(work, line, judged, had)
    fit_boxes(work.desk, order, line, work.step.cause)
    return note


def _take(work: ChangeAtWork, line: StandingLine, judged: LineOutcome, had: Decimal) -> str | None:
    """Record what a line takes of the stock beyond what it `had`; a test takes nothing (P-29).

    Returns a sentence where goods that are sold already could not be taken off what is published.
    """
    booked, desk = work.order.booked, work.desk
    if booked.is_test:
        desk.stock.put_back(judged.takings)
    elif not work.is_sold_already:
        stock.reserve(desk.post, line.key, judged.takings)
    elif booked.vendor is not None and booked.state is not OrderState.PENDING_APPROVAL:
        more = max(ZERO, line.accepted - had)
        return take_sold(desk, booked.vendor, line, more, work.order.order.ship_date)
    return None


def _done(
    work: ChangeAtWork,
    change: LineChange,
    line: StandingLine,
    notes: list[str | None],
    cost: str | None,
) -> None:
    """Answer a row that was carried out; `cost` says that another cost stands than it names."""
    position = change.line.line
    said = [note for note in (*notes, cost) if note]
    if cost is not None and change.line.unit_price is not None:
        work.costs.setdefault(position, line.line.unit_price)
    if line.state is LineState.CUT:
        work.accepted[position] = line.accepted
        said = [line.reason or "", *said]
    code = COST_STANDS if cost else None
    work.row(position, RowStatus.DONE, "; ".join(said) or None, code=code, is_warning=bool(said))


def _said_line(order: StandingOrder, line: StandingLine) -> OrderLine:
    """Return a line as its sender said it."""
    return next((each for each in order.said.lines if each.line == line.line.line), line.line)


def _merged(said: OrderLine, change: LineChange) -> OrderLine:
    """Return a line with what the change says; what it leaves open stays as it is."""
    new = change.line
    line = copy_of(said)
    if change.says_quantity:
        line.quantity, line.unit = new.quantity, new.unit or said.unit
    is_other = any(
        getattr(new, name) and getattr(said, name) and getattr(new, name) != getattr(said, name)
        for name in _ITEMS
    )
    if is_other:
        line.buyer_item, line.seller_item, line.gtin = None, None, None
        line.description, line.contents = None, ()
    for name in _KEPT:
        value = getattr(new, name)
        if value is not None and (name != "price_unit" or new.unit_price is not None):
            setattr(line, name, value)
    line.contents = new.contents or line.contents
    return line


def _rejudged(
    work: ChangeAtWork, position: int, line: StandingLine, mapped: OrderLine
) -> LineOutcome | None:
    """Decide about a changed line; None refuses the row and leaves the line as it was."""
    if mapped.unit_type is not line.line.unit_type and line.accepted:
        why = f"line {line.line.reference} is ordered in {line.unit.value}; end it and add another"
        work.row(position, RowStatus.REFUSED, why)
        return None
    wanted, has = mapped.quantity, line.accepted
    if mapped.product != line.line.product:
        judged = judged_line(work, position, mapped, wanted, ZERO)
        if judged is not None:
            _keep(work, line, ZERO)
            _forget(work.desk, line)
        return judged
    if wanted == line.line.quantity and line.state is not LineState.REFUSED:
        mapped, pack = _as_packed(work, line, mapped)
        return LineOutcome(mapped, line.state, has, line.reason, pack)
    if wanted <= has and wanted == wanted.to_integral_value():
        _keep(work, line, wanted)
        state = LineState.PENDING if line.state is LineState.PENDING else LineState.ACCEPTED
        mapped, pack = _as_packed(work, line, mapped)
        return LineOutcome(mapped, state, wanted, None, pack)
    return judged_line(work, position, mapped, wanted, has, key=line.key)


def _as_packed(
    work: ChangeAtWork, line: StandingLine, mapped: OrderLine
) -> tuple[OrderLine, PackRate]:
    """Return a line and its pack: boxed and packed as its stock is, else as it says (K-30)."""
    said = said_pack(mapped)
    if said == said_pack(line.line) and mapped.box_type == line.line.box_type:
        return mapped, line.pack
    if places_of(work.desk, [line.key]):
        return in_box(work.desk, mapped, line.line.box_type), line.pack
    return mapped, said.or_else(line.pack)


def _forget(desk: Desk, line: StandingLine) -> None:
    """Remove the empty reservations of a product that a line has no more."""
    table = schema.stock_reservations
    desk.post.conn.execute(delete(table).where(table.c.order_line_id == line.key))

"""A change of an order by who sent it: carried out line by line, or refused so (P-28).

Nothing of a line that its vendor has confirmed or shipped is changed any more. The rest is: stock
goes back on sale, or the difference is taken where there is enough, and boxes, labels and the
vendor's copy follow. A change that overtook its order waits for it; one that came before, by its
message id or its sequence number, is not carried out again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select

from daemon.ledger import schema
from daemon.ledger.holds import HoldKind
from daemon.ledger.states import LineState, OrderState
from daemon.trade.carts.answers import is_unchecked
from daemon.trade.changes.at_work import ChangeAtWork, is_fixed, on_labels
from daemon.trade.changes.headers import change_header, dated
from daemon.trade.changes.lines import change_lines, end_line
from daemon.trade.changes.repriced import price_anew
from daemon.trade.desk import Desk
from daemon.trade.exceptions import changes_settled, order_settled
from daemon.trade.orders.book import earlier_of, withdraw
from daemon.trade.orders.by_line_id import unknown_line
from daemon.trade.orders.gathered_rulings import purchase_meant, stays_there
from daemon.trade.orders.gathering import own_lines, purchases_numbered, whereabouts
from daemon.trade.orders.own_prebooks import PURCHASE
from daemon.trade.orders.parties import vendor_called, vendor_meant
from daemon.trade.orders.standing import StandingLine, StandingOrder, save_record, settle, standing
from daemon.trade.outcome import RowOutcome, RowStatus, StepOutcome
from daemon.trade.step import BookedOrder, StepAtHand, addressee_of, hold_row, orders_numbered
from formats.steps import LineAction, OrderChange

_OVER = (OrderState.CANCELLED, OrderState.REJECTED)
_WITH_VENDOR = (OrderState.APPROVED, OrderState.CONFIRMED)


@dataclass(frozen=True, slots=True)
class ChangeOutcome(StepOutcome):
    """What a change did; `order` is None where it did nothing."""

    order: StandingOrder | None = None
    was_with_vendor: bool = False
    """Whether its vendor has the order, and so must be told."""
    changed: tuple[tuple[LineAction, StandingLine], ...] = ()
    accepted: tuple[tuple[int, Decimal], ...] = ()
    """By row, how much of a line that was cut is accepted."""
    costs: tuple[tuple[int, Decimal | None], ...] = ()
    """By row that names another cost than stands, the one that does; None where that is per another
    unit (K-67)."""
    has_new_header: bool = False

    @property
    def is_cancelled(self) -> bool:
        """Whether nothing of the order is left."""
        return self.order is not None and self.order.booked.state is OrderState.CANCELLED


def change(desk: Desk, step: StepAtHand[OrderChange]) -> StepOutcome:
    """Carry out a change; its rows are the lines of the document, 0 is the order as a whole."""
    if not step.record.number:
        item = next((each.po_item or each.line.prebook_item for each in step.record.changes), None)
        return _outcome(step, RowOutcome(1, "", RowStatus.REFUSED, message=unknown_line(item)))
    return _change(desk, step)


def _change(desk: Desk, step: StepAtHand[OrderChange]) -> StepOutcome:
    found = _order(desk, step)
    if isinstance(found, RowOutcome):
        return _outcome(step, found)
    before = _taken_before(desk, step, found)
    if before is not None:
        return _outcome(step, before)
    purchase = found if found.kind == PURCHASE else None
    if purchase is None and step.record.is_cancellation:
        purchase = purchase_meant(desk, found)
    if purchase is not None:
        return _of_purchase(desk, step, purchase)
    if found.state in _OVER:
        if step.record.is_cancellation:
            order_settled(desk, found.number, found.origin, step.origin.name)
        return _outcome(step, _too_late(step, found))
    if found.state is OrderState.HELD:
        return _of_held(desk, step, found)
    work = ChangeAtWork(desk, step, standing(desk, found))
    if step.record.is_cancellation:
        _cancel(work, work.order.lines)
    else:
        record = dated(work)
        change_header(work, record)
        change_lines(work, record)
    return _settled(work, found.state)


def _settled(work: ChangeAtWork, was: OrderState) -> StepOutcome:
    step, order = work.step, work.order
    if not work.changed and not work.has_new_header:
        return ChangeOutcome(
            *(step.record, step.origin, step.document_id, step.arrival_id, tuple(work.rows)),
            accepted=tuple(work.accepted.items()),
        )
    settle(work.desk, order, step.cause, when_empty=OrderState.CANCELLED)
    # Labels are printed again where what stands on them changed, too (P-26, L-10).
    order.boxes_changed |= work.labels != on_labels(order)
    if _is_checked_out(order):
        # It goes on with the timer, which waits for nothing of it any more.
        work.columns["expires_at"] = work.desk.post.at
    save_record(work.desk, order, **work.columns)
    price_anew(work)
    _end_exceptions(work)
    return ChangeOutcome(
        *(step.record, step.origin, step.document_id, step.arrival_id, tuple(work.rows)),
        orders=(order.booked.id,),
        order=order,
        was_with_vendor=was in _WITH_VENDOR and not order.booked.is_test,
        changed=tuple(work.changed),
        accepted=tuple(work.accepted.items()),
        costs=tuple(work.costs.items()),
        has_new_header=work.has_new_header,
    )


def _is_checked_out(order: StandingOrder) -> bool:
    """Tell whether an order is a cart still, though nothing is left in it to be checked out."""
    is_cart = order.booked.state is OrderState.DRAFT and order.said.cart is not None
    return is_cart and not any(is_unchecked(order, line) for line in order.lines)


def _end_exceptions(work: ChangeAtWork) -> None:
    """End what was held up of the order, as far as nothing of that is refused any more."""
    booked, sender = work.order.booked, work.step.origin.name
    is_refused = any(line.state is LineState.REFUSED for line in work.order.lines)
    if booked.state in _OVER or not is_refused:
        order_settled(work.desk, booked.number, booked.origin, sender)
    elif all(row.status is not RowStatus.REFUSED for row in work.rows):
        changes_settled(work.desk, booked.number, sender)


def _outcome(step: StepAtHand[OrderChange], *rows: RowOutcome) -> StepOutcome:
    return StepOutcome(step.record, step.origin, step.document_id, step.arrival_id, rows)


def _order(desk: Desk, step: StepAtHand[OrderChange]) -> BookedOrder | RowOutcome:
    """Return the order that the sender means: one it sent, or one in which it is the buyer."""
    number, name, is_test = step.record.number, step.origin.name, step.record.is_test
    found = [
        each
        for each in orders_numbered(desk, number)
        if name in (each.origin, each.buyer) and each.is_test is is_test
    ]
    found = _meant(
        desk, step, found or purchases_numbered(desk, number, buyer=name, is_test=is_test)
    )
    if len(found) == 1:
        return found[0]
    if found:
        vendors = {each.vendor for each in found}
        who = " and ".join(str(each.vendor if len(vendors) > 1 else each.origin) for each in found)
        why = f"orders {number} of {who} are here, and which one is meant can't be told"
        what_to_do = "name its vendor" if len(vendors) > 1 else "let its sender change it"
        return RowOutcome(0, number, RowStatus.REFUSED, message=f"{why}; {what_to_do}")
    if step.record.is_test:
        why = f"no test order {number} is here, and a test never touches a real one (P-29)"
        return RowOutcome(0, number, RowStatus.REFUSED, message=why)
    message = f"order {number} has not come from {name}; the change waits for it"
    return hold_row(desk, step, HoldKind.UNKNOWN_ORDER, (0, number), message)


def _meant(
    desk: Desk, step: StepAtHand[OrderChange], found: list[BookedOrder]
) -> list[BookedOrder]:
    """Return those of the orders of one number that a change can mean (domain 2.4).

    Only one of the vendor that it names. Of several it means what its sender sent itself, for whom
    its envelope is addressed to, and what is over only where nothing else is left.
    """
    said = step.record.vendor
    vendor = vendor_called(desk.site, step.origin, said.code, said.name)
    if vendor is not None:
        found = [each for each in found if each.vendor in (vendor.name, None)]
    if len(found) > 1:
        found = [each for each in found if each.origin == step.origin.name] or found
    if len(found) > 1:
        to = vendor_meant(desk.site, step.origin, said, addressee_of(desk, step.document_id))
        found = [each for each in found if to is not None and each.vendor == to.name] or found
    if len(found) > 1:
        found = [each for each in found if each.state not in _OVER] or found
    return found


def _too_late(step: StepAtHand[OrderChange], found: BookedOrder) -> RowOutcome:
    if step.record.is_cancellation:
        return RowOutcome(0, found.number, RowStatus.UNCHANGED)
    why = f"{found.what} is {found.state.value}; send a new order"
    return RowOutcome(0, found.number, RowStatus.REFUSED, message=why)


def _of_purchase(desk: Desk, step: StepAtHand[OrderChange], purchase: BookedOrder) -> StepOutcome:
    """Take a purchase out of the order that it was put into; any other change is for that order.

    Of an order that its vendor has, the vendor is told which lines end, as of any change.
    """
    if purchase.state in _OVER:
        return _outcome(step, _too_late(step, purchase))
    stands = whereabouts(desk, purchase.id)
    if not step.record.is_cancellation:
        why = stays_there(purchase, stands)
        return _outcome(step, RowOutcome(0, purchase.number, RowStatus.REFUSED, message=why))
    work = ChangeAtWork(desk, step, standing(desk, stands.order))
    _cancel(work, own_lines(desk, purchase.id, work.order))
    return _settled(work, stands.order.state)


def _of_held(desk: Desk, step: StepAtHand[OrderChange], found: BookedOrder) -> StepOutcome:
    """Cancel an order that waits for a person; any other change waits with it."""
    number = found.number
    if not step.record.is_cancellation:
        why = f"{found.what} waits for a person itself; the change follows it"
        return _outcome(step, hold_row(desk, step, HoldKind.UNKNOWN_ORDER, (0, number), why))
    withdraw(desk, earlier_of(desk, found.id), step.cause)
    return _outcome(step, RowOutcome(0, number, RowStatus.DONE))


def _cancel(work: ChangeAtWork, lines: Iterable[StandingLine]) -> None:
    """End each of `lines` that may still end."""
    live = [line for line in lines if line.is_live]
    fixed = [line for line in live if is_fixed(line)]
    for line in live:
        if line not in fixed:
            end_line(work, line)
    if fixed:
        why = "; ".join(f"line {each.line.reference} is {each.progress.value}" for each in fixed)
        status = RowStatus.REFUSED if len(fixed) == len(live) else RowStatus.DONE
        work.row(0, status, f"not cancelled, for its vendor has answered: {why}", is_warning=True)
    else:
        work.row(0, RowStatus.DONE if live else RowStatus.UNCHANGED)


def _taken_before(
    desk: Desk, step: StepAtHand[OrderChange], found: BookedOrder
) -> RowOutcome | None:
    """Return the answer to a change that was taken before, or that a later one has overtaken."""
    record = step.record
    if record.message_id is None:
        return None
    for other in _others(desk, step, found):
        if other.message_id == record.message_id:
            if _content(other) == _content(record):
                return RowOutcome(0, record.number, RowStatus.UNCHANGED, message="taken before")
            why = f"change {record.message_id} was taken before with other content; number it anew"
            return RowOutcome(0, record.number, RowStatus.REFUSED, message=why)
        if step.origin.vendor is None and _is_later(other.message_id, record.message_id):
            why = (
                f"change {other.message_id} was taken before change {record.message_id}, which is"
                " older; send what is to change now under a new number"
            )
            return RowOutcome(0, record.number, RowStatus.REFUSED, message=why)
    return None


def _others(desk: Desk, step: StepAtHand[OrderChange], order: BookedOrder) -> list[OrderChange]:
    """Return the changes of this order that its sender has sent before and that were taken."""
    desk.post.flush()
    alike = orders_numbered(desk, order.number)
    elsewhere = {each.vendor for each in alike} - {order.vendor, None}
    table = schema.documents.c
    query = select(table.record, table.addressee).where(
        table.partner == step.origin.name,
        table.kind == step.record.kind,
        table.number == step.record.number,
        table.id < step.document_id,
        table.state == "posted",
        table.record.is_not(None),
    )
    found: list[OrderChange] = []
    for row in desk.post.conn.execute(query):
        other = OrderChange.model_validate_json(row.record)
        vendor = vendor_meant(desk.site, step.origin, other.vendor, row.addressee)
        # One of the same number at another vendor is changed under numbers of its own (2.4).
        is_elsewhere = vendor is not None and vendor.name in elsewhere
        if other.is_test is step.record.is_test and not is_elsewhere:
            found.append(other)
    return found


def _content(change: OrderChange) -> str:
    return change.model_dump_json(exclude={"change_date"})


def _is_later(other: str | None, own: str) -> bool:
    """Tell whether one sequence number (BCH05) is beyond another; words have no order."""
    if other is None or not (other.isascii() and other.isdigit() and own.isdigit()):
        return False
    return int(other) > int(own)

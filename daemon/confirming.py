"""`k2kd confirm`: an order is confirmed in its vendor's name, on a person's word (domain 13).

For a vendor that sends no confirmation itself. One posting, with the rules and the files of a
vendor's own confirmation; its vendor is told of it. It works beside a running daemon, which
delivers what it causes. Where one line can't be answered as it was said, nothing is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from daemon.config import Configuration
from daemon.decisions import OrderMeant, order_meant
from daemon.errors import DataError, UsageError
from daemon.ledger import arrivals, mapping_sets
from daemon.ledger.moves import Cause
from daemon.ledger.posting import posting
from daemon.ledger.store import Ledger
from daemon.mapping.tables import Tables
from daemon.pipeline import vendor_made
from daemon.pipeline.steps import complete_waiting
from daemon.trade.changes.confirmable import why_not
from daemon.trade.changes.confirmations import ConfirmationOutcome, confirm_order
from daemon.trade.desk import Desk
from daemon.trade.orders.gathering import whereabouts
from daemon.trade.orders.own_prebooks import PURCHASE
from daemon.trade.orders.standing import StandingLine, StandingOrder, standing
from daemon.trade.outcome import RowStatus, StepOutcome
from daemon.trade.step import BookedOrder, StepAtHand, order_of_key
from formats.records import Party
from formats.steps import ConfirmedLine, Decision, LineAnswer, OrderConfirmation

_CODE = "confirmation"


@dataclass(frozen=True, slots=True)
class LineSaid:
    """What is said of a line: how many of its unit come; None is as ordered, 0 is none of it."""

    reference: str
    quantity: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What a person says in the vendor's name, and who it is."""

    by: str
    lines: Sequence[LineSaid] = ()
    has_rest: bool = True
    """Whether every line that is open, and isn't named, is confirmed as ordered."""
    note: str | None = None
    """A sentence for vendor and books; the buyer reads it at the lines that are named."""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The order as it stands after a person's word; `notes` say what will not come."""

    order: StandingOrder
    is_changed: bool
    notes: tuple[str, ...] = ()

    @property
    def open(self) -> tuple[str, ...]:
        """Return the numbers of the lines that nobody has answered."""
        return tuple(each.line.reference for each in self.order.lines if _is_open(each))


def confirm(
    ledger: Ledger,
    site: Configuration,
    tables: Tables,
    today: date,
    *,
    meant: OrderMeant,
    said: Said,
) -> Confirmed:
    """Confirm the order that is `meant` as it is `said`.

    UsageError where no order is meant, or several are; DataError where it, or a line that is named,
    can't be answered so: then nothing is changed.
    """
    with posting(ledger) as post:
        desk = Desk(post, site, tables, today)
        mapping_sets.use(post.conn, site.host, tables.hash, tables.files)
        booked = _to_confirm(desk, meant)
        order = standing(desk, booked)
        step = _step(desk, order, said)
        if not step.record.lines:
            return Confirmed(order, is_changed=False)
        speaker = f"The operator of the network ({said.by})"
        outcome = confirm_order(desk, step, order, in_its_name=speaker)
        refused = [row.message for row in outcome.rows if row.status is RowStatus.REFUSED]
        if refused:
            raise DataError(_CODE, "; ".join(filter(None, refused)))
        _follow(desk, booked, outcome)
        arrivals.settle_all(post.conn)
        order = standing(desk, order_of_key(desk, booked.id))
        return Confirmed(order, is_changed=bool(outcome.orders), notes=_notes(outcome))


def _to_confirm(desk: Desk, meant: OrderMeant) -> BookedOrder:
    booked = order_meant(desk, meant, Decision.APPROVE)
    if booked.kind == PURCHASE:
        stands = whereabouts(desk, booked.id)
        why = f"{booked.what} is {stands.what}; confirm order {stands.order.number}"
        raise DataError(_CODE, why)
    if (why_none := why_not(booked)) is not None:
        raise DataError(_CODE, why_none)
    return booked


def _step(desk: Desk, order: StandingOrder, said: Said) -> StepAtHand[OrderConfirmation]:
    """Return what is said as the confirmation that the vendor could have sent."""
    booked = order.booked
    vendor = desk.partner(booked.vendor)
    if vendor is None:
        raise UsageError(
            f"{booked.what} is of {booked.vendor or 'nobody'}, which is no partner of this site;"
            " add it to k2kd.toml first"
        )
    lines = [_answer(at, each, said.note) for at, each in enumerate(said.lines, 1)]
    if said.has_rest:
        lines += _rest(order, said.lines)
    record = OrderConfirmation(
        number=booked.number,
        is_test=booked.is_test,
        message=said.note,
        buyer=Party(code=booked.buyer),
        lines=tuple(lines),
    )
    words = f"k2kd confirm by {said.by}" + (f": {said.note}" if said.note else "")
    return StepAtHand(record, vendor, booked.arrival_id, booked.document_id, Cause(words))


def _answer(at: int, said: LineSaid, note: str | None) -> ConfirmedLine:
    if said.quantity == 0:
        return ConfirmedLine(at, said.reference, LineAnswer.REJECTED, message=note)
    answer = LineAnswer.ACCEPTED if said.quantity is None else LineAnswer.CHANGED
    return ConfirmedLine(at, said.reference, answer, quantity=said.quantity, message=note)


def _rest(order: StandingOrder, lines: Sequence[LineSaid]) -> list[ConfirmedLine]:
    """Return the answers to the open lines that are not named, by their ids: as ordered."""
    named = {said.reference for said in lines}
    left = [each for each in order.lines if _is_open(each) and each.line.reference not in named]
    return [
        ConfirmedLine(at, "", LineAnswer.ACCEPTED, po_item=str(each.key))
        for at, each in enumerate(left, len(lines) + 1)
    ]


def _is_open(line: StandingLine) -> bool:
    return line.is_live and line.confirmed is None and line.is_checked_out is not False


def _notes(outcome: StepOutcome) -> tuple[str, ...]:
    unchecked = outcome.unchecked if isinstance(outcome, ConfirmationOutcome) else ()
    notes = [row.message for row in outcome.rows if row.message]
    notes += [f"line {each.line.reference}: {each.reason}" for each in unchecked]
    return tuple(dict.fromkeys(notes))


def _follow(desk: Desk, booked: BookedOrder, outcome: StepOutcome) -> None:
    """Tell everybody, and let what waited for the confirmation go on, as after a vendor's file."""
    vendor_made.tell_confirmed(desk, outcome)
    if outcome.orders:
        complete_waiting(desk, booked.number, booked.origin, booked.buyer, booked.vendor)
        vendor_made.ship_confirmed(desk, outcome)
    desk.write_stock()

"""A vendor's invoice is matched, judged, and shared with its buyer (domain 4.4 step 9, K-93, K-90).

It is used whole or not at all. It goes to the buyer's books as pending approval where both sides
want invoices shared; else it is kept and its vendor is told which side doesn't. The same number
with other content changes it: the buyer is warned, and it is reviewed again, however far it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, auto

from daemon.config import Connection, Partner
from daemon.ledger.holds import HoldKind
from daemon.ledger.moves import Cause
from daemon.ledger.states import InvoiceState
from daemon.trade.desk import Desk
from daemon.trade.invoices.book import (
    Billing,
    BookedInvoice,
    add,
    content_digest,
    invoice_numbered,
    move_invoice,
    rewrite,
)
from daemon.trade.invoices.copies import buyers_copy, judge_number
from daemon.trade.invoices.judge import judge
from daemon.trade.invoices.match import Matched, match
from daemon.trade.outcome import RowOutcome, RowStatus, StepOutcome
from daemon.trade.prices.api_fee import fee_of_goods
from daemon.trade.step import StepAtHand, hold_row
from formats.invoice_sums import line_amount
from formats.invoices import Invoice, InvoiceType
from formats.records import Purpose


class News(Enum):
    """What the buyer hears."""

    NOTHING = auto()
    NEW = auto()
    CHANGED = auto()
    VOID = auto()


@dataclass(frozen=True, slots=True)
class InvoiceOutcome(StepOutcome):
    """What became of an invoice; `booked` is None where the books have none."""

    news: News = News.NOTHING
    booked: BookedInvoice | None = None
    was: InvoiceState | None = None
    """How far it was before this file."""


def take_invoice(desk: Desk, step: StepAtHand[Invoice]) -> StepOutcome:
    """Carry out an invoice."""
    invoice = step.record
    vendor = desk.partner(step.vendor())
    if vendor is None:
        return _refused(step, f"{step.origin.name} is no vendor here, so it has nothing to bill")
    earlier = None if invoice.is_test else invoice_numbered(desk, vendor.name, invoice.number)
    digest = content_digest(invoice)
    done = _at_an_end(desk, step, earlier, digest)
    if done is not None:
        return done
    matched = match(desk, invoice, vendor)
    judge(desk, matched, earlier)
    _judge_buyer(matched, earlier)
    judge_number(desk, matched)
    if matched.problems:
        return _told_problems(step, matched)
    if matched.waits:
        return _waiting(desk, step, matched)
    return _keep(desk, step, matched, earlier, digest)


def _at_an_end(
    desk: Desk, step: StepAtHand[Invoice], earlier: BookedInvoice | None, digest: str
) -> InvoiceOutcome | None:
    """Return the outcome of a file that bills nothing new: a repetition, or one taken back."""
    is_void = earlier is not None and earlier.state is InvoiceState.VOID
    if step.record.purpose is Purpose.CANCEL:
        return _void(desk, step, earlier)
    if earlier is not None and is_void:
        return _refused(step, f"{earlier.what} is void; give the new one a number of its own")
    if earlier is None or earlier.digest != digest or _may_share_now(desk, earlier):
        return None
    said = f"{earlier.what} is {earlier.state.value}, as this file says it"
    return _answer(step, RowStatus.UNCHANGED, said, booked=earlier)


def _judge_buyer(matched: Matched, earlier: BookedInvoice | None) -> None:
    buyer = matched.buyer
    if buyer is None and not matched.problems:
        matched.wrong("who is billed can't be told; name the buyer, or its order")
    if earlier and buyer and buyer.name != earlier.buyer:
        matched.wrong(f"{earlier.what} is of {earlier.buyer}; give this one a number of its own")


def _may_share_now(desk: Desk, earlier: BookedInvoice) -> bool:
    """Whether an invoice that was not shared can be now, because both sides want it."""
    link = desk.connection(earlier.vendor, earlier.buyer)
    return not earlier.is_shared and link is not None and link.invoice_sync.is_on


def share(desk: Desk, booked: BookedInvoice, cause: Cause) -> BookedInvoice | None:
    """Share an invoice that was kept; None where it was shared before, or still may not be."""
    if not _may_share_now(desk, booked):
        return None
    return move_invoice(desk, booked, InvoiceState.PENDING_APPROVAL, cause)


def _keep(
    desk: Desk,
    step: StepAtHand[Invoice],
    matched: Matched,
    earlier: BookedInvoice | None,
    digest: str,
) -> InvoiceOutcome:
    """Write an invoice down, and share it where it may be; of a test nothing is kept (P-29)."""
    buyer = matched.buyer
    if buyer is None:
        raise AssertionError("an invoice without a buyer was refused")
    if step.record.is_test:
        return _answer(step, RowStatus.DONE, "a test: it would be taken, and nothing is kept")
    link = desk.connection(matched.vendor.name, buyer.name)
    is_shared = (link is not None and link.invoice_sync.is_on) or (
        earlier is not None and earlier.is_shared
    )
    state = InvoiceState.PENDING_APPROVAL if is_shared else InvoiceState.NOT_SHARED
    orders = tuple(matched.orders.values())
    billing = Billing(
        buyers_copy(desk, matched, buyer),
        digest,
        orders[0].booked.id if orders else None,
        tuple((each.line.line, each.first.key, each.quantity) for each in matched.lines),
        _fee(desk, matched),
    )
    source, was = (step.arrival_id, step.document_id), earlier.state if earlier else None
    if earlier is None:
        sides = (matched.vendor.name, buyer.name)
        booked = add(desk, billing, sides=sides, source=source, state=state, cause=step.cause)
    else:
        booked = rewrite(desk, earlier, billing, source)
        booked = move_invoice(desk, booked, state, step.cause)
    is_change = earlier is not None and earlier.is_shared
    news = News.CHANGED if is_change else News.NEW
    notes = [
        *matched.notes,
        *_of_fee(booked),
        *_said_of(link, buyer, booked, was, is_shared=is_shared),
    ]
    return _answer(
        step,
        RowStatus.DONE,
        "; ".join(notes) or None,
        is_warning=bool(notes),
        news=news if is_shared else News.NOTHING,
        booked=booked,
        was=was,
    )


def _fee(desk: Desk, matched: Matched) -> Decimal | None:
    """Return the transaction fee on what an invoice bills; credits and debits have none (A-08)."""
    if matched.invoice.type is not InvoiceType.INVOICE:
        return None
    costs = ((each.order.booked.id, line_amount(each.line)) for each in matched.lines)
    return fee_of_goods(desk, ((order, cost) for order, cost in costs if cost is not None))


def _of_fee(booked: BookedInvoice) -> list[str]:
    if booked.fee is None:
        return []
    due = f"{booked.fee:f} {booked.currency or ''}".strip()
    return [f"the network's transaction fee on {booked.what} is {due}, beside its total (A-08)"]


def _said_of(
    link: Connection | None,
    buyer: Partner,
    booked: BookedInvoice,
    was: InvoiceState | None,
    *,
    is_shared: bool,
) -> list[str]:
    """Return what the vendor is told of how its invoice goes on."""
    name = buyer.title or buyer.name
    if not is_shared:
        return [f"{booked.what} is kept, and {name} does not get it: {_missing(link, name)}"]
    if was is not None and was is not InvoiceState.NOT_SHARED:
        return [
            f"{booked.what} was {was.value} and is changed: {name} is warned, and it is reviewed"
            " again (K-93)"
        ]
    return []


def _missing(link: Connection | None, buyer: str) -> str:
    """Say which side has not enabled that invoices are shared."""
    if link is None:
        return f"you are not connected with {buyer}"
    sync = link.invoice_sync
    sides = [name for name, is_on in (("you", sync.vendor), (buyer, sync.buyer)) if not is_on]
    verb = "has" if sides == [buyer] else "have"
    return (
        f"{' and '.join(sides)} {verb} not enabled it. Let the operator set invoice_sync and share"
        " it"
    )


def _void(desk: Desk, step: StepAtHand[Invoice], earlier: BookedInvoice | None) -> InvoiceOutcome:
    """Take an invoice back (K-90); what it billed may be billed again."""
    if earlier is None:
        return _refused(step, f"there is no invoice {step.record.number} to take back")
    if earlier.state is InvoiceState.VOID:
        return _answer(step, RowStatus.UNCHANGED, f"{earlier.what} is void already")
    if step.record.is_test:
        return _answer(step, RowStatus.DONE, "a test: nothing is taken back")
    booked = move_invoice(desk, earlier, InvoiceState.VOID, step.cause)
    note = f"{earlier.what} was {earlier.state.value} and is void"
    return _answer(
        step,
        RowStatus.DONE,
        note if earlier.is_shared else None,
        is_warning=False,
        news=News.VOID if earlier.is_shared else News.NOTHING,
        booked=booked,
        was=earlier.state,
    )


def _told_problems(step: StepAtHand[Invoice], matched: Matched) -> StepOutcome:
    number = step.record.number
    rows = tuple(
        RowOutcome(each.line or 1, number, RowStatus.REFUSED, code=each.code, message=each.message)
        for each in matched.problems
    )
    return InvoiceOutcome(step.record, step.origin, step.document_id, step.arrival_id, rows)


def _waiting(desk: Desk, step: StepAtHand[Invoice], matched: Matched) -> StepOutcome:
    rows = tuple(
        hold_row(desk, step, HoldKind.NOT_SHIPPED, (1, number), message)
        for number, message in matched.waits
    )
    return InvoiceOutcome(step.record, step.origin, step.document_id, step.arrival_id, rows)


def _refused(step: StepAtHand[Invoice], why: str) -> InvoiceOutcome:
    return _answer(step, RowStatus.REFUSED, why)


def _answer(
    step: StepAtHand[Invoice],
    status: RowStatus,
    message: str | None,
    *,
    is_warning: bool = False,
    news: News = News.NOTHING,
    booked: BookedInvoice | None = None,
    was: InvoiceState | None = None,
) -> InvoiceOutcome:
    row = RowOutcome(1, step.record.number, status, message=message, is_warning=is_warning)
    return InvoiceOutcome(
        *(step.record, step.origin, step.document_id, step.arrival_id, (row,)),
        news=news,
        booked=booked,
        was=was,
    )

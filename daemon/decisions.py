"""What a person decides in a buyer's name: `k2kd approve`, `disapprove`, `invoices`.

Each is one posting, with the same rules and files as the buyer's own answer file. It works beside a
running daemon, which delivers what it causes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from daemon.config import Configuration
from daemon.errors import DataError, UsageError
from daemon.ledger import arrivals, mapping_sets
from daemon.ledger.moves import Cause
from daemon.ledger.posting import posting
from daemon.ledger.store import Ledger
from daemon.mapping.tables import Tables
from daemon.pipeline import vendor_made
from daemon.pipeline.steps import complete_waiting
from daemon.replies.axerrio_orders import decision_files
from daemon.replies.box_codes import tell as box_code_files
from daemon.replies.invoices import decision_files as invoice_files
from daemon.replies.invoices import share_files
from daemon.trade.desk import Desk
from daemon.trade.goods.books import CodedBoxes, boxes_coded
from daemon.trade.goods.box_code_changes import change_codes, note_forced
from daemon.trade.invoices.answers import Ruled as InvoiceRuled
from daemon.trade.invoices.answers import Ruling as InvoiceRuling
from daemon.trade.invoices.answers import rule as rule_invoice
from daemon.trade.invoices.answers import several as several_invoices
from daemon.trade.invoices.book import BookedInvoice, invoices_for, kept_back
from daemon.trade.invoices.take import share
from daemon.trade.orders.approvals import candidates, others_meant, rule, several
from daemon.trade.orders.rulings import Decided, Ruling
from daemon.trade.outcome import RowOutcome, RowStatus
from daemon.trade.step import BookedOrder, StepAtHand, order_of_key
from formats.invoices import InvoiceDecision
from formats.steps import BoxCodeChange, CodeSwap, Decision

_COMMANDS = {Decision.APPROVE: "k2kd approve", Decision.CANCEL: "k2kd disapprove"}


@dataclass(frozen=True, slots=True)
class OrderMeant:
    """Which order a person means: its number, and what tells it from others that have the same."""

    number: str
    buyer: str | None = None
    vendor: str | None = None
    is_test: bool | None = None


def decide(
    ledger: Ledger,
    site: Configuration,
    tables: Tables,
    today: date,
    *,
    meant: OrderMeant,
    decision: Decision,
    by: str,
    reason: str | None = None,
) -> Decided:
    """Approve or cancel the order that is `meant`.

    UsageError where none is, or several are; DataError where the order is past the decision.
    """
    with posting(ledger) as post:
        desk = Desk(post, site, tables, today)
        mapping_sets.use(post.conn, site.host, tables.hash, tables.files)
        booked = order_meant(desk, meant, decision)
        ruling = Ruling(decision, by, reason, Cause(f"{_COMMANDS[decision]} by {by}"))
        decided = rule(desk, booked, ruling)
        if decided.status is RowStatus.REFUSED:
            raise DataError("decision", decided.message or f"{booked.what} is past this decision")
        for file in decision_files(desk, decided):
            post.send(file, arrival_id=booked.arrival_id, document_id=booked.document_id)
        if decided.order is not None:
            vendor_made.carry_on(desk, decided.order)
            complete_waiting(desk, booked.number, booked.origin, booked.buyer, booked.vendor)
        desk.write_stock()
        arrivals.settle_all(post.conn)
        return decided


def order_meant(desk: Desk, meant: OrderMeant, decision: Decision) -> BookedOrder:
    """Return the order, or the purchase put into one, that a person means; UsageError for none, and
    for several."""
    found = candidates(
        desk, meant.number, buyer=meant.buyer, vendor=meant.vendor, is_test=meant.is_test
    )
    if not found:
        found = others_meant(
            desk,
            meant.number,
            decision,
            buyer=meant.buyer,
            vendor=meant.vendor,
            is_test=meant.is_test,
        )
    if not found:
        raise UsageError(f"there is no such order {meant.number}; list them with: k2kd orders")
    if len(found) > 1:
        raise UsageError(f"{several(found)}; name one with --vendor or --buyer")
    return found[0]


def force_box_code(
    ledger: Ledger,
    site: Configuration,
    tables: Tables,
    today: date,
    *,
    vendor: str,
    swap: CodeSwap,
    by: str,
) -> RowOutcome:
    """Give a vendor's box another code although its buyer has received it (domain 7, L-06).

    Only a person at this site can; who it was stands in `moves`. The buyer is told of the code and
    the vendor gets new labels. UsageError where the vendor has no such box, DataError for a code
    that no box may have, or that another has.
    """
    with posting(ledger) as post:
        desk = Desk(post, site, tables, today)
        mapping_sets.use(post.conn, site.host, tables.hash, tables.files)
        origin = desk.partner(vendor)
        boxes = boxes_coded(desk, {swap.current}, vendor=vendor).get(swap.current, CodedBoxes()).now
        if origin is None or not boxes:
            raise UsageError(
                f"{vendor} has no box with the code {swap.current}; look for it with: k2kd goods"
                f" --box {swap.current}"
            )
        booked = order_of_key(desk, boxes[0].order_id)
        step = StepAtHand(
            BoxCodeChange(swaps=(swap,)), origin, booked.arrival_id, booked.document_id
        )
        outcome = change_codes(desk, step, is_forced=True)
        (row,) = outcome.rows
        if row.status is RowStatus.REFUSED:
            raise DataError("box-code", row.message or f"{swap.new} can't be the code of a box")
        if row.status is RowStatus.DONE:
            note_forced(post, boxes[0].id, swap, by)
        for file in box_code_files(desk, outcome):
            post.send(file, arrival_id=booked.arrival_id, document_id=booked.document_id)
        desk.write_stock()
        return row


def approve_invoice(
    ledger: Ledger,
    site: Configuration,
    tables: Tables,
    today: date,
    *,
    number: str,
    vendor: str | None,
    by: str,
    reason: str | None = None,
) -> InvoiceRuled:
    """Approve the invoice of `number`.

    UsageError where there is none, or several; DataError where it is past the decision.
    """
    with posting(ledger) as post:
        desk = Desk(post, site, tables, today)
        mapping_sets.use(post.conn, site.host, tables.hash, tables.files)
        found = invoices_for(desk, number, vendor=vendor)
        if not found:
            raise UsageError(f"there is no invoice {number}; list them with: k2kd invoices list")
        if len(found) > 1:
            raise UsageError(f"{several_invoices(found)} with --vendor")
        booked = found[0]
        cause = Cause(f"k2kd invoices approve by {by}")
        ruled = rule_invoice(
            desk, booked, InvoiceRuling(InvoiceDecision.APPROVE, by, reason, cause)
        )
        if ruled.status is RowStatus.REFUSED:
            raise DataError("invoice", ruled.message or f"{booked.what} is past this decision")
        for file in invoice_files(desk, ruled):
            post.send(file, arrival_id=booked.arrival_id, document_id=booked.document_id)
        arrivals.settle_all(post.conn)
        return ruled


def share_invoices(
    ledger: Ledger, site: Configuration, tables: Tables, today: date, *, by: str
) -> list[BookedInvoice]:
    """Share every invoice that was kept and that both of its sides want shared now."""
    with posting(ledger) as post:
        desk = Desk(post, site, tables, today)
        mapping_sets.use(post.conn, site.host, tables.hash, tables.files)
        cause = Cause(f"k2kd invoices share by {by}")
        found = [share(desk, booked, cause) for booked in kept_back(desk)]
        shared = [booked for booked in found if booked is not None]
        for booked in shared:
            for file in share_files(desk, booked):
                post.send(file, arrival_id=booked.arrival_id, document_id=booked.document_id)
        arrivals.settle_all(post.conn)
        return shared

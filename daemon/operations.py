"""What a person does to the books: release, reject, replay, and put waiting stock on sale.

Each is one posting. They work beside a running daemon, which delivers what they cause; without one
it is delivered at the next start.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from daemon.completing import Completed, answering_form, complete, redrive, settle
from daemon.config import Configuration
from daemon.errors import DataError, UsageError
from daemon.ledger import arrivals, holds, mapping_sets, transfers
from daemon.ledger.holds import Hold, HoldKind
from daemon.ledger.posting import Posting, posting
from daemon.ledger.states import ArrivalState, HoldState
from daemon.ledger.store import Ledger
from daemon.mapping.tables import Tables
from daemon.pipeline.arrival import quarantine
from daemon.pipeline.documents import reply
from daemon.pipeline.steps import is_step, refuse_step
from daemon.trade.desk import Desk
from daemon.trade.redrive import refuse_order
from daemon.trade.stock.remap import remap_lots
from daemon.trade.stock.staged import settle_vendor
from daemon.trade.stock.staging import confirm

__all__ = ["Completed", "redrive"]

OF_STOCK = (HoldKind.NO_PACK, HoldKind.STAGED, HoldKind.REMAPPED)
"""Kinds of holds that, on a lot, keep stock from being on sale, or from being mapped anew."""


def release(
    ledger: Ledger, site: Configuration, tables: Tables, today: date, hold_id: int
) -> Completed:
    """Let what a hold stopped go on, on a person's word.

    A control number conflict makes the arrival be read again; an order takes the place of the
    earlier one with its number. An unmapped code can't be released: it is mapped. Nor can a step
    whose order has not come: UsageError, and nothing is changed.
    """
    with posting(ledger) as post:
        hold = _open_hold(post, hold_id)
        desk = Desk(post, site, tables, today)
        mapping_sets.use(post.conn, site.host, tables.hash, tables.files)
        if hold.kind is HoldKind.UNMAPPED:
            raise UsageError(f"hold {hold_id} ends when its code is mapped: {hold.message}")
        if hold.kind is HoldKind.OVERSOLD:
            raise UsageError(
                f"hold {hold_id} ends when the vendor's file offers enough: {hold.message}"
            )
        if hold.kind in OF_STOCK and hold.lot_id is not None:
            return _release_stock(desk, hold)
        holds.end(post.conn, [hold_id], HoldState.RELEASED)
        if hold.kind is HoldKind.EXCEPTION:
            return Completed(holds=1)
        if hold.kind in holds.OF_FILES:
            if hold.outgoing_id is not None:
                transfers.reached(post.conn, [hold.outgoing_id], "a person's word")
            return Completed(holds=1)
        if hold.kind is HoldKind.CONTROL_NUMBER and hold.arrival_id is not None:
            arrivals.retry(post.conn, hold.arrival_id, is_replay=False)
            return Completed(holds=1)
        if hold.document_id is None:
            raise UsageError(f"hold {hold_id} has no document to go on with")
        outcomes = complete(desk, [hold.document_id], may_replace=True)
        _check_that_it_goes_on(post, hold)
        settle(desk, [hold])
    return Completed(tuple(outcomes), holds=1)


def _release_stock(desk: Desk, hold: Hold) -> Completed:
    """Put staged lots on sale, or map sold ones anew, if nothing is in the way any more."""
    lots = 0
    if hold.kind is HoldKind.REMAPPED:
        lots = remap_lots(desk)
    elif (vendor := desk.partner(hold.vendor)) is not None:
        lots = confirm(desk, vendor) if hold.kind is HoldKind.STAGED else 0
        settle_vendor(desk, vendor.name)
    desk.post.flush()
    if holds.get(desk.post.conn, hold.id).state is HoldState.OPEN:
        raise UsageError(f"hold {hold.id} ends when what it waits for is there: {hold.message}")
    settle(desk, [hold])
    return Completed(lots=lots, holds=1)


def confirm_stock(
    ledger: Ledger,
    site: Configuration,
    tables: Tables,
    today: date,
    *,
    vendor: str,
    products: Collection[str] = (),
) -> int:
    """Put a vendor's offers on sale that wait for nothing but a person's word (M-13).

    Only those of `products` where any is named. Returns how many lots that were.
    """
    with posting(ledger) as post:
        desk = Desk(post, site, tables, today)
        mapping_sets.use(post.conn, site.host, tables.hash, tables.files)
        seller = desk.partner(vendor)
        if seller is None:
            raise UsageError(f"no partner is called {vendor[:40]}; see k2kd.toml")
        lots = confirm(desk, seller, products)
        post.flush()
        settle(desk, [])
    return lots


def _check_that_it_goes_on(post: Posting, released: Hold) -> None:
    """Refuse a release after which the very same thing waits again: nobody's word ends that."""
    if released.document_id is None:
        return
    post.flush()
    for again in holds.of_document(post.conn, released.document_id):
        if again.kind is released.kind and again.place == released.place:
            raise UsageError(
                f"hold {released.id} can't be released, because what it waits for is not there:"
                f" {again.message}. It goes on by itself when that comes; to refuse it: k2kd reject"
                f" {released.id}"
            )


def _open_hold(post: Posting, hold_id: int) -> Hold:
    hold = holds.get(post.conn, hold_id)
    if hold.state is not HoldState.OPEN:
        raise UsageError(f"hold {hold_id} is {hold.state.value} already")
    return hold


def reject(
    ledger: Ledger, site: Configuration, tables: Tables, today: date, *, hold_id: int, reason: str
) -> None:
    """End a hold by refusing what it stopped; the sender is told `reason`."""
    with posting(ledger) as post:
        hold = _open_hold(post, hold_id)
        if hold.kind is HoldKind.EXCEPTION:
            # Its sender has been told already; here it is only put aside.
            holds.end(post.conn, [hold_id], HoldState.REJECTED)
            return
        if hold.arrival_id is None or hold.kind in holds.OF_FILES:
            raise UsageError(
                f"hold {hold_id} is on a file of ours, so there is nobody to refuse; end it with:"
                f" k2kd release {hold_id}"
            )
        desk = Desk(post, site, tables, today)
        mapping_sets.use(post.conn, site.host, tables.hash, tables.files)
        partner = desk.partner(hold.partner)
        if partner is None:
            raise UsageError(f"partner {hold.partner} is no longer in the site's configuration")
        if hold.lot_id is not None:
            # The lot stays as it is, staged or short; only nobody is asked about it any more.
            holds.end(post.conn, [hold_id], HoldState.REJECTED)
            settle(desk, [hold])
            return
        together = holds.of_document(post.conn, hold.document_id) if hold.document_id else [hold]
        holds.end(post.conn, [h.id for h in together], HoldState.REJECTED)
        if hold.document_id is not None:
            _refuse_document(desk, hold.document_id, reason)
        else:
            arrival = arrivals.get(post.conn, hold.arrival_id)
            ending = quarantine(desk, partner, arrival, "rejected", reason)
            arrivals.finish(
                post.conn,
                arrival.id,
                ArrivalState.QUARANTINED,
                code=ending.code,
                reason=ending.reason,
            )
        settle(desk, together)


def _refuse_document(desk: Desk, document_id: int, reason: str) -> None:
    """Refuse a held document as a whole, and answer it so."""
    if is_step(desk, document_id):
        refuse_step(desk, document_id, reason)
        return
    outcome = refuse_order(desk, document_id, reason)
    reply(desk, outcome, answering_form(desk, outcome.arrival_id))


def replay(ledger: Ledger, arrival_id: int) -> None:
    """Work on an arrival again on purpose: what had an effect is only answered again."""
    with posting(ledger) as post:
        arrival = arrivals.get(post.conn, arrival_id)
        if arrival.data is None and arrival.spool is None:
            raise DataError("no-bytes", f"the bytes of arrival {arrival_id} are past retention")
        arrivals.retry(post.conn, arrival_id, is_replay=True)

"""What a person does to the books: release, reject, replay; and what a new mapping row completes.

Each is one posting. They work beside a running daemon, which delivers what they cause; without one
it is delivered at the next start.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from daemon.config import Configuration
from daemon.errors import DataError, EnvironmentFault, UsageError
from daemon.ledger import arrivals, holds, mapping_sets, transfers
from daemon.ledger.holds import Hold, HoldKind
from daemon.ledger.posting import Posting, posting
from daemon.ledger.schema import arrivals as arrival_table
from daemon.ledger.schema import documents
from daemon.ledger.states import ArrivalState, DocumentState, HoldState
from daemon.ledger.store import Ledger
from daemon.mapping.tables import Tables
from daemon.pipeline.arrival import quarantine
from daemon.pipeline.documents import complete_waiting_for, reply
from daemon.pipeline.steps import complete_step, is_step, refuse_step
from daemon.trade.desk import Desk
from daemon.trade.freed import resolved
from daemon.trade.outcome import OrderOutcome
from daemon.trade.redrive import complete_order, ready_documents, refuse_order
from daemon.trade.stock.remap import is_remapped, remap_lots, vendors_staging
from daemon.trade.stock.staged import complete_lots, settle_vendor
from daemon.trade.stock.staging import confirm
from formats.identify import Format

OF_STOCK = (HoldKind.NO_PACK, HoldKind.STAGED, HoldKind.REMAPPED)
"""Kinds of holds that, on a lot, keep stock from being on sale, or from being mapped anew."""
LOTS = 0
"""Stands for the waiting stock, where a failure names a document."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A document (or `LOTS`) that could not be completed; it stays held."""

    document_id: int
    error: Exception


@dataclass(frozen=True, slots=True)
class Completed:
    """What a set of mapping tables, or a release, completed."""

    orders: tuple[OrderOutcome, ...] = ()
    lots: int = 0
    holds: int = 0
    """Holds that ended."""
    failures: tuple[Failure, ...] = ()
    has_more: bool = False
    """Whether documents are left that the tables free."""


def redrive(
    ledger: Ledger,
    site: Configuration,
    tables: Tables,
    today: date,
    *,
    skipped: Collection[int] = (),
    most: int | None = None,
) -> Completed:
    """Complete every document and lot that `site` and `tables` free (domain 9.5, M-02).

    Each document is a posting of its own, so that one that fails holds up none of the others; those
    in `skipped` failed before with the same tables and are left alone. Not more than `most`
    documents are completed at a time. Also where they free nothing, it is noted that the tables
    are in use: a start that finds its files spoilt must not go back behind them.
    """
    with ledger.read() as conn:
        is_noted = mapping_sets.is_in_use(conn, site.host, tables.hash)
        ended = resolved(conn, site, tables, today)
        ready = [d for d in ready_documents(conn, ended) if d not in skipped]
        is_stale = not is_remapped(conn, site, tables)
    if not is_noted:
        with posting(ledger) as post:
            mapping_sets.use(post.conn, site.host, tables.hash, tables.files)
    if not ended and not is_stale:
        return Completed()
    outcomes: list[OrderOutcome] = []
    failures: list[Failure] = []
    lots = 0
    if LOTS not in skipped:
        try:
            lots = _redrive_lots(ledger, site, tables, today)
        except EnvironmentFault:
            raise
        # As below: what fails on stock must not keep orders, or the daemon, from going on.
        except Exception as error:
            failures.append(Failure(LOTS, error))
    for document_id in ready[:most]:
        try:
            outcomes += _redrive_document(ledger, site, tables, today, document_id=document_id)
        except EnvironmentFault:
            raise
        # A bug met on one document must not keep the others, or the daemon, from going on.
        except Exception as error:
            failures.append(Failure(document_id, error))
    has_more = most is not None and len(ready) > most
    return Completed(tuple(outcomes), lots, len(ended) - len(failures), tuple(failures), has_more)


def _redrive_lots(ledger: Ledger, site: Configuration, tables: Tables, today: date) -> int:
    """Bring the stock in line with the tables (M-14), and put on sale what waited for them."""
    with posting(ledger) as post:
        ended = resolved(post.conn, site, tables, today, lots_only=True)
        is_stale = not is_remapped(post.conn, site, tables)
        if not ended and not is_stale:
            return 0
        desk = Desk(post, site, tables, today)
        mapping_sets.use(post.conn, site.host, tables.hash, tables.files)
        lots = remap_lots(desk) if is_stale else 0
        holds.end(post.conn, [hold.id for hold in ended], HoldState.RELEASED)
        waiting = {hold.partner for hold in ended} | (vendors_staging(desk) if is_stale else set())
        lots += complete_lots(desk, waiting) if waiting else 0
        _settle(desk, ended)
        return lots


def _redrive_document(
    ledger: Ledger, site: Configuration, tables: Tables, today: date, *, document_id: int
) -> list[OrderOutcome]:
    with posting(ledger) as post:
        if not _is_order(post, document_id):
            return []
        desk = Desk(post, site, tables, today)
        mapping_sets.use(post.conn, site.host, tables.hash, tables.files)
        waiting = holds.of_document(post.conn, document_id)
        outcomes = _complete(desk, [document_id])
        _settle(desk, waiting)
        return outcomes


def _is_order(post: Posting, document_id: int) -> bool:
    query = select(documents.c.record, documents.c.state).where(documents.c.id == document_id)
    row = post.conn.execute(query).first()
    return row is not None and row.record is not None and row.state == DocumentState.HELD.value


def _complete(desk: Desk, ready: Sequence[int], *, may_replace: bool = False) -> list[OrderOutcome]:
    outcomes: list[OrderOutcome] = []
    for document_id in ready:
        if is_step(desk, document_id):
            complete_step(desk, document_id, _form(desk, _arrival_of(desk, document_id)))
            continue
        outcome = complete_order(desk, document_id, may_replace=may_replace)
        reply(desk, outcome, _form(desk, outcome.arrival_id))
        complete_waiting_for(desk, outcome)
        outcomes.append(outcome)
    return outcomes


def _arrival_of(desk: Desk, document_id: int) -> int:
    query = select(documents.c.arrival_id).where(documents.c.id == document_id)
    return int(desk.post.conn.execute(query).scalar_one())


def _form(desk: Desk, arrival_id: int) -> Format:
    """Return the format an arrival came in, in which it is answered."""
    query = select(arrival_table.c.format).where(arrival_table.c.id == arrival_id)
    return Format(desk.post.conn.execute(query).scalar_one())


def _settle(desk: Desk, ended: Sequence[Hold]) -> None:
    """Write the stock, and post the arrivals that nothing holds any more."""
    desk.write_stock()
    arrivals.settle_all(desk.post.conn)


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
        outcomes = _complete(desk, [hold.document_id], may_replace=True)
        _check_that_it_goes_on(post, hold)
        _settle(desk, [hold])
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
    _settle(desk, [hold])
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
        _settle(desk, [])
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
            _settle(desk, [hold])
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
        _settle(desk, together)


def _refuse_document(desk: Desk, document_id: int, reason: str) -> None:
    """Refuse a held document as a whole, and answer it so."""
    if is_step(desk, document_id):
        refuse_step(desk, document_id, reason)
        return
    outcome = refuse_order(desk, document_id, reason)
    reply(desk, outcome, _form(desk, outcome.arrival_id))


def replay(ledger: Ledger, arrival_id: int) -> None:
    """Work on an arrival again on purpose: what had an effect is only answered again."""
    with posting(ledger) as post:
        arrival = arrivals.get(post.conn, arrival_id)
        if arrival.data is None and arrival.spool is None:
            raise DataError("no-bytes", f"the bytes of arrival {arrival_id} are past retention")
        arrivals.retry(post.conn, arrival_id, is_replay=True)

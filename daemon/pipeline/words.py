"""What goes on by itself once an order taught a vendor's words for a product (A-04, M-02)."""

from __future__ import annotations

from daemon.errors import UnwritableError, UsageError
from daemon.ledger import holds as hold_book
from daemon.ledger.holds import HoldKind
from daemon.ledger.states import HoldState
from daemon.pipeline.documents import complete_waiting_for, reply
from daemon.trade.desk import Desk
from daemon.trade.freed import resolved
from daemon.trade.redrive import complete_order, ready_documents
from daemon.trade.step import form_of
from daemon.trade.stock.staged import complete_lots


def let_words_follow(desk: Desk, vendor: str) -> int:
    """Go on with what waited for words of a vendor that an order taught; return how many files."""
    desk.write_stock()
    ended = [
        each
        for each in resolved(desk.post.conn, desk.site, desk.tables, desk.today)
        if each.kind is HoldKind.UNMAPPED and vendor in (each.partner, each.vendor)
    ]
    if any(each.lot_id is not None for each in ended):
        lots = [each.id for each in ended if each.lot_id is not None]
        hold_book.end(desk.post.conn, lots, HoldState.RELEASED)
        complete_lots(desk, {vendor})
    files = 0
    of_orders = [each for each in ended if each.lot_id is None]
    for document_id in ready_documents(desk.post.conn, of_orders):
        try:
            with desk.post.attempt():
                outcome = complete_order(desk, document_id)
                files += reply(desk, outcome, form_of(desk, document_id))
                files += complete_waiting_for(desk, outcome)
        except (UnwritableError, UsageError):
            # It goes on waiting; when the tables change it is tried again, and then a person told.
            desk.stock.lots.clear()
    return files

"""Learns a vendor's words for a product from an order of the API that names it by code (A-04).

Only words that nobody knows yet are learnt, and never those of an assorted box, whose name may
stand for other contents each time (U-21). What a person writes into `products.csv` goes before an
alias.
"""

from __future__ import annotations

from collections.abc import Iterator

from daemon.ledger import schema
from daemon.ledger.documents import add_findings
from daemon.ledger.states import OrderState
from daemon.mapping.rows import Kind
from daemon.trade.aliases import alias_key
from daemon.trade.desk import Desk
from daemon.trade.outcome import OrderOutcome
from formats.findings import Finding, warning
from formats.records import OrderLine

_OVER = (OrderState.REJECTED, OrderState.CANCELLED)


def learn_aliases(desk: Desk, outcome: OrderOutcome) -> bool:
    """Write down what the lines of an order of the API call products that their codes name.

    Tells whether any words are new.
    """
    vendor, order = outcome.vendor, outcome.order
    is_new = outcome.repeats_document is None and outcome.state not in _OVER
    if vendor is None or order.is_test or not is_new or outcome.order_id is None:
        return False
    before = len(desk.post.rows.get(schema.vendor_aliases.name, ()))
    notes = [note for line in order.lines for note in _learn(desk, outcome, vendor.name, line)]
    add_findings(desk.post, notes, arrival_id=outcome.arrival_id, document_id=outcome.document_id)
    return len(desk.post.rows.get(schema.vendor_aliases.name, ())) > before


def _learn(desk: Desk, outcome: OrderOutcome, vendor: str, line: OrderLine) -> Iterator[Finding]:
    """Learn the words of one line; yield what a person should know of it."""
    code = line.seller_item or line.buyer_item or line.gtin
    if line.product is None or not line.description or not code or line.contents:
        return
    known = desk.aliases.product(vendor, line.description)
    if known is not None:
        if known != line.product:
            text = (
                f"line {line.reference}: {line.description} means {known} of {vendor} already, so"
                f" it is not learnt for {line.product}; a row of products.csv decides"
            )
            yield warning("alias.exists", text)
        return
    partners = (vendor, outcome.origin.name)
    if any(_is_known(desk, partner, vendor, line.description) for partner in partners):
        return
    desk.post.add(
        schema.vendor_aliases,
        {
            "arrival_id": outcome.arrival_id,
            "document_id": outcome.document_id,
            "vendor": vendor,
            "key": alias_key(line.description),
            "description": line.description[: schema.MOST_KEY],
            "product": line.product,
        },
    )
    desk.aliases.note(vendor, line.description, line.product)


def _is_known(desk: Desk, partner: str, vendor: str, description: str) -> bool:
    """Tell whether a row, or our own list, says what the words mean."""
    asked = (Kind.PRODUCTS, partner, (), description)
    if desk.tables.deciding_row(*asked, vendor=vendor, on=desk.today) is not None:
        return True
    return desk.tables.resolve_any(*asked, vendor=vendor, on=desk.today) is not None

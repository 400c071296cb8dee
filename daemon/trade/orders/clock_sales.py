"""What an EKT of a vendor's own system tells of: clock sales, which are over, and direct sales.

A sale at a clock was bought when the hammer fell: nobody can approve it any more, so it is kept for
people to see, as every other partner's EKT is. A sale that the system made outside of the clock (it
has the supplier's number, and no transaction of a marketplace) is an order in that system like any
other, and waits for its buyer (domain 8.2). Preliminary statements only announce; the final one
says what was sold. Decision 0011 says why.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal

from daemon.config import Partner
from daemon.trade.orders.systems import speaks_for_vendor
from formats.documents import ReadDocument
from formats.florecom.names import number_of_message
from formats.records import OrderLine, PurchaseOrder, copy_of
from formats.transactions import MarketTransactions, Sale

MAX_REFERENCE = 20
_BOX = "BX"
"""Packaging units, as 6411 has them."""


def with_direct_sales(origin: Partner, documents: Iterable[ReadDocument]) -> Iterator[ReadDocument]:
    """Yield the documents of a file, where direct sales of a vendor's system are orders."""
    for document in documents:
        record = document.record
        if isinstance(record, MarketTransactions) and record.is_final and speaks_for_vendor(origin):
            yield from _split(document, record)
        else:
            yield document


def _split(document: ReadDocument, record: MarketTransactions) -> Iterator[ReadDocument]:
    """Yield an order for each number of direct sales, and the clock sales as they were."""
    direct: dict[str, list[Sale]] = {}
    for sale in record.sales:
        if number := _number(sale):
            direct.setdefault(number, []).append(sale)
    kept = tuple(sale for sale in record.sales if _number(sale) is None)
    findings = document.findings
    if kept or not direct:
        clock = record.model_copy(update={"sales": kept})
        yield replace(document, record=clock)
        findings = ()
    for number, sales in direct.items():
        order = _order(record, number, sales)
        digest = hashlib.sha256(order.model_dump_json().encode()).hexdigest()
        yield replace(document, record=order, findings=findings, digest=digest)
        findings = ()


def _number(sale: Sale) -> str | None:
    """Return the number of the order that a direct sale is of; None for one of a clock.

    It is the buyer's, else the supplier's, by which a direct sale is known.
    """
    if sale.transaction is not None:
        return None
    number = sale.order_number or sale.supplier_reference
    return number_of_message(number) if number else None


def _order(record: MarketTransactions, number: str, sales: list[Sale]) -> PurchaseOrder:
    return PurchaseOrder(
        number=number,
        is_test=record.is_test,
        order_date=record.traded_on,
        buyer=record.buyer,
        vendor=record.vendor,
        ship_to=record.ship_to,
        currency=record.currency,
        lines=tuple(_lines(sales)),
    )


def _lines(sales: list[Sale]) -> Iterator[OrderLine]:
    """Yield a line for each sale: its packaging units, called by the supplier's number."""
    seen: set[str] = set()
    for at, sale in enumerate(sales, 1):
        name = sale.supplier_reference or ""
        reference = str(at) if not name or len(name) > MAX_REFERENCE or name in seen else name
        seen.add(reference)
        line = copy_of(sale.line)
        line.line, line.reference = at, reference
        line.quantity, line.unit = Decimal(sale.packs or 0), _BOX
        yield line

"""An XML file on its way: Florecom orders, answers and supply, and packing lists.

The format itself is answered only where its layout has an answer (an order response); what was left
out of a file, and what became of a supply, is told in an advice file as for a CSV.
"""

from __future__ import annotations

from daemon.config import Partner
from daemon.ledger.arrivals import Arrival
from daemon.ledger.posting import OutgoingFile
from daemon.pipeline.documents import Taken, Tally
from daemon.pipeline.handling import Handling
from daemon.replies.advice import order_advice, order_counts, quarantine_advice, stock_advice
from daemon.trade.desk import Desk
from daemon.trade.orders.parties import as_party
from formats import markup
from formats.documents import ReadDocument
from formats.identify import Format
from formats.records import InventoryAdvice, PurchaseOrder


def post_xml(desk: Desk, partner: Partner, arrival: Arrival, data: bytes) -> Tally:
    """Post the documents of an XML file; one that can't be used is answered with its errors."""
    work = Handling(desk, partner, arrival, Format.XML)
    documents = markup.read(data, desk.limits, vendor=as_party(partner)).documents()
    for position, document in enumerate(documents, 1):
        taken = work.take(document, position)
        if (file := _advice(work, document, taken)) is not None:
            work.answer(file)
    return work.tally


def _advice(work: Handling, document: ReadDocument, taken: Taken) -> OutgoingFile | None:
    """Return what no answer to the document itself tells its sender."""
    record = document.record
    if record is None and work.tally.refusal is not None:
        return quarantine_advice(work.desk, work.partner, work.arrival, *work.tally.refusal)
    if isinstance(record, InventoryAdvice):
        return stock_advice(work.partner, work.arrival, taken.stock, document)
    if isinstance(record, PurchaseOrder) and document.findings:
        counts = order_counts(
            work.desk, work.arrival, {taken.state: 1}, document_id=taken.document_id
        )
        return order_advice(work.partner, work.arrival, counts, document.findings)
    return None

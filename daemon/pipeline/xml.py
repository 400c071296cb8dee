"""An XML file on its way: Florecom orders, answers and supply, and packing lists.

The format itself is answered only where its layout has an answer (an order response); what was left
out of a file, and what became of a supply, is told in an advice file as for a CSV.
"""

from __future__ import annotations

from daemon.config import Partner
from daemon.ledger.arrivals import Arrival
from daemon.pipeline.documents import Taken, Tally, take
from daemon.replies.advice import order_advice, quarantine_advice, stock_advice
from daemon.trade.desk import Desk
from formats import markup
from formats.documents import ReadDocument
from formats.identify import Format
from formats.limits import Limits
from formats.records import InventoryAdvice, Party, PurchaseOrder
from formats.tabular.advice import Counts


def post_xml(desk: Desk, partner: Partner, arrival: Arrival, data: bytes) -> Tally:
    """Post the documents of an XML file; one that can't be used is answered with its errors."""
    limits = Limits(file_bytes=desk.site.limits.file_bytes)
    vendor = Party(code=partner.name, name=partner.title or None)
    tally = Tally()
    for position, document in enumerate(markup.read(data, limits, vendor=vendor).documents(), 1):
        taken = take(desk, partner, arrival, document, position=position, form=Format.XML)
        tally.add(taken, document.findings)
        _advise(desk, partner, arrival, document, taken=taken, tally=tally)
    return tally


def _advise(
    desk: Desk,
    partner: Partner,
    arrival: Arrival,
    document: ReadDocument,
    *,
    taken: Taken,
    tally: Tally,
) -> None:
    """Tell the sender what no answer to the document itself says."""
    record, file = document.record, None
    if record is None and tally.refusal is not None:
        file = quarantine_advice(desk, partner, arrival, *tally.refusal)
    elif isinstance(record, InventoryAdvice):
        file = stock_advice(partner, arrival, taken.stock, document)
    elif isinstance(record, PurchaseOrder) and document.findings:
        file = order_advice(partner, arrival, Counts(1, 1), document.findings)
    if file is not None:
        desk.post.send(file, arrival_id=arrival.id, document_id=None)
        tally.files += 1

"""A JSON file on its way: an Axerrio system's order (domain 8), a step, a body in the shape of the
trade's public interface (domain 8.4), or a packing list.
"""

from __future__ import annotations

from daemon.config import Partner
from daemon.ledger.arrivals import Arrival
from daemon.ledger.posting import OutgoingFile
from daemon.pipeline.documents import Taken, Tally, take
from daemon.replies.advice import order_advice, quarantine_advice, stock_advice
from daemon.trade.desk import Desk
from formats import json_kinds
from formats.documents import ReadDocument
from formats.identify import Format
from formats.limits import Limits
from formats.records import InventoryAdvice, Party, PurchaseOrder
from formats.tabular.advice import Counts


def post_axerrio(desk: Desk, partner: Partner, arrival: Arrival, data: bytes) -> Tally:
    """Post the documents of a JSON file; one that can't be used is answered with its errors."""
    limits = Limits(file_bytes=desk.site.limits.file_bytes)
    tally = Tally()
    documents = json_kinds.read(data, limits, vendor=Party(code=partner.vendor or partner.name))
    for position, document in enumerate(documents, 1):
        taken = take(desk, partner, arrival, document, position=position, form=Format.JSON)
        tally.add(taken, document.findings)
        if document.record is None and tally.refusal is not None:
            file = quarantine_advice(desk, partner, arrival, *tally.refusal)
            desk.post.send(file, arrival_id=arrival.id, document_id=None)
            tally.files += 1
        elif (advice := _advice(partner, arrival, document, taken)) is not None:
            desk.post.send(advice, arrival_id=arrival.id, document_id=None)
            tally.files += 1
    return tally


def _advice(
    partner: Partner, arrival: Arrival, document: ReadDocument, taken: Taken
) -> OutgoingFile | None:
    """Return what the answer to a document doesn't say: what became of an offer, or was left out.

    A document of a contract, which has a message id, is answered whole.
    """
    if isinstance(document.record, InventoryAdvice):
        return stock_advice(partner, arrival, taken.stock, document)
    is_left_out = document.findings and not document.control
    if isinstance(document.record, PurchaseOrder) and is_left_out:
        return order_advice(partner, arrival, Counts(1, 1), document.findings)
    return None

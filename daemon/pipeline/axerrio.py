"""A JSON file on its way: an Axerrio system's order (domain 8), a step, a body in the shape of the
trade's public interface (domain 8.4), or a packing list.
"""

from __future__ import annotations

from daemon.config import Partner
from daemon.ledger.arrivals import Arrival
from daemon.ledger.posting import OutgoingFile
from daemon.pipeline.documents import Taken, Tally
from daemon.pipeline.handling import Handling
from daemon.replies.advice import quarantine_advice, stock_advice
from daemon.trade.desk import Desk
from daemon.trade.orders.systems import speaks_for_vendor
from formats import json_kinds
from formats.documents import ReadDocument
from formats.identify import Format
from formats.records import AxerrioOrder, InventoryAdvice, Party, PurchaseOrder


def post_axerrio(desk: Desk, partner: Partner, arrival: Arrival, data: bytes) -> Tally:
    """Post the documents of a JSON file; one that can't be used is answered with its errors."""
    work = Handling(desk, partner, arrival, Format.JSON)
    vendor = Party(code=partner.vendor or partner.name)
    is_vendors = speaks_for_vendor(partner)
    documents = json_kinds.read(data, desk.limits, vendor=vendor, is_vendors=is_vendors)
    for position, document in enumerate(documents, 1):
        if isinstance(document.record, PurchaseOrder | AxerrioOrder):
            desk.findings[arrival.id, document.record.number] = document.findings
        taken = work.take(document, position)
        if (file := _advice(work, document, taken)) is not None:
            work.answer(file)
    return work.tally


def _advice(work: Handling, document: ReadDocument, taken: Taken) -> OutgoingFile | None:
    """Return what the answer to a document doesn't say: what became of an offer, or was left out.

    An order is answered whole, with what was found in it.
    """
    record = document.record
    if record is None and work.tally.refusal is not None:
        return quarantine_advice(work.desk, work.partner, work.arrival, *work.tally.refusal)
    if isinstance(record, InventoryAdvice):
        return stock_advice(work.partner, work.arrival, taken.stock, document)
    return None

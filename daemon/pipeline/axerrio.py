"""A JSON file on its way: `floral.order/1` of an Axerrio system (domain 8), or `k2k.steps/1`."""

from __future__ import annotations

from daemon.config import Partner
from daemon.ledger.arrivals import Arrival
from daemon.pipeline.documents import Tally, take
from daemon.replies.advice import quarantine_advice
from daemon.trade.desk import Desk
from formats.axerrio.order import read_order
from formats.identify import Format
from formats.limits import Limits
from formats.records import Party
from formats.steps_json import is_step_file, read_steps


def post_axerrio(desk: Desk, partner: Partner, arrival: Arrival, data: bytes) -> Tally:
    """Post the documents of a JSON file; one that can't be used is answered with its errors."""
    limits = Limits(file_bytes=desk.site.limits.file_bytes)
    tally = Tally()
    if is_step_file(data, limits):
        documents = read_steps(data, limits, vendor=Party(code=partner.vendor or partner.name))
    else:
        documents = read_order(data, limits)
    for position, document in enumerate(documents, 1):
        taken = take(desk, partner, arrival, document, position=position, form=Format.JSON)
        tally.add(taken, document.findings)
        if document.record is None and tally.refusal is not None:
            file = quarantine_advice(desk, partner, arrival, *tally.refusal)
            desk.post.send(file, arrival_id=arrival.id, document_id=None)
            tally.files += 1
    return tally

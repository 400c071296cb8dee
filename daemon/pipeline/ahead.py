"""Read the small X12 files of a batch before the first is posted, so that the books are asked once.

A look-up costs nearly as much for one number as for a hundred, and a partner that drops a hundred
small orders is the usual rush. What is read ahead is what would be read a moment later anyway.
"""

from __future__ import annotations

from collections.abc import Sequence

from daemon.config import Partner
from daemon.ledger.arrivals import Arrival
from daemon.ledger.documents import look_up_interchanges
from daemon.pipeline.x12 import interchange_key, read_x12
from daemon.trade.desk import Desk, ReadAhead
from daemon.trade.orders.book import look_up_pasts
from formats.records import PurchaseOrder

SMALL_BYTES = 16 * 1024
MOST_BYTES = 1 << 20
"""Read ahead at once: records take twenty times the room of their file."""


def read_ahead(desk: Desk, partner: Partner, batch: Sequence[Arrival]) -> None:
    """Read what is small of `batch`, and look up its interchanges and order numbers."""
    room = MOST_BYTES
    for arrival in batch:
        data = arrival.data
        is_copy = arrival.id in desk.copies or arrival.replays
        if data is None or is_copy or len(data) > min(room, SMALL_BYTES) or data[:3] != b"ISA":
            continue
        room -= len(data)
        reading = read_x12(desk, partner, data)
        desk.ahead[arrival.id] = ReadAhead(reading, list(reading.documents()))
    if len(desk.ahead) > 1:
        _look_up(desk, partner)


def _look_up(desk: Desk, partner: Partner) -> None:
    found = desk.ahead.values()
    keys = [interchange_key(partner, i) for each in found for i in each.reading.interchanges]
    look_up_interchanges(desk.post, desk.interchanges, keys)
    records = (document.record for each in found for document in each.documents)
    numbers = [record.number for record in records if isinstance(record, PurchaseOrder)]
    look_up_pasts(desk, partner.name, numbers)

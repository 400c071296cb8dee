"""Read the small X12 files of a batch before it is their turn at the ledger.

Meanwhile others may write there. And with all of them read, the books are asked once: a look-up
costs nearly as much for one number as for a hundred, and a partner that drops a hundred small
orders is the usual rush. What is looked up ahead is what would be looked up a moment later anyway.
"""

from __future__ import annotations

from collections.abc import Sequence

from daemon.config import Configuration, Partner
from daemon.ledger.arrivals import Arrival
from daemon.ledger.documents import look_up_interchanges
from daemon.pipeline.x12 import interchange_key, policy_for
from daemon.trade.desk import Desk, ReadAhead, limits_of
from daemon.trade.orders.book import look_up_pasts
from formats.records import PurchaseOrder
from formats.x12.reader import read

SMALL_BYTES = 16 * 1024
MOST_BYTES = 1 << 20
"""Read ahead at once: records take twenty times the room of their file."""
FEWEST = 2
"""Files for which asking the books together is worth its while."""


def read_ahead(
    site: Configuration, partner: Partner, batch: Sequence[Arrival]
) -> dict[int, ReadAhead]:
    """Return what is small of `batch`, read, by arrival. It may be a copy and of no use."""
    limits, policy = limits_of(site), policy_for(site, partner)
    found: dict[int, ReadAhead] = {}
    room = MOST_BYTES
    for arrival in batch:
        data = arrival.data
        is_small = data is not None and len(data) <= min(room, SMALL_BYTES)
        if data is None or not is_small or arrival.replays or data[:3] != b"ISA":
            continue
        room -= len(data)
        reading = read(data, limits, policy)
        found[arrival.id] = ReadAhead(reading, list(reading.documents()))
    return found


def look_up_ahead(desk: Desk, partner: Partner) -> None:
    """Look up the interchanges and order numbers of what was read ahead for `desk`."""
    found = [each for at, each in desk.ahead.items() if at not in desk.copies]
    if len(found) < FEWEST:
        return
    keys = [interchange_key(partner, i) for each in found for i in each.reading.interchanges]
    look_up_interchanges(desk.post, desk.interchanges, keys)
    records = (document.record for each in found for document in each.documents)
    numbers = [record.number for record in records if isinstance(record, PurchaseOrder)]
    look_up_pasts(desk, partner.name, numbers)

"""Bills of lading and truck lines' files on a person's word: each is one posting.

What was printed, and by whom, stands in the books (domain 11.3).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from daemon.config import Configuration, Partner
from daemon.ledger import schema
from daemon.ledger.posting import OutgoingFile, plain, posting
from daemon.ledger.store import Ledger
from daemon.mapping.tables import Tables
from daemon.pipeline.hauled import PRINTED
from daemon.replies.papers import bill_files, customs_files, manifest_files
from daemon.replies.tenders import tender_files
from daemon.trade.desk import Desk
from daemon.trade.papers.bills import PrintedBill, bills
from daemon.trade.papers.customs import customs_lists
from daemon.trade.papers.leaving import Leaving, leaving
from daemon.trade.papers.manifests import Days, Loading, load, look
from formats.values import normalised


@dataclass(frozen=True, slots=True)
class Printed:
    """Bills and their files."""

    bills: tuple[PrintedBill, ...]
    files: tuple[OutgoingFile, ...]


def name_of(file: OutgoingFile) -> str:
    """Return what a paper is called outside of an outbox."""
    return f"{file.kind}-{plain(file.reference)}.{file.extension}"


def print_bills(
    ledger: Ledger,
    site: Configuration,
    tables: Tables,
    today: date,
    *,
    on: date,
    customer: str | None,
    by: str,
    sends: bool,
) -> Printed:
    """Return the bills of lading of a day, of one customer or all, and note who printed them.

    With `sends` the files go to the outboxes of the vendors, whose doors the goods leave, and truck
    lines that are agreed on it are offered their loads.
    """
    with posting(ledger) as post:
        desk = Desk(post, site, tables, today)
        found = leaving(desk, on)
        if customer is not None:
            found = [each for each in found if _is_for(each, customer)]
        made = tuple(bills(desk, on, found))
        files = tuple(bill_files(made))
        if sends:
            files += tuple(tender_files(desk, made))
            for file in files:
                post.send(file, arrival_id=None, document_id=None)
        _note(desk, made, by)
        return Printed(made, files)


def _is_for(each: Leaving, customer: str) -> bool:
    """Tell whether an order is for a customer, by any of its names."""
    party, buyer = each.order.customer, each.way.buyer
    names = (party.code, party.canonical, party.name) if party else ()
    names = (*names, *(() if party else (buyer.name, buyer.title)))
    return normalised(customer) in {normalised(name) for name in names if name}


def _note(desk: Desk, made: Iterable[PrintedBill], by: str) -> None:
    for each in made:
        for key in each.orders:
            desk.post.add(
                schema.moves,
                {
                    "arrival_id": None,
                    "entity": PRINTED,
                    "entity_id": key,
                    "before": None,
                    "after": "printed",
                    "cause": f"bill {each.bill.number} printed by {by}"[:200],
                },
            )


def print_customs(
    ledger: Ledger,
    site: Configuration,
    tables: Tables,
    today: date,
    *,
    awb: str,
    side: str | None,
    sends: bool,
) -> tuple[OutgoingFile, ...]:
    """Return what customs asks of the goods under an air waybill, a file for each vendor (11.7).

    With `sends` they go to the vendors' outboxes, because who ships declares.
    """
    with posting(ledger) as post:
        files = tuple(customs_files(customs_lists(Desk(post, site, tables, today), awb, side=side)))
        if sends:
            for file in files:
                post.send(file, arrival_id=None, document_id=None)
        return files


def look_at_manifest(
    ledger: Ledger,
    site: Configuration,
    tables: Tables,
    today: date,
    *,
    partner: Partner,
    days: Days,
) -> Loading:
    """Return what a truck line would be told of, and what would be left out; tell nobody (E-03)."""
    with posting(ledger) as post:
        return look(Desk(post, site, tables, today), partner, days)


def send_manifest(
    ledger: Ledger,
    site: Configuration,
    tables: Tables,
    today: date,
    *,
    partner: Partner,
    days: Days,
) -> Loading:
    """Tell a truck line of the boxes that are ready; return them and what is left out (E-04)."""
    with posting(ledger) as post:
        desk = Desk(post, site, tables, today)
        loading = load(desk, partner, days)
        for file in manifest_files(loading):
            post.send(file, arrival_id=None, document_id=None)
        return loading

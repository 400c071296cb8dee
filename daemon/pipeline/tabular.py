"""A delimited file on its way: a vendor's availability, or purchase orders."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from daemon.config import Partner, Role
from daemon.ledger.arrivals import Arrival
from daemon.ledger.half_uploads import half_upload
from daemon.pipeline.documents import Tally
from daemon.pipeline.handling import Handling
from daemon.pipeline.layouts import own_layout, read_own
from daemon.replies.advice import order_advice, order_counts, stock_advice
from daemon.trade.desk import Desk
from daemon.trade.orders.parties import as_party
from daemon.trade.stock.gathered import ZERO, lot_key
from daemon.trade.stock.known_lots import LotKey
from formats.documents import ReadDocument
from formats.findings import Finding, warning
from formats.identify import Format
from formats.layouts.layout import DeclaredLayout
from formats.records import InventoryAdvice
from formats.steps import OrderChange
from formats.tabular.advice import Counts
from formats.tabular.availability import read_availability
from formats.tabular.dialect import Dialect
from formats.tabular.kinds import Kind, kind_of
from formats.tabular.purchase_order import read_purchase_orders
from formats.tabular.steps import is_step, read_steps

ORDER_COLUMN = b"po_number"
HEAD_BYTES = 4096


def post_tabular(desk: Desk, partner: Partner, arrival: Arrival, data: bytes) -> Tally:
    """Post a delimited file and gather its answers; what it is shows in its header."""
    dialect = Dialect(decimal_comma=partner.decimal_comma, encoding=partner.code_page)
    vendor = as_party(partner)
    if (layout := own_layout(desk, partner, arrival, data)) is not None:
        return _post_own(desk, partner, arrival, data, layout)
    told = kind_of(data, dialect)
    if is_step(told):
        steps = read_steps(data, dialect=dialect, limits=desk.limits, vendor=vendor, kind=told)
        return post_steps(desk, partner, arrival, steps)
    head = data[:HEAD_BYTES].replace(b"\x00", b"").lower()
    if ORDER_COLUMN in head or not partner.has(Role.VENDOR):
        documents = read_purchase_orders(data, dialect=dialect, limits=desk.limits)
        return post_orders(desk, partner, arrival, list(documents))
    (document,) = read_availability(data, vendor=vendor, dialect=dialect, limits=desk.limits)
    half = _half(desk, partner, arrival)
    if half is not None and document.record is not None:
        (before,) = read_availability(half, vendor=vendor, dialect=dialect, limits=desk.limits)
        document = _rest_of(document, before)
    return post_availability(desk, partner, arrival, document)


def _post_own(
    desk: Desk, partner: Partner, arrival: Arrival, data: bytes, layout: DeclaredLayout
) -> Tally:
    """Post a file that is in a layout of its partner's."""
    kind, documents = read_own(desk, partner, layout, data)
    if kind is Kind.AVAILABILITY and (half := _half(desk, partner, arrival)) is not None:
        _, before = read_own(desk, partner, layout, half)
        documents = [_rest_of(documents[0], before[0])]
    return post_kind(desk, partner, arrival, kind, documents)


def post_kind(
    desk: Desk, partner: Partner, arrival: Arrival, kind: Kind, documents: list[ReadDocument]
) -> Tally:
    """Post documents that were read already, as those of their kind are posted."""
    if kind is Kind.AVAILABILITY:
        return post_availability(desk, partner, arrival, documents[0])
    if kind is Kind.ORDER:
        return post_orders(desk, partner, arrival, documents)
    return post_steps(desk, partner, arrival, documents)


def post_steps(
    desk: Desk, partner: Partner, arrival: Arrival, documents: Iterable[ReadDocument]
) -> Tally:
    """Post what follows an order; each document that could be used is answered by itself."""
    work = Handling(desk, partner, arrival, Format.DELIMITED)
    unread: list[Finding] = []
    for position, document in enumerate(documents, 1):
        work.take(document, position)
        if document.record is None:
            unread += document.findings
    if unread:
        work.answer(order_advice(partner, arrival, Counts(0, 0), unread))
    return work.tally


def post_availability(
    desk: Desk, partner: Partner, arrival: Arrival, document: ReadDocument
) -> Tally:
    work = Handling(desk, partner, arrival, Format.DELIMITED)
    taken = work.take(document, 1)
    work.answer(stock_advice(partner, arrival, taken.stock, document))
    return work.tally


def _half(desk: Desk, partner: Partner, arrival: Arrival) -> bytes | None:
    """Return the beginning of this very upload, where it was added to the stock already."""
    return half_upload(desk.post, arrival) if partner.availability_mode == "increase" else None


def _rest_of(document: ReadDocument, before: ReadDocument) -> ReadDocument:
    """Take away what half of this upload has already added to the stock (domain K-44)."""
    whole, half = document.record, before.record
    if not isinstance(whole, InventoryAdvice) or not isinstance(half, InventoryAdvice):
        return document
    added: dict[LotKey, Decimal] = defaultdict(Decimal)
    for line in half.lines:
        added[lot_key(line)] += line.quantity
    lines = [
        replace(line, quantity=line.quantity - added.pop(lot_key(line), ZERO))
        for line in whole.lines
    ]
    # What is left was cut in the middle of its row, and added under a key that is no longer there.
    last = {lot_key(line): line for line in half.lines}
    lines += [replace(last[key], quantity=-quantity) for key, quantity in added.items()]
    note = warning(
        "csv.completed",
        "an earlier file of this name was the beginning of this one; only the rest was added",
    )
    return replace(
        document,
        record=whole.model_copy(update={"lines": tuple(lines)}),
        findings=(*document.findings, note),
    )


def post_orders(
    desk: Desk, partner: Partner, arrival: Arrival, documents: list[ReadDocument]
) -> Tally:
    work = Handling(desk, partner, arrival, Format.DELIMITED)
    tally = work.tally
    for position, document in enumerate(documents, 1):
        work.take(document, position)
    if all(isinstance(document.record, OrderChange) for document in documents):
        # Each change has answered its rows, and what was found in them.
        return tally
    findings = [finding for document in documents for finding in document.findings]
    counts = order_counts(desk, arrival, tally.states)
    work.answer(order_advice(partner, arrival, counts, findings))
    return tally

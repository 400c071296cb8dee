"""Invoices as they can stand in X12, and what is read of one: shared by tests of 810 and 880."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from formats.documents import ReadDocument
from formats.invoices import (
    Adjustment,
    AdjustmentKind,
    Invoice,
    InvoiceLine,
    InvoiceType,
    Tax,
    Terms,
)
from formats.records import Party, Purpose
from formats.x12.reader import read
from formats.x12.write import ControlNumbers, Envelope
from tests.formats.x12.samples import group, interchange, transaction_set, written
from tests.formats.x12.strategies import (
    amounts,
    box_types,
    codes,
    days,
    gtins,
    maybe,
    packs,
    parties,
    texts,
    units,
    waybills,
)

AT = datetime(2026, 12, 4, 9, 30)  # noqa: DTZ001 - wall clock of our own zone
CONTROL = ControlNumbers(1, 1)
CORPUS = Path(__file__).resolve().parents[3].parent / "shared" / "corpus"
few_days = st.integers(1, 999)
percents = st.decimals(Decimal("0.01"), Decimal(99), places=2)


def adjustments_with(code: st.SearchStrategy[str]) -> st.SearchStrategy[Adjustment]:
    return st.builds(
        Adjustment,
        kind=st.sampled_from(AdjustmentKind),
        amount=amounts,
        code=maybe(code),
        description=maybe(texts),
    )


def terms_with(description: st.SearchStrategy[str]) -> st.SearchStrategy[Terms]:
    """Return any terms that say something, in days or in dates, and that X12 has a place for."""
    return st.builds(
        Terms,
        description=maybe(description),
        due_date=maybe(days),
        net_days=maybe(few_days),
        discount_percent=maybe(percents),
        discount_date=maybe(days),
        discount_days=maybe(few_days),
    ).filter(lambda one: one != Terms() and has_an_end(one))


def has_an_end(one: Terms) -> bool:
    """Tell whether a discount, where there is one, ends on some day."""
    ends = (one.discount_date, one.discount_days)
    return one.discount_percent is None or any(each is not None for each in ends)


adjustments = adjustments_with(st.sampled_from(["D240", "C310"]) | codes(1, 3) | codes(5, 10))
taxes = st.builds(
    Tax,
    amount=amounts,
    code=st.sampled_from(["VA", "ST", "TX"]),
    rate=maybe(percents),
    base=maybe(amounts),
).filter(lambda tax: tax.base is None or tax.rate is not None)
terms = terms_with(texts)


def several(of: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(of, max_size=3).map(tuple)


@st.composite
def lines(draw: st.DrawFn, number: int) -> InvoiceLine:
    price_unit = draw(maybe(units))
    return InvoiceLine(
        line=number,
        reference=draw(codes(1, 20)),
        quantity=draw(amounts),
        unit=draw(units),
        unit_price=draw(amounts),
        price_unit=price_unit,
        price_basis=draw(st.sampled_from([Decimal(1), Decimal(100)]) if price_unit else ONE),
        amount=draw(maybe(amounts)),
        order_number=draw(maybe(codes(1, 22))),
        order_line=draw(maybe(codes(1, 20))),
        box_codes=tuple(draw(st.lists(codes(3, 20), max_size=3, unique=True))),
        seller_item=draw(maybe(codes())),
        buyer_item=draw(maybe(codes())),
        gtin=draw(maybe(gtins)),
        description=draw(maybe(texts)),
        box_type_code=draw(maybe(box_types)),
        bunches_per_box=draw(maybe(packs)),
        stems_per_bunch=draw(maybe(packs)),
        adjustments=draw(several(adjustments)),
        taxes=draw(several(taxes)),
    )


ONE = st.just(Decimal(1))


@st.composite
def invoices(draw: st.DrawFn) -> Invoice:
    """Return an invoice, whether it adds up or not: that is for the trade to judge."""
    count = draw(st.integers(0, 4))
    return Invoice(
        number=draw(codes(1, 22)),
        type=draw(st.sampled_from(InvoiceType)),
        purpose=draw(st.sampled_from([Purpose.NEW, Purpose.REPLACE, Purpose.CANCEL])),
        refers_to=draw(maybe(codes(1, 22))),
        is_test=draw(st.booleans()),
        invoice_date=draw(days),
        order_number=draw(maybe(codes(1, 22))),
        order_date=draw(maybe(days)),
        customer_po=draw(maybe(codes())),
        location=draw(maybe(codes(2))),
        vendor=draw(st.just(Party()) | parties()),
        buyer=draw(st.just(Party()) | parties()),
        ship_to=draw(maybe(parties())),
        bill_to=draw(maybe(parties())),
        remit_to=draw(maybe(parties())),
        currency=draw(maybe(st.sampled_from(["USD", "EUR"]))),
        terms=draw(maybe(terms)),
        ship_date=draw(maybe(days)),
        delivery_date=draw(maybe(days)),
        carrier=draw(maybe(codes(2, 4) | texts.map(lambda text: text[:35].strip()))),
        awb=draw(maybe(waybills)),
        house_awb=draw(maybe(codes(1, 35))),
        comments=draw(maybe(texts)),
        lines=tuple(draw(lines(at)) for at in range(1, count + 1)),
        adjustments=draw(several(adjustments)),
        taxes=draw(several(taxes)),
        total=draw(amounts),
    )


def envelope(*, is_5010: bool = False, is_test: bool = False) -> Envelope:
    return Envelope(
        *("ZZ", "PETALROW", "01", "FINCAALTA"),
        usage="T" if is_test else "P",
        version="00501" if is_5010 else "00401",
    )


def document_of(kind: str, functional_id: str, body: Sequence[str]) -> ReadDocument:
    """Return what is read of an interchange with one set of `body`; its envelope is sound."""
    sets = group(transaction_set(body, kind), functional_id=functional_id)
    reading = read(written(interchange(sets)))
    assert reading.envelope_findings() == ()
    (document,) = reading.documents()
    return document


def invoice_in(document: ReadDocument) -> Invoice:
    """Return the invoice of a document in which nothing was found to be wrong."""
    assert document.findings == ()
    assert isinstance(document.record, Invoice)
    return document.record

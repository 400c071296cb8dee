"""INVOIC to invoices and back: what is billed, what is added, and what can't be used."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formats.edifact.invoice_out import write_invoice
from formats.edifact.reader import read
from formats.edifact.write import Envelope, MessageType, un_message
from formats.findings import Finding
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
from tests.formats.edifact.drawn import CODE, MONEY, SHORT, WHOLE, parties
from tests.formats.edifact.samples import AT, codes, control, message, written

ENVELOPE = Envelope("7701234000011", "5412345000013")
HEAD = (
    "DTM+137:20261209:102",
    "DTM+11:20261208:102",
    "FTX+AAI+++THANK YOU",
    "RFF+ON:PO-77001",
    "DTM+171:20261204:102",
    "RFF+AWB:17612345675",
    "NAD+SU+V0044::92",
    "NAD+BY+5412345000013::9",
    "CUX+2:USD:4",
    "PAT+1++5:3:D:30",
    "DTM+13:20270108:102",
    "PAT+22",
    "DTM+12:20261219:102",
    "PCD+12:2",
    "ALC+C++++FC:::FREIGHT",
    "MOA+8:12.5",
)
LINE = (
    "LIN+1++FS-1060:SA",
    "PIA+5+R60:BP",
    "IMD+F++:::ROSE RED 60 CM",
    "QTY+47:10:BX",
    "QTY+59:10",
    "QTY+52:25",
    "MOA+203:898",
    "PRI+AAA:36:::100:PCE",
    "RFF+ON:PO-77001:7",
    "PAC+++HB::92",
    "PCI+33E",
    "GIN+BN+KD1+KD2",
    "ALC+A+D-17",
    "MOA+204:2",
)
TOTALS = ("UNS+S", "CNT+2:1", "MOA+77:1000.5", "TAX+7+VAT+++:::9", "MOA+124:90")


def bill(
    *, begin: str = "BGM+380+F-1+9", lines: tuple[str, ...] = LINE, end: tuple[str, ...] = TOTALS,
    kind: str = "INVOIC:D:96A:UN:EAN008",
) -> bytes:  # fmt: skip
    return written(*message((begin, *HEAD, *lines, *end), kind))


def invoice_of(data: bytes) -> Invoice:
    (document,) = read(data).documents()
    assert isinstance(document.record, Invoice), document.findings
    return document.record


@pytest.mark.parametrize("kind", ["INVOIC:D:96A:UN", "INVOIC:D:01B:UN"])
def test_heading_and_summary_are_read(kind: str) -> None:
    record = invoice_of(bill(kind=kind))
    assert (record.number, record.type, record.purpose) == (
        *("F-1", InvoiceType.INVOICE, Purpose.NEW),
    )
    assert (record.invoice_date, record.ship_date, record.order_date) == (
        date(2026, 12, 9),
        date(2026, 12, 8),
        date(2026, 12, 4),
    )
    assert (record.order_number, record.awb, record.currency) == ("PO-77001", "17612345675", "USD")
    assert (record.vendor, record.comments) == (Party("V0044", "92"), "THANK YOU")
    assert record.terms == Terms(None, date(2027, 1, 8), 30, Decimal(2), date(2026, 12, 19), None)
    charge = Adjustment(AdjustmentKind.CHARGE, Decimal("12.5"), "FC", "FREIGHT")
    assert record.adjustments == (charge,)
    assert record.taxes == (Tax(Decimal(90), "VAT", Decimal(9)),)
    assert record.total == Decimal("1000.5")


@pytest.mark.parametrize(
    ("amounts", "total"),
    [
        (("MOA+79:1", "MOA+128:2"), 2),
        (("MOA+128:2", "MOA+86:3"), 3),
        (("MOA+86:3", "MOA+39:4"), 4),
        (("MOA+39:4", "MOA+9:5"), 5),
        (("MOA+9:5", "MOA+77:6"), 6),
    ],
)
def test_total_is_the_amount_that_says_it_best(amounts: tuple[str, ...], total: int) -> None:
    record = invoice_of(bill(end=("UNS+S", *amounts)))
    assert record.total == total


def test_line_is_read() -> None:
    (line,) = invoice_of(bill()).lines
    assert line == InvoiceLine(
        line=1,
        reference="1",
        quantity=Decimal(10),
        unit="BX",
        unit_price=Decimal(36),
        price_unit="PCE",
        price_basis=Decimal(100),
        amount=Decimal(900),
        order_number="PO-77001",
        order_line="7",
        box_codes=("KD1", "KD2"),
        seller_item="FS-1060",
        buyer_item="R60",
        description="ROSE RED 60 CM",
        box_type_code="HB",
        bunches_per_box=10,
        stems_per_bunch=25,
        adjustments=(Adjustment(AdjustmentKind.ALLOWANCE, Decimal(2), "D-17"),),
    )


@pytest.mark.parametrize(("begin", "kind", "purpose"), [
    ("BGM+381+C-1+9", InvoiceType.CREDIT, Purpose.NEW),
    ("BGM+383+D-1", InvoiceType.DEBIT, Purpose.NEW),
    ("BGM+380+F-1+5", InvoiceType.INVOICE, Purpose.REPLACE),
    ("BGM+380+F-1+1", InvoiceType.INVOICE, Purpose.CANCEL),
    ("BGM+380+F-1+7", InvoiceType.INVOICE, Purpose.NEW),
])  # fmt: skip
def test_type_and_function_are_read(begin: str, kind: InvoiceType, purpose: Purpose) -> None:
    record = invoice_of(bill(begin=begin))
    assert (record.type, record.purpose) == (kind, purpose)


@pytest.mark.parametrize(("data", "code"), [
    (bill(begin="BGM+389+F-1+9"), "BGM.unsupported"),
    (bill(begin="BGM+380+F-1+13"), "BGM.unsupported"),
    (bill(end=("UNS+S", "MOA+125:5")), "BGM.unsupported"),
    (bill(end=("UNS+S", "MOA+77:-5")), "BGM.unsupported"),
    (bill(lines=("LIN+1", "QTY+47:-1")), "BGM.unsupported"),
    (bill(begin="BGM+380++9"), "BGM.unusable"),
], ids=range(6))  # fmt: skip
def test_invoice_that_cannot_be_used_is_named_and_acknowledged(data: bytes, code: str) -> None:
    (document,) = read(data).documents()
    assert document.record is None
    assert codes(data)[-1] == f"edifact.{code}"
    assert len(control(data)[0]) == 1


def test_line_without_quantity_is_left_out_and_named() -> None:
    data = bill(lines=("LIN+1", *LINE, "LIN+3"), end=("UNS+S", "MOA+77:1"))
    assert len(invoice_of(data).lines) == 1
    assert codes(data) == ["edifact.QTY.missing"] * 2


def test_taxes_of_the_heading_are_rates_alone() -> None:
    head = "CUX+2:USD:4"
    with_tax = bill().replace(
        f"{head}'".encode(), f"TAX+7+VAT+++:::9'\nMOA+124:90'\n{head}'".encode()
    )
    record = invoice_of(with_tax.replace(b"UNT+38", b"UNT+40"))
    assert len(record.taxes) == 1


def test_charges_that_the_summary_adds_up_count_once() -> None:
    record = invoice_of(bill(end=(*TOTALS, "ALC+C", "MOA+131:12.5", "MOA+8:12.5")[:-1]))
    assert len(record.adjustments) == 1


# What is written is read back.

DAYS = st.none() | st.dates(date(2020, 1, 1), date(2039, 12, 31))
ADJUSTMENTS = st.lists(
    st.builds(
        Adjustment,
        st.sampled_from(AdjustmentKind),
        MONEY,
        st.none() | st.sampled_from(["FC", "D240", "A-17"]),
        st.none() | SHORT,
    ),
    max_size=3,
).map(tuple)
TAXES = st.lists(
    st.builds(
        Tax,
        MONEY,
        st.none() | st.sampled_from(["VAT", "ST", "SALES TAX"]),
        st.none() | MONEY,
        st.none() | MONEY,
    ),
    max_size=2,
).map(tuple)
TERMS = st.builds(
    Terms,
    st.none() | SHORT,
    DAYS,
    st.none() | st.integers(0, 999),
    st.none() | MONEY,
    DAYS,
    st.none() | st.integers(0, 999),
).filter(lambda terms: terms != Terms())


@st.composite
def lines(draw: st.DrawFn, number: int, order: str | None) -> InvoiceLine:
    unit = draw(st.sampled_from([None, "PCE"]))
    line = draw(st.none() | st.sampled_from(["7", "0007", "LINE-1234"]))
    named = draw(st.none() | CODE)
    is_priced = draw(st.booleans())
    return InvoiceLine(
        line=number,
        reference=str(number),
        quantity=draw(MONEY),
        unit=draw(st.sampled_from(["BX", "PCE"])),
        unit_price=draw(MONEY) if is_priced else None,
        price_unit=unit if is_priced else None,
        price_basis=draw(st.sampled_from([Decimal(1), Decimal(100)])) if is_priced else Decimal(1),
        amount=draw(st.none() | MONEY),
        order_number=(named or order) if line else named,
        order_line=line,
        box_codes=draw(st.lists(CODE, max_size=12).map(tuple)),
        seller_item=draw(st.none() | CODE),
        buyer_item=draw(st.none() | CODE),
        gtin=draw(st.none() | st.just("10614141000019")),
        description=draw(st.none() | SHORT),
        box_type_code=draw(st.sampled_from([None, "HB", "BOX-7"])),
        bunches_per_box=draw(st.none() | WHOLE),
        stems_per_bunch=draw(st.none() | WHOLE),
        adjustments=draw(ADJUSTMENTS),
        taxes=draw(TAXES),
    )


@st.composite
def invoices(draw: st.DrawFn) -> Invoice:
    """Return an invoice, whether it adds up or not: that is for the trade to judge."""
    order = draw(st.none() | CODE)
    count = draw(st.integers(0, 3))
    return Invoice(
        number=draw(CODE),
        type=draw(st.sampled_from(InvoiceType)),
        purpose=draw(st.sampled_from([Purpose.NEW, Purpose.REPLACE, Purpose.CANCEL])),
        refers_to=draw(st.none() | CODE),
        is_test=draw(st.booleans()),
        invoice_date=draw(DAYS) or AT.date(),
        order_number=order,
        order_date=draw(DAYS) if order else None,
        customer_po=draw(st.none() | CODE),
        location=draw(st.none() | CODE),
        vendor=draw(parties()),
        buyer=draw(parties()),
        ship_to=draw(st.none() | parties()),
        bill_to=draw(st.none() | parties()),
        remit_to=draw(st.none() | parties()),
        currency=draw(st.sampled_from([None, "EUR", "USD"])),
        terms=draw(st.none() | TERMS),
        ship_date=draw(DAYS),
        delivery_date=draw(DAYS),
        carrier=draw(st.none() | CODE),
        awb=draw(st.none() | st.just("17612345675")),
        house_awb=draw(st.none() | CODE),
        comments=draw(st.none() | st.lists(SHORT, min_size=1, max_size=7).map("\n".join)),
        lines=tuple(draw(lines(number, order)) for number in range(1, count + 1)),
        adjustments=draw(ADJUSTMENTS),
        taxes=draw(TAXES),
        total=draw(MONEY),
    )


@settings(max_examples=100, deadline=None)
@given(invoices(), st.sampled_from([un_message("INVOIC"), un_message("INVOIC", "01B")]))
def test_what_is_written_is_read_back(record: Invoice, kind: MessageType) -> None:
    envelope = replace(ENVELOPE, is_test=record.is_test)
    found: list[Finding] = []
    data = write_invoice(record, envelope, kind, reference="1", at=AT, warnings=found)
    assert not found
    assert invoice_of(data) == record
    assert codes(data) == []


def test_written_invoice_is_as_it_was_reviewed() -> None:
    data = write_invoice(invoice_of(bill()), ENVELOPE, un_message("INVOIC"), reference="7", at=AT)
    found = data.decode().replace("'", "").splitlines()[3:-2]
    assert found == [
        *("BGM+380+F-1+9", *HEAD),
        *LINE[:6],
        *("MOA+66:900", "MOA+203:898"),
        *LINE[7:-2],
        *("ALC+A+D-17", "MOA+8:2"),
        *("UNS+S", "CNT+2:1", "MOA+77:1000.5", "MOA+79:900", "MOA+176:90"),
        *("TAX+7+VAT+++:::9", "MOA+124:90"),
    ]


def test_box_codes_that_have_no_room_are_refused() -> None:
    record = invoice_of(bill())
    many = replace(record.lines[0], box_codes=tuple(f"{n:05}" for n in range(60)))
    with pytest.raises(ValueError, match="60 box codes"):
        write_invoice(
            record.model_copy(update={"lines": (many,)}),
            ENVELOPE, un_message("INVOIC"), reference="7", at=AT,
        )  # fmt: skip

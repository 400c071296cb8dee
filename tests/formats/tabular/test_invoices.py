"""Invoices as CSV: read whole or not at all, and written as they are read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings

from formats.documents import ReadDocument
from formats.invoices import (
    Adjustment,
    AdjustmentKind,
    Invoice,
    InvoiceAnswer,
    InvoiceDecision,
    InvoiceLine,
    InvoiceType,
    InvoiceVerdict,
    Tax,
)
from formats.layouts.layout import DeclaredLayout, LayoutColumn
from formats.layouts.read import read_layout
from formats.layouts.write import write_step as in_layout
from formats.limits import DEFAULT_LIMITS
from formats.records import Party, Purpose
from formats.tabular.dialect import Dialect
from formats.tabular.kinds import INVOICE_COLUMNS, Kind, kind_of
from formats.tabular.steps import read_steps
from formats.tabular.steps_out import write_step
from tests.formats.invoice_records import invoices

FARM = Party(code="FLORSOL")
HEAD = "invoice_number,invoice_date,currency,total,row,line,po_number,po_line,quantity,unit,"
HEAD += "unit_price,price_unit,bunches,stems_bunch,amount,code\n"


def read(text: str | bytes, *, comma: bool = False) -> list[ReadDocument]:
    data = text if isinstance(text, bytes) else text.encode()
    dialect = Dialect(decimal_comma=comma)
    return list(read_steps(data, dialect=dialect, limits=DEFAULT_LIMITS, vendor=FARM))


def one(text: str | bytes) -> Invoice:
    (document,) = read(text)
    assert document.findings == ()
    assert isinstance(document.record, Invoice)
    return document.record


def findings(text: str) -> list[tuple[str, str]]:
    (document,) = read(text)
    return [(finding.code, str(finding.where)) for finding in document.findings]


def test_an_invoice_with_freight_and_tax_is_read() -> None:
    found = one(
        HEAD
        + "F-1,2026-11-21,USD,206.00,line,1,10045,2,2,Box,0.30,Stem,12,25,,\n"
        + "F-1,2026-11-21,USD,206.00,charge,,,,,,,,,,20.00,D240\n"
        + "F-1,2026-11-21,USD,206.00,tax,,,,,,,,,,6.00,VAT\n"
    )
    assert (found.number, found.invoice_date) == ("F-1", date(2026, 11, 21))
    assert (found.currency, found.total, found.vendor) == ("USD", Decimal("206.00"), FARM)
    assert found.lines == (
        InvoiceLine(
            1,
            "1",
            Decimal(2),
            "Box",
            Decimal("0.30"),
            "Stem",
            order_number="10045",
            order_line="2",
            bunches_per_box=12,
            stems_per_bunch=25,
        ),
    )
    assert found.adjustments == (Adjustment(AdjustmentKind.CHARGE, Decimal("20.00"), "D240"),)
    assert found.taxes == (Tax(Decimal("6.00"), "VAT"),)


def test_a_total_that_is_wrong_refuses_the_invoice_where_it_stands() -> None:
    text = HEAD + "F-1,2026-11-21,USD,180.01,line,1,1,1,2,Box,90,,,,,\n"
    assert findings(text) == [("invoice.total", "row 2, column total")]


def test_an_amount_that_is_wrong_is_named_at_its_row() -> None:
    text = HEAD + "F-1,2026-11-21,USD,191,line,1,1,1,2,Box,90,,,,191,\n"
    assert findings(text) == [("invoice.amount", "row 2, column amount")]


def test_one_bad_row_refuses_its_invoice_and_no_other() -> None:
    first, second = read(
        HEAD
        + "F-1,2026-11-21,USD,180,line,1,1,1,two,Box,90,,,,,\n"
        + "F-2,2026-11-21,USD,90,line,1,1,1,1,Box,90,,,,,\n"
    )
    assert first.record is None
    assert isinstance(second.record, Invoice)
    assert second.record.number == "F-2"


def test_rows_of_one_invoice_that_disagree_are_refused() -> None:
    text = (
        HEAD
        + "F-1,2026-11-21,USD,180,line,1,1,1,1,Box,90,,,,,\n"
        + "F-1,2026-11-21,EUR,180,line,2,1,2,1,Box,90,,,,,\n"
    )
    assert findings(text) == [("csv.currency", "row 3, column currency")]


def test_a_charge_can_belong_to_a_line() -> None:
    found = one(
        HEAD
        + "F-1,2026-11-21,USD,95,line,7,1,1,1,Box,90,,,,,\n"
        + "F-1,,,,charge,7,,,,,,,,,5,BOX\n"
    )
    assert found.adjustments == ()
    assert [each.amount for each in found.lines[0].adjustments] == [Decimal(5)]


def test_a_charge_of_a_line_that_is_not_there_is_refused() -> None:
    text = HEAD + "F-1,2026-11-21,USD,95,line,7,1,1,1,Box,90,,,,,\nF-1,,,,charge,8,,,,,,,,,5,\n"
    assert findings(text)[0] == ("csv.line", "row 3, column line")


def test_a_cancelled_invoice_needs_no_lines() -> None:
    text = "invoice_number,invoice_date,total,purpose,invoice_type\nF-1,2026-11-21,0,void,credit\n"
    found = one(text)
    assert (found.purpose, found.type, found.lines) == (Purpose.CANCEL, InvoiceType.CREDIT, ())


def test_torn_rows_beside_an_invoice_refuse_it() -> None:
    (document,) = read(
        HEAD
        + "F-1,2026-11-21,USD,90,line,1,1,1,1,Box,90,,,,,\n"
        + ",2026-11-21,USD,90,line,2,1,1,1,Box,0,,,,,\n"
    )
    assert document.record is None


def test_decimal_commas_are_read() -> None:
    text = HEAD.replace(",", ";") + "F-1;2026-11-21;EUR;1.180,50;line;1;1;1;1;Box;1.180,50;;;;;\n"
    (document,) = read(text, comma=True)
    assert isinstance(document.record, Invoice)
    assert document.record.total == Decimal("1180.50")


def test_open_invoices_are_balances_without_lines() -> None:
    first, second = read(
        "Invoice #,Customer Code,Invoice Date,Invoice Balance,Customer PO,Location Code\n"
        "77001,BLOOM,2026-11-01,1250.125,10045,MIA\n"
        "77002,BLOOM,2026-11-02,80.00,,\n"
    )
    found = first.record
    assert isinstance(found, Invoice)
    assert (found.number, found.buyer.code, found.customer_po) == ("77001", "BLOOM", "10045")
    assert (found.total, found.location, found.lines) == (Decimal("1250.125"), "MIA", ())
    assert [each.kind for each in found.adjustments] == [AdjustmentKind.CHARGE]
    assert isinstance(second.record, Invoice)


def test_a_bad_row_of_open_invoices_is_left_out_by_name() -> None:
    (document,) = read(
        "Invoice #,Customer Code,Invoice Date,Invoice Balance\n"
        "77001,BLOOM,2026-11-01,much\n77002,BLOOM,2026-11-02,80.00\n"
    )
    assert [str(finding.where) for finding in document.findings] == [
        "row 2, column invoice_balance"
    ]
    assert isinstance(document.record, Invoice)
    assert document.record.number == "77002"


def test_decisions_of_accounts_payable_are_read_in_their_words() -> None:
    (document,) = read(
        "Invoice,Status,By,Message,Vendor\n"
        "F-1,Approved,ana,,FLORSOL\nF-2,Synchronised,,,\nF-3,failed,,No such account,\n"
    )
    assert document.record == InvoiceAnswer(
        verdicts=(
            InvoiceVerdict(2, "F-1", InvoiceDecision.APPROVE, "FLORSOL", "ana"),
            InvoiceVerdict(3, "F-2", InvoiceDecision.SYNCHRONIZED),
            InvoiceVerdict(4, "F-3", InvoiceDecision.FAILED, reason="No such account"),
        )
    )


def test_an_answer_about_invoices_is_no_approval_of_orders() -> None:
    assert kind_of(b"invoice_number,decision,by\n", Dialect()) is Kind.INVOICE_ANSWER
    assert kind_of(b"po_number,decision,by\n", Dialect()) is Kind.APPROVAL


@settings(max_examples=50, deadline=None)
@given(invoices)
def test_what_is_written_is_read_again(invoice: Invoice) -> None:
    assert one(write_step(invoice)) == invoice
    theirs = DeclaredLayout(
        *("kweker", Kind.INVOICE), delimiter=";", decimal_comma=True, date_format="DD-MM-YYYY",
        columns=tuple(LayoutColumn(name, (f"Kolom {name}",)) for name in INVOICE_COLUMNS),
    )  # fmt: skip
    data = in_layout(invoice, theirs)
    (document,) = read_layout(data, theirs, vendor=FARM, limits=DEFAULT_LIMITS)
    assert (document.findings, document.record) == ((), invoice)


def test_what_x12_and_edifact_have_room_for_is_read_again() -> None:
    line = InvoiceLine(
        *(1, "1", Decimal(2), "Box", Decimal("1.5")),
        seller_item="A" * 80,
        description="d" * 513,
        amount=Decimal(3),
    )
    said = Invoice(
        number="F-1",
        invoice_date=date(2026, 11, 21),
        vendor=FARM,
        customer_po="P" * 80,
        ship_to=Party(code="S" * 80, name="n" * 179, street="s" * 143),
        comments="c" * 1600,
        lines=(line,),
        total=Decimal(3),
    )
    assert one(write_step(said)) == said


def test_decisions_are_read_as_they_are_written() -> None:
    said = InvoiceAnswer(verdicts=(InvoiceVerdict(2, "F-1", InvoiceDecision.SENT, "V1", "ana"),))
    (document,) = read(write_step(said))
    assert document.record == said


def test_a_test_invoice_has_no_csv() -> None:
    invoice = Invoice(
        number="F-1", invoice_date=date(2026, 11, 21), is_test=True, lines=(), total=Decimal(0)
    )
    with pytest.raises(ValueError, match="a test can't be written"):
        write_step(invoice)

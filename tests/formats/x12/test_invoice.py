"""Vendors' invoices as 810: read, and written as our own reader takes them."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formats.documents import ReadDocument
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
from formats.x12.invoice_out import write_invoice
from formats.x12.reader import read
from tests.formats.x12.invoices import (
    AT,
    CONTROL,
    CORPUS,
    document_of,
    envelope,
    invoice_in,
    invoices,
)

BIG = "BIG*20261209*INV-7001*20261204*PO-77001***DI"
IT1 = "IT1*1*8*BX*36.5*UM*VP*ROS-RED-60"


def read_810(*body: str) -> ReadDocument:
    return document_of("810", "IN", body)


def invoice_of(*body: str) -> Invoice:
    return invoice_in(read_810(*body))


def codes_of(document: ReadDocument) -> list[str]:
    return [each.code for each in document.findings]


@settings(max_examples=80, deadline=None)
@given(invoice=invoices(), is_5010=st.booleans())
def test_written_invoice_reads_as_it_was(invoice: Invoice, *, is_5010: bool) -> None:
    warnings: list[Finding] = []
    to = envelope(is_5010=is_5010, is_test=invoice.is_test)
    reading = read(write_invoice(invoice, to, CONTROL, AT, warnings=warnings))
    (document,) = reading.documents()
    assert (reading.envelope_findings(), document.findings, warnings) == ((), (), [])
    assert [each.status for each in reading.outcomes[0].groups] == ["A"]
    assert document.record == invoice


# --- what is read --------------------------------------------------------------------------------


def test_invoice_with_everything_that_an_810_says_of_one() -> None:
    record = invoice_of(
        *(BIG, "NTE*INV*KEEP COLD", "CUR*SE*USD", "REF*CO*WEB-5512", "REF*AW*176-12345675"),
        *("N1*SE*FINCA ALTA*92*V0044", "N1*BY*PETAL ROW*92*PETAL", "N1*ST*DC 4*92*DC04"),
        *("N3*12 CANAL ST", "N4*TAMPA*FL*33602*US", "N1*BT*PETAL AP*92*AP1", "N1*RI*BANK*92*B9"),
        *("ITD*08*3*2**10**30*****2 PERCENT IN 10 DAYS", "DTM*011*20261208", "DTM*035*20261210"),
        *(IT1 + "*PO*PO-77002*PL*3", "TXI*VA*2.04*21", "PAM****1*292"),
        *("PID*F*08***ROSE RED 60 CM", "PO4*10***HB**********25", "REF*LA*KD0000001"),
        *("REF*LA*KD0000002", "SAC*A*C310***500"),
        *("TDS*30654", "TXI*ST*2.5", "CAD*A***ARML", "SAC*C*D240***1500**********FREIGHT"),
        "CTT*1",
    )
    (line,) = record.lines
    assert (record.number, record.order_number, record.type) == (
        "INV-7001",
        "PO-77001",
        InvoiceType.INVOICE,
    )
    assert (record.total, record.currency, record.carrier) == (Decimal("306.54"), "USD", "ARML")
    assert record.remit_to == Party("B9", "92", "BANK")
    assert record.bill_to is not None
    assert record.ship_to is not None
    assert (record.bill_to.code, record.ship_to.city) == ("AP1", "TAMPA")
    assert record.terms is not None
    assert (record.terms.discount_percent, record.terms.net_days) == (Decimal(2), 30)
    assert (record.ship_date, record.delivery_date) == (date(2026, 12, 8), date(2026, 12, 10))
    assert (record.awb, record.customer_po, record.comments) == (
        "176-12345675",
        "WEB-5512",
        "KEEP COLD",
    )
    assert record.adjustments == (
        Adjustment(AdjustmentKind.CHARGE, Decimal("15.00"), "D240", "FREIGHT"),
    )
    assert record.taxes == (Tax(Decimal("2.5"), "ST"),)
    assert (line.order_number, line.order_line, line.price_unit) == ("PO-77002", "3", "BX")
    assert (line.bunches_per_box, line.stems_per_bunch, line.box_type_code) == (10, 25, "HB")
    assert (line.box_codes, line.amount) == (("KD0000001", "KD0000002"), Decimal(292))
    assert line.taxes == (Tax(Decimal("2.04"), "VA", Decimal(21)),)
    assert [each.signed for each in line.adjustments] == [Decimal("-5.00")]


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("DI", InvoiceType.INVOICE),
        ("", InvoiceType.INVOICE),
        ("PR", InvoiceType.INVOICE),
        ("CR", InvoiceType.CREDIT),
        ("CN", InvoiceType.CREDIT),
        ("DR", InvoiceType.DEBIT),
    ],
)
def test_type_says_which_way_money_goes(code: str, kind: InvoiceType) -> None:
    big = f"BIG*20261209*INV-7001*****{code}*00"
    record = invoice_of(big, "REF*OI*INV-6999", IT1, "TDS*29200")
    assert (record.type, record.refers_to) == (kind, "INV-6999")


@pytest.mark.parametrize(
    ("code", "purpose"),
    [("00", Purpose.NEW), ("05", Purpose.REPLACE), ("01", Purpose.CANCEL), ("07", Purpose.NEW)],
)
def test_purpose_is_new_replace_or_cancel(code: str, purpose: Purpose) -> None:
    assert invoice_of(f"{BIG}*{code}", IT1, "TDS*29200").purpose is purpose


def test_purpose_that_nothing_follows_from_is_named() -> None:
    document = read_810(f"{BIG}*22", IT1, "TDS*29200")
    assert document.record is None
    assert codes_of(document) == ["x12.BIG08.unsupported"]


@pytest.mark.parametrize(
    ("basis", "ctp", "said"),
    [
        ("PE", [], ("EA", 1)),
        ("UM", [], ("BX", 1)),
        ("", [], (None, 1)),
        ("HP", [], ("EA", 100)),
        ("", ["CTP**UCP*36.5*1*X2"], ("X2", 1)),
        ("", ["CTP**UCP*36.5*100*EA"], ("EA", 100)),
        ("", ["CTP**RES*59*1*EA"], (None, 1)),
    ],
)
def test_price_is_per_what_it_says(basis: str, ctp: list[str], said: tuple[str, int]) -> None:
    record = invoice_of(BIG, f"IT1*1*8*BX*36.5*{basis}*VP*ROS", *ctp, "TDS*29200")
    (line,) = record.lines
    assert (line.price_unit, int(line.price_basis)) == said


def test_credit_with_numbers_below_zero_says_its_type_twice() -> None:
    big = BIG.replace("*DI", "*CR")
    it1 = IT1.replace("*8*", "*-8*")
    record = invoice_of(big, it1, "TXI*VA*-1", "PAM****1*-292", "TDS*-30800", "SAC*C*D240***-1500")
    assert (record.total, record.lines[0].quantity) == (Decimal("308.00"), Decimal(8))
    assert (record.lines[0].amount, record.lines[0].taxes[0].amount) == (Decimal(292), Decimal(1))
    assert record.adjustments[0].amount == Decimal("15.00")


@pytest.mark.parametrize(
    "body",
    [
        [BIG, IT1.replace("*8*", "*-8*"), "TDS*-29200"],
        [BIG.replace("*DI", "*CR"), IT1, "TDS*-29200"],
        [BIG.replace("*DI", "*CR"), IT1.replace("*8*", "*-8*"), "TDS*-27700", "SAC*C*D240***1500"],
    ],
)
def test_what_is_partly_below_zero_is_not_guessed_at(body: list[str]) -> None:
    document = read_810(*body)
    assert document.record is None
    assert codes_of(document) == ["x12.TDS01.negative"]


def test_line_without_quantity_is_left_out_and_named() -> None:
    document = read_810(BIG, IT1, "IT1*2*****VP*ALS", "TDS*29200", "CTT*2")
    assert codes_of(document) == ["x12.IT102.missing"]
    assert isinstance(document.record, Invoice)
    assert [line.line for line in document.record.lines] == [1]


def test_charge_and_tax_without_amount_are_left_out_and_named() -> None:
    document = read_810(BIG, IT1, "SAC*C*D240", "TDS*29200", "TXI*VA**21", "SAC*N*B840***100")
    assert codes_of(document) == ["x12.SAC05.missing", "x12.TXI02.missing"]
    assert isinstance(document.record, Invoice)
    assert not document.record.adjustments
    assert not document.record.taxes


def test_tax_that_prices_hold_already_is_not_added() -> None:
    taxes = ["TXI*VA*50.68*21****I", "TXI*ST*3*****O", "TXI*ST**0", "TXI*GS*****1"]
    record = invoice_of(BIG, IT1, "TDS*29200", *taxes)
    assert not record.taxes


@pytest.mark.parametrize("said", ["0.21", "21"])
def test_rate_of_a_tax_is_part_of_one_or_per_cent(said: str) -> None:
    """The standard has 0.21 for 21 %; real files have 21."""
    (tax,) = invoice_of(BIG, IT1, "TDS*35332", f"TXI*VA*61.32*{said}").taxes
    assert tax.rate == 21


def test_charges_said_again_after_the_lines_count_once_where_the_total_says_so() -> None:
    line = ["IT1*1*8*BX*36.5**VP*ROS", "SAC*C*D240***300"]
    document = read_810(BIG, *line, "TDS*29500", "SAC*C*D240***300")
    assert codes_of(document) == ["x12.SAC.repeated"]
    assert isinstance(document.record, Invoice)
    assert document.record.adjustments == ()
    twice = invoice_of(BIG, *line, "TDS*29800", "SAC*C*D240***300")
    assert len(twice.adjustments) == 1


def test_odd_air_waybill_is_kept_and_warned_of() -> None:
    document = read_810(BIG, "REF*AW*176-12345670", IT1, "TDS*29200")
    assert [(each.code, each.is_error) for each in document.findings] == [("x12.REF02.awb", False)]
    assert isinstance(document.record, Invoice)
    assert document.record.awb == "176-12345670"


def test_wrong_number_of_lines_is_a_warning() -> None:
    document = read_810(BIG, IT1, "TDS*29200", "CTT*3")
    assert [(each.code, each.is_error) for each in document.findings] == [("x12.CTT01", False)]


@pytest.mark.parametrize(
    ("name", "number", "lines"),
    [
        ("synthetic/x12_810_floral.edi", "INV-7001", 1),
        ("indice-co+EDI.Net/test/indice.Edi.Tests/Samples/x12.810a.edi", "DO091003TESTINV01", 2),
    ],
)
def test_invoices_of_others_are_read(name: str, number: str, lines: int) -> None:
    file = CORPUS / name
    if not file.is_file():
        pytest.skip("the corpus isn't beside the checkout")
    (document,) = read(file.read_bytes()).documents()
    assert isinstance(document.record, Invoice)
    assert (document.record.number, len(document.record.lines)) == (number, lines)


# --- what is written -----------------------------------------------------------------------------

LINE = InvoiceLine(
    *(1, "1", Decimal(8), "BX", Decimal("36.5")),
    box_codes=("KD0000001",),
    buyer_item="BLM-100",
    order_line="2",
    bunches_per_box=10,
    stems_per_bunch=25,
)
RECORD = Invoice(
    number="INV-7001",
    invoice_date=date(2026, 12, 9),
    order_number="PO-77001",
    vendor=Party("V1", "92", "Finca Alta"),
    currency="USD",
    lines=(LINE,),
    adjustments=(Adjustment(AdjustmentKind.CHARGE, Decimal(15), "D240", "Freight"),),
    total=Decimal(307),
)


def body_of(record: Invoice, warnings: list[Finding] | None = None) -> list[str]:
    data = write_invoice(record, envelope(), CONTROL, AT, warnings=warnings)
    return data.decode().splitlines()[3:-3]


def test_invoice_looks_as_buyers_expect_it() -> None:
    assert body_of(RECORD) == [
        *("BIG*20261209*INV-7001**PO-77001***DI*00~", "CUR*SE*USD~", "N1*SE*Finca Alta*92*V1~"),
        *("IT1*1*8*BX*36.5**BP*BLM-100*PL*2~", "PO4*10*************25~", "REF*LA*KD0000001~"),
        *("TDS*30700~", "SAC*C*D240***1500**********Freight~", "CTT*1~"),
    ]


@pytest.mark.parametrize("is_5010", [False, True])
def test_pyx12_reads_the_envelope_alike(*, is_5010: bool) -> None:
    x12file = pytest.importorskip("pyx12.x12file", reason="pyx12 is not installed")
    data = write_invoice(RECORD, envelope(is_5010=is_5010), CONTROL, AT)
    source = x12file.X12Reader(io.StringIO(data.decode()))
    tags = [segment.get_seg_id() for segment in source]
    source.cleanup()
    assert source.pop_errors() == []
    assert tags[:4] == ["ISA", "GS", "ST", "BIG"]
    assert tags[-3:] == ["SE", "GE", "IEA"]


def test_amount_without_a_price_makes_one() -> None:
    line = replace(LINE, unit_price=None, amount=Decimal(10), quantity=Decimal(3))
    assert "IT1*1*3*BX*3.33333333**BP*BLM-100*PL*2~" in body_of(
        RECORD.model_copy(update={"lines": (line,)})
    )


@pytest.mark.parametrize(
    ("update", "why"),
    [
        ({"lines": (replace(LINE, unit_price=None),)}, "line 1 has no price"),
        ({"total": Decimal("307.005")}, "the total is 307.005, and X12 counts whole cents"),
        ({"number": "F" * 23}, "BIG02"),
    ],
)
def test_what_x12_can_not_say_is_refused(update: dict[str, object], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        write_invoice(RECORD.model_copy(update=update), envelope(), CONTROL, AT)


@pytest.mark.parametrize(
    ("code", "said"),
    [("VAT", "VA"), (None, "TX"), ("ST", "ST"), ("ecotax", "ZZ")],
)
def test_tax_has_a_kind_of_x12(code: str | None, said: str) -> None:
    body = body_of(RECORD.model_copy(update={"taxes": (Tax(Decimal(2), code),)}))
    assert f"TXI*{said}*2*****A~" in body


def test_long_code_of_a_charge_stands_before_its_words() -> None:
    charge = Adjustment(AdjustmentKind.CHARGE, Decimal(15), "fuel surcharge", "week 49")
    body = body_of(RECORD.model_copy(update={"adjustments": (charge,)}))
    assert "SAC*C*ZZZZ***1500**********fuel surcharge week 49~" in body


def test_remarks_that_are_too_many_are_reported() -> None:
    warnings: list[Finding] = []
    text = "\n".join(f"LINE {at}" for at in range(12))
    body = body_of(RECORD.model_copy(update={"comments": text}), warnings)
    assert sum(each.startswith("MSG") for each in body) == 10
    assert [each.code for each in warnings] == ["x12.out.left_out"]


@pytest.mark.parametrize(
    ("terms", "segment"),
    [
        (Terms(None, None, 30, Decimal(2), None, 10), "ITD*08*3*2**10**30"),
        (Terms(None, None, 30, Decimal(2)), "ITD*01*3*****30*****2 % discount"),
        (
            Terms("AS AGREED", None, None, Decimal("1.5")),
            "ITD*01*3**********1.5 % discount, AS AGREED",
        ),
    ],
)
def test_discount_that_ends_on_no_day_is_said_in_words(terms: Terms, segment: str) -> None:
    bill = Invoice(
        number="F-1", invoice_date=date(2026, 12, 9), lines=(), total=Decimal(1), terms=terms
    )
    data = write_invoice(bill, envelope(), CONTROL, AT)
    assert f"\n{segment}~\n".encode() in data
    (document,) = read(data).documents()
    assert document.findings == ()


def test_rate_that_can_not_be_said_is_left_out_and_noted() -> None:
    found: list[Finding] = []
    body = body_of(
        RECORD.model_copy(update={"taxes": (Tax(Decimal(2), "ST", Decimal(100)),)}), found
    )
    assert "TXI*ST*2*****A~" in body
    assert [(each.code, each.value) for each in found] == [("x12.out.left_out", "100")]


def test_base_of_a_tax_stands_beside_a_rate_alone() -> None:
    taxes = (
        Tax(Decimal(9), "VA", None, Decimal(100)),
        Tax(Decimal(9), "VA", Decimal(9), Decimal(100)),
    )
    bill = Invoice(
        number="F-1", invoice_date=date(2026, 12, 9), lines=(), total=Decimal(18), taxes=taxes
    )
    data = write_invoice(bill, envelope(), CONTROL, AT)
    assert [each for each in data.split(b"~\n") if each.startswith(b"TXI")] == [
        b"TXI*VA*9*****A",
        b"TXI*VA*9*0.09****A*100",
    ]

"""Invoices of the grocery trade (880): read, and written as our own reader takes them."""

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
from formats.records import Party, Purpose, UnitType
from formats.x12.grocery_invoice import share
from formats.x12.grocery_invoice_out import write_grocery_invoice
from formats.x12.reader import read
from tests.formats.x12.invoices import (
    AT,
    CONTROL,
    CORPUS,
    adjustments_with,
    document_of,
    envelope,
    invoice_in,
    percents,
    several,
    terms_with,
)
from tests.formats.x12.strategies import (
    amounts,
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

HEAD = ("G01*20261209*INV-7001*20261204*PO-77001", "N1*SE*FINCA ALTA*92*V0044")
LINE = "G17*8*CA*36.5**BP*R60"

adjustments = adjustments_with(st.sampled_from(["504", "53", "2"]))
taxes = st.builds(Tax, amount=amounts, code=st.just("TX")) | st.builds(
    lambda rate, base: Tax(share(rate, base), "TX", rate, base),
    percents,
    amounts.filter(lambda amount: len(amount.as_tuple().digits) <= 9),
)
terms = terms_with(texts.map(lambda text: text[:60].strip())).filter(
    lambda one: one.due_date is not None or one.net_days is not None
)


@st.composite
def lines(draw: st.DrawFn, number: int) -> InvoiceLine:
    ids = draw(st.permutations(["seller_item", "buyer_item", "gtin"]))
    kept = dict(zip(ids, [draw(codes()), draw(maybe(codes()))], strict=False))
    if kept.get("gtin"):
        kept["gtin"] = draw(gtins)
    return InvoiceLine(
        line=number,
        reference=str(number),
        quantity=draw(amounts),
        unit=draw(units),
        unit_price=draw(amounts),
        amount=draw(maybe(amounts)),
        order_number=draw(maybe(codes(1, 22))),
        order_line=draw(maybe(codes(1, 20))),
        box_codes=tuple(draw(st.lists(codes(3, 20), max_size=3, unique=True))),
        seller_item=kept.get("seller_item"),
        buyer_item=kept.get("buyer_item"),
        gtin=kept.get("gtin"),
        description=draw(maybe(texts)),
        bunches_per_box=draw(maybe(packs)),
        stems_per_bunch=draw(maybe(packs)),
        adjustments=draw(several(adjustments)),
        taxes=draw(several(taxes)),
    )


@st.composite
def invoices(draw: st.DrawFn) -> Invoice:
    count = draw(st.integers(0, 4))
    return Invoice(
        number=draw(codes(1, 22)),
        is_test=draw(st.booleans()),
        invoice_date=draw(days),
        order_number=draw(maybe(codes(1, 22))),
        order_date=draw(maybe(days)),
        customer_po=draw(maybe(codes())),
        location=draw(maybe(codes(2))),
        vendor=draw(parties()),
        buyer=draw(st.just(Party()) | parties()),
        ship_to=draw(maybe(parties())),
        bill_to=draw(maybe(parties())),
        remit_to=draw(maybe(parties())),
        terms=draw(maybe(terms)),
        ship_date=draw(maybe(days)),
        delivery_date=draw(maybe(days)),
        carrier=draw(maybe(codes(2, 4) | texts.map(lambda text: text[:35].strip()))),
        awb=draw(maybe(waybills)),
        house_awb=draw(maybe(codes(1, 12))),
        comments=draw(maybe(texts)),
        lines=tuple(draw(lines(at)) for at in range(1, count + 1)),
        adjustments=draw(several(adjustments)),
        taxes=draw(several(taxes)),
        total=draw(amounts),
    )


@settings(max_examples=80, deadline=None)
@given(invoice=invoices(), is_5010=st.booleans())
def test_written_invoice_reads_as_it_was(invoice: Invoice, *, is_5010: bool) -> None:
    warnings: list[Finding] = []
    to = envelope(is_5010=is_5010, is_test=invoice.is_test)
    reading = read(write_grocery_invoice(invoice, to, CONTROL, AT, warnings=warnings))
    (document,) = reading.documents()
    assert (reading.envelope_findings(), document.findings, warnings) == ((), (), [])
    assert [each.status for each in reading.outcomes[0].groups] == ["A"]
    assert document.record == invoice.model_copy(update={"came_as": "880"})


def read_880(*body: str) -> ReadDocument:
    return document_of("880", "GP", body)


def invoice_of(*body: str) -> Invoice:
    return invoice_in(read_880(*body))


# --- what is read --------------------------------------------------------------------------------


def test_case_code_is_a_code_of_the_buyer() -> None:
    (line,) = invoice_of(*HEAD, "G17*8*CA*36.5*061414100019", "G31*8*CA", "G33*29200").lines
    assert (line.buyer_item, line.gtin, line.unit_price) == ("061414100019", None, Decimal("36.5"))


def test_method_says_whether_a_charge_counts() -> None:
    record = invoice_of(
        *(*HEAD, "G72*504*06******1500", "G73*AIR", "G73*FREIGHT", "G72*53*02******200"),
        *("G72*100*01******900", "G73*BILLED BACK", "G72*501*06******250", "G73*SALES TAX"),
        *(LINE, "G72*88*02******300", "G31*8*CA", "G33*30450"),
    )
    assert record.adjustments == (
        Adjustment(AdjustmentKind.CHARGE, Decimal("15.00"), "504", "AIR FREIGHT"),
        Adjustment(AdjustmentKind.ALLOWANCE, Decimal("2.00"), "53"),
    )
    assert record.taxes == (Tax(Decimal("2.50"), "TX"),)
    assert record.lines[0].adjustments == (Adjustment(AdjustmentKind.ALLOWANCE, Decimal("3.00")),)


def test_charge_says_a_share_of_an_amount_or_a_rate_and_for_how_many() -> None:
    record = invoice_of(
        *(*HEAD, "G72*501*06*******6.25*292", "G72*504*06***0.5*16*CA", "G72*53*02*******10*20"),
        *(LINE, "G72*504*06***0.125", "G31*8*CA", "G33*31725"),
    )
    assert record.taxes == (Tax(Decimal("18.25"), "TX", Decimal("6.25"), Decimal(292)),)
    assert [each.amount for each in record.adjustments] == [Decimal(8), Decimal(2)]
    assert [each.amount for each in record.lines[0].adjustments] == [Decimal(1)]


def test_charge_without_amount_is_left_out_and_named() -> None:
    document = read_880(*HEAD, "G72*504*06***0.5", LINE, "G31*8*CA", "G33*29200")
    assert [each.code for each in document.findings] == ["x12.G7208.missing"]
    assert isinstance(document.record, Invoice)
    assert document.record.adjustments == ()


@pytest.mark.parametrize("body", [(LINE, "G33*-29200"), ("G17*-8*CA*36.5**BP*R60", "G33*100")])
def test_what_is_below_zero_is_no_bill(body: tuple[str, str]) -> None:
    document = read_880(*HEAD, body[0], "G31*8*CA", body[1])
    assert document.record is None
    assert [each.code for each in document.findings] == ["x12.G33.negative"]


def test_odd_air_waybill_is_kept_and_warned_of() -> None:
    document = read_880(HEAD[0], "N9*AW*176-12345670", HEAD[1], LINE, "G31*8*CA", "G33*29200")
    assert [(each.code, each.is_error) for each in document.findings] == [("x12.N902.awb", False)]


def test_invoice_of_another_lacks_what_must_come() -> None:
    name = "Inteligenz+X12Parser/tests/OopFactory.X12.Tests.Unit/Parsing/_SampleEdiFiles/ORD/_880/"
    file = CORPUS / name / "SimplotExample1.txt"
    if not file.is_file():
        pytest.skip("the corpus isn't beside the checkout")
    (document,) = read(file.read_bytes().replace(b"*^*00307*", b"*U*00401*")).documents()
    assert document.record is None
    assert {"x12.G33.missing", "x12.G1703.character"} <= {each.code for each in document.findings}


# --- what is written -----------------------------------------------------------------------------

ITEM = InvoiceLine(
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
    lines=(ITEM,),
    adjustments=(Adjustment(AdjustmentKind.CHARGE, Decimal(15), "D240", "Freight"),),
    total=Decimal(307),
)


def body_of(record: Invoice, warnings: list[Finding] | None = None) -> list[str]:
    data = write_grocery_invoice(record, envelope(), CONTROL, AT, warnings=warnings)
    return data.decode().splitlines()[3:-3]


def with_line(**said: object) -> Invoice:
    line = replace(ITEM, **said)  # type: ignore[arg-type]  # any field
    return RECORD.model_copy(update={"lines": (line,)})


def test_invoice_looks_as_grocers_expect_it() -> None:
    assert body_of(RECORD) == [
        *("G01*20261209*INV-7001**PO-77001~", "N1*SE*Finca Alta*92*V1~"),
        *("G72*504*06******1500~", "G73*Freight~", "G17*8*BX*36.5**BP*BLM-100~"),
        *("G20*10********25~", "N9*PL*2~", "N9*LA*KD0000001~", "G31*8*BX~", "G33*30700~"),
    ]


def test_tax_that_is_no_share_is_an_amount_and_what_is_left_out_is_noted() -> None:
    """The standard has one of the two in a G72, never both (E050809)."""
    found: list[Finding] = []
    taxes = (Tax(Decimal("6.14"), "TX", Decimal(2)), Tax(Decimal(5), "TX", Decimal(2), Decimal(9)))
    body = body_of(RECORD.model_copy(update={"taxes": taxes}), found)
    assert [each for each in body if each.startswith("G72*501")] == [
        "G72*501*06******614~",
        "G72*501*06******500~",
    ]
    assert [(each.code, each.value) for each in found] == [
        ("x12.out.left_out", "2"),
        ("x12.out.left_out", "2 % of 9"),
    ]


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        (Terms("AS AGREED"), "Terms: AS AGREED"),
        (Terms(None, None, None, Decimal(2), None, 10), "Terms: 2 % discount, within 10 days"),
        (
            Terms("NET", None, None, Decimal(2), date(2026, 12, 20)),
            "Terms: 2 % discount, until 2026-12-20, NET",
        ),
    ],
)
def test_terms_that_say_no_end_are_said_in_words(terms: Terms, words: str) -> None:
    body = body_of(RECORD.model_copy(update={"terms": terms, "comments": "Thank you"}))
    assert [each for each in body if each.startswith(("NTE", "G23"))] == [
        "NTE*INV*Thank you~",
        f"NTE*INV*{words}~",
    ]


def test_price_of_another_unit_becomes_one_of_the_unit_billed() -> None:
    record = with_line(
        unit_price=Decimal("0.33333"),
        price_unit="EA",
        price_unit_type=UnitType.STEM,
        unit_type=UnitType.BOX,
    )
    # 8 boxes of 250 stems at 0.33333.
    assert "G17*8*BX*83.3325**BP*BLM-100********666.66~" in body_of(record)


def test_units_of_several_kinds_are_units() -> None:
    other = replace(ITEM, line=2, reference="2", unit="X2", quantity=Decimal(4))
    assert "G31*12*UN~" in body_of(RECORD.model_copy(update={"lines": (ITEM, other)}))


def test_what_is_too_much_for_a_line_is_reported() -> None:
    warnings: list[Finding] = []
    codes_of_boxes = tuple(f"KD{at}" for at in range(9))
    body = body_of(with_line(box_codes=codes_of_boxes, description="ROSE " * 60), warnings)
    assert sum(each.startswith("N9*") for each in body) == 5
    assert sum(each.startswith("G69*") for each in body) == 5
    assert [each.code for each in warnings] == ["x12.out.left_out"] * 2


def test_third_id_of_an_item_is_reported() -> None:
    warnings: list[Finding] = []
    body = body_of(with_line(gtin="00614141000012", seller_item="ROS-60"), warnings)
    assert "G17*8*BX*36.5**BP*BLM-100*UK*00614141000012~" in body
    assert [(each.code, each.where.segment, each.value) for each in warnings] == [
        ("x12.out.left_out", "G17", "ROS-60")
    ]


@pytest.mark.parametrize(
    ("record", "why"),
    [
        (RECORD.model_copy(update={"type": InvoiceType.CREDIT}), "only bills"),
        (RECORD.model_copy(update={"purpose": Purpose.CANCEL}), "only bills"),
        (RECORD.model_copy(update={"vendor": Party()}), "at least one party"),
        (RECORD.model_copy(update={"total": Decimal("1.005")}), "whole cents"),
        (with_line(buyer_item=None), "names no item"),
        (with_line(unit_price=None), "can't be told"),
        (with_line(price_unit="EA"), "can't be told"),
    ],
)
def test_what_an_880_can_not_say_is_refused(record: Invoice, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        write_grocery_invoice(record, envelope(), CONTROL, AT)


def test_pyx12_reads_the_envelope_alike() -> None:
    x12file = pytest.importorskip("pyx12.x12file", reason="pyx12 is not installed")
    data = write_grocery_invoice(RECORD, envelope(), CONTROL, AT)
    source = x12file.X12Reader(io.StringIO(data.decode()))
    tags = [segment.get_seg_id() for segment in source]
    source.cleanup()
    assert source.pop_errors() == []
    assert tags[:4] == ["ISA", "GS", "ST", "G01"]

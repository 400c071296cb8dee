"""CLOCKT (EKT): which sales are read, in the shapes that marketplaces and their software send."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.documents import ReadDocument
from formats.edifact.clock import lot_bar_code
from formats.edifact.policy import STRICT, Policy
from formats.edifact.reader import read
from formats.records import OrderLine, Party
from formats.transactions import LotBarCode, MarketTransactions, Sale
from formats.vbn import Vbn
from tests.corpus.index import ABSENT, CORPUS, samples
from tests.formats.edifact.samples import control, header, message, written

EKT = "CLOCKT:003:007:EF"
HEAD = ("BGM+493", "DTM+97:20261204:102", "NAD+BY+448811", "NAD+FLA+3")
SALE = (
    "LIN+++16207:VBN",
    "DTM+9:061802:402",
    "NAD+MF+8733",
    "RFF+ACE:122254",
    "RFF+ADZ:1178",
    "RFF+AAD:00",
    "RFF+AGJ:2603",
    "RFF+BT:00301338026030000002",
    "RFF+CTS:157",
    "RFF+FAC:1",
    "RFF+FAN:428",
    "QTY+52:50",
    "QTY+66:2",
    "PRI+INV:0.560",
    "IMD++S99+:::R GR AVALANCHE?+",
    "IMD++S20+070",
    "IMD++L11+010",
    "IMD++S98+A1",
    "PAC+++997",
    "PRI+PAP:7.000",
    "EQD+BX++1",
)
"""A sale at a clock."""
WEB_SALE = (
    "LIN+++103567:VBN",
    "DTM+9:120000:402",
    "RFF+ON:FS0P7229",
    "RFF+AIR:9100174092012",
    "RFF+VN:9600001139179",
    "RFF+AAJ:9600001139180",
    "RFF+IRN:EDOEBLMK72KX::1",
    "QTY+52:100",
    "QTY+66:1",
    "PIA+5+GM-13232:SA:57:91",
    "IMD++L11+010",
    "PAC+++588",
)
"""One that was made in a web shop before the clock."""


def ekt(*body: str, kind: str = EKT, count: str | None = None) -> bytes:
    unb = header("UNOA:2", "8712345000028:14", "448811:ZZ", rest="++FDY 212")
    return written(*message(body or (*HEAD, *SALE), kind, count=count), unb=unb)


def document_of(data: bytes) -> ReadDocument:
    (document,) = read(data).documents()
    return document


def read_of(data: bytes) -> MarketTransactions:
    record = document_of(data).record
    assert isinstance(record, MarketTransactions), document_of(data).findings
    return record


def sale_of(*segments: str) -> Sale:
    (sale,) = read_of(ekt(*HEAD, *segments)).sales
    return sale


def without(*tags: str) -> tuple[str, ...]:
    return tuple(each for each in SALE if not each.startswith(tags))


def found_in(data: bytes) -> list[str]:
    return [each.code for each in document_of(data).findings]


@pytest.mark.parametrize("kind", ["CLOCKT:003:005:EF", "CLOCKT:003:007:EF", "CLOCKT:003:007:FS"])
def test_sale_at_a_clock_is_read_whole(kind: str) -> None:
    document = document_of(ekt(*HEAD, *SALE, kind=kind))
    assert document.findings == ()
    assert document.record == MarketTransactions(
        number="1",
        type_code="493",
        traded_on=date(2026, 12, 4),
        marketplace="3",
        buyer=Party("448811"),
        currency="EUR",
        sales=(
            Sale(
                OrderLine(
                    1,
                    "2603",
                    Decimal(100),
                    "PCE",
                    description="R GR AVALANCHE+",
                    unit_price=Decimal("0.560"),
                    price_unit="PCE",
                    bunches_per_box=5,
                    stems_per_bunch=10,
                    vbn=Vbn(
                        "16207",
                        features=(("S20", "070"), ("L11", "010"), ("S98", "A1")),
                        package="997",
                        pieces=50,
                    ),
                ),
                transaction="2603",
                grower=Party("8733"),
                sold_at=time(6, 18, 2),
                packs=2,
                pieces_per_pack=50,
                package_price=Decimal("7.000"),
                trolleys=Decimal(1),
                clock="1",
                lot_code="00301338026030000002",
                lot=LotBarCode(3, 1, 338, 2603, 0, 2),
                letter="122254",
                letter_lot="1178",
                letter_part="00",
                sequence="157",
                trolley="428",
            ),
        ),
    )


def test_sale_of_a_web_shop_names_the_orders_on_both_sides() -> None:
    sale = sale_of(*WEB_SALE)
    assert (sale.order_number, sale.supplier_reference) == ("FS0P7229", "9600001139179")
    assert (sale.delivery_reference, sale.transaction) == ("9600001139180", None)
    assert (sale.certificate, sale.image) == ("9100174092012", "EDOEBLMK72KX")
    assert (sale.line.reference, sale.line.seller_item) == ("9600001139179", "GM-13232")
    assert (sale.line.unit_price, sale.line.price_unit) == (None, None)
    assert sale.line.bunches_per_box == 10


def test_every_sale_of_a_message_is_read() -> None:
    record = read_of(ekt(*HEAD, *SALE, *WEB_SALE))
    assert [each.line.line for each in record.sales] == [1, 2]


def test_pieces_per_packaging_unit_are_no_stems_of_a_bunch() -> None:
    line = sale_of(*without("IMD++L11")).line
    assert (line.stems_per_bunch, line.bunches_per_box, line.quantity) == (None, None, Decimal(100))


@pytest.mark.parametrize(("code", "is_final"), [("493", True), ("323", False)])
def test_statement_is_final_or_preliminary(code: str, is_final: bool) -> None:
    record = read_of(ekt(f"BGM+{code}+K-1", *HEAD[1:], *SALE))
    assert (record.is_final, record.number) == (is_final, "K-1")


def test_seller_and_place_of_delivery_are_read() -> None:
    record = read_of(ekt(*HEAD, "NAD+SE+8713782574073:160:9", "NAD+DP+8713783461105:160:9", *SALE))
    assert record.vendor == Party("8713782574073", "UL")
    assert record.ship_to == Party("8713783461105", "UL")


# --- what software prints


def test_header_behind_its_message_is_read() -> None:
    data = ekt()
    unb, unh, rest = data.split(b"\n", 2)
    reading = read(b"\n".join((unh, unb, rest)))
    (document,) = reading.documents()
    assert document.record == read_of(data)
    assert [each.code for each in reading.envelope_findings()] == ["edifact.UNH.before_UNB"]


def test_wrong_count_is_warned_of_and_acknowledged_all_the_same() -> None:
    data = ekt(*HEAD, *SALE, count="33")
    assert read_of(data).sales
    assert found_in(data) == ["edifact.UNT01"]
    assert control(data) == [["UCI+5001+8712345000028:14+448811:ZZ+7"]]


@pytest.mark.parametrize(
    ("segments", "found"),
    [
        (("BGM+493++0", *HEAD[1:], *SALE), "edifact.BGM03.invalid"),
        ((*HEAD, *SALE, "RFF+EFACTBARC:00301338026030000002"), "edifact.RFF.misplaced"),
        ((*HEAD, *SALE, "MEA+PD+AAA+KGM:4"), "edifact.MEA.misplaced"),
    ],
)
def test_what_no_guide_says_is_warned_of(segments: tuple[str, ...], found: str) -> None:
    data = ekt(*segments)
    assert read_of(data).sales[0].transaction == "2603"
    assert found in found_in(data)
    assert not any(each.is_error for each in document_of(data).findings)


def test_empty_parties_and_references_say_nothing() -> None:
    record = read_of(ekt(*HEAD, "NAD+SE+", *without("RFF+CTS"), "RFF+CTS:"))
    assert (record.vendor, record.sales[0].sequence) == (Party(), None)


def test_message_without_a_sale_is_refused() -> None:
    data = ekt(*HEAD)
    assert document_of(data).record is None
    assert found_in(data) == ["edifact.LIN.missing"]


def test_directory_of_the_united_nations_has_no_ekt() -> None:
    assert found_in(ekt(kind="CLOCKT:D:96A:UN")) == ["edifact.UNH02"]


# --- sales that can't be used


@pytest.mark.parametrize(
    ("segments", "code"),
    [
        (without("QTY+66"), "QTY.missing"),
        (without("QTY+52"), "QTY.missing"),
        ((*without("QTY+66"), "QTY+66:0"), "QTY.missing"),
        ((*without("QTY+66"), "QTY+66:1.5"), "QTY.missing"),
        (("LIN", *without("LIN", "IMD++S99")), "LIN03.missing"),
        (without("RFF+AGJ"), "RFF.missing"),
    ],
)
def test_sale_that_cannot_be_used_is_left_out_and_named(
    segments: tuple[str, ...], code: str
) -> None:
    data = ekt(*HEAD, *segments, *WEB_SALE)
    assert [each.supplier_reference for each in read_of(data).sales] == ["9600001139179"]
    errors = [each.code for each in document_of(data).findings if each.is_error]
    assert errors == [f"edifact.{code}"]


def test_message_of_which_no_sale_can_be_used_says_nothing() -> None:
    data = ekt(*HEAD, *without("QTY"))
    assert document_of(data).record is None
    assert found_in(data) == ["edifact.QTY.missing", "edifact.LIN.none"]


def test_product_may_be_named_in_words_alone() -> None:
    assert sale_of("LIN", *without("LIN")).line.description == "R GR AVALANCHE+"


def test_number_on_two_sales_is_warned_of() -> None:
    data = ekt(*HEAD, *SALE, *SALE)
    assert len(read_of(data).sales) == 2
    assert found_in(data) == ["edifact.RFF01.repeated"]


@pytest.mark.parametrize("text", ["2561802:402", "998877:402", "20261204:102"])
def test_time_that_is_none_is_left_out_with_a_warning(text: str) -> None:
    data = ekt(*HEAD, f"{SALE[0]}", f"DTM+9:{text}", *SALE[2:])
    assert read_of(data).sales[0].sold_at is None
    assert found_in(data) == ["edifact.DTM01.time"]


# --- the bar code of a lot


@pytest.mark.parametrize(
    "changed",
    [
        "RFF+BT:00301339026030000002",
        "RFF+BT:00401338026030000002",
        "RFF+BT:00301338026040000002",
        "RFF+BT:00301338026030000003",
        "RFF+BT:00302338026030000002",
        "RFF+BT:0030133802603000000",
        "RFF+BT:120000466382",
    ],
)
def test_bar_code_that_says_otherwise_than_the_sale_is_kept_as_text(changed: str) -> None:
    sale = sale_of(*(changed if each.startswith("RFF+BT") else each for each in SALE))
    assert (sale.lot_code, sale.lot) == (changed.removeprefix("RFF+BT:"), None)


@given(st.text("0123456789", min_size=20, max_size=20))
def test_bar_code_is_read_digit_by_digit(digits: str) -> None:
    lot = lot_bar_code(digits)
    assert lot is not None
    assert digits == (
        f"{lot.marketplace:03}{lot.clock:02}{lot.day_of_year:03}{lot.transaction:05}"
        f"{lot.restart:03}{lot.packs:04}"
    )


@given(st.text(max_size=24).filter(lambda text: len(text) != 20 or not text.isascii()))
def test_bar_code_of_another_length_is_none(text: str) -> None:
    assert lot_bar_code(text) is None


# --- real ones

LONG_NAME = replace(STRICT, warns=frozenset({"39"}))
"""For the file whose sender is the words of a manual, longer than a name may be."""
REAL: dict[str, tuple[Policy, str, int]] = {
    "snippets/ekt_2010_FHR_CLOCKT-003-005-EF.edi": (STRICT, "2603", 100),
    "snippets/ekt_2023_florisoft_CLOCKT-003-007-FS_UNH-before-UNB.edi": (LONG_NAME, "66382", 50),
    "snippets/ekt_2025_floriday_CLOCKT-003-007-EF.edi": (STRICT, "7241537", 100),
}


@pytest.mark.skipif(not samples(), reason=ABSENT)
@pytest.mark.parametrize("path", sorted(REAL))
def test_real_files_are_read(path: str) -> None:
    policy, transaction, pieces = REAL[path]
    (document,) = read((CORPUS / path).read_bytes(), policy=policy).documents()
    assert isinstance(document.record, MarketTransactions), document.findings
    assert not any(each.is_error for each in document.findings)
    (sale,) = document.record.sales
    assert (sale.transaction, sale.line.quantity) == (transaction, Decimal(pieces))


@pytest.mark.skipif(not samples(), reason=ABSENT)
def test_real_bar_code_of_twenty_digits_agrees_with_its_sale() -> None:
    path = CORPUS / "snippets/ekt_2010_FHR_CLOCKT-003-005-EF.edi"
    (document,) = read(path.read_bytes()).documents()
    assert isinstance(document.record, MarketTransactions)
    assert document.record.sales[0].lot == LotBarCode(3, 1, 342, 2603, 0, 2)

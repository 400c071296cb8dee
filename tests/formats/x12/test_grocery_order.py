"""Orders of the grocery trade (875) are orders like any other."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from formats.documents import ReadDocument
from formats.records import Party, PurchaseOrder, Purpose, ShipVia
from formats.x12.reader import read
from formats.x12.technical import ControlNumbers, functional_acknowledgement
from tests.formats.x12.samples import group, header, interchange, transaction_set, written

AT = datetime(2026, 12, 4, 9, 30)  # noqa: DTZ001 - wall clock of our own zone
CONTROL = ControlNumbers(1, 1, 1)
CORPUS = Path(__file__).resolve().parents[3].parent / "shared" / "corpus"
SAMPLE = (
    "Inteligenz+X12Parser/tests/OopFactory.X12.Tests.Unit/Parsing/_SampleEdiFiles/ORD/_875/"
    "AmasoftExample1.txt"
)
HEAD = ("G50*N*20261204*PO-88001****SA", "N1*ST*DC 4*92*DC04")
LINE = "G68*12*CA*36.5**VN*ROS-RED-60"


def read_875(*body: str, is_5010: bool = False) -> ReadDocument:
    version, mark = ("00501", "^") if is_5010 else ("00401", "U")
    sets = group(transaction_set(body, "875"), functional_id="OG", version=f"{version}0UCS")
    reading = read(written(interchange(sets, isa=header(version=version, standard=mark))))
    assert reading.envelope_findings() == ()
    (document,) = reading.documents()
    return document


def order_of(*body: str) -> PurchaseOrder:
    document = read_875(*body)
    assert document.findings == ()
    assert isinstance(document.record, PurchaseOrder)
    return document.record


@pytest.mark.parametrize("is_5010", [False, True])
def test_order_of_a_grocer_is_an_order(*, is_5010: bool) -> None:
    document = read_875(
        *(HEAD[0], "N9*CO*WEB-1", "N9*BX*MARK-1", "G62*10*20261208", "G62*02*20261211"),
        *("NTE*GEN*CALL FIRST", "G66*CC*M***PRIME", "N1*BY*PETAL*92*PETAL", HEAD[1]),
        *("N3*12 CANAL ST", "N4*TAMPA*FL*33602*US", "N1*SE*FINCA ALTA*92*V0044"),
        *("G68*12*CA*36.5*061414100019*VN*ROS-RED-60*EN*7501234567893", "G69*ROSE RED"),
        *("G69*60 CM", "G70*10*********25", "N9*BX*MARK-7", "G76*12*CA"),
        is_5010=is_5010,
    )
    assert document.findings == ()
    record = document.record
    assert isinstance(record, PurchaseOrder)
    assert (record.number, record.order_type, record.order_date) == (
        "PO-88001",
        "SA",
        date(2026, 12, 4),
    )
    assert (record.ship_date, record.delivery_date) == (date(2026, 12, 8), date(2026, 12, 11))
    assert (record.customer_po, record.mark_code, record.carrier) == ("WEB-1", "MARK-1", "PRIME")
    assert record.ship_to == Party(
        "DC04", "92", "DC 4", "12 CANAL ST", "TAMPA", "FL", "33602", "US"
    )
    assert (record.buyer.code, record.vendor.code, record.comments) == (
        "PETAL",
        "V0044",
        "CALL FIRST",
    )
    (line,) = record.lines
    assert (line.quantity, line.unit, line.unit_price, line.price_unit) == (
        Decimal(12),
        "CA",
        Decimal("36.5"),
        "CA",
    )
    assert (line.seller_item, line.gtin, line.buyer_item) == (
        "ROS-RED-60",
        "7501234567893",
        "061414100019",
    )
    assert (line.description, line.mark_code) == ("ROSE RED 60 CM", "MARK-7")
    assert (line.bunches_per_box, line.stems_per_bunch) == (10, 25)


def test_case_code_yields_to_a_code_of_the_buyer() -> None:
    (line,) = order_of(*HEAD, "G68*1*CA*2*061414100019*BP*R60", "G76*1*CA").lines
    assert (line.buyer_item, line.gtin) == ("R60", None)


@pytest.mark.parametrize(
    ("code", "purpose"),
    [("N", Purpose.NEW), ("R", Purpose.CHANGE), ("F", Purpose.CANCEL), ("D", Purpose.CANCEL)],
)
def test_status_is_the_purpose(code: str, purpose: Purpose) -> None:
    assert order_of(HEAD[0].replace("*N*", f"*{code}*"), *HEAD[1:], LINE, "G76*12*CA").purpose is (
        purpose
    )


def test_status_of_no_use_is_named() -> None:
    document = read_875(HEAD[0].replace("*N*", "*A*"), *HEAD[1:], LINE, "G76*12*CA")
    assert document.record is None
    assert [each.code for each in document.findings] == ["x12.G5001.unsupported"]


def test_drop_shipment_ships_from_the_grower() -> None:
    record = order_of("G50*N*20261204*PO-1****DS", HEAD[1], LINE, "G76*12*CA")
    assert record.ship_via is ShipVia.GROWER


def test_order_for_one_store_is_shipped_there_and_several_are_a_warning() -> None:
    one = order_of(
        "G50*N*20261204*PO-1", "N1*BT*PETAL*92*PE", LINE, "N1*ST**92*STORE7", "G76*12*CA"
    )
    assert one.ship_to == Party("STORE7", "92")
    stores = ("N1*ST**92*STORE7", "QTY*01*6", "N1*ST**92*STORE8", "QTY*01*6")
    document = read_875("G50*N*20261204*PO-1", "N1*BT*PETAL*92*PE", LINE, *stores, "G76*12*CA")
    assert [(each.code, each.is_error) for each in document.findings] == [
        ("x12.SDQ.not_used", False)
    ]


def test_line_below_zero_is_left_out_and_a_wrong_total_named() -> None:
    document = read_875(*HEAD, LINE, "G68*-2*CA*1**VN*ALS", "G76*12*CA")
    assert [each.code for each in document.findings] == ["x12.G7601", "x12.G6801.negative"]
    assert isinstance(document.record, PurchaseOrder)
    assert len(document.record.lines) == 1


def test_contents_of_an_assorted_case() -> None:
    sln = "SLN*1**I*12*X2*1.5*PE**VP*ALS-WHI"
    (line,) = order_of(*HEAD, LINE, sln, "G76*12*CA").lines
    assert [(each.seller_item, each.bunches) for each in line.contents] == [
        ("ALS-WHI", Decimal(12))
    ]


def test_element_whose_number_is_not_known_has_none_in_the_997() -> None:
    head = f"G01*20261204*INV-1***{'9' * 23}"
    sent = [head, HEAD[1], "G17*8*CA*36.5**VN*A", "G31*8*CA", "G33*29200"]
    body = transaction_set(sent, "880")
    reading = read(written(interchange(group(body, functional_id="GP"))))
    assert [each.record for each in reading.documents()] == [None]
    data = functional_acknowledgement(
        reading.outcomes[0].interchange, reading.outcomes[0], control=CONTROL, at=AT
    )
    assert data is not None
    assert f"AK4*5**5*{'9' * 23}~".encode() in data


def test_order_of_another_is_read() -> None:
    file = CORPUS / SAMPLE
    if not file.is_file():
        pytest.skip("the corpus isn't beside the checkout")
    # Its ISA12 is of a release that has no such ISA.
    data = file.read_bytes().replace(b"*^*00307*", b"*U*00401*")
    (document,) = read(data).documents()
    assert isinstance(document.record, PurchaseOrder)
    assert [line.buyer_item for line in document.record.lines] == ["006121100201", "006121100202"]

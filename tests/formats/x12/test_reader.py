"""Promises of the reader: what an 850 and an 846 say, and which sets are not used, and why."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from decimal import Decimal
from mmap import ACCESS_READ, mmap
from pathlib import Path

import pytest

from formats.documents import ReadDocument
from formats.limits import Limits
from formats.records import (
    Content,
    InventoryAdvice,
    InventoryLine,
    OrderLine,
    Party,
    PurchaseOrder,
    Purpose,
)
from formats.x12.reader import Policy, read
from tests.formats.x12.samples import (
    INVENTORY,
    ORDER,
    group,
    header,
    interchange,
    order_file,
    replaced,
    transaction_set,
    written,
)


def only(data: bytes, policy: Policy | None = None) -> ReadDocument:
    (document,) = read(data, policy=policy or Policy()).documents()
    return document


def order(*body: str) -> PurchaseOrder:
    record = only(order_file(*body)).record
    assert isinstance(record, PurchaseOrder)
    return record


def advice(*body: str, version: str = "004010") -> ReadDocument:
    one = group(transaction_set(body, "846"), functional_id="IB", version=version)
    return only(written(interchange(one)))


def inventory(*body: str) -> InventoryAdvice:
    record = advice(*(body or INVENTORY)).record
    assert isinstance(record, InventoryAdvice)
    return record


def without(prefix: str) -> tuple[str, ...]:
    return tuple(segment for segment in ORDER if not segment.startswith(prefix))


# --- what an order says


def test_order_header() -> None:
    found = order()
    assert (found.number, found.purpose, found.order_type) == ("PO-77001", Purpose.NEW, "SA")
    assert (found.order_date, found.ship_date, found.delivery_date) == (
        date(2026, 12, 4),
        date(2026, 12, 8),
        date(2026, 12, 11),
    )
    assert found.buyer == Party("0614141000005", "UL", "PETAL ROW MARKETS")
    assert found.vendor == Party("V0044", "92", "FINCA ALTA")
    assert found.ship_to == Party(
        "DC04", "92", "PETAL ROW DC 4 DOOR 12", "12 CANAL ST", "TAMPA", "FL", "33602", "US"
    )
    assert (found.customer_po, found.carrier, found.currency) == ("WEB-5512", "PRMF", "USD")
    assert not found.is_test


def test_order_lines() -> None:
    first, second = order().lines
    assert first == OrderLine(
        line=1,
        reference="1",
        quantity=Decimal(10),
        unit="BX",
        seller_item="ROS-RED-60",
        buyer_item="R60",
        gtin="10614141000019",
        description="ROSE RED 60 CM",
        unit_price=Decimal("36.5"),
        price_unit="EA",
        box_type_code="HB",
        bunches_per_box=10,
        stems_per_bunch=25,
        mark_code="MARK-7",
    )
    assert (second.price_unit, second.box_type_code, second.mark_code) == ("BX", "QB", None)
    assert second.contents == (
        Content(1, "ALS-WHI", None, None, Decimal(12), 10, Decimal("1.5")),
        Content(2, "ALS-PNK", None, None, Decimal(8), 10, Decimal("1.5")),
    )


def test_identity_of_a_document() -> None:
    data = order_file()
    document = only(data)
    start, end = data.index(b"ST*"), data.index(b"GE*")
    assert document.control == "000000042/7/0001"
    assert document.interchange == 0
    assert document.digest == hashlib.sha256(data[start:end]).hexdigest()


def test_usage_t_marks_a_test() -> None:
    record = only(order_file(isa=header(usage="T"))).record
    assert isinstance(record, PurchaseOrder)
    assert record.is_test


@pytest.mark.parametrize(
    ("code", "purpose"), [("01", Purpose.CANCEL), ("04", Purpose.CHANGE), ("05", Purpose.REPLACE)]
)
def test_purpose(code: str, purpose: Purpose) -> None:
    assert order(*replaced(ORDER[0], f"BEG*{code}*SA*PO-77001**20261204")).purpose is purpose


def test_purpose_that_means_nothing_here_is_refused_but_not_in_the_997() -> None:
    reading = read(order_file(*replaced(ORDER[0], "BEG*22*SA*PO-77001**20261204")))
    (document,) = reading.documents()
    assert document.record is None
    assert [each.code for each in document.findings] == ["x12.BEG01.unsupported"]
    assert reading.outcomes[0].groups[0].status == "A"


def test_vendor_number_from_a_reference() -> None:
    assert order(*without("N1*SE")).vendor == Party("V0044", "92")
    assert order(*replaced(ORDER[12], "N1*SE*FINCA ALTA")).vendor == Party(
        "V0044", "92", "FINCA ALTA"
    )


def test_mark_code_of_the_header() -> None:
    assert order(*replaced(ORDER[2], "REF*BX*DOCK 9")).mark_code == "DOCK 9"
    assert order(*replaced(ORDER[12], "N1*Z7*JOE~N1*SE*F")).mark_code == "JOE"


def test_dates_fall_back_to_the_next_best_qualifier() -> None:
    assert order(*replaced("DTM*010*20261208", "DTM*038*20261209~DTM*037*20261207")).ship_date == (
        date(2026, 12, 7)
    )
    assert order(*without("DTM*002")).delivery_date is None


def test_price_in_a_ctp() -> None:
    line = "PO1*1*10*BX*36.5*PE*VP*ROS-RED-60*BP*R60*UK*10614141000019*ZZ*HB"
    found = order(*replaced(line, "PO1*1*10*BX***VP*ROS~CTP***0.36*1*EA")).lines[0]
    assert (found.unit_price, found.price_unit) == (Decimal("0.36"), "EA")


def test_price_without_basis_names_no_unit() -> None:
    line = "PO1*2*4*BX*28*UM*VP*ALS-MIX"
    found = order(*replaced(line, "PO1*2*4*BX*28**VP*ALS-MIX")).lines[1]
    assert (found.unit_price, found.price_unit) == (Decimal(28), None)


def test_comments_of_both_releases() -> None:
    assert order(*replaced(ORDER[6], "N9*ZZ*NOTE~MSG*KEEP COLD~MSG*CALL")).comments == (
        "KEEP COLD\nCALL"
    )
    body = replaced(ORDER[6], "N9*ZZ*NOTE~MTX**KEEP COLD*ALL THE WAY")
    data = written(interchange(group(transaction_set(body), version="005010")))
    record = only(data).record
    assert isinstance(record, PurchaseOrder)
    assert record.comments == "KEEP COLD ALL THE WAY"


def test_whole_order_for_one_store_ships_there() -> None:
    body = [each for each in without("N1*ST") if each[:2] not in ("N2", "N3", "N4")]
    body[body.index("REF*BX*MARK-7")] = "REF*BX*MARK-7"
    found = []
    for segment in body:
        found.append(segment)
        if segment.startswith("PO4*20***QB") or segment == "REF*BX*MARK-7":
            found.append("SDQ*BX*92*S01*4")
    assert order(*found).ship_to == Party("S01", "92")


def test_allocation_to_stores_is_named_and_not_used() -> None:
    body = replaced("REF*BX*MARK-7", "REF*BX*MARK-7~SDQ*BX*92*S01*4*S02*6")
    document = only(order_file(*body))
    assert document.is_accepted
    assert [each.code for each in document.findings] == ["x12.SDQ.not_used"]
    assert not document.findings[0].is_error


def test_totals_that_differ_are_a_warning() -> None:
    document = only(order_file(*replaced("CTT*2*14", "CTT*3*15")))
    assert document.is_accepted
    assert [(each.code, each.is_error) for each in document.findings] == [
        ("x12.CTT01", False),
        ("x12.CTT02", False),
    ]


def test_line_without_quantity_is_left_out_and_named() -> None:
    document = only(order_file(*replaced("PO1*2*4*BX*28*UM*VP*ALS-MIX", "PO1*2*****VP*ALS")))
    assert isinstance(document.record, PurchaseOrder)
    assert [line.reference for line in document.record.lines] == ["1"]
    codes = [each.code for each in document.findings if each.is_error]
    assert codes == ["x12.PO102.missing"]


def test_letters_outside_ascii_are_read_whatever_the_encoding() -> None:
    body = replaced("PID*F*08***ROSE RED 60 CM", "PID*F*08***ROSÉ")
    for codec, noted in (("utf-8", []), ("cp1252", ["text.guessed"])):
        document = only(order_file(*body).decode().encode(codec))
        assert isinstance(document.record, PurchaseOrder)
        assert document.record.lines[0].description == "ROSÉ"
        assert [each.code for each in document.findings] == noted


def test_five_hundred_orders_come_one_by_one() -> None:
    sets = [transaction_set(control=f"{each:04}") for each in range(500)]
    documents = read(written(interchange(group(*sets)))).documents()
    assert next(documents).control.endswith("/0000")
    assert sum(1 for _ in documents) == 499


def test_mapped_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "order"
    path.write_bytes(order_file())
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as mapped:
        assert [each.is_accepted for each in read(mapped).documents()] == [True]


# --- what an inventory advice says


def test_inventory_advice() -> None:
    found = inventory()
    assert (found.reference, found.purpose) == ("AV-20261204", Purpose.NEW)
    assert found.as_of == datetime(2026, 12, 4, 8, 0)  # noqa: DTZ001 - the partner's own zone
    assert found.vendor == Party("V0044", "92", "FINCA ALTA")
    assert found.lines[0] == InventoryLine(
        line=1,
        quantity=Decimal(120),
        unit="BX",
        seller_item="ROS-RED-60",
        gtin="10614141000019",
        description="ROSE RED 60 CM",
        available_from=date(2026, 12, 5),
        available_to=date(2026, 12, 12),
        color="RED",
        unit_cost=Decimal("0.36"),
        cost_unit="EA",
        location="MIA01",
    )
    assert (found.lines[1].quantity, found.lines[1].seller_item) == (Decimal(7), "ALS-MIX")


def test_several_quantities_for_sale_are_several_offers() -> None:
    body = [*INVENTORY]
    body[11:12] = ["QTY*33*30*BX", "DTM*018*20261209"]
    lines = [(line.quantity, line.available_from) for line in inventory(*body).lines[:2]]
    assert lines == [(Decimal(120), date(2026, 12, 5)), (Decimal(30), date(2026, 12, 9))]


def test_location_of_an_item_comes_before_that_of_the_document() -> None:
    body = [*INVENTORY[:12], "N1*WH*BOGOTA*92*BOG02", *INVENTORY[12:]]
    assert [line.location for line in inventory(*body).lines] == ["BOG02", "MIA01"]


def test_unit_beside_the_quantity() -> None:
    body = [*INVENTORY[:10], "QTY*33*120", "UIT*EA", *INVENTORY[12:]]
    assert inventory(*body).lines[0].unit == "EA"


def test_item_without_quantity_for_sale_is_left_out_and_named() -> None:
    document = advice(*(each.replace("QTY*17*7*BX", "QTY*63*7*BX") for each in INVENTORY))
    assert isinstance(document.record, InventoryAdvice)
    assert len(document.record.lines) == 1
    assert [each.code for each in document.findings] == ["x12.QTY.missing"]


def test_advice_without_any_usable_item_is_no_empty_advice() -> None:
    document = advice(*(each for each in INVENTORY if not each.startswith("QTY")))
    assert document.record is None
    assert document.findings[-1].code == "x12.LIN.none"


# --- what isn't used


def codes_of(document: ReadDocument) -> list[str]:
    assert document.record is None
    return [each.code for each in document.findings]


def test_set_of_a_rejected_interchange_is_not_used() -> None:
    data = order_file().replace(b"IEA*1*000000042", b"IEA*1*000000041")
    reading = read(data)
    (document,) = reading.documents()
    assert codes_of(document) == ["x12.interchange_rejected"]
    assert reading.outcomes[0].groups == ()
    assert [each.code for each in reading.envelope_findings()] == ["x12.IEA02"]


def test_set_of_a_rejected_group_is_not_used() -> None:
    reading = read(order_file().replace(b"GE*1*7", b"GE*3*7"))
    (document,) = reading.documents()
    assert codes_of(document) == ["x12.group_rejected"]
    assert (reading.outcomes[0].groups[0].status, reading.outcomes[0].groups[0].accepted) == (
        "R",
        0,
    )
    assert "GE01 says 3, 1 transaction sets were counted" in reading.envelope_findings()[0].message


@pytest.mark.parametrize(("version", "code"), [("004010", "6"), ("005010", "18")])
def test_order_in_a_group_of_another_kind(version: str, code: str) -> None:
    data = written(interchange(group(functional_id="IN", version=version)))
    reading = read(data)
    assert [codes_of(each) for each in reading.documents()] == [["x12.GS01.mismatch"]]
    assert reading.outcomes[0].groups[0].sets[0].codes == (code,)


def test_receiver_that_is_not_ours() -> None:
    policy = Policy(receivers=frozenset({("01", "SOMEONE")}))
    reading = read(order_file(), policy=policy)
    assert [(each.status, each.code) for each in reading.interchanges] == [("R", "009")]
    assert not any(each.is_accepted for each in reading.documents())
    assert only(order_file(), Policy(receivers=frozenset({("01", "FINCAALTA")}))).is_accepted


def test_tests_can_be_refused() -> None:
    data = order_file(isa=header(usage="T"))
    reading = read(data, policy=Policy(accepts_test=False))
    assert [(each.status, each.code) for each in reading.interchanges] == [("R", "020")]


def test_unknown_set_is_refused_with_code_1() -> None:
    data = written(interchange(group(transaction_set(("BRC*00*X",), "849"))))
    reading = read(data)
    assert [codes_of(each) for each in reading.documents()] == [["x12.ST01.unsupported"]]
    assert reading.outcomes[0].groups[0].sets[0].codes == ("1",)


@pytest.mark.parametrize(("room", "is_read"), [(-1, False), (0, True), (1, True)])
def test_segment_length_limit(room: int, is_read: bool) -> None:
    longest = max(map(len, ORDER))
    (document,) = read(order_file(), Limits(segment_bytes=longest + room)).documents()
    assert document.is_accepted is is_read
    codes = [each.code for each in document.findings]
    assert codes == ([] if is_read else ["x12.segment_too_long"])


def test_documents_can_be_read_twice() -> None:
    reading = read(order_file())
    assert list(reading.documents()) == list(reading.documents())
    assert len(reading.outcomes) == 1

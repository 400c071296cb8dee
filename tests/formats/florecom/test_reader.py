"""Florecom orders, answers and supply become records; what can't be used is named at its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.documents import ReadDocument
from formats.florecom.reader import read
from formats.florecom.scan import Scan
from formats.limits import DEFAULT_LIMITS
from formats.records import InventoryAdvice, Party, PurchaseOrder
from formats.steps import LineAction, LineAnswer, OrderChange, OrderConfirmation
from formats.strictxml import events
from formats.vbn import Vbn
from tests.formats.florecom.messages import (
    ORDER,
    PRICE,
    PRODUCT,
    QUANTITY,
    SOAP11,
    SOAP12,
    identity,
    line,
    message,
    response,
    response_line,
    supply,
    supply_line,
)

if TYPE_CHECKING:
    from lxml.etree import _Element

SHARED = Path(__file__).resolve().parents[4] / "shared"
SAMPLES = SHARED / "corpus" / "snippets"
needs_samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample files are not here")
FARM = Party(code="farm")


def documents(data: bytes) -> list[ReadDocument]:
    return list(read(data, vendor=FARM).documents())


def one(data: bytes) -> ReadDocument:
    (document,) = documents(data)
    return document


def order(data: bytes) -> PurchaseOrder:
    record = one(data).record
    assert isinstance(record, PurchaseOrder)
    return record


def advice(data: bytes) -> InventoryAdvice:
    record = one(data).record
    assert isinstance(record, InventoryAdvice)
    return record


def codes(document: ReadDocument) -> list[tuple[str, bool]]:
    return [(finding.code, finding.is_error) for finding in document.findings]


@pytest.mark.parametrize("soap", [None, SOAP11, SOAP12])
def test_order_is_read_with_and_without_soap(soap: str | None) -> None:
    said = order(message(line(identity("ON", "PO-1"), PRODUCT, QUANTITY, PRICE), soap=soap))
    (only,) = said.lines
    assert (said.number, only.reference, only.unit) == ("PO-1", "1", "Box")
    assert only.quantity == 4
    assert (only.unit_price, only.price_unit) == (Decimal("0.35"), "Stem")
    assert (only.seller_item, only.description) == ("R60", "Rosa Avalanche+")
    assert only.vbn == Vbn("16207", features=(("S20", "070"),))


def test_lines_of_one_number_are_one_order() -> None:
    found = documents(
        message(
            line(identity("ON", "PO-1"), PRODUCT, QUANTITY),
            line(identity("ON", "PO-2"), PRODUCT, QUANTITY),
            line(identity("ON", "PO-1"), PRODUCT, QUANTITY),
        )
    )
    records = [each.record for each in found]
    assert [(r.number, len(r.lines)) for r in records if isinstance(r, PurchaseOrder)] == [
        ("PO-1", 2),
        ("PO-2", 1),
    ]


def test_line_that_is_left_out_renames_no_other() -> None:
    document = one(message(line(PRODUCT), line(PRODUCT, QUANTITY), line(PRODUCT, QUANTITY)))
    assert isinstance(document.record, PurchaseOrder)
    assert [(each.line, each.reference) for each in document.record.lines] == [(1, "2"), (2, "3")]


def test_order_without_number_is_called_after_its_message() -> None:
    assert order(message(line(PRODUCT, QUANTITY), message_id="W-100")).number == "W-100"
    long = "e6b67c12-8a2b-430a-aad8-a74f3e4afb5e"
    number = order(message(line(PRODUCT, QUANTITY), message_id=long)).number
    assert len(number) <= 22
    assert number.startswith("e6b67c-")
    assert number == order(message(line(PRODUCT, QUANTITY), message_id=long)).number
    other = order(message(line(PRODUCT, QUANTITY), message_id=long[:-1] + "f")).number
    assert number != other


def delivery(day: str) -> str:
    return f"<f:Delivery><f:LatestDeliveryDateTime>{day}</f:LatestDeliveryDateTime></f:Delivery>"


def test_lines_without_number_that_travel_apart_are_orders_apart() -> None:
    found = documents(
        message(
            line(PRODUCT, QUANTITY, delivery("2026-12-01T08:00:00+01:00")),
            line(PRODUCT, QUANTITY, delivery("2026-12-02T08:00:00+01:00")),
        )
    )
    records = [each.record for each in found]
    assert [(r.number, r.delivery_date) for r in records if isinstance(r, PurchaseOrder)] == [
        ("M-1", date(2026, 12, 1)),
        ("M-1-2", date(2026, 12, 2)),
    ]


def test_line_that_differs_in_what_its_order_says_once_is_left_out() -> None:
    document = one(
        message(
            line(identity("ON", "PO-1"), PRODUCT, QUANTITY, delivery("2026-12-01T08:00:00Z")),
            line(identity("ON", "PO-1"), PRODUCT, QUANTITY, delivery("2026-12-02T08:00:00Z")),
        )
    )
    assert isinstance(document.record, PurchaseOrder)
    assert len(document.record.lines) == 1
    assert codes(document) == [("florecom.ID", True)]
    assert document.findings[0].where.row == 5


def test_first_day_of_the_calendar_is_no_date() -> None:
    said = order(
        message(
            line(
                "<f:LineDateTime>0001-01-01T00:00:00</f:LineDateTime>",
                PRODUCT,
                QUANTITY,
                delivery("0001-01-01T00:00:00+02:00"),
            )
        )
    )
    assert (said.order_date, said.delivery_date) == (None, None)


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ((PRODUCT,), "florecom.Quantity"),
        ((PRODUCT, '<f:Quantity unitCode="1">0</f:Quantity>'), "florecom.Quantity"),
        ((PRODUCT, '<f:Quantity unitCode="1">-4</f:Quantity>'), "florecom.Quantity"),
        ((PRODUCT, '<f:Quantity unitCode="1">1e9</f:Quantity>'), "florecom.Quantity"),
        ((PRODUCT, "<f:Quantity>4</f:Quantity>"), "florecom.Quantity"),
        ((QUANTITY,), "florecom.Product"),
        ((identity("ON", "N" * 23), PRODUCT, QUANTITY), "florecom.ID"),
        ((PRODUCT, QUANTITY, delivery("tomorrow")), "florecom.LatestDeliveryDateTime"),
        ((PRODUCT.replace("16207", "rose"), QUANTITY), "florecom.IndustryAssignedID"),
        ((PRODUCT.replace("070", "0-70"), QUANTITY), "florecom.ValueCode"),
        ((PRODUCT, QUANTITY, PRICE.replace(">1</", ">0</")), "florecom.Price"),
        ((PRODUCT, QUANTITY, PRICE.replace("0.35", "0,35")), "florecom.ChargeAmount"),
    ],
)
def test_bad_line_is_left_out_by_name(parts: tuple[str, ...], code: str) -> None:
    document = one(message(line(identity("ON", "P"), PRODUCT, QUANTITY), line(*parts)))
    assert isinstance(document.record, PurchaseOrder)
    assert len(document.record.lines) == 1
    (error,) = [finding for finding in document.findings if finding.is_error]
    assert error.code == code
    assert error.where.row == 5
    assert (error.where.path or "").startswith("PutOrderRequest/Body/Order/OrderTradeLineItem[2]")


def test_price_for_several_is_the_price_of_one() -> None:
    hundred = PRICE.replace(">1</", ">100</").replace("0.35", "35.5")
    (only,) = order(message(line(PRODUCT, QUANTITY, hundred))).lines
    assert only.unit_price == Decimal("0.355")
    third = one(message(line(PRODUCT, QUANTITY, PRICE.replace(">1</", ">3</"))))
    assert isinstance(third.record, PurchaseOrder)
    assert third.record.lines[0].unit_price == Decimal("0.116667")
    assert codes(third) == [("florecom.Price", False)]


def test_price_of_the_quantity_that_is_ordered_counts() -> None:
    def broken(amount: str, least: int, most: int) -> str:
        limits = f"<f:MinimumQuantity>{least}</f:MinimumQuantity><f:MaximumQuantity>{most}"
        return PRICE.replace("0.35", amount).replace(
            "</f:Price>", f"{limits}</f:MaximumQuantity></f:Price>"
        )

    (only,) = order(
        message(line(PRODUCT, QUANTITY, broken("0.40", 1, 3), broken("0.30", 4, 99)))
    ).lines
    assert only.unit_price == Decimal("0.30")


def test_pack_in_vbn_terms_is_the_pack_of_the_line() -> None:
    packing = (
        '<f:Packing><f:Package><f:TypeCode listID="901">577</f:TypeCode></f:Package>'
        '<f:InnerPackageQuantity unitCode="1">80</f:InnerPackageQuantity></f:Packing>'
    )
    product = PRODUCT.replace(">S20<", ">L11<").replace(">070<", ">010<")
    (only,) = order(message(line(product, QUANTITY, packing))).lines
    assert (only.bunches_per_box, only.stems_per_bunch, only.box_type_code) == (8, 10, None)
    assert only.vbn is not None
    assert (only.vbn.package, only.vbn.pieces) == ("577", 80)


CANCEL = "<f:Status><f:ConditionCode>64</f:ConditionCode></f:Status>"
NOTHING = '<f:Quantity unitCode="3">0</f:Quantity>'


def change(data: bytes) -> OrderChange:
    record = one(data).record
    assert isinstance(record, OrderChange)
    return record


def test_cited_line_is_cancelled_or_changed() -> None:
    said = change(
        message(
            line(identity("VN", "PO-1/2"), NOTHING, CANCEL),
            line(identity("VN", "PO-1/3"), PRODUCT, QUANTITY),
        )
    )
    assert (said.number, said.message_id) == ("PO-1", "M-1")
    assert [(c.action, c.line.reference, c.says_quantity) for c in said.changes] == [
        (LineAction.CANCEL, "2", False),
        (LineAction.CHANGE, "3", True),
    ]
    assert said.changes[1].line.quantity == 4


def test_cancellation_that_names_no_line_is_left_out() -> None:
    document = one(message(line(identity("ON", "PO-1"), NOTHING, CANCEL)))
    assert document.record is None
    assert codes(document) == [("florecom.VN", True)]


def test_one_line_is_changed_once_in_a_file() -> None:
    document = one(
        message(
            line(identity("VN", "PO-1/2"), NOTHING, CANCEL),
            line(identity("VN", "PO-1/2"), PRODUCT, QUANTITY),
        )
    )
    assert isinstance(document.record, OrderChange)
    assert len(document.record.changes) == 1
    assert codes(document) == [("florecom.VN", True)]


def reference(number: str, at: str) -> str:
    return (
        f'<f:ReferencedDocument><r:IssuerAssignedID schemeName="ON">{number}</r:IssuerAssignedID>'
        f"<r:LineID>{at}</r:LineID></f:ReferencedDocument>"
    )


def test_answer_is_told_by_quantity_and_condition() -> None:
    data = response(
        response_line(identity("VN", "96001"), reference("PO-1", "1"), QUANTITY),
        response_line(identity("VN", "96002"), reference("PO-1", "2")),
        response_line(identity("VN", "96003"), reference("PO-1", "3"), NOTHING),
        response_line(identity("VN", "PO-1/4"), CANCEL),
    )
    said = one(data).record
    assert isinstance(said, OrderConfirmation)
    assert (said.number, said.vendor, said.message_id) == ("PO-1", FARM, "M-1")
    assert [(each.reference, each.answer, each.quantity) for each in said.lines] == [
        ("1", LineAnswer.ACCEPTED, Decimal(4)),
        ("2", LineAnswer.ACCEPTED, None),
        ("3", LineAnswer.REJECTED, None),
        ("4", LineAnswer.REJECTED, None),
    ]


def test_answer_to_nobody_knows_what_is_named_and_not_used() -> None:
    document = one(response(response_line(identity("VN", "9600001139179"))))
    assert document.record is None
    assert codes(document) == [("florecom.ON", True)]


def test_supply_is_read_with_its_terms() -> None:
    said = advice(
        supply(
            supply_line(
                identity("AAG", "164105131"),
                "<f:TradingTerms><f:TradePeriod><f:StartDateTime>2026-11-22T00:00:00"
                "</f:StartDateTime><f:EndDateTime>2026-11-23T23:59:59+01:00</f:EndDateTime>"
                "</f:TradePeriod></f:TradingTerms>",
                PRODUCT,
                QUANTITY,
                PRICE,
            ),
            supply_line(PRODUCT, QUANTITY, CANCEL),
        )
    )
    first, second = said.lines
    assert (first.available_from, first.available_to) == (date(2026, 11, 22), date(2026, 11, 23))
    assert (first.unit_cost, first.cost_unit, first.seller_item) == (
        Decimal("0.35"),
        "Stem",
        "R60",
    )
    assert said.as_of == datetime(2026, 11, 21, 6, 30, tzinfo=UTC)
    assert (said.vendor, second.quantity) == (FARM, Decimal(0))


def test_supply_of_which_nothing_can_be_read_says_nothing_of_the_stock() -> None:
    document = one(supply(supply_line(PRODUCT)))
    assert document.record is None
    assert codes(document) == [("florecom.Quantity", True)]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (message(root="SupplyRequest"), "florecom.request"),
        (message(), "florecom.lines"),
        (
            f'<s:Envelope xmlns:s="{SOAP11}"><s:Body><s:Fault><faultcode>s:Server</faultcode>'
            "<faultstring>no</faultstring></s:Fault></s:Body></s:Envelope>".encode(),
            "florecom.fault",
        ),
        (b"<a>", "xml.syntax"),
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "xml.doctype"),
    ],
)
def test_file_without_lines_says_what_it_is(data: bytes, code: str) -> None:
    document = one(data)
    assert document.record is None
    assert [c for c, is_error in codes(document) if is_error] == [code]


def test_password_is_never_repeated() -> None:
    data = message(line(PRODUCT, QUANTITY)).replace(
        b"<m:UserName/><m:Password/>",
        b"<m:UserName>u53r</m:UserName><m:Password>s3cret</m:Password>",
    )
    document = one(data)
    assert codes(document) == [("florecom.Password", False)]
    assert document.record is not None
    said = document.record.model_dump_json() + repr(document.findings)
    assert "s3cret" not in said
    assert "u53r" not in said


def test_other_version_is_read_as_this_one_and_named() -> None:
    document = one(message(line(PRODUCT, QUANTITY), namespace=ORDER[:-1] + "8"))
    assert document.record is not None
    assert codes(document) == [("florecom.version", False)]


def test_strange_elements_are_named_once_and_not_used() -> None:
    strange = '<x:Quantity xmlns:x="urn:x" unitCode="3">9</x:Quantity><f:Mood>good</f:Mood>'
    document = one(message(*[line(strange, PRODUCT, QUANTITY)] * 3))
    assert isinstance(document.record, PurchaseOrder)
    assert document.record.lines[0].quantity == 4
    assert codes(document) == [("florecom.unknown", False)] * 2


@needs_samples
@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("florecom_PutOrderRequest_new.xml", PurchaseOrder),
        ("florecom_PutOrderRequest_cancel_status64.xml", OrderChange),
        ("florecom_SupplyResponse.xml", InventoryAdvice),
        ("florecom_SupplyRequest.xml", type(None)),
        ("florecom_OrderResponse_VN_fragment.xml", type(None)),
    ],
)
def test_public_samples_are_read_as_what_they_are(name: str, kind: type) -> None:
    document = one((SAMPLES / name).read_bytes())
    assert isinstance(document.record, kind)


def test_many_lines_take_the_memory_of_their_records() -> None:
    data = supply(*[supply_line(PRODUCT, QUANTITY, PRICE)] * 3000)
    assert len(advice(data).lines) == 3000


@given(st.binary(max_size=200))
def test_no_bytes_raise(data: bytes) -> None:
    documents(data)


FRAGMENTS = st.sampled_from(
    [
        *(PRODUCT, QUANTITY, PRICE, CANCEL, NOTHING, identity("ON", "P"), identity("VN", "/")),
        *(identity("VN", "P/1"), identity("ON", ""), reference("P", "1"), delivery("9999-12-31")),
        *("<f:Price/>", "<f:Quantity/>", "<f:Packing/>", "<f:Product/>", "<f:ID/>", "text"),
        "<f:Packing><f:InnerPackageQuantity>0</f:InnerPackageQuantity></f:Packing>",
        "<f:Price><f:ChargeAmount>0.1</f:ChargeAmount><f:BasisQuantity>0.0000000001"
        "</f:BasisQuantity></f:Price>",
    ]
)
KINDS = st.sampled_from(["OrderTradeLineItem", "OrderResponseTradeLineItem", "SupplyTradeLineItem"])


@given(st.lists(st.tuples(KINDS, st.lists(FRAGMENTS, max_size=5)), max_size=4))
def test_no_mixture_of_parts_raises(lines: list[tuple[str, list[str]]]) -> None:
    found = documents(message(*(line(*parts, kind=kind) for kind, parts in lines)))
    assert found
    for document in found:
        if document.record is not None:
            document.record.model_dump_json()
    if all(document.record is None for document in found):
        assert any(finding.is_error for finding in found[0].findings)


def test_limits_of_the_site_hold() -> None:
    tight = replace(DEFAULT_LIMITS, xml_elements=10)
    (document,) = read(message(line(PRODUCT, QUANTITY)), tight).documents()
    assert [finding.code for finding in document.findings] == ["xml.elements"]


def test_what_is_no_line_is_not_kept() -> None:
    left: list[int] = []

    def watched(found: Iterable[tuple[str, _Element]]) -> Iterator[tuple[str, _Element]]:
        for event, element in found:
            if event == "end" and str(element.tag).endswith("}PutOrderRequest"):
                left.append(sum(1 for _ in element.iter()))
            yield event, element

    rubbish = "<f:Rubbish>nothing</f:Rubbish>" * 20_000
    scan = Scan()
    scan.read(watched(events(message(rubbish, line(PRODUCT, QUANTITY)), DEFAULT_LIMITS)))
    assert len(scan.orders) == 1
    assert max(left) < 100

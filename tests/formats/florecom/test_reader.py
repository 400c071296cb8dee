"""Florecom orders, answers and supply become records; what can't be used is named at its place."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from formats.records import InventoryAdvice, PurchaseOrder
from formats.steps import LineAction, LineAnswer, OrderChange, OrderConfirmation
from formats.vbn import Vbn
from tests.formats.florecom.messages import (
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
from tests.formats.florecom.readings import (
    CANCEL,
    FARM,
    NOTHING,
    advice,
    codes,
    delivery,
    documents,
    one,
    order,
    reference,
)

SHARED = Path(__file__).resolve().parents[4] / "shared"
SAMPLES = SHARED / "corpus" / "snippets"
needs_samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample files are not here")


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

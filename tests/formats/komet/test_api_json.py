"""Bodies in the shapes of the public interface become canonical records, and read back."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats import json_kinds
from formats.documents import ReadDocument
from formats.komet.out import write_order, write_stock
from formats.limits import DEFAULT_LIMITS
from formats.records import (
    Content,
    InventoryAdvice,
    InventoryLine,
    OrderLine,
    Party,
    PurchaseOrder,
    Record,
    ShipVia,
    UnitType,
)
from formats.steps import BoxCodeChange, CodeSwap, ShipNotice

FARM = Party(code="farm")
ITEM = {
    "productCode": "R60",
    "boxes": 4,
    "boxTypeCode": "HB",
    "unitType": "stem",
    "bunches": 12,
    "stemsBunch": 25,
    "cost": 0.365,
}
ORDER = {
    "purchaseOrderNumber": "PO-1",
    "vendorCode": "florsol",
    "shipDate": "2026-11-23",
    "carrierCode": "ARM",
    "purchaseOrderItems": [ITEM],
}


def read(value: object) -> list[ReadDocument]:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return list(json_kinds.read(data, DEFAULT_LIMITS, vendor=FARM))


def one(value: object) -> ReadDocument:
    (document,) = read(value)
    return document


def record(value: object) -> Record:
    document = one(value)
    assert document.record is not None, document.findings
    assert not document.findings
    return document.record


def places(document: ReadDocument) -> list[tuple[str, str | None]]:
    return [(finding.code, finding.where.path) for finding in document.findings]


def test_order_is_read_with_exact_numbers() -> None:
    said = record(ORDER)
    assert isinstance(said, PurchaseOrder)
    (line,) = said.lines
    assert (said.number, said.vendor.code, said.ship_date) == (
        "PO-1",
        "florsol",
        date(2026, 11, 23),
    )
    assert (line.unit_price, line.price_unit, line.unit) == (Decimal("0.365"), "Stem", "Box")
    assert (line.quantity, line.bunches_per_box, line.stems_per_bunch) == (Decimal(4), 12, 25)


def test_ids_may_be_numbers() -> None:
    said = record(ORDER | {"vendorCode": None, "vendorId": 77, "purchaseOrderNumber": 1234})
    assert isinstance(said, PurchaseOrder)
    assert (said.number, said.vendor.code) == ("1234", "77")


def test_air_waybill_of_the_order_is_that_of_every_line() -> None:
    document = one(ORDER | {"AWB Number": "0048"})
    assert isinstance(document.record, PurchaseOrder)
    assert [line.awb for line in document.record.lines] == ["0048"]


def test_list_of_orders_gives_a_document_each() -> None:
    orders = {
        "status": "1",
        "message": "",
        "purchaseOrders": [
            {"number": "A", "shipDate": "2026-11-23 00:00:00", "details": [ITEM]},
            {"number": "B", "details": [ITEM | {"boxes": 0}]},
        ],
    }
    first, second = read(orders)
    assert isinstance(first.record, PurchaseOrder)
    assert first.record.ship_date == date(2026, 11, 23)
    assert second.record is None
    assert places(second)[0][1] == "purchaseOrders[1].details[0]"


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"purchaseOrderNumber": None}, "purchaseOrderNumber"),
        ({"vendorId": 7}, "vendorCode"),
        ({"shipDate": "tomorrow"}, "shipDate"),
        ({"purchaseOrderItems": []}, "purchaseOrderItems"),
        ({"purchaseOrderItems": "none"}, "purchaseOrderItems"),
        ({"purchaseOrderItems": [{"boxes": 1}]}, "purchaseOrderItems[0]"),
        ({"purchaseOrderItems": [ITEM | {"boxes": 1.5}]}, "purchaseOrderItems[0].boxes"),
        ({"purchaseOrderItems": [ITEM | {"unitType": "pallet"}]}, "purchaseOrderItems[0].unitType"),
    ],
)
def test_what_can_not_be_read_is_named_at_its_path(changes: dict[str, object], place: str) -> None:
    document = one(ORDER | changes)
    assert document.record is None
    assert places(document)[0][1] == place


def test_bad_item_is_left_out_by_name() -> None:
    document = one(ORDER | {"purchaseOrderItems": [ITEM, ITEM | {"cost": "free"}]})
    assert isinstance(document.record, PurchaseOrder)
    assert len(document.record.lines) == 1
    assert places(document) == [("json.cost", "purchaseOrderItems[1].cost")]


def test_token_is_reported_and_never_kept() -> None:
    document = one(ORDER | {"authenticationToken": "s3cret"})
    assert document.record is not None
    assert places(document) == [("api.token", "authenticationToken")]
    assert "s3cret" not in document.record.model_dump_json() + repr(document.findings)


def test_unknown_fields_are_named() -> None:
    document = one(ORDER | {"shipdate2": "x"})
    assert places(document) == [("json.unknown", "shipdate2")]


def test_prebook_names_one_vendor() -> None:
    body = {
        "customerCode": "C1",
        "customerPO": "C-9",
        "carrierId": 5,
        "shipDate": "2026-11-23",
        "shipViaId": 1,
        "prebookItems": [ITEM | {"vendorCode": "florsol"}],
    }
    said = record(body)
    assert isinstance(said, PurchaseOrder)
    assert (said.number, said.is_prebook, said.ship_via) == ("C-9", True, ShipVia.GROWER)
    assert (said.vendor.code, said.carrier) == ("florsol", "5")
    two = one(body | {"prebookItems": [ITEM | {"vendorCode": "a"}, ITEM | {"vendorCode": "b"}]})
    assert two.record is None
    assert places(two) == [("api.vendorCode", "prebookItems")]


def test_added_inventory_counts_boxes_or_units() -> None:
    stock = {
        "productDescription": "Rosa 60",
        "quantity": 10,
        "boxTypeCode": "HB",
        "unitType": "Stem",
        "stemsBunch": 25,
        "bunches": 12,
        "unitCost": "0.300",
        "shipDate": "2026-11-23",
    }
    said = record([stock, {"productCode": "A", "quantity": 50, "unitType": "bunch"}])
    assert isinstance(said, InventoryAdvice)
    boxes, bunches = said.lines
    assert (boxes.unit, boxes.cost_unit, boxes.available_from) == (
        "Box",
        "Stem",
        date(2026, 11, 23),
    )
    assert (bunches.unit, bunches.quantity, said.vendor) == ("Bunch", Decimal(50), FARM)


def test_offers_of_which_none_can_be_read_say_nothing() -> None:
    document = one({"inventoryItems": [{"productCode": "A"}]})
    assert document.record is None
    assert places(document)[0][1] == "inventoryItems[0]"


def test_shipped_items_are_boxes_of_their_orders() -> None:
    body = {
        "purchaseOrderNumber": "PO-1",
        "poItems": [
            {"poItemId": 12, "awb": "176-12345675", "boxCodes": ["B1", "B2"]},
            {"poItemId": 13, "awb": "176-12345675", "boxes": 3},
            {"poItemId": 14, "awb": "176-12345675"},
        ],
    }
    said = record(body)
    assert isinstance(said, ShipNotice)
    assert said.awb == "176-12345675"
    assert [(each.po_item, each.box_code, each.boxes, each.is_all) for each in said.boxes] == [
        ("12", "B1", 1, False),
        ("12", "B2", 1, False),
        ("13", None, 3, False),
        ("14", None, 1, True),
    ]
    nameless = record({"poItems": [{"poItemId": 12, "awb": "176-12345675", "boxes": 3}]})
    assert isinstance(nameless, ShipNotice)
    assert [each.number for each in nameless.boxes] == [""]


def test_box_codes_change_places() -> None:
    said = record({"boxes": [{"currentBoxCode": "A", "newBoxCode": "B"}]})
    assert said == BoxCodeChange(vendor=FARM, swaps=(CodeSwap(1, "A", "B"),))


def test_contract_goes_before_any_shape() -> None:
    document = one({"contract": "floral.order/1", "purchaseOrderItems": []})
    assert document.record is None
    assert "api" not in {finding.code.partition(".")[0] for finding in document.findings}


words = st.text("abcXYZ 09-é", min_size=1, max_size=12).filter(lambda text: text == text.strip())
maybe = st.none() | words
counts = st.integers(1, 500)
money = st.decimals(0, 999, places=3)
days = st.none() | st.dates(date(2020, 1, 1), date(2040, 1, 1))
priced = st.sampled_from([UnitType.STEM, UnitType.BUNCH, UnitType.BOX])
contents = st.lists(
    st.builds(
        Content,
        line=st.just(1),
        buyer_item=words,
        bunches=counts.map(Decimal),
        stems_per_bunch=counts,
        unit_price=money,
    ),
    max_size=2,
).map(lambda some: tuple(replace(one, line=at) for at, one in enumerate(some, 1)))


@st.composite
def lines(draw: st.DrawFn) -> OrderLine:
    unit = draw(priced)
    return OrderLine(
        line=1,
        reference="1",
        quantity=Decimal(draw(counts)),
        unit="Box",
        unit_type=UnitType.BOX,
        buyer_item=draw(words),
        description=draw(maybe),
        unit_price=draw(money),
        price_unit=unit.value,
        price_unit_type=unit,
        box_type_code=draw(st.sampled_from(["HB", "QB"])),
        bunches_per_box=draw(counts),
        stems_per_bunch=draw(counts),
        mark_code=draw(maybe),
        contents=draw(contents),
        prebook_item=draw(maybe),
    )


orders = st.builds(
    PurchaseOrder,
    number=words,
    is_prebook=st.booleans(),
    ship_date=days,
    vendor=st.builds(Party, code=words, name=maybe),
    customer=st.none() | st.builds(Party, code=words, name=maybe),
    customer_po=maybe,
    location=maybe,
    carrier=maybe,
    ship_via=st.sampled_from(list(ShipVia)),
    comments=maybe,
    lines=st.lists(lines(), min_size=1, max_size=3).map(
        lambda some: tuple(
            replace(each, line=at, reference=str(at)) for at, each in enumerate(some, 1)
        )
    ),
)


@given(orders)
def test_order_reads_back_as_it_was_written(order: PurchaseOrder) -> None:
    assert record(write_order(order)) == order


@st.composite
def offers(draw: st.DrawFn) -> InventoryLine:
    unit = draw(st.sampled_from([UnitType.STEM, UnitType.BUNCH]))
    counted = draw(st.sampled_from([unit, UnitType.BOX]))
    return InventoryLine(
        line=1,
        quantity=draw(st.decimals(0, 9999, places=2)),
        unit=counted.value,
        unit_type=counted,
        vendor_id=draw(maybe),
        seller_item=draw(words),
        description=draw(maybe),
        available_from=draw(days),
        available_to=draw(days),
        post_harvest=draw(maybe),
        category=draw(maybe),
        color=draw(maybe),
        unit_cost=draw(money),
        cost_unit=unit.value,
        cost_unit_type=unit,
        box_type_code="HB" if counted is UnitType.BOX else draw(st.none() | st.just("QB")),
        bunches_per_box=draw(st.none() | counts),
        stems_per_bunch=draw(st.none() | counts),
        tag=draw(maybe),
        location=draw(maybe),
    )


@given(st.lists(offers(), min_size=1, max_size=3))
def test_availability_reads_back_as_it_was_written(some: list[InventoryLine]) -> None:
    numbered = tuple(replace(each, line=at) for at, each in enumerate(some, 1))
    advice = InventoryAdvice(vendor=FARM, lines=numbered)
    document = one(write_stock(advice))
    assert document.record == advice
    # A hundred boxes of an item and more are taken, and said.
    assert {finding.code for finding in document.findings} <= {"E-28"}


LINE = OrderLine(1, "1", Decimal(2), "Box", buyer_item="A")


@pytest.mark.parametrize(
    ("lines_", "why"),
    [
        ((replace(LINE, unit="Stem"),), "whole boxes"),
        ((replace(LINE, quantity=Decimal("1.5")),), "whole boxes"),
        ((LINE, replace(LINE, awb="1")), "air waybill"),
    ],
)
def test_what_the_shape_can_not_say_is_refused(lines_: tuple[OrderLine, ...], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        write_order(PurchaseOrder(number="P", lines=lines_))


@pytest.mark.parametrize(
    "offer",
    [
        InventoryLine(1, Decimal(1), "Box", seller_item="A"),
        InventoryLine(1, Decimal(1), "Stem", seller_item="A", cost_unit="Bunch"),
    ],
)
def test_offer_that_the_shape_can_not_say_is_refused(offer: InventoryLine) -> None:
    with pytest.raises(ValueError, match="offer 1"):
        write_stock(InventoryAdvice(lines=(offer,)))


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6)
anything = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
)
LISTS = ["purchaseOrderItems", "prebookItems", "poItems", "purchaseOrders", "inventoryItems"]


@given(st.sampled_from([*LISTS, "boxes", "shipDate", "vendorCode", "codigoPieza"]), anything)
def test_no_value_in_any_place_raises(name: str, value: object) -> None:
    for body in (ORDER | {name: value}, {name: value}, [{name: value}, value]):
        for document in read(body):
            assert document.record is not None or any(f.is_error for f in document.findings)
            if document.record is not None:
                document.record.model_dump_json()
            for finding in document.findings:
                (str(finding.where) + finding.message).encode()

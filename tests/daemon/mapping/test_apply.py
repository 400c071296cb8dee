"""Applying the tables to documents: canonical codes filled, holds listed (E-14, M-01)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from daemon.mapping.apply import ALWAYS_REQUIRED, Unmapped, map_inventory, map_order
from daemon.mapping.rows import Kind
from formats.records import (
    AxerrioOrder,
    Content,
    InventoryAdvice,
    InventoryLine,
    OrderLine,
    Party,
    PurchaseOrder,
    UnitType,
)
from tests.daemon.mapping.samples import HEAD, TODAY, products, sample, small

LINE = OrderLine(
    line=1,
    reference="10",
    quantity=Decimal(5),
    unit="BX",
    buyer_item="BLM-100",
    description="ROSE EXPLORER 60CM",
    unit_price=Decimal("0.42"),
    price_unit="PE",
    box_type_code="hb",
)


def axerrio_order(*lines: OrderLine) -> AxerrioOrder:
    return AxerrioOrder(
        number="A1",
        message_id="m1",
        created_at=datetime(2026, 11, 21, tzinfo=UTC),
        sender="AXERRIO",
        receiver="K2KNET",
        lines=lines,
    )


def test_purchase_order_is_filled_and_the_partners_text_kept() -> None:
    order = PurchaseOrder(
        number="PO1",
        ship_to=Party(code="01"),
        customer=Party(name="rose lane"),
        carrier="sunl",
        lines=(LINE,),
    )
    mapped = map_order(order, sample(), partner="bloom", vendor="florsol", on=TODAY)
    line = mapped.document.lines[0]
    assert mapped.is_complete
    assert line == replace(
        LINE,
        product="ROS-EXP-60",
        unit_type=UnitType.BOX,
        price_unit_type=UnitType.STEM,
        box_type="HB",
    )
    assert mapped.document.ship_to == Party(code="01", canonical="BLOOM-MIA")
    assert mapped.document.customer == Party(name="rose lane", canonical="ROSELANE")
    assert mapped.document.carrier == "sunl"
    assert isinstance(mapped.document, PurchaseOrder)


def test_carrier_word_in_another_case_is_mapped_by_its_name() -> None:
    order = PurchaseOrder(number="PO1", carrier="Sunline", lines=(LINE,))
    mapped = map_order(order, sample(), partner="bloom", vendor="florsol", on=TODAY)
    assert mapped.document.carrier_canonical == "TRUCK1"


def test_one_unmapped_product_of_three_is_held_and_the_rest_mapped() -> None:
    texts = ("Rose Freedom 60", "Rose Explorer 60", "Rose Mondial 50")
    lines = tuple(
        OrderLine(line=n, reference=str(n), quantity=Decimal(1), unit="box", description=text)
        for n, text in enumerate(texts, 1)
    )
    mapped = map_order(
        axerrio_order(*lines), sample(), partner="axerrio-florsol", vendor="florsol", on=TODAY
    )
    assert [line.product for line in mapped.document.lines] == ["ROS-FRE-60", None, "ROS-MON-50"]
    assert mapped.unmapped == (
        Unmapped(
            Kind.PRODUCTS, "axerrio-florsol", "florsol", None, "Rose Explorer 60", 2, "line 2"
        ),
    )


def test_each_line_of_one_unmapped_text_is_listed() -> None:
    lines = (replace(LINE, unit="heap"), replace(LINE, line=2, unit="heap"))
    order = PurchaseOrder(number="PO1", lines=lines)
    mapped = map_order(order, sample(), partner="bloom", vendor=None, on=TODAY)
    assert [(u.kind, u.source_code, u.where, u.vendor_code) for u in mapped.unmapped] == [
        (Kind.UNITS, "heap", "line 1, unit", ""),
        (Kind.UNITS, "heap", "line 2, unit", ""),
    ]


def test_unmapped_box_type_and_price_unit_are_listed() -> None:
    order = PurchaseOrder(number="PO1", lines=(replace(LINE, price_unit="?", box_type_code="XX"),))
    mapped = map_order(order, sample(), partner="bloom", vendor=None, on=TODAY)
    assert [(u.kind, u.where) for u in mapped.unmapped] == [
        (Kind.UNITS, "line 1, price unit"),
        (Kind.BOX_TYPES, "line 1, box type"),
    ]


def test_what_the_partner_does_not_say_is_neither_mapped_nor_held() -> None:
    order = PurchaseOrder(number="PO1", lines=(replace(LINE, price_unit=None, box_type_code=None),))
    mapped = map_order(order, sample(), partner="bloom", vendor=None, on=TODAY)
    assert mapped.is_complete
    assert mapped.optional == ()
    assert mapped.document.lines[0].price_unit_type is None
    assert mapped.document.lines[0].box_type is None


def test_carrier_and_ship_to_hold_an_order_only_where_required() -> None:
    order = PurchaseOrder(number="PO1", carrier="??", ship_to=Party(code="99"), lines=(LINE,))
    mapped = map_order(order, sample(), partner="bloom", vendor=None, on=TODAY)
    assert mapped.is_complete
    assert [(u.kind, u.where, u.line) for u in mapped.optional] == [
        (Kind.SHIP_TO, "ship_to", None),
        (Kind.CARRIERS, "carrier", None),
    ]
    strict = map_order(
        order,
        sample(),
        partner="bloom",
        vendor=None,
        on=TODAY,
        required_kinds=ALWAYS_REQUIRED | {Kind.SHIP_TO},
    )
    assert [u.kind for u in strict.unmapped] == [Kind.SHIP_TO]
    assert [u.kind for u in strict.optional] == [Kind.CARRIERS]


def test_contents_of_an_assorted_box_are_mapped_each() -> None:
    contents = (
        Content(line=1, description="Rose Freedom 50"),
        Content(line=2, seller_item="FS-9999", description="Rose Unheard Of 50"),
    )
    box = OrderLine(line=3, reference="3", quantity=Decimal(1), unit="box", contents=contents)
    mapped = map_order(
        axerrio_order(box), sample(), partner="axerrio-florsol", vendor="florsol", on=TODAY
    )
    assert [c.product for c in mapped.document.lines[0].contents] == ["ROS-FRE-50", None]
    assert [(u.source_code, u.line, u.where) for u in mapped.unmapped] == [
        ("FS-9999", 3, "line 3, content 2")
    ]


def test_line_without_any_name_is_held() -> None:
    bare = OrderLine(line=1, reference="1", quantity=Decimal(1), unit="box")
    mapped = map_order(axerrio_order(bare), sample(), partner="bloom", vendor=None, on=TODAY)
    assert mapped.unmapped == (Unmapped(Kind.PRODUCTS, "bloom", "", None, None, 1, "line 1"),)


def test_vendors_own_number_is_read_through_the_vendors_rows() -> None:
    line = replace(LINE, buyer_item=None, seller_item="FS-1160", description="no such words")
    order = PurchaseOrder(number="PO1", lines=(line,))
    with_vendor = map_order(order, sample(), partner="bloom", vendor="florsol", on=TODAY)
    assert with_vendor.document.lines[0].product == "ROS-FRE-60"
    without = map_order(order, sample(), partner="bloom", vendor=None, on=TODAY)
    assert [u.source_code for u in without.unmapped] == ["FS-1160"]


def test_buyers_row_goes_before_the_vendors_even_where_it_maps_to_nothing_active() -> None:
    tables = products("bloom,,F1,,OLD,,,,,", "florsol,,F1,,R60,,,,,")
    line = replace(LINE, buyer_item=None, seller_item="F1", box_type_code=None, unit="box")
    order = PurchaseOrder(number="PO1", lines=(line,))
    mapped = map_order(order, tables, partner="bloom", vendor="florsol", on=TODAY)
    assert mapped.document.lines[0].product is None


def test_senders_own_code_goes_first() -> None:
    tables = products("bloom,,X,,R60,,,,,", "bloom,,Y,,R50,,,,,")
    line = replace(LINE, buyer_item="X", seller_item="Y", description=None)
    order = PurchaseOrder(number="PO1", lines=(line,))
    bought = map_order(order, tables, partner="bloom", vendor=None, on=TODAY)
    assert bought.document.lines[0].product == "R60"
    sold = map_order(axerrio_order(line), tables, partner="bloom", vendor=None, on=TODAY)
    assert sold.document.lines[0].product == "R50"


def test_inventory_is_filled_and_its_gaps_listed() -> None:
    offers = (
        InventoryLine(
            1, Decimal(100), "BN", seller_item="FS-1060", cost_unit="EA", box_type_code="MEDIA"
        ),
        InventoryLine(2, Decimal(50), "Stem", description="Rosa Nueva 60cm"),
    )
    mapped = map_inventory(
        InventoryAdvice(lines=offers), sample(), partner="florsol", vendor="florsol", on=TODAY
    )
    first, second = mapped.document.lines
    assert (first.product, first.unit_type, first.cost_unit_type, first.box_type) == (
        "ROS-EXP-60",
        UnitType.BUNCH,
        UnitType.STEM,
        "HB",
    )
    assert (second.product, second.unit_type, second.cost_unit_type) == (None, UnitType.STEM, None)
    assert [(u.kind, u.source_description, u.line) for u in mapped.unmapped] == [
        (Kind.PRODUCTS, "Rosa Nueva 60cm", 2)
    ]


def test_trade_number_maps_where_a_row_has_it() -> None:
    tables = small({"products.csv": HEAD + "bloom,,00012345678905,,R60,,,,,\n"})
    line = replace(LINE, buyer_item=None, description=None, gtin="00012345678905")
    order = PurchaseOrder(number="PO1", lines=(line,))
    mapped = map_order(order, tables, partner="bloom", vendor=None, on=TODAY)
    assert mapped.document.lines[0].product == "R60"

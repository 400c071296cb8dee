"""Florecom files and packing lists work like every other file: dropped, traded, answered."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import etree
from sqlalchemy import select

from daemon.ledger import schema
from formats import Agreed
from formats import read as read_door
from formats.documents import ReadDocument
from formats.florecom.order_out import write_order
from formats.florecom.reader import read
from formats.florecom.response_out import write_response
from formats.florecom.supply_out import write_supply
from formats.florecom.tree import Sending
from formats.records import InventoryAdvice, InventoryLine, OrderLine, Party, PurchaseOrder, Purpose
from formats.steps import (
    BoxSize,
    ConfirmedLine,
    LineAction,
    LineAnswer,
    OrderChange,
    OrderConfirmation,
    ShipNotice,
)
from formats.vbn import Vbn
from tests.daemon.network import NETWORK
from tests.daemon.partner_files import availability
from tests.daemon.pipeline.test_bad_input import LAUGHS, XXE
from tests.daemon.sites import Desktop, desktop, kinds, only
from tests.daemon.today import day

GLN_FARM, GLN_BLOOM = "8713782537153", "8714231208747"
DUTCH = NETWORK.replace(
    'receives_orders = ["x12", "csv"]', f'receives_orders = ["florecom"]\ngln = "{GLN_FARM}"'
).replace(
    'x12 = { id = "BLOOMWHSL" }',
    f'x12 = {{ id = "BLOOMWHSL" }}\nanswers_orders = "florecom"\ngln = "{GLN_BLOOM}"',
)
ROSE = OrderLine(
    1, "1", Decimal(4), "Box", buyer_item="BLM-100", unit_price=Decimal("0.36"), price_unit="Stem"
)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Desktop]:
    """The sample network, whose first vendor and first buyer speak Florecom."""
    with desktop(tmp_path / "site", network=DUTCH) as opened:
        yield opened


def sending(site: Desktop, message_id: str = "M-1") -> Sending:
    return Sending(message_id, site.clock.now())


def order(*lines: OrderLine, number: str = "PO-1") -> PurchaseOrder:
    return PurchaseOrder(
        number=number,
        ship_date=day(2),
        vendor=Party(code=GLN_FARM, qualifier="UL"),
        lines=lines or (ROSE,),
    )


def document(data: bytes) -> ReadDocument:
    (found,) = read(data).documents()
    assert found.record is not None, found.findings
    return found


def confirmation(data: bytes) -> OrderConfirmation:
    record = document(data).record
    assert isinstance(record, OrderConfirmation)
    return record


def test_order_is_answered_and_told_in_florecom(site: Desktop) -> None:
    site.send("florsol", "a.csv", availability(("Rosa Explorer 60cm", 9000, "Stem")))
    files = site.send("bloom", "o.xml", write_order(order(), sending(site)))
    (line,) = confirmation(only(files, "bloom/order-response-PO-1")).lines
    assert (line.reference, line.answer) == ("1", LineAnswer.ACCEPTED)
    assert line.quantity == 4
    told = document(only(files, "florsol/put-order-PO-1")).record
    assert isinstance(told, PurchaseOrder)
    (theirs,) = told.lines
    assert (theirs.seller_item, theirs.unit) == ("FS-1060", "Box")
    assert theirs.quantity == 4
    assert (told.vendor.code, told.ship_date) == (GLN_FARM, day(2))
    assert (theirs.bunches_per_box, theirs.stems_per_bunch) == (12, 25)
    assert site.states() == ["posted", "posted"]


def test_vendor_confirms_in_florecom_and_its_buyer_hears_of_it(site: Desktop) -> None:
    site.send("florsol", "a.csv", availability(("Rosa Explorer 60cm", 9000, "Stem")))
    site.send("bloom", "o.xml", write_order(order(), sending(site)))
    answer = OrderConfirmation(
        number="PO-1",
        lines=(ConfirmedLine(1, "1", LineAnswer.CHANGED, Decimal(3), "Box", message="rain"),),
    )
    files = site.send("florsol", "c.xml", write_response(answer, sending(site, "C-1")))
    (line,) = confirmation(only(files, "bloom/order-response-PO-1")).lines
    assert (line.answer, line.quantity) == (LineAnswer.CHANGED, Decimal(3))
    assert "rain" in (line.message or "")


def test_cancelled_line_reaches_its_vendor_with_condition_64(site: Desktop) -> None:
    second = OrderLine(2, "2", Decimal(2), "Box", buyer_item="BLM-100")
    stock = availability(("Rosa Explorer 60cm", 9000, "Stem"))
    site.send("florsol", "a.csv", stock)
    site.send("bloom", "o.xml", write_order(order(ROSE, second), sending(site)))
    data = write_order(order(ROSE, second), sending(site, "M-2"), ended=frozenset({"2"}))
    root = etree.fromstring(data)
    (kept, _) = [each for each in root.iter() if str(each.tag).endswith("OrderTradeLineItem")]
    parent = kept.getparent()
    assert parent is not None
    parent.remove(kept)
    files = site.send("bloom", "x.xml", etree.tostring(root))
    told = document(only(files, "florsol/put-order-PO-1")).record
    assert isinstance(told, OrderChange)
    assert [(each.action, each.line.reference) for each in told.changes] == [
        (LineAction.CANCEL, "2")
    ]


def test_withdrawn_order_ends_every_line_for_its_vendor(site: Desktop) -> None:
    site.send("florsol", "a.csv", availability(("Rosa Explorer 60cm", 9000, "Stem")))
    site.send("bloom", "o.xml", write_order(order(), sending(site)))
    gone = order().model_copy(update={"purpose": Purpose.CANCEL})
    files = site.send("bloom", "x.xml", write_order(gone, sending(site, "M-2")))
    told = document(only(files, "florsol/put-order-PO-1")).record
    assert isinstance(told, OrderChange)
    assert [each.action for each in told.changes] == [LineAction.CANCEL]


def test_supply_with_vbn_codes_is_on_sale_once_a_row_knows_them(site: Desktop) -> None:
    vbn = Vbn("16207", features=(("S20", "060"), ("X99", "ABC")), package="997", pieces=300)
    offer = InventoryLine(1, Decimal(600), "Stem", unit_cost=Decimal("0.30"), vbn=vbn)
    advice = InventoryAdvice(lines=(offer,))
    files = site.send("florsol", "s.xml", write_supply(advice, sending(site)))
    assert b"VBN 16207 S20 060" in only(files, "florsol/advice")
    assert site.states() == ["held"]
    site.map_row("products", "florsol,,VBN 16207 S20 060,,ROS-EXP-60,,yes,,,")
    site.run()
    assert not site.holds()
    assert site.lots()["ROS-EXP-60"] == (600, 0)


def test_line_left_out_of_an_order_is_told_beside_its_answer(site: Desktop) -> None:
    site.send("florsol", "a.csv", availability(("Rosa Explorer 60cm", 9000, "Stem")))
    second = OrderLine(2, "2", Decimal(7), "Box", buyer_item="BLM-100")
    data = write_order(order(ROSE, second), sending(site)).replace(b">7<", b">seven<")
    files = site.send("bloom", "o.xml", data)
    assert len(confirmation(only(files, "bloom/order-response")).lines) == 1
    assert b"florecom.Quantity" in only(files, "bloom/advice")


def test_partner_without_the_setting_gets_csv(tmp_path: Path) -> None:
    with desktop(tmp_path / "plain") as site:
        site.send("florsol", "a.csv", availability(("Rosa Explorer 60cm", 9000, "Stem")))
        said = order().model_copy(update={"vendor": Party(code="florsol")})
        files = site.send("bloom", "o.xml", write_order(said, sending(site)))
        assert b"accepted" in only(files, "bloom/order-ack-PO-1")


PACKING = """<root><masterAwb><awb>176-12345675</awb><fechaDespacho>{day}</fechaDespacho>
<house><hawb>H1</hawb>{boxes}</house></masterAwb></root>"""
BOX = """<box><codigoCliente>B</codigoCliente><codigoPieza>FS{at}</codigoPieza><codigoProducto>
FS-1060</codigoProducto><empaque>MEDIA</empaque><unidades>300</unidades><tallos_ramo>25
</tallos_ramo><ramos_caja>12</ramos_caja><po>PO-1</po></box>"""


def test_packing_list_ships_the_boxes_of_an_order(site: Desktop) -> None:
    files = ship(site)
    shipped = only(files, "bloom/shipment").decode()
    assert [f"FS{at}" in shipped for at in range(4)] == [True] * 4
    assert b"count,,,accepted,4" in only(files, "florsol/advice")


def test_packing_list_may_be_a_csv(site: Desktop) -> None:
    site.send("florsol", "a.csv", availability(("Rosa Explorer 60cm", 9000, "Stem")))
    site.send("bloom", "o.xml", write_order(order(), sending(site)))
    whole = OrderConfirmation(
        number="PO-1", lines=(ConfirmedLine(1, "1", LineAnswer.ACCEPTED, Decimal(4), "Box"),)
    )
    site.send("florsol", "c.xml", write_response(whole, sending(site, "C-1")))
    rows = [f"{day(2):%m/%d/%y},FS{at},176-12345675,FS-1060,PO-1" for at in range(4)]
    data = "\r\n".join(["Shipdate,UnitID,AWB,Product,PO", *rows, ""]).encode()
    files = site.send("florsol", "p.csv", data)
    assert b"FS3" in only(files, "bloom/shipment")
    assert b"count,,,accepted,4" in only(files, "florsol/advice")


def test_buyer_may_get_a_packing_list_for_a_ship_notice(tmp_path: Path) -> None:
    gets = 'receives_shipments = "packing-list"\nanswers_orders = "florecom"'
    network = DUTCH.replace('answers_orders = "florecom"', gets)
    with desktop(tmp_path / "list", network=network) as site:
        shipped = ship(site)
        body = only(shipped, "bloom/packing-list")
        (said,) = read_door(body, agreed=Agreed(Party(code="florsol"))).documents()
        assert isinstance(said.record, ShipNotice), said.findings
        boxes = said.record.boxes
        assert [(each.box_code, each.number, each.seller_item) for each in boxes] == [
            (f"FS{at}", "PO-1", "BLM-100") for at in range(4)
        ]
        half = BoxSize(Decimal("41.00"), Decimal("10.00"), Decimal("12.00"), "INCH")
        assert {each.size for each in boxes} == {half}
        assert b",FLORSOL,," in body
        assert said.record.awb == "176-12345675"


@pytest.mark.parametrize(("length", "is_shipped"), [(32, True), (35, True), (36, False)])
def test_house_number_longer_than_the_agencys_is_warned_of_and_never_cut(
    site: Desktop, length: int, *, is_shipped: bool
) -> None:
    """W-06: the agency has room for 12; what the books can't hold either is refused by name."""
    number = "H" * length
    files = ship(site, house=number)
    advice = only(files, "florsol/advice").decode()
    assert "packing.house_awb" in advice and f"{length} characters" in advice
    assert ("more than 35 characters" in advice) is not is_shipped
    shipments = schema.shipments.c
    kept = [row.house_awb for row in site.rows(select(shipments.house_awb))]
    assert kept == [number] * is_shipped
    told = [body.decode() for name, body in files.items() if name.startswith("bloom/shipment")]
    assert [number in body for body in told] == [True] * is_shipped


def ship(site: Desktop, house: str = "H1") -> dict[str, bytes]:
    """Let an order be placed, confirmed and shipped by packing list; return what that causes."""
    site.send("florsol", "a.csv", availability(("Rosa Explorer 60cm", 9000, "Stem")))
    site.send("bloom", "o.xml", write_order(order(), sending(site)))
    whole = OrderConfirmation(
        number="PO-1", lines=(ConfirmedLine(1, "1", LineAnswer.ACCEPTED, Decimal(4), "Box"),)
    )
    site.send("florsol", "c.xml", write_response(whole, sending(site, "C-1")))
    boxes = "".join(BOX.format(at=at) for at in range(4))
    made = PACKING.format(day=day(2).isoformat(), boxes=boxes).replace(">H1<", f">{house}<")
    data = made.encode()
    return site.send("florsol", "p.xml", data)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (XXE, "xml.doctype"),
        (LAUGHS, "xml.doctype"),
        (b"<root>" + b"<a>" * 100_000 + b"</a>" * 100_000 + b"</root>", "xml.depth"),
        (b"<root><house></box></root>", "xml.syntax"),
        (b'<r a="%s"/>' % (b"x" * 100_000), "xml.long"),
        (b"<r %s/>" % b" ".join(b'a%d="1"' % n for n in range(5000)), "xml.attributes"),
        (b"<order xmlns='urn:x'/>", "xml.unsupported"),
    ],
)
def test_hostile_xml_earns_one_located_answer(site: Desktop, data: bytes, code: str) -> None:
    files = site.send("bloom", "bad.xml", data)
    assert kinds(files) == ["bloom/advice-bad"]
    assert code.encode() in only(files, "bloom/advice")
    (arrival,) = site.arrivals()
    assert arrival.state == "quarantined"
    assert arrival.data == data


def test_api_shaped_json_orders_offers_and_is_answered(tmp_path: Path) -> None:
    with desktop(tmp_path / "plain") as site:
        offer = {"productCode": "FS-1060", "quantity": 9000, "unitType": "stem", "unitCost": "0.3"}
        files = site.send("florsol", "s.json", json.dumps([offer]).encode())
        assert b"count,,,accepted,1" in only(files, "florsol/advice")
        body = {
            "purchaseOrderNumber": "PO-7",
            "vendorCode": "florsol",
            "shipDate": day(2).isoformat(),
            "purchaseOrderItems": [
                {"productCode": "BLM-100", "boxes": 2, "unitType": "stem", "cost": "0.36"},
                {"productCode": "BLM-100", "boxes": "many"},
            ],
        }
        files = site.send("bloom", "o.json", json.dumps(body).encode())
        said = json.loads(only(files, "bloom/ack-PO-7"))
        # A line that was left out is never passed over (L-08).
        assert said["result"] == "accepted-with-exceptions"
        assert [line["status"] for line in said["lines"]] == ["accepted"]
        assert [each["code"] for each in said["findings"]] == ["json.boxes"]
        assert only(files, "florsol/850-PO-7")

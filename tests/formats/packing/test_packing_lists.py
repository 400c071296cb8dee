"""Packing lists as XML, JSON and CSV become the same ship notices; the CSV reads back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.documents import ReadDocument
from formats.limits import DEFAULT_LIMITS
from formats.packing import json_list, xml_list
from formats.packing.csv_out import Around, write_packing_list
from formats.packing.piece import day
from formats.records import Party
from formats.steps import BoxSize, ShipNotice, ShippedBox
from formats.strictjson import parsed
from formats.tabular.dialect import Dialect
from formats.tabular.kinds import Kind, kind_of
from formats.tabular.steps import read_steps

FARM = Party(code="farm")
BOX = {
    "codigoCliente": "C1",
    "codigoPieza": "KD0001",
    "codigoProducto": "R60",
    "descripcionProducto": "Rosa roja",
    "empaque": "HB",
    "unidades": "250",
    "tallos_ramo": "25",
    "ramos_caja": "10",
    "po": "PO-1",
    "largo": "104.5",
    "ancho": "25",
    "alto": "30",
}


def box(**changes: str) -> str:
    said = BOX | changes
    return "<box>" + "".join(f"<{n}>{t}</{n}>" for n, t in said.items()) + "</box>"


def master(*boxes: str, awb: str = "176-12345675", house: str = "house") -> str:
    return (
        f"<masterAwb><awb>{awb}</awb><fechaDespacho>2026-11-21</fechaDespacho><origen>UIO</origen>"
        f"<{house}><hawb>H-1</hawb><nombreCultivo>Farm</nombreCultivo>\n"
        + "\n".join(boxes)
        + f"</{house}></masterAwb>"
    )


def xml(*masters: str) -> list[ReadDocument]:
    data = f"<?xml version='1.0'?>\n<root>{''.join(masters)}</root>".encode()
    return list(xml_list.read(data, vendor=FARM).documents())


def from_json(value: object) -> list[ReadDocument]:
    data = json.dumps(value).encode()
    found, finding = parsed(data, DEFAULT_LIMITS)
    assert finding is None
    assert json_list.is_packing_list(found)
    return list(json_list.read_value(found, FARM, data))


def from_csv(data: bytes) -> list[ReadDocument]:
    assert kind_of(data, Dialect()) is Kind.PACKING_LIST
    return list(read_steps(data, dialect=Dialect(), limits=DEFAULT_LIMITS, vendor=FARM))


def notice(documents: list[ReadDocument]) -> ShipNotice:
    (document,) = documents
    assert isinstance(document.record, ShipNotice), document.findings
    return document.record


def codes(document: ReadDocument) -> list[tuple[str, bool]]:
    return [(finding.code, finding.is_error) for finding in document.findings]


SHIPPED = ShippedBox(
    1,
    "PO-1",
    box_code="KD0001",
    box_type_code="HB",
    seller_item="R60",
    quantity=Decimal(250),
    unit="Stem",
    description="Rosa roja",
    customer="C1",
    size=BoxSize(Decimal("104.5"), Decimal(25), Decimal(30), "CM"),
)


def test_xml_is_read_with_what_stands_around_a_box() -> None:
    said = notice(xml(master(box())))
    assert said == ShipNotice(
        number="",
        ship_date=date(2026, 11, 21),
        awb="176-12345675",
        house_awb="H-1",
        vendor=FARM,
        boxes=(SHIPPED,),
    )


def test_names_are_read_in_any_case() -> None:
    assert notice(xml(master(box(), house="House").replace("masterAwb", "MASTERAWB"))).boxes == (
        SHIPPED,
    )


def test_json_twin_says_the_same() -> None:
    record = BOX | {
        "awb": "176-12345675",
        "hawb": "H-1",
        "fechaDespacho": "2026-11-21",
        "tipoEnvio": "OPERACION",
        "unidades": 250,
        "kilos": 12.5,
    }
    assert notice(from_json([record])) == notice(xml(master(box())))


def test_csv_of_the_same_names_says_the_same() -> None:
    header = (
        "Shipdate,Shipper,BarcodeAccount,UnitID,Measure,FarmName,AWB,Consignee,Product,PO,"
        "HouseAWB,BoxType,Units,Bunches,StemsBunch,ClienteFinal,Length,Width,Height,"
        "ProductDescription"
    )
    row = (
        "11/21/26,Us,A1,KD0001,CM,Farm,176-12345675,Bloom,R60,PO-1,H-1,HB,250,10,25,C1,104.50,25,30,"
        "Rosa roja"
    )
    said = notice(from_csv(f"{header}\n{row}\n".encode()))
    assert said.boxes[0].line == 2
    assert said == notice(xml(master(box()))).model_copy(update={"boxes": said.boxes})


def test_box_with_two_products_is_one_box() -> None:
    said = notice(xml(master(box(), box(codigoProducto="R50"))))
    assert [(each.box_code, each.seller_item, each.boxes) for each in said.boxes] == [
        ("KD0001", "R60", 1),
        ("KD0001", "R50", 0),
    ]


def test_each_waybill_is_a_notice() -> None:
    found = xml(master(box()), master(box(codigoPieza="KD0002"), awb="020-81140743"))
    assert [each.record.awb for each in found if isinstance(each.record, ShipNotice)] == [
        "176-12345675",
        "020-81140743",
    ]


def test_waybill_that_stands_twice_is_taken_once() -> None:
    (document,) = xml(master(box()), master(box(codigoPieza="KD0002")))
    assert isinstance(document.record, ShipNotice)
    assert [each.box_code for each in document.record.boxes] == ["KD0001"]
    assert codes(document) == [("packing.awb", True)]
    assert document.findings[0].where.path == "masterAwb[2]"


def test_stock_is_left_out_and_named() -> None:
    (document,) = xml(master(box(), box(codigoPieza="KD0002", codigoCliente="NULL", po="")))
    assert isinstance(document.record, ShipNotice)
    assert len(document.record.boxes) == 1
    assert codes(document) == [("packing.po", False)]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"po": ""}, "packing.po"),
        ({"po": "N" * 23}, "packing.po"),
        ({"codigoPieza": ""}, "packing.unit_id"),
        ({"codigoPieza": "caja ñ"}, "packing.unit_id"),
        ({"codigoProducto": ""}, "packing.product"),
        ({"unidades": "many"}, "packing.units"),
        ({"fechaDespacho": "21.11.2026"}, "packing.ship_date"),
    ],
)
def test_bad_box_leaves_out_its_order_line_alone(changes: Mapping[str, str], code: str) -> None:
    bad = {"codigoPieza": "KD0002", **changes}
    other = box(codigoPieza="KD0003", codigoProducto="ALS", po="PO-2")
    (document,) = xml(master(box(), box(**bad), other))
    assert isinstance(document.record, ShipNotice)
    left = {each.box_code for each in document.record.boxes}
    assert "KD0003" in left
    assert "KD0001" not in left
    first = next(finding for finding in document.findings if finding.is_error)
    assert first.code == code
    assert (first.where.path, first.where.row) == ("masterAwb[1]/house[1]/box[2]", 4)


def test_units_that_nothing_explains_are_not_used() -> None:
    (document,) = xml(master(box(unidades="77")))
    assert isinstance(document.record, ShipNotice)
    assert document.record.boxes[0].quantity is None
    assert codes(document) == [("packing.units", False)]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"<root/>", "packing.empty"),
        (b"<root><masterAwb><awb>1</awb></masterAwb></root>", "packing.empty"),
        (b"<root><masterAwb>", "xml.syntax"),
        (b"<!DOCTYPE root><root/>", "xml.doctype"),
    ],
)
def test_list_without_boxes_says_why(data: bytes, code: str) -> None:
    (document,) = xml_list.read(data).documents()
    assert document.record is None
    assert [each for each, is_error in codes(document) if is_error] == [code]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"alto": "0"}, "packing.height"),
        ({"alto": ""}, "packing.height"),
        ({"ancho": "-3"}, "packing.width"),
        ({"largo": "10000"}, "packing.length"),
        ({"largo": "wide"}, "packing.length"),
    ],
)
def test_size_that_can_not_be_is_named_and_costs_nothing_else(
    changes: Mapping[str, str], code: str
) -> None:
    (document,) = xml(master(box(**changes)))
    assert isinstance(document.record, ShipNotice)
    assert document.record.boxes == (replace(SHIPPED, size=None),)
    assert codes(document) == [(code, False)]


def test_sides_are_read_with_a_comma_and_in_inches() -> None:
    header = "UnitID;AWB;PO;Product;Measure;Length;Width;Height"
    said = notice(from_csv(f"{header}\nKD0001;1;PO-1;R60;inch;41,5;10;12\n".encode()))
    assert said.boxes[0].size == BoxSize(Decimal("41.5"), Decimal(10), Decimal(12), "INCH")


def test_client_of_a_box_is_told_by_name_else_by_code() -> None:
    said = notice(xml(master(box(nombreCliente="Rose Lane"), box(codigoPieza="KD2"))))
    assert [each.customer for each in said.boxes] == ["Rose Lane", "C1"]


@pytest.mark.parametrize(("packing", "is_odd"), [("2", False), ("3", True), ("two", True)])
def test_house_with_other_boxes_than_it_says_is_named(packing: str, *, is_odd: bool) -> None:
    """Its stock counts too, and a second product of a box is no box."""
    boxes = (box(), box(codigoProducto="R50"), box(codigoPieza="KD2", codigoCliente="NULL", po=""))
    declared = master(*boxes).replace("<hawb>", f"<packing>{packing}</packing><hawb>")
    (document,) = xml(declared)
    assert isinstance(document.record, ShipNotice)
    assert [each.box_code for each in document.record.boxes] == ["KD0001", "KD0001"]
    found = [code for code, _ in codes(document) if code == "packing.pieces"]
    assert found == ["packing.pieces"] * is_odd


@pytest.mark.parametrize(("length", "is_odd"), [(12, False), (13, True), (26, True)])
def test_long_house_number_in_xml_is_named_once_and_not_cut(length: int, *, is_odd: bool) -> None:
    """W-06: 12 characters in the XML."""
    number = "H" * length
    made = master(box(), box(codigoPieza="KD2")).replace("H-1", number)
    (document,) = xml(made)
    assert isinstance(document.record, ShipNotice)
    assert (document.record.house_awb, len(document.record.boxes)) == (number, 2)
    found = [each for each in document.findings if each.code == "packing.house_awb"]
    assert [(each.where.path, each.where.row, each.is_error) for each in found] == [
        ("masterAwb[1]/house[1]/box[1]", 3, False)
    ] * is_odd
    assert all(f"{length} characters" in each.message and "12" in each.message for each in found)


@pytest.mark.parametrize(("length", "is_odd"), [(32, False), (33, True)])
def test_long_house_number_in_json_is_named_and_not_cut(length: int, *, is_odd: bool) -> None:
    """W-06: 32 characters in the JSON twin."""
    number = "H" * length
    record = BOX | {"awb": "176-12345675", "hawb": number}
    (document,) = from_json([record])
    assert isinstance(document.record, ShipNotice)
    assert document.record.house_awb == number
    found = [(each.code, each.where.path, each.is_error) for each in document.findings]
    assert found == [("packing.house_awb", "[0]", False)] * is_odd


@pytest.mark.parametrize("client", ["NULL", "null", ""])
def test_client_null_means_stock_without_a_customer(client: str) -> None:
    """W-07: no customer is called NULL; a box without an order is left out, with a warning."""
    (document,) = xml(
        master(box(codigoCliente=client), box(codigoPieza="KD2", po="", codigoCliente=client))
    )
    assert isinstance(document.record, ShipNotice)
    assert [(each.box_code, each.customer) for each in document.record.boxes] == [("KD0001", None)]
    assert codes(document) == [("packing.po", False)]
    assert "stock" in document.findings[0].message


def test_record_that_is_no_object_is_named() -> None:
    record = BOX | {"awb": "176-12345675"}
    (document,) = from_json([record, 7])
    assert isinstance(document.record, ShipNotice)
    assert codes(document) == [("packing.record", True)]


@pytest.mark.parametrize("text", ["11/21/26", "11/21/2026", "2026-11-21"])
def test_dates_of_both_ways_are_read(text: str) -> None:
    assert day(text) == date(2026, 11, 21)


@pytest.mark.parametrize("text", ["21/11/26", "11/21", "1/1/1/1", "11/21/٢٦", "//", "11/21/26 "])
def test_other_dates_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected|calendar"):
        day(text)


plain = st.text("ABCXYZ019-", min_size=1, max_size=12).filter(lambda text: text.strip("-") == text)


sides = st.decimals(Decimal("0.01"), Decimal(9999), places=2)
sizes = st.builds(BoxSize, sides, sides, sides, st.sampled_from(["CM", "INCH"]))


@st.composite
def shipments(draw: st.DrawFn) -> ShipNotice:
    codes = draw(st.lists(plain, min_size=1, max_size=5, unique=True))
    units = st.one_of(
        st.just((None, None)),
        st.tuples(st.integers(2, 999).map(Decimal), st.sampled_from(["Stem", "Bunch"])),
    )
    boxes = []
    for at, code in enumerate(codes, 1):
        quantity, unit = draw(units)
        boxes.append(
            ShippedBox(
                at + 1,
                draw(plain),
                box_code=code,
                box_type_code=draw(st.sampled_from(["HB", "QB"])),
                seller_item=draw(plain),
                quantity=quantity,
                unit=unit,
                description=draw(st.none() | plain),
                customer=draw(st.none() | plain),
                size=draw(st.none() | sizes),
            )
        )
    return ShipNotice(
        number="",
        ship_date=draw(st.none() | st.dates(date(2020, 1, 1), date(2040, 1, 1))),
        awb="176-12345675",
        house_awb=draw(st.none() | plain),
        vendor=FARM,
        boxes=tuple(boxes),
    )


@given(shipments())
def test_written_list_reads_back_as_it_was(shipment: ShipNotice) -> None:
    data = write_packing_list(shipment, Around("Us", "A1", "Farm", "Bloom"))
    assert notice(from_csv(data)) == shipment


@pytest.mark.parametrize(
    "lacking",
    [
        replace(SHIPPED, box_code=None),
        replace(SHIPPED, seller_item=None),
        replace(SHIPPED, quantity=Decimal("2.5")),
        replace(SHIPPED, unit="Pallet"),
    ],
)
def test_what_a_list_can_not_say_is_refused(lacking: ShippedBox) -> None:
    shipment = ShipNotice(number="", awb="1", boxes=(lacking,))
    with pytest.raises(ValueError, match="box"):
        write_packing_list(shipment, Around())


@given(st.binary(max_size=200))
def test_no_bytes_raise(data: bytes) -> None:
    list(xml_list.read(data).documents())


NESTED = st.recursive(
    st.text("a1", max_size=4),
    lambda inner: st.lists(
        st.tuples(st.sampled_from(["masterAwb", "house", "box", "awb", "po", "x"]), inner).map(
            lambda pair: f"<{pair[0]}>{pair[1]}</{pair[0]}>"
        ),
        max_size=4,
    ).map("".join),
)


@given(NESTED)
def test_no_nesting_raises(inner: str) -> None:
    (first, *_) = xml_list.read(f"<root>{inner}</root>".encode()).documents()
    assert first.record is not None or any(finding.is_error for finding in first.findings)

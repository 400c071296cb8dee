"""Shipments, box codes, air waybills and scans as CSV: a row is a box, or what became of one."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from formats.steps import (
    AirWaybill,
    AirWaybillNotice,
    BoxCodeChange,
    CodeSwap,
    ReceivingScan,
    Scan,
    ShipNotice,
    ShippedBox,
)
from tests.formats.tabular.step_files import (
    FARM,
    SCANS,
    SHIPMENT,
    SWAPS,
    WAYBILLS,
    errors,
    read,
    shipped,
    warnings,
)


def test_box_codes_are_read() -> None:
    (document,) = read(f"{SWAPS}KS001001,PT991001\nKS001002,KS001003\n")
    swaps = (CodeSwap(2, "KS001001", "PT991001"), CodeSwap(3, "KS001002", "KS001003"))
    assert document.record == BoxCodeChange(vendor=FARM, swaps=swaps)
    assert document.findings == ()


def test_box_codes_that_collide_are_left_out() -> None:
    (document,) = read(f"{SWAPS}A,B\nB,C\nC,C\nD,E\nX,Y\nZ,Y\n")
    assert isinstance(document.record, BoxCodeChange)
    assert [(swap.current, swap.new) for swap in document.record.swaps] == [("C", "C"), ("D", "E")]
    assert errors(document) == [
        ("box.taken", 2), ("box.taken", 3), ("box.duplicate", 6), ("box.duplicate", 7),
    ]  # fmt: skip


@pytest.mark.parametrize("code", ["", "K" * 21, "Ñ1", "a\x07b"])
def test_bad_box_code_is_an_error_of_its_row(code: str) -> None:
    (document,) = read(f"{SWAPS}A,{code}\nB,C\n")
    assert isinstance(document.record, BoxCodeChange)
    assert len(document.record.swaps) == 1
    assert errors(document) == [("csv.new_box_code", 2)]


def test_air_waybills_are_read_and_odd_ones_warned_of() -> None:
    (document,) = read(
        f"{WAYBILLS}T-1121,,176-12345675,H1,2026-11-21,2026-11-23\n,P2,071-44313317,,,\nT-3,,5675,,,\n"
    )
    days = (date(2026, 11, 21), date(2026, 11, 23))
    assert document.record == AirWaybillNotice(
        vendor=FARM,
        waybills=(
            AirWaybill(2, "176-12345675", "T-1121", None, "H1", *days),
            AirWaybill(3, "071-44313317", None, "P2"),
            AirWaybill(4, "5675", "T-3"),
        ),
    )
    assert (errors(document), warnings(document)) == ([], [("awb.check", 3)])


@pytest.mark.parametrize(
    ("row", "code"),
    [(",,176-12345675,,,", "csv.temporary_awb"), ("T,,,,,", "csv.awb"),
     (f"T,,{'1' * 36},,,", "csv.awb"), ("T,,1234,,,23/11/2026", "csv.arrival_date")],
)  # fmt: skip
def test_bad_air_waybill_row_is_left_out(row: str, code: str) -> None:
    (document,) = read(f"{WAYBILLS}{row}\nT9,,5675,,,\n")
    assert isinstance(document.record, AirWaybillNotice)
    assert [waybill.temporary for waybill in document.record.waybills] == ["T9"]
    assert errors(document) == [(code, 2)]


def test_goods_with_two_air_waybills_have_none() -> None:
    (document,) = read(f"{WAYBILLS}T,,1234,,,\nT,,1235,,,\nU,,1236,,,\nU,,1236,,,\n")
    assert isinstance(document.record, AirWaybillNotice)
    assert [waybill.temporary for waybill in document.record.waybills] == ["U"]
    assert errors(document) == [("step.contradiction", 2), ("step.contradiction", 3)]
    assert warnings(document) == [("step.repeated", 5)]


def test_column_of_the_goods_is_needed() -> None:
    (document,) = read("awb,arrival_date\n5675,2026-11-23\n")
    assert (document.record, errors(document)) == (None, [("csv.header", 1)])


def test_scans_are_read() -> None:
    (document,) = read(f"{SCANS}KS1,2026-11-23T07:30:00,A12,MIA,2026-11-23\nKS2,,,,\nKS1,,,,\n")
    assert document.record == ReceivingScan(
        location="MIA",
        arrival_date=date(2026, 11, 23),
        scans=(Scan(2, "KS1", datetime(2026, 11, 23, 7, 30), "A12"), Scan(3, "KS2")),  # noqa: DTZ001
    )
    assert warnings(document) == [("step.repeated", 4)]


def test_places_and_days_of_arrival_make_scans_of_their_own() -> None:
    documents = read(f"{SCANS}A,,,MIA,2026-11-23\nB,,,MDE,2026-11-23\nC,,,MIA,\nD,,,,\n")
    found = [d.record for d in documents]
    assert all(isinstance(one, ReceivingScan) for one in found)
    assert [
        (one.location, [scan.box_code for scan in one.scans])
        for one in found
        if isinstance(one, ReceivingScan)
    ] == [("MIA", ["A", "C"]), ("MDE", ["B"]), (None, ["D"])]
    assert len({document.digest for document in documents}) == 3


@pytest.mark.parametrize(
    ("row", "code"),
    [(",,A1,,", "csv.box_code"), ("A,yesterday,,,", "csv.scanned_at"),
     (f"A,,{'r' * 11},,", "csv.rack"), ("A,,,,11/23", "csv.arrival_date")],
)  # fmt: skip
def test_bad_scan_is_left_out(row: str, code: str) -> None:
    (document,) = read(f"{SCANS}{row}\nZ,,,,\n")
    assert errors(document) == [(code, 2)]
    assert isinstance(document.record, ReceivingScan)
    assert [scan.box_code for scan in document.record.scans] == ["Z"]


def test_shipment_is_read_with_what_all_boxes_share_said_once() -> None:
    (document,) = read(
        SHIPMENT
        + "P1,71,176-12345675,H1,2026-11-23,KS1,L7,HB\n"
        + "P1,71,176-12345675,H1,2026-11-23,KS2,L7,HB\n"
        + "P2,80,176-12345675,H2,2026-11-23,KS3,,QB\n"
    )
    assert document.findings == ()
    assert shipped(document) == ShipNotice(
        number="",
        vendor=FARM,
        awb="176-12345675",
        ship_date=date(2026, 11, 23),
        boxes=(
            ShippedBox(2, "P1", po_item="71", box_code="KS1", lot_number="L7", box_type_code="HB",
                       house_awb="H1"),
            ShippedBox(3, "P1", po_item="71", box_code="KS2", lot_number="L7", box_type_code="HB",
                       house_awb="H1"),
            ShippedBox(4, "P2", po_item="80", box_code="KS3", box_type_code="QB", house_awb="H2"),
        ),
    )  # fmt: skip


def test_shipment_without_codes_says_how_many_boxes() -> None:
    (document,) = read(
        "po_number,line,awb,ship_date,boxes\nP1,1,,2026-11-23,5\nP1,2,,2026-11-23,1\n"
    )
    assert [(box.reference, box.boxes, box.box_code) for box in shipped(document).boxes] == [
        ("1", 5, None),
        ("2", 1, None),
    ]


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ("P1,71,176-12345675,,2026-11-23,,L7,HB", "csv.box_code"),
        (f"P1,71,176-12345675,,2026-11-23,{'K' * 21},L7,HB", "csv.box_code"),
        ("P1,71,176-12345675,,2026-11-23,KS2,5000,HB", "csv.lot_number"),
        ("P1,71,176-12345675,,soon,KS2,L7,HB", "csv.ship_date"),
        (f"P1,71,{'9' * 36},,,KS2,L7,HB", "csv.awb"),
    ],
)
def test_order_line_with_one_bad_box_is_left_out_whole(cells: str, code: str) -> None:
    good = "P1,71,176-12345675,,2026-11-23,KS1,L7,HB\nP1,72,176-12345675,,2026-11-23,KS9,L7,HB\n"
    (document,) = read(SHIPMENT + good + cells + "\n")
    assert [box.po_item for box in shipped(document).boxes] == ["72"]
    assert errors(document) == [(code, 4), ("step.item", 2)]


def test_box_of_two_order_lines_leaves_both_out() -> None:
    rows = "P1,71,5675,,,KS1,,\nP1,72,5675,,,KS1,,\nP1,73,5675,,,KS2,,\nP1,73,5675,,,KS2,,\n"
    (document,) = read(SHIPMENT + rows)
    assert [box.box_code for box in shipped(document).boxes] == ["KS2"]
    assert ("box.duplicate", 2) in errors(document)
    assert ("box.duplicate", 3) in errors(document)
    assert warnings(document) == [("step.repeated", 5)]


def test_order_beside_an_unreadable_box_is_left_out() -> None:
    rows = 'P1,71,5675,,,KS1,,\nP1,71,5675,,,"KS"2,,\nP2,80,5675,,,KS3,,\nP3,90,5675,,,KS4,,\n'
    (document,) = read(SHIPMENT + rows)
    assert [box.number for box in shipped(document).boxes] == ["P3"]
    assert ("csv.row", 3) in errors(document)


def test_wrong_check_digit_is_a_warning_in_a_shipment() -> None:
    (document,) = read(f"{SHIPMENT}P1,71,071-44313317,,,KS1,,\n")
    assert shipped(document).awb == "071-44313317"
    assert (errors(document), warnings(document)) == ([], [("awb.check", 2)])


def test_shipment_without_codes_and_counts_is_refused_by_its_header() -> None:
    (document,) = read("po_number,po_item_id,awb\nP,1,5675\n")
    assert (document.record, errors(document)) == (None, [("csv.header", 1)])

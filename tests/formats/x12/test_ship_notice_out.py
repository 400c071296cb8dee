"""An 856 has a level for every box, and is read back as it was."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given

from formats.findings import Finding
from formats.records import Purpose
from formats.steps import ShipNotice, ShippedBox
from formats.x12.ship_notice_out import write_ship_notice
from tests.formats.x12.steps_out import AT, CONTROL, FEW, envelope, lines_of, read_back, versions
from tests.formats.x12.strategies import ship_notices


@FEW
@given(notice=ship_notices(), version=versions)
def test_written_notice_reads_as_it_was(notice: ShipNotice, version: str) -> None:
    warnings: list[Finding] = []
    sent = envelope(version, is_test=notice.is_test)
    data = write_ship_notice(notice, sent, CONTROL, AT, warnings=warnings)
    assert read_back(data) == notice
    assert warnings == []


def notice_of(*boxes: ShippedBox, **others: object) -> ShipNotice:
    return ShipNotice.model_validate({"number": "SHP-1", "boxes": boxes, **others})


def box(number: int, code: str | None = None, order: str = "PO-1", boxes: int = 1) -> ShippedBox:
    return ShippedBox(number, order, reference="1", box_code=code, boxes=boxes)


def test_levels_of_a_notice() -> None:
    notice = notice_of(
        box(1, "KD1"), box(2, "KD1", boxes=0), box(3, boxes=4), box(4, "KD2", "PO-2")
    )
    data = write_ship_notice(notice, envelope(), CONTROL, AT)
    assert lines_of(data, "HL", "PRF", "MAN", "TD1", "CTT") == [
        "HL*1**S",
        "TD1*CTN*6",
        "HL*2*1*O",
        "PRF*PO-1",
        "HL*3*2*P",
        "MAN*SM*KD1",
        "HL*4*3*I",
        "HL*5*3*I",
        "HL*6*2*P",
        "TD1*CTN*4",
        "HL*7*6*I",
        "HL*8*1*O",
        "PRF*PO-2",
        "HL*9*8*P",
        "MAN*SM*KD2",
        "HL*10*9*I",
        "CTT*10",
    ]


@pytest.mark.parametrize(
    ("code", "mark"),
    [
        ("00006141410000000012", "GM"),
        ("006141410000000012", "AA"),
        ("00006141410000000013", "SM"),
        ("KD001", "SM"),
    ],
)
def test_mark_of_a_box_code(code: str, mark: str) -> None:
    data = write_ship_notice(notice_of(box(1, code)), envelope(), CONTROL, AT)
    assert lines_of(data, "MAN") == [f"MAN*{mark}*{code}"]


def test_box_with_goods_of_two_orders() -> None:
    notice = notice_of(box(1, "KD1"), box(2, "KD1", "PO-2", boxes=0))
    assert read_back(write_ship_notice(notice, envelope(), CONTROL, AT)) == notice


def test_cancelled_notice_has_no_boxes() -> None:
    notice = notice_of(purpose=Purpose.CANCEL)
    assert read_back(write_ship_notice(notice, envelope(), CONTROL, AT)) == notice


def test_our_ids_of_lines_are_left_out_and_named() -> None:
    warnings: list[Finding] = []
    shipped = replace(box(1, "KD1"), po_item="4711")
    write_ship_notice(notice_of(shipped), envelope(), CONTROL, AT, warnings=warnings)
    assert [each.code for each in warnings] == ["x12.out.left_out"]


@pytest.mark.parametrize(
    ("boxes", "words"),
    [
        ((), "has no box"),
        ((box(1, "KD1"), box(2, "KD1")), "two boxes"),
        ((box(1, "KD1", boxes=2),), "counts 2 boxes"),
        ((box(1, "KD1", boxes=0),), "just before it"),
        ((box(1, boxes=0),), "just before it"),
        ((box(1, "KD1"), box(2, "KD2"), box(3, "KD1", boxes=0)), "just before it"),
        ((ShippedBox(1, "PO-1", box_code="KD1"), box(2, "KD1", boxes=0)), "names no item"),
        ((replace(box(1), quantity=Decimal(0), unit="BX"),), "ships 0"),
        ((replace(box(1), quantity=Decimal(3)),), "SN103"),
        ((box(1, "K" * 21),), "box code of 1 to 20"),
        ((replace(box(1), lot_number="5000"),), "lot number outside"),
        ((replace(box(1), number="P" * 23),), "PRF01"),
    ],
)
def test_notice_that_contradicts_itself_is_refused(
    boxes: tuple[ShippedBox, ...], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        write_ship_notice(notice_of(*boxes), envelope(), CONTROL, AT)


def test_notice_needs_a_number() -> None:
    with pytest.raises(ValueError, match="BSN02"):
        write_ship_notice(notice_of(box(1), number=""), envelope(), CONTROL, AT)


@pytest.mark.parametrize(
    ("version", "length", "said"),
    [("00401", 30, "REF*2I*"), ("00401", 31, "REF*2I**"), ("00501", 35, "REF*2I*")],
)
def test_long_number_of_a_house_is_written_whole(version: str, length: int, said: str) -> None:
    """W-06: REF02 of 004010 has room for 30 characters, so a longer number is in REF03."""
    house = "H" * length
    data = write_ship_notice(
        notice_of(box(1, "KD1"), house_awb=house), envelope(version), CONTROL, AT
    )
    assert lines_of(data, "REF") == [said + house]
    found = read_back(data)
    assert isinstance(found, ShipNotice) and found.house_awb == house

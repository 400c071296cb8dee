"""Truck lines' files: columns in any order, fixed widths, counts in the trailer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from formats.findings import Finding
from formats.packing.csv_out import CUT
from formats.papers.manifest import (
    COLUMNS,
    REPLACED,
    WIDTHS,
    Manifest,
    ManifestBox,
    write_csv,
    write_fixed,
)

BOX = ManifestBox(
    order_number="P-1",
    customer_account="R-501",
    ship_to_name="Rose Lane Florist",
    ship_to_street="8 Rose Lane, rear",
    ship_to_city="Atlanta",
    ship_to_state="GA",
    ship_to_zip="30303",
    box_code="KD0000001",
    box_type="HB",
    length_in=Decimal(41),
    width_in=Decimal(10),
    height_in=Decimal(12),
    cubes=Decimal(4920) / 1728,
    seq=1,
    total_boxes=2,
)
MANIFEST = Manifest(
    sender="K2K site",
    batch="M00000001",
    created=datetime(2026, 11, 24, 9, 30, tzinfo=UTC),
    carrier="TRUCK1",
    shipper_account="55310",
    carrier_date=date(2026, 11, 24),
    boxes=(BOX, replace(BOX, box_code="KD0000002", seq=2)),
)


def test_columns_stand_in_the_order_that_was_asked_for() -> None:
    lines = write_csv(MANIFEST, ("box_code", "ship_to_street", "cubes", "record_type")).decode()
    assert lines.split("\r\n") == [
        "H,K2K site,M00000001,2026-11-24T09:30:00+00:00",
        'KD0000001,"8 Rose Lane, rear",2.847,D',
        'KD0000002,"8 Rose Lane, rear",2.847,D',
        "T,2,5.694",
        "",
    ]


def test_fixed_columns_have_their_widths() -> None:
    lines = write_fixed(MANIFEST).decode("ascii").split("\r\n")
    assert [len(line) for line in lines] == [
        1 + 35 + 20 + 14,
        *[sum(WIDTHS.values())] * 2,
        1 + 7 + 12,
        0,
    ]
    at = sum(WIDTHS[name] for name in COLUMNS[: COLUMNS.index("box_code")])
    assert lines[2][at : at + 20] == "KD0000002           "
    assert lines[0].endswith("20261124093000")
    assert lines[3] == "T      2       5.694"


def test_name_is_cut_and_a_code_never_is() -> None:
    long = replace(BOX, ship_to_name="é" + "x" * 49, ship_to_city="Zürich")
    cuts: list[Finding] = []
    columns = ("ship_to_name", "ship_to_city", "box_code")
    body = write_fixed(replace(MANIFEST, boxes=(long,)), columns, warnings=cuts)
    cells = b"?" + b"x" * 34, b"Z?rich".ljust(25), b"KD0000001".ljust(20)
    assert body.split(b"\r\n")[1] == b"".join(cells)
    assert [(each.code, each.where.path) for each in cuts] == [
        (REPLACED, "ship_to_name"),
        (CUT, "ship_to_name"),
        (REPLACED, "ship_to_city"),
    ]
    with pytest.raises(ValueError, match="box_code 'KD0000001' is longer than 4 characters"):
        write_fixed(MANIFEST, ("box_code",), {"box_code": 4})

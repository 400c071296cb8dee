"""Step files as CSV are told by their header and read row by row, with every fault at its place."""

from __future__ import annotations

from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.limits import DEFAULT_LIMITS, Limits
from formats.tabular.dialect import Dialect
from formats.tabular.kinds import LAYOUTS, Kind, kind_of, layout_of
from formats.tabular.steps import is_step, read_steps
from tests.formats.tabular.step_files import (
    APPROVAL,
    CONFIRMATION,
    FARM,
    HEADERS,
    SCANS,
    SHIPMENT,
    SWAPS,
    WAYBILLS,
    confirmation,
    errors,
    read,
    warnings,
)


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        (CONFIRMATION, Kind.CONFIRMATION),
        (CONFIRMATION.replace("message", "message,po_item_id"), Kind.CONFIRMATION),
        ("PO,Line No,Answer,Confirmed Quantity", Kind.CONFIRMATION),
        ("line,status,confirmed_boxes", Kind.CONFIRMATION),
        (APPROVAL, Kind.APPROVAL),
        ("Order Number;Decision", Kind.APPROVAL),
        (SHIPMENT, Kind.SHIPMENT),
        ("po_number,line,awb,ship_date,boxes", Kind.SHIPMENT),
        ("PO\tAir Waybill\tBarcode", Kind.SHIPMENT),
        (SWAPS, Kind.BOX_CODE_CHANGE),
        ("Old Box Code|New Box Code", Kind.BOX_CODE_CHANGE),
        ("new_box_code,note", Kind.BOX_CODE_CHANGE),
        (WAYBILLS, Kind.AIR_WAYBILL),
        ("po_number,awb,arrival_date", Kind.AIR_WAYBILL),
        ("temporary_awb,awb", Kind.AIR_WAYBILL),
        (SCANS, Kind.RECEIVING),
        ("box_code,rack", Kind.RECEIVING),
        ("po_number,line,boxes,product_code,action", Kind.ORDER),
        ("po_number,line,boxes,product_code,status", Kind.ORDER),
        ("po_number,line,boxes,cart_status", Kind.ORDER),
        ("po_number,thing", Kind.ORDER),
        ("vendorId,productDescription,availableFrom,quantityUnits", Kind.AVAILABILITY),
        ("12,Rose,2026-11-21,10,Stem,,Roses,Red,0.3", Kind.AVAILABILITY),
        ("a,b", None),
        ("", None),
        ('"', None),
    ],
)
def test_kind_is_told_by_the_header(header: str, kind: Kind | None) -> None:
    assert kind_of(header.encode(), Dialect()) is kind
    for encoding in ("utf-8-sig", "utf-16"):
        assert kind_of(header.encode(encoding), Dialect()) is kind


def test_kind_needs_the_beginning_of_a_file_only() -> None:
    body = SWAPS.encode() + "é,B\n".encode() * 40_000 + b"\xff\x81"
    assert kind_of(body, Dialect()) is Kind.BOX_CODE_CHANGE


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.kind.value)
def test_own_columns_of_a_layout_tell_it_and_no_other(layout: object) -> None:
    (found,) = [one for one in LAYOUTS if one is layout]
    assert kind_of(",".join(found.columns).encode(), Dialect()) in (found.kind, None)
    needed = [*found.required, *found.one_of[:1]]
    told = {kind_of(",".join(order).encode(), Dialect()) for order in permutations(needed)}
    assert len(told) == 1
    assert is_step(found.kind)
    assert layout_of(found.kind) is found


def test_availability_and_orders_are_no_steps() -> None:
    assert not any(is_step(kind) for kind in (Kind.ORDER, Kind.AVAILABILITY, None))


def test_unknown_header_is_refused_with_what_is_expected() -> None:
    (document,) = read("a,b\n1,2\n")
    assert (document.record, errors(document)) == (None, [("csv.header", 1)])
    assert "confirmation" in document.findings[0].message


@pytest.mark.parametrize("header", HEADERS)
def test_columns_may_move_and_be_spelt_otherwise(header: str) -> None:
    values = {
        "po_number": "P1", "line": "1", "status": "rejected", "po_item_id": "7", "awb": "5675",
        "box_code": "K1", "current_box_code": "K1", "new_box_code": "K2", "decision": "cancel",
        "temporary_awb": "T1",
    }  # fmt: skip
    names = header.strip().split(",")
    row = [values.get(name, "") for name in names]
    (plain,) = read(f"{header}{','.join(row)}\n")
    moved = [name.replace("_", " ").title() for name in reversed(names)]
    (other,) = read(f"{';'.join(moved)}\r\n{';'.join(reversed(row))}\r\n")
    assert plain.record is not None
    assert (plain.record, plain.digest) == (other.record, other.digest)


@pytest.mark.parametrize("header", HEADERS)
def test_unknown_column_is_warned_of_and_a_missing_one_refused(header: str) -> None:
    (document,) = read(header.strip() + ",extra\n")
    assert ("csv.header", 1) in warnings(document)
    kind = kind_of(header.encode(), Dialect())
    layout = layout_of(kind) if kind else None
    assert layout is not None
    for name in layout.required:
        left = [one for one in header.strip().split(",") if one != name]
        documents = list(
            read_steps(
                (",".join(left) + "\n" + ",".join("x" for _ in left) + "\n").encode(),
                dialect=Dialect(), limits=DEFAULT_LIMITS, vendor=FARM, kind=kind,
            )
        )  # fmt: skip
        assert [d.record for d in documents] == [None]
        assert ("csv.header", name) in [
            (f.code, f.where.column) for f in documents[0].findings if f.is_error
        ]


@pytest.mark.parametrize("header", HEADERS)
def test_file_without_rows_and_file_of_lost_syntax_are_refused(header: str) -> None:
    for tail in ("", "\n\n", 'x,"y\n'):
        (document,) = read(header + tail)
        assert document.record is None
        assert any(finding.is_error for finding in document.findings)


@pytest.mark.parametrize("header", HEADERS)
def test_row_of_more_cells_than_the_header_is_named(header: str) -> None:
    documents = read(header + ",".join("x" * 12) + "\n")
    assert ("csv.columns", 2) in [error for document in documents for error in errors(document)]


@pytest.mark.parametrize(("rows", "is_good"), [(2, True), (3, True), (4, False)])
def test_rows_are_limited(rows: int, is_good: bool) -> None:
    body = SWAPS + "".join(f"A{at},B{at}\n" for at in range(rows - 1))
    limits = Limits(rows=3)
    (document,) = read_steps(body.encode(), dialect=Dialect(), limits=limits, vendor=FARM)
    assert (document.record is not None) == is_good


def test_decimal_comma_is_as_agreed() -> None:
    (document,) = read(
        CONFIRMATION.replace(",", ";") + "P;1;changed;5;0,365;;;\n", Dialect(decimal_comma=True)
    )
    assert confirmation(document).lines[0].unit_price == Decimal("0.365")


@given(st.sampled_from(HEADERS), st.binary(max_size=120))
def test_no_bytes_raise(header: str, tail: bytes) -> None:
    for data in (tail, header.encode() + tail):
        documents = read(data)
        assert documents
        for document in documents:
            assert document.record is not None or any(f.is_error for f in document.findings)


WORDS = st.sampled_from(
    ["", "P1", "P2", "1", "2", "0", "accepted", "changed", "rejected", "approve", "cancel", "KS1",
     "KS2", "176-12345675", "2026-11-23", "2026-11-23T07:00", "5000", '"', "é", "x" * 30]
)  # fmt: skip


@given(st.sampled_from(HEADERS), st.lists(st.lists(WORDS, max_size=9), max_size=6))
def test_no_rows_raise_and_every_record_can_be_kept(header: str, rows: list[list[str]]) -> None:
    for document in read(header + "".join(",".join(row) + "\n" for row in rows)):
        assert document.record is not None or any(f.is_error for f in document.findings)
        for finding in document.findings:
            assert finding.message.endswith(".")
        if document.record is not None:
            assert (
                type(document.record).model_validate_json(document.record.model_dump_json())
                == document.record
            )

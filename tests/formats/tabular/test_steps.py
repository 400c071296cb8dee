"""Step files as CSV are told by their header and read row by row, with every fault at its place."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.documents import ReadDocument
from formats.limits import DEFAULT_LIMITS, Limits
from formats.records import Party
from formats.steps import (
    AirWaybill,
    AirWaybillNotice,
    Approval,
    BoxCodeChange,
    CodeSwap,
    ConfirmedLine,
    Decision,
    LineAnswer,
    OrderConfirmation,
    ReceivingScan,
    Scan,
    ShipNotice,
    ShippedBox,
    Verdict,
)
from formats.tabular.dialect import Dialect
from formats.tabular.kinds import LAYOUTS, Kind, kind_of, layout_of
from formats.tabular.steps import is_step, read_steps

FARM = Party(code="FLORSOL")
CONFIRMATION = (
    "po_number,line,status,confirmed_boxes,confirmed_cost,ship_date,reason_code,message\n"
)
SHIPMENT = "po_number,po_item_id,awb,house_awb,ship_date,box_code,lot_number,box_type\n"
WAYBILLS = "temporary_awb,po_number,awb,house_awb,ship_date,arrival_date\n"
SCANS = "box_code,scanned_at,rack,location,arrival_date\n"
SWAPS = "current_box_code,new_box_code\n"
APPROVAL = "po_number,decision,by,reason\n"
HEADERS = (CONFIRMATION, SHIPMENT, WAYBILLS, SCANS, SWAPS, APPROVAL)


def read(text: str | bytes, dialect: Dialect | None = None) -> list[ReadDocument]:
    data = text if isinstance(text, bytes) else text.encode()
    found = read_steps(data, dialect=dialect or Dialect(), limits=DEFAULT_LIMITS, vendor=FARM)
    return list(found)


def errors(document: ReadDocument) -> list[tuple[str, int | None]]:
    return [(f.code, f.where.row) for f in document.findings if f.is_error]


def warnings(document: ReadDocument) -> list[tuple[str, int | None]]:
    return [(f.code, f.where.row) for f in document.findings if not f.is_error]


def confirmation(document: ReadDocument) -> OrderConfirmation:
    assert isinstance(document.record, OrderConfirmation)
    return document.record


def shipped(document: ReadDocument) -> ShipNotice:
    assert isinstance(document.record, ShipNotice)
    return document.record


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


def test_confirmation_is_read_for_each_order() -> None:
    one, other = read(
        CONFIRMATION
        + "10045,1,accepted,8,0.365,2026-11-23,,\n"
        + "10046,1,Backordered,,,2026-11-30,W1,next week\n"
        + "10045,2,changed,5,0.40,2026-11-24,CROP,only five left\n"
        + "10045,3,rejected,0,,,CROP,\n"
    )
    assert (one.findings, other.findings) == ((), ())
    assert (one.control, other.control) == ("10045", "10046")
    day = date(2026, 11, 23)
    assert confirmation(one) == OrderConfirmation(
        number="10045",
        vendor=FARM,
        lines=(
            ConfirmedLine(1, "1", LineAnswer.ACCEPTED, Decimal(8), "Box", Decimal("0.365"), day),
            ConfirmedLine(
                2, "2", LineAnswer.CHANGED, Decimal(5), "Box", Decimal("0.40"), date(2026, 11, 24),
                reason_code="CROP", message="only five left",
            ),
            ConfirmedLine(3, "3", LineAnswer.REJECTED, unit="Box", reason_code="CROP"),
        ),
    )  # fmt: skip
    assert confirmation(other).lines[0].answer is LineAnswer.BACKORDERED


@pytest.mark.parametrize(
    ("word", "answer"),
    [("ACCEPTED", LineAnswer.ACCEPTED), ("confirmed", LineAnswer.ACCEPTED),
     ("Partially Confirmed", LineAnswer.CHANGED), ("back-ordered", LineAnswer.BACKORDERED),
     ("refused", LineAnswer.REJECTED), ("cancelled", LineAnswer.REJECTED),
     ("held", LineAnswer.HELD), ("UNKNOWN", LineAnswer.HELD)],
)  # fmt: skip
def test_plain_words_are_answers(word: str, answer: LineAnswer) -> None:
    cost = "0.3" if answer is LineAnswer.CHANGED else ""
    (document,) = read(f"{CONFIRMATION}P,1,{word},,{cost},,,\n")
    assert confirmation(document).lines[0].answer is answer


@pytest.mark.parametrize(
    ("word", "flags"),
    [("accepted", (True, False, False)), ("rejected", (False, True, False)),
     ("held", (False, False, True))],
)  # fmt: skip
def test_row_without_a_line_answers_the_whole_order(
    word: str, flags: tuple[bool, bool, bool]
) -> None:
    (document,) = read(f"{CONFIRMATION}P,,{word},,,2026-11-23,,frost\n")
    found = confirmation(document)
    assert (found.is_whole, found.is_rejection, found.is_held) == flags
    assert (found.lines, found.ship_date) == ((), date(2026, 11, 23))
    assert found.message == "frost"


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("P,,changed,,,,,", "csv.line"),
        ("P,,accepted,8,,,,", "csv.confirmed_boxes"),
        ("P,,accepted,,0.3,,,", "csv.confirmed_cost"),
        ("P,,,,,,,", "csv.status"),
        ("P,1,maybe,8,,,,", "csv.status"),
        ("P,1,accepted,x,,,,", "csv.confirmed_boxes"),
        ("P,1,accepted,-1,,,,", "csv.confirmed_boxes"),
        ("P,1,accepted,0,,,,", "step.quantity"),
        ("P,1,rejected,3,,,,", "step.quantity"),
        ("P,1,changed,,,,,", "step.quantity"),
        ("P,1,accepted,,0.1.2,,,", "csv.confirmed_cost"),
        ("P,1,accepted,,,23.11.2026,,", "csv.ship_date"),
        (f"P,1,accepted,,,,{'x' * 21},", "csv.reason_code"),
        (f"{'P' * 23},1,accepted,,,,,", "csv.po_number"),
    ],
)
def test_answer_that_says_nothing_sure_is_left_out(row: str, code: str) -> None:
    (document,) = read(CONFIRMATION + row + "\n")
    assert document.record is None
    assert (code, 2) in errors(document)


def test_changed_to_nothing_is_a_rejection() -> None:
    (document,) = read(f"{CONFIRMATION}P,1,changed,0,,,,\n")
    assert confirmation(document).lines[0].answer is LineAnswer.REJECTED
    assert warnings(document) == [("step.quantity", 2)]


def test_line_may_be_answered_in_parts() -> None:
    (document,) = read(f"{CONFIRMATION}P,1,accepted,6,,,,\nP,1,backordered,2,,2026-12-01,,\n")
    parts = confirmation(document).lines
    assert [(part.line, part.answer.value, part.quantity) for part in parts] == [
        (1, "accepted", Decimal(6)),
        (2, "backordered", Decimal(2)),
    ]


def test_line_answered_twice_is_not_used() -> None:
    (document,) = read(f"{CONFIRMATION}P,1,accepted,6,,,,\nP,1,accepted,7,,,,\nP,2,accepted,,,,,\n")
    assert [line.reference for line in confirmation(document).lines] == ["2"]
    assert errors(document) == [("step.contradiction", 2), ("step.contradiction", 3)]


def test_same_answer_again_is_dropped() -> None:
    (document,) = read(f"{CONFIRMATION}P,1,accepted,6,,,,\nP,1,accepted,6,,,,\nP,,accepted,,,,,\n")
    assert len(confirmation(document).lines) == 1
    assert confirmation(document).is_whole
    assert warnings(document) == [("step.repeated", 3)]


@pytest.mark.parametrize("row", ["P,1,no idea,,,,,", 'P,"1"x,rejected,,,,,', "P,1,accepted,0,,,,"])
def test_order_is_not_accepted_whole_beside_a_row_that_may_say_no(row: str) -> None:
    document = read(f"{CONFIRMATION}P,,accepted,,,,,\n{row}\n")[0]
    assert document.record is None
    assert ("step.whole", 2) in errors(document)


def test_whole_order_with_two_answers_has_none() -> None:
    (document,) = read(f"{CONFIRMATION}P,,accepted,,,,,\nP,,rejected,,,,,\n")
    assert (document.record, errors(document)) == (None, [("step.contradiction", 2)])


def test_row_of_no_order_is_reported_alone_and_beside_its_neighbours() -> None:
    first, stray = read(f"{CONFIRMATION}P,1,accepted,,,,,\n,2,accepted,,,,,\n")
    assert len(confirmation(first).lines) == 1
    assert errors(first) == [("csv.row", 3)]
    assert (stray.record, errors(stray)) == (None, [("csv.po_number", 3)])


def test_confirmation_may_name_lines_by_our_own_id() -> None:
    (document,) = read("po_number,status,po_item_id\nP,accepted,77\nP,rejected,78\n")
    assert [(line.reference, line.po_item) for line in confirmation(document).lines] == [
        ("", "77"),
        ("", "78"),
    ]


def test_approval_is_read() -> None:
    (document,) = read(f"{APPROVAL}P1,approve,ana,\nP2,Rejected,ana,too dear\n")
    assert document.findings == ()
    assert document.record == Approval(
        verdicts=(
            Verdict(2, "P1", Decision.APPROVE, "ana"),
            Verdict(3, "P2", Decision.CANCEL, "ana", "too dear"),
        )
    )


def test_contradicting_decisions_decide_nothing() -> None:
    (document,) = read(f"{APPROVAL}P1,approve,,\nP1,cancel,,\nP2,approve,,\nP2,approve,,\n")
    assert document.record == Approval(verdicts=(Verdict(4, "P2", Decision.APPROVE),))
    assert errors(document) == [("step.contradiction", 2), ("step.contradiction", 3)]
    assert warnings(document) == [("step.repeated", 5)]


@pytest.mark.parametrize("row", ["P,perhaps,,", ",approve,,", "P,,,", f"{'P' * 23},approve,,"])
def test_bad_decision_is_left_out(row: str) -> None:
    (document,) = read(f"{APPROVAL}{row}\nP9,approve,,\n")
    assert document.record == Approval(verdicts=(Verdict(3, "P9", Decision.APPROVE),))
    assert {row for _, row in errors(document)} == {2}


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
     (f"T,,{'1' * 26},,,", "csv.awb"), ("T,,1234,,,23/11/2026", "csv.arrival_date")],
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
        (f"P1,71,{'9' * 26},,,KS2,L7,HB", "csv.awb"),
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

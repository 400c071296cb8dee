"""What we write of the steps after an order is what we read, and bad records are never written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formats.findings import Finding
from formats.records import OrderLine, Party, PurchaseOrder, Purpose
from formats.steps import (
    LineAction,
    LineChange,
    OrderChange,
    OrderConfirmation,
    ShipNotice,
    ShippedBox,
)
from formats.x12.change_answer_out import derive_change_answer_type, write_change_answer
from formats.x12.order_acknowledgement import (
    AcknowledgementType,
    LineAcknowledgement,
    LineStatus,
    write_order_acknowledgement,
)
from formats.x12.order_change_out import write_order_change
from formats.x12.order_confirmation import ANSWERS
from formats.x12.reader import read
from formats.x12.ship_notice_out import write_ship_notice
from formats.x12.write import ControlNumbers, Envelope
from tests.formats.x12.strategies import order_changes, order_lines, ship_notices

AT = datetime(2026, 12, 4, 9, 30)  # noqa: DTZ001 - wall clock of our own zone
CONTROL = ControlNumbers(1, 1)
VERSIONS = ("00401", "00501")
FEW = settings(max_examples=60, deadline=None)
versions = st.sampled_from(VERSIONS)


def envelope(version: str = "00401", *, is_test: bool = False) -> Envelope:
    return Envelope(
        "ZZ",
        "PETALROW",
        "01",
        "FINCAALTA",
        usage="T" if is_test else "P",
        version="00501" if version == "00501" else "00401",
    )


def read_back(data: bytes) -> object:
    reading = read(data)
    assert reading.envelope_findings() == ()
    (document,) = reading.documents()
    assert document.findings == ()
    assert [each.status for each in reading.outcomes[0].groups] == ["A"]
    return document.record


def lines_of(data: bytes, *tags: str) -> list[str]:
    found = [each.strip() for each in data.decode().split("~")]
    return [each for each in found if each.split("*")[0] in tags]


# --- order changes


@FEW
@given(change=order_changes(), version=versions)
def test_written_change_reads_as_it_was(change: OrderChange, version: str) -> None:
    warnings: list[Finding] = []
    sent = envelope(version, is_test=change.is_test)
    data = write_order_change(change, sent, CONTROL, AT, warnings=warnings)
    assert read_back(data) == change
    assert warnings == []


def line(number: int = 1, **others: object) -> OrderLine:
    made = OrderLine(number, str(number), Decimal(10), "BX", unit_price=Decimal(30))
    return replace(made, price_unit="BX", **others)  # type: ignore[arg-type]  # any field


def change_of(*changes: LineChange, **others: object) -> OrderChange:
    fields = {"number": "PO-77001", "order_date": date(2026, 12, 1), "changes": changes, **others}
    return OrderChange.model_validate(fields)


def test_change_without_a_code_of_the_partner_has_ours() -> None:
    changes = [LineChange(action, line(n)) for n, action in enumerate(LineAction, 1)]
    data = write_order_change(change_of(*changes), envelope(), CONTROL, AT)
    assert lines_of(data, "POC", "CTT") == [
        "POC*1*AI*10*10*BX*30*UM",
        "POC*2*CA*10*10*BX*30*UM",
        "POC*3*DI*10*10*BX*30*UM",
        "CTT*3",
    ]


@pytest.mark.parametrize(
    ("action", "code", "written"),
    [
        (LineAction.CHANGE, "QD", "QD"),
        (LineAction.CHANGE, "DI", "CA"),
        (LineAction.CANCEL, "QD", "DI"),
    ],
)
def test_code_that_says_something_else_is_not_written(
    action: LineAction, code: str, written: str
) -> None:
    change = change_of(LineChange(action, line(), code=code))
    (poc,) = lines_of(write_order_change(change, envelope(), CONTROL, AT), "POC")
    assert poc.split("*")[2] == written


def test_change_without_date_or_type_gets_those_of_today() -> None:
    change = change_of(order_date=None)
    (bch,) = lines_of(write_order_change(change, envelope(), CONTROL, AT), "BCH")
    assert bch == "BCH*04*SA*PO-77001***20261204"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (change_of(message_id="123456789"), "BCH05"),
        (change_of(LineChange(LineAction.CHANGE, line(reference=""))), "names no line"),
        (change_of(LineChange(LineAction.CHANGE, line(unit="??"))), "POC05"),
        (change_of(LineChange(LineAction.ADD, line(), says_quantity=False)), "no quantity"),
        (change_of(LineChange(LineAction.CHANGE, line(), code="XX")), "POC02"),
        (change_of(number="PO*1"), "separator"),
    ],
)
def test_change_that_can_not_be_sent_is_refused(change: OrderChange, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        write_order_change(change, envelope(), CONTROL, AT)


# --- ship notices


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


# --- answers


@st.composite
def answers_to(
    draw: st.DrawFn, asked: OrderLine, *, counts: bool = True
) -> list[LineAcknowledgement]:
    """Return answers to one line, as its vendor might give them: one, or two parts."""
    open_ones = {LineStatus.PARTLY_BACKORDERED}
    if not counts:
        open_ones.add(LineStatus.QUANTITY_CHANGED)
    statuses = st.sampled_from([each for each in LineStatus if each not in open_ones])
    codes = draw(st.lists(statuses, min_size=1, max_size=2 if counts else 1, unique=True))
    shares = [asked.quantity]
    if len(codes) == 2:
        first = (asked.quantity / 2).quantize(Decimal("0.01"))
        shares = [first, asked.quantity - first]
    dated = st.sampled_from([None, date(2026, 12, 9)])
    return [
        LineAcknowledgement(asked, code, share, asked.unit, draw(dated), draw(remarks))
        for code, share in zip(codes, shares, strict=True)
    ]


remarks = st.sampled_from([None, "SHORT CROP", "NEW PRICE AGREED"])


def check_answers(
    found: object, sent: Sequence[LineAcknowledgement], *, counted: set[int]
) -> OrderConfirmation:
    assert isinstance(found, OrderConfirmation)
    got = [
        (each.reference, each.reason_code, each.answer, each.ship_date, each.message)
        for each in found.lines
    ]
    assert got == [
        (each.line.reference, each.code, ANSWERS[each.code], each.ship_date, each.message)
        for each in sent
    ]
    for line_found, answer in zip(found.lines, sent, strict=True):
        if answer.line.line in counted:
            assert (line_found.quantity, line_found.unit) == (answer.quantity, answer.unit)
    return found


@FEW
@given(data=st.data(), version=versions)
def test_written_answer_to_an_order_reads_as_it_was(data: st.DataObject, version: str) -> None:
    lines = tuple(data.draw(order_lines(n)) for n in range(1, data.draw(st.integers(2, 4))))
    order = PurchaseOrder(
        number="PO-1", order_date=date(2026, 12, 1), buyer=Party("B1", "92"), lines=lines
    )
    answers = [each for asked in lines for each in data.draw(answers_to(asked))]
    sent = write_order_acknowledgement(
        order, answers, envelope=envelope(version), control=CONTROL, at=AT, seller_number="SO-1"
    )
    everything = {each.line for each in lines}
    found = check_answers(read_back(sent), answers, counted=everything)
    assert (found.number, found.vendor_number, found.is_to_change) == ("PO-1", "SO-1", False)
    assert (found.order_date, found.confirmed_on) == (date(2026, 12, 1), AT.date())
    assert found.buyer == Party("B1", "92")


@FEW
@given(data=st.data(), change=order_changes(1), version=versions)
def test_written_answer_to_a_change_reads_as_it_was(
    data: st.DataObject, change: OrderChange, version: str
) -> None:
    answers: list[LineAcknowledgement] = []
    counted: set[int] = set()
    for each in change.changes:
        counts = each.says_quantity and each.action is not LineAction.CANCEL
        if counts:
            counted.add(each.line.line)
        answers += data.draw(answers_to(each.line, counts=counts))
    sent = write_change_answer(
        change, answers, envelope=envelope(version), control=CONTROL, at=AT, message="SEE LINES"
    )
    found = check_answers(read_back(sent), answers, counted=counted)
    assert found.is_to_change
    assert (found.number, found.change_number) == (change.number, change.message_id)
    assert (found.order_date, found.confirmed_on) == (change.order_date, AT.date())
    assert (found.message, found.currency) == ("SEE LINES", change.currency)


def asked(action: LineAction = LineAction.CHANGE) -> OrderChange:
    return change_of(LineChange(action, line()))


def answer(
    change: OrderChange, code: LineStatus, quantity: int = 10, **others: object
) -> LineAcknowledgement:
    made = LineAcknowledgement(change.changes[0].line, code, Decimal(quantity), "BX")
    return replace(made, **others)  # type: ignore[arg-type]  # any field


def test_answer_to_a_change_repeats_it() -> None:
    change = asked()
    data = write_change_answer(
        change,
        [answer(change, LineStatus.ACCEPTED, ship_date=date(2026, 12, 9), message="AS ASKED")],
        envelope=envelope(),
        control=CONTROL,
        at=AT,
    )
    assert lines_of(data, "BCA", "POC", "ACK", "N9", "MSG", "CTT") == [
        "BCA*00*AD*PO-77001***20261201****20261204",
        "POC*1*CA*10*10*BX*30*UM",
        "ACK*IA*10*BX*068*20261209",
        "N9*L1*IA",
        "MSG*AS ASKED",
        "CTT*1",
    ]


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ([], AcknowledgementType.NO_DETAIL_NO_CHANGE),
        (["IA", "IA"], AcknowledgementType.DETAIL_WITHOUT_CHANGE),
        (["IA", "IR"], AcknowledgementType.DETAIL_WITH_CHANGE),
        (["IR", "R2"], AcknowledgementType.REJECTED_WITH_DETAIL),
        (["IH", "IF"], AcknowledgementType.HOLD),
    ],
)
def test_answer_as_a_whole(codes: list[str], expected: AcknowledgementType) -> None:
    change = asked()
    answers = [answer(change, LineStatus(code)) for code in codes]
    assert derive_change_answer_type(answers) is expected


def test_change_that_is_refused_as_a_whole_names_no_line() -> None:
    change = asked()
    data = write_change_answer(
        change,
        [],
        envelope=envelope(),
        control=CONTROL,
        at=AT,
        acknowledgement_type=AcknowledgementType.REJECTED,
        message="TOO LATE",
    )
    found = read_back(data)
    assert isinstance(found, OrderConfirmation)
    assert (found.is_rejection, found.lines, found.message) == (True, (), "TOO LATE")


IA, IQ, IR = LineStatus.ACCEPTED, LineStatus.QUANTITY_CHANGED, LineStatus.REJECTED


@pytest.mark.parametrize(
    ("change", "answers", "words"),
    [
        (asked(), [(IA, 8, {})], "add up to 8"),
        (asked(), [(IA, 10, {"unit": "X2"})], "counts in 'BX'"),
        (asked(), [(IA, 11, {}), (IR, -1, {})], "below 0"),
        (asked(), [(IA, 10, {"unit_price": Decimal(31)})], "another price"),
        (asked(), [(IA, 10, {"line": line(7)})], "no line '7'"),
        (asked(LineAction.CANCEL), [(IA, 10, {}), (IR, 0, {})], "2 answers"),
        (asked(LineAction.CANCEL), [(IQ, 10, {})], "has no quantity"),
    ],
)
def test_answer_that_does_not_fit_the_change_is_refused(
    change: OrderChange,
    answers: Sequence[tuple[LineStatus, int, dict[str, object]]],
    words: str,
) -> None:
    given = [answer(change, code, quantity, **others) for code, quantity, others in answers]
    with pytest.raises(ValueError, match=words):
        write_change_answer(change, given, envelope=envelope(), control=CONTROL, at=AT)


def test_change_without_an_answer_is_refused() -> None:
    change = change_of(LineChange(LineAction.CHANGE, line(1)), LineChange(LineAction.ADD, line(2)))
    with pytest.raises(ValueError, match=r"line '2' .* has no answer"):
        write_change_answer(
            change, [answer(change, IA)], envelope=envelope(), control=CONTROL, at=AT
        )


def test_changes_at_one_position_can_not_be_answered() -> None:
    change = change_of(LineChange(LineAction.CHANGE, line(1)), LineChange(LineAction.ADD, line(1)))
    with pytest.raises(ValueError, match="same position"):
        write_change_answer(
            change, [answer(change, IA)], envelope=envelope(), control=CONTROL, at=AT
        )

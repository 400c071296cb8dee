"""ORDCHG to order changes and back: what becomes of a line, and what is left out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formats.edifact.order_change_out import write_order_change
from formats.edifact.reader import read
from formats.edifact.write import Envelope, MessageType, un_message
from formats.findings import Finding
from formats.records import OrderLine, Party, ShipVia
from formats.steps import LineAction, LineChange, OrderChange
from formats.vbn import Vbn
from tests.formats.edifact.drawn import CODE, LINES, OWN_FIELDS, SHORT, parties
from tests.formats.edifact.samples import AT, codes, control, message, written

ENVELOPE = Envelope("5412345000013", "7701234000011")
HEAD = (
    "DTM+137:20261205:102",
    "DTM+2:20261213:102",
    "DTM+10:20261210:102",
    "RFF+ON:PO-77001",
    "DTM+171:20261204:102",
    "RFF+CO:WEB-9",
    "NAD+BY+5412345000013::9",
    "NAD+SU+V0044::92",
    "CUX+2:USD:9",
    "TDT+20++++PRMF",
)


def change(*lines: str, function: str = "4", kind: str = "ORDCHG:D:96A:UN:EAN008") -> bytes:
    """Return a change of order PO-77001."""
    return written(*message((f"BGM+230+C-1+{function}", *HEAD, *lines, "UNS+S"), kind))


def change_of(data: bytes) -> OrderChange:
    (document,) = read(data).documents()
    assert isinstance(document.record, OrderChange), document.findings
    return document.record


def only(*lines: str, function: str = "4") -> LineChange:
    (line,) = change_of(change(*lines, function=function)).changes
    return line


@pytest.mark.parametrize("kind", ["ORDCHG:D:96A:UN", "ORDCHG:D:01B:UN"])
def test_heading_is_read(kind: str) -> None:
    record = change_of(change(kind=kind))
    assert (record.number, record.message_id, record.customer_po) == ("PO-77001", "C-1", "WEB-9")
    assert (record.order_date, record.change_date, record.ship_date, record.delivery_date) == (
        date(2026, 12, 4),
        date(2026, 12, 5),
        date(2026, 12, 10),
        date(2026, 12, 13),
    )
    assert (record.vendor, record.carrier, record.currency) == (Party("V0044", "92"), "PRMF", "USD")
    assert (record.is_cancellation, record.is_replacement, record.ship_via) == (False, False, None)


@pytest.mark.parametrize("function", ["", "4", "7", "9", "31", "35"])
def test_change_is_a_change_by_any_of_its_functions(function: str) -> None:
    record = change_of(change("LIN+1+3", "QTY+21:4:BX", function=function))
    assert (record.is_cancellation, record.is_replacement) == (False, False)


def test_order_ends_or_is_replaced() -> None:
    assert change_of(change(function="1")).is_cancellation
    assert change_of(change("LIN+1++R60:BP", "QTY+21:4:BX", function="5")).is_replacement


@pytest.mark.parametrize(("code", "action"), [
    ("1", LineAction.ADD), ("39", LineAction.ADD), ("2", LineAction.CANCEL),
    ("37", LineAction.CANCEL), ("3", LineAction.CHANGE), ("", LineAction.CHANGE),
])  # fmt: skip
def test_action_says_what_becomes_of_a_line(code: str, action: LineAction) -> None:
    found = only(f"LIN+1+{code}", "QTY+21:4:BX")
    assert (found.action, found.code) == (action, code or None)
    assert found.line.quantity == (0 if action is LineAction.CANCEL else 4)


def test_line_that_stays_as_it_is_changes_nothing() -> None:
    record = change_of(change("LIN+1+4", "QTY+21:4:BX", "LIN+2+2"))
    assert [each.line.reference for each in record.changes] == ["2"]


def test_line_that_stays_as_it_is_is_kept_by_a_replacement() -> None:
    assert only("LIN+1+4", "QTY+21:4:BX", function="5").action is LineAction.CHANGE


def test_what_is_new_of_a_line_is_read() -> None:
    found = only(
        "LIN+5+3+R60:BP",
        "DTM+10:20261211:102",
        "PRI+AAA:0.31:::1:PCE",
        "RFF+LI:0007",
    )
    assert (found.says_quantity, found.ship_date) == (False, date(2026, 12, 11))
    assert found.line == OrderLine(
        *(1, "0007", Decimal(0), ""), buyer_item="R60", unit_price=Decimal("0.31"), price_unit="PCE"
    )


@pytest.mark.parametrize(("sent", "pack"), [
    (("QTY+59:12",), (12, None)), (("QTY+52:20",), (None, 20)),
    (("QTY+59:12", "QTY+52:20"), (12, 20)), (("QTY+21:4:BX", "QTY+59:12"), (12, None)),
])  # fmt: skip
def test_new_pack_is_read_whatever_else_is_counted(
    sent: tuple[str, ...], pack: tuple[int | None, int | None]
) -> None:
    found = only("LIN+5+3+R60:BP", *sent)
    assert (found.line.bunches_per_box, found.line.stems_per_bunch) == pack


@pytest.mark.parametrize(("lines", "code"), [
    (("LIN+2+7",), "LIN02.unsupported"), (("LIN++2",), "LIN01.missing"),
    (("LIN+2+1",), "QTY.missing"), (("LIN+2+3", "QTY+21:-1"), "QTY01.negative"),
])  # fmt: skip
def test_line_that_cannot_be_used_is_left_out_and_named(lines: tuple[str, ...], code: str) -> None:
    data = change("LIN+1+2", *lines)
    assert [each.line.reference for each in change_of(data).changes] == ["1"]
    assert codes(data) == [f"edifact.{code}"]


@pytest.mark.parametrize(("lines", "function", "code"), [
    (("LIN+2+7",), "4", "LIN.none"), (("LIN+1", "QTY+21:1", "LIN+2+7"), "5", "BGM03.incomplete"),
    ((), "5", "BGM03.incomplete"), ((), "13", "BGM03.unsupported"),
])  # fmt: skip
def test_change_that_says_nothing_certain_is_not_used_and_is_acknowledged(
    lines: tuple[str, ...], function: str, code: str
) -> None:
    data = change(*lines, function=function)
    (document,) = read(data).documents()
    assert document.record is None
    assert codes(data)[-1] == f"edifact.{code}"
    assert len(control(data)[0]) == 1


def test_change_that_names_its_order_as_itself_is_used_and_warned_of() -> None:
    body = ("BGM+230+PO-77001+4", HEAD[0], "LIN+1+2", "UNS+S")
    data = written(*message(body, "ORDCHG:D:96A:UN"))
    record = change_of(data)
    assert (record.number, record.message_id) == ("PO-77001", None)
    assert codes(data) == ["edifact.RFF01.order"]


def test_contents_of_an_assorted_box_are_read() -> None:
    found = only("LIN+2+3+MIX:SA", "QTY+21:4:BX", "LIN+3++ALS:SA+1:2", "QTY+21:12:BH")
    (content,) = found.line.contents
    assert (content.seller_item, content.bunches) == ("ALS", Decimal(12))


# What is written is read back.

NUMBERS = st.sampled_from(["1", "2", "0007", "999999", "1234567", "A-12"])
DAYS = st.none() | st.dates(date(2020, 1, 1), date(2039, 12, 31))


@st.composite
def line_changes(draw: st.DrawFn) -> LineChange:
    action = draw(st.sampled_from(LineAction))
    reference = draw(NUMBERS)
    if action is LineAction.CANCEL:
        line = OrderLine(1, reference, Decimal(0), draw(st.sampled_from(["", "BX"])))
        return LineChange(action, line, code="2")
    line = draw(LINES)
    says_quantity = action is LineAction.ADD or draw(st.booleans())
    if not says_quantity:
        line = replace(line, quantity=Decimal(0), unit="")
    line = replace(
        line,
        reference=reference,
        price_unit=line.price_unit if line.unit_price is not None else None,
        contents=tuple(replace(each, line=n) for n, each in enumerate(line.contents, 1)),
        vbn=line.vbn if line.vbn != Vbn() else None,
    )
    code = "1" if action is LineAction.ADD else "3"
    return LineChange(
        action, line, says_quantity=says_quantity, code=code, ship_date=draw(DAYS),
        delivery_date=draw(DAYS),
    )  # fmt: skip


@st.composite
def changes(draw: st.DrawFn) -> OrderChange:
    found = draw(st.lists(line_changes(), max_size=4))
    kinds = ["change", "cancellation", *(["replacement"] if found else [])]
    kind = draw(st.sampled_from(kinds))
    return OrderChange(
        number=draw(CODE),
        message_id=draw(CODE),
        is_cancellation=kind == "cancellation",
        is_replacement=kind == "replacement",
        is_test=draw(st.booleans()),
        order_date=draw(DAYS),
        change_date=draw(DAYS) or AT.date(),
        ship_date=draw(DAYS),
        delivery_date=draw(DAYS),
        buyer=draw(parties()),
        vendor=draw(parties()),
        ship_to=draw(st.none() | parties()),
        carrier=draw(st.none() | CODE),
        ship_via=draw(st.sampled_from([None, ShipVia.GROWER])),
        customer_po=draw(st.none() | CODE),
        location=draw(st.none() | CODE),
        currency=draw(st.sampled_from([None, "EUR", "USD"])),
        mark_code=draw(st.none() | SHORT),
        cargo_agency=draw(st.none() | CODE | SHORT),
        incoterm=draw(st.none() | CODE),
        custom_fields=draw(OWN_FIELDS),
        comments=draw(st.none() | st.lists(SHORT, min_size=1, max_size=7).map("\n".join)),
        changes=tuple(
            replace(each, line=replace(each.line, line=at)) for at, each in enumerate(found, 1)
        ),
    )


@settings(max_examples=100, deadline=None)
@given(changes(), st.sampled_from([un_message("ORDCHG"), un_message("ORDCHG", "01B")]))
def test_what_is_written_is_read_back(record: OrderChange, kind: MessageType) -> None:
    envelope = replace(ENVELOPE, is_test=record.is_test)
    found: list[Finding] = []
    data = write_order_change(record, envelope, kind, reference="1", at=AT, warnings=found)
    assert not found
    assert change_of(data) == record
    assert codes(data) == []


LINE = OrderLine(1, "1", Decimal(4), "BX", seller_item="FS-1")
RECORD = OrderChange(number="PO-1", changes=(LineChange(LineAction.CHANGE, LINE),))


def test_written_change_is_as_it_was_reviewed() -> None:
    ended = LineChange(LineAction.CANCEL, OrderLine(2, "2", Decimal(0), ""))
    record = RECORD.model_copy(
        update={"message_id": "C-9", "changes": (*RECORD.changes, ended), "vendor": Party("V1")}
    )
    data = write_order_change(record, ENVELOPE, un_message("ORDCHG"), reference="7", at=AT)
    assert data.decode().splitlines()[3:-2] == [
        "BGM+230+C-9+4'",
        "DTM+137:20261204:102'",
        "RFF+ON:PO-1'",
        "NAD+SU+V1::92'",
        "LIN+1+3+FS-1:SA'",
        "QTY+21:4:BX'",
        "LIN+2+2'",
        "UNS+S'",
        "CNT+2:2'",
    ]


@pytest.mark.parametrize("each", [
    LineChange(LineAction.CHANGE, replace(LINE, reference="")),
    LineChange(LineAction.ADD, LINE, says_quantity=False),
    LineChange(LineAction.CHANGE, replace(LINE, quantity=Decimal(-1))),
], ids=range(3))  # fmt: skip
def test_line_that_no_reader_could_use_is_not_written(each: LineChange) -> None:
    record = RECORD.model_copy(update={"changes": (each,)})
    with pytest.raises(ValueError, match="line"):
        write_order_change(record, ENVELOPE, un_message("ORDCHG"), reference="1", at=AT)


def test_replacement_by_nothing_is_not_written() -> None:
    record = OrderChange(number="PO-1", is_replacement=True)
    with pytest.raises(ValueError, match="PO-1"):
        write_order_change(record, ENVELOPE, un_message("ORDCHG"), reference="1", at=AT)

"""EDIFACT through folders: how orders and changes are answered, confirmed and passed on."""

from __future__ import annotations

from decimal import Decimal

import pytest

from daemon.ledger.holds import HoldKind
from formats.acknowledgements import Acceptance, Acknowledged, Acknowledgement
from formats.edifact.reader import read
from formats.steps import LineAction, LineAnswer, OrderChange, OrderConfirmation
from tests.daemon.partner_files import availability
from tests.daemon.pipeline.edifact_orders import BLOOM, FLORSOL, SITE, network, order, sent
from tests.daemon.sites import Desktop, only
from tests.daemon.today import day

ANSWERED = network().replace('name = "bloom"\n', 'name = "bloom"\nanswers_orders = "edifact"\n')


@pytest.fixture
def market(site: Desktop) -> Desktop:
    """A network in which bloom is answered in EDIFACT, and florsol speaks it."""
    site.reconfigure(ANSWERED)
    site.send("florsol", "stock.csv", availability(("Rosa Explorer 60cm", 3000, "Stem")))
    return site


def kinds(files: dict[str, bytes], partner: str) -> list[str]:
    """Return the kinds of files that a partner got."""
    names = (name.partition("/") for name in files)
    return sorted(name.partition("-")[0] for owner, _, name in names if owner == partner)


def confirmation_in(body: bytes) -> OrderConfirmation:
    (document,) = read(body).documents()
    assert document.findings == ()
    assert isinstance(document.record, OrderConfirmation)
    return document.record


def answered(files: dict[str, bytes]) -> OrderConfirmation:
    """Return what bloom is told of its order."""
    return confirmation_in(only(files, "bloom/ORDRSP-"))


# --- orders


def test_order_is_answered_with_an_ordrsp_from_whom_it_was_sent_to(market: Desktop) -> None:
    files = market.send("bloom", "order.edi", order())
    assert kinds(files, "bloom") == ["846", "CONTRL", "ORDRSP"]
    body = only(files, "bloom/ORDRSP-PO-1-")
    assert body.startswith(f"UNA:+.? '\nUNB+UNOC:3+{FLORSOL}:14+{BLOOM}:14+".encode())
    record = confirmation_in(body)
    assert (record.number, record.is_whole) == ("PO-1", True)
    assert (record.vendor.code, record.buyer.code) == (FLORSOL, BLOOM)
    (line,) = record.lines
    assert (line.reference, line.answer, line.quantity, line.unit) == (
        *("1", LineAnswer.ACCEPTED, Decimal(1), "BX"),
    )


def test_short_stock_is_answered_with_what_comes(market: Desktop) -> None:
    record = answered(market.send("bloom", "order.edi", order(boxes=12)))
    assert not record.is_whole
    (line,) = record.lines
    assert (line.answer, line.quantity, line.unit) == (LineAnswer.CHANGED, Decimal(10), "BX")


def test_unknown_product_is_answered_as_undecided(market: Desktop) -> None:
    record = answered(market.send("bloom", "order.edi", order(item="NOBODY:BP")))
    assert record.is_held
    assert [line.answer for line in record.lines] == [LineAnswer.HELD]


def test_order_of_a_partner_that_wants_no_answer_has_its_contrl_alone(market: Desktop) -> None:
    market.reconfigure(ANSWERED.replace('answers_orders = "edifact"', 'answers_orders = "none"'))
    files = market.send("bloom", "order.edi", order())
    assert kinds(files, "bloom") == ["846", "CONTRL"]


# --- confirmations


def response(
    *lines: str, function: str = "4", control: str = "7101", number: str = "PO-1"
) -> bytes:
    """Return florsol's answer to an order."""
    body = (
        f"BGM+231+R-{control}+{function}",
        f"DTM+137:{day():%Y%m%d}:102",
        f"RFF+ON:{number}",
        f"NAD+SU+{FLORSOL}::9",
    )
    return sent("ORDRSP:D:96A:UN:EAN005", *body, *lines, "UNS+S", control=control)


def test_ordrsp_of_a_vendor_confirms_and_its_buyer_is_told_the_same_way(market: Desktop) -> None:
    market.send("bloom", "order.edi", order(boxes=4))
    files = market.send("florsol", "answer.edi", response(function="29"))
    assert kinds(files, "florsol") == ["CONTRL"]
    assert [each.state for each in market.orders()] == ["confirmed"]
    record = answered(files)
    assert record.is_whole
    assert [line.quantity for line in record.lines] == [Decimal(4)]


def test_less_that_a_vendor_confirms_is_what_its_buyer_reads(market: Desktop) -> None:
    market.send("bloom", "order.edi", order(boxes=4))
    lines = ("LIN+1+6", "QTY+113:3:BX", "FTX+LIN+++FROST")
    record = answered(market.send("florsol", "answer.edi", response(*lines)))
    (line,) = record.lines
    assert (line.answer, line.quantity, line.message) == (LineAnswer.CHANGED, Decimal(3), "FROST")


def test_what_comes_later_is_told_to_the_buyer(market: Desktop) -> None:
    market.send("bloom", "order.edi", order(boxes=4))
    lines = ("LIN+1+6", "QTY+113:3:BX", "QTY+83:1:BX")
    record = answered(market.send("florsol", "answer.edi", response(*lines)))
    assert [(line.answer, line.quantity) for line in record.lines] == [
        (LineAnswer.CHANGED, Decimal(3)),
        (LineAnswer.BACKORDERED, Decimal(1)),
    ]


def test_order_that_a_vendor_refuses_is_refused(market: Desktop) -> None:
    market.send("bloom", "order.edi", order(boxes=4))
    record = answered(market.send("florsol", "answer.edi", response(function="27")))
    assert record.is_rejection
    assert [line.answer for line in record.lines] == [LineAnswer.REJECTED]


def test_answer_that_cannot_be_carried_out_is_said_in_words(market: Desktop) -> None:
    market.send("bloom", "order.edi", order(boxes=4))
    files = market.send("florsol", "answer.edi", response("LIN+1+6", "QTY+113:9:BX"))
    assert kinds(files, "florsol") == ["CONTRL", "advice"]
    assert "ORDRSP" not in kinds(files, "bloom")


# --- changes


def change(
    *lines: str,
    function: str = "4",
    control: str = "5101",
    vendor: str = SITE,
    head: tuple[str, ...] = (),
) -> bytes:
    """Return bloom's change of order PO-1."""
    body = (
        f"BGM+230+C-{control}+{function}",
        f"DTM+137:{day():%Y%m%d}:102",
        *head,
        "RFF+ON:PO-1",
        f"NAD+BY+{BLOOM}::9",
    )
    kind = "ORDCHG:D:96A:UN:EAN008"
    return sent(kind, *body, *lines, "UNS+S", control=control, sender=BLOOM, to=vendor)


def told(market: Desktop, files: dict[str, bytes]) -> OrderChange:
    """Return what florsol is told of a change."""
    (document,) = read(only(files, "florsol/ORDCHG-")).documents()
    assert document.findings == ()
    assert isinstance(document.record, OrderChange)
    return document.record


@pytest.fixture
def all_edifact(market: Desktop) -> Desktop:
    """A market whose vendor takes orders in EDIFACT too; order PO-1 of four boxes is there."""
    old = 'receives_orders = ["x12", "csv"]'
    market.reconfigure(ANSWERED.replace(old, 'receives_orders = ["edifact"]'))
    market.send("bloom", "order.edi", order(boxes=4))
    return market


def test_change_is_carried_out_answered_and_passed_on(all_edifact: Desktop) -> None:
    lines = ("LIN+1+3", "QTY+21:6:BX")
    files = all_edifact.send("bloom", "change.edi", change(*lines, vendor=FLORSOL))
    assert all_edifact.lots()["ROS-EXP-60"][1] == 1800
    assert kinds(files, "bloom") == ["846", "CONTRL", "ORDRSP"]
    body = only(files, "bloom/ORDRSP-PO-1-")
    assert f"+{FLORSOL}:14+{BLOOM}:14+".encode() in body
    record = confirmation_in(body)
    assert (record.is_to_change, record.change_number) == (True, "C-5101")
    assert (record.number, record.is_whole) == ("PO-1", True)
    assert [(line.answer, line.quantity) for line in record.lines] == [
        (LineAnswer.ACCEPTED, Decimal(6))
    ]
    said = told(all_edifact, files)
    (new,) = said.changes
    assert (said.number, said.vendor.code, said.buyer.code) == ("PO-1", FLORSOL, BLOOM)
    assert (new.action, new.line.reference, new.line.quantity, new.line.unit) == (
        *(LineAction.CHANGE, "1", Decimal(6), "BX"),
    )


def test_more_than_there_is_is_answered_with_what_comes(all_edifact: Desktop) -> None:
    files = all_edifact.send("bloom", "change.edi", change("LIN+1+3", "QTY+21:12:BX"))
    (line,) = answered(files).lines
    assert (line.answer, line.quantity) == (LineAnswer.CHANGED, Decimal(10))


def test_line_that_ends_is_answered_without_a_quantity(all_edifact: Desktop) -> None:
    files = all_edifact.send("bloom", "change.edi", change("LIN+1+2"))
    (line,) = answered(files).lines
    assert (line.answer, line.quantity) == (LineAnswer.ACCEPTED, None)
    assert [each.state for each in all_edifact.orders()] == ["cancelled"]


def test_order_that_ends_as_a_whole_is_answered_as_a_whole(all_edifact: Desktop) -> None:
    files = all_edifact.send("bloom", "change.edi", change(function="1"))
    record = answered(files)
    assert (record.is_whole, record.lines) == (True, ())
    assert told(all_edifact, files).is_cancellation


def test_change_of_an_unknown_line_is_refused(all_edifact: Desktop) -> None:
    files = all_edifact.send("bloom", "change.edi", change("LIN+7+3", "QTY+21:1:BX"))
    record = answered(files)
    assert record.is_rejection
    assert [line.answer for line in record.lines] == [LineAnswer.REJECTED]
    assert "ORDCHG" not in kinds(files, "florsol")


def test_change_of_the_heading_alone_is_passed_on(all_edifact: Desktop) -> None:
    body = change(head=(f"DTM+10:{day(3):%Y%m%d}:102",))
    files = all_edifact.send("bloom", "change.edi", body)
    assert answered(files).is_whole
    said = told(all_edifact, files)
    assert (said.ship_date, said.changes) == (day(3), ())


def test_line_that_cannot_be_read_is_said_in_words(all_edifact: Desktop) -> None:
    files = all_edifact.send(
        "bloom", "change.edi", change("LIN+1+3", "QTY+21:5:BX", "LIN+2+7", "QTY+21:1:BX")
    )
    assert kinds(files, "bloom") == ["846", "CONTRL", "ORDRSP", "advice"]


# --- advices


@pytest.fixture
def advised(market: Desktop) -> Desktop:
    """A market whose vendor takes orders in EDIFACT, and advices."""
    old = 'receives_orders = ["x12", "csv"]'
    new = 'receives_orders = ["edifact"]\ncontent_advice = "aperak"'
    market.reconfigure(ANSWERED.replace(old, new))
    market.send("bloom", "order.edi", order(boxes=4))
    return market


def advice_in(files: dict[str, bytes]) -> Acknowledged:
    """Return what florsol is told of its own message."""
    (document,) = read(only(files, "florsol/APERAK-")).documents()
    assert document.findings == ()
    assert isinstance(document.record, Acknowledgement)
    (item,) = document.record.items
    return item


def test_answer_that_cannot_be_carried_out_is_said_in_an_aperak(advised: Desktop) -> None:
    files = advised.send("florsol", "answer.edi", response("LIN+1+6", "QTY+113:9:BX"))
    assert kinds(files, "florsol") == ["APERAK", "CONTRL"]
    item = advice_in(files)
    assert (item.acceptance, item.reference, item.interchange) == (
        *(Acceptance.REJECTED, "PO-1", "7101"),
    )
    (fault,) = item.faults
    assert "9" in fault.message


def test_message_that_says_nothing_is_advised_of(advised: Desktop) -> None:
    files = advised.send("florsol", "answer.edi", response(function="13"))
    item = advice_in(files)
    assert (item.acceptance, item.interchange) == (Acceptance.REJECTED, "7101")
    assert "the message function is 13" in item.faults[0].message


def test_message_that_says_nothing_is_told_in_rows_where_nothing_is_agreed(
    market: Desktop,
) -> None:
    files = market.send("florsol", "answer.edi", response(function="13"))
    assert kinds(files, "florsol") == ["CONTRL", "advice"]
    assert b"the message function is 13" in only(files, "florsol/advice")


@pytest.mark.parametrize("advice", ["", 'content_advice = "aperak"\n'], ids=["rows", "aperak"])
def test_line_of_an_order_that_is_of_no_use_is_told(market: Desktop, advice: str) -> None:
    """The answer to an order knows those lines alone that could be read (L-08)."""
    market.reconfigure(ANSWERED.replace('name = "bloom"\n', f'name = "bloom"\n{advice}'))
    lines = "LIN+2++BLM-110:BP'\nQTY+21:-2:BX'\nUNS+S'"
    said = order().decode().replace("UNS+S'", lines).replace("CNT+2:1", "CNT+2:2")
    files = market.send("bloom", "order.edi", said.replace("UNT+11", "UNT+13").encode())
    told = "APERAK" if advice else "advice"
    assert kinds(files, "bloom") == ["846", *sorted(["CONTRL", "ORDRSP", told])]
    assert b"left out" in only(files, f"bloom/{told}")


def test_stock_that_nobody_knows_is_advised_of(advised: Desktop) -> None:
    body = (
        "BGM+35+STK-1+9",
        f"DTM+137:{day():%Y%m%d}:102",
        f"NAD+SU+{FLORSOL}::9",
        "LIN+1++FS-9999:SA",
        "IMD+F++:::Rosa Nobody Knows",
        "QTY+145:10:PCE",
    )
    files = advised.send(
        "florsol", "stock.edi", sent("INVRPT:D:96A:UN:EAN004", *body, control="7102")
    )
    item = advice_in(files)
    assert (item.acceptance, item.reference) == (Acceptance.REJECTED, "STK-1")
    assert "FS-9999 is not known here" in item.faults[0].message


def aperak(*body: str, function: str = "27", control: str = "7103") -> bytes:
    """Return what florsol could do with a document of ours."""
    head = (f"BGM+313+A-{control}+{function}", f"DTM+137:{day():%Y%m%d}:102")
    return sent("APERAK:D:96A:UN", *head, *body, control=control)


@pytest.mark.parametrize("name", ["RFF+ON:PO-1", "RFF+ACW:PO-1", "RFF+AGO:1"])
def test_order_that_a_vendor_could_not_use_is_held(advised: Desktop, name: str) -> None:
    body = (name, "ERC+12", "FTX+AAO+++UNKNOWN ITEM", "RFF+LI:1")
    files = advised.send("florsol", "advice.edi", aperak(*body))
    assert kinds(files, "florsol") == ["CONTRL"]
    (held,) = advised.holds()
    assert held.kind is HoldKind.REFUSED
    assert "refused it (APERAK)" in held.message
    assert "line 1: UNKNOWN ITEM (code 12)" in held.message


def test_order_that_a_vendor_could_use_after_all_is_free_again(advised: Desktop) -> None:
    advised.send("florsol", "a.edi", aperak("RFF+ON:PO-1", "ERC+12"))
    advised.send("florsol", "b.edi", aperak("RFF+ON:PO-1", function="29", control="7104"))
    assert advised.holds() == []


def test_advice_about_nothing_that_was_sent_is_refused(advised: Desktop) -> None:
    advised.send("florsol", "advice.edi", aperak("RFF+ON:PO-77"))
    assert advised.states()[-1] == "quarantined"
    assert advised.holds() == []

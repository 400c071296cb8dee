"""Purchase orders to ORDERS: what is written is read back, and what can't be sent is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formats.edifact.order_out import write_purchase_order
from formats.edifact.service import Service
from formats.edifact.write import Envelope, MessageType, un_message
from formats.findings import Finding
from formats.records import OrderLine, PurchaseOrder, Purpose, ShipVia
from formats.vbn import Vbn
from tests.formats.edifact.drawn import CODE, LINES, OWN_FIELDS, SHORT, parties
from tests.formats.edifact.samples import AT, codes, order_of, written

ENVELOPE = Envelope("5412345000013", "7701234000011")
D96A, D01B = un_message("ORDERS", association="EAN008"), un_message("ORDERS", "01B")


@st.composite
def orders(draw: st.DrawFn) -> PurchaseOrder:
    days = st.none() | st.dates(date(2020, 1, 1), date(2039, 12, 31))
    lines = [
        _numbered(line, index)
        for index, line in enumerate(draw(st.lists(LINES, min_size=1, max_size=4)), 1)
    ]
    return PurchaseOrder(
        number=draw(CODE),
        purpose=draw(st.sampled_from([*Purpose])),
        is_test=draw(st.booleans()),
        order_date=draw(days) or AT.date(),
        ship_date=draw(days),
        delivery_date=draw(days),
        buyer=draw(parties()),
        vendor=draw(parties()),
        ship_to=draw(st.none() | parties()),
        bill_to=draw(st.none() | parties()),
        customer=draw(st.none() | parties()),
        customer_po=draw(st.none() | CODE),
        location=draw(st.none() | CODE),
        carrier=draw(st.none() | CODE),
        ship_via=draw(st.sampled_from([*ShipVia])),
        currency=draw(st.sampled_from([None, "EUR", "USD"])),
        mark_code=draw(st.none() | SHORT),
        cargo_agency=draw(st.none() | CODE | SHORT),
        incoterm=draw(st.none() | CODE),
        custom_fields=draw(OWN_FIELDS),
        comments=draw(st.none() | st.lists(SHORT, min_size=1, max_size=12).map("\n".join)),
        lines=tuple(lines),
        order_type=draw(st.sampled_from(["220", "226"])),
    )


def _numbered(line: OrderLine, index: int) -> OrderLine:
    """Return a line as reading would number it, and saying what it can't leave unsaid."""
    codes = line.vbn if line.vbn != Vbn() else None
    return replace(
        line,
        line=index,
        price_unit=line.price_unit if line.unit_price is not None else None,
        contents=tuple(replace(each, line=n) for n, each in enumerate(line.contents, 1)),
        vbn=codes,
    )


ENVELOPES = [
    ENVELOPE,
    replace(ENVELOPE, syntax="UNOW", version="4"),
    replace(ENVELOPE, syntax="UNOL", after_segment="", service=Service(b"=", b"|", b",", b"!")),
]


@settings(max_examples=100, deadline=None)
@given(orders(), st.sampled_from([D96A, D01B]), st.sampled_from(ENVELOPES))
def test_what_is_written_is_read_back(
    order: PurchaseOrder, kind: MessageType, envelope: Envelope
) -> None:
    envelope = replace(envelope, is_test=order.is_test)
    found: list[Finding] = []
    data = write_purchase_order(order, envelope, kind, reference="1", at=AT, warnings=found)
    assert not found
    assert order_of(data) == order
    assert codes(data) == []


SMALL = order_of(written())
LINE = SMALL.lines[0]


def test_written_order_is_as_it_was_reviewed() -> None:
    data = write_purchase_order(SMALL, ENVELOPE, D96A, reference="77", at=AT)
    assert data.decode().splitlines()[:16] == [
        "UNA:+.? '",
        "UNB+UNOC:3+5412345000013:14+7701234000011:14+261204:0930+77'",
        "UNH+1+ORDERS:D:96A:UN:EAN008'",
        "BGM+220+PO-77001+9'",
        "DTM+137:20261204:102'",
        "DTM+2:20261211:102'",
        "DTM+10:20261208:102'",
        "FTX+AAI+++KEEP COLD:CALL ON ARRIVAL'",
        "RFF+CO:WEB-5512'",
        "NAD+BY+5412345000013::9'",
        "NAD+SU+V0044::92++FINCA ALTA'",
        "NAD+DP+DC04::92++PETAL ROW DC 4+12 CANAL ST, DOOR 12+TAMPA+FL+33602+US'",
        "CUX+2:USD:9'",
        "TDT+20++++PRMF'",
        "LIN+1++10614141000019:EN'",
        "PIA+5+ROS-RED-60:SA+R60:BP'",
    ]


def written_in(syntax: str, line: OrderLine) -> tuple[PurchaseOrder, list[Finding]]:
    order = SMALL.model_copy(update={"lines": (line,)})
    found: list[Finding] = []
    envelope = replace(ENVELOPE, syntax=syntax)
    data = write_purchase_order(order, envelope, D96A, reference="1", at=AT, warnings=found)
    assert codes(data) == []
    return order_of(data), found


@pytest.mark.parametrize(("syntax", "text", "expected"), [
    ("UNOA", "Rosé 60 cm", "ROSE 60 CM"), ("UNOB", "Rosé @ 60", "Rose - 60"),
    ("UNOC", "Роза", "----"), ("UNOC", "A\tB", "A B"), ("UNOL", "5 €", "5 €"),
    ("UNOE", "Роза", "Роза"), ("UNOC", "x" * 80, "x" * 70),
])  # fmt: skip
def test_text_is_made_to_fit_and_that_is_told(syntax: str, text: str, expected: str) -> None:
    order, found = written_in(syntax, replace(LINE, description=text))
    assert order.lines[0].description == expected
    assert bool(found) is (text != expected)
    assert all(each.code.startswith("edifact.out.") for each in found)


@pytest.mark.parametrize(("syntax", "line", "named"), [
    ("UNOC", replace(LINE, seller_item="Роза"), "character"),
    ("UNOA", replace(LINE, seller_item="rose"), "character"),
    ("UNOC", replace(LINE, seller_item="X" * 36), "at most 35"),
    ("UNOC", replace(LINE, unit="PIECE"), "at most 3"),
    ("UNOC", replace(LINE, mark_code="A\nB"), "character"),
], ids=range(5))  # fmt: skip
def test_code_that_cannot_be_sent_is_refused(syntax: str, line: OrderLine, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        written_in(syntax, line)


def test_box_codes_that_have_no_room_are_told() -> None:
    many = tuple(f"{n:05}" for n in range(60))
    line = replace(LINE, box_codes=many)
    found: list[Finding] = []
    order = SMALL.model_copy(update={"lines": (line,)})
    data = write_purchase_order(order, ENVELOPE, D96A, reference="1", at=AT, warnings=found)
    assert order_of(data).lines[0].box_codes == many[:50]
    assert [each.code for each in found] == ["edifact.out.left_out"]


@pytest.mark.parametrize("make", [
    lambda: replace(ENVELOPE, sender=""), lambda: replace(ENVELOPE, sender="X" * 36),
    lambda: replace(ENVELOPE, recipient="A\nB"), lambda: replace(ENVELOPE, syntax="UNOZ"),
    lambda: replace(ENVELOPE, sender_qualifier="12345"),
    lambda: replace(ENVELOPE, application="X" * 15),
    lambda: replace(ENVELOPE, service=Service(release=b"")),
    lambda: replace(ENVELOPE, service=Service(element=b":")),
])  # fmt: skip
def test_envelope_that_cannot_be_sent_is_refused_when_it_is_made(
    make: Callable[[], Envelope],
) -> None:
    with pytest.raises(ValueError, match=r"must have|unknown|release|same"):
        make()


@pytest.mark.parametrize("reference", ["", "X" * 15, "A\nB"])
def test_reference_that_cannot_be_sent_is_refused(reference: str) -> None:
    with pytest.raises(ValueError, match="reference"):
        write_purchase_order(SMALL, ENVELOPE, D96A, reference=reference, at=AT)

"""What is written for a vendor's system reads back as it was, and never has more than is said."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formats.axerrio.order import read_order
from formats.axerrio.order_out import LineIds, Message, write_order
from formats.findings import Finding
from formats.limits import DEFAULT_LIMITS
from formats.records import (
    AxerrioOrder,
    Content,
    CustomField,
    Order,
    OrderLine,
    Party,
    PurchaseOrder,
    ShipVia,
    UnitType,
)
from formats.vbn import Vbn

AT = datetime(2026, 11, 21, 8, 30, tzinfo=UTC)


def line(**said: Any) -> OrderLine:
    plain = OrderLine(
        line=1,
        reference="1",
        quantity=Decimal(2),
        unit="Box",
        unit_type=UnitType.BOX,
        seller_item="FS-1160",
        description="Rose Freedom 60",
        unit_price=Decimal("0.36"),
        price_unit="Stem",
        price_unit_type=UnitType.STEM,
        box_type_code="HALF",
    )
    return replace(plain, **said)


def order(*lines: OrderLine, **said: Any) -> AxerrioOrder:
    values: dict[str, Any] = {
        "number": "AX-1",
        "order_date": date(2026, 11, 20),
        "ship_date": date(2026, 11, 24),
        "vendor": Party(code="florsol"),
        "customer": Party(code="BLM", name="Bloom"),
        "ship_to": Party(code="BLM-MIA", name="Bloom Miami"),
        "customer_po": "PO-9",
        "location": "MIA",
        "carrier": "AAC",
        "ship_via": ShipVia.GROWER,
        "currency": "USD",
        "mark_code": "M1",
        "comments": "early, please",
        "lines": lines or (line(),),
        "message_id": "m-1",
        "created_at": AT,
        "sender": "florsol",
        "receiver": "bloom",
    }
    return AxerrioOrder(**(values | said))


def message(**said: Any) -> Message:
    return replace(Message("m-1", AT, "florsol", "bloom", "new"), **said)


def read_back(body: bytes) -> Order:
    (document,) = read_order(body, DEFAULT_LIMITS)
    assert document.findings == ()
    assert isinstance(document.record, Order)
    return document.record


def prebook(*lines: OrderLine, **said: Any) -> PurchaseOrder:
    values: dict[str, Any] = {
        "number": "PB-1",
        "is_prebook": True,
        "ship_date": date(2026, 11, 24),
        "buyer": Party(code="bloom"),
        "vendor": Party(code="florsol"),
        "lines": lines or (line(),),
    }
    return PurchaseOrder(**(values | said))


def test_an_order_reads_back_as_it_was() -> None:
    mixed = line(
        line=2,
        reference="7",
        seller_item=None,
        buyer_item="B-1",
        bunches_per_box=12,
        stems_per_bunch=25,
        mark_code="X",
        unit_price=Decimal("0.0000"),
        box_codes=("PT1", "PT2"),
        awb="176-12345675",
        contents=(
            Content(1, seller_item="A", bunches=Decimal(6), stems_per_bunch=25),
            Content(2, description="Statice", bunches=Decimal(2), unit_price=Decimal("1.5")),
        ),
    )
    said = order(line(), mixed)
    assert read_back(write_order(said, message())) == said


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=20)
WORDS = WORDS.map(lambda text: " ".join(text.split())).filter(bool)
MAYBE = st.none() | WORDS
COUNTS = st.integers(1, 999)
MONEY = st.decimals(0, 9999, places=4)
PARTIES = st.builds(Party, code=WORDS, name=MAYBE)
CODES = st.builds(
    Vbn,
    st.integers(1, 999_999).map(str),
    st.none(),
    st.sampled_from([(), (("S20", "060"),), (("L11", "010"), ("S62", "EC"))]),
)
CONTENTS = st.lists(
    st.builds(
        *(Content, st.just(1)),
        seller_item=WORDS,
        description=MAYBE,
        bunches=COUNTS.map(Decimal),
        stems_per_bunch=st.none() | COUNTS,
        unit_price=st.none() | MONEY,
        vbn=st.none() | CODES,
    ),
    max_size=3,
).map(lambda found: tuple(replace(each, line=at) for at, each in enumerate(found, 1)))


@st.composite
def drawn_lines(draw: st.DrawFn, *, is_prebook: bool) -> tuple[OrderLine, ...]:
    """Return lines of boxes; those of a prebook may lack their cost and their box type."""
    names = draw(st.lists(st.integers(1, 10**6), min_size=1, max_size=3, unique=True))
    found = []
    for at, name in enumerate(names, 1):
        unit = draw(st.sampled_from(UnitType))
        goods = {} if is_prebook else {"box_codes": ("PT1", f"PT{name}X"), "awb": "176-12345675"}
        drawn = line(
            line=at,
            reference=str(name),
            quantity=Decimal(draw(COUNTS)),
            seller_item=draw(WORDS),
            buyer_item=draw(MAYBE),
            description=draw(MAYBE),
            unit_price=draw(st.none() | MONEY if is_prebook else MONEY),
            price_unit=unit.value,
            price_unit_type=unit,
            box_type_code=draw(MAYBE if is_prebook else WORDS),
            bunches_per_box=draw(st.none() | COUNTS),
            stems_per_bunch=draw(st.none() | COUNTS),
            mark_code=draw(MAYBE),
            contents=draw(CONTENTS),
            prebook_item=draw(MAYBE),
            vbn=draw(st.none() | CODES),
            brand=draw(MAYBE),
            **goods,
        )
        found.append(drawn)
    return tuple(found)


@st.composite
def drawn_headers(draw: st.DrawFn, *, is_prebook: bool) -> dict[str, Any]:
    days, codes = st.dates(), WORDS
    own = draw(st.dictionaries(WORDS, WORDS, max_size=2))
    return {
        "is_test": draw(st.booleans()),
        "number": draw(WORDS),
        "order_date": draw(st.none() | days),
        "ship_date": draw(st.none() | days if is_prebook else days),
        "vendor": draw(st.just(Party()) | PARTIES),
        "customer": draw(PARTIES),
        "ship_to": draw(st.none() | PARTIES),
        "customer_po": draw(MAYBE),
        "location": draw(MAYBE),
        "carrier": draw(MAYBE if is_prebook else codes),
        "ship_via": draw(st.sampled_from(ShipVia)),
        "currency": draw(st.sampled_from([None, "USD", "EUR"])),
        "mark_code": draw(MAYBE),
        "comments": draw(MAYBE),
        "order_type": draw(MAYBE),
        "incoterm": draw(MAYBE),
        "cargo_agency": draw(MAYBE),
        "custom_fields": tuple(CustomField(name, text) for name, text in own.items()),
    }


@settings(max_examples=40, deadline=None)
@given(
    said=drawn_headers(is_prebook=False),
    lines=drawn_lines(is_prebook=False),
    prebook_number=MAYBE,
)
def test_any_order_reads_back_as_it_was(
    said: dict[str, Any], lines: tuple[OrderLine, ...], prebook_number: str | None
) -> None:
    whole = order(*lines, **said, prebook_number=prebook_number)
    assert read_back(write_order(whole, message())) == whole


@settings(max_examples=40, deadline=None)
@given(said=drawn_headers(is_prebook=True), lines=drawn_lines(is_prebook=True))
def test_any_prebook_reads_back_as_it_was(
    said: dict[str, Any], lines: tuple[OrderLine, ...]
) -> None:
    whole = prebook(*lines, **said)
    told = message(action="prebook", sender="bloom", receiver="florsol")
    assert read_back(write_order(whole, told)) == whole


def test_a_text_without_room_is_cut_and_noted() -> None:
    said = prebook(
        line(description="d" * 201), comments="c" * 2001, ship_to=Party("S", None, "n" * 300)
    )
    told = message(action="prebook", sender="bloom", receiver="florsol")
    notes: list[Finding] = []
    back = read_back(write_order(said, told, warnings=notes))
    assert (len(back.comments or ""), len(back.lines[0].description or "")) == (2000, 200)
    assert [(each.code, str(each.where)) for each in notes] == [
        ("json.out.cut", "order.customer.shipTo.name"),
        ("json.out.cut", "order.comments"),
        ("json.out.cut", "order.lines[0].description"),
    ]


@pytest.mark.parametrize(
    ("said", "where"),
    [
        (prebook(customer_po="P" * 21), "order.customerPO"),
        (prebook(line(mark_code="M" * 21)), "markCode"),
        (prebook(line(unit_price=Decimal("0.12345"))), "unitPrice"),
    ],
)
def test_a_code_without_room_is_refused(said: PurchaseOrder, where: str) -> None:
    """A cut code is a wrong code; what a partner's system would refuse never leaves us."""
    # Whoever says it on ends the sentence.
    with pytest.raises(ValueError, match=rf"{where}\b.*[^.]$"):
        write_order(said, message(action="prebook", sender="bloom", receiver="florsol"))


def test_our_ids_and_the_decision_go_along() -> None:
    body = write_order(
        order(),
        message(
            order_id="41",
            prebook_id="40",
            status="approved",
            approved_by="ana",
            lines={"1": LineIds("77", "70")},
        ),
    )
    said = json.loads(body)["order"]
    assert (said["purchaseOrderId"], said["prebookNumber"]) == ("41", "40")
    assert (said["status"], said["approvedBy"]) == ("approved", "ana")
    assert (said["lines"][0]["poItem"], said["lines"][0]["prebookItem"]) == ("77", "70")
    back = read_back(body)
    assert isinstance(back, AxerrioOrder)
    assert (back.prebook_number, back.lines[0].prebook_item) == ("40", "70")


def test_a_prebook_reads_back_as_one_and_may_lack_what_its_vendor_needs() -> None:
    for said in (
        prebook(),
        prebook(line(unit_price=None, box_type_code=None), ship_date=None, vendor=Party()),
        prebook(customer=Party(code="ROSELANE"), ship_to=Party(code="RL-1"), carrier="AAC"),
    ):
        body = write_order(said, message(action="prebook", sender="bloom", receiver="florsol"))
        assert read_back(body) == said


def test_no_cost_and_a_cost_of_zero_stay_apart() -> None:
    """U-16."""
    said = prebook(line(unit_price=None), line(line=2, reference="2", unit_price=Decimal("0.00")))
    body = write_order(said, message(action="prebook", sender="bloom"))
    assert [each.get("unitPrice") for each in json.loads(body)["order"]["lines"]] == [None, "0.00"]
    assert [each.unit_price for each in read_back(body).lines] == [None, Decimal("0.00")]


def test_a_sales_price_is_read_and_never_written() -> None:
    """8.3: sales prices are not shown."""
    value = json.loads(write_order(prebook(), message(action="prebook", sender="bloom")))
    value["order"]["lines"][0]["salesPrice"] = "0.99"
    said = read_back(json.dumps(value).encode())
    assert said == prebook()
    assert b"0.99" not in write_order(said, message(action="prebook", sender="bloom"))


def test_a_cancellation_has_no_lines_and_says_why() -> None:
    body = write_order(order(), message(action="cancel", order_id="41", comments="too dear"))
    said = json.loads(body)["order"]
    assert said == {"number": "AX-1", "purchaseOrderId": "41", "comments": "too dear"}
    (document,) = read_order(body, DEFAULT_LIMITS)
    assert document.findings == ()
    assert getattr(document.record, "is_cancellation", False)


@pytest.mark.parametrize(
    ("said", "lacks"),
    [
        (order(line(unit_price=None)), "a price on line 1"),
        (order(line(box_type_code=None)), "a box type on line 1"),
        (order(carrier=None), "a carrier"),
        (order(ship_date=None), "a ship date"),
        (order(line(quantity=Decimal("1.5"))), "whole boxes"),
        (order(line(unit_type=UnitType.STEM, unit="Stem")), "whole boxes"),
    ],
)
def test_what_the_contract_cannot_say_is_an_error(said: AxerrioOrder, lacks: str) -> None:
    with pytest.raises(ValueError, match=lacks):
        write_order(said, message())


def test_a_time_without_zone_is_an_error() -> None:
    with pytest.raises(ValueError, match="zone"):
        write_order(order(), message(created_at=AT.replace(tzinfo=None)))


def test_line_names_that_are_no_numbers_become_places() -> None:
    said = order(line(reference="2"), line(line=2, reference="A"))
    lines = json.loads(write_order(said, message()))["order"]["lines"]
    assert [each["line"] for each in lines] == [1, 2]


def vendor_said_twice(action: str) -> bytes:
    said = prebook() if action == "prebook" else order()
    value = json.loads(write_order(said, message(action=action, sender="bloom")))
    value["order"]["vendor"] = {"id": "17", "code": "florsol"}
    return json.dumps(value).encode()


def test_a_vendor_named_twice_refuses_a_buyers_prebook() -> None:
    """A-03, E-22."""
    (document,) = read_order(vendor_said_twice("prebook"), DEFAULT_LIMITS)
    assert document.record is None
    (finding,) = document.findings
    assert (finding.code, str(finding.where)) == ("json.vendor", "order.vendor")
    assert "E-22" in finding.message


def test_but_is_ignored_where_the_vendors_own_system_speaks() -> None:
    """A-02."""
    (document,) = read_order(vendor_said_twice("new"), DEFAULT_LIMITS)
    assert isinstance(document.record, AxerrioOrder)
    assert [finding.is_error for finding in document.findings] == [False]


def test_a_vendor_may_go_by_id_alone() -> None:
    value = json.loads(write_order(prebook(), message(action="prebook", sender="bloom")))
    value["order"]["vendor"] = {"id": "17"}
    assert read_back(json.dumps(value).encode()).vendor == Party(code="17")

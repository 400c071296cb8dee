"""What is written in Florecom reads back as it is, and what the layout can't say is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from formats.florecom.order_out import write_order
from formats.florecom.reader import read
from formats.florecom.response_out import write_response
from formats.florecom.supply_out import write_supply
from formats.florecom.tree import Sending
from formats.records import (
    Content,
    InventoryAdvice,
    InventoryLine,
    OrderLine,
    Party,
    PurchaseOrder,
    Purpose,
    Record,
)
from formats.steps import (
    ConfirmedLine,
    LineAction,
    LineAnswer,
    OrderChange,
    OrderConfirmation,
)
from formats.vbn import Vbn

SENDING = Sending("M-7", datetime(2026, 11, 21, 8, 30, tzinfo=UTC))
BARE = replace(SENDING, in_soap=False)
LINE = OrderLine(1, "1", Decimal(4), "Box", seller_item="R60", unit_price=Decimal("0.35"))
ORDER = PurchaseOrder(number="PO-1", lines=(LINE,))

words = st.text(
    st.characters(min_codepoint=33, max_codepoint=0x2FFF, exclude_categories=["C", "Z"]),
    min_size=1,
    max_size=20,
)
maybe = st.none() | words
days = st.none() | st.dates(date(2020, 1, 1), date(2040, 1, 1))
counts = st.decimals(1, 9999, places=0) | st.decimals("0.001", 9999, places=3)
money = st.none() | st.decimals(0, 9999, places=4)
units = st.sampled_from(["Stem", "Box", "4"])
parties = st.builds(Party, code=words, name=maybe)
features = st.lists(
    st.tuples(st.sampled_from(["S20", "S62", "L12"]), st.sampled_from(["070", "A1", "NL"])),
    max_size=3,
).map(tuple)
vbns = st.none() | st.builds(
    Vbn,
    product=st.sampled_from(["1", "16207"]),
    group=st.none() | st.just("10103901"),
    features=features,
    package=st.none() | st.just("577"),
    pieces=st.none() | st.integers(1, 500),
)


@st.composite
def order_lines(draw: st.DrawFn) -> tuple[OrderLine, ...]:
    references = draw(st.lists(words, min_size=1, max_size=4, unique=True))
    return tuple(
        draw(
            st.builds(
                OrderLine,
                line=st.just(at),
                reference=st.just(reference),
                quantity=counts,
                unit=units,
                seller_item=words,
                buyer_item=maybe,
                description=maybe,
                unit_price=money,
                price_unit=units,
                vbn=vbns,
            ).map(lambda line: line if line.unit_price is not None else without_price(line))
        )
        for at, reference in enumerate(references, 1)
    )


def without_price(line: OrderLine) -> OrderLine:
    return replace(line, price_unit=None)


orders = st.builds(
    PurchaseOrder,
    number=words,
    purpose=st.sampled_from([Purpose.NEW, Purpose.CHANGE, Purpose.REPLACE]),
    is_test=st.booleans(),
    order_date=st.dates(date(2020, 1, 1), date(2040, 1, 1)),
    ship_date=days,
    delivery_date=days,
    buyer=parties,
    vendor=parties,
    customer=st.none() | parties,
    ship_to=st.none() | parties,
    carrier=maybe,
    comments=maybe,
    lines=order_lines(),
)


def back(data: bytes) -> Record:
    (document,) = read(data).documents()
    assert document.record is not None, document.findings
    assert not document.findings
    return document.record


@given(orders, st.sampled_from([SENDING, BARE]))
def test_order_reads_back_as_it_was_written(order: PurchaseOrder, sending: Sending) -> None:
    assert back(write_order(order, sending)) == order


def test_currency_pack_and_gln_read_back() -> None:
    line = replace(
        LINE,
        price_unit="Stem",
        bunches_per_box=8,
        stems_per_bunch=10,
        box_type_code="HB",
        vbn=Vbn("16207", features=(("L11", "010"),), pieces=80),
    )
    order = PurchaseOrder(
        number="PO-1",
        order_date=date(2026, 11, 21),
        currency="EUR",
        vendor=Party(code="8713782537153", qualifier="UL"),
        lines=(line,),
    )
    assert back(write_order(order, SENDING)) == order


def test_bunches_are_written_as_stems() -> None:
    line = OrderLine(
        *(1, "1", Decimal(4), "Bunch"),
        seller_item="R60",
        unit_price=Decimal("3.5"),
        price_unit="Bunch",
        stems_per_bunch=10,
    )
    said = back(write_order(PurchaseOrder(number="PO-1", lines=(line,)), SENDING))
    assert isinstance(said, PurchaseOrder)
    (only,) = said.lines
    assert (only.quantity, only.unit) == (Decimal(40), "Stem")
    assert (only.unit_price, only.price_unit) == (Decimal("0.35"), "Stem")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (replace(LINE, unit="Bunch"), "how many stems"),
        (replace(LINE, contents=(Content(1),)), "assorted"),
        (replace(LINE, seller_item="\x01"), "character"),
    ],
)
def test_what_the_layout_can_not_say_is_refused(line: OrderLine, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        write_order(PurchaseOrder(number="PO-1", lines=(line,)), SENDING)


def test_time_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        write_order(ORDER, replace(SENDING, at=SENDING.at.replace(tzinfo=None)))


def test_cancelled_order_reads_back_as_the_end_of_its_lines() -> None:
    order = ORDER.model_copy(update={"purpose": Purpose.CANCEL})
    said = back(write_order(order, SENDING))
    assert isinstance(said, OrderChange)
    assert (said.number, said.message_id) == ("PO-1", "M-7")
    assert [(c.action, c.line.reference) for c in said.changes] == [(LineAction.CANCEL, "1")]


def test_header_lets_nobody_in() -> None:
    root = etree.fromstring(write_order(ORDER, BARE))
    said = {etree.QName(each).localname: each.text for each in root[0]}
    assert (said["UserName"], said["Password"], said["MessageID"]) == (None, None, "M-7")


def test_the_same_order_gives_the_same_bytes() -> None:
    assert write_order(ORDER, SENDING) == write_order(ORDER, SENDING)


@st.composite
def confirmations(draw: st.DrawFn) -> OrderConfirmation:
    references = draw(st.lists(words, min_size=1, max_size=4, unique=True))
    return OrderConfirmation(
        number=draw(words),
        message_id="M-7",
        is_test=draw(st.booleans()),
        confirmed_on=draw(st.dates(date(2020, 1, 1), date(2040, 1, 1))),
        vendor=draw(parties),
        buyer=draw(parties),
        lines=tuple(draw(answers(at, each)) for at, each in enumerate(references, 1)),
    )


def answers(at: int, reference: str) -> st.SearchStrategy[ConfirmedLine]:
    told = st.builds(
        ConfirmedLine,
        line=st.just(at),
        reference=st.just(reference),
        answer=st.sampled_from(
            [LineAnswer.ACCEPTED, LineAnswer.CHANGED, LineAnswer.BACKORDERED, LineAnswer.HELD]
        ),
        quantity=counts,
        unit=units,
        unit_price=st.decimals(0, 9999, places=4),
        price_unit=units,
        ship_date=days,
        delivery_date=days,
        seller_item=maybe,
        buyer_item=maybe,
        message=maybe,
    )
    refused = st.builds(
        ConfirmedLine,
        line=st.just(at),
        reference=st.just(reference),
        answer=st.just(LineAnswer.REJECTED),
        unit=units,
        message=maybe,
    )
    return told | refused


@given(confirmations())
def test_answer_reads_back_as_it_was_written(confirmation: OrderConfirmation) -> None:
    assert back(write_response(confirmation, SENDING, issuer="8713782537153")) == confirmation


@pytest.mark.parametrize("said", ["is_whole", "is_rejection", "is_held"])
def test_answer_to_a_whole_order_has_no_place(said: str) -> None:
    confirmation = OrderConfirmation.model_validate({"number": "PO-1", said: True})
    with pytest.raises(ValueError, match="lines"):
        write_response(confirmation, SENDING)


inventory_lines = st.builds(
    InventoryLine,
    line=st.just(1),
    quantity=counts,
    unit=units,
    seller_item=words,
    buyer_item=maybe,
    description=maybe,
    available_from=days,
    available_to=days,
    unit_cost=st.decimals(0, 9999, places=4),
    cost_unit=units,
    vbn=vbns,
)


@given(st.lists(inventory_lines, min_size=1, max_size=4), parties, st.booleans())
def test_supply_reads_back_as_it_was_written(
    lines: list[InventoryLine], vendor: Party, is_test: bool
) -> None:
    advice = InventoryAdvice(
        reference="M-7",
        is_test=is_test,
        as_of=SENDING.at,
        vendor=vendor,
        lines=tuple(replace(line, line=at) for at, line in enumerate(lines, 1)),
    )
    assert back(write_supply(advice, SENDING)) == advice


def test_offer_that_is_over_is_told_with_condition_64() -> None:
    line = InventoryLine(1, Decimal(0), "Stem", seller_item="R60")
    data = write_supply(InventoryAdvice(lines=(line,)), SENDING)
    assert b">64<" in data
    said = back(data)
    assert isinstance(said, InventoryAdvice)
    assert said.lines[0].quantity == 0

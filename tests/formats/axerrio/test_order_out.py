"""What is written for a vendor's system reads back as it was, and never has more than is said."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from formats.axerrio.order import read_order
from formats.axerrio.order_out import LineIds, Message, write_order
from formats.limits import DEFAULT_LIMITS
from formats.records import (
    AxerrioOrder,
    Content,
    Order,
    OrderLine,
    Party,
    PurchaseOrder,
    ShipVia,
    UnitType,
)

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

"""Words of an order that no rule needs are read and written alike in every body (domain 9.1)."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Literal

import pytest

import formats
from formats.axerrio.order_out import Message
from formats.axerrio.order_out import write_order as write_contract
from formats.edifact.order_change_out import write_order_change as write_ordchg
from formats.edifact.order_out import write_purchase_order as write_orders
from formats.edifact.write import Envelope as EdifactEnvelope
from formats.edifact.write import MessageType, un_message
from formats.findings import Finding
from formats.florecom.order_out import write_order as write_florecom
from formats.florecom.tree import Sending
from formats.komet.out import write_order as write_api
from formats.records import (
    MOST_CUSTOM_FIELDS,
    AxerrioOrder,
    CustomField,
    OrderLine,
    Party,
    PurchaseOrder,
    UnitType,
)
from formats.steps import LineAction, LineChange, OrderChange
from formats.steps_json_out import write_step
from formats.tabular.order_change import write_order_change as write_change_csv
from formats.tabular.purchase_order import write_purchase_order as write_csv
from formats.x12.order_change_out import write_order_change as write_860
from formats.x12.purchase_order_out import write_purchase_order as write_850
from formats.x12.write import ControlNumbers, Envelope

AT = datetime(2026, 11, 21, 8, 5, tzinfo=UTC)
FIELDS = (CustomField("DEPT", "Fresh; cut = best"), CustomField("BUYER", "J. Smith"))
LINE = OrderLine(
    *(1, "1", Decimal(10), "Box", "ROS-60", "R60", None, "Rose 60", Decimal("0.4"), "Stem", "HB"),
    *(10, 25),
    unit_type=UnitType.BOX,
    price_unit_type=UnitType.STEM,
    brand="FIORE-GOLD",
)
ORDER = PurchaseOrder(
    number="PO-9101",
    order_date=date(2026, 11, 20),
    ship_date=date(2026, 11, 23),
    buyer=Party("BLOOM", "92"),
    vendor=Party("FLORSOL", "92"),
    customer=Party("C2210"),
    location="MIA",
    carrier="ARMF",
    currency="USD",
    order_type="SA",
    incoterm="FCA",
    cargo_agency="LOGIX",
    custom_fields=FIELDS,
    lines=(LINE,),
)


def x12(
    order: PurchaseOrder,
    release: Literal["00401", "00501"] = "00401",
    found: list[Finding] | None = None,
) -> bytes:
    envelope = Envelope("ZZ", "BLOOM", "ZZ", "FLORSOL", version=release)
    coded = replace(order.lines[0], unit="BX", price_unit="ST")
    order = order.model_copy(update={"lines": (coded,)})
    return write_850(order, envelope, ControlNumbers(1, 1), AT, warnings=found)


def edifact(order: PurchaseOrder, message: MessageType) -> bytes:
    coded = replace(order.lines[0], unit="CT", price_unit="PCE")
    order = order.model_copy(update={"order_type": "220", "lines": (coded,)})
    envelope = EdifactEnvelope("BLOOM", "FLORSOL")
    return write_orders(order, envelope, message, reference="1", at=AT)


def contract(order: PurchaseOrder) -> bytes:
    return write_contract(order, Message("M-1", AT, "BLOOM", "FLORSOL", "new"))


BODIES: Sequence[tuple[str, Callable[[PurchaseOrder], bytes]]] = (
    ("850 of 4010", x12),
    ("850 of 5010", lambda order: x12(order, "00501")),
    ("ORDERS D.96A", lambda order: edifact(order, un_message("ORDERS"))),
    ("ORDERS D.01B", lambda order: edifact(order, un_message("ORDERS", "01B"))),
    ("CSV", write_csv),
    ("floral.order/1", contract),
)


def reread(data: bytes) -> PurchaseOrder | AxerrioOrder:
    (document,) = formats.read(data).documents()
    assert isinstance(document.record, PurchaseOrder | AxerrioOrder), document.findings
    assert [each for each in document.findings if each.is_error] == []
    return document.record


@pytest.mark.parametrize(("name", "write"), BODIES)
def test_a_body_says_the_words_of_an_order_and_they_are_read_back(
    name: str, write: Callable[[PurchaseOrder], bytes]
) -> None:
    found = reread(write(ORDER))
    assert (found.incoterm, found.cargo_agency, found.location) == ("FCA", "LOGIX", "MIA")
    assert found.custom_fields == FIELDS
    assert found.lines[0].brand == "FIORE-GOLD"
    assert found.lines[0].description == "Rose 60"
    assert found.order_type == ("220" if name.startswith("ORDERS") else "SA")


@pytest.mark.parametrize(("name", "write"), BODIES)
def test_an_order_that_says_none_of_them_has_none(
    name: str, write: Callable[[PurchaseOrder], bytes]
) -> None:
    nothing = {"incoterm": None, "cargo_agency": None, "custom_fields": (), "order_type": None}
    plain = ORDER.model_copy(update={**nothing, "lines": (replace(LINE, brand=None),)})
    data = write(plain)
    found = reread(data)
    assert (found.incoterm, found.cargo_agency, found.custom_fields) == (None, None, ())
    assert found.lines[0].brand is None
    words = (
        b"incoterm",
        b"FOB*",
        b"TOD+",
        b"REF*ZZ",
        b"FTX+ZZZ",
        b"custom_",
        b"customF",
        b"brand",
        b"BRN",
    )
    assert [each for each in words if each in data] == []


def test_the_network_s_bodies_have_a_brand_a_type_and_fields_of_their_own() -> None:
    found = reread(write_api(ORDER))
    assert (found.order_type, found.lines[0].brand) == ("SA", "FIORE-GOLD")
    assert found.custom_fields == FIELDS


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ([{"name": "DEPT", "value": 7}, {"name": "", "value": "x"}, "?"], {"DEPT": "7"}),
        ({"DEPT": "Fresh", "LIST": ["a"]}, {"DEPT": "Fresh"}),
        ({f"F{n}": "1" for n in range(25)}, {f"F{n}": "1" for n in range(MOST_CUSTOM_FIELDS)}),
        ("text", {}),
        ([{"name": ["odd"], "value": "x"}], {}),
    ],
)
def test_fields_of_a_shape_that_nobody_published_are_used_where_they_can_be(
    fields: object, expected: dict[str, str]
) -> None:
    body = json.loads(write_api(ORDER)) | {"customFields": fields}
    found = reread(json.dumps(body).encode())
    assert {each.name: each.value for each in found.custom_fields} == expected


def test_a_prebook_says_what_kind_it_is_and_a_brand_by_its_id() -> None:
    body = {
        "prebookNumber": "77",
        "type": "S",
        "prebookItems": [{"productCode": "R60", "boxes": 1, "brand": {"id": 12}}],
    }
    found = reread(json.dumps(body).encode())
    assert (found.order_type, found.lines[0].brand) == ("S", "12")


def test_florecom_has_terms_of_delivery() -> None:
    line = replace(LINE, unit="Box", price_unit="Stem", box_type_code="577", brand=None)
    order = ORDER.model_copy(update={"lines": (line,), "incoterm": "DDP"})
    data = write_florecom(order, Sending("M-1", AT))
    assert b"DeliveryTypeCode>DDP<" in data
    assert reread(data).incoterm == "DDP"


def test_what_an_850_cannot_say_as_a_code_is_left_out_with_a_warning() -> None:
    odd = (CustomField("Näme", "x"), CustomField("DEPT", "Freßh"))
    line = replace(LINE, brand="Fiore d\u2019Oro")
    order = ORDER.model_copy(
        update={"incoterm": "FOB Miami", "custom_fields": odd, "lines": (line,)}
    )
    notes: list[Finding] = []
    found = reread(x12(order, found=notes))
    assert (found.incoterm, found.lines[0].brand) == (None, None)
    assert [each.name for each in found.custom_fields] == ["DEPT"]
    texts = [each.message for each in notes if each.code == "x12.out.left_out"]
    assert len(texts) == 3
    assert all(word in "".join(texts) for word in ("incoterm", "custom field", "brand"))


def test_an_agency_without_a_code_is_told_by_its_name() -> None:
    order = ORDER.model_copy(update={"cargo_agency": "Logix (Miami), S.A."})
    assert b"N1*FW*Logix (Miami), S.A.~" in x12(order)
    assert reread(x12(order)).cargo_agency == "Logix (Miami), S.A."
    assert reread(edifact(order, un_message("ORDERS"))).cargo_agency == "Logix (Miami), S.A."


def test_terms_in_words_stay_words_in_edifact() -> None:
    order = ORDER.model_copy(update={"incoterm": "FOB Miami"})
    data = edifact(order, un_message("ORDERS"))
    assert b"TOD+6++:::FOB Miami'" in data
    assert reread(data).incoterm == "FOB Miami"


def test_a_remark_of_two_lines_is_no_field_of_the_senders_own() -> None:
    data = edifact(ORDER, un_message("ORDERS"))
    remark = data.replace(b"FTX+ZZZ++CF::92+", b"FTX+ZZZ+++")
    assert remark != data
    found = reread(remark)
    assert found.custom_fields == ()
    assert found.comments == "DEPT\nFresh; cut = best\nBUYER\nJ. Smith"


def test_the_first_of_two_terms_counts() -> None:
    data = x12(ORDER).replace(b"REF*ZZ*BUYER*J. Smith", b"FOB*DF***01*EXW")
    assert reread(data).incoterm == "EXW"
    data = x12(ORDER).replace(b"DTM*010*20261123", b"FOB*DF***01*EXW")
    assert reread(data).incoterm == "FCA"


@pytest.mark.parametrize("cell", ["DEPT", "=x", "DEPT=", f"A={'x' * 71}", f"{'n' * 71}=x"])
def test_a_cell_of_fields_that_says_nothing_is_refused_with_what_is_expected(cell: str) -> None:
    data = write_csv(ORDER).replace(b"DEPT=Fresh\\; cut \\= best; BUYER=J. Smith", cell.encode())
    (document,) = formats.read(data).documents()
    assert document.record is None
    assert {each.code for each in document.findings if each.is_error} == {"csv.custom_fields"}


def test_rows_of_an_order_must_agree_on_its_words() -> None:
    two = ORDER.model_copy(update={"lines": (LINE, replace(LINE, line=2, reference="2"))})
    data = write_csv(two)
    head, first, second = data.splitlines(keepends=True)
    (document,) = formats.read(head + first + second.replace(b"FCA", b"EXW")).documents()
    assert document.record is None
    assert [each.code for each in document.findings] == ["csv.incoterm"]


CHANGE = OrderChange(
    number="PO-9101",
    message_id="C-1",
    order_date=date(2026, 11, 20),
    change_date=date(2026, 11, 21),
    buyer=Party("BLOOM", "92"),
    vendor=Party("FLORSOL", "92"),
    incoterm="DAP",
    cargo_agency="SKYBOX",
    custom_fields=FIELDS,
    changes=(LineChange(LineAction.CHANGE, replace(LINE, contents=())),),
)


def in_x12(change: OrderChange, release: Literal["00401", "00501"] = "00401") -> bytes:
    envelope = Envelope("ZZ", "BLOOM", "ZZ", "FLORSOL", version=release)
    own = replace(change.changes[0].line, unit="BX", price_unit="ST")
    change = change.model_copy(update={"changes": (LineChange(LineAction.CHANGE, own),)})
    return write_860(change, envelope, ControlNumbers(1, 1), AT)


def in_edifact(change: OrderChange, release: Literal["96A", "01B"] = "96A") -> bytes:
    own = replace(change.changes[0].line, unit="CT", price_unit="PCE")
    change = change.model_copy(update={"changes": (LineChange(LineAction.CHANGE, own),)})
    envelope, message = EdifactEnvelope("BLOOM", "FLORSOL"), un_message("ORDCHG", release)
    return write_ordchg(change, envelope, message, reference="1", at=AT)


@pytest.mark.parametrize(
    "write",
    [
        in_x12,
        lambda change: in_x12(change, "00501"),
        in_edifact,
        lambda change: in_edifact(change, "01B"),
        write_change_csv,
        write_step,
    ],
    ids=["860 of 4010", "860 of 5010", "ORDCHG D.96A", "ORDCHG D.01B", "CSV", "k2k.steps/1"],
)
def test_a_change_says_the_words_of_an_order_and_they_are_read_back(
    write: Callable[[OrderChange], bytes],
) -> None:
    (document,) = formats.read(write(CHANGE)).documents()
    found = document.record
    assert isinstance(found, OrderChange), document.findings
    assert (found.incoterm, found.cargo_agency) == ("DAP", "SKYBOX")
    assert found.custom_fields == FIELDS
    assert found.changes[0].line.brand == "FIORE-GOLD"


def test_a_change_in_the_contract_of_orders_has_them_too() -> None:
    body = json.loads(contract(ORDER))
    body["action"] = "change"
    body["order"]["lines"] = [{"line": 1, "brand": "ORO"}]
    (document,) = formats.read(json.dumps(body).encode()).documents()
    found = document.record
    assert isinstance(found, OrderChange), document.findings
    assert (found.incoterm, found.cargo_agency, found.custom_fields) == ("FCA", "LOGIX", FIELDS)
    assert found.changes[0].line.brand == "ORO"

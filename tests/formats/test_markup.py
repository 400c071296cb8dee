"""XML and JSON files find their reader by what they say themselves, never by a name."""

from __future__ import annotations

import json

import pytest

from formats import json_kinds, markup
from formats.documents import ReadDocument
from formats.limits import DEFAULT_LIMITS
from formats.records import InventoryAdvice, Party, PurchaseOrder
from formats.steps import ShipNotice
from tests.formats.florecom.messages import (
    PRODUCT,
    QUANTITY,
    SOAP12,
    line,
    message,
    supply,
    supply_line,
)

FARM = Party(code="farm")
PACKING = (
    b"<root><masterAwb><awb>176-12345675</awb><house><box><po>P</po><codigoPieza>B1</codigoPieza>"
    b"<codigoProducto>R</codigoProducto></box></house></masterAwb></root>"
)


def from_xml(data: bytes) -> ReadDocument:
    (document,) = markup.read(data, DEFAULT_LIMITS, vendor=FARM).documents()
    return document


def from_json(value: object) -> ReadDocument:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    (document,) = json_kinds.read(data, DEFAULT_LIMITS, vendor=FARM)
    return document


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (message(line(PRODUCT, QUANTITY)), PurchaseOrder),
        (message(line(PRODUCT, QUANTITY), soap=SOAP12), PurchaseOrder),
        (supply(supply_line(PRODUCT, QUANTITY)).decode().encode("utf-8-sig"), InventoryAdvice),
        (PACKING, ShipNotice),
        (PACKING.replace(b"<root>", b"").replace(b"</root>", b""), ShipNotice),
    ],
)
def test_xml_is_read_by_its_root(data: bytes, kind: type) -> None:
    assert isinstance(from_xml(data).record, kind)


@pytest.mark.parametrize(
    ("data", "named"),
    [
        (b"<order/>", "order (no namespace)"),
        (b"<o xmlns='urn:x:y:3'/>", "o (urn:x:y:3)"),
        (PACKING.replace(b"<root>", b"<root xmlns='urn:x'>"), "root (urn:x)"),
    ],
)
def test_other_xml_is_refused_by_its_own_name(data: bytes, named: str) -> None:
    document = from_xml(data)
    (finding,) = document.findings
    assert (document.record, finding.code) == (None, "xml.unsupported")
    assert named in finding.message


def test_soap_around_something_else_is_refused_by_its_name() -> None:
    data = f'<s:Envelope xmlns:s="{SOAP12}"><s:Body><other/></s:Body></s:Envelope>'.encode()
    document = from_xml(data)
    assert document.record is None
    assert [finding.code for finding in document.findings] == ["xml.unsupported"]


RECORD = {"awb": "176-12345675", "codigoPieza": "B1", "codigoProducto": "R", "po": "P"}
OFFER = {"productCode": "R", "quantity": 5, "unitType": "stem"}


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ([RECORD], ShipNotice),
        ([OFFER], InventoryAdvice),
        (OFFER, InventoryAdvice),
        ({"inventoryItems": [OFFER]}, InventoryAdvice),
        ({"purchaseOrderNumber": "P", "purchaseOrderItems": [OFFER]}, PurchaseOrder),
    ],
)
def test_json_without_contract_is_read_by_its_lists(value: object, kind: type) -> None:
    assert isinstance(from_json(value).record, kind)


@pytest.mark.parametrize("value", [[], {}, 7, [7], {"a": 1}, {"contract": "k2k.steps/1"}, b"{"])
def test_json_of_no_known_kind_is_answered(value: object) -> None:
    document = from_json(value)
    assert document.record is None
    assert any(finding.is_error for finding in document.findings)


def test_order_that_names_its_contract_late_is_still_read_as_one() -> None:
    value = {"comment": "x" * 600, "contract": "floral.order/1", "purchaseOrderItems": [OFFER]}
    assert {finding.code for finding in from_json(value).findings} >= {"json.messageId"}

"""What was read of a file, and the parts that files of several tests have."""

from __future__ import annotations

from formats.documents import ReadDocument
from formats.florecom.reader import read
from formats.records import InventoryAdvice, Party, PurchaseOrder

FARM = Party(code="farm")


def documents(data: bytes) -> list[ReadDocument]:
    return list(read(data, vendor=FARM).documents())


def one(data: bytes) -> ReadDocument:
    (document,) = documents(data)
    return document


def order(data: bytes) -> PurchaseOrder:
    record = one(data).record
    assert isinstance(record, PurchaseOrder)
    return record


def advice(data: bytes) -> InventoryAdvice:
    record = one(data).record
    assert isinstance(record, InventoryAdvice)
    return record


def codes(document: ReadDocument) -> list[tuple[str, bool]]:
    return [(finding.code, finding.is_error) for finding in document.findings]


def delivery(day: str) -> str:
    return f"<f:Delivery><f:LatestDeliveryDateTime>{day}</f:LatestDeliveryDateTime></f:Delivery>"


CANCEL = "<f:Status><f:ConditionCode>64</f:ConditionCode></f:Status>"
NOTHING = '<f:Quantity unitCode="3">0</f:Quantity>'


def reference(number: str, at: str) -> str:
    return (
        f'<f:ReferencedDocument><r:IssuerAssignedID schemeName="ON">{number}</r:IssuerAssignedID>'
        f"<r:LineID>{at}</r:LineID></f:ReferencedDocument>"
    )

"""The headers of the step files, and what was read of a file: shared by the tests of each kind."""

from __future__ import annotations

from formats.documents import ReadDocument
from formats.limits import DEFAULT_LIMITS
from formats.records import Party
from formats.steps import OrderConfirmation, ShipNotice
from formats.tabular.dialect import Dialect
from formats.tabular.steps import read_steps

FARM = Party(code="FLORSOL")
CONFIRMATION = (
    "po_number,line,status,confirmed_boxes,confirmed_cost,ship_date,reason_code,message\n"
)
SHIPMENT = "po_number,po_item_id,awb,house_awb,ship_date,box_code,lot_number,box_type\n"
WAYBILLS = "temporary_awb,po_number,awb,house_awb,ship_date,arrival_date\n"
SCANS = "box_code,scanned_at,rack,location,arrival_date\n"
SWAPS = "current_box_code,new_box_code\n"
APPROVAL = "po_number,decision,by,reason\n"
HEADERS = (CONFIRMATION, SHIPMENT, WAYBILLS, SCANS, SWAPS, APPROVAL)


def read(text: str | bytes, dialect: Dialect | None = None) -> list[ReadDocument]:
    data = text if isinstance(text, bytes) else text.encode()
    found = read_steps(data, dialect=dialect or Dialect(), limits=DEFAULT_LIMITS, vendor=FARM)
    return list(found)


def errors(document: ReadDocument) -> list[tuple[str, int | None]]:
    return [(f.code, f.where.row) for f in document.findings if f.is_error]


def warnings(document: ReadDocument) -> list[tuple[str, int | None]]:
    return [(f.code, f.where.row) for f in document.findings if not f.is_error]


def confirmation(document: ReadDocument) -> OrderConfirmation:
    assert isinstance(document.record, OrderConfirmation)
    return document.record


def shipped(document: ReadDocument) -> ShipNotice:
    assert isinstance(document.record, ShipNotice)
    return document.record

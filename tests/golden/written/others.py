"""What is written in XML, JSON and CSV of what golden cases say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from types import MappingProxyType

from formats.axerrio import order_out as axerrio
from formats.axerrio.acknowledgement import LineAnswer, Result, write_acknowledgement
from formats.findings import Finding
from formats.florecom.order_out import write_order
from formats.florecom.response_out import write_response
from formats.florecom.supply_out import write_supply
from formats.florecom.tree import Sending
from formats.invoices import Invoice, InvoiceAnswer
from formats.komet import out as komet
from formats.layouts.write import stock_rows, write_rows
from formats.packing.csv_out import Around, write_packing_list
from formats.records import AxerrioOrder, InventoryAdvice, PurchaseOrder
from formats.steps import (
    AirWaybillNotice,
    Approval,
    BoxCodeChange,
    ManifestAnswer,
    OrderChange,
    OrderConfirmation,
    ReceivingScan,
    ShipNotice,
    Step,
)
from formats.tabular.availability_out import write_availability
from formats.tabular.purchase_order import write_purchase_order
from formats.tabular.steps_out import write_step
from tests.golden.cases import HERE, layout_of
from tests.golden.written.shared import Written, offers, said_in

ZONED = datetime(2026, 12, 4, 9, 30, tzinfo=UTC)
SOAP = Sending("M-17", ZONED)
BARE = Sending("M-18", ZONED, in_soap=False)


def others() -> Iterator[Written]:
    """Yield what is written in formats that are ours or a partner's own."""
    yield Written("florecom_order", _order, "xml")
    yield Written("florecom_response", _response, "xml")
    yield Written("florecom_supply", _supply, "xml")
    yield Written("floral_order", _floral_order, "json")
    yield Written("floral_ack", _floral_ack, "json")
    yield Written("komet_order", _komet_order, "json")
    yield Written("komet_inventory", _komet_inventory, "json")
    yield Written("packing_list", _packing_list, "csv")
    yield Written("availability", lambda _: write_availability(offers()), "csv")
    yield Written("order", _table_order, "csv")
    for name, (case, kind) in _STEPS.items():
        yield Written(name, partial(_step, case, kind), "csv")
    for case in _LAYOUTS:
        layout = layout_of(HERE / case)
        yield Written(f"layout_{case.rpartition('/')[2]}", partial(_rows, case), "txt", layout)


def _order(_: list[Finding]) -> bytes:
    return write_order(said_in("florecom/order_soap12", PurchaseOrder), SOAP)


def _response(_: list[Finding]) -> bytes:
    answer = said_in("florecom/response", OrderConfirmation)
    return write_response(answer, SOAP, issuer="8712345000011")


def _supply(_: list[Finding]) -> bytes:
    return write_supply(said_in("florecom/supply", InventoryAdvice), BARE)


def _floral_order(_: list[Finding]) -> bytes:
    order = said_in("json/order_with_a_line_left_out", AxerrioOrder)
    message = axerrio.Message("A-1", ZONED, "K2K", "FINCA", "new", order_id="10045")
    return axerrio.write_order(order, message)


def _floral_ack(_: list[Finding]) -> bytes:
    return write_acknowledgement(
        message_id="A-1",
        received_at=ZONED,
        result=Result.WITH_EXCEPTIONS,
        order_number="PO-1",
        ids={"purchaseOrderId": "10045"},
        lines=[LineAnswer("1", "accepted"), LineAnswer("2", "held", "nobody knows ROS-X")],
    )


def _komet_order(_: list[Finding]) -> bytes:
    return komet.write_order(said_in("api/purchase_order_create", PurchaseOrder))


def _komet_inventory(_: list[Finding]) -> bytes:
    return komet.write_stock(said_in("api/inventory_add", InventoryAdvice))


def _packing_list(_: list[Finding]) -> bytes:
    notice = said_in("packing/agency_xml", ShipNotice)
    return write_packing_list(notice, Around("FLORSOL", "77", "FLORSOL FARMS", "BLOOM"))


def _table_order(_: list[Finding]) -> bytes:
    return write_purchase_order(said_in("csv/orders_with_a_bad_row", PurchaseOrder))


_STEPS: Mapping[str, tuple[str, type[Step]]] = MappingProxyType(
    {
        "air_waybill": ("json/steps_of_every_kind", AirWaybillNotice),
        "approval": ("csv/approvals", Approval),
        "box_code_change": ("csv/box_codes", BoxCodeChange),
        "confirmation": ("csv/confirmations", OrderConfirmation),
        "invoice": ("csv/invoices", Invoice),
        "invoice_answer": ("csv/invoice_answers", InvoiceAnswer),
        "manifest_answer": ("csv/manifest_answers", ManifestAnswer),
        "order_change": ("csv/order_change_and_cancellation", OrderChange),
        "receiving": ("csv/receiving", ReceivingScan),
        "shipment": ("x12/856_shipment_order_pack_item", ShipNotice),
    }
)


def _step(case: str, kind: type[Step], _: list[Finding]) -> bytes:
    return write_step(said_in(case, kind))


_LAYOUTS = ("layouts/fixed_width_stock", "layouts/stock_of_a_dutch_grower")


def _rows(case: str, _: list[Finding]) -> bytes:
    layout = layout_of(HERE / case)
    assert layout is not None
    return write_rows(stock_rows(said_in(case, InventoryAdvice)), layout)

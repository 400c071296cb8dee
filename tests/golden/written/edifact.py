"""What is written in EDIFACT, in both directories, of what golden cases say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from types import MappingProxyType

from formats.acknowledgements import Acknowledgement
from formats.edifact import (
    application_advice_out,
    invoice_out,
    order_change_out,
    order_out,
    order_response_out,
    ship_notice_out,
)
from formats.edifact.inventory_out import InventoryWriter
from formats.edifact.reader import EdifactReading
from formats.edifact.write import Envelope, un_message
from formats.findings import Finding
from formats.invoices import Invoice
from formats.records import PurchaseOrder
from formats.steps import OrderChange, OrderConfirmation, ShipNotice
from tests.golden.cases import AT, HERE, edifact_files, reading_of
from tests.golden.written.shared import BUYER, VENDOR, Written, offers, said_in

UN = Envelope("7701234000011", "5412345000013")


def edifact() -> Iterator[Written]:
    """Yield what is written in EDIFACT, in both directories; CONTRL in syntax 3 and 4."""
    for release in ("96A", "01B"):
        for code, write in _MESSAGES.items():
            yield Written(f"{code}_D{release}", partial(write, release))
    for syntax, case in _CONTROLLED.items():
        yield Written(f"CONTRL_{syntax}", partial(_controlled, case))


def _ordered(release: str, found: list[Finding]) -> bytes:
    return order_out.write_purchase_order(
        said_in("edifact/orders_with_its_parties", PurchaseOrder),
        *(UN, un_message("ORDERS", release, "EAN008")),
        reference="1",
        at=AT,
        warnings=found,
    )


def _stock(release: str, found: list[Finding]) -> bytes:
    return InventoryWriter().write(
        offers(),
        number_of="STK-1",
        as_of=AT,
        vendor=VENDOR,
        buyer=BUYER,
        envelope=UN,
        message=un_message("INVRPT", release),
        reference="1",
        warnings=found,
    )


def _change(release: str, found: list[Finding]) -> bytes:
    return order_change_out.write_order_change(
        said_in("edifact/ordchg_d96a_that_replaces_and_ends", OrderChange),
        *(UN, un_message("ORDCHG", release)),
        reference="1",
        at=AT,
        warnings=found,
    )


def _answer(release: str, found: list[Finding]) -> bytes:
    return order_response_out.write_order_response(
        said_in("edifact/ordrsp_that_takes_changes_delays_and_refuses", OrderConfirmation),
        *(UN, un_message("ORDRSP", release)),
        reference="1",
        at=AT,
        warnings=found,
    )


def _shipped(release: str, found: list[Finding]) -> bytes:
    return ship_notice_out.write_ship_notice(
        said_in("edifact/desadv_d01b_with_numbered_boxes", ShipNotice),
        *(UN, un_message("DESADV", release)),
        reference="1",
        at=AT,
        warnings=found,
    )


def _billed(release: str, found: list[Finding]) -> bytes:
    return invoice_out.write_invoice(
        said_in("edifact/invoic_with_terms_charges_and_tax", Invoice),
        *(UN, un_message("INVOIC", release)),
        reference="1",
        at=AT,
        warnings=found,
    )


def _advised(release: str, found: list[Finding]) -> bytes:
    return application_advice_out.write_application_advice(
        said_in("edifact/aperak_that_refuses_an_order", Acknowledgement),
        *(UN, un_message("APERAK", release)),
        reference="1",
        at=AT,
        warnings=found,
    )


_MESSAGES: Mapping[str, Callable[[str, list[Finding]], bytes]] = MappingProxyType(
    {
        "APERAK": _advised,
        "DESADV": _shipped,
        "INVOIC": _billed,
        "INVRPT": _stock,
        "ORDCHG": _change,
        "ORDERS": _ordered,
        "ORDRSP": _answer,
    }
)
_CONTROLLED = MappingProxyType(
    {
        "D3": "edifact/orders_with_errors_in_places",
        "D41": "edifact/orders_d01b_in_groups_of_syntax_4",
    }
)


def _controlled(case: str, _: list[Finding]) -> bytes:
    reading = reading_of(HERE / case)
    assert isinstance(reading.family, EdifactReading)
    assert [*reading.documents()]
    (found,) = edifact_files(reading.family)
    return found

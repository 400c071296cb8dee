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


def _message(
    write: Callable[..., bytes], case: str, kind: type, code: str, assigned: str | None = None
) -> Callable[[str, list[Finding]], bytes]:
    """Return what writes the record of a golden case in a directory."""

    def written(release: str, found: list[Finding]) -> bytes:
        message = un_message(code, release, *([assigned] if assigned else []))
        said: object = said_in(case, kind)
        return write(said, UN, message, reference="1", at=AT, warnings=found)

    return written


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


_MESSAGES: Mapping[str, Callable[[str, list[Finding]], bytes]] = MappingProxyType(
    {
        "APERAK": _message(
            application_advice_out.write_application_advice,
            "edifact/aperak_that_refuses_an_order",
            Acknowledgement,
            "APERAK",
        ),
        "DESADV": _message(
            ship_notice_out.write_ship_notice,
            "edifact/desadv_d01b_with_numbered_boxes",
            ShipNotice,
            "DESADV",
        ),
        "INVOIC": _message(
            invoice_out.write_invoice,
            "edifact/invoic_with_terms_charges_and_tax",
            Invoice,
            "INVOIC",
        ),
        "INVRPT": _stock,
        "ORDCHG": _message(
            order_change_out.write_order_change,
            "edifact/ordchg_d96a_that_replaces_and_ends",
            OrderChange,
            "ORDCHG",
        ),
        "ORDERS": _message(
            order_out.write_purchase_order,
            "edifact/orders_with_its_parties",
            PurchaseOrder,
            "ORDERS",
            "EAN008",
        ),
        "ORDRSP": _message(
            order_response_out.write_order_response,
            "edifact/ordrsp_that_takes_changes_delays_and_refuses",
            OrderConfirmation,
            "ORDRSP",
        ),
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

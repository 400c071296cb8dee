"""What is written in X12, in both releases, of what golden cases say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import partial
from types import MappingProxyType
from typing import Literal

from formats.acknowledgements import Acknowledgement
from formats.findings import Finding
from formats.hauling import LoadTender
from formats.invoices import Invoice
from formats.records import OrderLine, PurchaseOrder
from formats.steps import OrderChange, ShipNotice
from formats.x12 import technical
from formats.x12.application_advice_out import write_application_advice
from formats.x12.change_answer_out import write_change_answer
from formats.x12.grocery_invoice_out import write_grocery_invoice
from formats.x12.inventory_out import write_inventory
from formats.x12.invoice_out import write_invoice
from formats.x12.load_tender_out import write_load_tender
from formats.x12.order_acknowledgement import (
    LineAcknowledgement,
    LineStatus,
    write_order_acknowledgement,
)
from formats.x12.order_change_out import write_order_change
from formats.x12.purchase_order_out import write_purchase_order
from formats.x12.reader import X12Reading
from formats.x12.ship_notice_out import write_ship_notice
from formats.x12.write import ControlNumbers, Envelope
from tests.golden.cases import AT, HERE, reading_of
from tests.golden.written.shared import BUYER, VENDOR, Written, offers, said_in

CONTROL = ControlNumbers(101, 7)
Version = Literal["00401", "00501"]
RELEASES: Mapping[Version, str] = MappingProxyType({"00401": "004010", "00501": "005010"})


def x12() -> Iterator[Written]:
    """Yield what is written in X12, in both releases."""
    for version, release in RELEASES.items():
        for code, write in _SETS.items():
            yield Written(f"{code}_{release}", partial(_x12, write, version))
        for form in _FORMS[version]:
            yield Written(f"{form}_{release}", partial(_acknowledged, form, version))
        yield Written(f"TA1_{release}", partial(_interchange_answered, version))


def _x12(
    write: Callable[[Envelope, list[Finding]], bytes], version: Version, found: list[Finding]
) -> bytes:
    return write(Envelope("ZZ", "PETALROW", "01", "FINCAALTA", version=version), found)


def _set(
    write: Callable[..., bytes], case: str, kind: type
) -> Callable[[Envelope, list[Finding]], bytes]:
    """Return what writes the record of a golden case in a release."""
    return lambda envelope, found: write(said_in(case, kind), envelope, CONTROL, AT, warnings=found)


def _order_answered(envelope: Envelope, found: list[Finding]) -> bytes:
    order = said_in("x12/850_order_with_an_assorted_box", PurchaseOrder)
    return write_order_acknowledgement(
        order, [*_answers(order.lines)], envelope=envelope, control=CONTROL, at=AT, warnings=found
    )


def _answers(lines: tuple[OrderLine, ...]) -> Iterator[LineAcknowledgement]:
    """Yield answers: the first line in two parts, all others as ordered."""
    for at, line in enumerate(lines):
        if at:
            yield LineAcknowledgement(line, LineStatus.ACCEPTED, line.quantity, line.unit)
            continue
        rest = line.quantity - 1
        yield LineAcknowledgement(line, LineStatus.QUANTITY_CHANGED, rest, line.unit)
        yield LineAcknowledgement(
            line, LineStatus.REJECTED, Decimal(1), line.unit, message="SHORT CROP"
        )


def _change_answered(envelope: Envelope, found: list[Finding]) -> bytes:
    change = said_in("x12/860_lines_of_every_kind", OrderChange)
    answers = [
        LineAcknowledgement(each.line, LineStatus.ACCEPTED, each.line.quantity, each.line.unit)
        for each in change.changes
    ]
    return write_change_answer(
        change, answers, envelope=envelope, control=CONTROL, at=AT, warnings=found
    )


def _stock(envelope: Envelope, found: list[Finding]) -> bytes:
    return write_inventory(
        offers(),
        reference="STK-1",
        as_of=AT,
        vendor=VENDOR,
        buyer=BUYER,
        envelope=envelope,
        control=CONTROL,
        warnings=found,
    )


_SETS: Mapping[str, Callable[[Envelope, list[Finding]], bytes]] = MappingProxyType(
    {
        "204": _set(write_load_tender, "x12/204_two_stops", LoadTender),
        "810": _set(write_invoice, "x12/810_with_freight_and_tax", Invoice),
        "824": _set(write_application_advice, "x12/824_refused_and_changed", Acknowledgement),
        "846": _stock,
        "850": _set(write_purchase_order, "x12/850_order_with_an_assorted_box", PurchaseOrder),
        "855": _order_answered,
        "856": _set(write_ship_notice, "x12/856_shipment_order_pack_item", ShipNotice),
        "860": _set(write_order_change, "x12/860_lines_of_every_kind", OrderChange),
        "865": _change_answered,
        "880": _set(write_grocery_invoice, "x12/880_of_a_grocer", Invoice),
    }
)
_FORMS: Mapping[Version, tuple[Literal["997", "999"], ...]] = MappingProxyType(
    {"00401": ("997",), "00501": ("997", "999")}
)
_ANSWERED: Mapping[Version, str] = MappingProxyType(
    {"00401": "x12/850_errors_in_every_place", "00501": "x12/855_exceptions_5010"}
)


def _x12_reading(version: Version) -> X12Reading:
    """Return a golden case, read to its end."""
    reading = reading_of(HERE / _ANSWERED[version])
    assert isinstance(reading.family, X12Reading)
    # An outcome is complete once all documents were read.
    assert [*reading.documents()]
    return reading.family


def _acknowledged(form: Literal["997", "999"], version: Version, _: list[Finding]) -> bytes:
    (outcome,) = _x12_reading(version).outcomes
    found = technical.functional_acknowledgement(
        outcome.interchange, outcome, control=technical.ControlNumbers(101, 7), at=AT, form=form
    )
    assert found is not None
    return found


def _interchange_answered(version: Version, _: list[Finding]) -> bytes:
    (outcome,) = _x12_reading(version).outcomes
    found = technical.interchange_acknowledgement(
        outcome.interchange, control=CONTROL.interchange, at=AT, override=("R", "025")
    )
    assert found is not None
    return found

"""Read Florecom XML: orders, answers and supply, line by line, in the memory of their records.

What a message is shows in its lines. One that asks for something, a SOAP fault, and a file without
lines have no record and a finding that says so. A bad line is left out by name (L-08); only broken
XML, or more of it than the limits allow, refuses the file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from formats.documents import ReadDocument
from formats.findings import Finding
from formats.florecom.names import MESSAGE_FAMILIES, SOAP_FAMILIES
from formats.florecom.orders import orders_of
from formats.florecom.responses import confirmations_of
from formats.florecom.scan import Scan
from formats.florecom.supply import supply_of
from formats.limits import DEFAULT_LIMITS, Limits
from formats.records import InventoryAdvice, Party, PurchaseOrder
from formats.steps import OrderChange, OrderConfirmation
from formats.strictxml import Name, XmlRefusedError, events

_NOBODY = Party()
_Read = PurchaseOrder | OrderChange | OrderConfirmation | InventoryAdvice
_QUESTIONS = frozenset({"SupplyRequest", "OrderRequest", "GetOrderRequest"})


def is_florecom(name: Name) -> bool:
    """Tell whether a root element, or what a SOAP body holds, is for this reader."""
    return name.family in MESSAGE_FAMILIES or name.family in SOAP_FAMILIES


@dataclass(slots=True)
class FlorecomReading:
    """A file ready to be read; `vendor` is whose supply or answer it is."""

    data: bytes
    limits: Limits
    vendor: Party

    def documents(self) -> Iterator[ReadDocument]:
        """Yield every document in order; each call starts again from the beginning."""
        scan = Scan()
        try:
            scan.read(events(self.data, self.limits))
        except XmlRefusedError as error:
            yield self._refused((error.finding,))
            return
        found = list(_records(scan, self.vendor))
        notes = scan.notes.found.findings()
        if not found:
            yield self._refused(notes, scan.header.message_id)
        for at, record in enumerate(found):
            yield ReadDocument(
                record,
                # What was found is about the file; its first document tells of it.
                notes if at == 0 else (),
                scan.header.message_id,
                digest=hashlib.sha256(record.model_dump_json().encode()).hexdigest(),
            )

    def _refused(self, findings: tuple[Finding, ...], control: str = "") -> ReadDocument:
        digest = hashlib.sha256(self.data).hexdigest()
        return ReadDocument(None, findings, control, digest=digest)


def read(
    data: bytes, limits: Limits = DEFAULT_LIMITS, *, vendor: Party = _NOBODY
) -> FlorecomReading:
    """Return the reading of a file; nothing is raised, whatever the bytes."""
    return FlorecomReading(data, limits, vendor)


def _records(scan: Scan, vendor: Party) -> Iterator[_Read]:
    """Yield what the lines of a file make; where there are none, say what it is instead."""
    if scan.orders:
        yield from orders_of(scan.orders, scan.header, scan.notes)
    if scan.responses:
        yield from confirmations_of(scan.responses, scan.header, scan.notes, vendor)
    if scan.supply:
        supply = supply_of(scan.supply, scan.header, vendor)
        if supply is not None:
            yield supply
    message = scan.message
    if scan.orders or scan.responses or scan.supply:
        return
    if message is not None and message.local in _QUESTIONS:
        sentence = (
            "This asks for something. Nothing is asked for here: what you can have is sent to"
        )
        scan.notes.found.error(
            "florecom.request", f"{sentence} you by itself. Send orders or supply."
        )
    elif not any(finding.is_error for finding in scan.notes.found.findings()):
        sentence = (
            "The file has no line of an order, an answer or a supply. Send it with its lines."
        )
        scan.notes.found.error("florecom.lines", sentence)

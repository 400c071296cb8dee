"""The transaction sets that become records: each with the function that builds its record.

A set stands here and has a definition file (`<set>_<version>.txt`), which also names its functional
group. Nothing else has to know that it is read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Protocol, TypeAlias

from formats.acknowledgements import Acknowledgement
from formats.catalogue import Catalogue
from formats.forecasts import Forecast
from formats.hauling import FreightInvoice, LoadTender, ShipmentStatus, TenderAnswer
from formats.invoices import Invoice
from formats.records import InventoryAdvice, PurchaseOrder
from formats.steps import OrderChange, OrderConfirmation, ShipNotice
from formats.x12.application_advice import application_advice
from formats.x12.catalogue import catalogue
from formats.x12.forecast import forecast
from formats.x12.grocery_invoice import grocery_invoice
from formats.x12.grocery_order import grocery_order
from formats.x12.hauling import freight_invoice, shipment_status, tender_answer
from formats.x12.inventory import inventory_advice
from formats.x12.invoice import invoice
from formats.x12.load_tender import load_tender
from formats.x12.order_change import order_change
from formats.x12.order_confirmation import change_confirmation, order_confirmation
from formats.x12.parts import Problems
from formats.x12.purchase_order import purchase_order
from formats.x12.ship_notice import ship_notice

X12Record: TypeAlias = (
    PurchaseOrder
    | InventoryAdvice
    | OrderChange
    | OrderConfirmation
    | ShipNotice
    | Invoice
    | Catalogue
    | Forecast
    | Acknowledgement
    | LoadTender
    | TenderAnswer
    | ShipmentStatus
    | FreightInvoice
)


class Builder(Protocol):
    """Makes a record of a checked set; `segments` and `nodes` are those of the check."""

    def __call__(
        self,
        segments: Sequence[str],
        nodes: Sequence[int],
        release: str,
        problems: Problems,
        *,
        is_test: bool = False,
    ) -> X12Record | None: ...


BUILDERS: Mapping[str, Builder] = MappingProxyType(
    {
        "850": purchase_order,
        "875": grocery_order,
        "846": inventory_advice,
        "855": order_confirmation,
        "856": ship_notice,
        "860": order_change,
        "865": change_confirmation,
        "810": invoice,
        "880": grocery_invoice,
        "830": forecast,
        "832": catalogue,
        "824": application_advice,
        "204": load_tender,
        "210": freight_invoice,
        "214": shipment_status,
        "990": tender_answer,
    }
)
"""By ST01."""

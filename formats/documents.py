"""What every reader yields: one document of a file, with what was found in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from formats.acknowledgements import Acknowledgement
from formats.catalogue import Catalogue
from formats.findings import Finding
from formats.forecasts import Forecast
from formats.hauling import FreightInvoice, LoadTender, ShipmentStatus, TenderAnswer
from formats.records import AxerrioOrder, InventoryAdvice, PurchaseOrder
from formats.steps import Step
from formats.transactions import MarketTransactions

Kept: TypeAlias = Catalogue | Forecast | MarketTransactions
"""Records from which nothing follows: they are kept for people to see."""
Noted: TypeAlias = (
    Acknowledgement | LoadTender | TenderAnswer | ShipmentStatus | FreightInvoice | Kept
)
"""Records that are written down and answered by nobody."""
AnyRecord: TypeAlias = PurchaseOrder | AxerrioOrder | InventoryAdvice | Step | Noted


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """One document as read.

    `record` is None when the document can't be used; then `findings` say why. A record may come
    with findings too: warnings, and errors of single lines that were left out of it (partial
    success is normal, domain L-08, and is never reported as plain success).
    """

    record: AnyRecord | None
    findings: tuple[Finding, ...] = ()
    control: str = ""
    """How the sender identifies it: `ISA13/GS06/ST02`, a messageId, or empty."""
    interchange: int | None = None
    """Index of its interchange in the file, where the format has interchanges."""
    digest: str = ""
    """SHA-256 (hex) of the document's own bytes, for telling a repetition from a conflict."""

    @property
    def is_accepted(self) -> bool:
        return self.record is not None

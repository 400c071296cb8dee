"""The messages that become records: each with the function that builds its record.

A message stands here and has a definition file for each edition (`<code>_<edition>.txt`). Nothing
else has to know that it is read; docs/architecture.md says how one is added.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol, TypeAlias

from formats.acknowledgements import Acknowledgement
from formats.catalogue import Catalogue
from formats.edifact.application_advice import application_advice
from formats.edifact.catalogue import catalogue
from formats.edifact.clock import market_transactions
from formats.edifact.editions import UN_EDITIONS, Edition, nearest_edition
from formats.edifact.inventory import inventory_advice
from formats.edifact.invoice import invoice
from formats.edifact.order import purchase_order
from formats.edifact.order_change import order_change
from formats.edifact.order_response import order_confirmation
from formats.edifact.parts import Problems
from formats.edifact.ship_notice import ship_notice
from formats.invoices import Invoice
from formats.records import InventoryAdvice, PurchaseOrder
from formats.steps import OrderChange, OrderConfirmation, ShipNotice
from formats.transactions import MarketTransactions

EdifactRecord: TypeAlias = (
    PurchaseOrder
    | OrderChange
    | OrderConfirmation
    | InventoryAdvice
    | ShipNotice
    | Invoice
    | MarketTransactions
    | Catalogue
    | Acknowledgement
)
"""What a message may become; a union that grows with KINDS."""


class Builder(Protocol):
    """Makes a record of a checked message; `segments` and `nodes` are those of the check."""

    def __call__(
        self,
        segments: Sequence[str],
        nodes: Sequence[int],
        edition: Edition,
        problems: Problems,
        *,
        is_test: bool = False,
    ) -> EdifactRecord | None: ...


@dataclass(frozen=True, slots=True)
class MessageKind:
    """How one type of message is read.

    `tolerates` are codes of 0085 that are only warned of, because the trade's software can't do
    better; those that were agreed with a partner come on top.
    """

    build: Builder
    editions: Mapping[tuple[str, str], Edition] = field(default_factory=lambda: UN_EDITIONS)
    tolerates: frozenset[str] = frozenset()

    def edition(self, version: str, release: str, *, nearest: bool = False) -> Edition | None:
        """Return the edition of a UNH, None where it isn't read; see `nearest_edition`."""
        found = self.editions.get((version, release))
        if found is not None or not nearest or self.editions is not UN_EDITIONS:
            return found
        return nearest_edition(version, release)


_EKT = Edition("EF", "D96A")
CLOCK_EDITIONS: Mapping[tuple[str, str], Edition] = MappingProxyType(
    {("003", release): _EKT for release in ("005", "006", "007")}
)
"""An EKT is one of no UN directory; its releases differ in references only."""
CLOCK_TOLERATES = frozenset({"12", "15", "29", "35", "39"})
"""The guide of an EKT isn't public, and systems print wrong counts and codes of their own."""

KINDS: Mapping[str, MessageKind] = MappingProxyType(
    {
        "APERAK": MessageKind(application_advice),
        "CLOCKT": MessageKind(market_transactions, CLOCK_EDITIONS, CLOCK_TOLERATES),
        "DESADV": MessageKind(ship_notice),
        "INVOIC": MessageKind(invoice),
        "INVRPT": MessageKind(inventory_advice),
        "ORDCHG": MessageKind(order_change),
        "ORDERS": MessageKind(purchase_order),
        "ORDRSP": MessageKind(order_confirmation),
        "PRICAT": MessageKind(catalogue),
    }
)
"""By message type (0065)."""

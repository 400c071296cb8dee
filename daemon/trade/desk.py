"""What the rules of one posting work with: the posting, the site, its tables and today's date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from daemon.config import Configuration, Connection, Partner
from daemon.ledger.documents import Interchanges
from daemon.ledger.posting import Posting
from daemon.ledger.states import OrderState
from daemon.mapping.tables import Tables
from daemon.trade.aliases import KeptAliases
from daemon.trade.calendar.plan import Plan
from daemon.trade.calendar.plans import Plans
from daemon.trade.stock.lots import StockInHand, write_back
from daemon.trade.views.readiness import Readiness
from formats.documents import ReadDocument
from formats.findings import Finding
from formats.identify import Format
from formats.limits import Limits
from formats.records import Order
from formats.x12.policy import Policy
from formats.x12.reader import X12Reading
from formats.xlsx.workbook import Workbook


@dataclass(frozen=True, slots=True)
class ReadAhead:
    """An X12 file that was read before its turn."""

    reading: X12Reading
    documents: list[ReadDocument]


@dataclass(frozen=True, slots=True)
class Earlier:
    """An order in the books, as the next one of the same sender and number finds it.

    A side is None where nobody knew yet who it is.
    """

    id: int
    document_id: int
    digest: str
    state: OrderState
    revision: int
    prebook_id: int | None
    vendor: str | None
    buyer: str | None
    is_test: bool
    kind: str


def limits_of(site: Configuration) -> Limits:
    """Return what a site takes of one file at most."""
    chosen = site.limits
    return Limits(file_bytes=chosen.file_bytes, segments=chosen.segments, rows=chosen.rows)


@dataclass(frozen=True, slots=True)
class OrderPlan:
    """The ship days for an order that `origin` sent."""

    order: Order
    link: Connection
    origin: str
    plan: Plan


@dataclass(slots=True)
class Desk:
    """One posting's working place; gone when the posting closes."""

    post: Posting
    site: Configuration
    tables: Tables
    today: date
    stock: StockInHand = field(default_factory=StockInHand)
    changes_waiting: dict[tuple[str, str], dict[str | None, int]] | None = None
    """Documents that wait for an order of a partner to change it, by the vendor that they name;
    None until asked for."""
    steps_waiting: dict[str, list[tuple[str, int]]] | None = None
    """By order number, who sent which step that waits for it; None until asked for."""

    forms: dict[int, Format] = field(default_factory=dict)
    """By arrival of this batch, the format that its documents came in."""
    senders: dict[tuple[int, str], str] = field(default_factory=dict)
    """By arrival of this batch and ISA13, who an X12 interchange says it is from: `ZZ/FLORSOL`."""
    findings: dict[tuple[int, str], Sequence[Finding]] = field(default_factory=dict)
    """By arrival of this batch and number, what the reader of a JSON order found in it."""
    policies: dict[str, Policy] = field(default_factory=dict)
    """By partner, how its X12 is read."""
    copies: dict[int, int] = field(default_factory=dict)
    """By arrival, the earlier one that brought the same bytes."""
    ahead: dict[int, ReadAhead] = field(default_factory=dict)
    """By arrival, what was read before the first file of the batch was posted."""
    workbooks: dict[int, Workbook] = field(default_factory=dict)
    """By arrival, a workbook that was opened before the posting."""
    interchanges: Interchanges = field(default_factory=dict)
    pasts: dict[tuple[str, str], list[Earlier]] = field(default_factory=dict)
    """By sender and number, the orders in the books when the batch began, the newest first; one
    that may have changed since is not here."""
    written: set[tuple[str, str]] = field(default_factory=set)
    """Sender and number of the orders that this posting writes."""
    plans: Plans = field(default_factory=Plans)
    """The ship days of the connections; whoever posts often lends its own."""
    last_plan: OrderPlan | None = None
    """The plan that was asked for last: an order's lines ask for it one after the other."""
    readiness: Readiness = field(default_factory=Readiness)
    """What connections lack; whoever posts often lends its own."""

    aliases: KeptAliases = field(init=False)
    """What was learnt of vendors' words (A-04)."""

    limits: Limits = field(init=False)
    """What the site takes of one file at most."""
    _changes: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.aliases = KeptAliases(self.post.conn)
        self.limits = limits_of(self.site)
        self.post.awaits = self.site.acknowledges_within
        self.post.in_workbooks = self.site.in_workbooks

    def change_of(self, vendor: str) -> int:
        """Return the number under which this posting changes a vendor's stock, for its views."""
        number = self._changes.get(vendor)
        if number is None:
            number = self._changes[vendor] = self.post.count(f"change:{vendor}")
        return number

    def partner(self, name: str | None) -> Partner | None:
        return self.site.partner_named(name) if name else None

    def connection(self, vendor: str, buyer: str) -> Connection | None:
        """Return the link that shows `vendor`'s stock to `buyer`, if they have one."""
        return self.site.connection_of(vendor, buyer)

    def write_stock(self) -> None:
        """Write what the rules kept in memory, so that statements see it."""
        self.post.flush()
        write_back(self.post, self.stock, self.change_of)

"""What the rules decided about a document: the basis of every reply to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from daemon.config import Connection, Partner
from daemon.ledger.states import DocumentState, LineState, OrderState
from daemon.mapping.apply import Unmapped
from daemon.trade.prices.currency import FixedRate
from daemon.trade.stock.lots import Taking
from daemon.trade.stock.units import NO_PACK, PackRate
from formats.findings import Finding
from formats.records import AxerrioOrder, InventoryAdvice, OrderLine, PurchaseOrder
from formats.steps import Step


@dataclass(frozen=True, slots=True)
class LineOutcome:
    """One order line after the rules: what of it is accepted, in the line's own unit."""

    line: OrderLine
    state: LineState
    accepted: Decimal
    reason: str | None = None
    pack: PackRate = NO_PACK
    boxes: tuple[str, ...] = ()
    takings: tuple[Taking, ...] = ()
    code: str | None = None
    """The rule that speaks, as E-10, or where the line of a cart stands."""
    next_ship_date: date | None = None
    """The next valid one, where the order's is refused."""


@dataclass(frozen=True, slots=True)
class OrderOutcome:
    """An order after the rules. `order_id` is None where it made no order of its own."""

    order: PurchaseOrder | AxerrioOrder
    state: OrderState
    lines: tuple[LineOutcome, ...]
    origin: Partner
    document_id: int
    arrival_id: int
    order_id: int | None = None
    buyer: Partner | None = None
    vendor: Partner | None = None
    connection: Connection | None = None
    addressee: str | None = None
    """Whom the sender addressed, as `ZZ/FLORSOL`."""
    unmapped: tuple[Unmapped, ...] = ()
    hold: str | None = None
    """Sentence for the partner when the whole order waits for a person."""
    replaced: str | None = None
    """Vendor that has the order whose place this one takes, and must be told."""
    rate: FixedRate | None = None
    """What its costs are in the buyer's currency, for good (K-82); None where that isn't known."""
    is_amended: bool = False
    """Whether it says what its file doesn't, which the books keep: costs (K-67), its day (K-23)."""
    given_day: date | None = None
    """The ship date that it gets, where its file names none (K-23)."""
    is_cart: bool = False
    """Whether it answers the file of a cart; what goes to the vendor is `for_vendor` alone."""
    for_vendor: OrderOutcome | None = None
    """What goes to the vendor, where that isn't what the sender is answered: of a cart."""
    gathered: OrderOutcome | None = None
    """The order that a cart's lines were put into, which waits for the buyer's approval."""
    prebook_lines: Mapping[int, int] | None = None
    """By line, the key of the line of an earlier prebook that it is made of (8.3); None where the
    order comes with a prebook of its own, or with none."""
    repeats_document: int | None = None
    """Document whose answers are given again, because this one says the same."""
    follows: bool = False
    """Whether it was judged after an earlier one of its sender and number."""

    @property
    def is_prebook(self) -> bool:
        """Whether it is a buyer's pre-sale, which orders nothing (domain 8.3).

        One whose goods are ordered at once is a purchase as those of a cart are (4.4 step 3).
        """
        order = self.order
        return isinstance(order, PurchaseOrder) and order.is_prebook and order.cart is None

    @property
    def is_placed(self) -> bool:
        """Whether the order goes on to the vendor."""
        is_new = self.repeats_document is None and not self.is_cart and not self.is_prebook
        return self.state is OrderState.APPROVED and is_new


@dataclass(frozen=True, slots=True)
class StockOutcome:
    """An inventory advice after the rules; counts are lines."""

    advice: InventoryAdvice
    origin: Partner
    document_id: int
    arrival_id: int
    published: int = 0
    staged: int = 0
    """Lines that wait for a mapping, a pack or a person and are not on sale (domain M-12)."""
    oversold: tuple[str, ...] = ()
    """Products of which less is offered than is sold (domain E-24), in the vendor's words."""
    has_remapped: bool = False
    """Whether the tables say that some goods are another product than they are sold as (M-14)."""
    is_superseded: bool = False
    unmapped: tuple[Unmapped, ...] = field(default=())
    notes: tuple[Finding, ...] = ()
    """What else the vendor should know of."""

    @property
    def is_waiting(self) -> bool:
        """Whether anything of it waits for a person."""
        return bool(self.unmapped or self.oversold or self.staged or self.has_remapped)


class RowStatus(StrEnum):
    """What became of one row of a step; partial success is normal, and never plain (L-08)."""

    DONE = "done"
    UNCHANGED = "unchanged"
    """It says what stands in the books already."""
    HELD = "held"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """One row of a step after the rules; `code` is a rule's, as E-16, where one speaks."""

    line: int
    reference: str
    status: RowStatus
    code: str | None = None
    message: str | None = None
    is_warning: bool = False
    """Done, but somebody should read the message (E-30)."""


@dataclass(frozen=True, slots=True)
class StepOutcome:
    """A step after the rules: the basis of the answer to its sender and of what others are told."""

    record: Step
    origin: Partner
    document_id: int
    arrival_id: int
    rows: tuple[RowOutcome, ...]
    orders: tuple[int, ...] = ()
    """Keys of the orders that changed; whoever is on the other side of them is told."""
    shipments: tuple[int, ...] = ()
    """Keys of the shipments that were made or changed."""

    @property
    def state(self) -> DocumentState:
        """Held where anything waits, rejected where nothing was done."""
        found = {row.status for row in self.rows}
        if RowStatus.HELD in found:
            return DocumentState.HELD
        is_refused = bool(found) and found <= {RowStatus.REFUSED}
        return DocumentState.REJECTED if is_refused else DocumentState.POSTED

"""One change of an order on its way: the order as it stands, and what each row is answered."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from daemon.config import Connection
from daemon.ledger.states import LineProgress
from daemon.trade.desk import Desk
from daemon.trade.orders.standing import StandingLine, StandingOrder
from daemon.trade.outcome import RowOutcome, RowStatus
from daemon.trade.step import StepAtHand
from formats.records import AxerrioOrder
from formats.steps import LineAction, OrderChange


@dataclass(slots=True)
class ChangeAtWork:
    """One change on its way."""

    desk: Desk
    step: StepAtHand[OrderChange]
    order: StandingOrder
    rows: list[RowOutcome] = field(default_factory=list)
    changed: list[tuple[LineAction, StandingLine]] = field(default_factory=list)
    """What the vendor has to know."""
    accepted: dict[int, Decimal] = field(default_factory=dict)
    costs: dict[int, Decimal | None] = field(default_factory=dict)
    """By row that names another cost than stands, the one that does in the same unit; None where it
    stands per another one (K-67)."""
    has_new_header: bool = False
    columns: dict[str, object] = field(default_factory=dict)
    """What the books keep of the header, where it changed."""
    is_cart: bool = False
    """Whether it is the file of a cart, which says every line anew."""
    labels: object = field(init=False)
    """What stood on the labels of the order."""

    def __post_init__(self) -> None:
        self.labels = on_labels(self.order)

    def row(
        self,
        line: int,
        status: RowStatus,
        message: str | None = None,
        *,
        code: str | None = None,
        is_warning: bool = False,
    ) -> None:
        number = self.order.booked.number
        self.rows.append(
            RowOutcome(line, number, status, code=code, message=message, is_warning=is_warning)
        )

    @property
    def connection(self) -> Connection | None:
        booked = self.order.booked
        return self.desk.connection(booked.vendor or "", booked.buyer or "")

    @property
    def is_sold_already(self) -> bool:
        """Whether the vendor's own system made the order, and so knows its stock (see `sold`)."""
        order = self.order.order
        return isinstance(order, AxerrioOrder) and order.cart is None


def on_labels(order: StandingOrder) -> object:
    """Return what the labels of an order say beside box codes; equal where none is printed again.

    Not its prices, comments and dates of delivery.
    """
    said = order.order
    return (
        *(said.ship_date, said.ship_via, said.ship_to, said.carrier, said.carrier_account),
        *(said.customer, said.customer_po, said.mark_code),
        *(
            (line.key, each.product, each.description, each.box_type, each.mark_code, line.pack)
            for line in order.lines
            if line.is_live and (each := line.line)
        ),
    )


def is_fixed(line: StandingLine) -> bool:
    """Tell whether the vendor has answered a line, so that its buyer can't change it."""
    return line.progress is not LineProgress.PENDING or line.confirmed is not None

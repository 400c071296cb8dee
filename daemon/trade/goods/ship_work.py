"""A ship notice at work: its rows, the goods of an order they name, and what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from daemon.ledger.holds import HoldKind
from daemon.trade.desk import Desk
from daemon.trade.goods.books import Box, Waybill
from daemon.trade.goods.waybill_book import Travel
from daemon.trade.orders.standing import StandingLine, StandingOrder
from daemon.trade.outcome import RowOutcome, RowStatus
from daemon.trade.step import StepAtHand, hold_row
from formats.steps import ShipNotice, ShippedBox


@dataclass(frozen=True, slots=True)
class ShippedLine:
    """Boxes of one line that travel together; `quantity` is in the line's unit."""

    found: StandingOrder
    line: StandingLine
    waybill: Waybill
    quantity: Decimal
    boxes: tuple[Box, ...]
    contents: tuple[tuple[str, Decimal | None], ...] = ()
    """Codes of boxes of other lines that hold goods of this one, with the quantity if said."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a notice: its place, what it says, and the box that its code is on."""

    at: int
    box: ShippedBox
    known: Box | None

    @property
    def is_content(self) -> bool:
        """Whether it only says what else is in a box of another row."""
        return not self.box.boxes


@dataclass(slots=True)
class OrderGoods:
    """An order whose goods are shipped: its boxes by line, and what became of lines here."""

    found: StandingOrder
    boxes: dict[int, list[Box]]
    bills: dict[int, Waybill]
    """Waybills of the boxes that were shipped before."""
    named: frozenset[int]
    """Boxes that the notice names by code, so that no other row gets them."""
    is_direct: bool
    """Whether goods need no scan at the buyer's door (D-03, P-01, P-02)."""
    binding_date: date | None
    """The ship date of the order where its boxes must travel then (P-24)."""
    rests: dict[int, StandingLine] = field(default_factory=dict)
    """By key of a line, what was cut off from it."""
    is_changed: bool = False
    is_relabelled: bool = False


@dataclass(slots=True)
class Parcel:
    """Rows on one line that travel alike."""

    line: StandingLine
    travel: Travel
    rows: list[Row]


@dataclass(slots=True)
class Shipping:
    """A notice on its way; `rows` by the place of a box in it."""

    desk: Desk
    step: StepAtHand[ShipNotice]
    vendor: str
    rows: dict[int, RowOutcome] = field(default_factory=dict)
    shipped: list[ShippedLine] = field(default_factory=list)
    warned: set[str] = field(default_factory=set)

    def answer(
        self,
        rows: Sequence[Row],
        status: RowStatus,
        message: str | None = None,
        code: str | None = None,
    ) -> None:
        for row in rows:
            box = row.box
            self.rows[row.at] = RowOutcome(box.line, box.number, status, code, message)

    def hold(self, rows: Sequence[Row], kind: HoldKind, message: str) -> None:
        """Let rows of one order wait together."""
        first = rows[0].box
        held = hold_row(self.desk, self.step, kind, (first.line, first.number), message)
        for row in rows:
            self.rows[row.at] = replace(held, line=row.box.line)

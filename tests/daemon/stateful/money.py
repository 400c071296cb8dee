"""What must be true of invoices and charges after every step of a play.

Read with plain SQL and judged with sums of its own, as in `books`. Amounts and quantities are whole
numbers of their smallest part.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tests.daemon.stateful.world import UNSHARED, World

ONE = 10**4
"""Parts of a box, and of a dollar."""
_COST = 10**6
"""Parts of a dollar in which landed costs are counted."""
_DECIDED = ("approved", "sent to external system", "synchronized", "failed")
_KINDS = ("freight", "handling", "duties")


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice; its amount is in parts of a dollar."""

    id: int
    vendor: str
    buyer: str
    number: str
    state: str
    amount: int
    approved_by: str | None


@dataclass(frozen=True, slots=True)
class Due:
    """An order line as it can be billed; numbers are in parts."""

    id: int
    order_id: int
    number: str
    vendor: str
    reference: str
    price: int | None
    shipped: int
    is_split: bool


@dataclass(frozen=True, slots=True)
class Waybill:
    """Goods of one vendor under one air waybill."""

    id: int
    buyer: str
    awb: str
    ship_date: str
    is_temporary: bool


@dataclass(frozen=True, slots=True)
class Charge:
    """What a part of the way really cost, in parts of a dollar."""

    id: int
    waybill: int
    kind: str
    amount: int
    state: str


@dataclass(slots=True)
class Money:
    """Invoices and charges after a step."""

    invoices: dict[str, Invoice] = field(default_factory=dict)
    """By number: no two vendors of a play use the same."""
    lines: dict[int, Due] = field(default_factory=dict)
    billed: Counter[int] = field(default_factory=Counter)
    """Parts of a box by order line."""
    waybills: dict[int, Waybill] = field(default_factory=dict)
    charges: list[Charge] = field(default_factory=list)

    def look(self, world: World) -> list[str]:
        """Read invoices and charges, and return what is wrong with them."""
        self._read(world)
        amounts = self._read_billed(world)
        return [*self._invoices(amounts), *self._charges(world)]

    def _read(self, world: World) -> None:
        self.invoices = {
            invoice.number: invoice
            for row in world.rows(
                "SELECT id, vendor, buyer, number, state, amount, approved_by FROM invoices"
            )
            for invoice in [Invoice(*row)]
        }
        self.lines = {
            line: Due(line, order, number, vendor, reference, price, shipped, split is not None)
            for line, order, number, vendor, reference, price, shipped, split in world.rows(
                "SELECT l.id, o.id, o.number, o.vendor, l.reference, l.unit_price,"
                " coalesce(l.shipped, 0), l.split_from"
                " FROM order_lines l JOIN orders o ON o.id = l.order_id"
                " WHERE o.kind = 'purchase_order' AND l.shipped IS NOT NULL"
            )
        }
        self.waybills = {
            key: Waybill(key, buyer, awb, day, bool(is_temporary))
            for key, buyer, awb, day, is_temporary in world.rows(
                "SELECT id, buyer, awb, ship_date, is_temporary FROM shipments"
            )
        }
        self.charges = [
            Charge(*row)
            for row in world.rows("SELECT id, shipment_id, kind, amount, state FROM awb_charges")
        ]

    def _read_billed(self, world: World) -> Counter[int]:
        """Return what the lines of each invoice come to at the prices of their orders."""
        self.billed, amounts = Counter(), Counter[int]()
        for invoice, state, line, quantity in world.rows(
            "SELECT i.id, i.state, l.order_line_id, l.quantity"
            " FROM invoice_lines l JOIN invoices i ON i.id = l.invoice_id"
        ):
            if state != "void":
                self.billed[line] += quantity
            amounts[invoice] += quantity * (self.lines[line].price or 0) // ONE
        return amounts

    def _invoices(self, amounts: Counter[int]) -> Iterator[str]:
        """Nothing is billed that was not shipped, or twice, or at another price."""
        # What was cut off from a line for a part shipment is billed with it (P-30).
        shipped, billed = Counter[tuple[int, str]](), Counter[tuple[int, str]]()
        for line in self.lines.values():
            shipped[line.order_id, line.reference] += line.shipped
            billed[line.order_id, line.reference] += self.billed[line.id]
        for (order, reference), quantity in billed.items():
            if quantity > shipped[order, reference]:
                yield f"line {reference} of order {order} is billed {quantity} of {shipped}"
        for invoice in self.invoices.values():
            if invoice.amount != amounts[invoice.id]:
                yield f"{invoice} bills {amounts[invoice.id]}"
            if invoice.state in _DECIDED and invoice.approved_by is None:
                yield f"{invoice} was approved by nobody"
            if invoice.state == "not shared" and invoice.vendor != UNSHARED:
                yield f"{invoice} is not shared"
            if invoice.vendor == UNSHARED and invoice.state not in ("not shared", "void"):
                yield f"{invoice} is shared"

    def _charges(self, world: World) -> Iterator[str]:
        """What the boxes of an air waybill bear is what was charged for it, and no more (K-69)."""
        if not self.charges:
            return
        costs = defaultdict(list)
        for waybill, *cost in world.rows(
            "SELECT shipment_id, boxes, unit_cost, units_per_box, freight, handling, duties,"
            " truck, extras, box_landed FROM landed_costs ORDER BY id"
        ):
            costs[waybill].append(cost)
        for waybills in self.travelled():
            keys = {waybill.id for waybill in waybills}
            counted = [c for c in self.charges if c.waybill in keys and c.state != "void"]
            rows = [row for key in keys for row in costs[key]]
            if not counted or not rows or any(None in row for row in rows):
                continue
            charged = sum(charge.amount for charge in counted) * (_COST // ONE)
            borne = _borne(rows, {charge.kind for charge in counted})
            # Each cost is rounded in its last digit, and there are a few in a box.
            if abs(borne - charged) > 4 * sum(boxes for boxes, *_ in rows):
                yield f"boxes of {waybills} bear {borne}, and {charged} was charged: {rows}"

    def travelled(self) -> list[list[Waybill]]:
        """Return the waybills that are one air waybill of one buyer, together."""
        found: dict[tuple[object, ...], list[Waybill]] = defaultdict(list)
        for waybill in self.waybills.values():
            one = waybill.id if waybill.is_temporary else None
            found[waybill.buyer, waybill.ship_date, waybill.awb, one].append(waybill)
        return list(found.values())


def _borne(rows: Sequence[Sequence[int]], kinds: set[str]) -> int:
    """Return what all boxes cost beside their flowers and what is still estimated."""
    total = 0
    for boxes, unit_cost, units, *parts, truck, extras, landed in rows:
        estimated = sum(part for kind, part in zip(_KINDS, parts, strict=True) if kind not in kinds)
        flowers = unit_cost * units // _COST
        total += boxes * (landed - flowers - estimated - truck - extras)
    return total

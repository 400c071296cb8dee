"""What an order of a vendor's system is made of: lines of a prebook that this vendor sees (A-01).

The system names them by the ids that it got with the prebook: `prebookNumber` of the order,
`prebookItem` of a line. A line that names what is not this vendor's, or what is ordered in full
already, is refused with E-27; nothing is matched by product or by guess. The cost that the buyer
wrote into the prebook stands, unless it lets vendors set prices (A-02). A line that names nothing
but its prebook line is of the same goods, and without a number of boxes of all that is left of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, func, select, update

from daemon.ledger.schema import order_lines, orders
from daemon.ledger.states import LineState, OrderState
from daemon.mapping.rows import Kind
from daemon.trade.desk import Desk
from daemon.trade.orders.prebooks import LIVE, earliest
from daemon.trade.outcome import LineOutcome, OrderOutcome
from daemon.trade.step import our_id
from formats.records import AxerrioOrder, Order, OrderLine, UnitType

E_27 = "E-27"
ZERO = Decimal(0)
_UNITS = {unit.value: unit for unit in UnitType}


@dataclass(slots=True)
class Links:
    """By line of an order: the prebook line it is made of, why it can't be, what it costs."""

    made_of: dict[int, int] = field(default_factory=dict)
    refused: dict[int, str] = field(default_factory=dict)
    costs: dict[int, tuple[Decimal, str | None]] = field(default_factory=dict)
    notes: dict[int, str] = field(default_factory=dict)
    goods: dict[int, OrderLine] = field(default_factory=dict)
    """Lines that name nothing but the prebook line, as that says them."""
    prebooks: set[int] = field(default_factory=set)
    """The prebook that the order names, where it names one."""

    def refuse(self, line: OrderLine, why: str) -> None:
        self.refused[line.line] = f"{E_27}: {why}"

    @property
    def is_changed(self) -> bool:
        """Whether the order says what its file doesn't."""
        return bool(self.costs or self.goods)


def names_goods(line: OrderLine) -> bool:
    """Tell whether a line says what it is of, beside the prebook line that it names."""
    said = (line.seller_item, line.buyer_item, line.gtin, line.description, line.contents)
    return any(said) or line.prebook_item is None


def names_prebook(order: Order) -> bool:
    """Tell whether a vendor's system says that an order is made of a prebook."""
    return isinstance(order, AxerrioOrder) and (
        order.prebook_number is not None or any(line.prebook_item for line in order.lines)
    )


def links_of(desk: Desk, draft: OrderOutcome) -> Links | None:
    """Return what an order is made of; None for one that names no prebook."""
    order = draft.order
    if not isinstance(order, AxerrioOrder) or not names_prebook(order):
        return None
    if draft.vendor is None or draft.buyer is None:
        return None
    found = Links(prebooks=_prebooks(desk, draft, order.prebook_number))
    if order.prebook_number is not None and not found.prebooks:
        for line in order.lines:
            found.refuse(line, f"prebook {order.prebook_number} is none of {draft.vendor.name}")
        return found
    rows = _rows(desk, draft, order)
    for line in order.lines:
        if line.prebook_item is not None:
            _link(desk, draft, line, rows.get(line.prebook_item), found)
    return found


def _prebooks(desk: Desk, draft: OrderOutcome, number: str | None) -> set[int]:
    """Return the prebooks of this vendor and buyer that a number means: our id, or the buyer's."""
    if number is None:
        return set()
    query = _visible(draft, select(orders.c.id), desk)
    desk.post.flush()
    conn = desk.post.conn
    if (key := our_id(number)) is not None:
        by_id = set(conn.execute(query.where(orders.c.id == key)).scalars())
        if by_id:
            return by_id
    return set(conn.execute(query.where(orders.c.number == number)).scalars())


def _visible(draft: OrderOutcome, query: Any, desk: Desk) -> Any:
    """Narrow a query to the prebooks that the vendor of `draft` sees, of its buyer."""
    vendor, buyer = draft.vendor, draft.buyer
    return query.where(
        orders.c.kind == "prebook",
        orders.c.vendor == (vendor.name if vendor else None),
        orders.c.buyer == (buyer.name if buyer else None),
        orders.c.is_test.is_(draft.order.is_test),
        orders.c.state == OrderState.APPROVED.value,
        orders.c.ship_date >= earliest(desk.today),
    )


def _rows(desk: Desk, draft: OrderOutcome, order: AxerrioOrder) -> dict[str, Row[Any]]:
    """Return the prebook lines that an order names and its vendor sees, by id as text."""
    asked = [key for line in order.lines if (key := our_id(line.prebook_item)) is not None]
    if not asked:
        return {}
    desk.post.flush()
    query = select(
        *(order_lines.c.id, order_lines.c.order_id, order_lines.c.quantity),
        *(order_lines.c.product, order_lines.c.description, order_lines.c.box_type),
        *(order_lines.c.unit_price, order_lines.c.price_unit, orders.c.origin),
    ).join(orders, orders.c.id == order_lines.c.order_id)
    query = _visible(draft, query, desk).where(
        order_lines.c.id.in_(asked), order_lines.c.unit_price.is_not(None)
    )
    return {str(row.id): row for row in desk.post.conn.execute(query)}


def _link(
    desk: Desk, draft: OrderOutcome, line: OrderLine, row: Row[Any] | None, found: Links
) -> None:
    """Note what one line is made of, or why it can't be."""
    item, vendor = line.prebook_item, draft.vendor.name if draft.vendor else ""
    if row is None or (found.prebooks and row.order_id not in found.prebooks):
        where = " in the prebook that the order names" if found.prebooks else ""
        found.refuse(line, f"prebook line {item} is none of {vendor}{where}")
        return
    left = row.quantity - _ordered(desk, draft, row.id) - _taken_here(draft, found, row.id)
    if left <= ZERO:
        found.refuse(line, f"prebook line {item} is ordered already, all of its {row.quantity}")
        return
    found.made_of[line.line] = row.id
    if not names_goods(line):
        found.goods[line.line] = line = _as_in_prebook(desk, draft, line, row, left)
    if line.quantity > left:
        found.notes[line.line] = f"{line.quantity - left} more than the prebook has left"
    may_set = draft.buyer is not None and draft.buyer.buying.vendors_set_prices
    unit = line.price_unit_type.value if line.price_unit_type else line.price_unit
    if may_set and line.unit_price is not None:
        return
    if (line.unit_price, unit) == (row.unit_price, row.price_unit):
        return
    found.costs[line.line] = row.unit_price, row.price_unit
    if line.unit_price is not None:
        found.notes[line.line] = (
            f"the cost is {row.unit_price} per {row.price_unit or 'unit'} as in the prebook, not"
            f" {line.unit_price}"
        )


def _as_in_prebook(
    desk: Desk, draft: OrderOutcome, line: OrderLine, row: Row[Any], left: Decimal
) -> OrderLine:
    """Return a line with the goods of its prebook line, in the vendor's words where it has any."""
    vendor = draft.vendor.name if draft.vendor else ""
    words = desk.tables.partner_code(Kind.PRODUCTS, vendor, row.product or "", desk.today)
    known = desk.tables.catalogue.get(row.product or "")
    return replace(
        line,
        quantity=line.quantity or left,
        product=row.product,
        seller_item=(words.source_code or None) if words else None,
        description=(words.source_description if words else "")
        or (known.description if known else row.description),
        box_type=line.box_type or row.box_type,
    )


def _ordered(desk: Desk, draft: OrderOutcome, key: int) -> Decimal:
    """Return how much of a prebook line other orders have taken."""
    query = (
        select(func.coalesce(func.sum(order_lines.c.quantity), 0))
        .join(orders, orders.c.id == order_lines.c.order_id)
        .where(
            order_lines.c.prebook_line_id == key,
            order_lines.c.progress.in_(LIVE),
            order_lines.c.state.not_in([LineState.REFUSED.value, LineState.CANCELLED.value]),
            orders.c.kind == "purchase_order",
            orders.c.state.not_in([OrderState.CANCELLED.value, OrderState.REJECTED.value]),
            orders.c.document_id != draft.document_id,
        )
    )
    return Decimal(desk.post.conn.execute(query).scalar_one())


def _taken_here(draft: OrderOutcome, found: Links, key: int) -> Decimal:
    """Return how much earlier lines of this very order take of a prebook line."""
    taken = [
        found.goods.get(line.line, line).quantity
        for line in draft.order.lines
        if found.made_of.get(line.line) == key
    ]
    return sum(taken, ZERO)


def with_links(draft: OrderOutcome, links: Links | None) -> OrderOutcome:
    """Return the draft with what it is made of, and with the costs of the prebook."""
    if links is None:
        return draft
    said = [links.goods.get(line.line, line) for line in draft.order.lines]
    order = draft.order.model_copy(update={"lines": tuple(_costed(line, links) for line in said)})
    # What names nothing is not unknown: the prebook line says it, or there is none.
    bare = {line.line for line in draft.order.lines if not names_goods(line)}
    unmapped = tuple(
        each for each in draft.unmapped if each.kind is not Kind.PRODUCTS or each.line not in bare
    )
    return replace(draft, order=order, prebook_lines=links.made_of, unmapped=unmapped)


def _costed(line: OrderLine, links: Links) -> OrderLine:
    if line.line not in links.costs:
        return line
    cost, unit = links.costs[line.line]
    return replace(line, unit_price=cost, price_unit=unit, price_unit_type=_UNITS.get(unit or ""))


def judged_by(draft: OrderOutcome, links: Links | None) -> OrderOutcome:
    """Refuse the lines that are made of what is not the vendor's (A-01, E-27)."""
    if links is None or draft.state is OrderState.HELD:
        return draft
    lines = tuple(_answered(line, links) for line in draft.lines)
    is_alive = any(line.state is not LineState.REFUSED for line in lines)
    return replace(draft, lines=lines, state=draft.state if is_alive else OrderState.REJECTED)


def _answered(line: LineOutcome, links: Links) -> LineOutcome:
    at = line.line.line
    if at in links.refused:
        why = links.refused[at]
        return replace(line, state=LineState.REFUSED, accepted=ZERO, reason=why, code=E_27)
    return replace(line, reason=links.notes.get(at, line.reason))


def keep_costs(desk: Desk, outcome: OrderOutcome, links: Links | None) -> None:
    """Keep the order with the prebook's costs and goods, which its file doesn't say."""
    if links is None or not links.is_changed or outcome.order_id is None:
        return
    desk.post.flush()
    desk.post.conn.execute(
        update(orders)
        .where(orders.c.id == outcome.order_id)
        .values(amended=outcome.order.to_keep())
    )

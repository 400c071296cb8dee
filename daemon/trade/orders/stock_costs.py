"""What lines that are served from a vendor's stock cost: what the vendor asks, and nothing else.

The buyer can't choose it (K-60, K-67): a line that names no cost gets the vendor's, one that names
another is answered with it, and the order goes on in all else. Goods of which the vendor states no
cost, and procurement, keep the cost that the buyer wrote. Of several lots that cost differently a
line costs their average, so that its amount is what they cost together. Where the vendor states a
cost that can't be told in the line's unit or currency, the order waits: what the buyer wrote would
be as good as any number (E-15, E-29).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, select

from daemon.config import Connection, Partner
from daemon.ledger.holds import HoldKind
from daemon.ledger.schema import stock_lots, stock_reservations
from daemon.ledger.states import LineState
from daemon.mapping.rates import rate
from daemon.mapping.rows import Kind
from daemon.trade.desk import Desk
from daemon.trade.orders.judgement import hold_order
from daemon.trade.outcome import LineOutcome, OrderOutcome
from daemon.trade.prices.asking import COST_PLACES, Asked, Asking, Stated
from daemon.trade.prices.box_types import BoxType
from daemon.trade.prices.charges import Packing
from daemon.trade.prices.currency import rounded
from daemon.trade.prices.order_rate import currency_of
from daemon.trade.stock.lots import Taking
from daemon.trade.stock.units import PackMissingError, PackRate, convert
from daemon.trade.views.wording import network_word
from formats.records import OrderLine, UnitType, copy_of

COST_STANDS = "K-67"
NO_PACK_RULE, NO_RATE_RULE = "E-15", "E-29"
ONE, ZERO = Decimal(1), Decimal(0)
_UNITS = frozenset(unit.value for unit in UnitType)
_LOT = tuple(
    stock_lots.c[name]
    for name in (
        *("id", "unit_type", "unit_cost", "cost_unit", "currency", "category", "box_type"),
        *("bunches_per_box", "stems_per_bunch"),
    )
)


class CostUnknownError(ValueError):
    """What a vendor asks can't be told for want of a pack, a size or a rate.

    The text says which row is to be added.
    """

    def __init__(
        self, why: str, pair: tuple[str, str] | None = None, product: str | None = None
    ) -> None:
        super().__init__(f"what its vendor asks for it can't be told: {why}")
        self.pair = pair
        """The currencies between which there is no rate."""
        self.product = product
        """What has no row in packs.csv, which may be all that is missing."""

    @property
    def rule(self) -> str:
        return NO_PACK_RULE if self.pair is None else NO_RATE_RULE


@dataclass(frozen=True, slots=True)
class Sale:
    """Between whom goods are sold, and in which currency their order is."""

    vendor: Partner
    link: Connection
    currency: str | None
    lots: dict[int, Row[Any]] = field(default_factory=dict)
    """Lots that were read before, by key: those of an order are asked for once."""


def with_stock_costs(desk: Desk, draft: OrderOutcome) -> OrderOutcome:
    """Return an order with the vendor's costs on the lines that its stock serves.

    One of which a cost can't be told is held, and gives back what it took.
    """
    link, vendor = draft.connection, draft.vendor
    if link is None or vendor is None or not any(line.takings for line in draft.lines):
        return draft
    if not link.asking.cost_stands:
        return draft
    sale = Sale(vendor, link, currency_of(draft))
    _read_lots(desk, sale, [taking for line in draft.lines for taking in line.takings])
    try:
        lines = tuple(costed(desk, sale, line) for line in draft.lines)
    except CostUnknownError as error:
        if not draft.order.is_test:
            desk.stock.put_back(taking for line in draft.lines for taking in line.takings)
        return _held(desk, draft, error)
    if all(new.line is old.line for new, old in zip(lines, draft.lines, strict=True)):
        return draft
    own = {each.line.line: each.line for each in lines}
    order = draft.order.model_copy(
        update={"lines": tuple(own.get(line.line, line) for line in draft.order.lines)}
    )
    return replace(draft, order=order, lines=lines, is_amended=True)


def with_list_costs(desk: Desk, draft: OrderOutcome) -> OrderOutcome:
    """Return a prebook at the costs of the vendor's price list for its buyer, where it has one.

    A prebook takes no stock, so no other cost of the vendor's is known for it. It is held where
    that one can't be told.
    """
    vendor, buyer = draft.vendor, draft.buyer
    link = desk.connection(vendor.name, buyer.name) if vendor and buyer else None
    if link is None or vendor is None or not link.asking.cost_stands:
        return draft
    of = Sale(vendor, link, currency_of(draft))
    try:
        lines = tuple(_listed(desk, of, line) for line in draft.order.lines)
    except CostUnknownError as error:
        return _held(desk, draft, error)
    if all(new is old for new, old in zip(lines, draft.order.lines, strict=True)):
        return draft
    order = draft.order.model_copy(update={"lines": lines})
    return replace(draft, order=order, is_amended=True)


def _held(desk: Desk, draft: OrderOutcome, unknown: CostUnknownError) -> OrderOutcome:
    """Let an order wait for the row that its cost can't be told without."""
    message = f"order {draft.order.number}: {unknown}"
    if unknown.pair is not None:
        return hold_order(desk, draft, HoldKind.NO_RATE, message, unknown.pair)
    if unknown.product is not None:
        return hold_order(desk, draft, HoldKind.NO_PACK, message, (unknown.product, None))
    return hold_order(desk, draft, HoldKind.NO_PACK, f"{message}, and release the hold")


def _listed(desk: Desk, sale: Sale, line: OrderLine) -> OrderLine:
    asking = Asking(sale.link, sale.vendor, desk.tables, desk.today)
    row = asking.listed(line.product)
    known = desk.tables.pack(sale.vendor.name, line.product or "", desk.today)
    if row is None:
        return line
    pack = PackRate(
        known.bunches_per_box if known else line.bunches_per_box,
        known.stems_per_bunch if known else line.stems_per_bunch,
    )
    entry = desk.tables.entries[Kind.BOX_TYPES].get(known.box_type if known else "")
    packing = Packing(row.unit, pack, BoxType.of(entry) if entry else None)
    asked = asking.of(Stated(line.product, None, None, packing))
    cost = _in_line(_Costing(desk, sale, asking, line), asked, pack)
    if cost is None or cost == line.unit_price:
        return line
    own = copy_of(line)
    own.unit_price = cost
    return own


def costed(desk: Desk, sale: Sale, outcome: LineOutcome) -> LineOutcome:
    """Return a line at the vendor's cost; as it is where that is what its buyer wrote.

    Raises CostUnknownError.
    """
    line = outcome.line
    cost = cost_of(desk, sale, line, outcome.takings, outcome.pack)
    if cost is None or cost == line.unit_price:
        return outcome
    own = copy_of(line)
    own.unit_price = cost
    if line.unit_price is None:
        return replace(outcome, line=own)
    note = stands(line, cost)
    reason = f"{outcome.reason}; {note}" if outcome.reason else note
    is_whole = outcome.state is LineState.ACCEPTED
    return replace(outcome, line=own, reason=reason, code=COST_STANDS if is_whole else outcome.code)


def stands(line: OrderLine, cost: Decimal) -> str:
    """Say that a line costs what its vendor asks."""
    unit = _unit_of(line).value.lower()
    return f"the cost is {cost} a {unit}, as the vendor sells it, not {line.unit_price}"


def is_stated(desk: Desk, sale: Sale, line: OrderLine, key: int, pack: PackRate) -> bool:
    """Tell whether the vendor states what a line of the books costs, so that it can't be changed.

    It does, too, where nobody can tell the cost in the line's unit any more. `key` is the line's in
    the books.
    """
    desk.post.flush()
    table = stock_reservations.c
    query = select(table.lot_id, table.units).where(table.order_line_id == key, table.units > ZERO)
    takings = [Taking(row.lot_id, row.units) for row in desk.post.conn.execute(query)]
    try:
        return cost_of(desk, sale, line, takings, pack) is not None
    except CostUnknownError:
        return True


def cost_of(
    desk: Desk, sale: Sale, line: OrderLine, takings: Sequence[Taking], pack: PackRate
) -> Decimal | None:
    """Return what a unit of a line costs that takes from these lots, in the line's price unit.

    None where it takes nothing, or where of one lot no cost is stated. Raises CostUnknownError
    where costs are stated, and can't be told in that unit or the order's currency.
    """
    if not takings or line.product is None:
        return None
    of = _Costing(desk, sale, Asking(sale.link, sale.vendor, desk.tables, desk.today), line)
    _read_lots(desk, sale, takings)
    weighed: list[tuple[Decimal, Decimal]] = []
    for taking in takings:
        row = sale.lots[taking.lot_id]
        packed = PackRate(
            row.bunches_per_box or pack.bunches_per_box, row.stems_per_bunch or pack.stems_per_bunch
        )
        cost = _cost_of_lot(of, row, packed)
        if cost is None:
            return None
        units = convert(taking.units, UnitType(row.unit_type), _unit_of(line), packed)
        weighed.append((units, cost))
    return _average(weighed)


def _average(weighed: Sequence[tuple[Decimal, Decimal]]) -> Decimal:
    if len({cost for _, cost in weighed}) == 1:
        return weighed[0][1]
    total = sum((units * cost for units, cost in weighed), ZERO)
    return rounded(total / sum((units for units, _ in weighed), ZERO), COST_PLACES)


def _read_lots(desk: Desk, sale: Sale, takings: Iterable[Taking]) -> None:
    keys = sorted({taking.lot_id for taking in takings} - sale.lots.keys())
    if keys:
        query = select(*_LOT).where(stock_lots.c.id.in_(keys))
        sale.lots.update({row.id: row for row in desk.post.conn.execute(query)})


@dataclass(frozen=True, slots=True)
class _Costing:
    """What the costs of a line's lots are told with."""

    desk: Desk
    sale: Sale
    asking: Asking
    line: OrderLine


def _cost_of_lot(of: _Costing, row: Row[Any], pack: PackRate) -> Decimal | None:
    """Return what a unit of one lot costs, in the line's price unit and the order's currency."""
    return _in_line(of, of.asking.of(_stated(of, row, pack)), pack)


def _in_line(of: _Costing, asked: Asked, pack: PackRate) -> Decimal | None:
    """Return a cost in the line's price unit and the order's currency; None where none is stated.

    Raises CostUnknownError.
    """
    unit, sale = _unit_of(of.line), of.sale
    if asked.missing:
        why = "; ".join(f"{each}" for each in asked.missing)
        raise CostUnknownError(f"{_named(of)}, {why}", _without_rate(of, asked), _unpacked(of))
    if asked.cost is None:
        return None
    try:
        each = asked.cost * convert(ONE, unit, asked.packing.unit, pack)
    except PackMissingError as error:
        row = f"{sale.vendor.name} {of.line.product}"
        why = f"{_named(of)}, {error}; add {row} to packs.csv"
        raise CostUnknownError(why, product=_unpacked(of)) from error
    into = ONE
    if asked.currency and sale.currency and asked.currency != sale.currency:
        found = rate(of.desk.tables.rates, asked.currency, sale.currency, of.desk.today)
        if found is None:
            pair = asked.currency, sale.currency
            why = "its vendor sells it in {}, and the order is in {}; add a row {},{} to rates.csv"
            raise CostUnknownError(f"{_named(of)}, {why.format(*pair, *pair)}", pair)
        into = found
    is_exact = into == ONE and unit is asked.packing.unit
    return asked.cost if is_exact else rounded(each * into, COST_PLACES)


def _named(of: _Costing) -> str:
    return f"line {of.line.reference}"


def _unpacked(of: _Costing) -> str | None:
    """Return the product where its vendor's pack of it, and with that its box, isn't known."""
    product = of.line.product
    known = of.desk.tables.pack(of.sale.vendor.name, product or "", of.desk.today)
    return product if known is None else None


def _without_rate(of: _Costing, asked: Asked) -> tuple[str, str] | None:
    """Return the currencies without whose rate a surcharge has no place in a cost."""
    own, into = of.sale.vendor.currency, asked.currency
    if own is None or into is None or rate(of.desk.tables.rates, own, into, of.desk.today):
        return None
    return own, into


def _stated(of: _Costing, row: Row[Any], pack: PackRate) -> Stated:
    """Return a lot as its vendor states it; a cost per a unit that nobody knows is none."""
    tables, today, sale, line = of.desk.tables, of.desk.today, of.sale, of.line
    known = tables.pack(sale.vendor.name, line.product or "", today)
    box = tables.entries[Kind.BOX_TYPES].get(row.box_type or (known.box_type if known else ""))
    category = network_word(
        *(Kind.CATEGORIES, row.category, line.product),
        vendor=sale.vendor.name,
        tables=tables,
        on=today,
    )
    is_known = row.cost_unit is None or row.cost_unit in _UNITS
    packing = Packing(
        UnitType(row.cost_unit if row.cost_unit in _UNITS else row.unit_type),
        pack,
        BoxType.of(box) if box else None,
        None,
        category,
    )
    cost = row.unit_cost if is_known else None
    return Stated(line.product, cost, row.currency or sale.vendor.currency, packing)


def _unit_of(line: OrderLine) -> UnitType:
    return line.price_unit_type or line.unit_type or UnitType.BOX

"""An order as it stands: what its sender says of it after every change, and how far each line is.

What the sender said is kept as said (the document's record, or `amended` after a change), so that
it can be answered and sent on in everybody's own codes; what became of it stands in the books.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import RowMapping, insert, select, update

from daemon.errors import UnwritableError
from daemon.ledger import schema
from daemon.ledger.moves import LINES, ORDERS, Cause, move
from daemon.ledger.states import ORDER, LineProgress, LineState, OrderState
from daemon.mapping.apply import map_order
from daemon.trade.desk import Desk
from daemon.trade.orders.book import line_row
from daemon.trade.orders.own_prebooks import end_empty, follow, joined
from daemon.trade.orders.transfer import booked_terms
from daemon.trade.outcome import LineOutcome, OrderOutcome
from daemon.trade.step import BookedOrder
from daemon.trade.stock.units import PackRate
from formats.records import AxerrioOrder, Document, OrderLine, PurchaseOrder, UnitType, copy_of

AnyOrder = PurchaseOrder | AxerrioOrder
ZERO = Decimal(0)
_RECORDS: TypeAdapter[Document] = TypeAdapter(Document)
_OVER = (LineState.REFUSED, LineState.CANCELLED)
_SETTLED = (
    *(LineProgress.PARTLY_CONFIRMED, LineProgress.CONFIRMED),
    *(LineProgress.SHIPPED, LineProgress.CANCELLED),
)


@dataclass(slots=True)
class StandingLine:
    """A line of a standing order; quantities in the line's own unit.

    `accepted` is what was ordered from the vendor. Once it has answered, `confirmed` will come now
    and `backordered` later or perhaps; the rest is lost.
    """

    key: int
    line: OrderLine
    """Mapped: its product and units are those of the books."""
    state: LineState
    accepted: Decimal
    progress: LineProgress
    confirmed: Decimal | None
    backordered: Decimal
    price: Decimal | None
    """As confirmed, where that differs from the order."""
    ship_date: date | None
    """As confirmed, where that differs from the order."""
    reason: str | None
    pack: PackRate
    is_checked_out: bool | None
    prebook_line_id: int | None
    answered_by: str | None = None
    """By whose word `confirmed` stands: its vendor, or a buyer that answers for it."""

    @property
    def unit(self) -> UnitType:
        return self.line.unit_type or UnitType.BOX

    @property
    def is_live(self) -> bool:
        """Whether its vendor has it and may still deliver it."""
        return self.state not in _OVER and self.progress is not LineProgress.CANCELLED

    @property
    def was_ordered(self) -> bool:
        """Whether its vendor ever got it."""
        return self.state is not LineState.REFUSED

    @property
    def held(self) -> Decimal:
        """What of it still needs stock."""
        if not self.is_live:
            return ZERO
        return self.accepted if self.confirmed is None else self.confirmed + self.backordered

    @property
    def lost(self) -> Decimal:
        """What its vendor won't deliver."""
        return self.accepted - self.held if self.was_ordered else ZERO


@dataclass(slots=True)
class StandingOrder:
    """An order as it stands."""

    booked: BookedOrder
    said: AnyOrder
    """In the sender's own codes."""
    order: AnyOrder
    """The same, mapped."""
    lines: list[StandingLine]
    addressee: str | None
    prebooks: tuple[int, ...] = ()
    """The prebook of its own, or the one that it shares (A-05), or the purchases put together in it
    (4.4 step 3): they follow the order."""
    boxes_changed: bool = field(default=False)

    @property
    def is_visible(self) -> bool:
        """Whether its vendor knows of it: one that was never approved it does not (P-20)."""
        if self.booked.state in (OrderState.APPROVED, OrderState.CONFIRMED, OrderState.SHIPPED):
            return True
        is_over = self.booked.state in (OrderState.CANCELLED, OrderState.REJECTED)
        return is_over and any(line.progress is not LineProgress.PENDING for line in self.lines)

    def named(self, reference: str, key: str | None = None) -> list[StandingLine]:
        """Return the lines that a partner means by its number, or by the id that we gave."""
        if reference:
            return [line for line in self.lines if line.line.reference == reference]
        return [line for line in self.lines if str(line.key) == key]


def standing(desk: Desk, booked: BookedOrder) -> StandingOrder:
    """Return an order of the books as it stands now."""
    desk.write_stock()
    row = desk.post.conn.execute(
        select(schema.orders.c.amended, schema.documents.c.record, schema.documents.c.addressee)
        .join(schema.documents, schema.documents.c.id == schema.orders.c.document_id)
        .where(schema.orders.c.id == booked.id)
    ).one()
    text = row.amended or row.record
    if text is None:
        raise UnwritableError(
            f"{booked.what} is past retention: what it said is gone, so it can't be changed or"
            " answered any more; send a new order"
        )
    said = _order_of(text)
    table = schema.order_lines
    rows = desk.post.conn.execute(
        select(table).where(table.c.order_id == booked.id).order_by(table.c.line)
    ).all()
    order = map_order(
        said,
        desk.tables,
        partner=booked.origin,
        vendor=booked.vendor,
        on=desk.today,
        aliases=desk.aliases,
    ).document
    known = {line.line: line for line in order.lines}
    names = {each.id: known[each.line] for each in rows if each.line in known}
    lines = [_line(each._mapping, known.get(each.line), names) for each in rows]
    own = booked.prebook_id
    prebooks: tuple[int, ...] = () if own is None else (own,)
    if not prebooks and any(line.prebook_line_id is not None for line in lines):
        prebooks = joined(desk, booked.id)
    if not prebooks:
        # What it is made of is another's: a buyer's own prebook does not move with its order.
        for line in lines:
            line.prebook_line_id = None
    order = order.model_copy(update={"lines": tuple(line.line for line in lines)})
    return StandingOrder(booked, said, order, lines, row.addressee, prebooks)


def read_said(desk: Desk, document_id: int) -> AnyOrder:
    """Return the order of a document of this posting, in its sender's own codes."""
    desk.write_stock()
    query = select(schema.documents.c.record).where(schema.documents.c.id == document_id)
    return _order_of(desk.post.conn.execute(query).scalar_one())


def _order_of(text: str) -> AnyOrder:
    said = _RECORDS.validate_json(text)
    if not isinstance(said, PurchaseOrder | AxerrioOrder):
        raise AssertionError(f"a {said.kind} is no order")
    return said


def _line(row: RowMapping, said: OrderLine | None, by_key: dict[int, OrderLine]) -> StandingLine:
    """Return a line; one that a shipment cut off (P-30) looks like the line it was cut off from."""
    if said is None:
        whole = by_key.get(row["split_from"] or 0)
        said = whole or OrderLine(row["line"], row["reference"], row["quantity"], "")
        by_key[row["id"]] = said
    line = copy_of(said)
    line.line, line.reference, line.quantity = row["line"], row["reference"], row["quantity"]
    line.product, line.box_type = row["product"], row["box_type"]
    if row["is_checked_out"] is not None:
        line.is_checked_out = row["is_checked_out"]
    line.unit_type = UnitType(row["unit_type"]) if row["unit_type"] else None
    return StandingLine(
        key=row["id"],
        line=line,
        state=LineState(row["state"]),
        accepted=row["accepted"],
        progress=LineProgress(row["progress"]),
        confirmed=row["confirmed"],
        backordered=row["backordered"] or ZERO,
        price=row["confirmed_price"],
        ship_date=row["confirmed_ship_date"],
        reason=row["reason"],
        pack=PackRate(row["bunches_per_box"], row["stems_per_bunch"]),
        is_checked_out=row["is_checked_out"],
        prebook_line_id=row["prebook_line_id"],
        answered_by=row["answered_by"],
    )


def save_line(desk: Desk, line: StandingLine, **values: object) -> None:
    """Write `values` of a line into the books, and into the line of its prebook."""
    table = schema.order_lines
    keys = [line.key, *([line.prebook_line_id] if line.prebook_line_id else [])]
    desk.post.conn.execute(update(table).where(table.c.id.in_(keys)).values(**values))


def move_line(
    desk: Desk, found: StandingOrder, line: StandingLine, after: LineProgress, cause: Cause
) -> None:
    """Move a line on; the line of its prebook moves along."""
    what = f"{found.booked.what} line {line.line.reference}"
    before = line.progress
    move(desk.post, LINES, line.key, before, after, what=what, cause=cause)
    if line.prebook_line_id is not None:
        move(desk.post, LINES, line.prebook_line_id, before, after, what=what, cause=cause)
    line.progress = after


def settle(desk: Desk, found: StandingOrder, cause: Cause, *, when_empty: OrderState) -> OrderState:
    """Move an order on where its lines say so; return its state.

    It is confirmed when every line is, in full or in part, or has ended, and shipped once what was
    still to come has ended too. One of which nothing is left becomes `when_empty` (cancelled, where
    it was confirmed before).
    """
    live = [line for line in found.lines if line.was_ordered and line.is_live]
    before = found.booked.state
    after = before
    if not live:
        after = when_empty if when_empty in ORDER[before] else OrderState.CANCELLED
    elif before is OrderState.APPROVED and all(line.progress in _SETTLED for line in live):
        after = OrderState.CONFIRMED
    elif all(line.progress is LineProgress.SHIPPED for line in live):
        after = OrderState.SHIPPED
    if after is before or after not in ORDER[before]:
        end_empty(desk, found.prebooks, cause)
        return before
    move(desk.post, ORDERS, found.booked.id, before, after, what=found.booked.what, cause=cause)
    desk.pasts.clear()
    follow(desk, found.prebooks, found.booked.id, after, cause)
    found.booked = replace(found.booked, state=after)
    return after


def save_record(desk: Desk, found: StandingOrder, **columns: object) -> None:
    """Keep what the sender says of the order now; `columns` are those of the books that follow."""
    values: dict[str, Any] = {"amended": found.said.to_keep(), "updated_at": desk.post.at}
    keys = [found.booked.id, *([found.booked.prebook_id] if found.booked.prebook_id else [])]
    table, booked = schema.orders, found.booked
    vendor = desk.partner(booked.vendor)
    link = desk.connection(booked.vendor or "", booked.buyer or "")
    travels = booked_terms(desk, found.said, booked.origin, vendor, link)
    columns = {**columns, **travels}
    desk.post.conn.execute(update(table).where(table.c.id.in_(keys)).values(**values, **columns))
    desk.pasts.clear()


def add_line(desk: Desk, found: StandingOrder, outcome: LineOutcome) -> StandingLine:
    """Write a new line into the books, and into the prebook where there is one.

    A line of a cart is in the cart first, whatever its file says: it is checked out afterwards.
    """
    line = outcome.line
    is_checked_out = None if line.is_checked_out is None else False
    row: dict[str, object] = {
        "line": line.line,
        "reference": line.reference,
        "progress": LineProgress.PENDING.value,
        "is_checked_out": is_checked_out,
        **line_row(outcome),
    }
    table, prebook_line_id = schema.order_lines, None
    if found.booked.prebook_id is not None:
        prebook_line_id = desk.post.key(table)
        values = {"id": prebook_line_id, "order_id": found.booked.prebook_id, **row}
        values["line"] = _free_place(desk, found.booked.prebook_id, line.line)
        desk.post.conn.execute(insert(table).values(**values))
    key = desk.post.key(table)
    values = {"id": key, "order_id": found.booked.id, "prebook_line_id": prebook_line_id, **row}
    desk.post.conn.execute(insert(table).values(**values))
    added = StandingLine(
        *(key, line, outcome.state, outcome.accepted, LineProgress.PENDING, None, ZERO),
        *(None, None, outcome.reason, outcome.pack, is_checked_out, prebook_line_id),
    )
    found.lines.append(added)
    return added


def _free_place(desk: Desk, prebook_id: int, line: int) -> int:
    """Return where a new line stands in a prebook: at its own number, or behind all (A-05)."""
    table = schema.order_lines.c
    places = select(table.line).where(table.order_id == prebook_id)
    taken = set(desk.post.conn.execute(places).scalars())
    return line if line not in taken else max(taken) + 1


def as_purchase_order(order: AnyOrder) -> PurchaseOrder:
    """Return an order as its vendor is told of it: the purchase order, whatever made it."""
    if isinstance(order, PurchaseOrder):
        return order
    names = set(PurchaseOrder.model_fields) & set(AxerrioOrder.model_fields) - {"kind"}
    return PurchaseOrder(**{name: getattr(order, name) for name in names})


def placed(desk: Desk, found: StandingOrder, *, arrival_id: int, document_id: int) -> OrderOutcome:
    """Return what goes to the vendor of an order as it stands: its live lines with their boxes."""
    codes = box_codes(desk, [line.key for line in found.lines])
    lines = tuple(
        LineOutcome(
            line.line, line.state, line.held, line.reason, line.pack, tuple(codes.get(line.key, ()))
        )
        for line in found.lines
        if line.is_live
    )
    return OrderOutcome(
        order=as_purchase_order(found.order),
        state=OrderState.APPROVED,
        lines=lines,
        origin=desk.site.partner_named(found.booked.origin) or _gone(found),
        document_id=document_id,
        arrival_id=arrival_id,
        order_id=found.booked.id,
        buyer=desk.partner(found.booked.buyer),
        vendor=desk.partner(found.booked.vendor),
        addressee=found.addressee,
    )


def _gone(found: StandingOrder) -> Any:
    raise UnwritableError(
        f"{found.booked.what} came from {found.booked.origin}, which is no partner any more; add it"
        " to the site's configuration and send the file again"
    )


def box_codes(desk: Desk, line_keys: list[int]) -> dict[int, list[str]]:
    """Return the codes of the boxes that are to be shipped or were, by line, in sequence."""
    desk.post.flush()
    boxes = schema.boxes.c
    query = (
        select(boxes.order_line_id, boxes.code)
        .where(boxes.order_line_id.in_(line_keys), boxes.state != "cancelled")
        .order_by(boxes.order_line_id, boxes.sequence)
    )
    found: dict[int, list[str]] = {}
    for row in desk.post.conn.execute(query):
        found.setdefault(row.order_line_id, []).append(row.code)
    return found

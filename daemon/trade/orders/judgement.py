"""Judge an order: who is in it, what of it can go on, and what of it must wait.

A line is judged against the vendor's stock and takes from it at once, so that two lines on the same
product, and two orders of one posting, never count the same box twice (domain K-40).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from daemon.config import Connection
from daemon.ledger.holds import HoldKind, NewHold, hold
from daemon.ledger.states import LineState, OrderState
from daemon.trade.calendar.order_dates import NoDay, refused_day, refused_lots
from daemon.trade.desk import Desk
from daemon.trade.goods.boxes import MAX_BOXES_PER_LINE, MAX_BOXES_PER_ORDER
from daemon.trade.orders.carrier_room import fit, room_for
from daemon.trade.orders.carriers import wrong_carrier
from daemon.trade.orders.dated import on_its_day
from daemon.trade.orders.for_sale import NOTHING_YET, Held, at_one_place, dates_of, for_sale, served
from daemon.trade.orders.line_waybills import unclear_waybill
from daemon.trade.orders.packs import as_packed, ordered_pack, stock_pack
from daemon.trade.orders.parties import without_location
from daemon.trade.orders.ready import codes_of, in_the_way, is_rate_alone
from daemon.trade.orders.transfer import must_wait, way_of
from daemon.trade.outcome import LineOutcome, OrderOutcome
from daemon.trade.prices.currency import RateMissingError
from daemon.trade.prices.order_rate import currency_of, missing_rate
from daemon.trade.stock.reserves import keep_from
from daemon.trade.stock.units import PackMissingError, PackRate, convert
from daemon.trade.unmapped import not_known_yet, to_map
from daemon.trade.views.activation import Missing
from formats.records import AxerrioOrder, OrderLine, UnitType

ZERO = Decimal(0)
LOCATION_MISSING, WRONG_CARRIER = "E-23", "E-21"
_CODES = {"vendor": ("vendor_code", "buyer"), "buyer": ("customer_code", "vendor")}
"""By a side, the setting that has what the other side's books call it (K-01)."""
_PLACES = {
    "vendor": "column vendor_code of a CSV, N1 SE of X12, NAD SU of EDIFACT",
    "buyer": "column buyer_code of a CSV, N1 BY of X12, NAD BY of EDIFACT",
}
"""By a side, where an order names it."""


def judge(desk: Desk, draft: OrderOutcome) -> OrderOutcome:
    """Decide about every line; nothing is taken from stock unless the whole order may go on."""
    link = connection_of(desk, draft)
    if draft.connection is not link:
        draft = replace(draft, connection=link)
    waiting = _waits(desk, draft)
    if waiting is not None:
        return waiting
    if (objection := _objection(desk, draft)) is not None:
        return _refused(draft, *objection)
    if isinstance(draft.order, AxerrioOrder) and (draft.order.cart is None or link is None):
        return _of_system(desk, draft)
    if link is None:
        return without_link(desk, draft)
    dated = on_its_day(desk, draft, link)
    lines, missing = _judge_lines(desk, dated)
    if missing is not None:
        return _without_pack(desk, draft, missing)
    if draft.order.cart is None:
        # A cart's file says anew each time what it asks for.
        draft = dated
    is_alive = any(line.state is not LineState.REFUSED for line in lines)
    # A cart is an order once something of it is checked out (see `carts`).
    placed = OrderState.APPROVED if draft.order.cart is None else OrderState.DRAFT
    return replace(draft, lines=lines, state=placed if is_alive else OrderState.REJECTED)


def connection_of(desk: Desk, draft: OrderOutcome) -> Connection | None:
    """Return the link between the sides of an order; None where one isn't known, or there is none.

    A connection that is switched off counts, and what it lacks is said later.
    """
    if draft.vendor is None or draft.buyer is None:
        return None
    return desk.connection(draft.vendor.name, draft.buyer.name)


def _objection(desk: Desk, draft: OrderOutcome) -> tuple[str, str] | None:
    """Return why its header refuses an order, and the rule that says so."""
    way = way_of(desk, draft)
    if way is None:
        return None
    if nowhere := without_location(draft.order, way.buyer, way.link):
        return nowhere, LOCATION_MISSING
    wrong = wrong_carrier(desk, draft.order, way)
    return (wrong, WRONG_CARRIER) if wrong else None


def _refused(draft: OrderOutcome, why: str, code: str) -> OrderOutcome:
    lines = tuple(
        LineOutcome(line, LineState.REFUSED, ZERO, why, code=code) for line in draft.order.lines
    )
    return replace(draft, lines=lines, state=OrderState.REJECTED)


def _of_system(desk: Desk, draft: OrderOutcome) -> OrderOutcome:
    """Let an order of a vendor's own system wait for its buyer's approval (domain 8.2)."""
    lines: list[LineOutcome] = []
    for line in draft.order.lines:
        try:
            why = _unfit_sale(line, ordered_pack(desk, draft.vendor, line))
        except PackMissingError as error:
            return _without_pack(desk, draft, _NoPackError(line, str(error)))
        sold = replace(as_ordered(desk, draft, line), reason=unclear_waybill(desk, draft, line))
        lines.append(LineOutcome(line, LineState.REFUSED, ZERO, why) if why else sold)
    is_alive = any(line.state is not LineState.REFUSED for line in lines)
    state = OrderState.PENDING_APPROVAL if is_alive else OrderState.REJECTED
    return replace(draft, lines=tuple(lines), state=state)


def _unfit_sale(line: OrderLine, pack: PackRate) -> str | None:
    """Say why a line of a system can't be sold: its buyer is asked for, and gets, whole boxes.

    Raises PackMissingError where nobody knows how many goods a box holds.
    """
    boxes = convert(line.quantity, line.unit_type or UnitType.BOX, UnitType.BOX, pack)
    if boxes <= 0 or boxes != boxes.to_integral_value():
        return f"{line.quantity} {line.unit} aren't whole boxes; send whole ones, above 0"
    if boxes > MAX_BOXES_PER_LINE:
        return f"a line may order at most {MAX_BOXES_PER_LINE} boxes; split it"
    return None


def _waits(desk: Desk, draft: OrderOutcome) -> OrderOutcome | None:
    """Hold an order that lacks a side, a code, a rate or an address; None where it may go on."""
    if draft.vendor is None or draft.buyer is None:
        return without_partner(desk, draft)
    unmet = in_the_way(desk, draft)
    if unmet and not is_rate_alone(desk, draft, unmet):
        return hold_unready(desk, draft, unmet)
    if draft.unmapped:
        return red(desk, draft)
    no_rate = missing_rate(desk, draft)
    if no_rate is not None:
        return _without_rate(desk, draft, no_rate)
    why = must_wait(desk, draft)
    return None if why is None else hold_order(desk, draft, *why)


def without_partner(desk: Desk, draft: OrderOutcome) -> OrderOutcome:
    """Hold an order one side of which is no partner here."""
    side, order = "vendor" if draft.vendor is None else "buyer", draft.order
    named = getattr(order, side).code or getattr(order, side).name
    if isinstance(order, AxerrioOrder) and side == "buyer":
        named = named or order.receiver
    if not named:
        return _naming_nobody(desk, draft, side)
    code, other = _CODES[side]
    message = (
        f"the order names {named} as its {side}, which is no {side} of this site; set {code} of its"
        f" connection to what the {other} calls it, or add the partner to the site's configuration,"
        " and release the hold"
    )
    told = (
        f"order {order.number} waits: {named} is not known here as a {side}. The operator looks it"
        " up; there is no need to send it again, unless the name is wrong"
    )
    return replace(hold_order(desk, draft, HoldKind.NO_PARTNER, message), hold=told)


def _naming_nobody(desk: Desk, draft: OrderOutcome, side: str) -> OrderOutcome:
    """Hold an order that leaves open whom it is for: no setting can mend that, only its sender."""
    number = draft.order.number
    message = (
        f"order {number} names no {side}, and which one is meant can't be told; reject it, so that"
        f" its sender names the {side} and sends it again"
    )
    told = (
        f"order {number} waits: it names no {side}, and which one is meant can't be told. Name the"
        f" {side} ({_PLACES[side]}) and send it again once the operator has refused this one"
    )
    return replace(hold_order(desk, draft, HoldKind.NO_PARTNER, message), hold=told)


def without_link(desk: Desk, draft: OrderOutcome) -> OrderOutcome:
    """Hold an order between partners that are not connected."""
    vendor, buyer = (p.name if p else "?" for p in (draft.vendor, draft.buyer))
    message = (
        f"{vendor} and {buyer} are not connected; add the connection to the site's configuration"
        " and release the hold"
    )
    return hold_order(desk, draft, HoldKind.NO_PARTNER, message)


def hold_unready(desk: Desk, draft: OrderOutcome, unmet: Sequence[Missing]) -> OrderOutcome:
    """Hold an order over a connection that may not be used yet (K-01 to K-10)."""
    vendor, buyer = (each.name if each else "" for each in (draft.vendor, draft.buyer))
    title, order = f"{vendor} -> {buyer}", draft.order
    lacks = "; ".join(f"{each.code}: {each.sentence}" for each in unmet)
    message = (
        f"the connection {title} may not be used yet. {lacks}. Order {order.number} goes on by"
        " itself once this is mended; or reject it"
    )
    held = hold_order(desk, draft, HoldKind.NOT_READY, message, (buyer, codes_of(unmet)))
    told = (
        f"order {order.number} waits: the connection {title} may not be used yet"
        f" ({codes_of(unmet)}). It goes on by itself once the operator has completed that; there is"
        " no need to send it again"
    )
    return replace(held, hold=told)


def _without_pack(desk: Desk, draft: OrderOutcome, missing: _NoPackError) -> OrderOutcome:
    vendor = draft.vendor.name if draft.vendor else ""
    message = (
        f"line {missing.line.reference}: {missing}; add {vendor} {missing.line.product} to"
        " packs.csv, and the order goes on by itself"
    )
    return hold_order(desk, draft, HoldKind.NO_PACK, message, (missing.line.product, None))


def _without_rate(desk: Desk, draft: OrderOutcome, missing: RateMissingError) -> OrderOutcome:
    """Let an order wait for the row of rates.csv that it needs, which frees it (E-29)."""
    message = f"order {draft.order.number}: {missing}"
    pair = currency_of(draft), draft.buyer.currency if draft.buyer else None
    return hold_order(desk, draft, HoldKind.NO_RATE, message, pair)


def hold_order(
    desk: Desk,
    draft: OrderOutcome,
    kind: HoldKind,
    message: str,
    pair: tuple[str | None, str | None] = (None, None),
) -> OrderOutcome:
    """Hold an order that stands in the books already.

    `pair` is what it waits for: two currencies, a buyer and the rules that are unmet, or a product
    whose pack is missing.
    """
    place = f"order {draft.order.number}"
    source, target = pair
    hold(
        desk.post,
        NewHold(
            kind,
            draft.origin.name,
            message,
            vendor=draft.vendor.name if draft.vendor else None,
            place=place,
            source_code=source,
            source_description=target,
        ),
        arrival_id=draft.arrival_id,
        document_id=draft.document_id,
    )
    lines = tuple(LineOutcome(line, LineState.PENDING, ZERO) for line in draft.order.lines)
    return replace(draft, lines=lines, state=OrderState.HELD, hold=message)


def red(desk: Desk, draft: OrderOutcome) -> OrderOutcome:
    """Hold an order with unmapped codes: red until a person maps them (domain M-01, E-14)."""
    for code in draft.unmapped:
        hold(
            desk.post,
            NewHold(
                HoldKind.UNMAPPED,
                code.partner,
                to_map(code),
                vendor=draft.vendor.name if draft.vendor else None,
                mapping_kind=code.kind,
                source_code=code.source_code,
                source_description=code.source_description,
                line=code.line,
                place=code.where,
            ),
            arrival_id=draft.arrival_id,
            document_id=draft.document_id,
        )
    why = {code.line: not_known_yet(code) for code in draft.unmapped}
    lines = tuple(
        LineOutcome(line, LineState.UNMAPPED, ZERO, why[line.line])
        if line.line in why
        else LineOutcome(line, LineState.PENDING, ZERO)
        for line in draft.order.lines
    )
    return replace(draft, lines=lines, state=OrderState.HELD)


class _NoPackError(PackMissingError):
    def __init__(self, line: OrderLine, why: str) -> None:
        super().__init__(why)
        self.line = line


def as_ordered(desk: Desk, draft: OrderOutcome, line: OrderLine) -> LineOutcome:
    pack = ordered_pack(desk, draft.vendor, line)
    return LineOutcome(line, LineState.PENDING, line.quantity, None, pack, line.box_codes)


def _judge_lines(
    desk: Desk, draft: OrderOutcome
) -> tuple[tuple[LineOutcome, ...], _NoPackError | None]:
    """Judge line by line; a test order (P-29) and one that must wait put back what they took."""
    lines: list[LineOutcome] = []
    missing: _NoPackError | None = None
    boxes = ZERO
    for line in draft.order.lines:
        boxes += line.quantity if line.unit_type is UnitType.BOX else ZERO
        if boxes > MAX_BOXES_PER_ORDER:
            why = f"an order may have at most {MAX_BOXES_PER_ORDER} boxes; split it"
            lines.append(LineOutcome(line, LineState.REFUSED, ZERO, why))
            continue
        try:
            lines.append(judge_line(desk, draft, line))
        except _NoPackError as error:
            missing = error
            break
    if missing is None:
        room = room_for(desk, draft.connection, draft.order, draft.origin.name)
        lines = list(fit(room, lines))
    if draft.order.is_test or missing is not None:
        for judged in lines:
            desk.stock.put_back(judged.takings)
    return tuple(lines), missing


def judge_line(
    desk: Desk, draft: OrderOutcome, line: OrderLine, *, has: Held = NOTHING_YET
) -> LineOutcome:
    """Decide about one line of a connected buyer's order, or about what is added to what it `has`.

    The outcome counts what is added alone; its reason speaks of the whole line.
    """
    pack = stock_pack(desk, draft.vendor, line)
    unit = line.unit_type or UnitType.BOX
    why = _unfit(line, unit)
    if why is not None:
        return LineOutcome(line, LineState.REFUSED, ZERO, why)
    if draft.connection is None or draft.vendor is None or line.product is None:
        raise AssertionError("a line is judged only between connected partners, once mapped")
    origin = draft.origin.name
    lots = desk.stock.of(desk.post, draft.vendor.name, line.product)
    keep_from(desk, draft.vendor.name, line.product, lots, draft.connection.buyer)
    stand = for_sale(desk, draft.connection, draft.order, origin, lots)
    if not stand.lots and "procurement" in draft.connection.modality:
        ordered = ordered_pack(desk, draft.vendor, line)
        return LineOutcome(line, LineState.PENDING, line.quantity, None, ordered)
    no_day = refused_day(desk, draft.connection, draft.order, origin)
    if no_day is not None:
        return _without_day(line, pack, no_day)
    try:
        day, today = draft.order.ship_date, desk.today
        place = at_one_place(stand.lots, line.quantity, unit, pack, day, today=today, has=has)
    except PackMissingError as error:
        raise _NoPackError(line, str(error)) from error
    if place.left > 0 or (has.places and place.elsewhere):
        found = served(place, line, has, draft, desk.today)
        return as_packed(desk, draft.vendor, place.lots, found)
    later = [dates_of(desk, draft.connection, lot) for lot in stand.lots if lot.available > 0]
    why_not = stand.nothing_left
    no_day = refused_lots(desk, draft.connection, draft.order, origin, later, why=why_not)
    return _without_day(line, pack, no_day or NoDay(None, why_not, None))


def _unfit(line: OrderLine, unit: UnitType) -> str | None:
    """Say why a line can't be ordered at all, whatever is in stock."""
    if line.quantity <= 0 or line.quantity != line.quantity.to_integral_value():
        return "the quantity must be whole and above 0"
    if unit is UnitType.BOX and line.quantity > MAX_BOXES_PER_LINE:
        return f"a line may order at most {MAX_BOXES_PER_LINE} boxes; split it"
    if line.product is None:
        return "an assorted box needs a product code of its own; order its products on lines"
    return None


def _without_day(line: OrderLine, pack: PackRate, no_day: NoDay) -> LineOutcome:
    return LineOutcome(
        line,
        LineState.REFUSED,
        ZERO,
        no_day.sentence,
        pack,
        code=no_day.code,
        next_ship_date=no_day.next_ship_date,
    )

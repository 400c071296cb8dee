"""The header of a change: dates, carrier, place and remarks of the order as a whole (P-28).

Partners repeat the header in every change, so only what differs counts. It stays as it is where a
vendor has answered any line, and where goods that the order has are not there on its new day.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from daemon.ledger.schema import stock_lots, stock_reservations
from daemon.ledger.states import LineState
from daemon.mapping.rows import Kind
from daemon.mapping.terms import is_type_code
from daemon.trade.calendar.order_dates import given_day, refused_day
from daemon.trade.changes.at_work import ChangeAtWork, is_fixed
from daemon.trade.orders.carrier_room import moved, room_for
from daemon.trade.orders.carriers import wrong_carrier
from daemon.trade.orders.parties import without_location
from daemon.trade.orders.ship_tos import AnyOrder, Way, address_of, place_of
from daemon.trade.orders.standing import ZERO
from daemon.trade.orders.transfer import is_direct
from daemon.trade.outcome import RowStatus
from formats.records import Party
from formats.steps import LineAction, OrderChange

_PLAIN = (
    *("ship_date", "delivery_date", "carrier", "ship_via", "customer_po", "location"),
    *("mark_code", "comments", "cargo_agency", "incoterm"),
)
_IN_BOOKS = ("ship_date", "ship_via", "customer_po", "carrier", "location")
_FROM_STOCK = (LineState.ACCEPTED, LineState.CUT)
_CARRIES = {"carrier", "ship_via"}
_MOVES = {*_CARRIES, "ship_date"}
NOT_ON_THAT_DAY, WRONG_CARRIER, NO_LOCATION = "E-13", "E-21", "E-23"


def dated(work: ChangeAtWork) -> OrderChange:
    """Return the change with one day for the order, where each of its lines names the same.

    A line with a day of its own is refused, for an order ships on one day.
    """
    record = work.step.record
    kept = [each for each in record.changes if each.action is not LineAction.CANCEL]
    own = {each.ship_date for each in kept if each.ship_date}
    live = {line.line.reference for line in work.order.lines if line.is_live}
    is_whole = live <= {each.line.reference for each in kept if each.ship_date}
    if record.ship_date is None and len(own) == 1 and is_whole:
        record = record.model_copy(update={"ship_date": own.pop()})
    day = record.ship_date or work.order.order.ship_date
    fits = [each for each in record.changes if each.ship_date in (None, day)]
    for each in record.changes:
        if each not in fits:
            why = (
                f"line {each.line.reference}: an order ships on one day, this one on {day}; order"
                f" what ships on {each.ship_date} under a new number"
            )
            work.row(each.line.line, RowStatus.REFUSED, why)
    return record.model_copy(update={"changes": tuple(fits)})


def change_header(work: ChangeAtWork, record: OrderChange) -> None:
    """Carry out what a change says of the order as a whole."""
    news = _news(work, record)
    news |= _shipped_for(work, record, news)
    if not news:
        return
    objection = _objection(work, record, news)
    if objection is not None:
        why, code = objection
        work.row(0, RowStatus.REFUSED, why, code=code)
        return
    order = work.order
    order.said = order.said.model_copy(update=news)
    order.order = _then(work, news)
    work.columns.update({name: news[name] for name in _IN_BOOKS if name in news})
    if "ship_via" in news and record.ship_via is not None:
        work.columns["ship_via"] = record.ship_via.value
    work.has_new_header = True
    names = ", ".join(name.replace("_", " ") for name in news)
    work.row(0, RowStatus.DONE, f"changed: {names}")


def _news(work: ChangeAtWork, record: OrderChange) -> dict[str, object]:
    """Return the fields that a change gives another value."""
    said = work.order.said
    news: dict[str, object] = {
        name: value
        for name in _PLAIN
        if (value := getattr(record, name)) is not None and value != getattr(said, name)
    }
    # A code says what kind of file it is, in any change; a word is its sender's choice.
    if record.order_type not in (None, said.order_type) and not is_type_code(record.order_type):
        news["order_type"] = record.order_type
    to = record.ship_to
    if to is not None and to != Party() and to != said.ship_to:
        news["ship_to"] = to
    own = {each.name: each for each in said.custom_fields}
    own |= {each.name: each for each in record.custom_fields}
    if (fields := tuple(own.values())) != said.custom_fields:
        news["custom_fields"] = fields
    return news


def _shipped_for(
    work: ChangeAtWork, record: OrderChange, news: dict[str, object]
) -> dict[str, object]:
    """Return the ship date that makes a new truck date, where a change names that alone (K-23)."""
    if "delivery_date" not in news or record.ship_date is not None or work.connection is None:
        return {}
    # A cart gets its day with its checkout; what a vendor's system sold, it ships when it says.
    is_open_cart = work.is_cart and work.order.order.ship_date is None
    if is_open_cart or work.is_sold_already:
        return {}
    then = work.order.order.model_copy(update={**news, "ship_date": None})
    day = given_day(work.desk, work.connection, then, work.order.booked.origin)
    return {"ship_date": day} if day not in (None, work.order.order.ship_date) else {}


def _then(work: ChangeAtWork, news: dict[str, object]) -> AnyOrder:
    """Return the order with what is new in its heading; a location as it is called here."""
    booked, tables = work.order.booked, work.desk.tables
    changes = dict(news)
    if "location" in news:
        changes["location_canonical"] = tables.word(
            *(Kind.LOCATIONS, booked.origin, f"{news['location']}"),
            vendor=booked.vendor,
            on=work.desk.today,
        )
    return work.order.order.model_copy(update=changes)


def _objection(
    work: ChangeAtWork, record: OrderChange, news: dict[str, object]
) -> tuple[str, str | None] | None:
    """Say why the header stays as it is, with the rule that speaks."""
    answered = [each for each in work.order.lines if each.is_live and is_fixed(each)]
    what = ", ".join(name.replace("_", " ") for name in news)
    if answered:
        lines = ", ".join(each.line.reference for each in answered)
        why = f"{what}: not changed, for the vendor has answered line {lines}; agree it with it"
        return why, None
    way = _way(work)
    if way is not None:
        then = _then(work, news)
        nowhere = without_location(then, way.buyer, way.link) if "location" in news else None
        if nowhere:
            return f"{what}: not changed, for {nowhere}", NO_LOCATION
        lacks = _lacks_address(work, then, way) if {"ship_via", "ship_to"} & news.keys() else None
        if lacks:
            return f"{what}: not changed, for {lacks}", None
        wrong = wrong_carrier(work.desk, then, way) if _CARRIES & news.keys() else None
        if wrong:
            return f"{what}: not changed, for {wrong}", WRONG_CARRIER
    day = news.get("ship_date")
    if isinstance(day, date):
        objection = _not_on(work, day, what)
    else:
        objection = _no_truck(work, news, what) if record.ship_date is None else None
    return objection or _no_room(work, news, what)


def _no_room(
    work: ChangeAtWork, news: dict[str, object], what: str
) -> tuple[str, str | None] | None:
    """Say why the order's carrier can't take it on its day (domain 2.1)."""
    if not _MOVES & news.keys() or _is_as_sold(work):
        return None
    then, booked = work.order.order.model_copy(update=news), work.order.booked
    room = room_for(work.desk, work.connection, then, booked.origin, without=booked.id)
    full = moved(room, work.order.lines)
    return (f"{what}: not changed, for {full.sentence}", full.code) if full else None


def _is_as_sold(work: ChangeAtWork) -> bool:
    """Whether a vendor says of what it has sold when it ships: that is so, and is not judged.

    A day that the buyer asks for is: it may be one on which nothing leaves its vendor.
    """
    return work.is_sold_already and work.step.vendor() is not None


def _no_truck(
    work: ChangeAtWork, news: dict[str, object], what: str
) -> tuple[str, str | None] | None:
    """Say why the order can't have the truck date that a change names alone (K-23 to K-25)."""
    is_sold = work.is_sold_already or not _is_from_stock(work)
    if "delivery_date" not in news or work.connection is None or is_sold:
        return None
    then = work.order.order.model_copy(update={**news, "ship_date": None})
    no_day = refused_day(work.desk, work.connection, then, work.order.booked.origin)
    return (f"{what}: not changed, for {no_day.sentence}", no_day.code) if no_day else None


def _not_on(work: ChangeAtWork, day: date, what: str) -> tuple[str, str | None] | None:
    """Say why the order can't ship on `day`: over, past the cut-off, or without goods (E-10).

    When its vendor's own system ships what it sold, that system says (domain 8.2).
    """
    if day < work.desk.today:
        return f"ship date {day} is past; send a day to come", None
    if _is_as_sold(work):
        return None
    missing = _not_there(work, day)
    if missing:
        lines = ", ".join(missing)
        why = f"{what}: not changed, for the goods of line {lines} are not there on {day}"
        return why, NOT_ON_THAT_DAY
    if work.connection is None or not _is_from_stock(work):
        return None
    then = work.order.order.model_copy(update={"ship_date": day})
    no_day = refused_day(work.desk, work.connection, then, work.order.booked.origin)
    return (f"{what}: not changed, for {no_day.sentence}", no_day.code) if no_day else None


def _is_from_stock(work: ChangeAtWork) -> bool:
    return any(each.is_live and each.state in _FROM_STOCK for each in work.order.lines)


def _way(work: ChangeAtWork) -> Way | None:
    """Return between whom the order goes; None where a side is not known."""
    booked, desk = work.order.booked, work.desk
    buyer, vendor = desk.partner(booked.buyer), desk.partner(booked.vendor)
    if buyer is None or vendor is None:
        return None
    return Way(booked.origin, buyer, vendor, desk.connection(vendor.name, buyer.name))


def _lacks_address(work: ChangeAtWork, then: AnyOrder, way: Way) -> str | None:
    """Say why an order can't ship direct as it would `then` stand (domain 6)."""
    desk = work.desk
    if not is_direct(then) or place_of(desk, then, way) or address_of(desk, then):
        return None
    return (
        f"{work.order.booked.what} would ship direct and has no address; send the ship-to with it"
    )


def _not_there(work: ChangeAtWork, day: date) -> list[str]:
    """Return the lines whose stock is not on sale on `day`."""
    work.desk.write_stock()
    table, lots = stock_reservations.c, stock_lots.c
    query = (
        select(table.order_line_id, lots.available_from, lots.available_to)
        .join(stock_lots, lots.id == table.lot_id)
        .where(table.order_line_id.in_([line.key for line in work.order.lines]), table.units > ZERO)
    )
    text = day.isoformat()
    closed = {
        row.order_line_id
        for row in work.desk.post.conn.execute(query)
        if row.available_from > text or (row.available_to and row.available_to < text)
    }
    return [line.line.reference for line in work.order.lines if line.key in closed]

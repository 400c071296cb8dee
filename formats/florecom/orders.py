"""Orders from the lines of a Florecom order message, which has no header of an order.

Lines of one buyer's number (scheme ON) are one order; lines without one are numbered after their
message. A line that cites one of ours (scheme VN) changes or cancels it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

from formats.florecom.element import Notes
from formats.florecom.header import Header
from formats.florecom.line import TradeLine
from formats.florecom.names import (
    BUYERS_ORDER,
    CANCELLED,
    CONTRACT,
    MAX_NUMBER,
    OFFER,
    PURPOSE_NOTE,
    SUPPLIERS_LINE,
    TEST_NOTE,
    named_line,
    number_of_message,
)
from formats.records import OrderLine, Party, PurchaseOrder, Purpose, ShipVia
from formats.steps import LineAction, LineChange, OrderChange

MAX_REFERENCE = 20
MAX_COMMENTS = 2000
_Shared = tuple[object, ...]


def orders_of(
    lines: Iterable[TradeLine], header: Header, notes: Notes
) -> Iterator[PurchaseOrder | OrderChange]:
    """Yield the orders of a file in the order of their first lines, then what changes others."""
    new: list[TradeLine] = []
    changes: dict[str, list[LineChange]] = {}
    for line in lines:
        if not _is_complete(line):
            continue
        if _cites(line) is None and line.condition != CANCELLED:
            new.append(line)
            continue
        named = _named(line)
        if named is not None:
            of_order = changes.setdefault(named[0], [])
            if any(change.line.reference == named[1] for change in of_order):
                _refuse(line, "VN", "another line of the file changes this one", named[1])
            else:
                of_order.append(_change(line, named[1], len(of_order) + 1))
    yield from _new_orders(new, header)
    for number, of_order in changes.items():
        yield OrderChange(
            number=number, message_id=header.message_id or None, changes=tuple(of_order)
        )


def _refuse(line: TradeLine, code: str, expected: str, value: str | None = None) -> None:
    message = f"{expected[:1].upper()}{expected[1:]}. The line was left out; correct it and send it"
    line.part.notes.found.error(f"florecom.{code}", f"{message} again.", line.part.where, value)


def _is_complete(line: TradeLine) -> bool:
    number = line.ids.get(BUYERS_ORDER, "")
    if len(number) > MAX_NUMBER:
        _refuse(
            line, "ID", f"an order number of at most {MAX_NUMBER} characters is expected", number
        )
    elif line.condition == CANCELLED:
        return True
    elif line.quantity is None or line.unit is None:
        _refuse(line, "Quantity", "a quantity with its unit is expected")
    elif not line.quantity and _cites(line) is None:
        _refuse(line, "Quantity", "a quantity above 0 is expected")
    elif not _is_named(line):
        _refuse(line, "Product", "a VBN code, an item, an offer or a description is expected")
    else:
        return True
    return False


def _is_named(line: TradeLine) -> bool:
    has_code = line.vbn is not None and line.vbn.product is not None
    return has_code or _item(line) is not None or bool(line.buyer_item or line.description)


def _item(line: TradeLine) -> str | None:
    """Return the seller's item: its own code, or the offer that the line takes up."""
    return line.seller_item or line.ids.get(OFFER)


def _cites(line: TradeLine) -> str | None:
    """Return the supplier's id of an earlier line, where the line is about one."""
    return line.ids.get(SUPPLIERS_LINE) or line.references.get(SUPPLIERS_LINE)


def _named(line: TradeLine) -> tuple[str, str] | None:
    """Return number and line of the order that is changed; None, noted, where nothing names it."""
    cited, number = _cites(line), line.ids.get(BUYERS_ORDER)
    ours = named_line(cited) if cited else None
    if ours is not None and number in (None, ours[0]):
        return ours
    reference = line.line_reference or (ours[1] if ours else cited)
    if number and reference:
        return number, reference[:MAX_REFERENCE]
    _refuse(
        line, "VN", "the supplier's id (VN) of the line that is changed or cancelled is expected"
    )
    return None


def _change(line: TradeLine, reference: str, position: int) -> LineChange:
    is_end = line.condition == CANCELLED or not line.quantity
    if is_end:
        empty = OrderLine(position, reference, Decimal(0), line.unit or "Box")
        return LineChange(LineAction.CANCEL, empty, says_quantity=False)
    return LineChange(
        LineAction.CHANGE,
        _order_line(line, position, reference),
        ship_date=line.ship_date,
        delivery_date=line.delivery_date,
    )


def _new_orders(lines: list[TradeLine], header: Header) -> Iterator[PurchaseOrder]:
    """Yield an order for each number, and for lines without one, for each way they are sent."""
    numbered: dict[str, list[TradeLine]] = {}
    loose: dict[_Shared, list[TradeLine]] = {}
    for line in lines:
        number = line.ids.get(BUYERS_ORDER)
        if number is None:
            loose.setdefault(_shared(line), []).append(line)
            continue
        of_order = numbered.setdefault(number, [])
        if of_order and _shared(of_order[0]) != _shared(line):
            expected = (
                f"another party, place or day than in the first line of order {number} stands"
            )
            _refuse(line, "ID", f"{expected} here; give it a number of its own", number)
        else:
            of_order.append(line)
    for number, of_order in numbered.items():
        yield _order(number, of_order)
    for part, of_order in enumerate(loose.values(), 1):
        if not header.message_id:
            _refuse(of_order[0], "ID", "the buyer's order number (ON) or a MessageID is expected")
            continue
        yield _order(number_of_message(header.message_id, part), of_order)


def _shared(line: TradeLine) -> _Shared:
    """Return what all lines of an order have in common, as only its head says it."""
    names = ("BuyerParty", "SupplierParty", "SellerParty", "EndUserParty", "CustomerParty")
    parties = tuple(line.parties.get(name) for name in names)
    days = (line.ship_date, line.delivery_date)
    return (*parties, *days, line.place, line.incoterm, line.carrier, line.currency, line.group)


def _order(number: str, lines: list[TradeLine]) -> PurchaseOrder:
    first = lines[0]
    parties, notes = first.parties, first.notes
    comments = "; ".join(dict.fromkeys(text for line in lines for text in line.comments))
    if len(comments) > MAX_COMMENTS:
        message = f"The notes are longer than {MAX_COMMENTS} characters; the rest was left out."
        first.part.notes.found.warn("florecom.Note", message, first.part.where)
    said = notes.get(PURPOSE_NOTE, Purpose.NEW.value)
    return PurchaseOrder(
        number=number,
        purpose=Purpose(said) if said in tuple(Purpose) else Purpose.NEW,
        is_test=notes.get(TEST_NOTE) == "true",
        order_date=_day(first),
        ship_date=first.ship_date,
        delivery_date=first.delivery_date,
        buyer=parties.get("BuyerParty") or first.agent or Party(),
        vendor=parties.get("SupplierParty") or parties.get("SellerParty") or Party(),
        ship_to=first.place,
        customer=parties.get("EndUserParty") or parties.get("CustomerParty"),
        carrier=first.carrier,
        incoterm=first.incoterm,
        ship_via=ShipVia.WAREHOUSE,
        currency=first.currency,
        comments=comments[:MAX_COMMENTS] or None,
        lines=tuple(
            # A line is called by its place in the file, so that one left out renames no other.
            _order_line(line, at, line.line_reference or str(line.at))
            for at, line in enumerate(_distinct(lines), 1)
        ),
    )


def _day(line: TradeLine) -> date | None:
    return line.said_at.date() if line.said_at else None


def _distinct(lines: list[TradeLine]) -> Iterator[TradeLine]:
    """Yield lines whose references differ; a second line of one reference is left out, noted."""
    seen: set[str] = set()
    for line in lines:
        reference = line.line_reference
        if reference is not None and reference in seen:
            _refuse(line, "LineID", "another line of the order has this number", reference)
            continue
        if reference is not None:
            seen.add(reference)
        yield line


def _order_line(line: TradeLine, position: int, reference: str) -> OrderLine:
    price = line.price_for(line.quantity)
    vbn = line.vbn
    return OrderLine(
        line=position,
        reference=reference,
        quantity=line.quantity or Decimal(0),
        unit=line.unit or "",
        seller_item=_item(line),
        buyer_item=line.buyer_item,
        description=line.description,
        unit_price=price.amount if price else None,
        price_unit=price.unit if price else None,
        box_type_code=line.box_type,
        prebook_item=line.references.get(CONTRACT),
        bunches_per_box=vbn.bunches_per_unit if vbn else None,
        stems_per_bunch=vbn.stems_per_bunch if vbn else None,
        vbn=vbn,
    )

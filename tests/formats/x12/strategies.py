"""Records of the steps after an order as they can stand in X12, for the tests of our writers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from formats.records import Content, CustomField, OrderLine, Party, Purpose, ShipVia
from formats.steps import LineAction, LineChange, OrderChange, ShipNotice, ShippedBox
from formats.values import gs1_check_digit

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"
QUANTITY_CODES = ("QI", "QD", "QC", "PQ", "RQ")
OTHER_CODES = ("CA", "CT", "PC", "RS", "RZ", "NC", "RE")


def codes(low: int = 1, high: int = 12) -> st.SearchStrategy[str]:
    return st.text(LETTERS, min_size=low, max_size=high)


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


texts = st.lists(codes(), min_size=1, max_size=6).map(" ".join)
names = texts.map(lambda text: text[:60].strip())
days = st.dates(date(2020, 1, 1), date(2099, 12, 31))
amounts = st.decimals(Decimal("0.01"), Decimal(999_999), places=2)
units = st.sampled_from(["BX", "X2", "EA", "CT"])
box_types = st.sampled_from(["FB", "HB", "QB", "EB"])
packs = st.integers(1, 9999)
gtins = st.sampled_from([8, 12, 13, 14]).flatmap(
    lambda size: st.text("0123456789", min_size=size, max_size=size)
)
waybills = st.integers(0, 9_999_999).map(lambda n: f"176-{n:07}{n % 7}")


words = st.text("ABCXYZ019-_./", min_size=1, max_size=30)
own_fields = st.lists(
    st.builds(CustomField, words, names), max_size=3, unique_by=lambda each: each.name
).map(tuple)


@st.composite
def parties(draw: st.DrawFn) -> Party:
    code = draw(maybe(codes(2, 15)))
    return Party(
        code,
        draw(st.sampled_from(["92", "91", "UL", "ZZ"])) if code else None,
        draw(names) if code is None else draw(maybe(names)),
        draw(maybe(codes(1, 40))),
        draw(maybe(codes(2, 30))),
        draw(maybe(st.text("ABCXYZ", min_size=2, max_size=2))),
        draw(maybe(codes(3, 15))),
        draw(maybe(st.sampled_from(["US", "CO", "ECU"]))),
    )


@st.composite
def order_lines(draw: st.DrawFn, number: int, *, says_quantity: bool = True) -> OrderLine:
    unit = draw(units) if says_quantity else ""
    price = draw(maybe(amounts))
    stems = draw(maybe(packs))
    return OrderLine(
        line=number,
        reference=draw(codes(1, 20)),
        quantity=draw(amounts) if says_quantity else Decimal(0),
        unit=unit,
        seller_item=draw(maybe(codes())),
        buyer_item=draw(maybe(codes())),
        gtin=draw(maybe(gtins)),
        description=draw(maybe(texts)),
        unit_price=price,
        price_unit=None if price is None else draw(maybe(units)),
        box_type_code=draw(maybe(box_types)),
        bunches_per_box=draw(maybe(packs)),
        stems_per_bunch=stems,
        mark_code=draw(maybe(codes())),
        brand=draw(maybe(words)),
        contents=tuple(
            Content(
                line=each,
                seller_item=draw(maybe(codes())),
                buyer_item=draw(maybe(codes())),
                description=draw(maybe(texts)),
                bunches=draw(maybe(amounts)),
                stems_per_bunch=draw(packs) if stems else draw(maybe(packs)),
                unit_price=draw(maybe(amounts)),
            )
            for each in range(1, draw(st.integers(1, 3)))
        ),
    )


@st.composite
def line_changes(draw: st.DrawFn, number: int) -> LineChange:
    action = draw(st.sampled_from(LineAction))
    if action is LineAction.CANCEL:
        unit = draw(st.sampled_from(["", "BX"]))
        line = OrderLine(number, draw(codes(1, 20)), Decimal(0), unit)
        return LineChange(action, line, code="DI")
    says_quantity = action is LineAction.ADD or draw(st.booleans())
    known = (*QUANTITY_CODES, *OTHER_CODES) if says_quantity else OTHER_CODES
    return LineChange(
        action,
        draw(order_lines(number, says_quantity=says_quantity)),
        says_quantity=says_quantity,
        code="AI" if action is LineAction.ADD else draw(st.sampled_from(known)),
        ship_date=draw(maybe(days)),
        delivery_date=draw(maybe(days)),
    )


@st.composite
def order_changes(draw: st.DrawFn, least: int = 0) -> OrderChange:
    count = draw(st.integers(least, 4))
    kind = draw(st.sampled_from(["change", "cancellation", *(["replacement"] if count else [])]))
    order_type = draw(st.sampled_from(["SA", "DS", "NE"]))
    return OrderChange(
        number=draw(codes(1, 22)),
        message_id=draw(maybe(codes(1, 8))),
        is_cancellation=kind == "cancellation",
        is_replacement=kind == "replacement",
        is_test=draw(st.booleans()),
        order_type=order_type,
        ship_via=ShipVia.GROWER if order_type == "DS" else None,
        order_date=draw(days),
        change_date=draw(maybe(days)),
        ship_date=draw(maybe(days)),
        delivery_date=draw(maybe(days)),
        buyer=draw(st.just(Party()) | parties()),
        vendor=draw(st.just(Party()) | parties()),
        ship_to=draw(maybe(parties())),
        carrier=draw(maybe(codes(1, 20))),
        customer_po=draw(maybe(codes())),
        location=draw(maybe(codes(2))),
        currency=draw(maybe(st.sampled_from(["USD", "EUR"]))),
        mark_code=draw(maybe(codes())),
        comments=draw(maybe(texts)),
        cargo_agency=draw(maybe(texts.map(lambda text: text[:60].strip()))),
        incoterm=draw(maybe(st.sampled_from(["EXW", "FCA", "DAP"]))),
        custom_fields=draw(own_fields),
        changes=tuple(draw(line_changes(n)) for n in range(1, count + 1)),
    )


def ssccs() -> st.SearchStrategy[str]:
    digits = st.integers(0, 10**17 - 1).map(lambda n: f"{n:017}")
    bare = digits.map(lambda text: f"{text}{gs1_check_digit(text)}")
    return bare | bare.map(lambda text: f"00{text}")


@st.composite
def shipped_rows(
    draw: st.DrawFn, number: str, code: str | None, common: ShipNotice
) -> list[ShippedBox]:
    """Return the rows of one box, or of several without code."""
    rows = []
    for index in range(draw(st.integers(1, 3))):
        has_item = bool(index) or draw(st.booleans())
        quantity = draw(maybe(amounts)) if has_item else None
        count = 1 if code else draw(st.integers(1, 99))
        row = ShippedBox(
            line=0,
            number=number,
            reference=draw(codes(1, 20)) if has_item else None,
            box_code=code,
            boxes=0 if index else count,
            lot_number=draw(maybe(codes(1, 15).map(lambda text: f"L{text}"))),
            box_type_code=draw(maybe(box_types)) if has_item else None,
            seller_item=draw(maybe(codes())) if has_item else None,
            buyer_item=draw(maybe(codes())) if has_item else None,
            quantity=quantity,
            unit=None if quantity is None else draw(units),
            awb=draw(maybe(waybills.filter(lambda text: text != common.awb))),
            house_awb=draw(maybe(codes(1, 35).filter(lambda text: text != common.house_awb))),
            ship_date=draw(maybe(days.filter(lambda day: day != common.ship_date))),
            gtin=draw(maybe(gtins)) if has_item else None,
        )
        rows.append(row)
        if not has_item:
            break
    return rows


@st.composite
def ship_notices(draw: st.DrawFn) -> ShipNotice:
    notice = ShipNotice(
        number=draw(codes(2, 30)),
        purpose=draw(st.sampled_from(Purpose)),
        is_test=draw(st.booleans()),
        ship_date=draw(maybe(days)),
        delivery_date=draw(maybe(days)),
        awb=draw(maybe(waybills)),
        house_awb=draw(maybe(codes(1, 35))),
        carrier=draw(maybe(codes(1, 20))),
        cargo_agency=draw(maybe(codes(1, 30))),
        vendor=draw(st.just(Party()) | parties()),
        buyer=draw(st.just(Party()) | parties()),
        ship_to=draw(maybe(parties())),
        boxes=(),
    )
    found = draw(st.lists(maybe(ssccs() | codes(1, 16)), min_size=1, max_size=6))
    box_codes = [code for i, code in enumerate(found) if code is None or code not in found[:i]]
    numbers = draw(st.lists(codes(1, 22), min_size=1, max_size=3))
    rows = [
        row
        for code in box_codes
        for row in draw(shipped_rows(draw(st.sampled_from(numbers)), code, notice))
    ]
    for line, row in enumerate(rows, 1):
        row.line = line
    return notice.model_copy(update={"boxes": tuple(rows)})

"""Files of purchase orders, what was read of them, and any orders there may be."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

from hypothesis import strategies as st

from formats.documents import ReadDocument
from formats.limits import DEFAULT_LIMITS
from formats.records import Content, OrderLine, Party, PurchaseOrder, Purpose, ShipVia, UnitType
from formats.tabular.dialect import Dialect
from formats.tabular.order_rows import COLUMNS
from formats.tabular.purchase_order import read_purchase_orders

text = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=15)
maybe = st.none() | text
long = st.none() | st.text("ABC 012é,;\"'", min_size=1, max_size=80).map(str.strip).filter(bool)
"""As long as X12 and EDIFACT have it, so that what they say can be told in rows."""
counts = st.none() | st.integers(1, 999)
money = st.none() | st.decimals(0, 9_999_999, places=4)


@st.composite
def order_lines(draw: st.DrawFn) -> tuple[OrderLine, ...]:
    lines: list[OrderLine] = []
    for at, reference in enumerate(draw(st.lists(text, min_size=1, max_size=4, unique=True)), 1):
        unit = draw(st.sampled_from(UnitType))
        contents = tuple(
            Content(
                line=position,
                buyer_item=draw(text),
                description=draw(maybe),
                bunches=Decimal(draw(st.integers(1, 50))),
                stems_per_bunch=draw(counts),
                unit_price=draw(money),
            )
            for position in range(1, draw(st.integers(0, 2)) + 1)
        )
        line = OrderLine(
            line=at,
            reference=reference,
            quantity=Decimal(draw(st.integers(1, 9999))),
            unit="Box",
            unit_type=UnitType.BOX,
            buyer_item=draw(text),
            description=draw(long),
            unit_price=draw(money),
            price_unit=unit.value,
            price_unit_type=unit,
            box_type_code=draw(maybe),
            bunches_per_box=draw(counts),
            stems_per_bunch=draw(counts),
            mark_code=draw(long),
            contents=contents,
        )
        lines.append(line)
    return tuple(lines)


orders = st.builds(
    PurchaseOrder,
    number=text,
    purpose=st.just(Purpose.NEW),
    ship_date=st.none() | st.dates(),
    delivery_date=st.none() | st.dates(),
    buyer=st.builds(Party, code=maybe),
    vendor=st.builds(Party, code=maybe),
    ship_to=st.none() | st.builds(Party, code=text, name=long, street=long, postal_code=maybe),
    customer=st.none() | st.builds(Party, code=text),
    customer_po=long,
    location=long,
    carrier=long,
    ship_via=st.sampled_from(ShipVia),
    currency=st.none() | st.sampled_from(["USD", "EUR"]),
    lines=order_lines(),
    cart=st.none(),
    order_date=st.none(),
    carrier_canonical=st.none(),
    mark_code=st.none(),
    comments=st.none(),
    order_type=st.none(),
    is_test=st.just(False),
    kind=st.just("purchase_order"),
)


BASE = {
    "po_number": "P1",
    "line": "1",
    "buyer_code": "BLOOM",
    "vendor_code": "ROSA",
    "ship_date": "2026-12-01",
    "product_code": "R60",
    "boxes": "10",
    "box_type": "HB",
    "unit_type": "stem",
    "bunches": "10",
    "stems_bunch": "25",
    "unit_cost": "0.365",
    "action": "NEW",
}


def table(*rows: dict[str, str], columns: tuple[str, ...] = COLUMNS) -> bytes:
    target = io.StringIO(newline="")
    writer = csv.DictWriter(target, columns, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(BASE | row for row in rows)
    return target.getvalue().encode()


def read(data: bytes, dialect: Dialect | None = None) -> list[ReadDocument]:
    documents = read_purchase_orders(data, dialect=dialect or Dialect(), limits=DEFAULT_LIMITS)
    return list(documents)


def order(document: ReadDocument) -> PurchaseOrder:
    assert isinstance(document.record, PurchaseOrder)
    return document.record


def places(document: ReadDocument) -> list[tuple[str, int | None]]:
    return [(f.code, f.where.row) for f in document.findings if f.is_error]

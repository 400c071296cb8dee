"""Invoices that add up, made up by hypothesis: whatever a file of any format can say of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from formats.invoice_sums import cents, sums
from formats.invoices import (
    Adjustment,
    AdjustmentKind,
    Invoice,
    InvoiceLine,
    InvoiceType,
    Tax,
    Terms,
)
from formats.records import Party, Purpose, ShipVia

words = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 ._-", max_size=20)
names = words.map(str.strip).filter(bool).filter(lambda text: text[0].isalnum())
maybe = st.none() | names
days = st.dates(date(2020, 1, 1), date(2035, 12, 31))
prices = st.decimals(0, 10_000, places=3)
counts = st.integers(1, 500)
numbers = st.text("ABC0123456789-", min_size=1, max_size=20)


def parties() -> st.SearchStrategy[Party | None]:
    full = st.builds(
        Party,
        code=maybe,
        name=maybe,
        street=maybe,
        city=maybe,
        state=maybe,
        postal_code=maybe,
        country=maybe,
    )
    return st.none() | full.filter(lambda party: party != Party())


def adjustments() -> st.SearchStrategy[tuple[Adjustment, ...]]:
    one = st.builds(
        Adjustment,
        kind=st.sampled_from(AdjustmentKind),
        amount=st.decimals(0, 100, places=2),
        code=maybe,
        description=maybe,
    )
    return st.lists(one, max_size=2).map(tuple)


def taxes() -> st.SearchStrategy[tuple[Tax, ...]]:
    amounts = st.decimals(0, 100, places=2)
    one = st.builds(Tax, amount=amounts, code=maybe, rate=st.none() | amounts, base=st.just(None))
    return st.lists(one, max_size=2).map(tuple)


lines = st.builds(
    InvoiceLine,
    line=st.just(0),
    reference=st.just(""),
    quantity=st.integers(0, 999).map(Decimal),
    unit=st.sampled_from(["Box", "Bunch", "Stem"]),
    unit_price=prices,
    price_unit=st.sampled_from([None, "Stem"]),
    price_basis=st.sampled_from([Decimal(1), Decimal(100)]),
    order_number=st.none() | numbers,
    order_line=maybe,
    po_item=st.none() | counts.map(str),
    box_codes=st.lists(numbers, max_size=3, unique=True).map(tuple),
    seller_item=maybe,
    buyer_item=maybe,
    gtin=st.just(None),
    description=maybe,
    box_type_code=st.sampled_from([None, "HB"]),
    bunches_per_box=counts,
    stems_per_bunch=counts,
    adjustments=adjustments(),
    taxes=taxes(),
)
terms = st.builds(
    Terms,
    description=maybe,
    due_date=st.none() | days,
    net_days=st.none() | counts,
    discount_percent=st.none() | st.decimals(0, 100, places=2),
    discount_date=st.none() | days,
    discount_days=st.none() | counts,
)
drafts = st.builds(
    Invoice,
    number=numbers,
    type=st.sampled_from(InvoiceType),
    purpose=st.sampled_from([Purpose.NEW, Purpose.REPLACE, Purpose.CANCEL]),
    refers_to=st.none() | numbers,
    message_id=st.none(),
    is_test=st.just(value=False),
    invoice_date=days,
    order_number=st.none(),
    order_date=st.none() | days,
    customer_po=maybe,
    location=maybe,
    vendor=st.builds(Party, code=names),
    buyer=st.just(Party()) | st.builds(Party, code=names),
    ship_to=parties(),
    bill_to=parties(),
    remit_to=parties(),
    currency=st.sampled_from([None, "USD", "EUR"]),
    terms=st.none() | terms.filter(lambda one: one != Terms()),
    ship_date=st.none() | days,
    delivery_date=st.none() | days,
    ship_via=st.none() | st.sampled_from(ShipVia),
    carrier=maybe,
    awb=st.sampled_from([None, "176-12345675"]),
    house_awb=st.sampled_from([None, "H-1"]),
    comments=maybe,
    lines=st.lists(lines, max_size=4).map(tuple),
    adjustments=adjustments(),
    taxes=taxes(),
    total=st.just(Decimal(0)),
)


def summed(draft: Invoice) -> Invoice:
    """Number the lines and let the total be what they make; nothing is owed below 0."""
    numbered = tuple(
        replace(line, line=at, reference=f"{at}") for at, line in enumerate(draft.lines, 1)
    )
    made = draft.model_copy(update={"lines": numbered})
    found = sums(made)
    assert found is not None
    return made.model_copy(update={"total": max(cents(found.total), Decimal(0))})


def is_owed(invoice: Invoice) -> bool:
    found = sums(invoice)
    return found is not None and found.total >= 0


invoices = drafts.map(summed).filter(is_owed)

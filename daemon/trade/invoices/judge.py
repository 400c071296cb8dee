"""Whether an invoice holds: what was shipped, at the order's price, in its currency, to the cent.

A credit note takes back what an invoice billed and no more; a debit note asks for more on top of
one. Both name that invoice. (K-94: what the network does with credits isn't public; ours is this,
and no received quantity ever changes by it.)
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from decimal import Decimal

from sqlalchemy import select

from daemon.ledger import schema
from daemon.ledger.states import InvoiceState
from daemon.trade.desk import Desk
from daemon.trade.invoices.book import (
    ZERO,
    BookedInvoice,
    billed,
    billed_by,
    credited,
    invoice_numbered,
)
from daemon.trade.invoices.match import BilledLine, Matched
from daemon.trade.invoices.places import settle_places
from daemon.trade.stock.units import PackMissingError, convert
from formats.invoice_sums import CENT, cents, line_amount, untold_lines, wrong_sums
from formats.invoices import InvoiceType
from formats.records import UnitType

HALF = Decimal("0.5")


def judge(desk: Desk, matched: Matched, earlier: BookedInvoice | None) -> None:
    """Note all that is wrong with a matched invoice; `earlier` is its version in the books.

    An invoice that holds has its currency, Ship To and bill-to filled in from its orders after.
    """
    if matched.problems:
        return
    but = earlier.id if earlier else None
    _settle_currency(desk, matched)
    if matched.invoice.type is InvoiceType.INVOICE:
        _judge_shipped(desk, matched, but)
        for line in matched.lines:
            _judge_price(matched, line)
    else:
        _judge_reference(desk, matched, but)
    _judge_sums(matched)
    settle_places(desk, matched)


def _settle_currency(desk: Desk, matched: Matched) -> None:
    """Hold an invoice to the currency that its orders are fixed in (K-81, K-82)."""
    keys = {order.booked.id: number for number, order in matched.orders.items()}
    table = schema.orders.c
    # Locked, so that a vendor and its other system don't bill the same boxes at once.
    query = select(table.id, table.currency).where(table.id.in_(sorted(keys))).with_for_update()
    fixed = {row.currency: keys[row.id] for row in desk.post.conn.execute(query) if row.currency}
    said = matched.invoice.currency
    if len(fixed) > 1:
        matched.wrong(f"its orders are in {' and '.join(sorted(fixed))}; send each its own invoice")
        return
    own = next(iter(fixed), None) or matched.vendor.currency
    if said and fixed and said not in fixed:
        matched.wrong(
            f"it is in {said}, and order {fixed[own or '']} is fixed in {own}; bill it in {own}",
            code="K-82",
        )
    matched.invoice = matched.invoice.model_copy(update={"currency": said or own})


def _judge_shipped(desk: Desk, matched: Matched, but: int | None) -> None:
    """Hold what is billed of each order line to what was shipped of it and isn't billed yet."""
    is_early = matched.vendor.selling.bills_before_shipment
    for number, order in matched.orders.items():
        keys = [line.key for line in order.lines]
        gone = _shipped(desk, keys)
        if not is_early and not any(gone.values()):
            matched.waits.append(
                (number, f"nothing of order {number} is shipped; the invoice waits for it")
            )
            continue
        before = billed(desk, keys, but=but)
        for group in _groups(matched, number):
            first = group[0]
            have = sum((gone[line.key] for line in first.lines), ZERO)
            if is_early:
                have = sum((line.held for line in first.lines if line.is_live), ZERO)
            done = sum((before[line.key] for line in first.lines), ZERO)
            _compare(matched, group, have, done, "confirmed" if is_early else "shipped")


def _groups(matched: Matched, number: str) -> Iterator[list[BilledLine]]:
    """Yield the lines of an invoice that bill one order line, together."""
    found: dict[int, list[BilledLine]] = {}
    for line in matched.lines:
        if line.order.booked.number == number:
            found.setdefault(line.first.key, []).append(line)
    yield from found.values()


def _compare(
    matched: Matched, group: list[BilledLine], have: Decimal, done: Decimal, word: str
) -> None:
    is_credit = matched.invoice.type is InvoiceType.CREDIT
    verb, past = ("gives back", "given back") if is_credit else ("bills", "billed")
    asked = sum((line.quantity for line in group), ZERO)
    if asked + done <= have:
        return
    last, unit = group[-1], group[-1].first.unit.value
    before = f", and {_said(done)} of them are {past}" if done else ""
    matched.wrong(
        f"it {verb} {_said(asked)} {unit} of {last.name}; {_said(have)} {unit} are {word}{before}."
        f" It can be at most {_said(have - done)}",
        last.line,
    )


def _shipped(desk: Desk, keys: Collection[int]) -> dict[int, Decimal]:
    table = schema.order_lines.c
    query = select(table.id, table.shipped).where(table.id.in_(sorted(keys)))
    return {row.id: row.shipped or ZERO for row in desk.post.conn.execute(query)}


def _judge_price(matched: Matched, billed_line: BilledLine) -> None:
    """Hold a price to the order's, as it was confirmed."""
    line, first = billed_line.line, billed_line.first
    agreed = first.line.unit_price if first.price is None else first.price
    if agreed is None:
        matched.notes.append(
            f"line {line.reference or line.line}: {billed_line.name} names no price; yours stands"
        )
        return
    unit = first.line.price_unit_type or first.unit
    try:
        is_right, asked = _price_is(billed_line, agreed, unit)
    except PackMissingError as error:
        matched.wrong(f"its price can't be compared with {billed_line.name}: {error}", line)
        return
    if not is_right:
        matched.wrong(
            f"its price is {_said(asked)} a {unit.value.lower()}, and that of {billed_line.name} is"
            f" {_said(agreed)}. Bill it at that price, or let the buyer change the order",
            line,
        )


def _price_is(billed_line: BilledLine, agreed: Decimal, unit: UnitType) -> tuple[bool, Decimal]:
    """Return whether a line is at the price agreed per `unit`, and what it asks per that unit.

    A price in a smaller unit may be rounded in its last digit. Where a line states only an amount,
    the amount is compared, to the cent.
    """
    line, pack = billed_line.line, billed_line.first.pack
    count = convert(billed_line.quantity, billed_line.first.unit, unit, pack)
    if line.unit_price is None:
        amount = line.amount or ZERO
        return abs(amount - count * agreed) < CENT, amount / count if count else ZERO
    own = line.price_unit_type or line.unit_type or unit
    each = convert(Decimal(1), unit, own, pack)
    asked = line.unit_price * each / line.price_basis
    exponent = line.unit_price.as_tuple().exponent
    last_digit = Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0)
    slack = ZERO if own is unit else HALF * last_digit * each / line.price_basis
    return abs(asked - agreed) <= slack, asked


def _judge_reference(desk: Desk, matched: Matched, but: int | None) -> None:
    """Hold a credit or debit note to the invoice that it names."""
    note = matched.invoice
    what = f"{note.type.value} note"
    if not note.refers_to:
        matched.wrong(f"a {what} names the invoice that it is about, in refers_to")
        return
    about = invoice_numbered(desk, matched.vendor.name, note.refers_to)
    if about is None or about.type is not InvoiceType.INVOICE:
        matched.wrong(f"there is no invoice {note.refers_to}; name the one that it is about")
        return
    if about.state is InvoiceState.VOID:
        matched.wrong(f"{about.what} is void; there is nothing to change in it")
        return
    matched.buyer = matched.buyer or desk.partner(about.buyer)
    if matched.buyer is None or matched.buyer.name != about.buyer:
        matched.wrong(f"{about.what} is of {about.buyer}; name its own orders")
        return
    billed_lines = billed_by(desk, about)
    for line in matched.lines:
        if not any(each.key in billed_lines for each in line.lines):
            matched.wrong(f"{about.what} does not bill {line.name}", line.line)
    if note.type is InvoiceType.CREDIT:
        _judge_credit(desk, matched, about, but)


def _judge_credit(desk: Desk, matched: Matched, about: BookedInvoice, but: int | None) -> None:
    had = billed_by(desk, about)
    back, money = credited(desk, about, but=but)
    for number in matched.orders:
        for group in _groups(matched, number):
            first = group[0]
            keys = [line.key for line in first.lines]
            have = sum((had.get(key, ZERO) for key in keys), ZERO)
            done = sum((back.get(key, ZERO) for key in keys), ZERO)
            _compare(matched, group, have, done, f"billed by {about.what}")
    left = about.amount - money
    if matched.invoice.total > left:
        matched.wrong(
            f"it gives back {_said(matched.invoice.total)}, and of {about.what} at most"
            f" {_said(cents(left))} is left to give back"
        )


def _judge_sums(matched: Matched) -> None:
    """Hold amounts and total to each other, now that units are known."""
    lines = tuple(billed_line.line for billed_line in matched.lines)
    invoice = matched.invoice.model_copy(update={"lines": lines})
    matched.invoice = invoice
    for position in untold_lines(invoice):
        line = next(each for each in lines if each.line == position)
        matched.wrong("what it costs can't be told; write its price, or its amount", line)
    for wrong in wrong_sums(invoice):
        matched.wrong(wrong.message)
    if invoice.type is InvoiceType.INVOICE and any(
        (amount := line_amount(line)) is not None and amount < 0 for line in lines
    ):
        matched.wrong("a line is below 0; send a credit note for what is given back")


def _said(number: Decimal) -> str:
    """Write a number without the zeros that say nothing."""
    plain = number.normalize()
    return f"{plain.quantize(Decimal(1)) if plain == plain.to_integral_value() else plain:f}"

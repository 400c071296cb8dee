"""What an invoice adds up to, and every amount in it that doesn't, to the cent (810: TDS01)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext

from formats.invoices import Adjustment, AdjustmentKind, Invoice, InvoiceLine, Tax
from formats.records import UnitType

CENT = Decimal("0.01")
_HALF_A_CENT = Decimal("0.005")
# Fifteen digits times fifteen, a few thousand times over: nothing may be rounded on the way.
_EXACT = Context(prec=200, rounding=ROUND_HALF_UP)
_UNITS = {unit.value.lower(): unit for unit in UnitType}


@dataclass(frozen=True, slots=True)
class Sums:
    """What an invoice adds up to."""

    lines: Decimal
    charges: Decimal
    allowances: Decimal
    taxes: Decimal

    @property
    def total(self) -> Decimal:
        """Lines and charges and taxes, less allowances."""
        with localcontext(_EXACT):
            return self.lines + self.charges - self.allowances + self.taxes


@dataclass(frozen=True, slots=True)
class WrongSum:
    """An amount that isn't what it should be; `line` is None for the total of the invoice."""

    line: int | None
    stated: Decimal
    expected: Decimal
    message: str


def line_amount(line: InvoiceLine) -> Decimal | None:
    """Return what the line costs, exactly, before its own adjustments and taxes.

    As stated, else quantity times price (U-12). None where it can't be told: there is no price, or
    it is per a unit whose number in `unit` isn't known.
    """
    return line.amount if line.amount is not None else extended(line)


def extended(line: InvoiceLine) -> Decimal | None:
    """Return quantity times price of a line, exactly, whatever amount it states; else None."""
    if line.unit_price is None or not line.price_basis:
        return None
    count = _price_units(line)
    if count is None:
        return None
    amount = _EXACT.multiply(_EXACT.multiply(line.quantity, count), line.unit_price)
    return _EXACT.divide(amount, line.price_basis)


def _price_units(line: InvoiceLine) -> Decimal | None:
    """Return how many units of the price one unit of the quantity has (U-11)."""
    sold = line.unit_type or _UNITS.get(line.unit.lower())
    if line.price_unit is None and line.price_unit_type is None:
        return Decimal(1)
    priced = line.price_unit_type or _UNITS.get((line.price_unit or "").lower())
    is_same_text = line.price_unit is not None and line.price_unit.lower() == line.unit.lower()
    if is_same_text or (sold is priced and sold is not None):
        return Decimal(1)
    bunches, stems = line.bunches_per_box, line.stems_per_bunch
    counts = {
        (UnitType.BOX, UnitType.BUNCH): bunches,
        (UnitType.BOX, UnitType.STEM): bunches * stems if bunches and stems else None,
        (UnitType.BUNCH, UnitType.STEM): stems,
    }
    count = counts.get((sold, priced)) if sold and priced else None
    return Decimal(count) if count else None


def sums(invoice: Invoice) -> Sums | None:
    """Return what an invoice adds up to, or None where the amount of a line can't be told."""
    amounts = [line_amount(line) for line in invoice.lines]
    known = [amount for amount in amounts if amount is not None]
    if len(known) < len(amounts):
        return None
    return _sums(invoice, known)


def _sums(invoice: Invoice, amounts: Iterable[Decimal]) -> Sums:
    kinds = {kind: Decimal(0) for kind in AdjustmentKind}
    with localcontext(_EXACT):
        for each in _adjustments(invoice):
            kinds[each.kind] += each.amount
        lines = sum(amounts, Decimal(0))
        taxes = sum((tax.amount for tax in _taxes(invoice)), Decimal(0))
    return Sums(lines, kinds[AdjustmentKind.CHARGE], kinds[AdjustmentKind.ALLOWANCE], taxes)


def _adjustments(invoice: Invoice) -> Iterator[Adjustment]:
    yield from invoice.adjustments
    for line in invoice.lines:
        yield from line.adjustments


def _taxes(invoice: Invoice) -> Iterator[Tax]:
    yield from invoice.taxes
    for line in invoice.lines:
        yield from line.taxes


def untold_lines(invoice: Invoice) -> tuple[int, ...]:
    """Return the positions of the lines whose amount can't be told."""
    return tuple(line.line for line in invoice.lines if line_amount(line) is None)


def wrong_sums(invoice: Invoice) -> tuple[WrongSum, ...]:
    """Return every amount that doesn't add up to the cent; the total is checked last.

    A stated amount of a line is its quantity times its price, rounded up or down to a cent. The
    total is lines, charges and taxes less allowances, whether each line was rounded to the cent or
    only their sum (810: TDS01). What can't be told, since a line's amount isn't, isn't judged.
    """
    wrong = [found for line in invoice.lines if (found := _wrong_line(line)) is not None]
    expected = sums(invoice)
    if expected is None or any(_is_near(invoice.total, each) for each in _totals(invoice)):
        return tuple(wrong)
    due = cents(expected.total)
    message = (
        f"the total is {invoice.total:f}, and lines {cents(expected.lines):f} + charges"
        f" {cents(expected.charges):f} - allowances {cents(expected.allowances):f} + taxes"
        f" {cents(expected.taxes):f} make {due:f}. Correct the total, or what is missing in it"
    )
    return (*wrong, WrongSum(None, invoice.total, due, message))


def _wrong_line(line: InvoiceLine) -> WrongSum | None:
    expected = extended(line)
    if line.amount is None or expected is None:
        return None
    if abs(_EXACT.subtract(line.amount, expected)) < CENT:
        return None
    message = (
        f"line {line.reference or line.line}: its amount is {line.amount:f}, and its quantity times"
        f" its price is {cents(expected):f}. Correct the amount, the quantity or the price"
    )
    return WrongSum(line.line, line.amount, cents(expected), message)


def _totals(invoice: Invoice) -> Iterator[Decimal]:
    """Yield the totals that are right, to the cent."""
    amounts = [amount for line in invoice.lines if (amount := line_amount(line)) is not None]
    yield _sums(invoice, amounts).total
    yield _sums(invoice, map(cents, amounts)).total


def _is_near(total: Decimal, exact: Decimal) -> bool:
    return abs(_EXACT.subtract(total, exact)) <= _HALF_A_CENT


def cents(amount: Decimal) -> Decimal:
    """Return an amount rounded half up to the cent."""
    return amount.quantize(CENT, context=_EXACT)

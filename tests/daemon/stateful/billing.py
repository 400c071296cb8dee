"""Invoices and charges in a play: vendors bill, buyers pay, and say what the way really cost."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.daemon.stateful import bill_papers as papers
from tests.daemon.stateful.money import ONE, Due, Waybill
from tests.daemon.stateful.play import ANY, BUYER, HOW, YES, Play, played
from tests.daemon.stateful.world import BUYERS

_SLIP = st.sampled_from(("none", "none", "none", "less", "too much", "wrong total", "wrong price"))
_DECISION = st.sampled_from(("approve", "approve", "sent", "synchronized", "failed"))
_KIND = st.sampled_from(("freight", "handling", "duties"))
_NEXT = {
    "pending approval": ("approve",),
    "approved": ("sent", "synchronized", "failed"),
    "sent to external system": ("synchronized", "failed"),
    "failed": ("approve", "synchronized"),
}
"""What is mostly said of an invoice, or a charge, that is so far."""
MOST_EARLY = 6
_WORD = st.sampled_from(("approve", "sent", "synchronized", "failed", "void", "void"))


class Billing(Play):
    """The rules of invoices and charges."""

    @precondition(lambda self: self.money.lines)
    @rule(which=ANY, slip=_SLIP, how=HOW)
    def bill(self, which: int, slip: str, how: int) -> None:
        """A vendor bills what it shipped of an order and did not bill before, or something else."""
        orders = sorted({line.order_id for line in self.money.lines.values()})
        lines = self._of_order(orders[which % len(orders)])
        number = f"F{len(self.bills) + 1}"
        played["bill" if slip == "none" else "bill wrongly"] += 1
        self.bills[number] = lines[0].vendor
        left = {line.reference: line.shipped - self.money.billed[line.id] for line in lines}
        # An order that came again under its number, or whose lines were split, may be another.
        is_plain = self._is_plain(lines[0].number) and not any(line.is_split for line in lines)
        is_certain = slip == "none" and is_plain and any(left.values())
        self._bill(number, lines, slip, how, is_certain=is_certain)

    @precondition(lambda self: self.money.lines and self.money.invoices)
    @rule(which=ANY, slip=_SLIP, how=HOW)
    def bill_again(self, which: int, slip: str, how: int) -> None:
        """The same number with other content: its buyer is warned and reviews it again (K-93)."""
        found = sorted(self.money.invoices.values(), key=lambda each: each.id)
        invoice = found[which % len(found)]
        mine = [line for line in self.money.lines.values() if line.vendor == invoice.vendor]
        lines = self._of_order(mine[which % len(mine)].order_id)
        played["bill again"] += 1
        self._bill(invoice.number, lines, slip, how, is_certain=False)

    @precondition(lambda self: len(self.bills) - len(self.money.invoices) < MOST_EARLY)
    @rule(which=ANY, how=HOW)
    def bill_before_it_is_shipped(self, which: int, how: int) -> None:
        """An invoice of an order that is still to ship, or to come, waits or is refused."""
        order, vendor = self.some_order(which)
        number = f"F{len(self.bills) + 1}"
        played["bill early"] += 1
        self.bills[number] = vendor
        price = Decimal("0.30")
        body = papers.invoice(number, order, [("1", 1, price)], total=price, unique=self.next())
        self.send(
            vendor,
            body,
            lambda _: self.ideal.bills.sent(vendor, number, is_certain=False),
            how,
        )

    def _bill(
        self, number: str, lines: Sequence[Due], slip: str, how: int, *, is_certain: bool
    ) -> None:
        """Bill what is left of lines, or something else by `slip`."""
        vendor, billed = lines[0].vendor, list[papers.Billed]()
        for line in lines:
            boxes = (line.shipped - self.money.billed[line.id]) // ONE
            boxes += {"less": -1, "too much": 1}.get(slip, 0)
            price = Decimal(line.price or 0) / ONE + (slip == "wrong price")
            if boxes > 0:
                billed.append((line.reference, boxes, price))
        if not billed:
            billed.append((lines[0].reference, 1, Decimal(lines[0].price or 0) / ONE))
        total = sum(boxes * price for _, boxes, price in billed) + (slip == "wrong total")
        body = papers.invoice(
            number, lines[0].number, billed, total=Decimal(total), unique=self.next()
        )
        certain = [is_certain and self.is_alone(vendor, how)]

        def effect(_arrival: int) -> None:
            # What is certain now need not be so when the file is replayed.
            self.ideal.bills.sent(vendor, number, is_certain=bool(certain and certain.pop()))

        self.send(vendor, body, effect, how)

    def _of_order(self, order_id: int) -> list[Due]:
        return [line for line in self.money.lines.values() if line.order_id == order_id]

    def _is_plain(self, number: str) -> bool:
        return len([o for o in self.books.orders.values() if o.number == number]) == 1

    @precondition(lambda self: self.bills)
    @rule(which=ANY, how=HOW)
    def take_back(self, which: int, how: int) -> None:
        """A vendor takes an invoice back (K-90)."""
        number, vendor = list(self.bills.items())[which % len(self.bills)]
        played["take an invoice back"] += 1
        body = papers.cancelled_invoice(number, self.next())
        self.send(vendor, body, lambda _: self.ideal.bills.taken_back(number), how)

    @precondition(lambda self: self.bills)
    @rule(which=ANY, buyer=BUYER, decision=_DECISION, how=HOW)
    def pay(self, which: int, buyer: str, decision: str, how: int) -> None:
        """A buyer, and then its own system, decide about an invoice; it may be another's."""
        known = list(self.money.invoices if which % 4 else self.bills) or list(self.bills)
        number = known[which % len(known)]
        invoice = self.money.invoices.get(number)
        if invoice is not None and which % 8:
            buyer = invoice.buyer
            decision = self._next(invoice.state, which, decision)
        played[f"invoice: {decision}"] += 1
        body = papers.invoice_answer(number, decision, self.next())

        def effect(_arrival: int) -> None:
            owner = self.money.invoices[number].buyer if number in self.money.invoices else None
            self.ideal.bills.answered(buyer, owner, number, decision)

        self.send(buyer, body, effect, how)

    # --- charges ---------------------------------------------------------------------------------

    @rule(which=ANY, kind=_KIND, amount=st.integers(1, 500), how=HOW)
    def charge(self, which: int, kind: str, amount: int, how: int) -> None:
        """A buyer says what a part of the way really cost (W-05); the goods may be to come."""
        buyer, awb = self._some_waybill(which)
        played["charge"] += 1
        self._of_charges(buyer, papers.charge(awb, kind, amount, self.next()), how)

    @precondition(lambda self: self.money.charges)
    @rule(which=ANY, word=_WORD, how=HOW)
    def pay_charge(self, which: int, word: str, how: int) -> None:
        """A buyer, and then its own system, decide about a charge."""
        charge = self.money.charges[which % len(self.money.charges)]
        waybill = self.money.waybills[charge.waybill]
        word = self._next(charge.state, which, word)
        played[f"charge: {word}"] += 1
        body = papers.charge_answer(waybill.awb, charge.kind, word, self.next())
        self._of_charges(waybill.buyer, body, how)

    @precondition(lambda self: self.money.charges)
    @rule(which=ANY, yes=YES, how=HOW)
    def complete(self, which: int, yes: bool, how: int) -> None:
        """A buyer says that all charges of an air waybill have come, or that more may."""
        buyer, awb = self._some_waybill(which)
        played["complete charges" if yes else "reopen charges"] += 1
        self._of_charges(buyer, papers.completed(awb, yes, self.next()), how)

    def _next(self, state: str, which: int, other: str) -> str:
        """Return what mostly follows a state; `other` where nothing does, and sometimes."""
        words = _NEXT.get(state, ()) if which % 3 else ()
        return words[which % len(words)] if words else other

    def _some_waybill(self, which: int) -> tuple[str, str]:
        found: list[Waybill] = list(self.money.waybills.values())
        if not found or which % 16 == 0:
            return sorted(BUYERS)[which % len(BUYERS)], "176-12345675"
        waybill = found[which % len(found)]
        return waybill.buyer, waybill.awb[-4:] if which % 5 == 0 else waybill.awb

    def _of_charges(self, buyer: str, body: bytes, how: int) -> None:
        """Send a file that touches nothing but charges; `money` judges what comes of it."""
        self.send(buyer, body, lambda _arrival: None, how)

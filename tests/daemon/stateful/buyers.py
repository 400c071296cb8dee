"""What buyers do in a play: order, change, keep in carts, approve, and receive."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.daemon.stateful import papers
from tests.daemon.stateful.deals import Changed, Ordered
from tests.daemon.stateful.play import (
    ANY,
    BUYER,
    CHANGES,
    HOW,
    SHIP,
    SOME_LINES,
    VENDOR,
    YES,
    Lines,
    Play,
    numbered,
    played,
)
from tests.daemon.stateful.world import BUYERS, CART


class Buyers(Play):
    """The rules of buyers."""

    @rule(buyer=BUYER, vendor=VENDOR, lines=SOME_LINES, how=HOW)
    def order(self, buyer: str, vendor: str, lines: Lines, how: int) -> None:
        played["order"] += 1
        number = f"{buyer[0].upper()}{len(self.numbers[buyer]) + 1}"
        self.numbers[buyer].append(number)
        self._order(numbered(buyer, number, vendor, lines), how)

    @rule(which=ANY, how=HOW)
    def order_again(self, which: int, how: int) -> None:
        """The same order in another file changes nothing, unless it was refused."""
        played["order again"] += 1
        self._order(self.orders[which % len(self.orders)], how)

    @rule(which=ANY, vendor=VENDOR, lines=SOME_LINES, replaces=YES, how=HOW)
    def order_otherwise(
        self, which: int, vendor: str, lines: Lines, replaces: bool, how: int
    ) -> None:
        """The same number with other content takes its place, or waits for a person.

        For another vendor it is another order (domain 2.4).
        """
        first = self.orders[which % len(self.orders)]
        replaces = replaces and first.buyer == "xena"
        played["order replaced" if replaces else "order otherwise"] += 1
        made = numbered(first.buyer, first.number, first.vendor if replaces else vendor, lines)
        if replaces:
            made = Ordered(made.buyer, made.number, made.vendor, made.lines, replaces=True)
        self._order(made, how)

    def _order(self, order: Ordered, how: int) -> None:
        if order.number in self.ideal.loose:
            return
        self.orders.append(order)
        unique = self.next()
        if order.buyer == "xena":
            body = papers.x12_order(
                *(order.buyer, order.number, order.vendor, order.lines),
                ship=SHIP,
                control=unique,
                purpose="05" if order.replaces else "00",
            )
        else:
            body = papers.csv_order(
                order.number, order.vendor, order.lines, ship=SHIP, unique=unique
            )
        self.send(order.buyer, body, lambda arrival: self.ideal.order(order, arrival), how)

    @rule(
        which=ANY,
        changes=CHANGES,
        how=HOW,
    )
    def change(self, which: int, changes: dict[int, int | None], how: int) -> None:
        played["change"] += 1
        self._change(which, changes, how)

    @rule(which=ANY, how=HOW)
    def cancel(self, which: int, how: int) -> None:
        played["cancel"] += 1
        self._change(which, {}, how)

    def _change(self, which: int, changes: dict[int, int | None], how: int) -> None:
        buyers = sorted(BUYERS)
        buyer = buyers[which % len(buyers)]
        # One number more than there are: a change may come before its order.
        number = f"{buyer[0].upper()}{which % (len(self.numbers[buyer]) + 1) + 1}"
        unique = self.next()
        if buyer == "xena":
            body = papers.x12_change(buyer, number, changes, unique)
        else:
            body = papers.csv_change(number, changes, unique)
        change = Changed(buyer, number, tuple(changes.items()))
        self.send(buyer, body, lambda arrival: self.ideal.change(change, arrival), how)

    @rule(which=ANY, vendor=VENDOR, lines=SOME_LINES, out=st.integers(0, 7), how=HOW)
    def cart(self, which: int, vendor: str, lines: Lines, out: int, how: int) -> None:
        """A cart begins, changes, or is checked out line by line (K-41)."""
        played["cart"] += 1
        if which % 3 == 0 or not self.carts:
            number = f"{CART}{len(self.carts) + 1}"
            self.carts.append(number)
        else:
            number = self.carts[which % len(self.carts)]
        made = numbered("cassie", number, vendor, lines)
        chosen = frozenset(at for at in range(1, 4) if out >> (at - 1) & 1)
        body = papers.csv_order(
            number, vendor, made.lines, ship=SHIP, unique=self.next(), out=chosen
        )
        self.send_loosely("cassie", number, body, how)

    @rule(which=ANY, approve=YES, how=HOW)
    def decide(self, which: int, approve: bool, how: int) -> None:
        """A buyer approves or cancels what the vendor's own system has sold it."""
        number, buyer = self.sold[which % len(self.sold)]
        played["approve" if approve else "refuse"] += 1
        body = papers.approval(number, "approve" if approve else "cancel", self.next())
        self.send_loosely(buyer, number, body, how)

    @precondition(lambda self: self.codes())
    @rule(which=ANY, many=st.integers(1, 6), arrived=YES, how=HOW)
    def receive(self, which: int, many: int, arrived: bool, how: int) -> None:
        codes = self.codes()
        played["receive"] += 1
        some = dict.fromkeys(codes[(which + at) % len(codes)][1] for at in range(many))
        body = papers.scans(list(some), arrived=SHIP if arrived else None, unique=self.next())
        self.send_loosely(sorted(BUYERS)[which % len(BUYERS)], None, body, how)

    @rule(which=ANY, arrived=YES, how=HOW)
    def enter_waybill(self, which: int, arrived: bool, how: int) -> None:
        number, _ = self.some_order(which)
        buyer = "xena" if number[0] == "X" else "cassie"
        played["enter waybill"] += 1
        awb = ("020-81140743", "176-12345675", "0743")[which % 3]
        body = papers.waybill(number, awb, arrived=SHIP if arrived else None, unique=self.next())
        self.send_loosely(buyer, None, body, how)

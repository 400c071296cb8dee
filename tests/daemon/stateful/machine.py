"""A play of the whole trade: everybody does anything, at any time, and the process dies in between.

Hypothesis draws the plays, and tells of one that fails the fewest rules that still fail. A number
stands for the same plays wherever the same modules are loaded.
"""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import initialize, run_state_machine_as_test

from tests.daemon.stateful.billing import Billing
from tests.daemon.stateful.buyers import Buyers
from tests.daemon.stateful.people import People
from tests.daemon.stateful.play import SOME_LINES, Lines
from tests.daemon.stateful.systems import Systems
from tests.daemon.stateful.vendors import Vendors
from tests.daemon.stateful.world import BUYERS, VENDORS


class Trade(Vendors, Buyers, Systems, Billing, People):
    """Everybody's rules."""

    @initialize(lines=SOME_LINES)
    def business_as_usual(self, lines: Lines) -> None:
        """There is stock, and orders at every stage."""
        for vendor in VENDORS:
            self.publish(vendor=vendor, bunches=dict.fromkeys("ABC", 250), how=0)
        for buyer in BUYERS:
            for vendor in VENDORS:
                self.order(buyer=buyer, vendor=vendor, lines=lines, how=0)
            self.system_sells(buyer=buyer, lines=lines, how=0)
        self.cart(which=0, vendor="over", lines=lines, out=0, how=0)
        self.judge()
        for order in [*self.books.orders.values()][1:4]:
            self.answer_whole(order.vendor or "", order.number, how=0, yes=True)
        self.judge()
        if self.confirmed():
            self.ship_everything(which=1, how=0)
            self.judge()
            if self.money.lines:
                self.bill(which=0, slip="less", how=0)
            self.charge(which=1, kind="freight", amount=90, how=0)


def run(number: int, *, plays: int, steps: int, is_shrinking: bool = True) -> None:
    """Play `plays` plays of `steps` rules, the same ones for the same `number`.

    The error of a play that fails bears its rules as notes; the fewest, with `is_shrinking`.
    """

    class Numbered(Trade):
        pass

    phases = [Phase.generate, Phase.shrink] if is_shrinking else [Phase.generate]
    chosen = settings(
        max_examples=plays,
        stateful_step_count=steps,
        phases=phases,
        database=None,
        deadline=None,
        print_blob=False,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(seed(number)(Numbered), settings=chosen)

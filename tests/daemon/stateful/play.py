"""One play of the trade: how its files are worked on, judged after every rule, and ended.

A file is worked on at once, or later with others of its partner, or by a process that is stopped in
the middle and starts again. After every rule the books are compared with `ideal`, and with
themselves. The rules stand in modules of their own, by who plays them; `machine` has them all.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant

from tests.daemon.stateful.books import Books, Order
from tests.daemon.stateful.deals import Ordered
from tests.daemon.stateful.ideal import Ideal
from tests.daemon.stateful.money import Money
from tests.daemon.stateful.world import BUYERS, ITS_VENDOR, MONDAY, PRODUCTS, VENDORS, World
from tests.memory import memory

SHIP = (MONDAY + timedelta(days=9)).date()
"""Ship date of every order; no play takes that long."""
AFTER_ALL = timedelta(days=12)
"""From the end of a play to a day on which all of it was shipped."""
ANY = st.integers(0, 255)
YES = st.booleans()
HOW = st.integers(0, 11)
"""How a file is worked on: at once, later, or with a crash."""
_LATER, _AT_STEP, _AT_STATEMENT = (7, 8), (9,), (10, 11)
BOXES = st.integers(1, 9)
SOME_LINES = st.lists(st.tuples(st.sampled_from(PRODUCTS), BOXES), min_size=1, max_size=3)
CHANGES = st.dictionaries(st.integers(1, 3), st.none() | st.integers(1, 12), min_size=1, max_size=2)
"""Boxes by line; None takes a line out."""
VENDOR = st.sampled_from(sorted(VENDORS))
BUYER = st.sampled_from(sorted(BUYERS))
_STEPS = ("C7", "C9", "C9 committed")

Lines = list[tuple[str, int]]
"""Product and boxes of the lines of an order."""
Effect = Callable[[], None]

played = Counter[str]()
"""How often each rule was played in this process, and found something to do."""
ended = Counter[str]()
"""How often a file was left for later, and the process ended."""


class Play(RuleBasedStateMachine):
    """One play, on a site of its own."""

    def __init__(self) -> None:
        super().__init__()
        self._root = Path(tempfile.mkdtemp(prefix="k2kd-play-", dir=memory()))
        self.world = World(self._root)
        self.books = Books()
        self.money = Money()
        self.ideal = Ideal()
        self.unique = 0
        self.numbers: dict[str, list[str]] = {name: [] for name in BUYERS}
        self.carts: list[str] = []
        self.sold: list[tuple[str, str]] = []
        """Number and buyer of the orders of the vendor's own system."""
        self.orders: list[Ordered] = []
        self.bills: dict[str, str] = {}
        """Vendors, by the numbers of their invoices."""
        self.queue: dict[str, list[Effect]] = defaultdict(list)
        self.sent: list[tuple[str, bytes]] = []
        self.effects: dict[int, Effect] = {}
        """By arrival, what its file does."""
        self.passed_min = 0
        self.told_at = 0
        """Which file was the last when buyers were told what changed."""
        self.is_unseen = False
        """Whether something was done since the books were judged."""

    def teardown(self) -> None:
        """End the play; one that failed is only cleared away."""
        try:
            if sys.exc_info()[0] is None:
                self._end()
        finally:
            self.world.close()
            shutil.rmtree(self._root)

    def _end(self) -> None:
        """In the end nothing is left over: every file has come to an end and was answered."""
        for partner in list(self.queue):
            self.work_on(partner)
        self.judge()
        assert self.world.rows("SELECT id FROM arrivals WHERE state = 'claimed'") == []
        self.world.clock.pass_by(int(AFTER_ALL / timedelta(minutes=1)))
        self.world.ring()
        self.world.make_room()
        self.world.deliver()
        self.ideal.is_adopting = self.is_unseen = True
        self.judge()
        assert self.world.rows("SELECT id FROM shipments WHERE state = 'open'") == []
        assert self.world.rows("SELECT id FROM outgoing WHERE state <> 'delivered'") == []

    # --- how a file is worked on -----------------------------------------------------------------

    def send(self, partner: str, body: bytes, effect: Callable[[int], None], how: int) -> None:
        """Send a file that does `effect` to the ideal books once it is worked on."""
        arrival = self.world.claim(partner, body)
        self.sent.append((partner, body))
        self.effects[arrival] = partial(effect, arrival)
        self.queue[partner].append(self.effects[arrival])
        if how in _LATER:
            ended["left for later"] += 1
            return
        self.work_on(partner, how)

    def send_loosely(self, partner: str, number: str | None, body: bytes, how: int) -> None:
        """Send what `ideal` does not play; the books are judged by themselves."""
        if number is not None:
            self.ideal.loose.add(number)

        def effect(_arrival: int) -> None:
            self.ideal.is_adopting = True

        self.send(partner, body, effect, how)

    def is_alone(self, partner: str, how: int) -> bool:
        """Tell whether a file is worked on at once, and none before it."""
        return how not in _LATER and not self.queue[partner]

    def work_on(self, partner: str, how: int = 0) -> None:
        """Work on everything that a partner has sent."""
        # What was done before is judged by itself.
        self.judge()
        work = partial(self.world.work, partner)
        if how in _AT_STEP:
            step = _STEPS[self.unique % len(_STEPS)]
            ended["crashed"] += self.world.stopped_at(step, work)
        self.do(work, how)
        for effect in self.queue.pop(partner, []):
            effect()

    def do(self, work: Callable[[], None], how: int) -> None:
        """Do something; what a crash cuts short is done again, whole."""
        self.is_unseen = True
        if how in _AT_STATEMENT:
            ended["crashed"] += self.world.stopped_before(self.unique * 7 % 60, work)
        work()

    def next(self) -> int:
        """Return a number that makes a file unlike all others."""
        self.unique += 1
        return self.unique

    # --- what must be true -----------------------------------------------------------------------

    @invariant()
    def judge(self) -> None:
        """No oversell, no lost order or file, sums add up, states go by their tables."""
        if not self.is_unseen:
            return
        self.is_unseen = False
        problems = self.books.look(self.world, publishers=set(self.ideal.published))
        problems += self.money.look(self.world)
        problems += self.ideal.compare(self.books)
        problems += self.ideal.bills.compare(self.money.invoices)
        assert not problems, "\n".join(problems)

    @invariant()
    def no_bug_was_met(self) -> None:
        said = self.world.said()
        bugs = [line for line in said.splitlines() if '"bug"' in line or "_failed" in line]
        assert not bugs, "\n".join(bugs)

    # --- what there is to choose from ------------------------------------------------------------

    def some_order(self, which: int) -> tuple[str, str]:
        """Return number and vendor of an order; mostly one that its vendor has."""
        found: list[Order] = [
            order
            for order in self.books.orders.values()
            if order.vendor is not None and order.state in ("approved", "confirmed")
        ]
        found += list(self.books.orders.values())[which % 7 :]
        if not found or which % 16 == 0:
            buyer = sorted(BUYERS)[which % len(BUYERS)]
            number = f"{buyer[0].upper()}{len(self.numbers[buyer]) + 1}"
            return number, sorted(VENDORS)[which % len(VENDORS)]
        order = found[which % len(found)]
        return order.number, order.vendor or ITS_VENDOR

    def confirmed(self) -> list[Order]:
        """Return the orders that have boxes to ship."""
        return [
            order
            for order in self.books.orders.values()
            if order.state == "confirmed" and order.vendor is not None
        ]

    def codes(self) -> list[tuple[str, str]]:
        """Return vendor and code of the boxes that are not cancelled."""
        return [
            (order.vendor or "", code)
            for order in self.books.orders.values()
            for line in self.books.lines[order.id]
            for code, state in self.books.boxes[line.id]
            if state != "cancelled"
        ]


def numbered(buyer: str, number: str, vendor: str, lines: Lines) -> Ordered:
    """Return an order whose lines are numbered from 1."""
    made = tuple((at, product, boxes) for at, (product, boxes) in enumerate(lines, 1))
    return Ordered(buyer, number, vendor, made)

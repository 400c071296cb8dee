"""A play of the whole trade: everybody does anything, at any time, and the process dies in between.

Each rule is one step: a file that comes in, what a person does, or time that passes. A file is
worked on at once, or later with others of its partner, or by a process that is stopped in the
middle and starts again. After every step the books are compared with `ideal`, and with themselves.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

from daemon.errors import UsageError
from daemon.ledger.holds import Hold
from tests.daemon.stateful import chance, papers
from tests.daemon.stateful.books import Books, Order
from tests.daemon.stateful.chance import dicts, integers, lists, one_of, pairs, rule
from tests.daemon.stateful.ideal import Changed, Confirmed, Ideal, Ordered
from tests.daemon.stateful.world import (
    BUYERS,
    CART,
    ITS_VENDOR,
    MONDAY,
    NEW_TO_BUYERS,
    NEW_TO_VENDORS,
    PRODUCTS,
    SYSTEM,
    VENDORS,
    World,
    buyer_code,
    vendor_words,
)
from tests.memory import memory

SHIP = (MONDAY + timedelta(days=9)).date()
"""Ship date of every order; no play takes that long."""
MOST_DAYS = 6
_ANY = integers(0, 255)
_YES = one_of((True, False))
_HOW = integers(0, 11)
"""How a file is worked on: at once, later, or with a crash."""
_LATER, _AT_STEP, _AT_STATEMENT = (7, 8), (9,), (10, 11)
_BOXES = integers(1, 9)
_SOME_LINES = lists(pairs(one_of(PRODUCTS), _BOXES), most=3)
_CHANGES = dicts(integers(1, 3), one_of((None, *range(1, 13))), most=2)
"""Boxes by line; None takes a line out."""
_VENDOR = one_of(sorted(VENDORS))
_BUYER = one_of(sorted(BUYERS))
_STEPS = ("C7", "C9", "C9 committed")
_NEW = (
    *((name, NEW_TO_BUYERS, buyer_code(NEW_TO_BUYERS)) for name in BUYERS),
    *((name, NEW_TO_VENDORS, vendor_words(NEW_TO_VENDORS)) for name in VENDORS),
)
"""Partner, product and words of the rows that are missing at first."""

Effect = Callable[[], None]

played = Counter[str]()
"""How often each rule was played in this process."""
ended = Counter[str]()
"""How often a file was left for later, and the process ended."""


class Play:
    """One play, on a site of its own."""

    def __init__(self, folder: Path) -> None:
        self._root = folder / "play"
        self._root.mkdir()
        self._world = World(self._root)
        self._books = Books()
        self._ideal = Ideal()
        self._unique = 0
        self._numbers: dict[str, list[str]] = {name: [] for name in BUYERS}
        self._carts: list[str] = []
        self._sold: list[tuple[str, str]] = []
        """Number and buyer of the orders of the vendor's own system."""
        self._orders: list[Ordered] = []
        self._queue: dict[str, list[Effect]] = defaultdict(list)
        self._sent: list[tuple[str, bytes]] = []
        self._effects: dict[int, Effect] = {}
        """By arrival, what its file does."""
        self._counted: dict[str, int] = {}
        """By vendor, which of its files counted last."""
        self._passed_min = 0

    def end(self) -> None:
        """In the end nothing is left over: every file has come to an end and was answered."""
        for partner in list(self._queue):
            self._work(partner)
        assert self._world.rows("SELECT id FROM arrivals WHERE state = 'claimed'") == []

    def close(self) -> None:
        self._world.close()
        shutil.rmtree(self._root)

    # --- how a file is worked on -----------------------------------------------------------------

    def _send(self, partner: str, body: bytes, effect: Callable[[int], None], how: int) -> None:
        arrival = self._world.claim(partner, body)
        self._sent.append((partner, body))
        self._effects[arrival] = partial(effect, arrival)
        self._queue[partner].append(self._effects[arrival])
        if how in _LATER:
            ended["left for later"] += 1
            return
        self._work(partner, how)

    def _work(self, partner: str, how: int = 0) -> None:
        work = partial(self._world.work, partner)
        if how in _AT_STEP:
            step = _STEPS[self._unique % len(_STEPS)]
            ended["crashed"] += self._world.stopped_at(step, work)
        self._do(work, how)
        for effect in self._queue.pop(partner, []):
            effect()
        self._look()

    def _do(self, work: Callable[[], None], how: int) -> None:
        """Do something; what a crash cuts short is done again, whole."""
        if how in _AT_STATEMENT:
            ended["crashed"] += self._world.stopped_before(self._unique * 7 % 60, work)
        work()

    def _look(self) -> None:
        problems = self._books.look(self._world, publishers=set(self._ideal.published))
        problems += self._ideal.compare(self._books)
        said = self._world.said()
        bugs = [line for line in said.splitlines() if '"bug"' in line or "_failed" in line]
        assert not problems and not bugs, "\n".join([*problems, *bugs])

    def _next(self) -> int:
        self._unique += 1
        return self._unique

    # --- vendors ---------------------------------------------------------------------------------

    @rule(is_first=True, lines=_SOME_LINES)
    def business_as_usual(self, lines: list[tuple[str, int]]) -> None:
        """There is stock, and orders at every stage."""
        for vendor in VENDORS:
            self._publish(vendor, dict.fromkeys("ABC", 250), 0)
        for buyer in BUYERS:
            for vendor in VENDORS:
                self.order(buyer=buyer, vendor=vendor, lines=lines, how=0)
            self.system_sells(buyer=buyer, lines=lines, how=0)
        self.cart(which=0, vendor="over", lines=lines, out=0, how=0)
        for order in [*self._books.orders.values()][1:4]:
            self._confirm_all(order.vendor or "", order.number, how=0, yes=True)

    @rule(
        vendor=_VENDOR,
        bunches=dicts(one_of(PRODUCTS), integers(0, 250), most=4),
        how=_HOW,
    )
    def publish(self, vendor: str, bunches: dict[str, int], how: int) -> None:
        played["publish"] += 1
        self._publish(vendor, bunches, how)

    def _publish(self, vendor: str, bunches: dict[str, int], how: int) -> None:
        body = papers.availability(bunches, self._next())
        at = self._unique

        def effect(_arrival: int) -> None:
            self._counted[vendor] = at
            self._ideal.publish(vendor, bunches)

        self._send(vendor, body, effect, how)

    @rule(
        which=_ANY,
        answers=lists(pairs(integers(0, 3), integers(0, 9)), most=3),
        how=_HOW,
    )
    def confirm_lines(self, which: int, answers: list[tuple[int, int]], how: int) -> None:
        """A line is accepted, confirmed in part, back-ordered or refused."""
        number, vendor = self._some_order(which)
        played["confirm lines"] += 1
        said: dict[int, tuple[str, int]] = {}
        meant = []
        for at, (word, boxes) in enumerate(answers, 1):
            status = ("accepted", "changed", "backordered", "rejected")[word]
            count = 0 if status == "rejected" else max(1, boxes)
            said[at] = (status, count)
            later = count if status == "backordered" else 0
            meant.append((at, count - later, later))
        body = papers.confirmation(number, said, unique=self._next())
        answer = Confirmed(vendor, number, tuple(meant))
        self._send(vendor, body, lambda arrival: self._ideal.confirm(answer, arrival), how)

    @rule(which=_ANY, yes=_YES, how=_HOW)
    def confirm_all(self, which: int, yes: bool, how: int) -> None:
        number, vendor = self._some_order(which)
        played["confirm all" if yes else "refuse all"] += 1
        self._confirm_all(vendor, number, yes, how)

    @rule(vendor=_VENDOR, which=_ANY, yes=_YES, how=_HOW)
    def a_stranger_confirms(self, vendor: str, which: int, yes: bool, how: int) -> None:
        """It may be a stranger's order, or one that is still to come."""
        number, _ = self._some_order(which)
        played["stranger confirms"] += 1
        self._confirm_all(vendor, number, yes, how)

    def _confirm_all(self, vendor: str, number: str, yes: bool, how: int) -> None:
        whole = "accepted" if yes else "rejected"
        body = papers.confirmation(number, {}, whole=whole, unique=self._next())
        answer = Confirmed(vendor, number, (), whole)
        self._send(vendor, body, lambda arrival: self._ideal.confirm(answer, arrival), how)

    @rule(which=_ANY, line=integers(1, 3), boxes=_BOXES, coded=_YES, how=_HOW)
    def ship(self, which: int, line: int, boxes: int, coded: bool, how: int) -> None:
        number, vendor = self._some_order(which)
        played["ship"] += 1
        unique = self._next()
        if coded:
            codes = {f"PT{unique}{at}": line for at in range(min(boxes, 4))}
            body = papers.coded_shipment(number, codes, ship=SHIP, unique=unique)
        else:
            body = papers.shipment(number, {line: boxes}, ship=SHIP, unique=unique)
        self._loosely(vendor, number, body, how)

    @rule(when=lambda self: self._confirmed(), which=_ANY, how=_HOW)
    def ship_everything(self, which: int, how: int) -> None:
        """What is confirmed goes on an air waybill, every box of it."""
        found = self._confirmed()
        order = found[which % len(found)]
        boxes = {
            code: int(line.reference)
            for line in self._books.lines[order.id]
            for code, state in self._books.boxes[line.id]
            if state == "allotted"
        }
        if not boxes or order.vendor is None:
            return
        played["ship everything"] += 1
        body = papers.coded_shipment(order.number, boxes, ship=SHIP, unique=self._next())
        self._loosely(order.vendor, order.number, body, how)

    @rule(when=lambda self: self._codes(), which=_ANY, other=_ANY, how=_HOW)
    def swap_codes(self, which: int, other: int, how: int) -> None:
        """A box gets a new code, or two change places (L-06)."""
        codes = self._codes()
        vendor, code = codes[which % len(codes)]
        second_vendor, second = codes[other % len(codes)]
        played["swap codes"] += 1
        pairs = {code: f"NEW{self._next()}"}
        if second != code and second_vendor == vendor and other % 3 == 0:
            pairs = {code: second, second: code}
        self._loosely(vendor, None, papers.swaps(pairs, self._unique), how)

    # --- buyers ----------------------------------------------------------------------------------

    @rule(buyer=_BUYER, vendor=_VENDOR, lines=_SOME_LINES, how=_HOW)
    def order(self, buyer: str, vendor: str, lines: list[tuple[str, int]], how: int) -> None:
        played["order"] += 1
        number = f"{buyer[0].upper()}{len(self._numbers[buyer]) + 1}"
        self._numbers[buyer].append(number)
        self._order(_ordered(buyer, number, vendor, lines), how)

    @rule(which=_ANY, how=_HOW)
    def order_again(self, which: int, how: int) -> None:
        """The same order in another file changes nothing, unless it was refused."""
        played["order again"] += 1
        self._order(self._orders[which % len(self._orders)], how)

    @rule(which=_ANY, vendor=_VENDOR, lines=_SOME_LINES, replaces=_YES, how=_HOW)
    def order_otherwise(
        self, which: int, vendor: str, lines: list[tuple[str, int]], replaces: bool, how: int
    ) -> None:
        """The same number with other content takes its place, or waits for a person."""
        first = self._orders[which % len(self._orders)]
        is_x12 = first.buyer == "xena"
        played["order replaced" if replaces and is_x12 else "order otherwise"] += 1
        made = _ordered(first.buyer, first.number, vendor, lines)
        if replaces and is_x12:
            made = Ordered(made.buyer, made.number, made.vendor, made.lines, replaces=True)
        self._order(made, how)

    def _order(self, order: Ordered, how: int) -> None:
        if order.number in self._ideal.loose:
            return
        self._orders.append(order)
        unique = self._next()
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
        self._send(order.buyer, body, lambda arrival: self._ideal.order(order, arrival), how)

    @rule(
        which=_ANY,
        changes=_CHANGES,
        how=_HOW,
    )
    def change(self, which: int, changes: dict[int, int | None], how: int) -> None:
        played["change"] += 1
        self._change(which, changes, how)

    @rule(which=_ANY, how=_HOW)
    def cancel(self, which: int, how: int) -> None:
        played["cancel"] += 1
        self._change(which, {}, how)

    def _change(self, which: int, changes: dict[int, int | None], how: int) -> None:
        buyers = sorted(BUYERS)
        buyer = buyers[which % len(buyers)]
        # One number more than there are: a change may come before its order.
        number = f"{buyer[0].upper()}{which % (len(self._numbers[buyer]) + 1) + 1}"
        unique = self._next()
        if buyer == "xena":
            body = papers.x12_change(buyer, number, changes, unique)
        else:
            body = papers.csv_change(number, changes, unique)
        change = Changed(buyer, number, tuple(changes.items()))
        self._send(buyer, body, lambda arrival: self._ideal.change(change, arrival), how)

    @rule(which=_ANY, vendor=_VENDOR, lines=_SOME_LINES, out=integers(0, 7), how=_HOW)
    def cart(
        self, which: int, vendor: str, lines: list[tuple[str, int]], out: int, how: int
    ) -> None:
        """A cart begins, changes, or is checked out line by line (K-41)."""
        played["cart"] += 1
        if which % 3 == 0 or not self._carts:
            number = f"{CART}{len(self._carts) + 1}"
            self._carts.append(number)
        else:
            number = self._carts[which % len(self._carts)]
        made = _ordered("cassie", number, vendor, lines)
        chosen = frozenset(at for at in range(1, 4) if out >> (at - 1) & 1)
        body = papers.csv_order(
            number, vendor, made.lines, ship=SHIP, unique=self._next(), out=chosen
        )
        self._loosely("cassie", number, body, how)

    @rule(which=_ANY, approve=_YES, how=_HOW)
    def decide(self, which: int, approve: bool, how: int) -> None:
        """A buyer approves or cancels what the vendor's own system has sold it."""
        number, buyer = self._sold[which % len(self._sold)]
        played["approve" if approve else "refuse"] += 1
        body = papers.approval(number, "approve" if approve else "cancel", self._next())
        self._loosely(buyer, number, body, how)

    @rule(when=lambda self: self._codes(), which=_ANY, many=integers(1, 6), arrived=_YES, how=_HOW)
    def receive(self, which: int, many: int, arrived: bool, how: int) -> None:
        codes = self._codes()
        played["receive"] += 1
        some = dict.fromkeys(codes[(which + at) % len(codes)][1] for at in range(many))
        body = papers.scans(list(some), arrived=SHIP if arrived else None, unique=self._next())
        self._loosely(sorted(BUYERS)[which % len(BUYERS)], None, body, how)

    @rule(which=_ANY, arrived=_YES, how=_HOW)
    def enter_waybill(self, which: int, arrived: bool, how: int) -> None:
        number, _ = self._some_order(which)
        buyer = "xena" if number[0] == "X" else "cassie"
        played["enter waybill"] += 1
        awb = ("020-81140743", "176-12345675", "0743")[which % 3]
        body = papers.waybill(number, awb, arrived=SHIP if arrived else None, unique=self._next())
        self._loosely(buyer, None, body, how)

    # --- systems, people and time ----------------------------------------------------------------

    @rule(buyer=_BUYER, lines=_SOME_LINES, how=_HOW)
    def system_sells(self, buyer: str, lines: list[tuple[str, int]], how: int) -> None:
        played["system sells"] += 1
        number = f"S{len(self._sold) + 1}"
        self._sold.append((number, buyer))
        made = _ordered(buyer, number, ITS_VENDOR, lines)
        body = papers.system_order(
            *(number, buyer, ITS_VENDOR, made.lines), ship=SHIP, message=f"m{self._next()}"
        )
        self._loosely(SYSTEM, number, body, how)

    @rule(which=_ANY, changes=_CHANGES, product=one_of(PRODUCTS), boxes=_BOXES, how=_HOW)
    def system_changes(
        self, which: int, changes: dict[int, int | None], product: str, boxes: int, how: int
    ) -> None:
        """The system has sold more or less of what it sold, or something else along with it."""
        played["system changes"] += 1
        number, buyer = self._sold[which % len(self._sold)]
        added = [(4 + which % 2, product, boxes)] if which % 3 == 0 else []
        body = papers.system_change(
            *(number, buyer, ITS_VENDOR, changes, added), message=f"m{self._next()}"
        )
        self._loosely(SYSTEM, number, body, how)

    @rule(which=_ANY, how=_HOW)
    def same_file_again(self, which: int, how: int) -> None:
        """The same bytes change nothing (P4); a stock file that was overtaken counts again."""
        played["same file again"] += 1
        partner, body = self._sent[which % len(self._sent)]
        if partner in VENDORS and body.startswith(b"111,"):
            return
        self._send(partner, body, lambda _arrival: None, how)

    @rule(which=_ANY, how=_HOW)
    def garbage(self, which: int, how: int) -> None:
        played["garbage"] += 1
        partners = [*VENDORS, *BUYERS]
        body = (
            f"po_number,line\n{self._next()},\n",
            f"{{{self._next()}",
            f"ISA*00*{self._next()}",
            f"\x00{self._next()}",
        )[which % 4]
        self._send(partners[which % len(partners)], body.encode(), lambda _: None, how)

    @rule(partner=one_of([*VENDORS, *BUYERS, SYSTEM]))
    def work(self, partner: str) -> None:
        """What was left for later is worked on."""
        played["work"] += 1
        self._work(partner)

    @rule(
        when=lambda self: self._unique > 40 and len(self._ideal.known) < len(_NEW),
        which=_ANY,
        how=_HOW,
    )
    def map_code(self, which: int, how: int) -> None:
        """An editor adds the row that others wait for."""
        # Late and seldom, so that there is something to free.
        if which % 4:
            return
        played["map a code"] += 1
        left = [each for each in _NEW if each[:2] not in self._ideal.known]
        partner, product, words = left[which // 4 % len(left)]
        self._world.add_row(partner, words, product)
        self._do(self._world.redrive, how)
        self._ideal.is_adopting = any(
            order.state == "held" and order.number in self._ideal.loose
            for order in self._books.orders.values()
        )
        self._ideal.map_code(partner, product)
        self._ideal.is_adopting = True
        self._look()

    @rule(which=_ANY, yes=_YES)
    def decide_hold(self, which: int, yes: bool) -> None:
        """A person releases or rejects what waits."""
        holds = self._world.holds()
        if not holds:
            return
        hold = holds[which % len(holds)]
        kind, arrival = hold.kind.value, hold.arrival_id or 0
        if not yes:
            played["reject a hold"] += 1
            self._world.reject(hold.id)
            if hold.lot_id is None:
                self._ideal.reject(kind, arrival)
            elif kind == "unmapped":
                self._ideal.shelved.add((hold.partner, NEW_TO_VENDORS))
        elif kind in ("unmapped", "oversold"):
            try:
                self._world.release(hold.id)
            except UsageError:
                pass
            else:
                raise AssertionError(f"{hold} was released")
        else:
            self._release(hold, kind, arrival)
        self._look()

    def _release(self, hold: Hold, kind: str, arrival: int) -> None:
        try:
            self._world.release(hold.id)
        except UsageError as refused:
            played["release in vain"] += 1
            assert "It goes on by itself" in str(refused), refused
            assert hold in self._world.holds()
        else:
            played["release a hold"] += 1
            self._ideal.release(kind, arrival)

    @rule(minutes=one_of((1, 10, 31, 61, 600)), how=_HOW)
    def time_passes(self, minutes: int, how: int) -> None:
        """Carts end, and nothing else does (K-41)."""
        if self._passed_min + minutes > MOST_DAYS * 24 * 60:
            return
        played["time passes"] += 1
        self._passed_min += minutes
        self._world.clock.pass_by(minutes)
        self._do(self._world.ring, how)
        self._ideal.is_adopting = True
        self._look()

    @rule(when=lambda self: self._unique % 5 == 0, how=_HOW)
    def announce(self, how: int) -> None:
        played["announce"] += 1
        self._do(self._world.announce, how)
        self._look()

    @rule(which=_ANY)
    def replay(self, which: int) -> None:
        """What had an effect is only answered again (P4); what was refused is tried again."""
        found = self._world.rows(
            "SELECT id, partner FROM arrivals WHERE state IN ('posted', 'held')"
        )
        if not found:
            return
        played["replay"] += 1
        arrival, partner = found[which % len(found)]
        self._work(partner)
        kept = self._world.rows(
            "SELECT id FROM documents WHERE arrival_id = ? AND state <> 'rejected'", arrival
        )
        self._world.replay(arrival)
        if not kept:
            self._queue[partner].append(self._effects[arrival])
        self._work(partner)

    # --- what there is to choose from ------------------------------------------------------------

    def _some_order(self, which: int) -> tuple[str, str]:
        """Return number and vendor of an order; mostly one that its vendor has."""
        found: list[Order] = [
            order
            for order in self._books.orders.values()
            if order.vendor is not None and order.state in ("approved", "confirmed")
        ]
        found += list(self._books.orders.values())[which % 7 :]
        if not found or which % 16 == 0:
            buyer = sorted(BUYERS)[which % len(BUYERS)]
            number = f"{buyer[0].upper()}{len(self._numbers[buyer]) + 1}"
            return number, sorted(VENDORS)[which % len(VENDORS)]
        order = found[which % len(found)]
        return order.number, order.vendor or ITS_VENDOR

    def _confirmed(self) -> list[Order]:
        """Return the orders that have boxes to ship."""
        return [
            order
            for order in self._books.orders.values()
            if order.state == "confirmed" and order.vendor is not None
        ]

    def _codes(self) -> list[tuple[str, str]]:
        """Return vendor and code of the boxes that are not cancelled."""
        return [
            (order.vendor or "", code)
            for order in self._books.orders.values()
            for line in self._books.lines[order.id]
            for code, state in self._books.boxes[line.id]
            if state != "cancelled"
        ]

    def _loosely(self, partner: str, number: str | None, body: bytes, how: int) -> None:
        """Send what `ideal` does not play; the books are judged by themselves."""
        if number is not None:
            self._ideal.loose.add(number)

        def effect(_arrival: int) -> None:
            self._ideal.is_adopting = True

        self._send(partner, body, effect, how)


def run(number: int, *, plays: int, steps: int, is_shrinking: bool = False) -> None:
    """Play `plays` plays of `steps` steps, the same ones for the same `number`."""
    how = chance.shortest if is_shrinking else chance.run
    with tempfile.TemporaryDirectory(prefix="k2kd-play-", dir=memory()) as folder:
        for at in range(plays):
            seed = f"{number}/{at}"
            try:
                how(partial(Play, Path(folder)), Play, seed, steps)
            except BaseException as error:
                error.add_note(f"It was play {seed}.")
                raise


def _ordered(buyer: str, number: str, vendor: str, lines: list[tuple[str, int]]) -> Ordered:
    numbered = tuple((at, product, boxes) for at, (product, boxes) in enumerate(lines, 1))
    return Ordered(buyer, number, vendor, numbered)

"""What else happens in a play: people, time, files that come again, and what was left for later."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from daemon.errors import UsageError
from daemon.ledger.holds import Hold
from tests.daemon.stateful.books import NOTHING
from tests.daemon.stateful.play import ANY, HOW, YES, Play, played
from tests.daemon.stateful.world import (
    BUYERS,
    NEW_TO_BUYERS,
    NEW_TO_VENDORS,
    VENDORS,
    buyer_code,
    vendor_words,
)

MOST_MIN = 6 * 24 * 60
_NEW = (
    *((name, NEW_TO_BUYERS, buyer_code(NEW_TO_BUYERS)) for name in BUYERS),
    *((name, NEW_TO_VENDORS, vendor_words(NEW_TO_VENDORS)) for name in VENDORS),
)
"""Partner, product and words of the rows that are missing at first."""


class People(Play):
    """The rules of an operator, of time, and of nobody in particular."""

    @rule(which=ANY, how=HOW)
    def same_file_again(self, which: int, how: int) -> None:
        """The same bytes change nothing (P4); a stock file that was overtaken counts again."""
        played["same file again"] += 1
        partner, body = self.sent[which % len(self.sent)]
        if partner in VENDORS and body.startswith(b"111,"):
            return
        self.send(partner, body, lambda _arrival: None, how)

    @rule(which=ANY, how=HOW)
    def garbage(self, which: int, how: int) -> None:
        played["garbage"] += 1
        partners = [*VENDORS, *BUYERS]
        body = (
            f"po_number,line\n{self.next()},\n",
            f"{{{self.next()}",
            f"ISA*00*{self.next()}",
            f"\x00{self.next()}",
        )[which % 4]
        self.send(partners[which % len(partners)], body.encode(), lambda _: None, how)

    @precondition(lambda self: any(self.queue.values()))
    @rule(which=ANY, how=HOW)
    def work(self, which: int, how: int) -> None:
        """What was left for later is worked on."""
        waiting = sorted(partner for partner, files in self.queue.items() if files)
        played["work"] += 1
        self.work_on(waiting[which % len(waiting)], how)

    @precondition(lambda self: self.unique > 40 and len(self.ideal.known) < len(_NEW))
    @rule(
        which=ANY,
        how=HOW,
    )
    def map_code(self, which: int, how: int) -> None:
        """An editor adds the row that others wait for."""
        # Late and seldom, so that there is something to free.
        if which % 4:
            return
        played["map a code"] += 1
        left = [each for each in _NEW if each[:2] not in self.ideal.known]
        partner, product, words = left[which // 4 % len(left)]
        self.world.add_row(partner, words, product)
        self.do(self.world.redrive, how)
        self.ideal.is_adopting = any(
            order.state == "held" and order.number in self.ideal.loose
            for order in self.books.orders.values()
        )
        self.ideal.map_code(partner, product)
        self.ideal.is_adopting = True

    @rule(which=ANY, yes=YES)
    def decide_hold(self, which: int, yes: bool) -> None:
        """A person releases or rejects what waits."""
        holds = self.world.holds()
        if not holds:
            return
        self.is_unseen = True
        hold = holds[which % len(holds)]
        kind, arrival = hold.kind.value, hold.arrival_id or 0
        if kind == NOTHING:
            played["end an exception"] += 1
            (self.world.release if yes else self.world.reject)(hold.id)
        elif not yes:
            played["reject a hold"] += 1
            self.world.reject(hold.id)
            if hold.lot_id is None:
                self.ideal.reject(kind, arrival)
            elif kind == "unmapped":
                self.ideal.shelved.add((hold.partner, NEW_TO_VENDORS))
        elif kind in ("unmapped", "oversold"):
            try:
                self.world.release(hold.id)
            except UsageError:
                pass
            else:
                raise AssertionError(f"{hold} was released")
        else:
            self._release(hold, kind, arrival)

    def _release(self, hold: Hold, kind: str, arrival: int) -> None:
        try:
            self.world.release(hold.id)
        except UsageError as refused:
            played["release in vain"] += 1
            assert "It goes on by itself" in str(refused), refused
            assert hold in self.world.holds()
        else:
            played["release a hold"] += 1
            self.ideal.release(kind, arrival)

    @precondition(lambda self: self.passed_min < MOST_MIN)
    @rule(minutes=st.sampled_from((1, 10, 31, 61, 600)), how=HOW)
    def time_passes(self, minutes: int, how: int) -> None:
        """Carts end, and nothing else does (K-41)."""
        played["time passes"] += 1
        self.passed_min += minutes
        self.world.clock.pass_by(minutes)
        self.do(self.world.ring, how)
        self.ideal.is_adopting = True

    @rule(how=HOW, is_clear=YES)
    def deliver(self, how: int, is_clear: bool) -> None:
        """Files come to the outboxes, but for those whose place is taken."""
        played["deliver"] += 1
        if is_clear:
            self.world.make_room()
        self.do(self.world.deliver, how)

    @rule(which=ANY, many=st.integers(1, 8))
    def occupy(self, which: int, many: int) -> None:
        """Partners put something of their own where files of ours are to come."""
        found = self.world.rows(
            "SELECT partner, name FROM outgoing WHERE state = 'pending' ORDER BY order_id IS NULL"
        )
        if not found:
            return
        played["occupy"] += 1
        for at in range(many):
            self.world.occupy(*found[(which + at) % len(found)])

    @precondition(lambda self: self.unique >= self.told_at + 20)
    @rule(how=HOW)
    def announce(self, how: int) -> None:
        played["announce"] += 1
        self.told_at = self.unique
        self.do(self.world.announce, how)

    @rule(which=ANY, how=HOW)
    def replay(self, which: int, how: int) -> None:
        """What had an effect is only answered again (P4); what was refused is tried again."""
        found = self.world.rows(
            "SELECT id, partner FROM arrivals WHERE state IN ('posted', 'held')"
        )
        if not found:
            return
        played["replay"] += 1
        arrival, partner = found[which % len(found)]
        self.work_on(partner)
        self.judge()
        kept = self.world.rows(
            "SELECT id FROM documents WHERE arrival_id = ? AND state <> 'rejected'", arrival
        )
        self.world.replay(arrival)
        if not kept:
            self.queue[partner].append(self.effects[arrival])
        self.work_on(partner, how)

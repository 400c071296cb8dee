"""What vendors do in a play: publish, confirm, ship, and give boxes other codes."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.daemon.stateful import papers
from tests.daemon.stateful.deals import Confirmed
from tests.daemon.stateful.play import ANY, BOXES, HOW, SHIP, VENDOR, YES, Play, played
from tests.daemon.stateful.world import PRODUCTS

_BUNCHES = st.dictionaries(st.sampled_from(PRODUCTS), st.integers(0, 250), min_size=1, max_size=4)
_ANSWERS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9)), min_size=1, max_size=3)
"""How a line is answered, and with how many boxes."""


class Vendors(Play):
    """The rules of vendors."""

    @rule(
        vendor=VENDOR,
        bunches=_BUNCHES,
        how=HOW,
    )
    def publish(self, vendor: str, bunches: dict[str, int], how: int) -> None:
        played["publish"] += 1
        body = papers.availability(bunches, self.next())

        def effect(_arrival: int) -> None:
            self.ideal.publish(vendor, bunches)

        self.send(vendor, body, effect, how)

    @rule(
        which=ANY,
        answers=_ANSWERS,
        how=HOW,
    )
    def confirm_lines(self, which: int, answers: list[tuple[int, int]], how: int) -> None:
        """A line is accepted, confirmed in part, back-ordered or refused."""
        number, vendor = self.some_order(which)
        played["confirm lines"] += 1
        said: dict[int, tuple[str, int]] = {}
        meant = []
        for at, (word, boxes) in enumerate(answers, 1):
            status = ("accepted", "changed", "backordered", "rejected")[word]
            count = 0 if status == "rejected" else max(1, boxes)
            said[at] = (status, count)
            later = count if status == "backordered" else 0
            meant.append((at, count - later, later))
        body = papers.confirmation(number, said, unique=self.next())
        answer = Confirmed(vendor, number, tuple(meant))
        self.send(vendor, body, lambda arrival: self.ideal.confirm(answer, arrival), how)

    @rule(which=ANY, yes=YES, how=HOW)
    def confirm_all(self, which: int, yes: bool, how: int) -> None:
        number, vendor = self.some_order(which)
        played["confirm all" if yes else "refuse all"] += 1
        self.answer_whole(vendor, number, yes, how)

    @rule(vendor=VENDOR, which=ANY, yes=YES, how=HOW)
    def a_stranger_confirms(self, vendor: str, which: int, yes: bool, how: int) -> None:
        """It may be a stranger's order, or one that is still to come."""
        number, _ = self.some_order(which)
        played["stranger confirms"] += 1
        self.answer_whole(vendor, number, yes, how)

    def answer_whole(self, vendor: str, number: str, yes: bool, how: int) -> None:
        whole = "accepted" if yes else "rejected"
        body = papers.confirmation(number, {}, whole=whole, unique=self.next())
        answer = Confirmed(vendor, number, (), whole)
        self.send(vendor, body, lambda arrival: self.ideal.confirm(answer, arrival), how)

    @rule(which=ANY, line=st.integers(1, 3), boxes=BOXES, coded=YES, how=HOW)
    def ship(self, which: int, line: int, boxes: int, coded: bool, how: int) -> None:
        number, vendor = self.some_order(which)
        played["ship"] += 1
        unique = self.next()
        if coded:
            codes = {f"PT{unique}{at}": line for at in range(min(boxes, 4))}
            body = papers.coded_shipment(number, codes, ship=SHIP, unique=unique)
        else:
            body = papers.shipment(number, {line: boxes}, ship=SHIP, unique=unique)
        self.send_loosely(vendor, number, body, how)

    @precondition(lambda self: self.confirmed())
    @rule(which=ANY, how=HOW)
    def ship_everything(self, which: int, how: int) -> None:
        """What is confirmed goes on an air waybill, every box of it."""
        found = self.confirmed()
        order = found[which % len(found)]
        boxes = {
            code: int(line.reference)
            for line in self.books.lines[order.id]
            for code, state in self.books.boxes[line.id]
            if state == "allotted"
        }
        if not boxes or order.vendor is None:
            return
        played["ship everything"] += 1
        body = papers.coded_shipment(order.number, boxes, ship=SHIP, unique=self.next())
        self.send_loosely(order.vendor, order.number, body, how)

    @precondition(lambda self: self.codes())
    @rule(which=ANY, other=ANY, how=HOW)
    def swap_codes(self, which: int, other: int, how: int) -> None:
        """A box gets a new code, or two change places (L-06)."""
        codes = self.codes()
        vendor, code = codes[which % len(codes)]
        second_vendor, second = codes[other % len(codes)]
        played["swap codes"] += 1
        pairs = {code: f"NEW{self.next()}"}
        if second != code and second_vendor == vendor and other % 3 == 0:
            pairs = {code: second, second: code}
        self.send_loosely(vendor, None, papers.swaps(pairs, self.unique), how)

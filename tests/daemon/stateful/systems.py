"""What a vendor's own system does in a play: it sells, and changes what it sold."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.daemon.stateful import papers
from tests.daemon.stateful.play import (
    ANY,
    BOXES,
    BUYER,
    CHANGES,
    HOW,
    SHIP,
    SOME_LINES,
    Lines,
    Play,
    numbered,
    played,
)
from tests.daemon.stateful.world import ITS_VENDOR, PRODUCTS, SYSTEM


class Systems(Play):
    """The rules of a vendor's system."""

    @rule(buyer=BUYER, lines=SOME_LINES, how=HOW)
    def system_sells(self, buyer: str, lines: Lines, how: int) -> None:
        played["system sells"] += 1
        number = f"S{len(self.sold) + 1}"
        self.sold.append((number, buyer))
        made = numbered(buyer, number, ITS_VENDOR, lines)
        body = papers.system_order(
            *(number, buyer, ITS_VENDOR, made.lines), ship=SHIP, message=f"m{self.next()}"
        )
        self.send_loosely(SYSTEM, number, body, how)

    @rule(which=ANY, changes=CHANGES, product=st.sampled_from(PRODUCTS), boxes=BOXES, how=HOW)
    def system_changes(
        self, which: int, changes: dict[int, int | None], product: str, boxes: int, how: int
    ) -> None:
        """The system has sold more or less of what it sold, or something else along with it."""
        played["system changes"] += 1
        number, buyer = self.sold[which % len(self.sold)]
        added = [(4 + which % 2, product, boxes)] if which % 3 == 0 else []
        body = papers.system_change(
            *(number, buyer, ITS_VENDOR, changes, added), message=f"m{self.next()}"
        )
        self.send_loosely(SYSTEM, number, body, how)

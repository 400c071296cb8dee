"""Orders, answers and changes as a play knows them: what was said, and what stands."""

from __future__ import annotations

from dataclasses import dataclass

Key = tuple[str, str]
"""A partner, and what of it: a product, or a number."""
Known = tuple[str, str, str]
"""By what an order is known: buyer, vendor and number (domain 2.4)."""


@dataclass(slots=True)
class Item:
    """A line of an order, in boxes."""

    at: int
    product: str
    said: int
    accepted: int = 0
    state: str = "pending"
    progress: str = "pending"
    confirmed: int | None = None
    later: int = 0

    @property
    def is_live(self) -> bool:
        return self.state not in ("refused", "cancelled") and self.progress != "cancelled"

    @property
    def is_fixed(self) -> bool:
        return self.progress != "pending" or self.confirmed is not None

    @property
    def held(self) -> int:
        if not self.is_live:
            return 0
        return self.accepted if self.confirmed is None else self.confirmed + self.later


@dataclass(frozen=True, slots=True)
class Ordered:
    """An order as a buyer sends it; lines are (line, product, boxes)."""

    buyer: str
    number: str
    vendor: str
    lines: tuple[tuple[int, str, int], ...]
    replaces: bool = False

    @property
    def key(self) -> Known:
        return self.buyer, self.vendor, self.number


@dataclass(frozen=True, slots=True)
class Changed:
    """A change: boxes by line, None takes a line out; no lines at all end the order."""

    buyer: str
    number: str
    lines: tuple[tuple[int, int | None], ...]


@dataclass(frozen=True, slots=True)
class Confirmed:
    """An answer: (line, now, later), and whether all other lines are accepted or refused."""

    vendor: str
    number: str
    lines: tuple[tuple[int, int, int], ...]
    whole: str = ""


Step = Changed | Confirmed


@dataclass(frozen=True, slots=True)
class Waiting:
    """A step that waits."""

    sender: str
    step: Step
    arrival: int


@dataclass(slots=True)
class Deal:
    """An order as it stands."""

    order: Ordered
    arrival: int
    state: str
    items: list[Item]

    @property
    def key(self) -> Known:
        return self.order.key

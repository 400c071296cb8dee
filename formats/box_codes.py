"""Box codes and lot numbers: what may stand on a label, and how codes change places at once.

Everything here is pure. What the books know of codes comes in as sets, so that the same rules hold
for a file on its own and for a file beside the books.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Set
from dataclasses import dataclass

from formats.steps import CodeSwap

MAX_LENGTH = 20
RESERVED_LOTS = range(1_000, 100_000)
"""Lot numbers that the system gives itself (domain L-05, E-18)."""
MAX_LOT = 20


def box_code(text: str) -> str:
    """Return a box code: 1 to 20 printable ASCII characters, as Code 128 prints them (L-03)."""
    if not 1 <= len(text) <= MAX_LENGTH:
        raise ValueError(f"a box code of 1 to {MAX_LENGTH} characters is expected")
    if not all(" " <= character <= "~" for character in text):
        raise ValueError("a box code of letters without accents, digits and marks is expected")
    return text


def lot_number(text: str) -> str:
    """Return a vendor's lot number; one in the system's own range is a ValueError (L-05, E-18)."""
    if not 1 <= len(text) <= MAX_LOT:
        raise ValueError(f"a lot number of 1 to {MAX_LOT} characters is expected")
    # A spreadsheet drops leading zeros, so they make no other number.
    if text.isascii() and text.isdigit() and int(text) in RESERVED_LOTS:
        raise ValueError(
            f"a lot number outside {RESERVED_LOTS.start} to {RESERVED_LOTS.stop - 1}, "
            "which are ours to give (E-18), is expected"
        )
    return text


@dataclass(frozen=True, slots=True)
class RefusedSwap:
    """A change of code that can't be made: a stable code, and a sentence for the sender."""

    swap: CodeSwap
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class SwapPlan:
    """What becomes of the changes of one file; every one of them stands in exactly one field.

    `applied` are made all at once, whatever their order: in A to B beside B to C the two codes move
    together. `unchanged` ask for nothing (A to A), `repeated` say again what one before them says.
    """

    applied: tuple[CodeSwap, ...]
    unchanged: tuple[CodeSwap, ...] = ()
    repeated: tuple[CodeSwap, ...] = ()
    refused: tuple[RefusedSwap, ...] = ()


def plan_swaps(
    swaps: Iterable[CodeSwap], *, known: Set[str] | None = None, taken: Set[str] = frozenset()
) -> SwapPlan:
    """Return which changes of code can be made, as a set, and why the others can't (domain 7).

    `known` are the codes of boxes that the sender may change (None: not looked at), `taken` all
    codes that stand or stood on a box. After the applied changes no two boxes share a code: a new
    code is free, or leaves its own box in the same set.
    """
    draft = _Draft()
    for swap in swaps:
        draft.sort_out(swap, known)
    draft.refuse_ambiguous()
    draft.refuse_taken(taken)
    return SwapPlan(
        tuple(draft.open.values()),
        tuple(draft.unchanged),
        tuple(draft.repeated),
        tuple(sorted(draft.refused, key=lambda refused: refused.swap.line)),
    )


class _Draft:
    """A plan in the making: `open` changes by current code, and the codes that stay put."""

    def __init__(self) -> None:
        self.open: dict[str, CodeSwap] = {}
        self.unchanged: list[CodeSwap] = []
        self.repeated: list[CodeSwap] = []
        self.refused: list[RefusedSwap] = []
        self._rivals: dict[str, list[CodeSwap]] = {}
        self._staying: set[str] = set()

    def sort_out(self, swap: CodeSwap, known: Set[str] | None) -> None:
        """Put a change where it belongs as far as it can be told on its own."""
        if known is not None and swap.current not in known:
            self._refuse(swap, "box.unknown", "No box of yours has this code. Check the label.")
            return
        same = self._rivals.setdefault(swap.current, [])
        if any(other.new == swap.new for other in same):
            self.repeated.append(swap)
        else:
            same.append(swap)

    def refuse_ambiguous(self) -> None:
        """Refuse a box that would get two codes, and a code that two boxes would get."""
        for current, rivals in self._rivals.items():
            if len(rivals) == 1:
                self.open[current] = rivals[0]
                continue
            self._staying.add(current)
            for swap in rivals:
                message = "The file gives this box two new codes. Keep one of the rows."
                self._refuse(swap, "box.two-codes", message)
        for current, swap in list(self.open.items()):
            if swap.new == current:
                self.unchanged.append(self.open.pop(current))
                self._staying.add(current)
        wanted = Counter(swap.new for swap in self.open.values())
        for current, swap in list(self.open.items()):
            if wanted[swap.new] > 1:
                message = "The file gives this new code to two boxes. Give each its own."
                self._drop(current, "box.duplicate", message)

    def refuse_taken(self, taken: Set[str]) -> None:
        """Refuse new codes that another box keeps; a refusal may keep a further code in place."""
        by_new = {swap.new: current for current, swap in self.open.items()}
        kept = [
            new for new in by_new if new in self._staying or (new in taken and new not in self.open)
        ]
        while kept:
            current = by_new[kept.pop()]
            message = "Another box has or had the new code and keeps it. Choose a free one."
            self._drop(current, "box.taken", message)
            if current in by_new and by_new[current] in self.open:
                kept.append(current)

    def _drop(self, current: str, code: str, message: str) -> None:
        self._staying.add(current)
        self._refuse(self.open.pop(current), code, message)

    def _refuse(self, swap: CodeSwap, code: str, message: str) -> None:
        self.refused.append(RefusedSwap(swap, code, message))

"""Marks of boxes in X12 and EDIFACT: which is the box code, what a range holds, what can be sent.

A box may have several marks (MAN04 to 06, or more MAN). Its code is the one that our own orders
name (SM), else its SSCC (GM with the application identifier 00, AA without), else the first other.
Marks of pallets, shipments and products are no box codes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from formats.box_codes import box_code, lot_number
from formats.steps import ShippedBox
from formats.values import gs1_check_digit

MOST_IN_RANGE = 1000
_PREFERRED = ("SM", "GM", "AA")
_LAST = "CP"
"""A carrier's number, which no label of ours holds."""
_NO_BOXES = frozenset({"S", "W", "X", "SS", "DZ", "MT", "PB", "UC", "UP"})
_SSCC_DIGITS = 18
_WITH_SERIAL = re.compile(r"([ -~]*?)([0-9]{1,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark as it was sent; `last` ends a range, and is empty or `first` for a single one."""

    qualifier: str
    first: str
    last: str
    position: int


def box_marks(marks: Sequence[Mark]) -> list[Mark]:
    """Return the marks that are box codes: all of the one best kind."""
    kinds = list(dict.fromkeys(m.qualifier for m in marks if m.qualifier not in _NO_BOXES))
    kinds.sort(key=_rank)
    return [mark for mark in marks if kinds and mark.qualifier == kinds[0]]


def _rank(qualifier: str) -> int:
    if qualifier in _PREFERRED:
        return _PREFERRED.index(qualifier)
    return len(_PREFERRED) + (qualifier == _LAST)


def qualifier_of(code: str) -> str:
    """Return the qualifier under which a box code is written, so that it's read back as it is."""
    if is_sscc(code, "GM"):
        return "GM"
    return "AA" if is_sscc(code, "AA") else "SM"


def is_sscc(code: str, qualifier: str) -> bool:
    """Tell whether `code` is an SSCC with a right check digit, as GM or AA wants it."""
    if qualifier == "GM" and not code.startswith("00"):
        return False
    digits = code[2:] if qualifier == "GM" else code
    return (
        len(digits) == _SSCC_DIGITS
        and digits.isascii()
        and digits.isdigit()
        and gs1_check_digit(digits[:-1]) == int(digits[-1])
    )


def codes_of(mark: Mark) -> list[str]:
    """Return the box codes of a mark; raises ValueError with a sentence for one that can't be."""
    if not mark.last or mark.last == mark.first:
        return [box_code(mark.first.strip())]
    return [box_code(code) for code in _range(mark)]


def _range(mark: Mark) -> Iterator[str]:
    first, last = mark.first.strip(), mark.last.strip()
    # The last digit of an SSCC follows from the others, so a range runs over these.
    checked = is_sscc(first, mark.qualifier) and is_sscc(last, mark.qualifier)
    begin = _WITH_SERIAL.fullmatch(first[:-1] if checked else first)
    end = _WITH_SERIAL.fullmatch(last[:-1] if checked else last)
    if not begin or not end or begin[1] != end[1] or len(begin[2]) != len(end[2]):
        raise ValueError("a range of codes that differ in their last digits only is expected")
    count = int(end[2]) - int(begin[2]) + 1
    if not 0 < count <= MOST_IN_RANGE:
        raise ValueError(f"a range of 1 to {MOST_IN_RANGE} codes is expected")
    for serial in range(int(begin[2]), int(end[2]) + 1):
        code = f"{begin[1]}{serial:0{len(begin[2])}}"
        yield f"{code}{gs1_check_digit(code[1 - _SSCC_DIGITS :])}" if checked else code


def check_shipped(box: ShippedBox) -> None:
    """Raise ValueError with a sentence for a row of boxes that no ship notice can say."""
    if box.boxes < 0 or (box.boxes > 1 and box.box_code is not None):
        raise ValueError(f"row {box.line} counts {box.boxes} boxes, and a box code stands on one")
    if box.quantity is not None and box.quantity <= 0:
        raise ValueError(f"row {box.line} ships {box.quantity}: leave it out, or say how many came")
    if box.box_code is not None:
        box_code(box.box_code)
    if box.lot_number is not None:
        lot_number(box.lot_number)

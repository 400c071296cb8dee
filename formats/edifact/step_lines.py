"""What messages about an order have beside it: which one it is, and days and words of lines.

Both ORDCHG and ORDRSP name their order in RFF ON, of the heading or of every line, and their lines
as that order did: by RFF LI, else by the line in RFF ON (1156), else by LIN 1082.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from formats.edifact import parts
from formats.edifact.heading import HEADING, moment_in, text_of
from formats.edifact.lines import SELLER_IDS, LineDraft, line_places
from formats.edifact.parts import Elements, Handler, components, first_component
from formats.edifact.terms import OrderLines

ORDER = "ON"
"""1153."""
ORDER_DATES = ("171", "4")
"""2005 of the date of an order, below its RFF: of a reference, of an order."""
SUBSTITUTE = "3"
"""4347: what comes instead."""
_LONGEST_NUMBER = 22


@dataclass(slots=True)
class Beside:
    """What a line says beside its draft."""

    dates: dict[str, datetime] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    reason: str | None = None
    substitute: str | None = None
    order_line: str = ""
    """1156 of its RFF ON."""

    def day_of(self, qualifiers: Sequence[str]) -> date | None:
        """Return the day of the first date of one of `qualifiers`."""
        found = parts.first_of(self.dates, qualifiers)
        return found.date() if found is not None else None


@dataclass(slots=True)
class StepLines(OrderLines):
    """The draft of a message about an order; `beside` is by the position of the LIN."""

    beside: dict[int, Beside] = field(default_factory=dict)
    order_date: date | None = None
    about: str = ""
    """1153 of the RFF that was read last in the heading."""

    def beside_of(self, line: LineDraft) -> Beside:
        """Return what a line says beside its draft."""
        return self.beside.get(line.position) or Beside()

    def reference_of(self, line: LineDraft) -> str:
        """Return the line of the order that a line is about, or nothing."""
        return line.references.get("LI") or self.beside_of(line).order_line or line.reference


def order_number(draft: StepLines) -> str | None:
    """Return the order that the heading names, else the one that all lines do.

    None, and a finding, where there is none, or where no order has such a number.
    """
    number = draft.references.get(ORDER)
    if number is None:
        named = {line.references.get(ORDER) for line in draft.lines}
        number = named.pop() if len(named) == 1 else None
    at = ("RFF", draft.document.position, None)
    if number is None:
        message = "the message names no order, or several; send the number of one in RFF ON"
        draft.problems.error("RFF01.order", at, message)
        return None
    if len(number) > _LONGEST_NUMBER:
        message = f"an order number has up to {_LONGEST_NUMBER} characters; send that of the order"
        draft.problems.error("RFF01.order", at, message, number[:99])
        return None
    return number


def _of_line(draft: StepLines) -> Beside | None:
    line = draft.line
    return draft.beside.setdefault(line.position, Beside()) if line is not None else None


def _rff(draft: StepLines, elements: Elements, position: int) -> None:
    draft.about = components(elements[1])[0]
    HEADING["RFF"](draft, elements, position)


def _rff_dtm(draft: StepLines, elements: Elements, position: int) -> None:
    if draft.about != ORDER or draft.order_date is not None:
        return
    qualifier, found = moment_in(draft, elements, position)
    if found is not None and qualifier in ORDER_DATES:
        draft.order_date = found.date()


def _line_rff(draft: StepLines, elements: Elements, position: int) -> None:
    _LINE["LIN/RFF"](draft, elements, position)
    qualifier, _number, line = components(elements[1])[:3]
    beside = _of_line(draft)
    if beside is not None and qualifier == ORDER:
        beside.order_line = beside.order_line or line.strip()


def _line_pia(draft: StepLines, elements: Elements, position: int) -> None:
    if elements[1] != SUBSTITUTE:
        _LINE["LIN/PIA"](draft, elements, position)
        return
    beside = _of_line(draft)
    for each in elements[2:7]:
        item, kind = components(each)[:2]
        if beside is not None and item.strip() and (kind in SELLER_IDS or not kind):
            beside.substitute = beside.substitute or item.strip()


def _line_dtm(draft: StepLines, elements: Elements, position: int) -> None:
    qualifier, found = moment_in(draft, elements, position)
    beside = _of_line(draft)
    if beside is not None and found is not None:
        beside.dates.setdefault(qualifier, found)


def _line_ftx(draft: StepLines, elements: Elements, _position: int) -> None:
    beside = _of_line(draft)
    if beside is None:
        return
    if text := text_of(elements):
        beside.remarks.append(text)
    beside.reason = beside.reason or first_component(elements[3]) or None


def _line_ajt(draft: StepLines, elements: Elements, _position: int) -> None:
    if (beside := _of_line(draft)) is not None:
        beside.reason = beside.reason or elements[1].strip() or None


_LINE = line_places("LIN")

STEP: Mapping[str, Handler[StepLines]] = {
    **HEADING,
    **_LINE,
    "RFF": _rff,
    "RFF/DTM": _rff_dtm,
    "LIN/RFF": _line_rff,
    "LIN/PIA": _line_pia,
    "LIN/DTM": _line_dtm,
    "LIN/FTX": _line_ftx,
    "LIN/AJT": _line_ajt,
}
"""By path in the tree."""

"""Numbers, days and long texts as X12 and EDIFACT want them written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal


def number(value: Decimal | int) -> str:
    """Return a number without exponent, plus, and zeros that say nothing."""
    exact = Decimal(value)
    if not exact.is_finite():
        raise ValueError(f"{value} is not a number that can be sent")
    text = format(exact, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("", "-0") else text


def day(value: date) -> str:
    """Return a date as CCYYMMDD."""
    return f"{value.year:04}{value.month:02}{value.day:02}"


def halves(text: str, size: int, mark: str) -> tuple[str, str]:
    """Return `text` up to `size` characters, broken at its last `mark`, and the rest."""
    if len(text) <= size:
        return text, ""
    cut = text.rfind(mark, 1, size + len(mark))
    if cut < 1:
        return text[:size], text[size:]
    return text[:cut], text[cut + len(mark) :]


def lines_of(text: str | None, size: int) -> Iterator[str]:
    """Yield the lines of a remark, each broken at blanks so that none is longer than `size`."""
    for line in (text or "").splitlines():
        rest = " ".join(line.split())
        while rest:
            piece, rest = halves(rest, size, " ")
            yield piece

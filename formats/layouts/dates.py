"""Dates as partners write them: the order of day, month and year is declared, never guessed.

Within the order a reader is lenient: marks and leading zeros don't matter, a year may have two
digits (20..), a month may be a name in English, Dutch or Spanish.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from formats import values

_TOKEN = re.compile(r"YYYY|YY|MMM|MM|M|DD|D", re.ASCII)
_PARTS = re.compile(r"([0-9]+|[A-Za-z]+\.?)", re.ASCII)
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
MAX_DATE = 24
_MONTHS = (
    ("jan", "ene"), ("feb",), ("mar", "mrt", "maa"), ("apr", "abr"), ("may", "mei"), ("jun",),
    ("jul",), ("aug", "ago"), ("sep", "set"), ("oct", "okt"), ("nov",), ("dec", "dic"),
)  # fmt: skip
_MONTH_NUMBERS = {name: at for at, names in enumerate(_MONTHS, 1) for name in names}


def pattern_of(text: str) -> tuple[str, ...]:
    """Return the parts of a date format in order, as ("DD", "MM", "YYYY").

    Raises ValueError where day, month and year don't each stand in it once.
    """
    parts = tuple(_TOKEN.findall(text)) if len(text) <= MAX_DATE else ()
    rest = re.sub(_TOKEN, "", text)
    if sorted(part[0] for part in parts) != ["D", "M", "Y"] or any(c.isalnum() for c in rest):
        raise ValueError("a date format such as DD-MM-YYYY, YYYYMMDD or MM/DD/YY is expected")
    return parts


def date_reader(form: str) -> Callable[[str], date]:
    """Return what reads dates of this format; it raises ValueError with what is expected."""
    order = [part[0] for part in pattern_of(form)]
    widths = [4 if part[0] == "Y" and len(part) == 4 else 2 for part in pattern_of(form)]

    def read(text: str) -> date:
        if _ISO.fullmatch(text):  # Nobody writes anything else like this.
            return values.iso_date(text)
        parts = _parts(text, widths)
        if parts is None:
            raise ValueError(f"a date such as {example(form)} is expected")
        said = dict(zip(order, parts, strict=True))
        year = int(said["Y"]) if said["Y"].isdecimal() and len(said["Y"]) in (2, 4) else None
        month = _month(said["M"])
        if year is None or month is None or not said["D"].isdecimal():
            raise ValueError(f"a date such as {example(form)} is expected")
        try:
            return date(year + 2000 if year < 100 else year, month, int(said["D"]))
        except ValueError:
            raise ValueError("that day is not in the calendar") from None

    return read


def _parts(text: str, widths: list[int]) -> list[str] | None:
    """Return the three parts of a date; a time behind it may only be midnight."""
    if len(text) > MAX_DATE or not text.isascii():
        return None
    text = (
        text.split("T00:00", maxsplit=1)[0]
        .split(" 00:00", maxsplit=1)[0]
        .split(" 0:00", maxsplit=1)[0]
    )
    parts = _PARTS.findall(text)
    if len(parts) == 1 and len(parts[0]) in (sum(widths), sum(widths) - 2):
        if len(parts[0]) < sum(widths):
            widths = [2, 2, 2]
        first, second = widths[0], widths[0] + widths[1]
        parts = [text[:first], text[first:second], text[second:]]
    marks = _PARTS.sub("", text)
    if len(parts) != 3 or any(mark not in "-/. " for mark in marks):
        return None
    return parts


def _month(text: str) -> int | None:
    if text.isdecimal():
        return int(text)
    return _MONTH_NUMBERS.get(text[:3].lower())


def example(form: str) -> str:
    """Return 21 November 2026 in this format."""
    return written(date(2026, 11, 21), form)


def written(day: date, form: str) -> str:
    """Return a date in this format."""
    said = {
        "YYYY": f"{day.year:04}", "YY": f"{day.year % 100:02}",
        "MMM": _MONTHS[day.month - 1][0], "MM": f"{day.month:02}", "M": str(day.month),
        "DD": f"{day.day:02}", "D": str(day.day),
    }  # fmt: skip
    return _TOKEN.sub(lambda match: said[match.group()], form)

"""Values of Florecom elements: texts, days, quantities, parties; what can't be read is noted."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from formats import values
from formats.florecom.element import Part
from formats.florecom.names import UNIT_WORDS
from formats.records import Party

MAX_TEXT = 200
MAX_CODE = 50
MAX_QUANTITY = Decimal(10**9)
NO_DATE = "0001-01-01"
"""What generated code writes where it has no date."""


def read_party(part: Part) -> Party | None:
    """Return a party by its GLN or number, and its name; None where neither is said."""
    code = said(part, "PrimaryID", longest=MAX_CODE)
    name = said(part, "Name")
    if code is None:
        code = said(part, "DefinedTradeContact", "ID", longest=MAX_CODE)
    if code is None and name is None:
        return None
    return Party(code=code, qualifier="UL" if is_gln(code) else None, name=name)


def is_gln(code: str | None) -> bool:
    """Tell whether a code has the shape of a global location number."""
    return code is not None and len(code) == 13 and code.isascii() and code.isdigit()


def unit_word(part: Part) -> str | None:
    """Return the unit of a quantity: our word for a known code, any other code as it stands."""
    code = part.attribute("unitCode")
    return UNIT_WORDS.get(code, code[:20]) or None


def said(part: Part, *names: str, longest: int = MAX_TEXT) -> str | None:
    """Return the text of a child, no longer than the books hold. Raises ValueError, noted."""
    found = part.one(*names)
    return bounded(found, longest) if found is not None and found.text else None


def bounded(part: Part, longest: int) -> str:
    """Return the text of an element. Raises ValueError, noted, where it is too long."""
    if len(part.text) > longest:
        part.refuse(f"at most {longest} characters are expected", part.text)
        raise ValueError
    return part.text


def moment(part: Part, *names: str) -> datetime | None:
    """Return a date and time, naive where it names no zone; None where none is said."""
    return part.value(moment_of, *names)


def moment_of(text: str) -> datetime | None:
    """Return the moment that a text says; None for the first day of the calendar."""
    return None if text.startswith(NO_DATE) else values.date_and_time(text)


def day(part: Part, *names: str) -> date | None:
    """Return the day of a date and time, as its sender's calendar has it, or of a bare date."""
    return part.value(_day_of, *names)


def _day_of(text: str) -> date | None:
    if text.startswith(NO_DATE):
        return None
    return values.date_and_time(text).date() if "T" in text else values.iso_date(text)


def quantity(text: str) -> Decimal:
    """Return a number or an amount of money from 0 to below a milliard."""
    found = values.decimal(text)
    if not 0 <= found < MAX_QUANTITY:
        raise ValueError(f"a number from 0 to below {MAX_QUANTITY} is expected")
    return found


def count(text: str) -> int:
    """Return a whole number from 1."""
    found = quantity(text)
    if found != found.to_integral_value() or not found:
        raise ValueError("a whole number from 1 is expected")
    return int(found)

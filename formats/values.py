"""Strict values: the only door from partner text to numbers and dates.

`int()`, `float()` and `Decimal()` accept `1_000`, Arabic digits, `NaN` and `1e9`; a partner's file
must not. Every function takes text and returns a value or raises ValueError with a sentence that
says what is expected. Length is checked before any pattern runs.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, time
from decimal import Decimal

MAX_NUMBER_CHARACTERS = 40

_DECIMAL = re.compile(r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)", re.ASCII)
# A group before the first point never begins with 0: `0.365` isn't 365 in any country.
_DECIMAL_COMMA = re.compile(r"-?(?:[1-9][0-9]{0,2}(?:\.[0-9]{3})+|[0-9]+)(?:,[0-9]*)?", re.ASCII)
_INTEGER = re.compile(r"-?[0-9]+", re.ASCII)
_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})", re.ASCII)
_BASIC_DATE = re.compile(r"[0-9]{8}", re.ASCII)
_TIME = re.compile(r"[0-9]{4}(?:[0-9]{2}(?:[0-9]{1,2})?)?", re.ASCII)
_ISO_DATETIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?"
    r"(?:Z|[+-][0-9]{2}:?[0-9]{2})",
    re.ASCII,
)
_LOCAL_DATETIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?", re.ASCII
)
_DIGITS = re.compile(r"[0-9]*", re.ASCII)
_AWB = re.compile(r"[0-9]{11}", re.ASCII)


def decimal(text: str, *, comma: bool = False) -> Decimal:
    """Return a plain decimal number: digits, one point, an optional minus; no exponent, no blanks.

    With `comma` the decimal mark is a comma and points may group thousands (`1.234,56`). There is
    no negative zero: `-0.00` is 0.00.
    """
    if len(text) > MAX_NUMBER_CHARACTERS:
        raise ValueError(f"a number of at most {MAX_NUMBER_CHARACTERS} characters is expected")
    if comma:
        if not _DECIMAL_COMMA.fullmatch(text):
            raise ValueError("a number such as 1.234,56 is expected")
        return _unsigned_zero(Decimal(text.replace(".", "").replace(",", ".")))
    if not _DECIMAL.fullmatch(text):
        raise ValueError("a number such as 12 or 0.365 is expected")
    return _unsigned_zero(Decimal(text))


def _unsigned_zero(value: Decimal) -> Decimal:
    return value if value else value.copy_abs()


def implied_decimal(text: str, places: int) -> Decimal:
    """Return an X12 Nn number, whose last `places` digits are decimals (N2: `1234` is 12.34).

    All digits are kept: arithmetic would round to the 28 of the decimal context.
    """
    return Decimal(f"{integer(text)}E-{places}")


def integer(text: str) -> int:
    """Return a whole number: ASCII digits with an optional minus."""
    if len(text) > MAX_NUMBER_CHARACTERS or not _INTEGER.fullmatch(text):
        raise ValueError("a whole number such as 12 is expected")
    return int(text)


def count(text: str) -> int:
    """Return a whole number that is not negative."""
    value = integer(text)
    if value < 0:
        raise ValueError("a whole number of at least 0 is expected")
    return value


def iso_date(text: str) -> date:
    """Return a date written `2026-11-21`; an unpadded month or day is accepted (domain T-01)."""
    match = _ISO_DATE.fullmatch(text) if len(text) <= 10 else None
    if not match:
        raise ValueError("a date such as 2026-11-21 is expected")
    year, month, day = (int(part) for part in match.groups())
    return _real_date(year, month, day)


def basic_date(text: str) -> date:
    """Return a date written `20261121` (X12 DT of 8, EDIFACT format 102)."""
    if not _BASIC_DATE.fullmatch(text):
        raise ValueError("a date such as 20261121 is expected")
    return _real_date(int(text[:4]), int(text[4:6]), int(text[6:8]))


def _real_date(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError("that day is not in the calendar") from None


def basic_time(text: str) -> time:
    """Return a time written HHMM, HHMMSS, HHMMSSd or HHMMSSdd (X12 TM); decimals are dropped."""
    if not _TIME.fullmatch(text):
        raise ValueError("a time such as 0830 is expected")
    try:
        return time(int(text[:2]), int(text[2:4]), int(text[4:6] or 0))
    except ValueError:
        raise ValueError("that time is not on the clock") from None


def iso_datetime(text: str) -> datetime:
    """Return an ISO 8601 date and time that names its zone, as `2026-11-21T08:30:00-05:00`.

    One that has no equal in UTC, because its year would leave the calendar, is refused.
    """
    expected = "a date and time with zone is expected, as 2026-11-21T08:30:00-05:00"
    if len(text) > 40 or not _ISO_DATETIME.fullmatch(text):
        raise ValueError(expected)
    try:
        value = datetime.fromisoformat(text)
        value.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(expected) from None
    return value


def date_and_time(text: str) -> datetime:
    """Return an ISO 8601 date and time that may leave out its zone; naive means the sender's."""
    if len(text) > 30 or not _LOCAL_DATETIME.fullmatch(text):
        return iso_datetime(text)
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("a date and time such as 2026-11-21T08:30:00 is expected") from None


def air_waybill(text: str) -> tuple[str, bool]:
    """Return the 11 digits of an air waybill and whether its check digit holds (domain W-01).

    Blanks and hyphens are dropped. The check digit is the 7-digit serial modulo 7. A wrong one is
    a warning, never a refusal (W-02). Anything but 11 digits is a ValueError.
    """
    digits = text.replace("-", "").replace(" ", "")
    if not _AWB.fullmatch(digits):
        raise ValueError("an air waybill of 11 digits is expected, as 176-12345675")
    return digits, int(digits[3:10]) % 7 == int(digits[10])


def gs1_check_digit(digits: str) -> int:
    """Return the GS1 check digit for `digits` (GTIN, GLN, SSCC without its last digit)."""
    if not _DIGITS.fullmatch(digits):
        raise ValueError("digits are expected")
    weighted = sum(int(d) * (3 if i % 2 == 0 else 1) for i, d in enumerate(reversed(digits)))
    return -weighted % 10


def normalised(text: str) -> str:
    """Return `text` as a lookup key: NFKC, trimmed, blanks collapsed, case folded (domain 9.4).

    Folding can undo normal form and the other way round, so both run again (Unicode D146); a key
    is its own key.
    """
    if text.isascii():
        return " ".join(text.lower().split())
    for _ in range(2):
        text = unicodedata.normalize("NFKC", unicodedata.normalize("NFD", text).casefold())
    return " ".join(text.split())

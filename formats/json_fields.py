"""Fields of JSON contracts by their kind: texts, numbers, days and codes, and what each may hold.

Numbers are decimal strings; whole numbers may stand without quotes. What a field can't take is said
in a sentence, which the reader of the contract puts at its place.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from formats import values
from formats.awb import MAX_LENGTH as MAX_WAYBILL
from formats.box_codes import box_code, lot_number
from formats.records import LONGEST_CUSTOM_FIELD
from formats.strictjson import Unfit
from formats.text import has_controls

MAX_COUNT = 999_999_999
MAX_MONEY = Decimal(10**7)
PRICE_PLACES = 4

_Word = TypeVar("_Word", bound=StrEnum)


def clean(value: object) -> object:
    """Accept text without control characters and half surrogates, which no ledger can hold."""
    if isinstance(value, Unfit):
        raise ValueError("text in quotes is expected")
    if isinstance(value, str):
        if has_controls(value):
            raise ValueError("text without control characters is expected")
        return value.strip()
    return value


def exact(value: object) -> Decimal:
    """Take a decimal in quotes, or a whole number, as exact as it is written."""
    if isinstance(value, Unfit):
        raise ValueError('write the number in quotes, as "0.365", so that it stays exact')
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if not isinstance(value, str):
        raise ValueError('a number in quotes is expected, as "0.365"')
    return values.decimal(value.strip())


def _money(value: object) -> Decimal:
    amount = exact(value)
    if not 0 <= amount < MAX_MONEY:
        raise ValueError(f"an amount from 0 to below {MAX_MONEY} is expected")
    exponent = amount.normalize().as_tuple().exponent
    if isinstance(exponent, int) and exponent < -PRICE_PLACES:
        raise ValueError(f"an amount with at most {PRICE_PLACES} decimals is expected")
    return amount


def count(value: object, *, least: int = 1) -> int:
    """Take a whole number of at least `least`."""
    number = exact(value)
    if number != number.to_integral_value() or not least <= number <= MAX_COUNT:
        raise ValueError(f"a whole number from {least} to {MAX_COUNT} is expected")
    return int(number)


def _quantity(value: object) -> Decimal:
    number = exact(value)
    if not 0 <= number <= MAX_COUNT:
        raise ValueError(f"a number from 0 to {MAX_COUNT} is expected")
    return number


def _flag(value: object) -> bool:
    """Take what says yes or no: 1 or 0, with or without quotes, or true or false."""
    word = value.strip().lower() if isinstance(value, str) else value
    if isinstance(word, bool):
        return word
    if word in (0, 1) or word in ("0", "1", "true", "false"):
        return word in (1, "1", "true")
    raise ValueError("0 or 1 is expected")


def _lot_number(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("a lot number in quotes is expected")
    return lot_number(value.strip())


def _day(value: object) -> date:
    if not isinstance(value, str):
        raise ValueError('a date in quotes is expected, as "2026-11-21"')
    return values.iso_date(value.strip())


def lower(value: object) -> object:
    """Take a word in any case."""
    value = clean(value)
    return value.lower() if isinstance(value, str) else value


def one_of(value: object, options: Iterable[_Word]) -> _Word:
    """Take a word of a list in any case."""
    word = value.strip().lower() if isinstance(value, str) else None
    known = [*options]
    for option in known:
        if option.value == word:
            return option
    raise ValueError(f"one of {', '.join(known)} is expected")


def _box_code(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("a box code in quotes is expected")
    return box_code(value.strip())


def _emptied(value: object) -> object:
    """Take an empty string for nothing said."""
    cleaned = clean(value)
    return None if cleaned == "" else cleaned


Text20 = Annotated[str | None, Field(max_length=20), BeforeValidator(_emptied)]
Text22 = Annotated[str | None, Field(max_length=22), BeforeValidator(_emptied)]
Text50 = Annotated[str | None, Field(max_length=50), BeforeValidator(_emptied)]
Text80 = Annotated[str | None, Field(max_length=80), BeforeValidator(_emptied)]
Text200 = Annotated[str | None, Field(max_length=200), BeforeValidator(_emptied)]
Text500 = Annotated[str | None, Field(max_length=500), BeforeValidator(_emptied)]
Text2000 = Annotated[str | None, Field(max_length=2000), BeforeValidator(_emptied)]
OrderNumber = Annotated[str, Field(min_length=1, max_length=22), BeforeValidator(clean)]
LineReference = Annotated[str, Field(min_length=1, max_length=20), BeforeValidator(clean)]
MessageId = Annotated[str, Field(min_length=1, max_length=64), BeforeValidator(clean)]
OwnText = Annotated[
    str, Field(min_length=1, max_length=LONGEST_CUSTOM_FIELD), BeforeValidator(clean)
]
"""Name or text of a field that its sender made up."""
Code50 = Annotated[str, Field(min_length=1, max_length=50), BeforeValidator(clean)]
BoxCode = Annotated[str, BeforeValidator(_box_code)]
Money = Annotated[Decimal, BeforeValidator(_money)]
Count = Annotated[int, BeforeValidator(count)]
CountOrNone = Annotated[int, BeforeValidator(lambda value: count(value, least=0))]
"""A number of boxes that may be 0."""
Quantity = Annotated[Decimal, BeforeValidator(_quantity)]
Flag = Annotated[bool, BeforeValidator(_flag)]
LotNumber = Annotated[str, BeforeValidator(_lot_number)]
Day = Annotated[date, BeforeValidator(_day)]
Unit = Annotated[Literal["stem", "bunch", "box"], BeforeValidator(lower)]
Currency = Annotated[str, Field(pattern="^[A-Z]{3}$"), BeforeValidator(clean)]
Waybill = Annotated[str | None, Field(max_length=MAX_WAYBILL), BeforeValidator(_emptied)]
WaybillNumber = Annotated[str, Field(min_length=1, max_length=MAX_WAYBILL), BeforeValidator(clean)]


class Part(BaseModel):
    """Part of the contract; what it doesn't know is kept aside for a warning."""

    model_config = ConfigDict(
        frozen=True, strict=True, extra="allow", alias_generator=to_camel, populate_by_name=False
    )

"""Exchange rates as an admin keeps them: from one currency to another, from a day on.

A rate holds until the next one of its pair begins. The way back is a row of its own: a bank buys
dearer than it sells, so a rate is never turned round, nor put together from two others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from daemon.mapping.parse import RATES_FILE, Cells
from daemon.mapping.problems import Notes
from daemon.mapping.sheet import Sheet
from formats import values

MOST_PLACES = 10
MOST = 1_000_000
FARTHEST_APART = Decimal("0.2")
"""How far there and back may lead away from 1 before one of the two is doubted."""


@dataclass(frozen=True, slots=True)
class Rate:
    """One row: 1 of `source` is `rate` of `target`, from `valid_from` on (None: always)."""

    number: int
    source: str
    target: str
    rate: Decimal
    valid_from: date | None
    comment: str


Rates = Mapping[tuple[str, str], Sequence[Rate]]
"""By source and target, the newest first."""


def rate(rates: Rates, source: str, target: str, on: date) -> Decimal | None:
    """Return what 1 of `source` is in `target` on that day; None where no row says it.

    A currency in itself is 1. The inverse of another row is never used.
    """
    if source == target:
        return Decimal(1)
    for row in rates.get((source, target), ()):
        if row.valid_from is None or row.valid_from <= on:
            return row.rate
    return None


def by_pair(rows: Iterable[Rate]) -> Rates:
    """Return the rows ready to look up."""
    pairs: dict[tuple[str, str], list[Rate]] = defaultdict(list)
    for row in rows:
        pairs[row.source, row.target].append(row)
    return {pair: tuple(sorted(same, key=_begin, reverse=True)) for pair, same in pairs.items()}


def _begin(row: Rate) -> date:
    return row.valid_from or date.min


def read_rates(sheet: Sheet, notes: Notes) -> list[Rate]:
    """Return the rows of the table; one with a bad cell is said and left out."""
    comma = sheet.style.delimiter == ";"
    rows = [_row(Cells(sheet.file, record, notes, comma)) for record in sheet.records]
    return [row for row in rows if row]


def _row(cells: Cells) -> Rate | None:
    source, target = (_currency(cells, column) for column in ("from", "to"))
    cells.needed("rate", "write what 1 of the first currency is in the second, as 1.0850")
    value = cells.typed("rate", lambda text: _amount(text, comma=cells.decimal_comma))
    valid_from = cells.typed("valid_from", values.iso_date)
    if cells.text("valid_from") and valid_from is None:
        return None
    if not (source and target and value):
        return None
    if source == target:
        cells.refuse("to", f"{target} in itself needs no rate; remove the row")
        return None
    return Rate(cells.record.number, source, target, value, valid_from, cells.text("comment"))


def _currency(cells: Cells, column: str) -> str | None:
    cells.needed(column, "write a currency of three letters, as USD")
    return cells.typed(column, _three_letters)


def _three_letters(text: str) -> str:
    if len(text) != 3 or not text.isascii() or not text.isalpha():
        raise ValueError("a currency of three letters such as USD is expected")
    return text.upper()


def _amount(text: str, *, comma: bool) -> Decimal:
    value = values.decimal(text, comma=comma and "," in text)
    if not 0 < value < MOST:
        raise ValueError(f"a rate above 0 and below {MOST} is expected, as 1.0850")
    places = -int(value.as_tuple().exponent)
    if places > MOST_PLACES:
        raise ValueError(f"a rate of at most {MOST_PLACES} decimals is expected")
    return value


def check_rates(rows: Sequence[Rate], notes: Notes) -> None:
    """Refuse two rates of a pair that begin on one day; doubt a way back that is none."""
    seen: dict[tuple[str, str, date | None], Rate] = {}
    for row in rows:
        first = seen.setdefault((row.source, row.target, row.valid_from), row)
        if first is not row:
            text = f"row {first.number} says {row.source} to {row.target} from the same day"
            notes.refuse(RATES_FILE, f"{text}; keep one", row.number, "valid_from")
    pairs = by_pair(rows)
    doubted: set[frozenset[str]] = set()
    for row in rows:
        pair = frozenset((row.source, row.target))
        back = rate(pairs, row.target, row.source, _begin(row))
        if back and pair not in doubted and abs(row.rate * back - 1) > FARTHEST_APART:
            doubted.add(pair)
            text = (
                f"{row.rate} to {row.target}, but {back} back to {row.source}: that is "
                f"{row.rate * back:.4f} there and back; look whether one is the wrong way round"
            )
            notes.warn(RATES_FILE, text, row.number, "rate")

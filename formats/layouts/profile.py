"""What the columns of a sample look like: how many cells are dates, numbers, unit words, texts.

Columns are looked at as wholes, which is what pandas is for; nothing is converted by it, so that
`007` and `NA` stay what they are. It's loaded when a sample is looked at, and by nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from formats.layouts.words import UNIT_WORDS
from formats.tabular.cells import column_key

if TYPE_CHECKING:
    import pandas as pd

MOST_ROWS = 2_000
_DATE = r"[0-9]{1,4}[-/. ](?:[0-9]{1,2}|[A-Za-z]{3,4}\.?)[-/. ][0-9]{1,4}(?:[T ]0?0:00(?::00)?)?"
_COMPACT = r"(?:19|20)[0-9]{6}"
_NUMBER = r"-?[0-9]{1,3}(?:[., ][0-9]{3})*(?:[.,][0-9]+)?|-?[0-9]+(?:[.,][0-9]+)?"


def _fraction(mark: str, group: str) -> str:
    """Return the pattern of numbers that have a decimal mark for sure; `1.234` may have none."""
    whole = f"0|[0-9]{{1,3}}(?:{group}[0-9]{{3}})+|[0-9]{{4,}}"
    return f"-?(?:{whole}){mark}[0-9]+|-?[0-9]+{mark}(?:[0-9]{{1,2}}|[0-9]{{4,}})"


@dataclass(frozen=True, slots=True)
class Profile:
    """One column of a sample; shares are of its cells that aren't empty."""

    title: str
    filled: int
    dates: float
    numbers: float
    units: float
    distinct: float
    characters: float
    """Length of its texts, on average."""
    samples: tuple[str, ...]
    """Different texts of it, the first of them."""
    comma_decimals: int = 0
    """Numbers that can only have a decimal comma, as `0,35` or `1.234,5`."""
    point_decimals: int = 0
    fractions: float = 0.0
    """Share of numbers with a decimal mark of either kind."""


def profiles(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> list[Profile]:
    """Return what each column looks like; `titles` are empty where there is no header."""
    import pandas as pd  # noqa: PLC0415  (a third of a second, which only a guess needs)

    width = len(titles)
    padded = [[*row[:width], *[""] * (width - len(row))] for row in rows[:MOST_ROWS]]
    frame = pd.DataFrame(padded, columns=range(width), dtype=str)
    return [_profile(titles[at], frame[at]) for at in range(width)]


def _profile(title: str, column: pd.Series[str]) -> Profile:
    said = column[column.str.len() > 0]
    filled = len(said)
    if not filled:
        return Profile(title, 0, 0, 0, 0, 0, 0, ())
    text = said.str
    keys = said.map(column_key)
    numbers = text.fullmatch(_NUMBER)
    commas = text.fullmatch(_fraction(",", r"\.")).astype(bool)
    points = text.fullmatch(_fraction(r"\.", ",")).astype(bool)
    dates = text.fullmatch(_DATE) | text.fullmatch(_COMPACT)
    unique = said.drop_duplicates()
    return Profile(
        title=title,
        filled=filled,
        dates=float(dates.mean()),
        numbers=float(numbers.mean()),
        units=float(keys.isin(list(UNIT_WORDS)).mean()),
        distinct=len(unique) / filled,
        characters=float(text.len().mean()),
        samples=tuple(str(each) for each in unique.head(200)),
        comma_decimals=int(commas.sum()),
        point_decimals=int(points.sum()),
        fractions=float((commas | points).mean()),
    )

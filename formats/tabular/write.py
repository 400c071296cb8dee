"""Delimited text out: UTF-8, comma, CR LF, quotes where needed (RFC 4180).

What a person may open in a spreadsheet is neutralised: a cell that would be taken for a formula
gets a leading apostrophe. Files that programs exchange are written as they are.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from formats import values

Cell = str | int | Decimal | date | None
Sheet = tuple[Sequence[str], Iterable[Sequence[Cell]]]
"""A header, and rows of as many cells."""

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def neutralised(text: str) -> str:
    """Return `text` so that no spreadsheet takes it for a formula; plain numbers stay numbers."""
    if not text.startswith(_FORMULA_STARTS) and not text.lstrip().startswith(_FORMULA_STARTS):
        return text
    try:
        values.decimal(text)
    except ValueError:
        return "'" + text
    return text


def line(cells: Sequence[Cell], *, for_people: bool = False) -> str:
    """Return one row without its line end."""
    target = io.StringIO(newline="")
    texts = [_text(cell) for cell in cells]
    if len(texts) == 1 and not texts[0]:
        return ""
    writer = csv.writer(target, lineterminator="")
    writer.writerow([neutralised(text) for text in texts] if for_people else texts)
    return target.getvalue()


def written(
    header: Sequence[str], rows: Iterable[Sequence[Cell]], *, for_people: bool = False
) -> bytes:
    """Return a header and rows as a file; `for_people` neutralises formulas."""
    target = io.StringIO(newline="")
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow(header)
    for row in rows:
        texts = [_text(cell) for cell in row]
        writer.writerow([neutralised(text) for text in texts] if for_people else texts)
    return target.getvalue().encode()


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell)

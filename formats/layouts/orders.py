"""Orders whose file leaves out what ours need: a number of their own, and numbers of lines.

Rows of one vendor, ship date and location are one order (domain 12.3). Its number is made of what
they say: the same rows are the same order again, and a corrected row makes a new one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from formats.limits import Limits
from formats.tabular.rows import Row
from formats.tabular.source import RowStream

_TOGETHER = ("vendor_code", "ship_date", "location", "customer_code", "customer_po")
_DIGITS = 10


def numbered(rows: RowStream, limits: Limits) -> RowStream:
    """Return the rows of orders with `po_number` and `line` filled in where the file lacks them."""
    return _Numbered(rows, limits)


class _Numbered:
    """Rows of orders, each with its number and line."""

    def __init__(self, rows: RowStream, limits: Limits) -> None:
        self._rows = rows
        self._limits = limits

    @property
    def is_lost(self) -> bool:
        return self._rows.is_lost

    @is_lost.setter
    def is_lost(self, value: bool) -> None:
        self._rows.is_lost = value

    @property
    def left_out(self) -> list[int]:
        return self._rows.left_out

    @left_out.setter
    def left_out(self, value: list[int]) -> None:
        self._rows.left_out = value

    def __iter__(self) -> Iterator[Row]:
        rows = iter(self._rows)
        header = next(rows, None)
        if header is None:
            return
        names = list(header.cells)
        lacks = [name for name in ("po_number", "line") if name not in names]
        yield Row(header.line, names + lacks)
        body = _with_numbers(list(rows), names) if "po_number" in lacks else rows
        places = names + (["po_number"] if "po_number" in lacks else [])
        number_at = places.index("po_number")
        lines: dict[str, int] = {}
        for row in body:
            if "line" not in lacks:
                yield row
                continue
            number = row.cells[number_at]
            lines[number] = lines.get(number, 0) + 1
            yield Row(row.line, [*row.cells, str(lines[number])])


def _with_numbers(rows: list[Row], names: list[str]) -> Iterator[Row]:
    """Yield rows with a number behind them that all rows of one order share."""
    places = [names.index(name) for name in _TOGETHER if name in names]
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(row.cells[at] for at in places), []).append(row)
    for of_order in groups.values():
        text = "\n".join("\x1f".join(row.cells) for row in of_order)
        digest = hashlib.sha256(text.encode("utf-8", errors="replace")).hexdigest()
        number = "F" + str(int(digest[:16], 16))[:_DIGITS]
        for row in of_order:
            yield Row(row.line, [*row.cells, number])

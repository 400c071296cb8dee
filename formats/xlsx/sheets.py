"""What the process that opens a workbook says of it, without the libraries that open one.

That is a line of JSON about each sheet and then the sheet's rows, tabs between the cells, with the
number of each row in front; or a line with `code` and `message`, where it can't be opened.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from formats.xlsx.archive import ArchiveError

NUMBER_MARK = "\x1f"
"""Stands before the text of every number."""


@dataclass(frozen=True, slots=True)
class SheetHead:
    """What is said of a sheet before its rows: `size` bytes of rows follow."""

    name: str
    size: int = 0
    is_hidden: bool = False
    first_column: int = 0
    """Letters count from here: 0 is A."""
    hidden_rows: tuple[int, ...] = ()
    error_cells: tuple[str, ...] = ()
    unclear: tuple[tuple[int, int], ...] = ()
    """Row and column (from 0) of merged cells over several rows that hold a number."""


def heads(stream: bytes) -> Iterator[tuple[SheetHead, bytes]]:
    """Yield what `extract` wrote: each sheet with its rows. Raises ArchiveError for a refusal."""
    at = 0
    while at < len(stream):
        end = stream.find(b"\n", at)
        if end < 0:
            raise ArchiveError("damaged", "The workbook could not be read to its end. Send CSV.")
        head = _head(stream[at:end])
        at = end + 1 + head.size
        yield head, stream[end + 1 : at]


def _head(line: bytes) -> SheetHead:
    said = json.loads(line)
    if "code" in said:
        raise ArchiveError(str(said["code"]).removeprefix("xlsx."), str(said["message"]))
    return SheetHead(
        str(said["name"]),
        int(said["size"]),
        is_hidden=bool(said["is_hidden"]),
        first_column=int(said["first_column"]),
        hidden_rows=tuple(map(int, said["hidden_rows"])),
        error_cells=tuple(map(str, said["error_cells"])),
        unclear=tuple((int(row), int(column)) for row, column in said["unclear"]),
    )

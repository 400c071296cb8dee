"""Where the rows of a table come from: delimited text, or a table that was opened elsewhere.

A reader of a kind asks for rows and doesn't know whether they stood in a CSV, on a sheet of a
workbook, or in a partner's own layout.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Protocol

from formats.limits import Limits
from formats.tabular.dialect import Dialect
from formats.tabular.findings import FindingLog
from formats.tabular.rows import Row, Table


class RowStream(Protocol):
    """Rows to be iterated once; then `is_lost` says whether some of them couldn't be told."""

    is_lost: bool
    left_out: list[int]
    """Lines of the rows whose syntax was wrong, so that nobody can say what they held."""

    def __iter__(self) -> Iterator[Row]: ...


class GivenTable(Protocol):
    """A table that isn't delimited text."""

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of what the table says."""

    def open(self, limits: Limits, notes: FindingLog) -> RowStream:
        """Return its rows from the first; what is wrong with them goes into `notes`."""


Content = bytes | GivenTable


def open_table(content: Content, dialect: Dialect, limits: Limits, notes: FindingLog) -> RowStream:
    """Return the rows of a table; `dialect` is that of delimited text."""
    if isinstance(content, bytes):
        return Table(content, dialect, limits, notes)
    return content.open(limits, notes)


def digest_of(content: Content) -> str:
    """Return the SHA-256 (hex) of a file's bytes, or of what a given table says."""
    return hashlib.sha256(content).hexdigest() if isinstance(content, bytes) else content.digest

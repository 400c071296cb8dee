"""Write many rows of one table with one statement, for little more than the driver asks for.

SQLAlchemy puts together the parameters of each row anew, which costs twice what SQLite needs to
write it. Here a statement is compiled once for a table and its columns, and of a row only those
values are converted whose column asks for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, Table, insert

Row = dict[str, Any]
_Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Insert:
    """A compiled INSERT: its text, the names of its parameters, and which of them to convert."""

    text: str
    names: tuple[str, ...]
    converts: tuple[tuple[str, _Convert], ...]
    is_positional: bool

    def parameters(self, row: Row) -> Any:
        """Return what the driver gets for `row`, which stays as it is."""
        ready = row.copy()
        for name, convert in self.converts:
            ready[name] = convert(ready[name])
        return tuple([ready[name] for name in self.names]) if self.is_positional else ready


def insert_rows(conn: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert `rows`, all with the same columns of `table` by their names."""
    prepared = _prepared(table, tuple(rows[0]), conn.dialect)
    conn.exec_driver_sql(prepared.text, [prepared.parameters(row) for row in rows])


@lru_cache(maxsize=512)
def _prepared(table: Table, columns: tuple[str, ...], dialect: Dialect) -> _Insert:
    """Compile for one order of columns; a posting's rows come in few orders."""
    compiled = insert(table).compile(dialect=dialect, column_keys=list(columns))
    types = {name: table.c[name].type.dialect_impl(dialect) for name in columns}
    converts = {name: kind.bind_processor(dialect) for name, kind in types.items()}
    names = tuple(compiled.positiontup or columns)
    needed = tuple((name, each) for name, each in converts.items() if each is not None)
    return _Insert(str(compiled), names, needed, bool(compiled.positional))

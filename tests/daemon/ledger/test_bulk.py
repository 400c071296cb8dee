"""Rows written in bulk are the rows that SQLAlchemy's own INSERT writes, on each database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    insert,
    select,
    text,
)

from daemon.ledger import schema
from daemon.ledger.bulk import Row, insert_rows
from daemon.ledger.store import Ledger
from daemon.ledger.types import Exact, Key, Moment

_ROWS: list[Row] = [
    {
        "id": 1,
        "words": "Größe 'S'; --",
        "long": "%s %(id)s ? :id",
        "count": -1,
        "large": 1 << 62,
        "is_so": True,
        "day": date(2026, 11, 22),
        "body": bytes(range(256)),
        "money": Decimal("0.34555"),
        "goods": Decimal("12.000001"),
        "at": datetime(2026, 11, 22, 23, 59, tzinfo=timezone(timedelta(hours=-5))),
    },
    {
        "id": 2,
        "words": "",
        "long": "",
        "count": 0,
        "large": 0,
        "is_so": False,
        "day": date(1, 1, 1),
        "body": b"",
        "money": Decimal(0),
        "goods": Decimal("1E+3"),
        "at": datetime(2026, 1, 1, tzinfo=UTC),
    },
    {
        "id": 3,
        "words": None,
        "long": None,
        "count": None,
        "large": None,
        "is_so": None,
        "day": None,
        "body": None,
        "money": None,
        "goods": None,
        "at": None,
    },
]


def _table(name: str) -> Table:
    return Table(
        name,
        MetaData(),
        Column("id", Key, primary_key=True),
        Column("words", String(40)),
        Column("long", Text),
        Column("count", Integer),
        Column("large", BigInteger),
        Column("is_so", Boolean),
        Column("day", Date),
        Column("body", LargeBinary),
        Column("money", Exact),
        Column("goods", Exact(6)),
        Column("at", Moment),
    )


@pytest.fixture
def tables(ledger: Ledger) -> Iterator[tuple[Table, Table]]:
    """Two tables with a column of each type that the ledger uses."""
    made = _table("by_bulk"), _table("by_insert")
    with ledger.write() as conn:
        for table in made:
            table.create(conn)
    yield made
    with ledger.write() as conn:
        for table in made:
            table.drop(conn)


def test_a_row_in_bulk_holds_to_the_byte_what_an_insert_holds(
    ledger: Ledger, tables: tuple[Table, Table]
) -> None:
    ours, theirs = tables
    turned = [dict(reversed(row.items())) for row in _ROWS]
    with ledger.write() as conn:
        insert_rows(conn, ours, _ROWS[:1])
        insert_rows(conn, ours, turned[1:])
        conn.execute(insert(theirs), _ROWS)
        raw = [
            conn.execute(text(f"SELECT * FROM {name} ORDER BY id")).all()
            for name in ("by_bulk", "by_insert")
        ]
        read = conn.execute(select(ours).order_by(ours.c.id)).mappings().all()
    assert raw[0] == raw[1]
    assert read[0]["money"] == Decimal("0.3456")
    assert read[0]["at"] == _ROWS[0]["at"]
    assert bytes(read[0]["body"]) == bytes(range(256))
    assert all(value is None for name, value in read[2].items() if name != "id")


def test_rows_may_name_their_columns_in_any_order(ledger: Ledger) -> None:
    table = schema.sequences
    with ledger.write() as conn:
        insert_rows(conn, table, [{"last": 7, "name": "a"}, {"name": "b", "last": 8}])
        found = {row.name: row.last for row in conn.execute(select(table))}
    assert (found["a"], found["b"]) == (7, 8)


def test_each_type_of_the_books_is_tried_here() -> None:
    used = {type(column.type) for table in schema.metadata.sorted_tables for column in table.c}
    assert used <= {type(column.type) for column in _table("by_bulk").c}


def test_a_row_stays_as_it_is(ledger: Ledger, tables: tuple[Table, Table]) -> None:
    row = _ROWS[0].copy()
    with ledger.write() as conn:
        insert_rows(conn, tables[0], [row])
    assert row == _ROWS[0]

"""Every state has its followers in a table; any other change is refused with the allowed named."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TypeAlias

import pytest
from sqlalchemy import select

from daemon.ledger import moves, schema, states
from daemon.ledger.documents import NewDocument, add_document
from daemon.ledger.moves import Cause, Machine
from daemon.ledger.posting import Posting, posting
from daemon.ledger.states import DocumentState, ForbiddenMoveError, check_move, sources
from daemon.ledger.store import Ledger
from tests.daemon.ledger import state_diagrams
from tests.daemon.ledger.books import add_arrival

Table: TypeAlias = Mapping[StrEnum, frozenset[StrEnum]]

TABLES: dict[str, Table] = {machine.title: machine.table for machine in state_diagrams.MACHINES}
PAIRS = [
    pytest.param(table, before, after, id=f"{name}: {before} to {after}")
    for name, table in TABLES.items()
    for before in table
    for after in type(before)
]


@pytest.mark.parametrize(("table", "before", "after"), PAIRS)
def test_a_change_is_allowed_by_its_table_or_refused_with_the_allowed_named(
    table: Table, before: StrEnum, after: StrEnum
) -> None:
    if after in table[before]:
        check_move(table, "order 7", before, after)
        return
    with pytest.raises(ForbiddenMoveError) as caught:
        check_move(table, "order 7", before, after)
    said = str(caught.value)
    assert said.startswith(f"order 7 is {before.value} and can't become {after.value}; ")
    allowed = said.partition("it can become ")[2]
    if table[before]:
        assert set(allowed.split(" or ")) == {state.value for state in table[before]}
    else:
        assert allowed == "nothing: it is over"


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_every_state_stands_in_its_table_and_is_reached_by_rules(table: Table) -> None:
    (kind,) = {type(state) for state in table}
    assert set(table) == set(kind)
    machine = next(each for each in state_diagrams.MACHINES if each.table is table)
    reached = set(machine.begins)
    while more := {after for state in reached for after in table[state]} - reached:
        reached |= more
    assert reached == set(kind)


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_sources_are_the_table_read_backwards(table: Table) -> None:
    for target in table:
        found = sources(table, target)
        assert found == [state.value for state in table if target in table[state]]


@pytest.mark.parametrize(
    "machine",
    [moves.ORDERS, moves.LINES, moves.TRANSFERS, moves.BOXES, moves.WAYBILLS, moves.INVOICES],
    ids=lambda machine: machine.name,
)
def test_a_move_that_is_not_allowed_writes_nothing(
    ledger: Ledger, machine: Machine[StrEnum]
) -> None:
    for before in machine.allowed:
        for after in type(before):
            if after is before or after in machine.allowed[before]:
                continue
            with posting(ledger) as post, pytest.raises(ForbiddenMoveError):
                moves.move(post, machine, 1, before, after, what="it", cause=Cause("a test"))
    with ledger.read() as conn:
        assert conn.execute(select(schema.moves)).all() == []


def test_an_allowed_move_changes_the_column_and_is_written_down_with_its_cause(
    ledger: Ledger,
) -> None:
    arrival = add_arrival(ledger)
    before, after = states.WaybillState.OPEN, states.WaybillState.CLOSED
    with posting(ledger) as post:
        key = _waybill(post, arrival)
    with posting(ledger) as post:
        cause = Cause("two days after its ship date")
        moves.move(post, moves.WAYBILLS, key, before, after, what="it", cause=cause)
        moves.move(post, moves.WAYBILLS, key, after, after, what="it", cause=Cause("again"))
    with ledger.read() as conn:
        (row,) = conn.execute(select(schema.moves)).all()
        state = conn.execute(select(schema.shipments.c.state)).scalar_one()
    assert state == "closed"
    assert (row.entity, row.entity_id, row.before, row.after) == (
        *("air waybill", key),
        *("open", "closed"),
    )
    assert (row.cause, row.arrival_id) == ("two days after its ship date", None)


def test_a_row_that_is_not_written_yet_is_moved_too(ledger: Ledger) -> None:
    arrival = add_arrival(ledger)
    before, after = states.WaybillState.OPEN, states.WaybillState.CLOSED
    with posting(ledger) as post:
        key = _waybill(post, arrival)
        cause = Cause("ship notice of florsol", arrival)
        moves.move(post, moves.WAYBILLS, key, before, after, what="it", cause=cause)
    with ledger.read() as conn:
        assert conn.execute(select(schema.shipments.c.state)).scalar_one() == "closed"


def _waybill(post: Posting, arrival: int) -> int:
    new = NewDocument(arrival, "florsol", 1, "ship_notice", "1", "", "d", DocumentState.POSTED)
    row = {
        "arrival_id": arrival,
        "document_id": add_document(post, new),
        "vendor": "florsol",
        "buyer": "bloom",
        "awb": "729-12345675",
        "house_awb": "",
        "is_temporary": False,
        "ship_date": date(2026, 11, 20),
        "state": "open",
    }
    return post.add(schema.shipments, row)


def test_the_page_of_the_states_is_drawn_from_the_tables(regenerate: bool) -> None:
    if regenerate:
        state_diagrams.main()
    assert state_diagrams.PAGE.read_text() == state_diagrams.page(), "draw it anew: make docs"


def test_the_page_shows_every_table() -> None:
    source = Path(states.__file__).read_text()
    names = {
        node.target.id
        for node in ast.parse(source).body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }
    shown = {id(machine.table) for machine in state_diagrams.MACHINES}
    assert len(names) == len(shown)

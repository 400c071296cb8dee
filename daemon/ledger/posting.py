"""One posting: the transaction that makes records and outgoing files real (step C9).

Rows are gathered and written with one statement a table when the posting closes, because a
statement costs more than the row it carries. Keys and control numbers are therefore counted here,
before the rows exist, and their counters move in the same transaction: a posting that is rolled
back leaves no gap.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table

from daemon.ledger import schema
from daemon.ledger.bulk import insert_rows
from daemon.ledger.cuts import CutFile, noted
from daemon.ledger.states import AcknowledgementState, OutgoingState
from daemon.ledger.store import Ledger, advance, advance_all
from formats.edifact.controls import controls_of as edifact_controls
from formats.findings import Finding
from formats.x12.controls import controls_of as x12_controls
from formats.xlsx.from_csv import workbook_of

MOST_GATHERED = 5_000
"""Rows of one table that are kept in memory; a file of half a million lines must not be."""
CONTROL_LIMIT = 999_999_999
MAX_NAME_PART = 40

# Parents before children, so that foreign keys hold statement by statement.
_WRITE_ORDER: tuple[Table, ...] = tuple(schema.metadata.sorted_tables)
_KEYS = {table.name: f"key:{table.name}" for table in _WRITE_ORDER}
"""By table, the counter of its primary keys."""
_STAMPS = {
    table.name: [name for name in ("created_at", "updated_at") if name in table.c]
    for table in _WRITE_ORDER
}
"""By table, the columns that say when a row was written."""


@dataclass(frozen=True, slots=True)
class OutgoingFile:
    """A file for a partner, final to the byte; its name is made from our own keys."""

    partner: str
    kind: str
    reference: str
    """Document number for people; only its plain characters reach the name."""
    extension: str
    body: bytes
    is_answer: bool
    """Whether it answers the sender, and so is given again when a duplicate comes."""
    order_id: int | None = None
    """The order that it brings to its vendor, whose transfer follows it; None for any other."""
    notes: tuple[Finding, ...] = ()
    """What its writer cut, replaced or left out; kept beside what caused the file."""


@dataclass(slots=True)
class _Counter:
    """A counter that this transaction holds: its value, and what the ledger's row is behind."""

    last: int
    unsaved: int = 0


@dataclass(slots=True)
class Posting:
    """Gathers what one transaction writes; made by `posting()`."""

    conn: Connection
    at: datetime
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    awaits: Callable[[str], timedelta | None] = lambda _partner: None
    """Within what time a partner acknowledges the X12 files that it gets; None where it needn't."""
    in_workbooks: Callable[[str], bool] = lambda _partner: False
    """Whether a partner gets as a workbook what others get as CSV."""
    refused: set[int] = field(default_factory=set)
    """Documents of which this posting wrote down what the rules refused."""
    cut: list[CutFile] = field(default_factory=list)
    """Files that no arrival caused and in which texts were cut; told once all of it is durable."""
    moved: Callable[[], None] = lambda: None
    """Called now and then: a posting of a large file takes minutes, and isn't stuck."""
    _counters: dict[str, _Counter] = field(default_factory=dict)

    def count(self, name: str, by: int = 1) -> int:
        """Move the counter `name` on by `by` and return its new value.

        The first use locks the counter's row until the transaction ends, so nobody takes a number
        after ours, and what follows costs no statement until the flush.
        """
        counter = self._counters.get(name)
        if counter is None:
            counter = self._counters[name] = _Counter(advance(self.conn, name, by))
        else:
            counter.last += by
            counter.unsaved += by
        return counter.last

    def key(self, table: Table) -> int:
        """Return the next primary key of `table`."""
        return self.count(_KEYS[table.name])

    def add(self, table: Table, row: Mapping[str, Any]) -> int:
        """Gather `row` for `table` and return its key; times are filled in."""
        key = self.key(table)
        stamped = {"id": key, **row}
        for column in _STAMPS[table.name]:
            stamped[column] = self.at
        rows = self.rows.setdefault(table.name, [])
        rows.append(stamped)
        if len(rows) >= MOST_GATHERED:
            self.flush()
        return key

    def control_number(self, level: str, sender: str, receiver: str, *, count: int = 1) -> int:
        """Allot `count` control numbers of a pair at a level and return the first.

        999999999 is followed by 1. The counter moves in this transaction, so a crash neither loses
        nor repeats a number.
        """
        last = self.count(f"control:{level}:{sender}:{receiver}", count)
        return (last - count) % CONTROL_LIMIT + 1

    def send(self, file: OutgoingFile, *, arrival_id: int | None, document_id: int | None) -> int:
        """Gather an outgoing file; its name carries its key, so no name is ever used twice."""
        if file.extension == "csv" and self.in_workbooks(file.partner):
            file = _in_workbook(file)
        key = self.key(schema.outgoing)
        name = f"{file.kind}-{plain(file.reference)}-{key:08}.{file.extension}"
        self.rows.setdefault("outgoing", []).append(
            {
                "id": key,
                "arrival_id": arrival_id,
                "document_id": document_id,
                "partner": file.partner,
                "kind": file.kind,
                "name": name,
                "size_bytes": len(file.body),
                "sha256": hashlib.sha256(file.body).hexdigest(),
                "is_answer": file.is_answer,
                "order_id": file.order_id,
                "state": OutgoingState.PENDING.value,
                **self._awaited(file),
                "created_at": self.at,
                "updated_at": self.at,
            }
        )
        bodies = self.rows.setdefault("outgoing_bodies", [])
        bodies.append({"outgoing_id": key, "body": file.body})
        if file.notes:
            self._note(CutFile(file.partner, name, file.notes), arrival_id, document_id)
        return key

    def _note(self, file: CutFile, arrival_id: int | None, document_id: int | None) -> None:
        """Keep what a writer cut as findings of the arrival; without one it is told instead."""
        if arrival_id is None:
            self.cut.append(file)
            return
        for each in noted(file):
            self.add(schema.findings, finding_row(each, arrival_id, document_id))

    def _awaited(self, file: OutgoingFile) -> dict[str, Any]:
        """Return how an acknowledgement will name a file, and by when it is to come."""
        if file.extension != "edi":
            return {}
        of_x12 = x12_controls(file.body)
        controls = of_x12 or edifact_controls(file.body)
        if controls is None:
            return {}
        within = self.awaits(file.partner)
        return {
            "sender": controls.sender,
            "interchange_control": controls.interchange,
            "group_control": of_x12.group if of_x12 else None,
            "acknowledgement": None if within is None else AcknowledgementState.EXPECTED.value,
            "due_at": None if within is None else self.at + within,
        }

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Let what is written inside count as a whole, or not at all where it raises."""
        self.flush()
        cut_before = len(self.cut)
        try:
            with self.conn.begin_nested():
                yield
                self.flush()
        except BaseException:
            # Rows and numbers of what is undone.
            self.rows.clear()
            del self.cut[cut_before:]
            self._counters.clear()
            raise

    def flush(self) -> None:
        """Write what was gathered, one statement a table, and how far the counters came."""
        self.moved()
        for table in _WRITE_ORDER:
            rows = self.rows.pop(table.name, None)
            if rows:
                insert_rows(self.conn, table, _squared(rows))
        unsaved = {name: each.unsaved for name, each in self._counters.items() if each.unsaved}
        if unsaved:
            advance_all(self.conn, unsaved)
        self._counters.clear()


def finding_row(found: Finding, arrival_id: int, document_id: int | None) -> dict[str, Any]:
    """Return a finding as a row of its table, without the offending text itself."""
    return {
        "arrival_id": arrival_id,
        "document_id": document_id,
        "code": found.code[:60],
        "severity": found.severity.value,
        "place": str(found.where)[:200],
        "message": found.message,
    }


def _squared(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give every row the same columns, as one statement needs."""
    columns = {name for row in rows for name in row}
    if all(len(row) == len(columns) for row in rows):
        return rows
    return [{name: row.get(name) for name in columns} for row in rows]


def plain(text: str) -> str:
    """Return the letters, digits, dots and underscores of a partner's number, for a file name."""
    kept = re.sub(r"[^A-Za-z0-9._]+", "-", text[:200]).strip("-.")
    return kept[:MAX_NAME_PART] or "file"


def _in_workbook(file: OutgoingFile) -> OutgoingFile:
    """Return a table as a workbook; one that no sheet can hold stays what it is."""
    try:
        body = workbook_of(file.body, file.kind)
    except ValueError:
        return file
    return replace(file, extension="xlsx", body=body)


@contextmanager
def posting(ledger: Ledger) -> Iterator[Posting]:
    """Open the transaction of a posting; all of it is durable when the block ends, or none."""
    with ledger.write_in_turn() as conn:
        ledger.moved()
        post = Posting(conn, ledger.now(), moved=ledger.moved)
        yield post
        post.flush()
    for file in post.cut:
        ledger.cuts.tell(file)

"""`k2kd files`: the files that came in, newest first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated

import typer
from rich.table import Table
from sqlalchemy import Connection

from daemon.cli import options, screen
from daemon.cli.books import Books, opened
from daemon.cli.stories import REASONS, full
from daemon.errors import UsageError
from daemon.eventlog import safe
from daemon.ledger import reports
from daemon.ledger.report_rows import FileRow, FoundKind, FoundRow, HoldRow
from daemon.ledger.states import ArrivalState

app = options.app()
WIDE = 100
_KEYS = {
    FoundKind.REFUSED: "refused",
    FoundKind.LEFT_OUT: "left_out",
    FoundKind.WARNED: "warned",
    FoundKind.CUT: "cut",
}
SHORT = 80
"""Characters of a reason in a table; `k2kd show` has all of it."""


@app.command(epilog=options.example("k2kd files --partner bloom --state held"))
def files(
    *,
    partner: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only this partner's.")
    ] = None,
    state: Annotated[ArrivalState | None, typer.Option(help="Only those in this state.")] = None,
    limit: options.LongLimit = 50,
    refused: Annotated[
        bool, typer.Option("--refused", help="Drops that were refused at the door instead.")
    ] = False,
    as_json: options.Json = False,
    site: options.Site = None,
) -> None:
    """List the files that came in, newest first."""
    with opened(site) as books:
        books.refuse_stranger(partner)
        if refused:
            if state is not None:
                raise UsageError("--refused lists drops that never had a state; leave --state out")
            _show_refused(books, partner, limit, as_json=as_json)
            return
        with books.ledger.read() as conn:
            found = reports.files(
                conn, partner=partner, state=state.value if state else None, limit=limit
            )
            whys = waits_for(conn, found)
            said = found_in(conn, found)
    if as_json:
        screen.print_json(
            [
                screen.facts(row)
                | {"waits_for": whys.get(row.id)}
                | {name: said.get(row.id, {}).get(name) for name in _KEYS.values()}
                for row in found
            ]
        )
        return
    console = screen.console()
    if not found:
        console.print("no such file has come in")
        return
    console.print(_table(found, in_words(said) | whys, is_wide=console.width >= WIDE))
    screen.next_step(console, f"k2kd show {found[0].id}")


def waits_for(conn: Connection, rows: Iterable[FileRow]) -> dict[int, str]:
    """Return in words what holds each held file, by arrival."""
    held = [row.id for row in rows if row.state == ArrivalState.HELD.value]
    holds: dict[int, list[HoldRow]] = {}
    for hold in reports.holds_in(conn, held) if held else ():
        if hold.arrival_id is not None and hold.outgoing_id is None:
            holds.setdefault(hold.arrival_id, []).append(hold)
    return {key: _shortly(some) for key, some in holds.items()}


def found_in(conn: Connection, rows: Iterable[FileRow]) -> dict[int, dict[str, str]]:
    """Return what was found in files that were taken, by arrival: the weightiest, in short.

    `refused` by the rules, `left_out` because it could not be read, `warned` of, or `cut` by us in
    a file that it caused.
    """
    taken = [row.id for row in rows if row.state != ArrivalState.QUARANTINED.value]
    return {
        key: {_KEYS[row.kind]: _found(row)} for key, row in reports.found_in(conn, taken).items()
    }


def in_words(found: Mapping[int, Mapping[str, str]]) -> dict[int, str]:
    """Return the sentences alone."""
    return {key: text for key, said in found.items() for text in said.values()}


def _found(row: FoundRow) -> str:
    is_placed = row.kind is not FoundKind.REFUSED and row.place
    message = f"{row.place}: {row.message}" if is_placed else row.message
    text = _cut(f"{_KEYS[row.kind].replace('_', ' ')}: {message}")
    return text if row.number == 1 else f"{text}, and {row.number - 1} more"


def reason(row: FileRow) -> str | None:
    """Return why a file stands as it does, in short: as its sender is told, else by its code."""
    code = REASONS.get(row.reason_code or "", row.reason_code)
    if row.state != ArrivalState.QUARANTINED.value or code != row.reason_code or not row.reason:
        return code
    return _cut(row.reason)


def _cut(text: str) -> str:
    return text if len(text) <= SHORT else f"{text[: SHORT - 1]}…"


def _shortly(holds: list[HoldRow]) -> str:
    """Name the first thing that holds a file, and count the others."""
    first = holds[0]
    what = first.source_code or first.source_description or first.number or first.place
    text = f"{first.kind}: {what}" if what else first.kind
    return text if len(holds) == 1 else f"{text}, and {len(holds) - 1} more"


def _table(found: list[FileRow], whys: Mapping[int, str], *, is_wide: bool) -> Table:
    """Return files as a table; size and format only where there is room for them."""
    columns = ("id", "when", "partner", "file", "size", "format", "state", "why")
    rows = [
        (
            str(row.id),
            screen.briefly(row.created_at),
            row.partner,
            safe(row.name),
            screen.size(row.size_bytes),
            row.format,
            screen.state(row.state),
            whys.get(row.id) or reason(row),
        )
        for row in found
    ]
    shown = range(len(columns)) if is_wide else (0, 1, 2, 3, 6, 7)
    return screen.table(
        [columns[at] for at in shown], [[row[at] for at in shown] for row in rows], right="id size"
    )


def _show_refused(books: Books, partner: str | None, limit: int, *, as_json: bool) -> None:
    """Print the drops that were never taken in."""
    with books.ledger.read() as conn:
        found = reports.refusals(conn, partner=partner, limit=limit)
    if as_json:
        screen.print_json(found)
        return
    rows = [
        (screen.briefly(row.created_at), row.partner, safe(row.name), row.code, full(row.message))
        for row in found
    ]
    console = screen.console()
    if rows:
        console.print(screen.table(("when", "partner", "file", "code", "why"), rows))
    else:
        console.print("no drop was refused")

"""`k2kd quarantine`: files that can't be used, kept byte for byte with a reason."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from daemon.cli import options, screen
from daemon.cli.books import carried_text, carry_on, opened
from daemon.cli.show import bytes_of, likeness_of, story_of
from daemon.cli.stories import BUG, REASONS, full, show_story
from daemon.errors import DataError, UsageError
from daemon.eventlog import safe
from daemon.ledger import arrivals, reports, upkeep
from daemon.ledger.report_rows import FileRow
from daemon.ledger.states import ArrivalState

app = options.app(summary="Look at files that can't be used; retry them, or lay them aside.")
HEAD_BYTES = 512
LINE_CHARS = 100

Arrival = Annotated[
    int,
    typer.Argument(metavar="ID", help="An id of k2kd quarantine list.", max=options.MOST_KEY),
]


@app.command(
    "list",
    short_help="List those that nobody has looked at.",
    epilog=options.example("k2kd quarantine list", "k2kd quarantine list --partner bloom --all"),
)
def list_command(
    *,
    seen: Annotated[bool, typer.Option("--all", help="Also those looked at.")] = False,
    partner: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only this partner's.")
    ] = None,
    limit: options.LongLimit = 100,
    as_json: options.Json = False,
    site: options.Site = None,
) -> None:
    """List files in quarantine that nobody has looked at, newest first."""
    with opened(site) as books:
        books.refuse_stranger(partner)
        with books.ledger.read() as conn:
            state, is_unseen = ArrivalState.QUARANTINED.value, not seen
            shown = reports.files(
                conn, partner=partner, state=state, is_unseen=is_unseen, limit=limit
            )
    if as_json:
        screen.print_json(shown)
        return
    console = screen.console()
    if not shown:
        console.print("nothing in quarantine to look at")
        return
    console.print(
        screen.table(
            ("id", "when", "partner", "file", "seen", "why"),
            (
                (
                    str(row.id),
                    screen.briefly(row.created_at),
                    row.partner,
                    safe(row.name),
                    "yes" if row.is_seen else "no",
                    full(_why(row)),
                )
                for row in shown
            ),
            right="id",
        )
    )
    screen.next_step(console, f"k2kd quarantine show {shown[0].id}")


def _why(row: FileRow) -> str:
    if row.reason_code == BUG:
        return REASONS[BUG]
    return row.reason or row.reason_code or ""


@app.command(
    "show",
    short_help="Show one with its reason and first bytes.",
    epilog=options.example("k2kd quarantine show 42"),
)
def show_command(
    arrival: Arrival, *, as_json: options.Json = False, site: options.Site = None
) -> None:
    """Show a file in quarantine with its reason and its first bytes, and note it as seen."""
    with opened(site) as books:
        with books.ledger.write() as conn:
            upkeep.mark_seen(conn, arrival)
        story = story_of(books, arrival)
        try:
            head = bytes_of(books, arrival)[:HEAD_BYTES]
        except DataError:
            head = b""
        looks_like = likeness_of(books, story)
    if as_json:
        facts = {"story": story, "head": safe(head, HEAD_BYTES * 6), "looks_like": looks_like}
        screen.print_json(facts)
        return
    console = screen.console()
    show_story(console, story)
    _show_head(console, head, looks_like)
    console.print()
    screen.next_step(console, f"k2kd quarantine release {arrival}", "once the cause is mended")
    screen.next_step(console, f"k2kd quarantine reject {arrival}", "keep it, and leave it")
    screen.next_step(console, f"k2kd show {arrival} --raw", "every byte as received")


def _show_head(console: Console, head: bytes, looks_like: str | None) -> None:
    """Print the first bytes with everything unprintable escaped."""
    like = f", which look like {looks_like}" if looks_like else ""
    console.print(screen.heading(f"First {len(head)} bytes{like}"))
    shown = safe(head, HEAD_BYTES * 6)
    for start in range(0, len(shown), LINE_CHARS):
        console.print(Text(f"  {shown[start : start + LINE_CHARS]}", "dim"))


@app.command(
    "release",
    short_help="Put one back to work, once mended.",
    epilog=options.example("k2kd quarantine release 42"),
)
def release_command(
    arrival: Arrival, *, as_json: options.Json = False, site: options.Site = None
) -> None:
    """Put a file back to work, once what made it unusable is mended."""
    with opened(site) as books:
        before = story_of(books, arrival).arrival.state
        if before != ArrivalState.QUARANTINED.value:
            raise UsageError(
                f"arrival {arrival} is {before}, not in quarantine; work on it again with:"
                f" k2kd replay {arrival}"
            )
        bytes_of(books, arrival)
        with books.ledger.write() as conn:
            arrivals.retry(conn, arrival, is_replay=False)
        carried = carry_on(books)
        story = story_of(books, arrival)
    if as_json:
        state = story.arrival.state
        screen.print_json({"released": arrival, "state": state, "carried": carried})
        return
    console = screen.console()
    console.print(Text.assemble(f"arrival {arrival} is ", screen.state(story.arrival.state)))
    if story.arrival.reason:
        console.print(Text(f"  {safe(story.arrival.reason, 2000)}"))
    console.print(Text(carried_text(carried), "dim"))


@app.command(
    "reject",
    short_help="Lay one aside: kept, no longer listed.",
    epilog=options.example("k2kd quarantine reject 42 --note 'sent twice'"),
)
def reject_command(
    arrival: Arrival,
    *,
    note: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Why, for the next who looks.")
    ] = None,
    site: options.Site = None,
) -> None:
    """Lay a file aside: it is kept, byte for byte, and no longer listed."""
    with opened(site) as books, books.ledger.write() as conn:
        upkeep.mark_seen(conn, arrival, note=options.text(note) if note else None)
    screen.console().print(f"arrival {arrival} is laid aside; k2kd quarantine list --all has it")

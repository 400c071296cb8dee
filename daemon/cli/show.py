"""`k2kd show`: one arrival with all that came of it, or its very bytes."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from rich.text import Text

from daemon.cli import options, screen
from daemon.cli.books import Books, opened
from daemon.cli.likeness import likeness
from daemon.cli.stories import show_story
from daemon.errors import DataError, UsageError
from daemon.ledger import reports
from daemon.ledger.report_rows import Story
from formats.identify import HEAD_BYTES, Format

app = options.app()


@app.command(epilog=options.example("k2kd show 42", "k2kd show 42 --raw > as-received.edi"))
def show(
    arrival: options.ArrivalId,
    *,
    raw: Annotated[bool, typer.Option("--raw", help="Print its bytes as received.")] = False,
    as_json: options.Json = False,
    site: options.Site = None,
) -> None:
    """Show one file that came in: documents, findings with their places, holds and answers."""
    with opened(site) as books:
        if raw:
            sys.stdout.buffer.write(bytes_of(books, arrival))
            return
        story = story_of(books, arrival)
        looks_like = likeness_of(books, story)
    if as_json:
        screen.print_json(screen.facts(story) | {"looks_like": looks_like})
        return
    console = screen.console()
    show_story(console, story)
    if looks_like:
        console.print(Text(f"\nit looks like {looks_like}", "yellow"))
    for command in next_steps(story):
        screen.next_step(console, command)


def story_of(books: Books, arrival: int) -> Story:
    """Return an arrival's story; a UsageError where there is none."""
    with books.ledger.read() as conn:
        story = reports.story(conn, arrival)
    if story is None:
        raise UsageError(f"there is no arrival {arrival}; list them with: k2kd files")
    return story


def likeness_of(books: Books, story: Story) -> str | None:
    """Say what a file of no known format looks like; None for another, or past retention."""
    if story.arrival.reason_code != Format.BINARY.value:
        return None
    try:
        return likeness(bytes_of(books, story.arrival.id)[:HEAD_BYTES])
    except DataError:
        return None


def bytes_of(books: Books, arrival: int) -> bytes:
    """Return an arrival's bytes from the ledger or the spool; a DataError once they are gone."""
    story_of(books, arrival)
    with books.ledger.read() as conn:
        data, spool = reports.raw_bytes(conn, arrival)
    if data is not None:
        return data
    path = books.site.state / "spool" / "data" / spool if spool else None
    if path is None or not path.is_file():
        raise DataError("no-bytes", f"the bytes of arrival {arrival} are past their retention time")
    return path.read_bytes()


def next_steps(story: Story) -> list[str]:
    """Return the commands that a person may want next."""
    waits = [hold for hold in story.holds if hold.state == "open"]
    ours = [hold for hold in waits if hold.outgoing_id is not None]
    waits = [hold for hold in waits if hold.outgoing_id is None]
    if any(hold.kind == "unmapped" for hold in waits):
        return ["k2kd orders --unmapped" if story.orders else "k2kd holds"]
    if waits:
        return [f"k2kd release {waits[0].id}", f"k2kd reject {waits[0].id} --reason '...'"]
    if ours:
        return [f"k2kd resend {ours[0].place}", f"k2kd release {ours[0].id}"]
    if story.arrival.state == "quarantined":
        return [f"k2kd quarantine release {story.arrival.id}"]
    return []

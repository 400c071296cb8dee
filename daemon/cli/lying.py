"""What lies in the inboxes and is not taken yet, with what it waits for; only looks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.text import Text

from daemon.cli import screen
from daemon.config import Configuration
from daemon.errors import EnvironmentFault
from daemon.eventlog import safe
from daemon.intake.mounts import is_remote
from daemon.intake.peek import Lying, peek
from daemon.intake.settle import Terms
from daemon.intake.waiting import Cause
from daemon.safefile import Missing, open_directory

MOST_SHOWN = 20
_STYLES = {
    Cause.TEMPORARY: "yellow",
    Cause.HIDDEN: "yellow",
    Cause.DONE_ALONE: "yellow",
    Cause.CUT_SHORT: "yellow",
    Cause.UNREADABLE: "red",
    Cause.TURN: "dim",
}


@dataclass(frozen=True, slots=True)
class LyingFile:
    """One file in an inbox; `left_s` None where no time ends its wait."""

    partner: str
    name: bytes
    unchanged_since: datetime
    size_bytes: int
    cause: Cause
    waits_for: str
    left_s: float | None


@dataclass(frozen=True, slots=True)
class Inboxes:
    """What lies in all inboxes, how many files were not looked at, which folders can't be read."""

    files: list[LyingFile] = field(default_factory=list)
    more: int = 0
    unread: list[str] = field(default_factory=list)


def look_in(site: Configuration, *, is_running: bool | None) -> Inboxes:
    """Look into every inbox of a site. A folder that can't be read is named, never raised."""
    files: list[LyingFile] = []
    more, unread = 0, []
    for partner in site.partner:
        path = site.inbox(partner.name)
        terms = Terms.of(site.intake, partner.complete_when)
        try:
            with open_directory(path) as folder:
                found = peek(
                    folder,
                    terms,
                    max_bytes=site.limits.file_bytes,
                    now=datetime.now(UTC),
                    is_local=not is_remote(Path(path)),
                )
        except Missing:
            # The daemon makes it when it starts, and says when it goes.
            continue
        except EnvironmentFault as fault:
            unread.append(str(fault))
            continue
        files += (_file(partner.name, one, is_running=is_running) for one in found.lying)
        more += found.more
    return Inboxes(files, more, unread)


def _file(partner: str, one: Lying, *, is_running: bool | None) -> LyingFile:
    waiting = one.waiting
    has_end = waiting.wait_s != float("inf")
    waits_for = waiting.text
    if is_running is False and waiting.cause is Cause.TURN:
        waits_for = "complete; taken when a daemon runs: k2kd run"
    return LyingFile(
        partner,
        waiting.name,
        one.since,
        one.size_bytes,
        waiting.cause,
        waits_for,
        round(waiting.wait_s, 1) if has_end else None,
    )


def show(console: Console, inboxes: Inboxes) -> None:
    """Print what lies in the inboxes; nothing where they are empty."""
    if inboxes.files:
        console.print(screen.heading("Waiting in inboxes"))
        console.print(
            screen.table(
                ("partner", "file", "unchanged since", "waiting"), _rows(inboxes.files[:MOST_SHOWN])
            )
        )
    more = max(0, len(inboxes.files) - MOST_SHOWN) + inboxes.more
    if more:
        console.print(Text(f"and {screen.count(more, 'file')} more", "dim"))
    for problem in inboxes.unread:
        console.print(Text(f"\n{problem}", "red"))


def _rows(files: Iterable[LyingFile]) -> Iterable[tuple[screen.Cell, ...]]:
    for one in files:
        text = Text(one.waits_for, _STYLES.get(one.cause, ""))
        yield one.partner, safe(one.name), screen.when(one.unchanged_since), text

"""How things look: tables for people, JSON for programs. Partners' texts are made printable here.

Colour only adds; whatever is red is also said in words. Nothing a partner wrote is read as markup.
"""

from __future__ import annotations

import dataclasses
import json
import math
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import Enum

from pydantic import BaseModel
from rich import box
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from daemon.eventlog import safe

WIDE = 160
RED = "bold red"
STYLES: Mapping[str, str] = {
    "posted": "green",
    "delivered": "green",
    "approved": "green",
    "confirmed": "green",
    "accepted": "green",
    "shipped": "green",
    "in inventory": "green",
    "sold": "green",
    "transferred": "green",
    "queued": "cyan",
    "failed": RED,
    "claimed": "cyan",
    "pending": "cyan",
    "staged": "cyan",
    "allotted": "cyan",
    "staging": "cyan",
    "received": "cyan",
    "pending approval": "cyan",
    "duplicate": "blue",
    "superseded": "blue",
    "released": "blue",
    "held": "yellow",
    "open": "yellow",
    "cut": "yellow",
    "partially confirmed": "yellow",
    "warning": "yellow",
    "blocked": RED,
    "unmapped": RED,
    "quarantined": "red",
    "rejected": "red",
    "refused": "red",
    "error": "red",
}
"""Colour of a state."""

Cell = str | Text | None


class _Screen(Console):
    """Rich's console, but for who stops reading: that is no failure of the command."""

    def on_broken_pipe(self) -> None:
        """Let `main` end as it does for any other output."""
        raise BrokenPipeError


def console() -> Console:
    """Return what a command prints on; as wide as the screen, and wide where there is none."""
    is_terminal = sys.stdout.isatty()
    wide = None if is_terminal or os.environ.get("COLUMNS") else WIDE
    return _Screen(markup=False, emoji=False, highlight=False, width=wide, soft_wrap=False)


def state(text: str) -> Text:
    """Return a state in its colour."""
    return Text(text, STYLES.get(text, ""))


def table(columns: Sequence[str], rows: Iterable[Sequence[Cell]], *, right: str = "") -> Table:
    """Return a table; columns named in `right` (blank-separated) hold numbers."""
    made = Table(
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        pad_edge=False,
        header_style="bold",
        show_edge=False,
    )
    numbers = right.split()
    for name in columns:
        is_number = name in numbers
        # A cut state or number would mislead; only free text may wrap.
        made.add_column(
            name,
            justify="right" if is_number else "left",
            no_wrap=is_number or name in ("id", "state", "when", "partner"),
            overflow="fold",
        )
    for row in rows:
        made.add_row(*(_cell(cell) for cell in row))
    return made


def _cell(cell: Cell) -> RenderableType:
    return cell if isinstance(cell, Text) else Text(safe(cell) if cell else "")


def heading(text: str) -> Text:
    return Text(f"\n{text}", "bold")


def next_step(to: Console, command: str, why: str = "") -> None:
    """Print what to do next, on one line however narrow the screen, so that it can be copied."""
    line = Text.assemble(("  next  ", "dim"), (command, "cyan"))
    if why:
        line.append(f"   {why}", "dim")
    to.print(line, soft_wrap=True)


def when(at: datetime) -> str:
    """Return a time as the person's own clock has it."""
    return f"{at.astimezone():%Y-%m-%d %H:%M:%S}"


def briefly(at: datetime) -> str:
    """Return a time for a table."""
    return f"{at.astimezone():%m-%d %H:%M}"


def size(size_bytes: int) -> str:
    """Return a size in units of 1000."""
    amount = float(size_bytes)
    for unit in ("B", "kB", "MB"):
        if amount < 1000:
            return f"{amount:.4g} {unit}"
        amount /= 1000
    return f"{amount:.4g} GB"


def count(number: int, word: str) -> str:
    """Return `1 hold`, `2 holds`."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def print_json(value: object) -> None:
    """Print one JSON value on stdout."""
    sys.stdout.write(json.dumps(plain(value), ensure_ascii=False, indent=1) + "\n")


def plain(value: object) -> object:
    """Return `value` as JSON has it: decimals and dates as text, bytes made printable."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if dataclasses.is_dataclass(value):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(one) for one in value]
    return _scalar(value)


def facts(record: object) -> dict[str, object]:
    """Return a record of ours as JSON has it, for facts to be put beside its own."""
    shown = plain(record)
    return shown if isinstance(shown, dict) else {}


def _scalar(value: object) -> object:
    match value:
        case Enum():
            return value.value
        case None | bool() | int() | str():
            return value
        case float() if math.isfinite(value):
            return value
        case bytes():
            return safe(value)
        case datetime() | date():
            return value.isoformat()
        case _:
            return str(value)

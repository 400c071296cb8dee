"""Options that commands share, and how a command is made."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from daemon.errors import UsageError

Site = Annotated[
    Path | None,
    typer.Option(
        "--site",
        metavar="DIR",
        help="The site's folder; else $K2KD_SITE, else this folder.",
        show_default=False,
        # A site that this account may not read is no wrong word: the site's own sentence says so.
        readable=False,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
OfPartner = Annotated[
    str | None, typer.Option(metavar="NAME", help="Only those this partner is in.")
]
MOST_KEY = (1 << 63) - 1
"""The greatest number that the ledger gives."""
ArrivalId = Annotated[int, typer.Argument(metavar="ID", help="An id of k2kd files.", max=MOST_KEY)]
HoldId = Annotated[int, typer.Argument(metavar="HOLD", help="An id of k2kd holds.", max=MOST_KEY)]
Limit = Annotated[int, typer.Option(min=1, max=10_000, metavar="N", help="At most so many.")]
LongLimit = Annotated[int, typer.Option(min=1, max=100_000, metavar="N", help="At most so many.")]
Buyer = Annotated[
    str | None, typer.Option(metavar="NAME", help="Its buyer, where several have the number.")
]
Vendor = Annotated[
    str | None, typer.Option(metavar="NAME", help="Its vendor, where several have the number.")
]
By = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Who decided; else your login name.", show_default=False),
]
Note = Annotated[str | None, typer.Option(metavar="TEXT", help="A sentence for the books.")]


def app(*, summary: str | None = None) -> typer.Typer:
    """Return an empty command with our settings; `summary` for one that has subcommands."""
    return typer.Typer(
        help=summary,
        add_completion=False,
        no_args_is_help=summary is not None,
        pretty_exceptions_enable=False,
        # Rich help costs a third of a second; colour is for what commands say.
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )


def root(site: Path | None) -> Path:
    """Return the site's folder: the option, else $K2KD_SITE, else the current folder."""
    return site or Path(os.environ.get("K2KD_SITE") or ".")


def text(given: str) -> str:
    """Return a text from the command line; a UsageError for one that is not UTF-8."""
    if any("\ud800" <= char <= "\udfff" for char in given):
        raise UsageError("an argument is not UTF-8; write it in UTF-8")
    return given


def reason(given: str, *, told: str) -> str:
    """Return a reason that `told` will read, or a UsageError for one that says nothing."""
    said = text(given).strip()
    if not said:
        raise UsageError(f"the {told} is told the reason; give a sentence with --reason")
    return said


def example(*lines: str) -> str:
    """Return the example that a command's help ends with."""
    title = "Example:" if len(lines) == 1 else "Examples:"
    # The mark keeps the lines as they are: a command that is broken in two can't be copied.
    return "\n".join(("\b", title, *(f"  {line}" for line in lines)))

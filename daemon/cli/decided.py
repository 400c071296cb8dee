"""A person's decision about an order or an invoice: who makes it, and what came of it."""

from __future__ import annotations

import getpass
from dataclasses import dataclass

from rich.text import Text

from daemon.cli import options, screen
from daemon.cli.books import Carried, carried_text
from daemon.eventlog import safe


@dataclass(frozen=True, slots=True)
class Decided:
    """What came of a decision; `state` is None where nothing changed, and `message` says why."""

    what: str
    """As `order`."""
    number: str
    state: str | None
    message: str | None
    status: str
    carried: Carried | None


def person(by: str | None) -> str:
    """Return who decides: the name that was given, else who is logged in."""
    return options.text(by) if by else login_name()


def login_name() -> str:
    """Return who types; a container may have an account without a name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "operator"


def show(decided: Decided, *, as_json: bool) -> None:
    """Print what came of a decision."""
    if as_json:
        facts = {"number": decided.number, "state": decided.state, "said": decided.message}
        screen.print_json({**facts, "carried": decided.carried, "status": decided.status})
        return
    console = screen.console()
    if decided.state is None:
        console.print(Text(f"{decided.message}: nothing changed", "yellow"))
        return
    text = Text.assemble((f"{decided.what} {safe(decided.number)}", "bold"), " is ")
    console.print(text.append_text(screen.state(decided.state)))
    if decided.message:
        console.print(Text(f"  {decided.message}", "yellow"))
    console.print(Text(carried_text(decided.carried), "dim"))

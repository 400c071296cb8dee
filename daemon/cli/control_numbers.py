"""`k2kd control-numbers`: the control numbers that we give, per partner and level.

In X12 an interchange and a group are counted, in EDIFACT the interchanges alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer
from rich.text import Text

from daemon.cli import options, screen
from daemon.cli.books import Books, opened
from daemon.cli.named_partner import known_partner
from daemon.config import Partner
from daemon.errors import UsageError
from daemon.ledger import reports, upkeep
from daemon.ledger.posting import CONTROL_LIMIT
from daemon.replies.contrl import LEVEL as EDIFACT_LEVEL
from daemon.replies.envelopes import identity

app = options.app(summary="List or set the control numbers of the X12 and EDIFACT that we send.")


@dataclass(frozen=True, slots=True)
class Counter:
    """The last number given at a level from us to a receiver.

    Levels are interchange (ISA13), group (GS06) and edifact (UNB 0020).
    """

    level: str
    sender: str
    receiver: str
    last: int
    name: str


@app.command("list", epilog=options.example("k2kd control-numbers list"))
def list_command(*, as_json: options.Json = False, site: options.Site = None) -> None:
    """List the last number of every level and partner."""
    with opened(site) as books:
        found = counters(books)
    if as_json:
        screen.print_json(found)
        return
    console = screen.console()
    if not found:
        console.print("nothing with a control number has been sent yet")
        return
    console.print(
        screen.table(
            ("level", "from", "to", "last"),
            ((c.level, c.sender, c.receiver, str(c.last)) for c in found),
            right="last",
        )
    )


@app.command(
    "reset",
    short_help="Set the numbers of what goes to a partner.",
    epilog=options.example("k2kd control-numbers reset bloom --to 5000"),
)
def reset_command(
    partner: Annotated[str, typer.Argument(metavar="PARTNER", help="Who gets the numbers.")],
    *,
    last: Annotated[
        int,
        typer.Option(
            "--to",
            metavar="N",
            min=0,
            max=CONTROL_LIMIT,
            help="The last number used; the next is one more.",
        ),
    ],
    yes: Annotated[bool, typer.Option("--yes", help="Also where numbers would repeat.")] = False,
    site: options.Site = None,
) -> None:
    """Set the control numbers of what goes to a partner, as when a system of theirs starts anew."""
    with opened(site) as books:
        known_partner(partner, books.partners)
        found = books.site.partner_named(partner)
        names = _names(found) if found else []
        own_counters = [c for c in counters(books) if _is_named(c, names)]
        if not own_counters:
            shown = ", ".join(dict.fromkeys(name for _, name in names))
            raise UsageError(f"no X12 or EDIFACT has been sent to {partner} ({shown}) yet")
        highest = max(c.last for c in own_counters)
        if last < highest and not yes:
            raise UsageError(
                f"{highest} was used already, so numbers would repeat, which partners refuse as"
                " duplicates; say --yes if they agreed"
            )
        with books.ledger.write() as conn:
            moved = upkeep.set_counters(conn, [c.name for c in own_counters], last)
    text = f"{screen.count(moved, 'counter')} to {partner} stand at {last}"
    screen.console().print(Text(text, "green"))


def _names(partner: Partner) -> list[tuple[bool, str]]:
    """Return whether it is EDIFACT and the name there, for each name of a partner."""
    x12 = identity(partner)
    found = [(False, f"{x12.qualifier}/{x12.id}")]
    if partner.edifact:
        found.append((True, f"{partner.edifact.qualifier}/{partner.edifact.id}"))
    return found


def _is_named(counter: Counter, names: list[tuple[bool, str]]) -> bool:
    return (counter.level == EDIFACT_LEVEL, counter.receiver) in names


def counters(books: Books) -> list[Counter]:
    """Return every control number counter."""
    with books.ledger.read() as conn:
        names = reports.control_counters(conn)
    found = []
    for name, last in names.items():
        _, level, sender, receiver = name.split(":", 3)
        found.append(Counter(level, sender, receiver, last, name))
    return found

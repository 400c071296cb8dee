"""`k2kd control-numbers`: the control numbers that we give, per partner and level.

In X12 an interchange and a group are counted, in EDIFACT the interchanges alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import typer
from rich.text import Text

from daemon.cli import options, screen
from daemon.cli.books import Books, opened
from daemon.cli.named_partner import partner_named
from daemon.config import Configuration, EdifactIdentity, Partner, X12Identity
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


@app.command(
    "list",
    epilog=options.example(
        "k2kd control-numbers list", "k2kd control-numbers list --partner bloom"
    ),
)
def list_command(
    *,
    partner: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only of what goes to this partner.")
    ] = None,
    as_json: options.Json = False,
    site: options.Site = None,
) -> None:
    """List the last number of every level and partner."""
    with opened(site) as books:
        found = counters(books)
        if partner is not None:
            names = _names(partner_named(books.site, partner))
            found = [each for each in found if _is_named(each, names)]
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
    """Set the control numbers of what goes to a partner, as when a system of theirs starts anew.

    Counters that the books lack are made: an older ledger doesn't know of what was sent since.
    """
    with opened(site) as books:
        found = partner_named(books.site, partner)
        names = _names(found)
        own_counters = [c for c in counters(books) if _is_named(c, names)]
        highest = max((c.last for c in own_counters), default=0)
        if last < highest and not yes:
            raise UsageError(
                f"{highest} was used already, so numbers would repeat, which partners refuse as"
                " duplicates; say --yes if they agreed"
            )
        with books.ledger.write() as conn:
            every = [c.name for c in own_counters] + _expected(books.site, found)
            every = list(dict.fromkeys(every))
            made = upkeep.set_counters(conn, every, last)
    _tell(partner, last, len(every), made)


def _tell(partner: str, last: int, number: int, made: Sequence[str]) -> None:
    """Say where the counters stand, and which of them the books hadn't had."""
    console = screen.console()
    stand = "stands" if number == 1 else "stand"
    text = f"{screen.count(number, 'counter')} to {partner} {stand} at {last}"
    console.print(Text(text, "green"))
    if made:
        console.print(f"the books had none of these, so they were made: {len(made)}")
    for name in made:
        _, level, sender, receiver = name.split(":", 3)
        console.print(Text(f"  {level} from {sender} to {receiver}"))


def _expected(site: Configuration, partner: Partner) -> list[str]:
    """Return every counter that files to `partner` may need, whether the books have it or not.

    They come from us, and where it answers from a company that it is connected to, if that was
    addressed.
    """
    sides = {(link.vendor, link.buyer) for link in site.connection}
    near = {name for both in sides if partner.name in both for name in both}
    near |= {name for name in (partner.vendor, partner.buyer) if name}
    others = [p for p in site.partner if p.name in near and p.name != partner.name]
    theirs = _name(identity(partner))
    senders = [_name(each) for each in (site.site.x12, *(p.x12 for p in others)) if each]
    levels = [(level, each, theirs) for each in senders for level in ("interchange", "group")]
    if partner.edifact:
        theirs = _name(partner.edifact)
        named = (site.site.edifact, *(p.edifact for p in others))
        levels += [(EDIFACT_LEVEL, _name(each), theirs) for each in named if each]
    return [f"control:{level}:{sender}:{receiver}" for level, sender, receiver in levels]


def _name(named: X12Identity | EdifactIdentity) -> str:
    return f"{named.qualifier}/{named.id}"


def _names(partner: Partner) -> list[tuple[bool, str]]:
    """Return whether it is EDIFACT and the name there, for each name of a partner."""
    found = [(False, _name(identity(partner)))]
    if partner.edifact:
        found.append((True, _name(partner.edifact)))
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

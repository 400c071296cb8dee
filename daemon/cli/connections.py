"""`k2kd connections`: who is connected with whom, what is missing, and how far buyers were told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from rich.console import Console
from rich.text import Text
from sqlalchemy import Connection

from daemon.cli import options, screen
from daemon.cli.books import Books, opened
from daemon.cli.named_partner import known_partner
from daemon.cli.tables import open_tables
from daemon.clock import SystemClock
from daemon.eventlog import safe
from daemon.trade.views import seen
from daemon.trade.views.activation import Missing, is_stopped
from daemon.trade.views.seen import Link

app = options.app()


@dataclass(frozen=True, slots=True)
class Stand:
    """How one connection stands; what programs read too."""

    vendor: str
    buyer: str
    modality: tuple[str, ...]
    stopped: tuple[str, ...]
    """The modalities that can't be used."""
    missing: tuple[Missing, ...]
    full_at: datetime | None
    """When the buyer was last told everything."""
    told_at: datetime | None
    changes_at: datetime
    """When its ship days may be others."""
    lots_shown: int

    @property
    def is_complete(self) -> bool:
        return not self.missing


@app.command(epilog=options.example("k2kd connections", "k2kd connections --partner bloom"))
def connections(
    *, partner: options.OfPartner = None, as_json: options.Json = False, site: options.Site = None
) -> None:
    """Show each connection: active, or what is missing; what its buyer was told, and when."""
    with opened(site) as books:
        known_partner(partner, books.partners)
        with books.ledger.read() as conn:
            found = stands(conn, books, partner=partner)
    if as_json:
        screen.print_json(
            [screen.facts(each) | {"is_complete": each.is_complete} for each in found]
        )
        return
    console = screen.console()
    if not found:
        whose = "this site" if partner is None else partner
        console.print(f"{whose} has no connection; write a [[connection]] in k2kd.toml")
        return
    names = ("connection", "for", "state", "lots shown", "all told", "told", "days change")
    console.print(screen.table(names, [_row(each) for each in found], right="lots shown"))
    for each in found:
        _show_missing(console, each)
    first = found[0]
    screen.next_step(console, f"k2kd availability {first.buyer} --vendor {first.vendor}")


def stands(conn: Connection, books: Books, *, partner: str | None = None) -> list[Stand]:
    """Return how every connection of the site, or of `partner`, stands, in the order of vendors."""
    at = SystemClock().now()
    tables = open_tables(books.site, books.today())
    found = sorted(seen.links(conn, books.site, tables, at), key=lambda link: link.vendor.name)
    if partner is not None:
        found = [link for link in found if partner in (link.vendor.name, link.buyer.name)]
    made: list[Stand] = []
    for _, same in groupby(found, key=lambda link: link.vendor.name):
        links = list(same)
        # Read once for all buyers, and piece by piece: a stock may be a million lots.
        counts = dict.fromkeys(range(len(links)), 0)
        for piece in seen.shelves(conn, links[0].vendor, tables, books.site, at):
            for number, link in enumerate(links):
                counts[number] += len(seen.offered(link, [piece]))
        made += [_stand(link, counts[number]) for number, link in enumerate(links)]
    return made


def _stand(link: Link, lots_shown: int) -> Stand:
    modalities = tuple(dict.fromkeys(link.connection.modality))
    return Stand(
        vendor=link.vendor.name,
        buyer=link.buyer.name,
        modality=tuple(each.value for each in modalities),
        stopped=tuple(each.value for each in modalities if is_stopped(link.missing, each)),
        missing=link.missing,
        full_at=link.told.full_at if link.told else None,
        told_at=link.told.at if link.told else None,
        changes_at=link.plan.changes_at,
        lots_shown=lots_shown,
    )


def _row(each: Stand) -> tuple[screen.Cell, ...]:
    codes = ", ".join(dict.fromkeys(one.code for one in each.missing))
    state = Text("active", "green")
    if each.stopped:
        state = Text(f"incomplete: {codes}", screen.RED)
    elif each.missing:
        state = Text(f"active, but {codes}", "yellow")
    return (
        f"{each.vendor} -> {each.buyer}",
        ", ".join(each.modality),
        state,
        str(each.lots_shown),
        screen.briefly(each.full_at) if each.full_at else "never",
        screen.briefly(each.told_at) if each.told_at else "never",
        screen.briefly(each.changes_at),
    )


def _show_missing(console: Console, each: Stand) -> None:
    """Print every unmet precondition once, whatever it stops."""
    if not each.missing:
        return
    console.print(screen.heading(f"{each.vendor} -> {each.buyer}"))
    stopping: dict[tuple[str, str], list[str]] = {}
    for one in each.missing:
        stopping.setdefault((one.code, one.sentence), []).append(one.modality.value)
    for (code, sentence), modalities in stopping.items():
        which = "" if len(modalities) == len(each.modality) else f" ({', '.join(modalities)})"
        line = Text.assemble(
            ("  ▲ ", screen.RED), (f"{code}{which}  ", "bold"), safe(sentence, 2000)
        )
        console.print(line)

"""`k2kd partner remove`: take a partner out, after a look at it; `--undo` is the way back."""

from __future__ import annotations

import os
import pwd
import shlex
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from daemon import config
from daemon.cli import options, screen
from daemon.cli.books import Books, opened
from daemon.cli.faults import told_as_tables, told_as_usage
from daemon.cli.named_partner import partner_named
from daemon.cli.onboard_options import Name, show_reload
from daemon.config import FILE_NAME, Configuration
from daemon.errors import K2KError, UsageError
from daemon.eventlog import safe
from daemon.ledger.partner_report import Held, OpenOrder, held_of
from daemon.onboarding import openssh
from daemon.onboarding.reload import tell_daemon
from daemon.onboarding.removal import Removal, put_back, removal, take_out, way_back

MOST_SHOWN = 10
"""Open orders that are named; the rest is counted."""

REMOVE_EXAMPLE = options.example(
    "k2kd partner remove rosales",
    "k2kd partner remove rosales --yes",
    "k2kd partner remove rosales --undo",
)
Yes = Annotated[bool, typer.Option("--yes", help="Do it; without this it is only shown.")]
WithOpen = Annotated[
    bool,
    typer.Option("--with-open", help="Also while orders or files of its are not at their end."),
]
Undo = Annotated[bool, typer.Option("--undo", help="Bring back one that was removed.")]


@dataclass(frozen=True, slots=True)
class Left:
    """What lies in folders and stays there; files that are hidden are not counted."""

    inbox: str
    inbox_files: int
    outbox: str
    outbox_files: int


def remove(
    name: Name,
    *,
    yes: Yes = False,
    with_open: WithOpen = False,
    undo: Undo = False,
    as_json: options.Json = False,
    site: options.Site = None,
) -> None:
    """Take a partner out: its sections of k2kd.toml, and its rows in every mapping table.

    Shows what that means; --yes does it, --undo brings everything back. The ledger keeps what it
    sent and got, and its folders stay. Whoever it was connected with gets a notice, as of every
    connection that ends. Refused while its orders or files are not at their end.
    """
    if undo:
        _bring_back(options.root(site), name, as_json=as_json)
        return
    with opened(site) as books:
        planned = _planned(options.root(site), books, name)
        with books.ledger.read() as conn:
            held = held_of(conn, name)
    left = _left(books.site, name)
    if yes and held.is_open and not with_open:
        raise UsageError(
            f"{name} has {', '.join(_open_texts(held))}; end that first (k2kd orders, holds and"
            f" outbox --partner {name} list it), or give --with-open to leave it as it is"
        )
    kept = told = None
    if yes:
        kept = take_out(books.site, planned)
        told = tell_daemon(books.site)
    if as_json:
        screen.print_json(_facts(books.site, planned, held, left, kept=kept, told=told))
        return
    console = screen.console()
    _show(console, books.site, planned, held, left, is_done=yes)
    if yes:
        show_reload(console, books.site, told)
        screen.next_step(console, f"k2kd partner remove {name} --undo", "the way back")
    else:
        more = " --with-open" if held.is_open else ""
        screen.next_step(console, f"k2kd partner remove {name} --yes{more}", "nothing is done yet")


def _planned(root: Path, books: Books, name: str) -> Removal:
    partner = partner_named(books.site, name)
    with told_as_usage(f"{name} can't be removed so"):
        return removal(root, books.site, partner, books.today())


def _bring_back(root: Path, name: str, *, as_json: bool) -> None:
    site = config.load(root)
    with told_as_usage(f"{name[:60]} can't be brought back so"):
        planned = way_back(root, site, name)
    with opened(root) as books:
        today = books.today()
    with told_as_tables():
        draft = put_back(root, site, planned, today)
    after = draft.site if draft else site
    told = tell_daemon(after)
    if as_json:
        facts = {"partner": name, "rows": len(planned.rows), "daemon": told}
        screen.print_json(facts)
        return
    console = screen.console()
    console.print(Text(f"{name} is a partner again", "bold green"))
    console.print(
        f"its sections stand at the end of {FILE_NAME}, its rows at the end of each table"
    )
    show_reload(console, after, told)
    screen.next_step(console, "k2kd check", "see that all is well")


def _left(site: Configuration, name: str) -> Left:
    inbox, outbox = site.inbox(name), site.outbox(name)
    return Left(str(inbox), _files_in(inbox), str(outbox), _files_in(outbox))


def _files_in(folder: Path) -> int:
    try:
        with os.scandir(folder) as found:
            return sum(not each.name.startswith(".") for each in found)
    except OSError:
        return 0


def _show(
    console: Console,
    site: Configuration,
    planned: Removal,
    held: Held,
    left: Left,
    *,
    is_done: bool,
) -> None:
    name = planned.partner
    said = f"{name} is no partner any more" if is_done else f"{name} would be no partner any more"
    console.print(Text(said, "bold green" if is_done else "bold"))
    goes = "went" if is_done else "goes"
    rows = [(goes, *each) for each in _going(planned)]
    rows += [("stays", *each) for each in _staying(held, left)]
    console.print(screen.table(("", "what", "where"), rows))
    if held.is_open:
        console.print(Text(f"not at its end: {', '.join(_open_texts(held))}", screen.RED))
        for each in held.open_orders[:MOST_SHOWN]:
            console.print(Text(f"  {_order_text(each)}"))
        if len(held.open_orders) > MOST_SHOWN:
            console.print(f"  and {len(held.open_orders) - MOST_SHOWN} more")
    for command in _at_openssh(site, name):
        console.print(Text(f"  as root, to shut its way in: {command}", "dim"))


def _going(planned: Removal) -> Iterator[tuple[str, str]]:
    yield "its sections, login and all", FILE_NAME
    for vendor, buyer in planned.links:
        yield f"the connection {vendor} -> {buyer}", FILE_NAME
    if planned.is_served:
        yield "its name among those this host serves", FILE_NAME
    for file, number in Counter(row.file for row in planned.tables.rows if not row.after).items():
        yield screen.count(number, "row"), file
    for file, number in Counter(row.file for row in planned.tables.rows if row.after).items():
        yield f"that {screen.count(number, 'product')} came with its file", file


def _staying(held: Held, left: Left) -> Iterator[tuple[str, str]]:
    counts = ((held.files, "file from it"), (held.sent, "file for it"), (held.orders, "order"))
    for number, what in counts:
        if number:
            noun, _, rest = what.partition(" ")
            yield f"{screen.count(number, noun)} {rest}".rstrip(), "ledger"
    if held.lots:
        yield f"{screen.count(held.lots, 'lot')} of stock, shown to nobody", "ledger"
    yield screen.count(left.inbox_files, "file"), left.inbox
    yield screen.count(left.outbox_files, "file"), left.outbox


def _open_texts(held: Held) -> Iterator[str]:
    counts = (
        (len(held.open_orders), "open order"),
        (held.unfinished, "unfinished file"),
        (held.undelivered, "undelivered file"),
        (held.open_holds, "open hold"),
    )
    return (screen.count(number, what) for number, what in counts if number)


def _order_text(each: OpenOrder) -> str:
    sides = f"{each.buyer or '?'} from {each.vendor or '?'}"
    return f"{safe(each.number)}  {each.kind}, {each.state}: {sides}"


def _at_openssh(site: Configuration, name: str) -> tuple[str, ...]:
    """Return what shuts an OpenSSH account of this name; nothing where it has none."""
    try:
        where = openssh.jail(site, name)
        pwd.getpwnam(name)
    except (K2KError, KeyError):
        return ()
    return tuple(shlex.join(shlex.split(each)) for each in openssh.undo(where))


def _facts(
    site: Configuration,
    planned: Removal,
    held: Held,
    left: Left,
    *,
    kept: Path | None,
    told: int | None,
) -> dict[str, object]:
    return {
        "partner": planned.partner,
        "is_removed": kept is not None,
        "connections": planned.links,
        "rows": Counter(row.file for row in planned.tables.rows),
        "ledger": screen.facts(held) | {"is_open": held.is_open},
        "folders": left,
        "as_root": _at_openssh(site, planned.partner),
        "kept": str(kept) if kept else None,
        "daemon": told,
    }

"""`k2kd words`: categories, grades and colours of vendors' stock that nobody has mapped."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import Annotated

import typer

from daemon.cli import options, screen
from daemon.cli.books import opened
from daemon.cli.named_partner import known_partner
from daemon.cli.orders import likeness
from daemon.cli.tables import open_tables
from daemon.mapping.rows import TRAITS, Kind
from daemon.mapping.suggest import Suggester, Suggestion, suggester
from daemon.trade.views.staged_lots import UnknownWord, unknown_words

app = options.app()


@dataclass(frozen=True, slots=True)
class Asked:
    """A word that nobody knows, and what it may mean."""

    word: UnknownWord
    suggestions: tuple[Suggestion, ...]


@app.command(epilog=options.example("k2kd words", "k2kd words --partner florsol"))
def words(
    *,
    partner: Annotated[str | None, typer.Option(metavar="NAME", help="Only this vendor's.")] = None,
    as_json: options.Json = False,
    site: options.Site = None,
) -> None:
    """List vendors' categories, grades and colours that no row maps; nothing waits for them."""
    with opened(site) as books:
        known_partner(partner, books.partners)
        tables, today = open_tables(books.site, books.today()), books.today()
        with books.ledger.read() as conn:
            unknown = unknown_words(conn, tables, today)
    if partner is not None:
        unknown = [each for each in unknown if each.vendor == partner]
    guess: dict[Kind, Suggester] = {
        kind: suggester(tables, kind) for kind in {each.kind for each in unknown}
    }
    asked = [Asked(each, guess[each.kind].suggest(each.text)) for each in unknown]
    if as_json:
        screen.print_json(asked)
        return
    console = screen.console()
    if not asked:
        console.print("every category, grade and color on sale is known")
        return
    names = ("vendor", "says", "of", "lots")
    rows = [
        (each.word.vendor, each.word.text, TRAITS[each.word.kind].noun, str(each.word.lots))
        for each in asked
    ]
    console.print(screen.table(names, rows, right="lots"))
    for each in asked:
        for found in each.suggestions:
            screen.next_step(console, _command(each.word, found.code), likeness(found))
        if not each.suggestions:
            screen.next_step(console, _command(each.word, "OUR-WORD"))


def _command(word: UnknownWord, target: str) -> str:
    return shlex.join(["k2kd", "map", word.kind.value, word.vendor, word.text, target])

"""`k2kd words`: words of vendors' stock and of orders that nobody has mapped."""

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
from daemon.trade.views.order_words import OrderWord, unknown_order_words
from daemon.trade.views.staged_lots import UnknownWord, unknown_words

app = options.app()


@dataclass(frozen=True, slots=True)
class Asked:
    """A word that nobody knows, and what it may mean."""

    word: UnknownWord | OrderWord
    suggestions: tuple[Suggestion, ...]

    @property
    def partner(self) -> str:
        return self.word.vendor if isinstance(self.word, UnknownWord) else self.word.partner

    @property
    def where(self) -> str:
        """Return in how many offers or orders the word stands."""
        if isinstance(self.word, UnknownWord):
            return screen.count(self.word.lots, "lot")
        return screen.count(self.word.orders, "order")


@app.command(epilog=options.example("k2kd words", "k2kd words --partner florsol"))
def words(
    *,
    partner: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only this partner's.")
    ] = None,
    as_json: options.Json = False,
    site: options.Site = None,
) -> None:
    """List words of vendors' stock and of orders that no row maps; nothing waits for them."""
    with opened(site) as books:
        known_partner(partner, books.partners)
        tables, today = open_tables(books.site, books.today()), books.today()
        with books.ledger.read() as conn:
            of_stock = unknown_words(conn, tables, today)
            of_orders = unknown_order_words(conn, tables, today, partner)
    own = [each for each in of_stock if partner in (None, each.vendor)]
    unknown: list[UnknownWord | OrderWord] = [*own, *of_orders]
    guess: dict[Kind, Suggester] = {
        kind: suggester(tables, kind) for kind in {each.kind for each in unknown}
    }
    asked = [Asked(each, guess[each.kind].suggest(each.text)) for each in unknown]
    if as_json:
        screen.print_json(asked)
        return
    console = screen.console()
    if not asked:
        console.print("every word of stock and of orders is known")
        return
    names = ("partner", "says", "of", "in")
    rows = [
        (each.partner, each.word.text, TRAITS[each.word.kind].noun, each.where) for each in asked
    ]
    console.print(screen.table(names, rows, right="in"))
    for each in asked:
        for found in each.suggestions:
            screen.next_step(console, _command(each, found.code), likeness(found))
        if not each.suggestions:
            screen.next_step(console, _command(each, "OUR-WORD"))


def _command(asked: Asked, target: str) -> str:
    word = asked.word
    return shlex.join(["k2kd", "map", word.kind.value, asked.partner, word.text, target])

"""`k2kd map`: one row of a mapping table, and everything that waited for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer
from rich.text import Text

from daemon.cli import options, screen
from daemon.cli.books import Books, Carried, carried_text, carry_on, is_running, opened
from daemon.cli.faults import told_as_usage
from daemon.cli.tables import open_tables
from daemon.errors import UsageError
from daemon.ledger import holds
from daemon.ledger.holds import Hold, HoldKind
from daemon.mapping.edit import Edit, Judge, add_row, remove_row
from daemon.mapping.problems import nearest
from daemon.mapping.rows import ATTRIBUTES, EVERY_PARTNER, TRAITS, Kind, code_key, text_key
from daemon.mapping.tables import Tables
from daemon.operations import Completed, redrive
from daemon.trade.stock.remap import refuse_sold

app = options.app()


@app.command(
    epilog=options.example(
        "k2kd map products axerrio-florsol 'Rose Explorer 60' ROS-EXP-60",
        "k2kd map products axerrio-florsol 'Rose Explorer 60' --undo",
    )
)
def map_code(
    kind: Annotated[
        str,
        typer.Argument(
            metavar="KIND",
            help=f"The table: {', '.join(Kind)}.",
        ),
    ],
    partner: Annotated[str, typer.Argument(metavar="PARTNER", help="A partner, or * for all.")],
    source: Annotated[
        str, typer.Argument(metavar="SOURCE", help="The partner's own code or description.")
    ],
    target: Annotated[
        str,
        typer.Argument(
            metavar="TARGET", help="Our code for it, such as a product of catalogue.csv."
        ),
    ] = "",
    *,
    by_description: Annotated[
        bool | None,
        typer.Option(
            "--description/--code",
            help="What SOURCE is; by default as an open hold or the table says.",
        ),
    ] = None,
    vendor: Annotated[
        str,
        typer.Option(
            metavar="NAME", help="Only in connections of this vendor.", show_default=False
        ),
    ] = "",
    comment: Annotated[
        str, typer.Option(metavar="TEXT", help="A note in the row, for people.", show_default=False)
    ] = "",
    undo: Annotated[bool, typer.Option("--undo", help="Take the row out again.")] = False,
    as_json: options.Json = False,
    site: options.Site = None,
) -> None:
    """Map a partner's code or words, and complete every order and offer that waited for it."""
    table = kind_named(kind)
    source, target, comment = (options.text(given) for given in (source, target, comment))
    if not undo and not target:
        raise UsageError("nothing to map to; give our code as TARGET, or --undo to take a row out")
    with opened(site) as books:
        _known(partner, vendor, books)
        if by_description is None:
            by_description = as_held(open_holds(books), table, partner, source)
        # Tables that are wrong before are data to mend; what this row adds is the argument's fault.
        before = open_tables(books.site, books.today())
        change = _Row(table, partner, source, target, by_description, vendor, comment)
        with told_as_usage("nothing was changed"):
            edit = change.removed(books, before) if undo else change.added(books, before)
        done, carried = take_effect(books, edit)
    if as_json:
        facts = {"file": edit.file, "row": edit.number, "before": edit.before, "after": edit.after}
        screen.print_json({**facts, "completed": _facts(done), "carried": carried})
        return
    _show(edit, done, carried)


@dataclass(frozen=True, slots=True)
class _Row:
    """The row that the command line asks for."""

    kind: Kind
    partner: str
    source: str
    target: str
    by_description: bool | None
    vendor: str
    comment: str

    def added(self, books: Books, before: Tables) -> Edit:
        return add_row(
            books.site.mappings,
            self.kind,
            self.partner,
            self.source,
            self.target,
            partners=books.partners,
            today=books.today(),
            by_description=self.by_description,
            vendor_code=self.vendor,
            comment=self.comment,
            judge=self._judge(books, before),
        )

    def removed(self, books: Books, before: Tables) -> Edit:
        return remove_row(
            books.site.mappings,
            self.kind,
            self.partner,
            self.source,
            partners=books.partners,
            today=books.today(),
            by_description=self.by_description,
            vendor_code=self.vendor,
            judge=self._judge(books, before),
        )

    def _judge(self, books: Books, before: Tables) -> Judge:
        """Refuse what would make goods that are sold another product (M-14)."""

        def judge(after: Tables) -> None:
            if self.kind is Kind.PRODUCTS or self.kind in ATTRIBUTES:
                with books.ledger.read() as conn:
                    refuse_sold(conn, before, after, books.today())

        return judge


def kind_named(text: str) -> Kind:
    """Return the table called `text`, whether in singular or with a hyphen."""
    word = text.casefold().replace("-", "_").replace(" ", "_").replace("colour", "color")
    for kind in Kind:
        one = TRAITS[kind].noun.replace(" ", "_").replace("-", "_")
        if word in (kind.value, one):
            return kind
    names = [kind.value for kind in Kind]
    hint = nearest(word, names, f"tables: {', '.join(names)}")
    raise UsageError(f"no mapping table is called {text[:40]}; {hint}")


def _known(partner: str, vendor: str, books: Books) -> None:
    for name in filter(None, (partner, vendor)):
        if name not in books.partners and name != EVERY_PARTNER:
            hint = nearest(name, books.partners, f"partners: {', '.join(books.partners)}")
            raise UsageError(f"no partner is called {name[:40]}; {hint}")


def open_holds(books: Books) -> list[Hold]:
    """Return what waits for a mapping."""
    with books.ledger.read() as conn:
        return holds.open_holds(conn, (HoldKind.UNMAPPED,))


def as_held(waiting: list[Hold], kind: Kind, partner: str, source: str) -> bool | None:
    """Say whether an open hold has `source` as its description; None where no hold has it."""
    for hold in waiting:
        if hold.partner != partner or hold.mapping_kind != kind.value:
            continue
        if hold.source_code and code_key(kind, hold.source_code) == code_key(kind, source):
            return False
        words = hold.source_description
        if words and text_key(kind, words) == text_key(kind, source):
            return True
    return None


def take_effect(books: Books, edit: Edit) -> tuple[Completed | None, Carried | None]:
    """Complete what the new tables free; (None, None) where a running daemon does it."""
    if is_running(books.site):
        return None, None
    done = redrive(books.ledger, books.site, edit.tables, books.today())
    return done, carry_on(books)


def _facts(done: Completed | None) -> dict[str, object] | None:
    if done is None:
        return None
    orders = [
        {"number": o.order.number, "partner": o.origin.name, "state": o.state} for o in done.orders
    ]
    return {"orders": orders, "lots": done.lots, "holds": done.holds}


def _show(edit: Edit, done: Completed | None, carried: Carried | None) -> None:
    console = screen.console()
    if not edit.is_change:
        console.print(Text(f"{edit.file}, row {edit.number} says so already", "dim"))
    else:
        console.print(Text(f"{edit.file}, row {edit.number}", "bold"))
        for mark, style, row in (("- ", "red", edit.before), ("+ ", "green", edit.after)):
            if row is not None:
                console.print(Text(f"  {mark}{row.rstrip()}", style))
    if done is not None:
        for order in done.orders:
            console.print(
                Text.assemble(
                    ("completed ", "green"),
                    (f"order {order.order.number}", "bold"),
                    f" of {order.origin.name}, now ",
                    screen.state(order.state.value),
                )
            )
        if done.lots:
            console.print(Text(f"completed {screen.count(done.lots, 'offer')}", "green"))
        if not done.holds and not done.lots:
            console.print(Text("nothing had waited for it", "dim"))
    console.print(Text(carried_text(carried), "dim"))

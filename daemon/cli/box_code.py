"""`k2kd box-code`: give a box another code, or a second one, also after it was received (L-06)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer
from rich.text import Text

from daemon import decisions
from daemon.cli import options, screen
from daemon.cli.books import Carried, carried_text, carry_on, opened
from daemon.cli.decided import person
from daemon.cli.named_partner import known_partner
from daemon.cli.tables import open_tables
from daemon.errors import UsageError
from formats.box_codes import box_code as checked
from formats.steps import CodeSwap

app = options.app()


@dataclass(frozen=True, slots=True)
class _Done:
    """What came of it; `status` is `done` or `unchanged`."""

    vendor: str
    code: str
    external_code: str | None
    status: str
    said: str | None
    carried: Carried | None


@app.command(
    epilog=options.example(
        "k2kd box-code florsol KD0000017 FS-990017 --force --by ana",
        "k2kd box-code florsol KD0000017 --external 7790000000017 --force",
    )
)
def box_code(
    vendor: Annotated[str, typer.Argument(metavar="VENDOR", help="Whose box it is.")],
    current: Annotated[str, typer.Argument(metavar="CODE", help="The code that the box has.")],
    new: Annotated[str | None, typer.Argument(metavar="NEW", help="The code that it gets.")] = None,
    *,
    external: Annotated[
        str | None, typer.Option(metavar="CODE", help="A second code, that scans as well.")
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Needed: a buyer may have received the box already.")
    ] = False,
    by: options.By = None,
    as_json: options.Json = False,
    site: options.Site = None,
) -> None:
    """Change the code of a vendor's box in its name; old labels scan on, and both sides are told.

    A vendor changes its own boxes by file, as long as they are not received.
    """
    if not force:
        raise UsageError(
            "a vendor changes its own codes by file, until a box is received; to change one here"
            " all the same add --force"
        )
    swap = CodeSwap(1, options.text(current), _code(new or current), _external(external))
    if swap.current == swap.new and swap.external is None:
        raise UsageError("say the new code of the box, or its second one with --external")
    with opened(site) as books:
        known_partner(vendor, books.partners)
        tables = open_tables(books.site, books.today())
        row = decisions.force_box_code(
            *(books.ledger, books.site, tables, books.today()),
            vendor=vendor,
            swap=swap,
            by=person(by),
        )
        carried = carry_on(books)
    done = _Done(vendor, swap.new, swap.external, row.status.value, row.message, carried)
    if as_json:
        screen.print_json(done)
        return
    console = screen.console()
    console.print(Text.assemble(("box ", ""), (swap.new, "bold"), f" of {vendor}: {done.status}"))
    if done.said:
        console.print(Text(f"  {done.said}", "yellow"))
    console.print(Text(carried_text(carried), "dim"))


def _code(given: str) -> str:
    try:
        return checked(options.text(given))
    except ValueError as error:
        raise UsageError(str(error)) from error


def _external(given: str | None) -> str | None:
    return None if given is None else _code(given)

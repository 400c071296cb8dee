"""`k2kd layout`: propose a partner's own layout from a sample, and see what one reads."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from daemon import config
from daemon.cli import options, screen
from daemon.cli.faults import told_as_usage
from daemon.cli.given import content_of
from daemon.cli.stories import full
from daemon.cli.tables import open_tables, today_of
from daemon.config import Configuration
from daemon.errors import DataError, UsageError
from daemon.eventlog import safe
from daemon.mapping.layout_edit import add_layout, column_cells, layout_cells
from daemon.mapping.problems import nearest
from daemon.workbooks.opening import open_workbook
from formats.documents import ReadDocument
from formats.identify import Format, identify
from formats.layouts.guess import Guess, guess_layout
from formats.layouts.komet import KOMET_LAYOUTS
from formats.layouts.layout import DeclaredLayout
from formats.layouts.read import read_layout
from formats.layouts.tables import fits
from formats.limits import DEFAULT_LIMITS
from formats.records import InventoryAdvice, Party
from formats.tabular.kinds import Kind
from formats.xlsx.workbook import Sheet

app = options.app(summary="Declare a partner's own layout: propose one from a sample, try it.")
Content = bytes | Sheet
Sample = Annotated[Path, typer.Argument(metavar="FILE", help="A file of the partner's.")]
MOST_RECORDS = 20
DATA = 1


@app.command(
    short_help="Propose a layout from a sample.",
    epilog=options.example(
        "k2kd layout guess stock.csv", "k2kd layout guess stock.xlsx --write hollander"
    ),
)
def guess(
    file: Sample,
    *,
    kind: Annotated[
        str, typer.Option("--kind", metavar="KIND", help="What it is, as availability or order.")
    ] = "",
    name: Annotated[
        str, typer.Option("--write", metavar="NAME", help="Add it to the tables by this name.")
    ] = "",
    as_json: options.Json = False,
    site: options.Site = None,
) -> None:
    """Propose a layout for a partner's CSV, workbook or fixed-width file, and say what is unsure.

    Nothing is changed without --write; the new rows are checked first, and take effect at once.
    """
    wanted = _kind(kind) if kind else None
    found = None
    for content in _contents(file):
        found = guess_layout(name or file.stem, content, wanted)
        if found is not None:
            break
    if found is None:
        raise DataError("layout", f"{file} has no rows that a layout could be told from")
    if as_json:
        columns = [column_cells(found.layout, column) for column in found.layout.columns]
        layout = layout_cells(found.layout)
        screen.print_json({"layout": layout, "columns": columns, "unsure": found.doubts})
    else:
        _show(found)
    if name:
        where = config.load(options.root(site))
        with told_as_usage("nothing was written"):
            names = [partner.name for partner in where.partner]
            add_layout(where.mappings, found.layout, partners=names, today=today_of(where))
        if not as_json:
            screen.console().print(Text(f"written to {where.mappings}", "green"))
            line = f'layouts = ["{name}"]'
            screen.next_step(screen.console(), line, "in the partner's section of k2kd.toml")


@app.command(
    short_help="Show what a layout reads of a file.",
    epilog=options.example("k2kd layout check hollander stock.csv"),
)
def check(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A layout of layouts.csv.")],
    file: Sample,
    *,
    as_json: options.Json = False,
    site: options.Site = None,
) -> None:
    """Read a file by a layout of the site: its records, and everything found with its place."""
    where = config.load(options.root(site))
    layout = _layout(where, name)
    contents = _contents(file)
    fitting = [content for content in contents if fits(layout, content)] or contents[:1]
    documents = [
        document
        for content in fitting
        for document in read_layout(content, layout, vendor=Party(), limits=DEFAULT_LIMITS)
    ]
    if as_json:
        screen.print_json([screen.facts(document) for document in documents])
    else:
        for document in documents:
            _show_document(document)
    if any(finding.is_error for document in documents for finding in document.findings):
        raise typer.Exit(DATA)


def _kind(text: str) -> Kind:
    kinds = {kind.value: kind for kind in Kind}
    if text not in kinds:
        raise UsageError(f"no kind is called {text[:40]}; {nearest(text, kinds, ', '.join(kinds))}")
    return kinds[text]


def _layout(site: Configuration, name: str) -> DeclaredLayout:
    layouts = {**KOMET_LAYOUTS, **open_tables(site).layouts}
    if name not in layouts:
        known = f"layouts: {', '.join(layouts) or 'none'}"
        raise UsageError(f"no layout is called {name[:40]}; {nearest(name, layouts, known)}")
    return layouts[name]


def _contents(file: Path) -> list[Content]:
    """Return a file's bytes, or the sheets of a workbook."""
    data = content_of(file)
    if identify(data) is not Format.XLSX:
        return [data]
    book = open_workbook(data, limits=DEFAULT_LIMITS)
    if not book.sheets:
        raise DataError("xlsx", f"{safe(file.name)}: {book.findings[0].message}")
    return list(book.sheets)


def _show(found: Guess) -> None:
    console = screen.console()
    cells = {key: value for key, value in layout_cells(found.layout).items() if value}
    console.print(Text("  ".join(f"{key}={value}" for key, value in cells.items()), "bold"))
    rows = []
    for at, column in enumerate(found.layout.columns):
        row = column_cells(found.layout, column)
        place = f"{row['start']}+{row['width']}" if row["start"] else row["column"]
        samples = ", ".join(safe(each) for each in found.samples.get(at, ()))
        rows.append((column.field, place or f"always {column.constant}", samples))
    console.print(screen.table(("field", "column", "for example"), rows))
    if found.left_out:
        titles = ", ".join(safe(title) for title in found.left_out)
        console.print(Text(f"not read: {titles}", "dim"))
    for doubt in found.doubts:
        console.print(Text.assemble(("unsure  ", "yellow"), full(doubt)))


def _show_document(document: ReadDocument) -> None:
    console = screen.console()
    record = document.record
    if isinstance(record, InventoryAdvice):
        console.print(screen.heading(f"availability, {screen.count(len(record.lines), 'line')}"))
    elif record is not None:
        number = getattr(record, "number", "")
        console.print(screen.heading(f"{record.kind} {safe(number)}".replace("_", " ").strip()))
    for line in list(getattr(record, "lines", ()))[:MOST_RECORDS]:
        said = {key: value for key, value in screen.facts(line).items() if value not in (None, [])}
        console.print(Text("  ".join(f"{key}={safe(str(value))}" for key, value in said.items())))
    if record is not None and not hasattr(record, "lines"):
        console.print(full(record.model_dump_json(exclude_none=True)))
    for finding in document.findings:
        style = "red" if finding.is_error else "yellow"
        place = safe(str(finding.where))
        console.print(Text.assemble((f"{finding.severity}  ", style), f"{place}: "), end="")
        console.print(full(finding.message))

"""`k2kd read`: what files say, and the answers that they would earn; needs no site."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from daemon import config
from daemon.cli import options, screen
from daemon.cli.facts import show_facts
from daemon.cli.given import content_of
from daemon.cli.named_partner import partner_named
from daemon.cli.reading import Answer, ReadFile, Record, read_file
from daemon.cli.stories import full, said
from daemon.clock import SystemClock
from daemon.config import Partner
from daemon.eventlog import safe
from daemon.samples import dated
from formats.findings import Finding, warning
from formats.records import AxerrioOrder, InventoryAdvice, PurchaseOrder

app = options.app()
MOST_LINES = 200
DATA = 1


@app.command(
    epilog=options.example(
        "k2kd read order.edi --ack", "k2kd read *.csv --as florsol --json | jq .findings"
    )
)
def read(
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="Files of any format.")],
    *,
    partner: Annotated[
        str | None,
        typer.Option("--as", metavar="PARTNER", help="Read them as this partner's of the site."),
    ] = None,
    ack: Annotated[
        bool, typer.Option("--ack", help="Print the acknowledgement that each would earn.")
    ] = False,
    as_json: options.Json = False,
    site: options.Site = None,
) -> None:
    """Read files without a site: canonical records, and everything found with its place.

    With --json one object a file: file, format, documents, findings. Exit code 1 where a file has
    an error.
    """
    reader = partner_named(config.load(options.root(site)), partner) if partner else None
    at = SystemClock().now()
    console = screen.console()
    has_errors = False
    for path in files:
        found = _read(path, reader, at)
        has_errors |= found.has_errors
        if as_json:
            sys.stdout.write(json.dumps(_facts(found, ack=ack), ensure_ascii=False) + "\n")
        elif ack:
            _write_answers(found.answers)
        else:
            _show(console, found)
    if has_errors:
        raise typer.Exit(DATA)


def _read(path: Path, reader: Partner | None, at: datetime) -> ReadFile:
    """Return what a file says; a template of the sample network is read as it is dropped today."""
    content = content_of(path)
    dropped = dated(content, at.astimezone().date())
    found = read_file(str(path), dropped, reader, at)
    if dropped == content:
        return found
    message = (
        "The file is a template of the sample network: marks such as {today:iso} stand for dates."
        " It was read with those of today, as k2kd run --samples drops it."
    )
    return replace(found, findings=(warning("template", message), *found.findings))


def _facts(found: ReadFile, *, ack: bool) -> dict[str, object]:
    facts: dict[str, object] = {
        "file": safe(found.file, 4096),
        "format": found.format.value,
        "documents": [record.model_dump(mode="json") for record in found.documents],
        "findings": [_finding(finding) for finding in found.findings],
    }
    if ack:
        facts["answers"] = [
            {"kind": answer.kind, "body": answer.body.decode("utf-8", "backslashreplace")}
            for answer in found.answers
        ]
    return facts


def _finding(finding: Finding) -> dict[str, str]:
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "where": str(finding.where),
        "message": finding.message,
    }


def _write_answers(answers: tuple[Answer, ...]) -> None:
    """Write the answers byte for byte, so that they can be piped into a file."""
    sys.stdout.flush()
    for answer in answers:
        sys.stdout.buffer.write(answer.body)
        if not answer.body.endswith(b"\n"):
            sys.stdout.buffer.write(b"\n")
    sys.stdout.buffer.flush()


def _show(console: Console, found: ReadFile) -> None:
    errors = sum(finding.is_error for finding in found.findings)
    verdict = (screen.count(errors, "error"), screen.RED) if errors else ("no error", "green")
    documents = screen.count(len(found.documents), "document")
    title = (safe(found.file, 4096), "bold")
    console.print(Text.assemble(title, f"   {found.format.value}, {documents}, ", verdict))
    for record in found.documents:
        _show_record(console, record)
    if found.findings:
        rows = (
            (screen.state(f.severity.value), f.code, str(f.where), full(f.message))
            for f in found.findings
        )
        console.print()
        console.print(screen.table(("severity", "code", "where", "what"), rows))
    console.print()


def _show_record(console: Console, record: Record) -> None:
    if not isinstance(record, InventoryAdvice | PurchaseOrder | AxerrioOrder):
        show_facts(console, record.kind, record.model_dump(mode="json", exclude_defaults=True))
        return
    if isinstance(record, InventoryAdvice):
        title = f"{said(record.kind).capitalize()} {safe(record.reference or '')}"
        facts = f"vendor {record.vendor.code or record.vendor.name or '?'}"
    else:
        title = f"{said(record.kind).capitalize()} {safe(record.number)}"
        facts = f"{record.purpose.value}, ships {record.ship_date or '?'}"
        facts += f", buyer {record.buyer.code or record.buyer.name or '?'}"
        facts += f", vendor {record.vendor.code or record.vendor.name or '?'}"
    test = "   TEST" if record.is_test else ""
    console.print(Text.assemble(("\n" + title, "bold"), (f"   {safe(facts)}", "dim"), test))
    console.print(_lines(record))
    if len(record.lines) > MOST_LINES:
        console.print(Text(f"and {len(record.lines) - MOST_LINES} more; --json has all", "dim"))


def _lines(record: InventoryAdvice | PurchaseOrder | AxerrioOrder) -> Table:
    rows: list[tuple[str, ...]] = []
    if isinstance(record, InventoryAdvice):
        columns = ("line", "code", "description", "quantity", "unit", "cost", "from", "to")
        for offer in record.lines[:MOST_LINES]:
            code = offer.seller_item or offer.buyer_item or ""
            dates = (str(offer.available_from or ""), str(offer.available_to or ""))
            numbers = (f"{offer.quantity}", offer.unit, str(offer.unit_cost or ""))
            rows.append((str(offer.line), code, offer.description or "", *numbers, *dates))
        return screen.table(columns, rows, right="line quantity cost")
    columns = ("line", "code", "description", "quantity", "unit", "price", "per", "box")
    for line in record.lines[:MOST_LINES]:
        code = line.buyer_item or line.seller_item or ""
        numbers = (f"{line.quantity}", line.unit, str(line.unit_price or ""))
        rest = (line.price_unit or "", line.box_type_code or "")
        rows.append((line.reference, code, line.description or "", *numbers, *rest))
    return screen.table(columns, rows, right="line quantity price")

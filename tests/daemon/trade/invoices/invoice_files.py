"""Invoices and answers about them as partners write them, and what stands in the books."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import select

from daemon.ledger import schema
from formats.limits import DEFAULT_LIMITS
from formats.records import Party
from formats.tabular.dialect import Dialect
from formats.tabular.kinds import INVOICE_COLUMNS
from formats.tabular.steps import read_steps
from tests.daemon.network import NETWORK
from tests.daemon.sites import Desktop, desktop, only
from tests.daemon.today import day
from tests.daemon.trade.goods_files import coded, confirmed, rows, ship

_FIRST = 'buyer = "bloom"\nwhen_short = "cut"'
SYNC = "invoice_sync = { vendor = true, buyer = true }"
SHARED = NETWORK.replace(_FIRST, f"{_FIRST}\n{SYNC}", 1)
"""The sample network; florsol and bloom share invoices."""
CODES = ("PT1", "PT2", "PT3", "PT4", "PT5")


def invoice(*rows: dict[str, object], **header: object) -> bytes:
    """Return an invoice CSV; a row is a line of order 1, line 1, at 0.30 a box, but for what it
    says."""
    common: dict[str, object] = {
        "invoice_number": "F-1",
        "invoice_date": day().isoformat(),
        "currency": "USD",
        "total": "1.50",
        "po_number": "1",
        "po_line": "1",
        "quantity": 5,
        "unit": "Box",
        "unit_price": "0.30",
    }
    lines = [",".join(INVOICE_COLUMNS)]
    for at, row in enumerate(rows or ({},), 1):
        cells = {**common, "line": at, **header, **row}
        lines.append(
            ",".join("" if (v := cells.get(n)) is None else f"{v}" for n in INVOICE_COLUMNS)
        )
    return "".join(f"{line}\n" for line in lines).encode()


def extra(kind: str, amount: str, **more: object) -> dict[str, object]:
    """Return a row for a charge, an allowance or a tax."""
    empty = dict.fromkeys(("line", "po_number", "po_line", "quantity", "unit", "unit_price"))
    return {**empty, "row": kind, "amount": amount, **more}


def bill(site: Desktop, *rows: dict[str, object], **header: object) -> dict[str, bytes]:
    """Let florsol send an invoice."""
    name = f"invoice-{len(site.arrivals())}.csv"
    return site.send("florsol", name, invoice(*rows, **header))


def decide(site: Desktop, decision: str, number: str = "F-1", **more: object) -> dict[str, bytes]:
    """Let bloom decide about an invoice."""
    cells = {"invoice_number": number, "decision": decision, **more}
    body = f"{','.join(cells)}\n{','.join(f'{v}' for v in cells.values())}\n".encode()
    return site.send("bloom", f"ap-{len(site.arrivals())}.csv", body)


def shipped(site: Desktop, *boxes: int) -> None:
    """Let florsol ship the first line of an order of `boxes` (5), which it has confirmed."""
    confirmed(site, *(boxes or (5,)))
    ship(site, *coded(*CODES[: (boxes or (5,))[0]]))


@contextmanager
def five_shipped(root: Path, network: str = SHARED) -> Iterator[Desktop]:
    """Open a site on which five boxes of order 1 are shipped and can be billed."""
    with desktop(root, network=network) as opened:
        shipped(opened, 5, 2)
        yield opened


def invoices(site: Desktop) -> list[Any]:
    """Return every invoice of the books, oldest first."""
    return site.rows(select(schema.invoices).order_by(schema.invoices.c.id))


def states(site: Desktop) -> list[str]:
    return [row.state for row in invoices(site)]


def moves(site: Desktop) -> list[tuple[str | None, str]]:
    """Return (before, after) of every move of an invoice."""
    table = schema.moves.c
    found = site.rows(
        select(table.before, table.after).where(table.entity == "invoice").order_by(table.id)
    )
    return [(row.before, row.after) for row in found]


def refusal(files: dict[str, bytes]) -> str:
    """Return why florsol's invoice was refused, in one sentence."""
    ((status, _, message),) = rows(only(files, "florsol/advice"))
    assert (status, told(files)) == ("refused", ["florsol/advice"])
    return message


def read_csv(body: bytes) -> Any:
    """Return what a CSV to a partner says, as that partner reads it."""
    (document,) = read_steps(
        body, dialect=Dialect(), limits=DEFAULT_LIMITS, vendor=Party(code="V1")
    )
    assert document.findings == ()
    return document.record


def told(files: dict[str, bytes]) -> list[str]:
    """Return `partner/kind` of files, sorted, whatever they are about."""
    return sorted(name.split("-")[0] for name in files)

"""Carts whose purchases are put together, and what is looked at of them."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

from sqlalchemy import select

from daemon.ledger import schema
from tests.daemon.partner_files import purchase_order
from tests.daemon.sites import Desktop, desktop, kinds, only
from tests.daemon.today import SetClock
from tests.daemon.trade.cart_files import (
    DRAFT,
    OTHER,
    OUT,
    ROSE,
    ROSES,
    cart,
    network,
    stock,
)

TOGETHER = "separate_po_per_ecommerce_purchase = false"
WEDNESDAY = date(2026, 11, 25)
FIRST = cart("W1", ("1", ROSE, 2, OUT))
SECOND = cart("W2", ("1", OTHER, 3, OUT), ("2", ROSE, 1, OUT), customer="STEMSHOP")


@contextmanager
def put_together(root: Path, clock: SetClock) -> Iterator[Desktop]:
    """Open a site where bloom's purchases of florsol are put together, with ten boxes a rose."""
    with desktop(root, network=network(link=TOGETHER), clock=clock) as opened:
        opened.send("florsol", "stock.csv", stock(*ROSES))
        yield opened


def states(site: Desktop, kind: str = "purchase_order") -> dict[str, str]:
    return {order.number: order.state for order in site.orders(kind)}


def lines_of(site: Desktop, number: str) -> list[tuple[str, str, int, str]]:
    """Return reference, product, accepted quantity and progress of the lines of an order."""
    (order,) = (each for each in site.orders() if each.number == number)
    table = schema.order_lines
    query = select(table).where(table.c.order_id == order.id).order_by(table.c.line)
    return [(r.reference, r.product, int(r.accepted), r.progress) for r in site.rows(query)]


def table_in(files: dict[str, bytes], beginning: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(only(files, beginning).decode())))


def decide(site: Desktop, number: str, decision: str, **more: Any) -> dict[str, bytes]:
    rows = f"po_number,decision,by,reason\n{number},{decision},ana,{more.get('reason', '')}\n"
    name = more.get("name", f"{decision}-{number}.csv")
    return site.send("bloom", name, rows.encode())


def to_vendor(files: dict[str, bytes]) -> list[str]:
    return [each for each in kinds(files) if each.startswith("florsol/")]


def half(number: str = "W1") -> bytes:
    """Return a cart of which one line is checked out and another is not."""
    return cart(number, ("1", OTHER, 3, OUT), ("2", ROSE, 1, DRAFT))


def cancelling(number: str, control: int = 7) -> bytes:
    """Return an 850 that cancels what its sender had sent under a number (BEG01 = 01)."""
    return purchase_order(number, (ROSE, "1", "BX"), control=control, purpose="01", ship=None)

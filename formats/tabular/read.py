"""A delimited file of any kind that the trade has: what it is stands in its header."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from formats.documents import ReadDocument
from formats.findings import Finding, Where
from formats.limits import Limits
from formats.records import Party
from formats.tabular.availability import read_availability
from formats.tabular.dialect import Dialect
from formats.tabular.kinds import Kind, kind_of
from formats.tabular.purchase_order import read_purchase_orders
from formats.tabular.steps import read_steps


def read(
    data: bytes,
    limits: Limits,
    *,
    vendor: Party,
    dialect: Dialect | None = None,
    fallback: Kind | None = None,
) -> Iterator[ReadDocument]:
    """Yield the documents of a file; `fallback` is what a file is whose header doesn't tell."""
    dialect = dialect or Dialect()
    kind = kind_of(data, dialect) or fallback
    if kind is None:
        return iter((_untold(data),))
    if kind is Kind.AVAILABILITY:
        return read_availability(data, vendor=vendor, dialect=dialect, limits=limits)
    if kind is Kind.ORDER:
        return read_purchase_orders(data, dialect=dialect, limits=limits)
    return read_steps(data, dialect=dialect, limits=limits, vendor=vendor, kind=kind)


def _untold(data: bytes) -> ReadDocument:
    message = (
        "The first row doesn't say what the file is: no known kind has such columns. Name them in "
        "a first row, as they are described for orders, availability or the steps after an order."
    )
    finding = Finding("csv.header", message, Where(row=1))
    return ReadDocument(None, (finding,), digest=hashlib.sha256(data).hexdigest())

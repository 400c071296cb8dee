"""Files in a declared layout, read: the same records and rules as our own CSV, other columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from formats.documents import ReadDocument
from formats.layouts.layout import DeclaredLayout
from formats.layouts.tables import LayoutTable, spoken
from formats.limits import Limits
from formats.records import Party
from formats.tabular.dialect import Dialect
from formats.tabular.kinds import Kind
from formats.tabular.purchase_order import read_purchase_orders
from formats.tabular.steps import read_steps
from formats.tabular.stock import read_stock
from formats.xlsx.workbook import Sheet, letter


def read_layout(
    content: bytes | Sheet, layout: DeclaredLayout, *, vendor: Party, limits: Limits
) -> Iterator[ReadDocument]:
    """Yield the documents of a file, or of a sheet of a workbook, in a declared layout.

    `vendor` is the partner whose file it is. A file whose header lacks a column is one document
    without a record, and a finding that names what is missing.
    """
    table = LayoutTable(layout, content)
    sheet = content if isinstance(content, Sheet) else None
    notes = sheet.notes if sheet is not None else ()
    for document in _read(table, vendor, limits):
        letters = {}
        if sheet is not None:
            first = sheet.first_column
            letters = {name: letter(first + at) for name, at in table.places.items()}
        name = None if sheet is None else sheet.name
        findings = tuple(spoken(each, table, letters, name) for each in document.findings)
        yield replace(document, findings=(*notes, *findings))
        notes = ()


def _read(table: LayoutTable, vendor: Party, limits: Limits) -> Iterator[ReadDocument]:
    # Cells were turned already: what the readers see has a point and ISO dates.
    dialect = Dialect()
    kind = table.layout.kind
    if kind is Kind.AVAILABILITY:
        yield read_stock(table, vendor=vendor, dialect=dialect, limits=limits)
    elif kind is Kind.ORDER:
        yield from read_purchase_orders(table, dialect=dialect, limits=limits)
    else:
        yield from read_steps(table, dialect=dialect, limits=limits, vendor=vendor, kind=kind)

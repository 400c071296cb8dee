"""Workbooks as partners make them, and what is read of them, without a process of its own."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from formats.limits import DEFAULT_LIMITS, Limits
from formats.records import Party
from formats.tabular.dialect import Dialect
from formats.tabular.kinds import Kind
from formats.xlsx.archive import DEFAULT_WORKBOOK_LIMITS, WorkbookLimits
from formats.xlsx.extract import extract
from formats.xlsx.tables import Tables, read_tables
from formats.xlsx.workbook import Workbook, read_workbook

Rows = Sequence[Any]
VENDOR = Party(code="florsol")


def book(
    sheets: Mapping[str, Rows], change: Callable[[Worksheet], None] = lambda _sheet: None
) -> bytes:
    """Return a workbook with these rows, after `change` was done to each sheet."""
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        change(sheet)
    body = io.BytesIO()
    made.save(body)
    return body.getvalue()


def opened(
    data: bytes,
    *,
    limits: Limits = DEFAULT_LIMITS,
    workbook_limits: WorkbookLimits = DEFAULT_WORKBOOK_LIMITS,
) -> Workbook:
    """Return the workbook in these bytes."""
    out = io.BytesIO()
    extract(data, out, limits=limits, workbook_limits=workbook_limits)
    return read_workbook(out.getvalue())


def tables(
    data: bytes, *, fallback: Kind = Kind.AVAILABILITY, decimal_comma: bool = False
) -> Tables:
    """Return the documents in these bytes."""
    return read_tables(
        opened(data),
        fallback=fallback,
        vendor=VENDOR,
        dialect=Dialect(decimal_comma=decimal_comma),
        limits=DEFAULT_LIMITS,
    )

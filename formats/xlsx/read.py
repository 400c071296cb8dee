"""A workbook read in this process; one that nobody vouches for is better opened in another."""

from __future__ import annotations

from io import BytesIO

from formats.limits import Limits
from formats.records import Party
from formats.tabular.dialect import Dialect
from formats.tabular.kinds import Kind
from formats.xlsx.archive import DEFAULT_WORKBOOK_LIMITS
from formats.xlsx.extract import extract
from formats.xlsx.tables import OwnReading, Tables, read_tables
from formats.xlsx.workbook import read_workbook


def read(
    data: bytes,
    limits: Limits,
    *,
    vendor: Party,
    dialect: Dialect | None = None,
    fallback: Kind | None = None,
    own: OwnReading = lambda _sheet: None,
) -> Tables:
    """Return the tables of a workbook; `fallback` is what one is whose header doesn't tell.

    `own` reads a sheet that is in a layout of its own.
    """
    out = BytesIO()
    extract(data, out, limits=limits, workbook_limits=DEFAULT_WORKBOOK_LIMITS)
    return read_tables(
        read_workbook(out.getvalue()),
        fallback=fallback or Kind.AVAILABILITY,
        vendor=vendor,
        dialect=dialect or Dialect(),
        limits=limits,
        own=own,
    )

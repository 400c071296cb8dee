"""Workbooks out: plain rows of text, numbers and dates; the same rows give the same bytes.

A text is written as text, whatever it begins with, so that no spreadsheet takes it for a formula,
and codes keep their zeros.
"""

from __future__ import annotations

from collections.abc import Mapping

from formats.tabular.write import Sheet


def write_workbook(sheets: Mapping[str, Sheet]) -> bytes:
    """Return sheets, by their names, as an XLSX file.

    Raises ValueError for more rows, or a longer text, than a sheet can hold.
    """
    from formats.xlsx.book import workbook  # noqa: PLC0415  (openpyxl: a sixth of a second)

    return workbook(sheets)

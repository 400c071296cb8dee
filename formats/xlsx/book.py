"""Makes a workbook with openpyxl; `write` loads this for the first one."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import Cell as OpenCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from formats.tabular.write import Cell, Sheet

_STAMP = (2000, 1, 1, 0, 0, 0)
_TIME = re.compile(rb">[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z<")
_EXACT_DIGITS = 15
_WIDTH = 16
_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
MAX_ROWS = 1_048_576
MAX_CELL = 32_767


def workbook(sheets: Mapping[str, Sheet]) -> bytes:
    """Return sheets as an XLSX file; see `write.write_workbook`."""
    book = Workbook(write_only=True)
    book.properties.creator = "k2kd"
    for name, (header, rows) in sheets.items():
        sheet = book.create_sheet(_sheet_name(name))
        for at in range(len(header)):
            sheet.column_dimensions[get_column_letter(at + 1)].width = _WIDTH
        sheet.freeze_panes = "A2"
        if header:
            sheet.append([_cell(sheet, title, is_bold=True) for title in header])
        for count, row in enumerate(rows, 2):
            if count > MAX_ROWS:
                raise ValueError(f"a sheet holds {MAX_ROWS} rows at most; write CSV")
            sheet.append([_cell(sheet, value) for value in row])
    made = io.BytesIO()
    book.save(made)
    return _stamped(made.getvalue())


def _sheet_name(name: str) -> str:
    return re.sub(r"[\[\]:*?/\\]", " ", name)[:31] or "Sheet"


def _cell(sheet: WriteOnlyWorksheet, value: Cell, *, is_bold: bool = False) -> OpenCell | None:
    if value is None or value == "":
        return None
    if isinstance(value, Decimal) and len(value.as_tuple().digits) > _EXACT_DIGITS:
        value = f"{value:f}"
    cell: OpenCell
    if isinstance(value, date):
        cell = WriteOnlyCell(sheet, datetime.combine(value, time(0)))
        cell.number_format = "yyyy-mm-dd"
        return cell
    if not isinstance(value, str):
        # A float of up to 15 digits is written as the very number that it was made of.
        return WriteOnlyCell(sheet, float(value))
    if len(value) > MAX_CELL:
        raise ValueError(f"a cell holds {MAX_CELL} characters at most: {value[:20]}...")
    cell = WriteOnlyCell(sheet, _NOT_XML.sub("", value))
    cell.data_type = "s"
    cell.number_format = "@"
    if is_bold:
        cell.font = Font(bold=True)
    return cell


def _stamped(data: bytes) -> bytes:
    """Return the archive with one time for all of its entries, so that nothing tells when."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as made,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as stamped,
    ):
        for info in made.infolist():
            entry = zipfile.ZipInfo(info.filename, _STAMP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            content = made.read(info)
            if info.filename == "docProps/core.xml":
                content = _TIME.sub(b">2000-01-01T00:00:00Z<", content)
            stamped.writestr(entry, content)
    return out.getvalue()

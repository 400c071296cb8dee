"""A grower's availability as CSV and as a workbook: many products, and no two rows alike."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from xml.sax.saxutils import escape

HEADER = (
    "vendorId", "productDescription", "availableFrom", "quantityUnits", "unitType", "postHarvest",
    "category", "color", "unitCost", "stemsBunch", "tag",
)  # fmt: skip
_FLOWERS = ("Rosa", "Alstroemeria", "Dianthus", "Gerbera", "Lilium", "Limonium", "Ruscus")
_COLORS = ("Red", "White", "Hot Pink", "Yellow", "Bi Color", "Lavender", "Green", "Peach")
_VARIETIES = 120
_LENGTHS = (40, 50, 60, 70, 80)
_PRODUCTS = len(_FLOWERS) * _VARIETIES * len(_LENGTHS)
_TEXTS = frozenset({1, 4, 5, 6, 7, 10})
"""Columns of a workbook that hold text; the third is a date and the others are numbers."""
_DAY = 2
_EPOCH = date(1899, 12, 30)
_DECLARED = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPES}.worksheet+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPES}.styles+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_TYPES}.sharedStrings+xml"/>'
        "</Types>"
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
        "</Relationships>"
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
        '<sheets><sheet name="Stock" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/>'
        f'<Relationship Id="rId3" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
        "</Relationships>"
    ),
    "xl/styles.xml": (
        f'<styleSheet xmlns="{_MAIN}"><fonts count="1"><font/></fonts>'
        '<fills count="1"><fill/></fills><borders count="1"><border/></borders>'
        '<cellStyleXfs count="1"><xf/></cellStyleXfs>'
        '<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs>'
        "</styleSheet>"
    ),
}


def stock_rows(count: int, today: date) -> Iterator[tuple[str, ...]]:
    """Yield rows of which each has a product and a day that no other has, under `HEADER`."""
    for number in range(count):
        product = number % _PRODUCTS
        length = _LENGTHS[product % len(_LENGTHS)]
        variety = product // len(_LENGTHS)
        flower = _FLOWERS[variety % len(_FLOWERS)]
        yield (
            "111",
            f"{flower} Variety {variety:03} {length}cm",
            f"{today + timedelta(days=number // _PRODUCTS)}",
            f"{25 * (1 + number * 7 % 400)}",
            ("Stem", "Bunch")[variety % 2],
            "",
            "Cut",
            _COLORS[variety % len(_COLORS)],
            f"0.{18 + number * 11 % 80}",
            f"{(10, 20, 25)[variety % 3]}",
            "",
        )


def stock_csv(count: int, today: date) -> bytes:
    """Return so many rows below a header."""
    lines = (",".join(row) + "\r\n" for row in (HEADER, *stock_rows(count, today)))
    return "".join(lines).encode()


def stock_workbook(count: int, today: date) -> bytes:
    """Return so many rows as a spreadsheet saves them: shared texts, numbers, days as numbers."""
    shared: dict[str, int] = {}
    head = "".join(_text(title, 1, at, shared) for at, title in enumerate(HEADER))
    rows = [f'<row r="1" spans="1:11">{head}</row>']
    for at, row in enumerate(stock_rows(count, today), 2):
        cells = "".join(_cell(text, at, column, shared) for column, text in enumerate(row))
        rows.append(f'<row r="{at}" spans="1:11">{cells}</row>')
    sheet = f'<worksheet xmlns="{_MAIN}"><sheetData>{"".join(rows)}</sheetData></worksheet>'
    texts = "".join(f"<si><t>{escape(text)}</t></si>" for text in shared)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in _PARTS.items():
            archive.writestr(name, _DECLARED + part)
        archive.writestr(
            "xl/sharedStrings.xml",
            f'{_DECLARED}<sst xmlns="{_MAIN}" uniqueCount="{len(shared)}">{texts}</sst>',
        )
        archive.writestr("xl/worksheets/sheet1.xml", _DECLARED + sheet)
    return made.getvalue()


def _cell(text: str, row: int, column: int, shared: dict[str, int]) -> str:
    if not text:
        return ""
    if column in _TEXTS:
        return _text(text, row, column, shared)
    place = f"{chr(ord('A') + column)}{row}"
    if column == _DAY:
        return f'<c r="{place}" s="1"><v>{(date.fromisoformat(text) - _EPOCH).days}</v></c>'
    return f'<c r="{place}"><v>{text}</v></c>'


def _text(text: str, row: int, column: int, shared: dict[str, int]) -> str:
    at = shared.setdefault(text, len(shared))
    return f'<c r="{chr(ord("A") + column)}{row}" t="s"><v>{at}</v></c>'

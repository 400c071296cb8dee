"""Writes a vendor's new products into the catalogue, with the rows that map them (domain M-15).

Both tables are written or none is: the whole set is checked with all of them first. Should the
daemon be stopped between the two files, the next look finds the product by its description.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from daemon.errors import SiteError
from daemon.mapping import parse, sheet
from daemon.mapping.edit import alone, encoded, replace_table
from daemon.mapping.load import from_files, read_folder
from daemon.mapping.parse import CATALOGUE_FILE, FROM_VENDOR
from daemon.mapping.problems import Notes, shown
from daemon.mapping.rows import TRAITS, Kind
from daemon.mapping.sheet import Sheet
from daemon.mapping.tables import Tables

COMMENT = "added by itself from the vendor's file (M-15)"
_OTHER = re.compile(r"[^A-Z0-9]+")
_LONGEST = TRAITS[Kind.PRODUCTS].longest


@dataclass(frozen=True, slots=True)
class NewProduct:
    """What a vendor offers and nobody has mapped; words as the network says them, or empty."""

    vendor: str
    source_code: str
    source_description: str
    category: str = ""
    variety: str = ""
    color: str = ""
    grade: str = ""


def add_products(
    folder: Path, new: Sequence[NewProduct], *, partners: Collection[str], today: date
) -> Tables:
    """Add products and their rows to the tables in `folder`; return the checked set.

    Raises SiteError with every problem they would make (nothing is written then), EnvironmentFault
    where a file can't be written.
    """
    with alone(folder):
        notes = Notes()
        files = read_folder(folder, notes)
        if notes.problems:
            raise SiteError(shown(notes.problems))
        known = from_files(files, partners=partners, today=today, notes=Notes())
        codes = _codes(new, known.catalogue)
        catalogue = [_product(each, code) for each, code in zip(new, codes, strict=True)]
        rows = [_row(each, code) for each, code in zip(new, codes, strict=True)]
        products = Kind.PRODUCTS.file
        made = {
            CATALOGUE_FILE: _with_rows(files[CATALOGUE_FILE], CATALOGUE_FILE, catalogue),
            products: _with_rows(files[products], products, rows),
        }
        tables = from_files({**files, **made}, partners=partners, today=today, notes=Notes())
        for name, content in made.items():
            replace_table(folder, name, files[name], content)
    return tables


def _codes(new: Sequence[NewProduct], catalogue: Mapping[str, object]) -> list[str]:
    """Return a code of ours for each product: the vendor's name and its own code or words."""
    taken = set(catalogue)
    codes = []
    for each in new:
        said = f"{each.vendor}-{each.source_code or each.source_description}"
        plain = unicodedata.normalize("NFKD", said).encode("ascii", "ignore").decode().upper()
        stem = _OTHER.sub("-", plain).strip("-")[: _LONGEST - 5].rstrip("-")
        code, number = stem, 2
        while code in taken:
            code, number = f"{stem}-{number}", number + 1
        taken.add(code)
        codes.append(code)
    return codes


def _product(new: NewProduct, code: str) -> dict[str, str]:
    return {
        "code": code,
        "description": new.source_description or new.source_code,
        "category": new.category,
        "variety": new.variety,
        "color": new.color,
        "grade": new.grade,
        "active": "yes",
        FROM_VENDOR: new.vendor,
    }


def _row(new: NewProduct, code: str) -> dict[str, str]:
    return {
        "partner": new.vendor,
        "source_code": new.source_code,
        "source_description": new.source_description,
        "target_code": code,
        "active": "yes",
        "comment": COMMENT,
    }


def _with_rows(content: bytes, name: str, rows: Sequence[Mapping[str, str]]) -> bytes:
    """Return a table with rows behind its own, in its own style, and the columns that they need."""
    table = sheet.read(parse.layouts()[name], content, Notes())
    if table is None:
        raise SiteError([f"{name} can't be read; mend it first"])
    lines, columns = list(table.lines), table.columns
    if name == CATALOGUE_FILE and FROM_VENDOR not in columns:
        first = next(at for at, line in enumerate(lines) if line.strip())
        header = lines[first].rstrip("\r\n")
        lines[first] = f"{header}{table.style.delimiter}{FROM_VENDOR}{table.style.line_end}"
        columns = (*columns, FROM_VENDOR)
    if not lines[-1].endswith(("\n", "\r")):
        lines[-1] += table.style.line_end
    wide = Sheet(table.file, columns, table.records, table.lines, table.style)
    return encoded(table, [*lines, *(sheet.written(wide, row) for row in rows)])

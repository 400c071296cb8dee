"""Mapping rows for a new partner to fill in: our own list, with the partner's columns empty.

The live tables are left alone, because a row without the partner's code is no mapping and would be
refused. A template has the columns, delimiter and order of the live table, so that filled rows can
be pasted under it as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from daemon.config import Role
from daemon.errors import SiteError
from daemon.mapping import parse, sheet
from daemon.mapping.load import read_folder
from daemon.mapping.problems import Notes, shown
from daemon.mapping.rows import TRAITS, Kind
from daemon.mapping.sheet import BOM, Sheet
from daemon.mapping.tables import Tables

_KINDS = {
    Role.VENDOR: (Kind.PRODUCTS, Kind.CUSTOMERS),
    Role.BUYER: (Kind.PRODUCTS, Kind.SHIP_TO, Kind.CARRIERS),
    Role.AXERRIO: (Kind.PRODUCTS, Kind.CUSTOMERS, Kind.SHIP_TO, Kind.CARRIERS),
}
_TERMS = tuple(kind for kind, each in TRAITS.items() if each.is_term)
"""Words of orders, which whoever sends or gets orders may call otherwise."""
_USUAL_BOX, _USUAL_STEMS = "HB", 25


@dataclass(frozen=True, slots=True)
class Template:
    """A table to fill in; `file` is the live table's name, `rows` how many there are."""

    file: str
    content: bytes
    rows: int


def templates(folder: Path, tables: Tables, partner: str, role: Role) -> list[Template]:
    """Return the tables that a partner of this role needs; those we have nothing for are left out.

    Raises SiteError for a live table that can't be read.
    """
    notes = Notes()
    files = read_folder(folder, notes)
    layouts = parse.layouts()
    made: list[Template] = []
    kinds = (*_KINDS[role], *_TERMS) if role in _KINDS else ()
    wanted = {kind.file: list(_rows(kind, tables, partner)) for kind in kinds}
    if role is Role.VENDOR:
        wanted[parse.PACKS_FILE] = list(_packs(tables, partner))
    for file, rows in wanted.items():
        if not rows:
            continue
        table = sheet.read(layouts[file], files[file], notes) if file in files else None
        if table is None:
            raise SiteError(shown(notes.problems))
        made.append(Template(file, _content(table, rows), len(rows)))
    return made


def _rows(kind: Kind, tables: Tables, partner: str) -> Iterator[Mapping[str, str]]:
    """Yield a row for each of our codes that the partner has none for."""
    known = {row.target_code for row in tables.rows[kind] if row.partner == partner}
    if kind is Kind.PRODUCTS:
        ours = [(p.code, p.description) for p in tables.catalogue.values() if p.is_active]
    else:
        ours = [(e.code, e.description) for e in tables.entries[kind].values() if e.is_active]
    for code, description in ours:
        if code not in known:
            yield {
                "partner": partner,
                "target_code": code,
                "target_description": description,
                "active": "yes",
            }


def _packs(tables: Tables, partner: str) -> Iterator[Mapping[str, str]]:
    for product in tables.catalogue.values():
        if product.is_active:
            yield {
                "partner": partner,
                "product_code": product.code,
                "box_type": _USUAL_BOX if _USUAL_BOX in tables.entries[Kind.BOX_TYPES] else "",
                "stems_per_bunch": str(_USUAL_STEMS),
                "unit_type": "Stem",
                "active": "yes",
                "comment": product.description,
            }


def _content(table: Sheet, rows: list[Mapping[str, str]]) -> bytes:
    plain = replace(table, style=replace(table.style, encoding="utf-8"))
    header = sheet.written(plain, {column: column for column in table.columns})
    text = header + "".join(sheet.written(plain, row) for row in rows)
    # A spreadsheet takes a file without the mark for its own code page.
    return BOM + text.encode()

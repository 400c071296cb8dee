"""Reads the mapping folder into checked tables, all of it or nothing.

A SiteError lists every problem of every file at once, each with file, row, column and what to do.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path

from daemon.errors import SiteError
from daemon.mapping import parse
from daemon.mapping.build import build
from daemon.mapping.check import Contents, check
from daemon.mapping.layouts import COLUMNS_FILE, LAYOUTS_FILE, read_layouts
from daemon.mapping.parse import PRICES_FILE, RATES_FILE
from daemon.mapping.prices import read_prices
from daemon.mapping.problems import Notes, nearest, shown
from daemon.mapping.rates import read_rates
from daemon.mapping.rows import Kind
from daemon.mapping.sheet import Sheet, read
from daemon.mapping.tables import Tables
from daemon.mapping.vbn_lists import FEATURES_FILE, PRODUCTS_FILE, read_vbn

_UNLISTED = (Kind.PRODUCTS, Kind.UNITS)
"""Kinds whose own list is another file, or our own words."""


def load(folder: Path, *, partners: Collection[str], today: date) -> Tables:
    """Return the tables in `folder` for a site with these partners.

    Every table that isn't optional must be there; one without rows is fine.
    Raises SiteError with every problem.
    """
    notes = Notes()
    files = read_folder(folder, notes)
    return from_files(files, partners=partners, today=today, notes=notes)


def read_folder(folder: Path, notes: Notes) -> dict[str, bytes]:
    """Return the bytes of every table; says in `notes` which are missing or misnamed."""
    known = parse.layouts()
    files: dict[str, bytes] = {}
    for name, layout in known.items():
        try:
            files[name] = (folder / name).read_bytes()
        except FileNotFoundError:
            if layout.is_optional:
                continue
            header = ",".join(layout.columns)
            notes.refuse(name, f"not in {folder}; restore it, or make it with the header {header}")
        except OSError as error:
            notes.refuse(name, f"can't be read ({error.strerror}); mend its permissions")
    for name in _names(folder):
        if name.endswith(".csv") and name not in known and not name.startswith((".", "~")):
            hint = nearest(name, known, f"tables: {', '.join(known)}")
            notes.warn(name, f"no table has this name, so it is not used; {hint}")
    return files


def _names(folder: Path) -> list[str]:
    try:
        return sorted(path.name for path in folder.iterdir())
    except OSError:
        # What follows for each table has been said of it.
        return []


def from_files(
    files: Mapping[str, bytes], *, partners: Collection[str], today: date, notes: Notes
) -> Tables:
    """Return the tables in these bytes; `notes` may hold what was found before.

    Raises SiteError with every problem.
    """
    known = parse.layouts()
    sheets = {
        name: sheet
        for name, content in files.items()
        if (sheet := read(known[name], content, notes)) is not None
    }
    # A table that can't be read would make every reference to it look wrong.
    wanted = {name for name, layout in known.items() if name in files or not layout.is_optional}
    if notes.problems and len(sheets) < len(wanted):
        raise SiteError(shown(notes.problems))
    contents = _contents(sheets, partners, notes)
    check(contents, today, notes)
    if notes.problems:
        raise SiteError(shown(notes.problems))
    return build(contents, digest=_digest(sheets), files=files, warnings=shown(notes.warnings))


def _contents(sheets: Mapping[str, Sheet], partners: Collection[str], notes: Notes) -> Contents:
    of_kind = {kind: sheets.get(kind.file) for kind in Kind}
    return Contents(
        rows={
            kind: parse.read_rows(kind, sheet, partners, notes) if sheet else []
            for kind, sheet in of_kind.items()
        },
        entries={
            kind: parse.read_entries(kind, sheet, notes) if sheet and kind not in _UNLISTED else []
            for kind, sheet in of_kind.items()
        },
        catalogue=parse.read_catalogue(sheets[parse.CATALOGUE_FILE], partners, notes),
        packs=parse.read_packs(sheets[parse.PACKS_FILE], partners, notes),
        rates=read_rates(sheets[RATES_FILE], notes) if RATES_FILE in sheets else (),
        prices=read_prices(sheets[PRICES_FILE], partners, notes) if PRICES_FILE in sheets else (),
        layouts=read_layouts(sheets.get(LAYOUTS_FILE), sheets.get(COLUMNS_FILE), notes),
        vbn=read_vbn(sheets.get(PRODUCTS_FILE), sheets.get(FEATURES_FILE), notes),
    )


def _digest(sheets: Mapping[str, Sheet]) -> str:
    """Hash what the tables say: not the delimiter, the column order or the line ends."""
    digest, known = hashlib.sha256(), parse.layouts()
    for name in sorted(sheets):
        if known[name].is_optional and not sheets[name].records:
            continue  # Says what its absence says.
        digest.update(f"{name}\n".encode())
        for record in sheets[name].records:
            text = json.dumps(sorted(record.cells.items()), ensure_ascii=False)
            digest.update(f"{text}\n".encode())
    return digest.hexdigest()

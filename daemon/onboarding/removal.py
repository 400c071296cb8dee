"""Taking a partner out of a site, and putting it back as it was.

Out go its rows in every mapping table and its sections of k2kd.toml, in this order, so that the
site is whole at every moment; before that both are kept in its onboarding folder. What it sent and
got, its folders and its passwords stay where they are.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from daemon import safefile
from daemon.config import FILE_NAME, Configuration, Partner
from daemon.errors import SiteError, UsageError
from daemon.mapping import partner_rows
from daemon.mapping.partner_rows import RowChange, TableChanges
from daemon.onboarding import parts, sitefile
from daemon.onboarding.place import make_folder, put
from daemon.onboarding.sitefile import Draft, Values
from daemon.onboarding.taking_on import SECRET, folder_of

KEPT = "removed.json"
_IGNORED = b"*\n"


@dataclass(frozen=True, slots=True)
class Removal:
    """A partner taken out: checked, not written. `sections` are its parts of k2kd.toml."""

    partner: str
    draft: Draft
    tables: TableChanges
    sections: str
    links: tuple[tuple[str, str], ...]
    """Vendor and buyer of the connections that go with it."""
    is_served: bool
    """Whether the list of whom this host serves names it."""


@dataclass(frozen=True, slots=True)
class Return:
    """A partner put back: the tables are made once k2kd.toml has it again."""

    partner: str
    draft: Draft | None
    """None where k2kd.toml has it already."""
    rows: tuple[RowChange, ...]
    is_served: bool


def removal(root: Path, site: Configuration, partner: Partner, today: date) -> Removal:
    """Return the site without `partner`; a UsageError where something else needs it there.

    Raises SiteError where what is left would not hold.
    """
    name = partner.name
    _refuse_needed(site, name)
    taken: list[str] = []
    wanted = {
        "partner": [n for n, each in enumerate(site.partner) if each.name == name],
        "connection": [n for n, c in enumerate(site.connection) if name in (c.vendor, c.buyer)],
    }

    def edit(text: str) -> str:
        for kind, numbers in wanted.items():
            text, out = parts.without(text, kind, numbers)
            taken.append(out)
        return parts.without_served(text, name)

    draft = sitefile.changed(root, edit, lambda values: _values_without(values, wanted, name))
    if draft is None:
        raise UsageError(
            f"{name} stands in {FILE_NAME} in a way that is not changed by itself; take its"
            f" [[partner]] and [[connection]] sections out by hand (and its rows out of"
            f" {site.site.mappings}/), then run: k2kd check"
        )
    left = [each.name for each in draft.site.partner]
    tables = partner_rows.without_partner(site.mappings, name, partners=left, today=today)
    sections = "\n".join(out.replace("\r\n", "\n") for out in taken if out)
    links = tuple(
        (site.connection[n].vendor, site.connection[n].buyer) for n in wanted["connection"]
    )
    return Removal(name, draft, tables, sections, links, name in site.site.serves)


def _refuse_needed(site: Configuration, name: str) -> None:
    systems = [each.name for each in site.partner if name in (each.vendor, each.buyer)]
    if systems:
        raise UsageError(
            f"{name} runs {', '.join(systems)}, which can't be without it; remove that first"
        )
    if site.site.serves == (name,):
        raise UsageError(
            f"this host serves {name} alone ([site] serves), and would serve everybody without it;"
            " name others there first, or stop this daemon"
        )


def _values_without(values: Values, wanted: Mapping[str, list[int]], name: str) -> Values:
    """Return what k2kd.toml is to say."""
    left = copy.deepcopy(values)
    for kind, numbers in wanted.items():
        entries = left.get(kind)
        if numbers and isinstance(entries, list):
            left[kind] = [each for n, each in enumerate(entries) if n not in numbers]
            if not left[kind]:
                del left[kind]
    section = left.get("site")
    if isinstance(section, dict) and isinstance(section.get("serves"), list):
        section["serves"] = [each for each in section["serves"] if each != name]
    return left


def take_out(site: Configuration, planned: Removal) -> Path:
    """Do it; return the file that the way back begins from. Raises FileFault, EnvironmentFault."""
    folder = folder_of(site, planned.partner)
    make_folder(folder, None)
    put(folder.parent / ".gitignore", _IGNORED)
    file = folder / KEPT
    # A try that was cut short has taken rows out already: they are kept with those of this one.
    before = _kept(file) if file.exists() else None
    rows = (*(before.rows if before else ()), *planned.tables.rows)
    kept = {
        "sections": planned.sections,
        "is_served": planned.is_served,
        "rows": [asdict(row) for row in dict.fromkeys(rows)],
    }
    # Its login is among the sections: for nobody else to read.
    put(file, json.dumps(kept, ensure_ascii=False, indent=1).encode() + b"\n", mode=SECRET)
    partner_rows.write(site.mappings, planned.tables)
    sitefile.write(planned.draft)
    return file


def way_back(root: Path, site: Configuration, name: str) -> Return:
    """Return how a partner that was removed comes back; a UsageError where nothing was kept."""
    file = folder_of(site, name) / KEPT
    if not file.exists():
        raise UsageError(
            f"{file} isn't there, so nothing is known of {name[:40]}; see k2kd partner list"
        )
    kept = _kept(file)
    draft = None
    if site.partner_named(name) is None:
        draft = sitefile.appended(root, kept.sections)
    return Return(name, draft, kept.rows, kept.is_served)


def put_back(root: Path, site: Configuration, planned: Return, today: date) -> Draft | None:
    """Do it; return k2kd.toml as it was written last. Raises UsageError, SiteError, FileFault."""
    draft = planned.draft
    names = [each.name for each in (draft.site if draft else site).partner]
    tables = partner_rows.with_rows(site.mappings, planned.rows, partners=names, today=today)
    if draft is not None:
        sitefile.write(draft)
    if planned.is_served and planned.partner not in (draft.site if draft else site).site.serves:
        draft = sitefile.changed(
            root,
            lambda text: parts.with_served(text, planned.partner),
            lambda values: _values_served(values, planned.partner),
        )
        if draft is None:
            raise UsageError(f"write {planned.partner} into [site] serves by hand, then try again")
        sitefile.write(draft)
    partner_rows.write(site.mappings, tables)
    folder = folder_of(site, planned.partner)
    with safefile.open_directory(folder) as directory:
        safefile.unlink(directory, KEPT)
    return draft


def _values_served(values: Values, name: str) -> Values:
    wanted = copy.deepcopy(values)
    section = wanted.get("site")
    if isinstance(section, dict) and isinstance(section.get("serves"), list):
        section["serves"] = [name, *section["serves"]]
    return wanted


@dataclass(frozen=True, slots=True)
class _Kept:
    """What the file of a removal holds."""

    sections: str
    rows: tuple[RowChange, ...]
    is_served: bool


def _kept(file: Path) -> _Kept:
    try:
        said = json.loads(file.read_bytes())
        rows = tuple(RowChange(r["file"], r["before"], r["after"]) for r in said["rows"])
        return _Kept(str(said["sections"]), rows, bool(said["is_served"]))
    except (ValueError, KeyError, TypeError) as error:
        raise SiteError([f"{file} can't be read ({error}); restore it from a backup"]) from None
    except OSError as error:
        raise safefile.fault("read", str(file), error) from error

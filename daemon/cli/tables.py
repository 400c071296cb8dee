"""The mapping tables as a command meets them: read, or refused as problems in data.

The check is the daemon's own; what it refuses here is what the daemon refuses.
"""

from __future__ import annotations

from datetime import date

from daemon.cli.faults import told_as_tables
from daemon.clock import SystemClock
from daemon.config import Configuration
from daemon.errors import SiteError
from daemon.mapping.load import from_files, load, read_folder
from daemon.mapping.problems import Notes, Problem
from daemon.mapping.tables import Tables


def open_tables(site: Configuration, today: date | None = None) -> Tables:
    """Return the site's tables. Raises TablesError with every problem in them."""
    with told_as_tables():
        return load(site.mappings, partners=_partners(site), today=today or today_of(site))


def examined(site: Configuration) -> tuple[Tables | None, list[Problem]]:
    """Return the tables, or None and what they would be refused for, with file, row and column."""
    notes = Notes()
    try:
        files = read_folder(site.mappings, notes)
        return from_files(files, partners=_partners(site), today=today_of(site), notes=notes), []
    except SiteError:
        return None, notes.problems


def today_of(site: Configuration) -> date:
    """Return the site's calendar day."""
    return SystemClock().now().astimezone(site.site.zone).date()


def _partners(site: Configuration) -> list[str]:
    return [partner.name for partner in site.partner]

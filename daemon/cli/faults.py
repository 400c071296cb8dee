"""Faults that only commands tell apart: the exit code says whether data or the machine is at fault.

Loads nothing, so that every command can afford it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from daemon.errors import SiteError, UsageError


class TablesError(SiteError):
    """The mapping tables have problems: data to be mended, unlike the rest of a site."""


@contextmanager
def told_as_tables() -> Iterator[None]:
    """Turn what the tables are refused for into a TablesError."""
    try:
        yield
    except SiteError as error:
        raise TablesError(error.problems) from None


@contextmanager
def told_as_usage(what: str) -> Iterator[None]:
    """Turn what a good site would become wrong by into a UsageError: the arguments are at fault."""
    try:
        yield
    except SiteError as error:
        raise UsageError(f"{what}: {'; '.join(error.problems)}") from None

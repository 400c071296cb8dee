"""Faults as commands tell them: the exit code says whether data or the machine is at fault.

Loads nothing, so that every command can afford it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from daemon.errors import TRIED_AGAIN, EnvironmentFault, K2KError, SiteError, UsageError

WHAT_TO_DO = "mend that, or wait for what holds it, then give the command again"


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


def for_a_person(error: K2KError) -> str:
    """Return an error's text without the daemon's word that it tries again: a command has ended."""
    text = str(error)
    if isinstance(error, EnvironmentFault) and text.endswith(TRIED_AGAIN):
        return f"{text.removesuffix(TRIED_AGAIN)}{WHAT_TO_DO}"
    return text

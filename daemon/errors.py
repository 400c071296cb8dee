"""The errors of the service: whose fault it is decides what happens next.

    K2KError
    |-- DataError          the partner's file: answered, then held or quarantined; never retried
    |-- EnvironmentFault   ours (disk, ledger, network): retried for ever, never quarantined
    |-- UnwritableError    a reply does not fit its format: the posting is undone, then quarantine
    |-- SiteError          the site's configuration or tables: said before anything starts
    `-- UsageError         the command line asked for something that can't be

Anything else is a bug: three attempts, then quarantine with a traceback.
Every text answers three questions: what, where, what to do.
"""

from __future__ import annotations

TRIED_AGAIN = "it is tried again"
"""How the text of a fault ends that only waiting mends. True of the daemon's work; a command says
what its user is to do instead."""


class K2KError(Exception):
    """Root of every error the service raises on purpose."""


class DataError(K2KError):
    """A partner's file can't be used; `code` is stable, the text goes to the partner."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class EnvironmentFault(K2KError):
    """Disk, ledger or network failed; the same work is tried again."""


class UnwritableError(K2KError):
    """A reply does not fit its format, as a code of a table is too long; the posting is undone."""


class SiteError(K2KError):
    """The site can't run as configured; `problems` lists every one of them."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class UsageError(K2KError):
    """A command was asked for something that does not exist or is not allowed."""

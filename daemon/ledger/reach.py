"""Where a ledger lies, and whether waiting helps where its server can't be used."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from daemon.errors import EnvironmentFault

_CLASSES = ("28", "3D")
"""SQLSTATE classes of an account that isn't let in, and of a database that isn't there."""
_WORDS = (
    "authentication failed",
    "no password supplied",
    "pg_hba.conf",
    "is not permitted to log in",
    "does not exist",
)
_ATTEMPT = "\n- host: "
"""How psycopg begins what became of each address, where a server has several."""


def sqlite_file(url: str) -> Path | None:
    """Return the file of the SQLite ledger at `url`; None for every other address."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        return None
    is_file = parsed.get_backend_name() == "sqlite" and parsed.database
    return Path(str(parsed.database)) if is_file else None


def is_refusal(fault: EnvironmentFault) -> bool:
    """Tell whether the ledger's server answered that it has no such account or database for us.

    That waits for a person; a server that is away, starts up or is full gets better by itself.
    """
    error = fault.__cause__
    if not isinstance(error, DBAPIError):
        return False
    state = getattr(error.orig, "sqlstate", None)
    if state is not None:
        return str(state).startswith(_CLASSES)
    # libpq keeps the state of a connection that failed to itself, so its words must do. A server
    # that speaks another language is waited for: its words are logged with every try.
    text = str(error.orig)
    first, *each = text.split(_ATTEMPT)
    return all(any(word in said for word in _WORDS) for said in each or [first])

"""Where a ledger lies, and whether waiting helps where its server can't be used."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from daemon.errors import EnvironmentFault
from daemon.ledger.store import Ledger

_CLASSES = ("28", "3D")
"""SQLSTATE classes of an account that isn't let in, and of a database that isn't there."""


def sqlite_file(url: str) -> Path | None:
    """Return the file of the SQLite ledger at `url`; None for every other address."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        return None
    is_file = parsed.get_backend_name() == "sqlite" and parsed.database
    return Path(str(parsed.database)) if is_file else None


def is_refusal(fault: EnvironmentFault, ledger: Ledger) -> bool:
    """Tell whether the ledger's server answered that it has no such account or database for us.

    That waits for a person; a server that is away, starts up or is full gets better by itself. Of
    several servers all must refuse, because another one may let us in. One that can't be heard is
    waited for: what it says is logged with every try.
    """
    error = fault.__cause__
    if not isinstance(error, DBAPIError) or ledger.is_sqlite:
        return False
    state = getattr(error.orig, "sqlstate", None)
    if state is not None:
        return str(state).startswith(_CLASSES)
    from daemon.ledger.refusal import refusal_codes  # noqa: PLC0415  (psycopg, where it failed)

    url = ledger.engine.url
    parameters = url.translate_connect_args(username="user", database="dbname")
    for name, value in url.query.items():
        parameters[name] = value if isinstance(value, str) else ",".join(value)
    codes = refusal_codes(parameters)
    return bool(codes) and all(code is not None and code.startswith(_CLASSES) for code in codes)

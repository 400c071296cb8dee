"""A partner that a command names: the one of that name, or which name is the nearest."""

from __future__ import annotations

from collections.abc import Sequence

from daemon.config import Configuration, Partner
from daemon.errors import UsageError
from daemon.mapping.problems import nearest


def known_partner(name: str | None, partners: Sequence[str]) -> None:
    """Refuse a partner that the site does not have, naming the nearest; None names nobody."""
    if name is not None and name not in partners:
        hint = nearest(name, list(partners), f"partners: {', '.join(partners) or 'none yet'}")
        raise UsageError(f"no partner is called {name[:40]}; {hint}")


def partner_named(site: Configuration, name: str) -> Partner:
    """Return the partner of that name."""
    known_partner(name, [partner.name for partner in site.partner])
    return next(partner for partner in site.partner if partner.name == name)

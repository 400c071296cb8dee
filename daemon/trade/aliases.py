"""The words of vendors that orders taught (A-04), as `daemon.mapping.aliases` asks for them."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import Connection

from daemon.ledger.aliases import aliases
from daemon.ledger.schema import MOST_KEY
from daemon.mapping.rows import description_key


def alias_key(description: str) -> str:
    """Return a description as it is compared, cut to what the books hold."""
    return description_key(description)[:MOST_KEY]


@dataclass(slots=True)
class KeptAliases:
    """The aliases of the books, each vendor's read once; what is learnt meanwhile is noted here."""

    conn: Connection
    _known: dict[str, dict[str, str]] = field(default_factory=dict)

    def product(self, vendor: str, description: str) -> str | None:
        """Return the catalogue code that a vendor's description was learnt to mean, or None."""
        known = self._of(vendor)
        return known.get(alias_key(description)) if known else None

    def note(self, vendor: str, description: str, product: str) -> None:
        """Remember an alias that this posting writes."""
        self._of(vendor)[alias_key(description)] = product

    def _of(self, vendor: str) -> dict[str, str]:
        known = self._known.get(vendor)
        if known is None:
            found = aliases(self.conn, vendor)
            known = self._known[vendor] = {each.key: each.product for each in found}
        return known

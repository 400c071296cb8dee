"""What was learnt of a vendor's own words for products: step 3 of the order of domain 9.4.

An alias comes about where an order names a product by its code and the vendor's words beside it are
new (A-04). The books keep them; here is only how they are asked for.
"""

from __future__ import annotations

from typing import Protocol


class Aliases(Protocol):
    """The aliases that the books hold."""

    def product(self, vendor: str, description: str) -> str | None:
        """Return the catalogue code that a vendor's description was learnt to mean, or None."""


class NoAliases:
    """Nothing was learnt."""

    def product(self, vendor: str, description: str) -> str | None:
        return None


NO_ALIASES = NoAliases()

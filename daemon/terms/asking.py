"""What a vendor asks of one buyer: its markups and fuel surcharge for it as a customer (K-60).

They stand in a `[[connection]]`, below `[connection.asking]`. What the vendor's file says is the
base; a price of the vendor's price list (`prices.csv`) stands in place of base and markup. Amounts
are in the vendor's currency.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, Field

from daemon.terms.base import Section
from daemon.terms.pricing import EVERY_OTHER, Charge, Keyed, Markup, counted_by_fbe, for_all
from formats.values import normalised


class AskingTerms(Section):
    """A vendor's terms of price with one buyer; nothing is added that isn't said."""

    markup_percent: Annotated[dict[str, Markup], Keyed, BeforeValidator(for_all)] = Field(
        default_factory=dict
    )
    """By catalogue code, else category, else `*`: up or down on the cost of the vendor's file. A
    lone number is for all goods."""
    fuel_surcharge: Annotated[Charge, BeforeValidator(counted_by_fbe)] | None = None
    """What a box pays for fuel; a lone number is per FBE."""
    show_fob_price: bool = False
    """Whether the surcharge is inside the cost that the buyer sees and pays a unit; else the vendor
    bills it apart, and it is in no price here."""

    cost_stands: bool = True
    """Whether goods of the vendor's stock cost what it asks, whatever an order or a change says
    (K-67); else what the buyer names counts, and the vendor answers it."""

    @property
    def adds_surcharge(self) -> bool:
        """Whether a cost has the surcharge inside."""
        return self.show_fob_price and self.fuel_surcharge is not None

    @property
    def is_set(self) -> bool:
        """Whether these terms make any cost another than the vendor's file says."""
        return bool(self.markup_percent) or self.adds_surcharge

    def markup_of(self, product: str | None, category: str | None) -> Decimal:
        """Return the markup on goods in per cent; 0 where none is said."""
        said = self.markup_percent
        return next((said[key] for key in _keys(product, category) if key in said), Decimal(0))


def _keys(product: str | None, category: str | None) -> Iterator[str]:
    yield from (normalised(name) for name in (product, category) if name)
    yield EVERY_OTHER

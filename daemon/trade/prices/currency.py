"""Money of one currency in another, at the rate that was fixed when its document was made.

Later edits of the document, and later rows of `rates.csv`, change nothing about that rate (domain
K-82). Without a rate there is no amount: the goods wait (K-07, E-29).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from daemon.mapping import rates
from daemon.mapping.parse import RATES_FILE
from daemon.mapping.rates import Rates

PLACES = 4
"""Decimals of a converted amount (domain 4.6; the rounding mode is inferred)."""


class RateMissingError(ValueError):
    """Two currencies differ and no rate is known (domain E-29); the text says which row to add."""


class CurrencyChangedError(ValueError):
    """A document's currency is not the one its rate was fixed in (domain K-81)."""


def rounded(amount: Decimal, places: int) -> Decimal:
    """Return `amount` with `places` decimals, halves away from zero."""
    return amount.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class FixedRate:
    """What 1 of `source` is in `target`, as of the day `on`; stored with the document."""

    source: str
    target: str
    rate: Decimal
    on: date

    def converted(self, amount: Decimal, places: int = PLACES) -> Decimal:
        """Return `amount` of `source` in `target`, half up: 0.27 at 1.0850 is 0.2930.

        An amount that is in the right currency already stays as it is, to its last decimal.
        """
        if self.source == self.target:
            return amount
        return rounded(amount * self.rate, places)


def fix(known: Rates, source: str, target: str, on: date) -> FixedRate:
    """Return the rate that holds on the day a document is made. Raises RateMissingError."""
    rate = rates.rate(known, source, target, on)
    if rate is None:
        raise RateMissingError(
            f"no rate from {source} to {target} on {on}; add a row {source},{target} to"
            f" {RATES_FILE}, valid from that day or before"
        )
    return FixedRate(source, target, rate, on)


def kept(fixed: FixedRate | None, known: Rates, source: str, target: str, on: date) -> FixedRate:
    """Return the rate of a document that is written again: the one it has, whatever holds now.

    `fixed` is None for a new document, made on the day `on`. Raises RateMissingError for a new
    document without a rate, CurrencyChangedError where the pair is not the one that was fixed.
    """
    if fixed is None:
        return fix(known, source, target, on)
    if (fixed.source, fixed.target) != (source, target):
        raise CurrencyChangedError(
            f"made in {fixed.source} for {fixed.target}, now in {source} for {target}; a document"
            " keeps its currency, so cancel it and send it anew under another number"
        )
    return fixed

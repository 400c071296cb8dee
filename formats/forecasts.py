"""A forecast: how much of what a buyer expects to need, period by period (X12 830).

It orders nothing and reserves nothing, whatever it calls firm: an order does. None means that the
sender said nothing (domain U-16).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from formats.records import Party, Purpose, Record, UnitType
from formats.vbn import Vbn


@dataclass(frozen=True, slots=True)
class Need:
    """What is expected of an item in one period; `quantity` counts the line's units."""

    quantity: Decimal
    starts_on: date
    ends_on: date | None = None
    certainty: str = ""
    """The sender's code: `C` firm, `D` planned (FST02)."""
    period: str = ""
    """The sender's code: `D` day, `W` week, `M` month, `F` from day to day (FST03)."""
    reference: str | None = None
    """What the sender calls it, as the number of a release (FST09)."""


@dataclass(slots=True)
class ForecastLine:
    """One item of a forecast."""

    line: int
    """Position in the document, from 1."""
    reference: str
    """The sender's own line number, as text, or empty."""
    unit: str | None = None
    seller_item: str | None = None
    buyer_item: str | None = None
    gtin: str | None = None
    description: str | None = None
    color: str | None = None
    order_number: str | None = None
    """The standing order that it draws on."""
    unit_price: Decimal | None = None
    """Per `unit`."""
    bunches_per_box: int | None = None
    stems_per_bunch: int | None = None
    needs: tuple[Need, ...] = ()
    product: str | None = None
    unit_type: UnitType | None = None
    vbn: Vbn | None = None


class Forecast(Record):
    """Expected needs of a buyer (X12 830)."""

    kind: Literal["forecast"] = "forecast"
    number: str
    """The sender's number of the forecast, or of its release."""
    purpose: Purpose = Purpose.NEW
    is_test: bool = False
    basis: str = ""
    """The sender's code for what the days are: `SH` ships, `DL` is delivered (BFR04)."""
    counting: str = ""
    """The sender's code for how quantities count: `A` each period, `C` all so far (BFR05)."""
    starts_on: date
    ends_on: date | None = None
    issued_on: date
    contract: str | None = None
    order_number: str | None = None
    currency: str | None = None
    buyer: Party = Party()
    vendor: Party = Party()
    ship_to: Party | None = None
    lines: tuple[ForecastLine, ...]

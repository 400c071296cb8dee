"""What goods cost on their way to a buyer and what it earns on them: the pricing sections.

A buyer states its own terms; a connection may state others for one vendor, setting by setting.
Nothing is taken for granted: a setting that nobody wrote is None, which is never the same as 0, so
that a forgotten charge is said (`daemon.trade.prices.pricing`) and not given away.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field

from daemon.terms.base import Section
from formats.values import normalised

T = TypeVar("T")

EVERY_OTHER = "*"
"""Key that stands for all the keys that are not named."""
DEFAULT_PLACES = 4
"""Decimals of a price: a stem costs cents, and two places would round a tenth of its margin."""


class Basis(StrEnum):
    """What a charge is counted by (domain 4.5)."""

    FBE = "FBE"
    BOX = "box"
    CUBE = "cube"
    """A cubic foot of the box's outside."""
    KG = "kg"
    """A kilogram of chargeable weight (U-03)."""


def _whole_margin(gpm: Decimal) -> Decimal:
    if gpm >= 100:
        raise ValueError(f"no price earns a GPM of {gpm} %; write less than 100, as 28")
    if gpm <= -100:
        raise ValueError(f"a GPM of {gpm} % gives the goods away; write more than -100, as 28")
    if 0 < abs(gpm) < 1:
        meant = (gpm * 100).normalize()
        raise ValueError(f"{gpm} is taken as per cent; for {meant:f} % write {meant:f}")
    return gpm


def _keyed(given: dict[str, Decimal]) -> dict[str, Decimal]:
    """Return the amounts by normalised key, so that case and blanks decide nothing."""
    keyed: dict[str, Decimal] = {}
    for name, amount in given.items():
        key = normalised(name)
        if not key:
            raise ValueError("an empty name stands for nothing; remove it, or write * for the rest")
        if key in keyed:
            raise ValueError(f"{name} stands twice; keep one")
        keyed[key] = amount
    return keyed


def _named(given: dict[str, Decimal]) -> dict[str, Decimal]:
    if EVERY_OTHER in given:
        raise ValueError("* means nothing here; gpm_percent holds for every other location")
    return given


def _of_products(given: dict[str, Decimal]) -> dict[str, Decimal]:
    if EVERY_OTHER in given:
        raise ValueError("* means nothing here; a price is for one product")
    return given


def for_all(given: object) -> object:
    """Take a lone number for every key."""
    return {EVERY_OTHER: given} if _is_number(given) else given


def counted_by_fbe(given: object) -> object:
    """Take a lone number as an amount per FBE."""
    return {"amount": given} if _is_number(given) else given


def _is_number(given: object) -> bool:
    return isinstance(given, int | float | Decimal) and not isinstance(given, bool)


Money = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=6)]
"""An amount in the buyer's currency."""
Percent = Annotated[Decimal, Field(ge=0, le=1000, decimal_places=6)]
Gpm = Annotated[Decimal, Field(decimal_places=6), AfterValidator(_whole_margin)]
Markup = Annotated[Decimal, Field(gt=-100, le=1000, decimal_places=6)]
Keyed = AfterValidator(_keyed)


class Charge(Section):
    """An amount in the buyer's currency for each unit of its basis; `48` alone is per FBE."""

    amount: Money
    basis: Basis = Basis.FBE


class PricingTerms(Section):
    """How a buyer, or a buyer towards one vendor, comes from a cost to a price.

    Amounts are in the buyer's currency, percentages in per cent (28, not 0.28). Keys are compared
    without regard to case and blanks.
    """

    freight: Annotated[Charge, BeforeValidator(counted_by_fbe)] | None = None
    """Air freight (K-62); 0 where none is paid."""
    handling: Annotated[Charge, BeforeValidator(counted_by_fbe)] | None = None
    duty_percent: Annotated[dict[str, Percent], Keyed, BeforeValidator(for_all)] | None = None
    """Duty on the flower value by port of origin (K-70); `*` is every other port."""
    port_of_origin: str | None = None
    """Where the goods come from, unless their own document says."""
    truck_per_cube: Money | None = None
    """Inbound truck freight per cubic foot (K-03)."""
    surcharge: Annotated[dict[str, Money], Keyed] | None = None
    """By box type, per box (K-70); a box type that is not named has none."""
    box_charge: Annotated[dict[str, Money], Keyed] | None = None
    """By product category, per box (K-68); a category that is not named has none."""
    gpm_percent: Gpm | None = None
    """A buyer's: the company GPM. A connection's: the K2K GPM, which replaces it (K-64)."""
    location_gpm_percent: Annotated[dict[str, Gpm], Keyed, AfterValidator(_named)] | None = None
    """By location of the buyer; it wins over every GPM that names no location (K-64)."""
    price_equals_landed_cost: bool | None = None
    """Whether goods are passed on at what they cost, without GPM and markup (K-65)."""
    markup_percent: Annotated[dict[str, Markup], Keyed, BeforeValidator(for_all)] | None = None
    """By the buyer's own customer, up or down, on top of the GPM (K-61); `*` is every other."""
    markup_holds_for: Literal["all", "open market"] | None = None
    """Which goods of a vendor the markup is for: all of them, or those that the connection classes
    as open market. The network's pages say both (K-66); not said is all."""
    price_list: Annotated[dict[str, Money], Keyed, AfterValidator(_of_products)] | None = None
    """By our catalogue code, a price for a unit that stands as it is, in the buyer's currency."""
    price_list_holds: bool | None = None
    """Whether the price list counts for a vendor's goods; it doesn't unless it is said (K-66)."""
    price_places: Annotated[int, Field(ge=0, le=6)] | None = None
    """Decimals of a price, rounded half up; 4 where nothing is said (U-17)."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """The terms that hold for one buyer, vendor, location and customer.

    Maps go by normalised key (`formats.values.normalised`). None is a setting that nobody wrote.
    `gpm_from` says whose GPM it is, for people.
    """

    freight: Charge | None = None
    handling: Charge | None = None
    duty_percent: Mapping[str, Decimal] | None = None
    port_of_origin: str | None = None
    truck_per_cube: Decimal | None = None
    surcharge: Mapping[str, Decimal] = field(default_factory=dict)
    box_charge: Mapping[str, Decimal] = field(default_factory=dict)
    gpm_percent: Decimal | None = None
    gpm_from: str = ""
    is_landed_cost: bool = False
    """Whether the price is the landed cost (K-65)."""
    markup_percent: Decimal = Decimal(0)
    price_places: int = DEFAULT_PLACES
    price_list: Mapping[str, Decimal] = field(default_factory=dict)
    """Empty where it does not hold."""

    def listed(self, product: str | None) -> Decimal | None:
        """Return the price that stands for a product of the catalogue, or None (K-66)."""
        return self.price_list.get(normalised(product)) if product and self.price_list else None


def agreed(
    buyer: PricingTerms | None,
    connection: PricingTerms | None = None,
    *,
    location: str | None = None,
    customer: str | None = None,
    is_open_market: bool = False,
) -> Agreed:
    """Return the terms for goods of a connection, sold at `location` to the buyer's `customer`.

    `is_open_market` says that the connection classes its goods so, which a markup may ask for.

    A setting of the connection replaces the buyer's whole, maps too; what neither states stays
    None. The GPM is that of the location (the connection's, then the buyer's), then the
    connection's, then the buyer's (K-64).
    """
    own, linked = buyer or PricingTerms(), connection or PricingTerms()
    gpm_percent, gpm_from = _gpm(own, linked, location)
    is_landed_cost = _first(linked.price_equals_landed_cost, own.price_equals_landed_cost)
    markups = _first(linked.markup_percent, own.markup_percent) or {}
    if (
        _first(linked.markup_holds_for, own.markup_holds_for) == "open market"
        and not is_open_market
    ):
        markups = {}
    places = _first(linked.price_places, own.price_places)
    listed = _first(linked.price_list_holds, own.price_list_holds)
    return Agreed(
        freight=_first(linked.freight, own.freight),
        handling=_first(linked.handling, own.handling),
        duty_percent=_first(linked.duty_percent, own.duty_percent),
        port_of_origin=_first(linked.port_of_origin, own.port_of_origin),
        truck_per_cube=_first(linked.truck_per_cube, own.truck_per_cube),
        surcharge=_first(linked.surcharge, own.surcharge) or {},
        box_charge=_first(linked.box_charge, own.box_charge) or {},
        gpm_percent=gpm_percent,
        gpm_from=gpm_from,
        is_landed_cost=bool(is_landed_cost),
        markup_percent=keyed_amount(markups, customer) or Decimal(0),
        price_places=DEFAULT_PLACES if places is None else places,
        price_list=(_first(linked.price_list, own.price_list) or {}) if listed else {},
    )


def keyed_amount(amounts: Mapping[str, Decimal], name: str | None) -> Decimal | None:
    """Return the amount of `name`, else that of every other (`*`), else None."""
    rest = amounts.get(EVERY_OTHER)
    return amounts.get(normalised(name), rest) if name else rest


def _first(one: T | None, other: T | None) -> T | None:
    return other if one is None else one


def _gpm(
    own: PricingTerms, linked: PricingTerms, location: str | None
) -> tuple[Decimal | None, str]:
    """Return the GPM that holds, and whose it is (K-64)."""
    key = normalised(location or "")
    ladder = (
        ((linked.location_gpm_percent or {}).get(key), f"the connection, location {location}"),
        ((own.location_gpm_percent or {}).get(key), f"the buyer, location {location}"),
        (linked.gpm_percent, "the connection"),
        (own.gpm_percent, "the buyer's company"),
    )
    return next(((gpm, whose) for gpm, whose in ladder if gpm is not None), (None, ""))

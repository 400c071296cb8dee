"""From what a flower costs to what a buyer asks for it: landed cost, then price (domain 4.5).

Ship Via Warehouse carries every part of the way; Ship Via Grower the flower alone (D-01, K-63).
A part that can't be computed is None and said in `missing` (`prices.charges`); then there is
no price either.

Amounts are in the buyer's currency (`prices.currency` brings them there). They carry the 28
digits of the decimal context; only a price is rounded, once, half up, to `Agreed.price_places`.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from daemon.terms.pricing import Agreed
from daemon.trade.prices.charges import HUNDRED, ONE, ZERO, Missing, Packing, charges, times
from daemon.trade.prices.currency import rounded
from formats.records import ShipVia, UnitType


@dataclass(frozen=True, slots=True)
class LandedCost:
    """The landed cost of a box and of a unit, part by part, unrounded.

    Amounts are per box, but `unit_cost` and `per_unit`. None is what can't be computed, 0 what does
    not apply. Ship Via Grower has the part `flower` only, and `per_unit` is the cost itself, even
    where the pack is not known.
    """

    ship_via: ShipVia
    unit: UnitType
    unit_cost: Decimal | None
    units_per_box: Decimal | None
    flower: Decimal | None
    freight: Decimal | None
    handling: Decimal | None
    duty: Decimal | None
    truck: Decimal | None
    box_charge: Decimal | None
    surcharge: Decimal | None
    box_total: Decimal | None
    per_unit: Decimal | None
    missing: tuple[Missing, ...] = ()


@dataclass(frozen=True, slots=True)
class Price:
    """What is asked for a unit, in the buyer's currency; `amount` is None where `missing` says why.

    `is_typed` is a price that a person set, which stands (K-64). `gpm_percent` is None where no GPM
    took part.
    """

    amount: Decimal | None
    landed: LandedCost
    is_typed: bool = False
    gpm_percent: Decimal | None = None
    gpm_from: str = ""
    markup_percent: Decimal = ZERO
    missing: tuple[Missing, ...] = ()


def landed(
    unit_cost: Decimal | None,
    packing: Packing,
    terms: Agreed,
    *,
    ship_via: ShipVia = ShipVia.WAREHOUSE,
) -> LandedCost:
    """Return what goods of `unit_cost` a unit have cost when they reach the buyer (K-62, K-63)."""
    box = charges(packing, terms, ship_via=ship_via)
    missing = box.missing
    if unit_cost is None:
        text = "no unit cost; the vendor has to state one, 0.00 where the goods are free"
        missing = (Missing("flower", text), *missing)
    flower = times(unit_cost, box.units_per_box)
    total = box_total(flower, box.duty_percent, box.fixed)
    is_direct = ship_via is ShipVia.GROWER
    return LandedCost(
        ship_via=ship_via,
        unit=packing.unit,
        unit_cost=unit_cost,
        units_per_box=box.units_per_box,
        flower=flower,
        freight=box.freight,
        handling=box.handling,
        duty=times(flower, box.duty_percent, HUNDRED),
        truck=box.truck,
        box_charge=box.box_charge,
        surcharge=box.surcharge,
        box_total=total,
        per_unit=unit_cost if is_direct else times(total, ONE, box.units_per_box),
        missing=missing,
    )


def price(cost: LandedCost, terms: Agreed, *, typed: Decimal | None = None) -> Price:
    """Return the price suggested for a unit, or the `typed` one, which stands as it is (K-64).

    The suggested one is per_unit * (1 + markup) / (1 - GPM), or per_unit alone where the price is
    to be the landed cost (K-65); rounded half up to `terms.price_places`.
    """
    if typed is not None:
        return Price(typed, cost, is_typed=True)
    is_direct = cost.ship_via is ShipVia.GROWER
    total, units = (cost.unit_cost, ONE) if is_direct else (cost.box_total, cost.units_per_box)
    amount = asked(total, units, terms)
    if terms.is_landed_cost:
        return Price(amount, cost, missing=cost.missing)
    missing = cost.missing
    if terms.gpm_percent is None:
        text = "none is set; write gpm_percent in the pricing terms of the buyer or the connection"
        missing = (*missing, Missing("GPM", text))
    return Price(
        amount,
        cost,
        gpm_percent=terms.gpm_percent,
        gpm_from=terms.gpm_from,
        markup_percent=terms.markup_percent,
        missing=missing,
    )


def box_total(
    flower: Decimal | None, duty_percent: Decimal | None, fixed: Decimal | None
) -> Decimal | None:
    """Return the landed cost of a box whose flowers cost `flower`; None where a part is."""
    if flower is None or duty_percent is None or fixed is None:
        return None
    return flower + flower * duty_percent / HUNDRED + fixed


def asked(total: Decimal | None, units: Decimal | None, terms: Agreed) -> Decimal | None:
    """Return the price of one of `units` that have cost `total` together; None where one is.

    All is multiplied before it is divided, once: 0.0001 with a GPM of 30 % and a markup of 5 % is
    0.00015, a half that is rounded up, while 0.0001 / 0.7 * 1.05 comes out below it.
    """
    share = None if units is None else margin(units, terms)
    if total is None or share is None:
        return None
    return rounded(total * share[0] / share[1], terms.price_places)


def margin(units: Decimal, terms: Agreed) -> tuple[Decimal, Decimal] | None:
    """Return what the cost of `units` is multiplied by and divided by to be the price of one.

    None where a GPM is needed and none is set.
    """
    if terms.is_landed_cost:
        return ONE, units
    if terms.gpm_percent is None:
        return None
    return HUNDRED + terms.markup_percent, units * (HUNDRED - terms.gpm_percent)

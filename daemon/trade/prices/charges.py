"""What a box costs on its way beside its flowers: freight, handling, duty, truck, extras.

A charge that can't be computed is None and said in `missing`, with the setting or the table row
that would give it; nothing is taken for 0, because a cost that nobody stated is not nothing (domain
U-16). Amounts are in the buyer's currency and unrounded: 28 digits, as the decimal context has.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from daemon.terms.pricing import Agreed, Basis, Charge, keyed_amount
from daemon.trade.prices.box_types import BoxType
from daemon.trade.stock.units import PackMissingError, PackRate, convert
from formats.records import ShipVia, UnitType

ONE, ZERO, HUNDRED = Decimal(1), Decimal(0), Decimal(100)
OWN_LIST = "our own list in box_types.csv"
UNITS = "units per box"


@dataclass(frozen=True, slots=True)
class Missing:
    """A part that can't be computed: why not, and what to do about it."""

    part: str
    text: str

    def __str__(self) -> str:
        return f"{self.part}: {self.text}"


@dataclass(frozen=True, slots=True)
class Packing:
    """How goods travel: all that decides what a box costs but the flowers in it.

    Costs and prices are per `unit` (U-13). `box` is one of our own box types, `port` the port of
    origin (None: the one of the terms), `category` the product's.
    """

    unit: UnitType
    pack: PackRate
    box: BoxType | None = None
    port: str | None = None
    category: str | None = None


@dataclass(frozen=True, slots=True)
class Charges:
    """What a box of a packing costs beside its flowers; None is a part that is missing.

    `duty_percent` is on the flower value; the others are amounts per box. All are 0 for Ship Via
    Grower.
    """

    units_per_box: Decimal | None
    freight: Decimal | None = ZERO
    handling: Decimal | None = ZERO
    duty_percent: Decimal | None = ZERO
    truck: Decimal | None = ZERO
    box_charge: Decimal | None = ZERO
    surcharge: Decimal | None = ZERO
    missing: tuple[Missing, ...] = ()

    @property
    def fixed(self) -> Decimal | None:
        """What a box costs whatever its flowers do; None where a part of it is missing."""
        parts = (self.freight, self.handling, self.truck, self.box_charge, self.surcharge)
        known = [part for part in parts if part is not None]
        return sum(known, ZERO) if len(known) == len(parts) else None


def charges(packing: Packing, terms: Agreed, *, ship_via: ShipVia = ShipVia.WAREHOUSE) -> Charges:
    """Return what a box of this packing costs beside its flowers (K-62, K-68, K-70)."""
    missing: list[Missing] = []
    units = units_per_box(packing, missing)
    if ship_via is ShipVia.GROWER:
        return Charges(units)
    return Charges(
        units_per_box=units,
        freight=_charged("freight", terms.freight, packing.box, missing),
        handling=_charged("handling", terms.handling, packing.box, missing),
        duty_percent=_duty(packing.port or terms.port_of_origin, terms, missing),
        truck=_truck(terms, packing.box, missing),
        box_charge=_box_charge(packing.category, terms, missing),
        surcharge=_surcharge(packing.box, terms, missing),
        missing=tuple(missing),
    )


def units_per_box(packing: Packing, missing: list[Missing]) -> Decimal | None:
    """Return how many units a box holds (U-11); None where `missing` says why that isn't known."""
    try:
        return convert(ONE, UnitType.BOX, packing.unit, packing.pack)
    except PackMissingError as error:
        text = f"{error}; add the product to packs.csv, or let the vendor's file say them"
        missing.append(Missing(UNITS, text))
        return None


def _charged(
    part: str, charge: Charge | None, box: BoxType | None, missing: list[Missing]
) -> Decimal | None:
    """Return what a box of this type pays of a charge."""
    if charge is None:
        missing.append(_unset(part, part))
        return None
    return _paid(part, charge.amount, charge.basis, box, missing)


def _truck(terms: Agreed, box: BoxType | None, missing: list[Missing]) -> Decimal | None:
    """Return what a box of this type pays of the inbound truck (K-03, K-62)."""
    if terms.truck_per_cube is None:
        missing.append(_unset("truck", "truck_per_cube"))
        return None
    return _paid("truck", terms.truck_per_cube, Basis.CUBE, box, missing)


def _unset(part: str, setting: str) -> Missing:
    text = (
        f"not set; write {setting} in the pricing terms of the connection or the buyer, 0 for none"
    )
    return Missing(part, text)


def _paid(
    part: str, amount: Decimal, basis: Basis, box: BoxType | None, missing: list[Missing]
) -> Decimal | None:
    return times(amount, basis_of(part, basis, box, missing)) if amount else ZERO


def basis_of(
    part: str, basis: Basis, box: BoxType | None, missing: list[Missing]
) -> Decimal | None:
    """Return how much of a basis one box is; None where `missing` says why that isn't known."""
    if basis is Basis.BOX:
        return ONE
    if box is None:
        text = f"counted by {basis}, and the box type is not known; map it in box_types.csv"
        missing.append(Missing(part, text))
        return None
    measure, columns = {
        Basis.FBE: (box.fbe, "fbe"),
        Basis.CUBE: (box.cubes, "length_in, width_in and height_in"),
        Basis.KG: (box.chargeable_kg, "weight_kg, or length_in, width_in and height_in"),
    }[basis]
    if measure is None:
        text = f"counted by {basis}; write {columns} of box type {box.code} in {OWN_LIST}"
        missing.append(Missing(part, text))
    return measure


def _duty(port: str | None, terms: Agreed, missing: list[Missing]) -> Decimal | None:
    """Return the duty in per cent of the flower value (K-70)."""
    if terms.duty_percent is None:
        missing.append(_unset("duty", "duty_percent"))
        return None
    percent = keyed_amount(terms.duty_percent, port)
    if percent is None:
        text = "by port of origin; write port_of_origin in the connection's pricing terms, or a *"
        if port:
            text = f"none for {port}; write {port} in duty_percent of the pricing terms, or a *"
        missing.append(Missing("duty", text))
    return percent


def _box_charge(category: str | None, terms: Agreed, missing: list[Missing]) -> Decimal | None:
    """Return the category's charge for a box, 0 for a category without one (K-68)."""
    if not terms.box_charge:
        return ZERO
    if not category:
        text = "by category, which the product has none of; write it in catalogue.csv"
        missing.append(Missing("box charge", text))
        return None
    return keyed_amount(terms.box_charge, category) or ZERO


def _surcharge(box: BoxType | None, terms: Agreed, missing: list[Missing]) -> Decimal | None:
    """Return the box type's surcharge, 0 for a box type without one (K-70)."""
    if not terms.surcharge:
        return ZERO
    if box is None:
        text = "by box type, which is not known; map it in box_types.csv"
        missing.append(Missing("surcharge", text))
        return None
    return keyed_amount(terms.surcharge, box.code) or ZERO


def times(one: Decimal | None, other: Decimal | None, by: Decimal | None = ONE) -> Decimal | None:
    """Return one * other / by; None where one of them is."""
    return None if one is None or other is None or by is None else one * other / by

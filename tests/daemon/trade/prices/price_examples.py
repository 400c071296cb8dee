"""The half box of roses that the tests of prices begin with."""

from __future__ import annotations

from decimal import Decimal

from daemon.terms.pricing import Agreed, Charge
from daemon.trade.prices.box_types import BoxType
from daemon.trade.prices.charges import Packing
from daemon.trade.prices.pricing import landed, price
from daemon.trade.stock.units import PackRate
from formats.records import ShipVia, UnitType

D = Decimal
HB = BoxType("HB", D("0.5"), D(41), D(10), D(12))
ROSES = Packing(UnitType.STEM, PackRate(12, 25), HB, "BOG", "Roses")
TERMS = Agreed(
    freight=Charge(amount=D(48)),
    handling=Charge(amount=D(6)),
    duty_percent={"bog": D("6.5")},
    truck_per_cube=D("1.10"),
    gpm_percent=D(28),
    gpm_from="the connection",
)
COST = D("0.30")


def amount(
    packing: Packing = ROSES,
    terms: Agreed = TERMS,
    cost: Decimal | None = COST,
    ship_via: ShipVia = ShipVia.WAREHOUSE,
) -> Decimal | None:
    return price(landed(cost, packing, terms, ship_via=ship_via), terms).amount

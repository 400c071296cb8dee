"""A bill of lading: what it says, and the same as CSV for a program (domain 11.3).

One bill is for one customer, ship-to, truck date and carrier. Every order on it keeps its own
number and bar code. A field that is None is not printed, and nothing takes its place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from formats.tabular.write import Cell, written
from formats.values import gs1_check_digit

COLUMNS = (
    "bol_number", "truck_date", "shipper", "customer", "ship_to_name", "ship_to_street",
    "ship_to_city", "ship_to_state", "ship_to_zip", "ship_to_country", "carrier",
    "carrier_account", "order_number", "customer_po", "box_type", "boxes", "fbe", "cubes",
    "weight_kg", "incoterm", "cargo_agency",
)  # fmt: skip
_PLACES = Decimal("0.01")
_SERIAL_AND_PREFIX = 16


@dataclass(frozen=True, slots=True)
class Address:
    """Who and where; empty text is not known."""

    name: str
    street: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    country: str = ""

    @property
    def lines(self) -> tuple[str, ...]:
        """The address as a block, without empty lines."""
        town = " ".join(part for part in (self.city, self.state, self.postal_code) if part)
        return tuple(text for text in (self.name, self.street, town, self.country) if text)


@dataclass(frozen=True, slots=True)
class Load:
    """Boxes of one type: `fbe`, `cubes` (cubic feet) and `weight_kg` are of one box."""

    box_type: str
    boxes: int
    fbe: Decimal | None = None
    cubes: Decimal | None = None
    weight_kg: Decimal | None = None


@dataclass(frozen=True, slots=True)
class BillOrder:
    """One order on a bill; `number` is also its bar code."""

    number: str
    loads: tuple[Load, ...]
    customer_po: str | None = None
    incoterm: str | None = None
    cargo_agency: str | None = None


@dataclass(frozen=True, slots=True)
class Total:
    """What boxes come to; None where one of them is not known, rather than too little."""

    boxes: int
    fbe: Decimal | None
    cubes: Decimal | None
    weight_kg: Decimal | None


@dataclass(frozen=True, slots=True)
class BillOfLading:
    """One bill, with its orders in the order they are printed in."""

    number: str
    truck_date: date
    shipper: Address
    consignee: Address
    orders: tuple[BillOrder, ...]
    customer: str | None = None
    carrier: str | None = None
    carrier_account: str | None = None
    by_type: Mapping[str, int] = field(init=False)
    """Boxes by type, all orders together."""

    def __post_init__(self) -> None:
        if not self.orders:
            raise ValueError(f"bill of lading {self.number} has no order")
        counted: Counter[str] = Counter()
        for load in self.loads:
            counted[load.box_type] += load.boxes
        object.__setattr__(self, "by_type", dict(sorted(counted.items())))

    @property
    def is_consolidated(self) -> bool:
        return len(self.orders) > 1

    @property
    def loads(self) -> tuple[Load, ...]:
        return tuple(load for order in self.orders for load in order.loads)


def total(loads: Iterable[Load]) -> Total:
    """Add up loads; unrounded."""
    loads = tuple(loads)
    return Total(
        sum(load.boxes for load in loads),
        _sum(loads, [load.fbe for load in loads]),
        _sum(loads, [load.cubes for load in loads]),
        _sum(loads, [load.weight_kg for load in loads]),
    )


def _sum(loads: tuple[Load, ...], each: list[Decimal | None]) -> Decimal | None:
    known = [load.boxes * one for load, one in zip(loads, each, strict=True) if one is not None]
    return sum(known, Decimal(0)) if len(known) == len(loads) else None


def bill_number(serial: int, gs1_prefix: str | None = None) -> str:
    """Return the number of a bill: of 17 digits with a GS1 company prefix, else our own.

    The 17 digits are the prefix and the serial in 16, and their check digit (VICS). Raises
    ValueError where the serial does not fit beside the prefix.
    """
    if gs1_prefix is None:
        return f"BOL{serial:07}"
    room = _SERIAL_AND_PREFIX - len(gs1_prefix)
    digits = f"{serial:0{room}}"
    if len(digits) > room:
        raise ValueError(f"bill {serial} has no room beside the GS1 prefix {gs1_prefix}")
    body = gs1_prefix + digits
    return f"{body}{gs1_check_digit(body)}"


def shown(number: Decimal | None) -> Decimal | None:
    """Return an amount as papers show it: two decimals, half up."""
    return None if number is None else number.quantize(_PLACES, ROUND_HALF_UP)


def write_csv(bill: BillOfLading) -> bytes:
    """Return a bill as CSV, one row for each order and box type."""
    return written(COLUMNS, _rows(bill), for_people=True)


def _rows(bill: BillOfLading) -> Iterator[tuple[Cell, ...]]:
    to = bill.consignee
    head: tuple[Cell, ...] = (
        *(bill.number, bill.truck_date, bill.shipper.name, bill.customer),
        *(to.name, to.street, to.city, to.state, to.postal_code, to.country),
        *(bill.carrier, bill.carrier_account),
    )
    for order in bill.orders:
        for load in order.loads:
            sums = total([load])
            yield (
                *head,
                *(order.number, order.customer_po, load.box_type, load.boxes),
                *(shown(sums.fbe), shown(sums.cubes), shown(sums.weight_kg)),
                *(order.incoterm, order.cargo_agency),
            )

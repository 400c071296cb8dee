"""What a shipping label says, and the stocks it is printed on.

A field that is None is not printed, and nothing takes its place: a vendor that must stay unknown
to the final customer is a label without vendor fields (domain H-03).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

MAX_BOX_CODE = 20


@dataclass(frozen=True, slots=True)
class Stock:
    """Label paper, as 4 x 6 inches; width and height in millimetres."""

    name: str
    width_mm: float
    height_mm: float

    def dots(self, dpi: int) -> tuple[int, int]:
        """Return width and height in printer dots."""
        return int(self.width_mm / 25.4 * dpi + 1e-6), int(self.height_mm / 25.4 * dpi + 1e-6)


STOCK_4X6 = Stock("4x6", 101.6, 152.4)
STOCK_4X4 = Stock("4x4", 101.6, 101.6)
STOCK_4X3 = Stock("4x3", 101.6, 76.2)
STOCK_4X2 = Stock("4x2", 101.6, 50.8)
STOCKS = (STOCK_4X6, STOCK_4X4, STOCK_4X3, STOCK_4X2)


def stock_named(name: str) -> Stock:
    """Return the stock called `name` (`4x6`, `4x4`, `4x3`, `4x2`)."""
    for stock in STOCKS:
        if stock.name == name:
            return stock
    raise ValueError(f"label stock {name!r} is unknown; use one of 4x6, 4x4, 4x3, 4x2")


@dataclass(frozen=True, slots=True)
class Label:
    """One box. Texts are printed as they are, cut with a report where they are too long.

    `box_code` is the bar code: 1 to 20 printable ASCII characters, unique in the company, the same
    from the vendor to the buyer's scanner (domain L-02, L-03). `total_units` counts `unit_type`s.
    """

    box_code: str
    box_seq: int = 1
    box_total: int = 1
    company_name: str | None = None
    vendor_name: str | None = None
    vendor_code: str | None = None
    customer_name: str | None = None
    customer_code: str | None = None
    ship_to: tuple[str, ...] = ()
    carrier_name: str | None = None
    carrier_account: str | None = None
    ship_date: date | None = None
    order_number: str | None = None
    customer_po: str | None = None
    product_description: str | None = None
    variety: str | None = None
    color: str | None = None
    grade: str | None = None
    box_type: str | None = None
    bunches: int | None = None
    stems_per_bunch: int | None = None
    total_units: int | None = None
    unit_type: str | None = None
    mark_code: str | None = None
    lot_number: str | None = None
    awb: str | None = None
    origin: str | None = None
    is_reprint: bool = False

    def __post_init__(self) -> None:
        code = self.box_code
        if not 1 <= len(code) <= MAX_BOX_CODE or not all(" " <= c <= "~" for c in code):
            raise ValueError(
                f"box code {code!r} must have 1 to {MAX_BOX_CODE} printable ASCII characters:"
                " change the box code"
            )
        if code != code.strip():
            raise ValueError(f"box code {code!r} begins or ends with a blank: change the box code")
        if not 1 <= self.box_seq <= self.box_total:
            raise ValueError(
                f"box {self.box_seq} of {self.box_total} ({code}) can't be: count again"
            )

    @property
    def box_count(self) -> str:
        return f"Box {self.box_seq} of {self.box_total}"

    @property
    def pack(self) -> str | None:
        """The pack in words, as `10 bunches x 25 stems`."""
        if self.bunches is None:
            return None if self.stems_per_bunch is None else f"{self.stems_per_bunch} stems/bunch"
        bunches = f"{self.bunches} bunch" + ("" if self.bunches == 1 else "es")
        if self.stems_per_bunch is None:
            return bunches
        return f"{bunches} x {self.stems_per_bunch} stem" + (
            "" if self.stems_per_bunch == 1 else "s"
        )

    @property
    def total(self) -> str | None:
        """The units in the box, as `250 Stem`; None where nothing is known."""
        if self.total_units is None:
            return None
        return f"{self.total_units} {self.unit_type or ''}".rstrip()

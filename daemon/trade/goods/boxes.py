"""Box codes: the vendor's own, or allotted by us where it sent none (domain L-03, L-04)."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

from sqlalchemy import select

from daemon.ledger.schema import boxes, former_box_codes
from daemon.trade.desk import Desk
from daemon.trade.stock.units import PackMissingError, PackRate, convert
from formats.records import UnitType

MAX_BOXES_PER_LINE = 1_000
MAX_BOXES_PER_ORDER = 2_000
"""A label is made for each box before the order is real."""
DIGITS = 7
"""Of a code that is allotted here, behind the site's prefix; more once they are used up."""


def whole_boxes(quantity: Decimal, unit: UnitType, pack: PackRate) -> int:
    """Return how many boxes a quantity makes; 0 where it does not make whole ones."""
    try:
        boxes = convert(quantity, unit, UnitType.BOX, pack)
    except PackMissingError:
        return 0
    return int(boxes) if boxes == boxes.to_integral_value() else 0


def allot(
    desk: Desk,
    vendor: str,
    order_line_id: int,
    count: int,
    given: tuple[str, ...],
    *,
    after: int = 0,
) -> tuple[str, ...]:
    """Record `count` boxes of an order line, behind the `after` it has, and return their codes.

    Codes the vendor `given` are kept as they are (L-02); the rest are allotted, at most 20
    characters and unique in the site: a vendor's codes must be (L-03), and a buyer who scans a box
    must not find one of two vendors.
    """
    codes = list(given[:count])
    missing = count - len(codes)
    if missing > 0:
        last = desk.post.count("box", missing)
        prefix = desk.site.labels.box_code_prefix
        codes += [f"{prefix}{number:0{DIGITS}}" for number in range(last - missing + 1, last + 1)]
    for sequence, code in enumerate(codes, after + 1):
        desk.post.add(
            boxes,
            {"code": code, "vendor": vendor, "order_line_id": order_line_id, "sequence": sequence},
        )
    return tuple(codes)


def is_ours_to_give(desk: Desk, code: str) -> bool:
    """Tell whether a code looks like those that are allotted here, so that no vendor invents it."""
    prefix = desk.site.labels.box_code_prefix
    rest = code.removeprefix(prefix)
    return rest != code and len(rest) >= DIGITS and rest.isascii() and rest.isdigit()


def codes_in_use(desk: Desk, vendor: str, codes: Collection[str]) -> set[str]:
    """Return those of `codes` that a box of the vendor has or had; none is given twice (L-03)."""
    if not codes:
        return set()
    desk.post.flush()
    found: set[str] = set()
    for table in (boxes, former_box_codes):
        query = select(table.c.code).where(table.c.vendor == vendor, table.c.code.in_(codes))
        found |= set(desk.post.conn.execute(query).scalars())
    return found

"""How the boxes of an order line are packed: by its vendor, whose stock it is, or as ordered.

Goods that a vendor publishes are boxes of the vendor's pack and type, whatever an order says of
them (K-30): that is a wish (U-04), and whoever has it is told. Goods that nobody has in stock are
packed as ordered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from daemon.config import Partner
from daemon.mapping.rows import Kind, Pack
from daemon.trade.desk import Desk
from daemon.trade.outcome import LineOutcome
from daemon.trade.stock.lots import Lot
from daemon.trade.stock.units import NO_PACK, PackRate
from formats.records import OrderLine, copy_of


def stock_pack(desk: Desk, vendor: Partner | None, line: OrderLine) -> PackRate:
    """Return the pack of stock whose lot says none: the vendor's usual one, else as ordered."""
    return _usual(desk, vendor, line).or_else(said_pack(line))


def ordered_pack(desk: Desk, vendor: Partner | None, line: OrderLine) -> PackRate:
    """Return the pack of goods of which there is no stock: as ordered, else the vendor's usual."""
    return said_pack(line).or_else(_usual(desk, vendor, line))


def said_pack(line: OrderLine) -> PackRate:
    """Return what an order itself says of a line's pack."""
    return PackRate(line.bunches_per_box, line.stems_per_bunch)


def as_packed(
    desk: Desk, vendor: Partner | None, lots: Sequence[Lot], served: LineOutcome
) -> LineOutcome:
    """Return a line that `lots` serve in its vendor's boxes, and say so where others were asked."""
    if not served.takings:
        return served
    first = served.takings[0].lot_id
    own = next((lot.box_type for lot in lots if lot.id == first), None)
    line = served.line
    if line.box_type is None and own is not None:
        line = _boxed(line, own)
    elif line.box_type is not None:
        usual = _row(desk, vendor, line) if own is None else None
        line = in_box(desk, line, usual.box_type if usual else own)
    note = packed_otherwise(served.line, line.box_type, served.pack)
    if note is None and line is served.line:
        return served
    reason = "; ".join(said for said in (served.reason, note) if said) or None
    return replace(served, line=line, reason=reason)


def in_box(desk: Desk, line: OrderLine, box_type: str | None) -> OrderLine:
    """Return a line in boxes of the given type, unless that is as much of a full box (P-04)."""
    if box_type is None or line.box_type in (None, box_type):
        return line
    types = desk.tables.entries[Kind.BOX_TYPES]
    own, said = types.get(box_type), types.get(line.box_type)
    if own is None or said is None or None in (own.fbe, said.fbe) or own.fbe == said.fbe:
        return line
    return _boxed(line, box_type)


def _boxed(line: OrderLine, box_type: str) -> OrderLine:
    boxed = copy_of(line)
    boxed.box_type = box_type
    return boxed


def packed_otherwise(wish: OrderLine, box_type: str | None, pack: PackRate) -> str | None:
    """Say how goods are packed where their buyer had another box or pack in mind (U-04)."""
    is_other_box = wish.box_type not in (None, box_type)
    if not is_other_box and said_pack(wish).or_else(pack) == pack:
        return None
    told = (box_type if is_other_box else "", str(pack))
    return f"its vendor packs {', '.join(filter(None, told))} (K-30)"


def _usual(desk: Desk, vendor: Partner | None, line: OrderLine) -> PackRate:
    """Return the pack of the vendor's row in packs.csv."""
    known = _row(desk, vendor, line)
    return PackRate(known.bunches_per_box, known.stems_per_bunch) if known else NO_PACK


def _row(desk: Desk, vendor: Partner | None, line: OrderLine) -> Pack | None:
    if vendor is None or line.product is None:
        return None
    return desk.tables.pack(vendor.name, line.product, desk.today)

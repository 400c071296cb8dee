"""A bill of lading as PDF, on letter paper: as many pages as its orders need.

The same bill always gives the same bytes. Every page says whose it is; the last has the totals and
the room to sign.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from formats.labels import code128, typeset
from formats.labels.items import Bars, Fill, Item, Text
from formats.labels.label import Stock
from formats.labels.pdf import draw
from formats.papers.bill import BillOfLading, BillOrder, shown, total

LETTER = Stock("letter", 215.9, 279.4)
_MARGIN, _GAP = 14.0, 4.0
_WIDTH = LETTER.width_mm - 2 * _MARGIN
_ROW = 17.0
_TABLE_TOP = 92.0
_FOOT_TOP = 226.0
ORDERS_PER_PAGE = int((_FOOT_TOP - _TABLE_TOP - 8) // _ROW)
_KEEP_COOL = "Perishable: cut flowers. Keep at 1 to 4 C (34 to 39 F), dry and away from fruit."
_COLUMNS: tuple[tuple[str, float], ...] = (
    ("ORDER", 0.0), ("BOXES", 48.0), ("FBE", 77.0), ("CUBES", 92.0), ("KG", 108.0),
    ("BAR CODE", 122.0),
)  # fmt: skip


def write_pdf(bill: BillOfLading) -> bytes:
    """Return a bill as PDF."""
    orders = bill.orders
    cuts = range(0, len(orders), ORDERS_PER_PAGE)
    pages = [orders[at : at + ORDERS_PER_PAGE] for at in cuts]
    drawn = (_page(bill, page, number, len(pages)) for number, page in enumerate(pages, 1))
    return draw(drawn, LETTER, title=f"Bill of lading {bill.number}")


def _page(bill: BillOfLading, orders: Sequence[BillOrder], number: int, pages: int) -> list[Item]:
    items = [*_head(bill, number, pages), *_parties(bill), *_captions()]
    y = _TABLE_TOP + 7
    for order in orders:
        items += _order(order, y)
        y += _ROW
    if number == pages:
        items += [*_totals(bill, y), *_signatures()]
    return items


def _head(bill: BillOfLading, number: int, pages: int) -> Iterator[Item]:
    title = "Consolidated bill of lading" if bill.is_consolidated else "Bill of lading"
    yield Text(_MARGIN, 14, 110, 6.5, title)
    place = f"Truck date {bill.truck_date.isoformat()}      Page {number} of {pages}"
    yield Text(_MARGIN, 23, 110, 3.6, place, is_bold=False)
    x = LETTER.width_mm - _MARGIN - 78
    yield from _bars(bill.number, x, 12, 78, 13)
    yield Text(x, 26.5, 78, 3.8, bill.number, align="center")
    yield Fill(_MARGIN, 33, _WIDTH, 0.6)


def _parties(bill: BillOfLading) -> Iterator[Item]:
    half = _WIDTH / 2
    yield from _block("SHIP FROM", bill.shipper.lines, _MARGIN, 38)
    lines = bill.consignee.lines
    customer = bill.customer
    is_new = customer is not None and customer != bill.consignee.name
    yield from _block("SHIP TO", ((customer or "",) if is_new else ()) + lines, _MARGIN + half, 38)
    yield Fill(_MARGIN, 69, _WIDTH, 0.3)
    yield from _block("CARRIER", (bill.carrier or "No carrier",), _MARGIN, 73)
    if bill.carrier_account:
        yield from _block("CARRIER ACCOUNT", (bill.carrier_account,), _MARGIN + half, 73)
    yield Fill(_MARGIN, 86, _WIDTH, 0.3)


def _block(caption: str, lines: Sequence[str], x: float, y: float) -> Iterator[Item]:
    yield Text(x, y, 80, 2.6, caption, is_bold=False)
    room = _WIDTH / 2 - _GAP
    for number, line in enumerate(lines):
        is_first = number == 0
        text, size = typeset.fit(typeset.printable(line), room, 4.2, 2.8, is_bold=is_first)
        yield Text(x, y + 4.5 + number * 5, room, size, text, is_bold=is_first)


def _captions() -> Iterator[Item]:
    for caption, x in _COLUMNS:
        yield Text(_MARGIN + x, _TABLE_TOP, 40, 2.6, caption, is_bold=False)
    yield Fill(_MARGIN, _TABLE_TOP + 3.4, _WIDTH, 0.3)


def _order(order: BillOrder, y: float) -> Iterator[Item]:
    number, size = typeset.fit(typeset.printable(order.number), 46, 4.4, 2.6, is_bold=True)
    yield Text(_MARGIN, y, 46, size, number)
    under = (
        f"PO {order.customer_po}" if order.customer_po else "",
        order.incoterm or "",
        f"via {order.cargo_agency}" if order.cargo_agency else "",
    )
    if text := typeset.printable(" · ".join(each for each in under if each)):
        text, size = typeset.fit(text, 46, 3.2, 2.4, is_bold=False)
        yield Text(_MARGIN, y + 5.5, 46, size, text, is_bold=False)
    sums = total(order.loads)
    counts = ", ".join(f"{load.boxes} {load.box_type}" for load in order.loads)
    counts, size = typeset.fit(counts, 28, 3.6, 2.4, is_bold=False)
    yield from _cells((counts, sums.fbe, sums.cubes, sums.weight_kg), y, size)
    yield from _bars(order.number, _MARGIN + 120, y - 1, _WIDTH - 120, 11)
    yield Fill(_MARGIN, y + _ROW - 4, _WIDTH, 0.15)


def _cells(
    values: tuple[str, Decimal | None, Decimal | None, Decimal | None], y: float, size: float
) -> Iterator[Item]:
    counts, *amounts = values
    yield Text(_MARGIN + _COLUMNS[1][1], y, 28, size, counts, is_bold=False)
    for (_, x), amount in zip(_COLUMNS[2:5], amounts, strict=True):
        text = "-" if amount is None else f"{shown(amount)}"
        yield Text(_MARGIN + x, y, 15, 3.4, text, is_bold=False)


def _totals(bill: BillOfLading, y: float) -> Iterator[Item]:
    sums = total(bill.loads)
    yield Text(_MARGIN, y, 46, 4.2, f"Total {sums.boxes} box{'' if sums.boxes == 1 else 'es'}")
    counts = ", ".join(f"{count} {name}" for name, count in bill.by_type.items())
    counts, size = typeset.fit(counts, 28, 3.6, 2.4, is_bold=False)
    yield from _cells((counts, sums.fbe, sums.cubes, sums.weight_kg), y, size)


def _signatures() -> Iterator[Item]:
    yield Text(_MARGIN, _FOOT_TOP + 6, _WIDTH, 3.4, _KEEP_COOL, is_bold=False)
    third = _WIDTH / 3
    for number, who in enumerate(("Shipper", "Driver", "Received by")):
        x = _MARGIN + number * third
        yield Fill(x, _FOOT_TOP + 30, third - 2 * _GAP, 0.3)
        text = f"{who}: name, signature, date"
        yield Text(x, _FOOT_TOP + 32, third, 3, text, is_bold=False)


def _bars(text: str, x: float, y: float, width: float, height: float) -> Iterator[Item]:
    """Yield a bar code; nothing for a number that no bar code can say, which is printed anyway."""
    try:
        symbol = code128.encode(text)
    except ValueError:
        return
    yield Bars(x, y, width, height, symbol)

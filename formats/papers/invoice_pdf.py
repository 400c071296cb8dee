"""An invoice as PDF, on letter paper, for the people who check and pay it (domain 4.4 step 9).

The same invoice always gives the same bytes. Every page says whose it is; the last has the total.
It computes nothing that the invoice doesn't say but the amounts of lines that state none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from formats.invoice_sums import line_amount
from formats.invoices import Adjustment, AdjustmentKind, Invoice, InvoiceLine, InvoiceType, Tax
from formats.labels import typeset
from formats.labels.items import Fill, Item, Text
from formats.labels.label import Stock
from formats.labels.pdf import draw
from formats.records import Party, Purpose

LETTER = Stock("letter", 215.9, 279.4)
_MARGIN, _GAP = 14.0, 4.0
_WIDTH = LETTER.width_mm - 2 * _MARGIN
_ROW, _SUM_ROW = 10.0, 6.0
_TABLE_TOP, _FOOT = 96.0, 265.0
_ROOM = _FOOT - _TABLE_TOP - 7
LINES_PER_PAGE = int(_ROOM // _ROW)
_TITLES = {
    InvoiceType.INVOICE: "Invoice",
    InvoiceType.CREDIT: "Credit note",
    InvoiceType.DEBIT: "Debit note",
}
_NEWS = {
    Purpose.REPLACE: "Takes the place of what was sent under this number before",
    Purpose.CANCEL: "VOID: taken back by its vendor, not to be paid",
}
_COLUMNS = (("ITEM", 0.0, 96.0), ("QUANTITY", 98.0, 28.0), ("PRICE", 128.0, 30.0))
"""Caption, place and room of each column; the amounts stand at the right margin."""
_AMOUNT = 30.0


def write_pdf(invoice: Invoice) -> bytes:
    """Return an invoice as PDF."""
    lines, ends = invoice.lines, list(_ends(invoice))
    cuts = range(0, len(lines), LINES_PER_PAGE)
    pages = [lines[at : at + LINES_PER_PAGE] for at in cuts] or [()]
    if len(pages[-1]) * _ROW + len(ends) * _SUM_ROW > _ROOM:
        pages.append(())
    sheets: list[list[tuple[str, Decimal]]] = [[] for _ in pages]
    most = int(_ROOM // _SUM_ROW)
    sheets[-1] = ends[:most]
    for at in range(most, len(ends), most):
        pages.append(())
        sheets.append(ends[at : at + most])
    drawn = (
        _page(invoice, page, sums, f"Page {number} of {len(pages)}")
        for number, (page, sums) in enumerate(zip(pages, sheets, strict=True), 1)
    )
    return draw(drawn, LETTER, title=f"{_TITLES[invoice.type]} {invoice.number}")


def _page(
    invoice: Invoice,
    lines: Sequence[InvoiceLine],
    sums: Sequence[tuple[str, Decimal]],
    which: str,
) -> list[Item]:
    items = [*_head(invoice, which), *_parties(invoice), *_captions(invoice)]
    y = _TABLE_TOP + 7
    for line in lines:
        items += _line(line, y)
        y += _ROW
    for at, (text, amount) in enumerate(sums):
        is_total = text == _total_of(invoice)
        items += _sum(text, amount, y + at * _SUM_ROW, is_total=is_total)
    return items


def _head(invoice: Invoice, which: str) -> Iterator[Item]:
    title = typeset.printable(f"{_TITLES[invoice.type]} {invoice.number}")
    text, size = typeset.fit(title, _WIDTH, 6.5, 3.0, is_bold=True)
    yield Text(_MARGIN, 14, _WIDTH, size, text)
    facts = [f"Date {invoice.invoice_date.isoformat()}", which]
    if invoice.refers_to:
        facts.insert(0, f"About invoice {invoice.refers_to}")
    yield _small(" · ".join(facts), _MARGIN, 23, 3.6)
    if news := _NEWS.get(invoice.purpose):
        yield Text(_MARGIN, 28.5, _WIDTH, 3.6, news)
    yield Fill(_MARGIN, 34, _WIDTH, 0.6)


def _parties(invoice: Invoice) -> Iterator[Item]:
    half = _WIDTH / 2
    yield from _block("FROM", _lines_of(invoice.vendor), _MARGIN, 38)
    payer = invoice.bill_to or invoice.buyer
    yield from _block("BILL TO", _lines_of(payer), _MARGIN + half, 38)
    yield Fill(_MARGIN, 66, _WIDTH, 0.3)
    yield from _block("SHIP TO", _lines_of(invoice.ship_to), _MARGIN, 69)
    yield from _block("ABOUT", tuple(_about(invoice)), _MARGIN + half, 69)
    yield Fill(_MARGIN, 93, _WIDTH, 0.3)


def _about(invoice: Invoice) -> Iterator[str]:
    if invoice.order_numbers:
        yield f"Order {', '.join(invoice.order_numbers)}"
    waybill = " / ".join(text for text in (invoice.awb, invoice.house_awb) if text)
    ways = f"Air waybill {waybill}" if waybill else "", invoice.carrier or ""
    if any(ways):
        yield ", ".join(way for way in ways if way)
    yield f"Currency {invoice.currency}" if invoice.currency else "Currency of the order"
    terms = invoice.terms
    if terms is not None:
        due = f"due {terms.due_date.isoformat()}" if terms.due_date else ""
        net = f"net {terms.net_days} days" if terms.net_days is not None else ""
        yield ", ".join(text for text in (terms.description or "", net, due) if text)


def _lines_of(party: Party | None) -> tuple[str, ...]:
    if party is None:
        return ()
    town = " ".join(text for text in (party.city, party.state, party.postal_code) if text)
    lines = party.name or party.code, party.street, town, party.country
    return tuple(line for line in lines if line)


def _block(caption: str, lines: Sequence[str], x: float, y: float) -> Iterator[Item]:
    yield Text(x, y, 80, 2.6, caption, is_bold=False)
    room = _WIDTH / 2 - _GAP
    for number, line in enumerate(lines[:4]):
        is_first = number == 0
        text, size = typeset.fit(typeset.printable(line), room, 4.0, 2.6, is_bold=is_first)
        yield Text(x, y + 4.5 + number * 4.8, room, size, text, is_bold=is_first)


def _captions(invoice: Invoice) -> Iterator[Item]:
    for caption, x, room in _COLUMNS:
        yield Text(_MARGIN + x, _TABLE_TOP, room, 2.6, caption, is_bold=False)
    caption = f"AMOUNT {invoice.currency or ''}".strip()
    yield _right(caption, _TABLE_TOP, 2.6, is_bold=False)
    yield Fill(_MARGIN, _TABLE_TOP + 3.4, _WIDTH, 0.3)


def _line(line: InvoiceLine, y: float) -> Iterator[Item]:
    item = line.description or line.buyer_item or line.seller_item or f"line {line.line}"
    of = (
        f"order {line.order_number} line {line.order_line or '-'}" if line.order_number else "",
        line.buyer_item or line.seller_item or "",
        _pack(line),
    )
    amount = line_amount(line)
    price = ""
    if line.unit_price is not None:
        basis = f"{line.price_basis:f} " if line.price_basis != 1 else ""
        price = f"{line.unit_price:f} per {basis}{line.price_unit or line.unit}"
    cells = (item, f"{line.quantity:f} {line.unit}", price)
    for (_, x, room), cell in zip(_COLUMNS, cells, strict=True):
        text, size = typeset.fit(typeset.printable(cell), room, 3.6, 2.4, is_bold=False)
        yield Text(_MARGIN + x, y, room, size, text, is_bold=False)
    yield _small(" · ".join(text for text in of if text), _MARGIN, y + 4.4, 2.6)
    yield _right("-" if amount is None else _money(amount), y, 3.6, is_bold=False)
    yield Fill(_MARGIN, y + _ROW - 2, _WIDTH, 0.15)


def _pack(line: InvoiceLine) -> str:
    if not line.bunches_per_box or not line.stems_per_bunch:
        return line.box_type_code or ""
    box = f"{line.box_type_code} of " if line.box_type_code else ""
    return f"{box}{line.bunches_per_box} x {line.stems_per_bunch}"


def _ends(invoice: Invoice) -> Iterator[tuple[str, Decimal]]:
    """Yield what is added to the lines, or taken off, and the total."""
    for line in invoice.lines:
        of = f" (line {line.reference or line.line})"
        yield from ((_adjusted(each) + of, each.signed) for each in line.adjustments)
        yield from ((_taxed(each) + of, each.amount) for each in line.taxes)
    yield from ((_adjusted(each), each.signed) for each in invoice.adjustments)
    yield from ((_taxed(each), each.amount) for each in invoice.taxes)
    yield _total_of(invoice), invoice.total


def _total_of(invoice: Invoice) -> str:
    return f"Total {invoice.currency or ''}".strip()


def _adjusted(each: Adjustment) -> str:
    kind = "Allowance" if each.kind is AdjustmentKind.ALLOWANCE else "Charge"
    return each.description or f"{kind} {each.code or ''}".strip()


def _taxed(tax: Tax) -> str:
    rate = f" {tax.rate:f} %" if tax.rate is not None else ""
    return f"Tax {tax.code or ''}".strip() + rate


def _sum(text: str, amount: Decimal, y: float, *, is_total: bool) -> Iterator[Item]:
    room = _WIDTH - _AMOUNT - _GAP
    said, size = typeset.fit(typeset.printable(text), room, 3.8, 2.4, is_bold=is_total)
    yield Text(_MARGIN, y, room, size, said, is_bold=is_total, align="right")
    yield _right(_money(amount), y, 3.8, is_bold=is_total)


def _money(amount: Decimal) -> str:
    return f"{amount:,.2f}"


def _small(text: str, x: float, y: float, size: float) -> Text:
    room = _WIDTH
    said, fitting = typeset.fit(typeset.printable(text), room, size, 2.2, is_bold=False)
    return Text(x, y, room, fitting, said, is_bold=False)


def _right(text: str, y: float, size: float, *, is_bold: bool) -> Text:
    x = LETTER.width_mm - _MARGIN - _AMOUNT
    return Text(x, y, _AMOUNT, size, text, is_bold=is_bold, align="right")

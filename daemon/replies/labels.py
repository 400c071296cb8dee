"""The label files of an order: one ZPL and one PDF, a label a box, in the order's sequence.

The vendor's shipping label is the buyer's receiving label (domain L-01), so the box code on it is
the one that the books hold.
"""

from __future__ import annotations

from dataclasses import dataclass

from daemon.config import Partner
from daemon.ledger.posting import OutgoingFile
from daemon.mapping.rows import Kind
from daemon.trade.desk import Desk
from daemon.trade.outcome import LineOutcome, OrderOutcome
from formats.labels.label import Label, stock_named
from formats.labels.zpl import write_zpl
from formats.records import Order, Party


def label_files(desk: Desk, outcome: OrderOutcome) -> list[OutgoingFile]:
    """Return the label files for the vendor of a placed order; none where it has no boxes."""
    vendor = outcome.vendor
    if vendor is None or not vendor.receives_labels or not outcome.is_placed:
        return []
    boxes = [(line, code) for line in outcome.lines for code in line.boxes]
    if not boxes:
        return []
    sheet = _Sheet(desk, outcome, vendor)
    labels = [
        sheet.label(line, code, number, len(boxes)) for number, (line, code) in enumerate(boxes, 1)
    ]
    # Loaded here: reportlab costs a fifth of a second, which only sites that print pay.
    from formats.labels.pdf import write_pdf  # noqa: PLC0415

    stock = stock_named(desk.site.labels.stock)
    number = outcome.order.number
    return [
        OutgoingFile(vendor.name, "labels", number, extension, body, is_answer=False)
        for extension, body in (
            ("zpl", write_zpl(labels, stock, desk.site.labels.dpi)),
            ("pdf", write_pdf(labels, stock)),
        )
    ]


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What all labels of one order share."""

    desk: Desk
    outcome: OrderOutcome
    vendor: Partner

    def label(self, line: LineOutcome, code: str, number: int, total: int) -> Label:
        order, product = self.outcome.order, line.line.product or ""
        known = self.desk.tables.catalogue.get(product)
        pack = self.desk.tables.pack(self.vendor.name, product, self.desk.today)
        buyer = self.outcome.buyer
        return Label(
            box_code=code,
            box_seq=number,
            box_total=total,
            company_name=buyer.title or buyer.name if buyer else None,
            vendor_name=self.vendor.title or self.vendor.name,
            customer_name=_name(order.customer),
            customer_code=order.customer.code if order.customer else None,
            ship_to=_address(order.ship_to),
            carrier_name=self._carrier(order),
            ship_date=order.ship_date,
            order_number=order.number,
            customer_po=order.customer_po,
            product_description=known.description if known else line.line.description or product,
            variety=known.variety or None if known else None,
            color=known.color or None if known else None,
            grade=known.grade or None if known else None,
            box_type=line.line.box_type or (pack.box_type if pack else None),
            bunches=line.pack.bunches_per_box,
            stems_per_bunch=line.pack.stems_per_bunch,
            mark_code=line.line.mark_code or order.mark_code,
        )

    def _carrier(self, order: Order) -> str | None:
        code = order.carrier_canonical
        if not code:
            return order.carrier
        row = self.desk.tables.partner_code(Kind.CARRIERS, "*", code, self.desk.today)
        return row.source_description or code if row else code


def _name(party: Party | None) -> str | None:
    return (party.name or party.code) if party else None


def _address(party: Party | None) -> tuple[str, ...]:
    """Return the lines of an address block, without empty ones."""
    if party is None:
        return ()
    town = " ".join(part for part in (party.city, party.state, party.postal_code) if part)
    return tuple(text for text in (party.name, party.street, town or None, party.country) if text)

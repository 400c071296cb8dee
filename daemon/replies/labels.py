"""The label files of an order: one ZPL and one PDF, a label a box, in the order's sequence.

The vendor's shipping label is the buyer's receiving label (domain L-01), so the box code on it is
the one that the books hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from daemon.config import Partner
from daemon.ledger.posting import OutgoingFile
from daemon.mapping.rows import Kind
from daemon.trade.customers import customer_called
from daemon.trade.desk import Desk
from daemon.trade.orders import transfer
from daemon.trade.orders.ship_tos import Way, place_of
from daemon.trade.outcome import LineOutcome, OrderOutcome
from daemon.trade.papers.leaving import carrier_account
from daemon.trade.papers.shown import Shown, label_company, shown
from daemon.trade.views.wording import product_word
from formats.findings import Finding
from formats.labels.label import Label, stock_named
from formats.labels.pdf import write_pdf
from formats.labels.zpl import write_zpl
from formats.records import AxerrioOrder, Order, Party, PurchaseOrder


@dataclass(frozen=True, slots=True)
class Travelling:
    """What a label says of a box that is on its way."""

    awb: str
    lot_number: str | None


def label_files(
    desk: Desk,
    outcome: OrderOutcome,
    travelling: Mapping[str, Travelling] | None = None,
    *,
    external: Mapping[str, str] | None = None,
) -> list[OutgoingFile]:
    """Return the label files for the vendor of a placed order; none where it has no boxes.

    With `travelling`, which may be empty, the labels are printed again; it has what is on its way,
    by box code. `external` are second codes of boxes (L-09), which stand on a label instead of a
    hidden vendor's own code; where a box has none, no label of ours bears the code (H-04).
    """
    vendor = outcome.vendor
    if vendor is None or not vendor.receives_labels or not outcome.is_placed:
        return []
    way = transfer.way_of(desk, outcome)
    seen = shown(desk, outcome.order, way) if way else None
    codes = external or {}
    boxes = [
        (line, code, told)
        for line in outcome.lines
        for code in line.boxes
        if (told := seen.box_code(code, codes.get(code)) if seen else code)
    ]
    if not boxes:
        return []
    sheet = _Sheet(
        *(desk, outcome, vendor, way, seen), travelling or {}, is_reprint=travelling is not None
    )
    labels = [
        sheet.label(line, code, number, len(boxes), told=told)
        for number, (line, code, told) in enumerate(boxes, 1)
    ]
    return _files(desk, vendor, sheet.number, labels)


def _files(desk: Desk, vendor: Partner, number: str, labels: list[Label]) -> list[OutgoingFile]:
    """Return labels in both forms. Their texts are cut alike, so the ZPL alone has the notes."""
    stock = stock_named(desk.site.labels.stock)
    cuts: list[Finding] = []
    zpl = write_zpl(labels, stock, desk.site.labels.dpi, report=cuts)
    made = (("zpl", zpl, tuple(cuts)), ("pdf", write_pdf(labels, stock), ()))
    return [
        OutgoingFile(vendor.name, "labels", number, extension, body, is_answer=False, notes=notes)
        for extension, body, notes in made
    ]


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What all labels of one order share."""

    desk: Desk
    outcome: OrderOutcome
    vendor: Partner
    way: Way | None
    seen: Shown | None
    travelling: Mapping[str, Travelling] = field(default_factory=dict)
    is_reprint: bool = False

    @property
    def number(self) -> str:
        """The order's number, or our own where that gives a hidden vendor away."""
        return self._told(self.outcome.order.number) or f"{self.outcome.order_id}"

    @property
    def _place(self) -> Party | None:
        order = self.outcome.order
        if self.way is None or not transfer.is_direct(order):
            return order.ship_to
        return place_of(self.desk, order, self.way) or order.ship_to

    def _told(self, text: str | None) -> str | None:
        return self.seen.told(text) if self.seen else text

    def label(self, line: LineOutcome, code: str, number: int, total: int, *, told: str) -> Label:
        order, product = self.outcome.order, line.line.product or ""
        known = self.desk.tables.catalogue.get(product)
        pack = self.desk.tables.pack(self.vendor.name, product, self.desk.today)
        words = known.description if known else line.line.description or product
        travel = self.travelling.get(code)
        return Label(
            box_code=told,
            box_seq=number,
            box_total=total,
            company_name=label_company(self.desk, order, self.way) if self.way else None,
            vendor_name=self.seen.name if self.seen else self.vendor.title or self.vendor.name,
            vendor_code=self.seen.code if self.seen else None,
            customer_name=customer_called(order, self.desk.tables),
            customer_code=order.customer.code if order.customer else None,
            ship_to=_address(self._place),
            carrier_name=self._carrier(order),
            carrier_account=self._account(order),
            ship_date=order.ship_date,
            order_number=self.number,
            customer_po=self._told(order.customer_po),
            product_description=self._told(words),
            variety=known.variety or None if known else None,
            color=self._word(Kind.COLORS, product),
            grade=self._word(Kind.GRADES, product),
            box_type=line.line.box_type or (pack.box_type if pack else None),
            bunches=line.pack.bunches_per_box,
            stems_per_bunch=line.pack.stems_per_bunch,
            mark_code=self._told(line.line.mark_code or order.mark_code),
            lot_number=self._told(travel.lot_number) if travel else None,
            awb=travel.awb if travel else None,
            is_reprint=self.is_reprint,
        )

    def _word(self, kind: Kind, product: str) -> str | None:
        """Say what goods are like as the buyer does, who receives by this label (L-01)."""
        desk, buyer = self.desk, self.outcome.buyer
        return product_word(kind, product, buyer.name if buyer else None, desk.tables, desk.today)

    def _account(self, order: PurchaseOrder | AxerrioOrder) -> str | None:
        """The customer's account with the truck line, under whose name it stands (E-08)."""
        code = transfer.terms(self.desk, self.outcome).carriage.code
        return carrier_account(self.desk, order, self.way, code, self._place)

    def _carrier(self, order: Order) -> str | None:
        code = transfer.terms(self.desk, self.outcome).carriage.code
        if not code:
            return self._told(order.carrier)
        row = self.desk.tables.partner_code(Kind.CARRIERS, "*", code, self.desk.today)
        return row.source_description or code if row else code


def _address(party: Party | None) -> tuple[str, ...]:
    """Return the lines of an address block, without empty ones."""
    if party is None:
        return ()
    town = " ".join(part for part in (party.city, party.state, party.postal_code) if part)
    return tuple(text for text in (party.name, party.street, town or None, party.country) if text)

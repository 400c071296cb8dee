"""Sample files as a partner would send them: its ids, its own codes where known, dates to come.

What the tables say decides the codes, so that a sample not only reads but means something here. X12
samples are marked as test (ISA15 `T`); CSV and JSON can't all say so, and the pack warns of it.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from daemon.config import Configuration, Partner, Role, X12Identity
from daemon.mapping.rows import Kind, Product
from daemon.mapping.tables import Tables
from daemon.replies.envelopes import identity
from formats.offers import Offer, OfferRow
from formats.records import OrderLine, Party, PurchaseOrder, UnitType
from formats.tabular.purchase_order import write_purchase_order as write_order_csv
from formats.x12.inventory_out import write_inventory
from formats.x12.purchase_order_out import write_purchase_order as write_850
from formats.x12.write import ControlNumbers, Envelope

MOST_PRODUCTS = 3
SHIPS_IN_DAYS = 3
_NUMBERS = ControlNumbers(1, 1)
_PRICES = (Decimal("0.34"), Decimal("0.29"), Decimal("0.36"))
_FALLBACK = Product("ROSE-RED-60", "Rose Red 60 cm", "Roses", "", "Red", "60 cm", is_active=True)
_USUAL_STEMS, _USUAL_BUNCHES = 25, 12


@dataclass(frozen=True, slots=True)
class Sample:
    """One file to learn from; `what` says in a few words what it is."""

    name: str
    content: bytes
    what: str


@dataclass(frozen=True, slots=True)
class _Goods:
    """One product as the partner calls it."""

    code: str
    description: str
    product: Product
    bunches: int
    stems: int
    price: Decimal


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes the samples of one partner, dated from `at` (which names its zone)."""

    site: Configuration
    tables: Tables
    partner: Partner
    at: datetime

    def samples(self) -> list[Sample]:
        """Return the files, first the one that most partners of this role send."""
        made: list[Sample] = []
        if self.partner.has(Role.VENDOR):
            made += [self._availability(), self._inventory()]
        if self.partner.has(Role.BUYER):
            made += [self._order_x12(), self._order_csv()]
        if self.partner.has(Role.AXERRIO):
            made.append(self._axerrio())
        return made

    @property
    def ships_on(self) -> date:
        return self.at.date() + timedelta(days=SHIPS_IN_DAYS)

    def _availability(self) -> Sample:
        out = io.StringIO(newline="")
        is_comma = self.partner.decimal_comma
        writer = csv.writer(out, delimiter=";" if is_comma else ",", lineterminator="\r\n")
        for each in self._goods():
            cost = str(each.price)
            writer.writerow(
                (
                    *("1", each.description, self.at.date().isoformat()),
                    *(each.bunches * each.stems * 4, "Stem", ""),
                    *(each.product.category or "Flowers", each.product.color or "Assorted"),
                    *(cost.replace(".", ",") if is_comma else cost, each.stems, ""),
                )
            )
        content = out.getvalue().encode(self.partner.code_page or "utf-8", "replace")
        return Sample("availability.csv", content, "availability, CSV without header")

    def _inventory(self) -> Sample:
        theirs = identity(self.partner)
        offers = [
            OfferRow(
                Offer(
                    seller_item=each.code,
                    description=each.description,
                    quantity=Decimal(each.bunches * each.stems * 4),
                    unit="EA",
                    unit_cost=each.price,
                    currency=self.partner.currency or "USD",
                    available_to=self.at.date() + timedelta(days=5),
                    color=each.product.color or None,
                ),
                available_from=self.at.date(),
            )
            for each in self._goods()
        ]
        content = write_inventory(
            offers,
            reference="SAMPLE-1",
            as_of=self.at,
            vendor=Party(code=theirs.id, name=self.partner.title or self.partner.name),
            buyer=None,
            envelope=self._envelope(self.site.site.x12),
            control=_NUMBERS,
        )
        return Sample("availability.edi", content, "the same, X12 846")

    def _order_csv(self) -> Sample:
        content = write_order_csv(self._order("Stem"))
        if self.partner.decimal_comma:
            content = _with_decimal_comma(content)
        if self.partner.code_page:
            content = content.decode().encode(self.partner.code_page, "replace")
        return Sample("order.csv", content, "the same, CSV")

    def _order_x12(self) -> Sample:
        vendor = self._vendor()
        receiver = identity(vendor) if vendor else self.site.site.x12
        content = write_850(self._order("EA"), self._envelope(receiver), _NUMBERS, self.at)
        return Sample("order.edi", content, "purchase order, X12 850")

    def _order(self, price_unit: str) -> PurchaseOrder:
        vendor = self._vendor()
        lines = tuple(
            OrderLine(
                line=at,
                reference=str(at),
                quantity=Decimal(2 * at),
                unit="BX",
                unit_type=UnitType.BOX,
                buyer_item=each.code,
                description=each.description,
                unit_price=each.price,
                price_unit=price_unit,
                price_unit_type=UnitType.STEM,
                bunches_per_box=each.bunches,
                stems_per_bunch=each.stems,
            )
            for at, each in enumerate(self._goods(), 1)
        )
        name = self.partner.title or self.partner.name
        ship_to = self._own(Kind.SHIP_TO)
        return PurchaseOrder(
            number="SAMPLE-1",
            order_date=self.at.date(),
            ship_date=self.ships_on,
            buyer=Party(code=self.partner.name.upper(), name=name),
            vendor=Party(code=vendor.name.upper(), name=vendor.title or None)
            if vendor
            else Party(),
            ship_to=Party(code=ship_to) if ship_to else None,
            carrier=self._own(Kind.CARRIERS),
            currency=self.partner.currency or "USD",
            lines=lines,
        )

    def _axerrio(self) -> Sample:
        vendor = self._vendor()
        owner = vendor.name if vendor else self.partner.name
        buyer = next((c.buyer for c in self.site.connection if c.vendor == owner), "BUYER")
        customer = self._own(Kind.CUSTOMERS) or buyer.upper()
        order = {
            "contract": "floral.order/1",
            "messageId": f"sample-{self.at:%Y%m%d}-1",
            "createdAt": self.at.isoformat(timespec="seconds"),
            "test": True,
            "sender": {"code": owner},
            "receiver": {"code": buyer},
            "action": "new",
            "order": {
                "number": "SAMPLE-1",
                "date": self.at.date().isoformat(),
                "customer": {"code": customer},
                "vendor": {"code": owner},
                "carrier": {"code": self._own(Kind.CARRIERS) or "CARRIER"},
                "shipDate": self.ships_on.isoformat(),
                "shipVia": "warehouse",
                "currency": self.partner.currency or (vendor and vendor.currency) or "USD",
                "lines": list(self._axerrio_lines()),
            },
        }
        content = (_laid_out(order) + "\n").encode()
        return Sample("order.json", content, "order, floral.order/1 JSON, marked as test")

    def _axerrio_lines(self) -> Iterator[dict[str, object]]:
        box = self._own(Kind.BOX_TYPES) or "HB"
        for at, each in enumerate(self._goods(), 1):
            yield {
                "line": at,
                "vendorItem": each.code,
                "description": each.description,
                "boxType": box,
                "boxes": 2 * at,
                "bunchesPerBox": each.bunches,
                "stemsPerBunch": each.stems,
                "unitType": "stem",
                "unitPrice": str(each.price),
            }

    def _goods(self) -> Iterator[_Goods]:
        """Yield a few products: those the partner has codes for, else the first of ours."""
        today = self.at.date()
        ours = [p for p in self.tables.catalogue.values() if p.is_active] or [_FALLBACK]
        own = {
            p.code: row
            for p in ours
            if (row := self.tables.partner_code(Kind.PRODUCTS, self.partner.name, p.code, today))
        }
        chosen = sorted(ours, key=lambda p: p.code not in own)[:MOST_PRODUCTS]
        vendor = self._vendor()
        for product, price in zip(chosen, _PRICES, strict=False):
            row = own.get(product.code)
            pack = self.tables.pack(vendor.name if vendor else "*", product.code, today)
            yield _Goods(
                code=(row.source_code if row else "") or product.code,
                description=(row.source_description if row else "")
                or product.description
                or product.code,
                product=product,
                bunches=pack.bunches_per_box if pack else _USUAL_BUNCHES,
                stems=pack.stems_per_bunch if pack else _USUAL_STEMS,
                price=price,
            )

    def _own(self, kind: Kind) -> str | None:
        """Return one code of a kind in the partner's own words, else in ours."""
        today = self.at.date()
        entries = [e.code for e in self.tables.entries[kind].values() if e.is_active]
        for code in entries:
            row = self.tables.partner_code(kind, self.partner.name, code, today)
            if row and row.source_code:
                return row.source_code
        return entries[0] if entries else None

    def _vendor(self) -> Partner | None:
        """Return whose goods the samples are about."""
        if self.partner.has(Role.VENDOR):
            return self.partner
        if self.partner.vendor:
            return self.site.partner_named(self.partner.vendor)
        links = (c.vendor for c in self.site.connection if c.buyer == self.partner.name)
        name = next(links, None)
        return self.site.partner_named(name) if name else None

    def _envelope(self, receiver: X12Identity) -> Envelope:
        theirs = identity(self.partner)
        return Envelope(
            sender_qualifier=theirs.qualifier,
            sender=theirs.id,
            receiver_qualifier=receiver.qualifier,
            receiver=receiver.id,
            usage="T",
            version="00501" if theirs.version == "005010" else "00401",
        )


def _laid_out(value: object, indent: str = "", *, depth: int = 2) -> str:
    """Return JSON for people: the outer levels a field a line, what is inside on one line."""
    if isinstance(value, dict) and depth:
        inner = f"{indent}  "
        fields = (
            f"{inner}{json.dumps(name)}: {_laid_out(each, inner, depth=_depth(each, depth))}"
            for name, each in value.items()
        )
        return "{\n" + ",\n".join(fields) + f"\n{indent}}}"
    if isinstance(value, list) and depth:
        inner = f"{indent}  "
        each_line = (f"{inner}{json.dumps(each, ensure_ascii=False)}" for each in value)
        return "[\n" + ",\n".join(each_line) + f"\n{indent}]"
    return json.dumps(value, ensure_ascii=False)


def _depth(value: object, depth: int) -> int:
    """Return how deep a value is laid out: one of plain fields stays on its line."""
    is_small = isinstance(value, dict) and len(value) == 1
    return 0 if is_small else max(0, depth - 1) if isinstance(value, dict) else depth


def _with_decimal_comma(content: bytes) -> bytes:
    """Return an order CSV as a spreadsheet saves it where the comma is the decimal mark."""
    rows = list(csv.reader(io.StringIO(content.decode(), newline="")))
    at = rows[0].index("unit_cost")
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(rows[0])
    writer.writerows([*r[:at], r[at].replace(".", ","), *r[at + 1 :]] for r in rows[1:])
    return out.getvalue().encode()

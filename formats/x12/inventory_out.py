"""Offers to an X12 846: what a vendor has for sale, in the codes of the buyer who will read it.

Segments stand in the order of the 846 tree (PID, DTM, CTP, CUR, QTY, N1). The line loop of an 846
has no PO4, so the pack travels as a free text; a buyer who needs it as a number takes it from his
own item. Whether an 846 replaces the earlier one is an agreement of the partners, not of the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from formats.findings import Finding
from formats.grammar.writing import day, number
from formats.offers import Offer, OfferRow, ToldAlike, in_units, nameless, one_currency
from formats.records import Party
from formats.x12.purchase_order_out import party
from formats.x12.write import ControlNumbers, Envelope, Passage, Segment, interchange, minute


class InventoryWriter:
    """Writes the views of one vendor's stock; what all buyers read alike is made once.

    `units` names units by the codes of X12 list 355; those it does not know stand as they are.
    """

    def __init__(self, units: Mapping[str, str] | None = None) -> None:
        known = units or {}
        self._alike = ToldAlike(lambda offer, currency: _alike(in_units(offer, known), currency))

    def write(
        self,
        offers: Sequence[OfferRow],
        *,
        reference: str,
        as_of: datetime,
        vendor: Party | None,
        buyer: Party | None,
        envelope: Envelope,
        control: ControlNumbers,
        purpose: Literal["00", "04", "05", "08"] = "00",
        at: datetime | None = None,
        warnings: list[Finding] | None = None,
    ) -> bytes:
        """Return an interchange with all `offers` as one 846 (004010 or 005010, by the envelope).

        `as_of` is when the vendor counted, `at` when the interchange is made (`as_of` where None).
        `purpose` is BIA01: 00 original, 04 change, 05 replace, 08 status. A vendor that must stay
        unknown is None, and the offers carry no `vendor_display`. Raises ValueError for an offer
        without item code, and for codes and numbers that do not fit.
        """
        if not offers:
            raise ValueError("an 846 needs at least one offer (LIN is mandatory)")
        currency = one_currency(offers)
        found = [] if warnings is None else warnings
        body: list[Segment | Passage] = [
            ("BIA", purpose, "SI", reference, day(as_of), minute(as_of)),
            *([("CUR", "SE", currency)] if currency else []),
            ("DTM", "097", day(as_of), minute(as_of)),
            *party("SE", vendor, found),
            *party("BY", buyer, found),
        ]
        for index, row in enumerate(offers, start=1):
            body.extend(self._offer(row, index, currency))
        body.append(("CTT", str(len(offers))))
        return interchange(
            envelope, "IB", "846", [body], control=control, at=at or as_of, warnings=found
        )

    def _offer(
        self, row: OfferRow, index: int, currency: str | None
    ) -> Iterator[Segment | Passage]:
        alike = self._alike.of(row.offer, currency)
        item = alike.items.get(row.buyer_item)
        if item is None:
            item = _item(row, index)
            if item[1] == row.offer.name:
                alike.items[row.buyer_item] = item
        yield item
        yield alike.words
        if row.available_from:
            yield ("DTM", "018", day(row.available_from))
        if row.cut_on:
            yield ("DTM", "405", day(row.cut_on))
        yield alike.cost
        if row.price is not None:
            yield ("CTP", "", "RES", number(row.price), "1", alike.price_unit)
        yield alike.quantity


MOST_LIN01 = 20
EXPECTED = "371"
"""DTM01 of the estimated arrival: when the vendor has the goods of a future sale."""


@dataclass(frozen=True, slots=True)
class _Alike:
    """The segments of an offer that every buyer reads, in the three places where they stand."""

    words: Passage
    cost: Passage
    quantity: Passage
    price_unit: str
    items: dict[str | None, Segment]
    """By the buyer's item code, the LIN; only where the name of the offer stands in it."""


def write_inventory(
    offers: Sequence[OfferRow],
    *,
    reference: str,
    as_of: datetime,
    vendor: Party | None,
    buyer: Party | None,
    envelope: Envelope,
    control: ControlNumbers,
    purpose: Literal["00", "04", "05", "08"] = "00",
    at: datetime | None = None,
    warnings: list[Finding] | None = None,
) -> bytes:
    """Return one view as an 846; see `InventoryWriter.write`, and it for many views."""
    return InventoryWriter().write(
        offers,
        reference=reference,
        as_of=as_of,
        vendor=vendor,
        buyer=buyer,
        envelope=envelope,
        control=control,
        purpose=purpose,
        at=at,
        warnings=warnings,
    )


def _alike(named: Offer, currency: str | None) -> _Alike:
    return _Alike(
        Passage(tuple(_words(named))),
        Passage(tuple(_cost(named, currency))),
        Passage(tuple(_quantity(named))),
        named.cost_unit or named.unit,
        {},
    )


def _words(offer: Offer) -> Iterator[Segment]:
    if offer.description:
        yield ("PID", "F", "08", "", "", offer.description)
    if text := pack_text(offer.bunches_per_box, offer.stems_per_bunch):
        yield ("PID", "F", "GEN", "", "", text)
    if offer.color:
        yield ("PID", "F", "73", "", "", offer.color)
    if offer.grade:
        yield ("PID", "F", "38", "", "", offer.grade)
    if offer.category:
        yield ("PID", "F", "", "", "", offer.category)


def _cost(offer: Offer, currency: str | None) -> Iterator[Segment]:
    if offer.available_to:
        yield ("DTM", "036", day(offer.available_to))
    if offer.future_sale_from:
        yield ("DTM", EXPECTED, day(offer.future_sale_from))
    if offer.unit_cost is not None:
        yield ("CTP", "", "UCP", number(offer.unit_cost), "1", offer.cost_unit or offer.unit)
        if offer.currency and offer.currency != currency:
            yield ("CUR", "SE", offer.currency)


def _quantity(offer: Offer) -> Iterator[Segment]:
    yield ("QTY", "33", number(offer.quantity), offer.unit)
    if offer.location:
        yield from party("WH", Party(code=offer.location))
    if offer.vendor_display:
        yield from party("VN", Party(name=offer.vendor_display))


def _item(row: OfferRow, index: int) -> Segment:
    """Return the LIN of an offer: its name is LIN01, or a lot number (LT) where it is too long."""
    offer, name = row.offer, row.offer.name or ""
    is_short = 0 < len(name) <= MOST_LIN01
    has_code = bool(offer.seller_item or row.buyer_item)
    codes = (("VP", offer.seller_item), ("BP", row.buyer_item), ("ZZ", offer.box_type))
    known = [part for qualifier, value in codes if value for part in (qualifier, value)]
    if name and not (is_short and has_code):
        known += ["LT", name]
    elif not has_code:
        raise nameless(offer, index)
    return ("LIN", name if is_short else str(index), *known)


def pack_text(bunches_per_box: int | None, stems_per_bunch: int | None) -> str:
    """Return the pack in words, as `10 BUNCHES X 25 STEMS`; empty where nothing is known."""
    if bunches_per_box is None:
        return "" if stems_per_bunch is None else f"{stems_per_bunch} STEMS PER BUNCH"
    if stems_per_bunch is None:
        return f"{bunches_per_box} BUNCHES PER BOX"
    return f"{bunches_per_box} BUNCHES X {stems_per_bunch} STEMS"

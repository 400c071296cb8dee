"""Offers to an INVRPT: what a vendor has for sale, in the codes of the buyer who will read it.

Segments stand in the order of the tree (IMD, DTM, RFF, then QTY with its place, prices and
packages). The vendor's cost to the buyer is PRI AAA, what the buyer may ask for it PRI INF with
price specification SRP, so that no reader takes the one for the other. Whether a report replaces
the earlier one is said by its message function (1225).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from formats.edifact.inventory_draft import CATEGORY, COLOR, GRADE
from formats.edifact.lines import PER_PACK, PER_TRADED_UNIT
from formats.edifact.segments_out import dated, described, in_currency, item, parties, party, price
from formats.edifact.write import Envelope, MessageType, Segment, interchange
from formats.findings import Finding
from formats.grammar.writing import number
from formats.offers import Offer, OfferRow, ToldAlike, in_units, nameless, one_currency
from formats.records import Party, Purpose

REPORT = "35"
"""1001 of an inventory report."""
PURPOSES = {Purpose.NEW: "9", Purpose.CHANGE: "4", Purpose.REPLACE: "5"}
"""1225."""
_STOCK = "145"
_FROM, _TO, _CUT = "44", "36", "94"
_EXPECTED = "132"
"""2005 of the estimated arrival: when the vendor has the goods of a future sale."""
_OFFER = "AAG"
"""1153 of the number of an offer."""
_WAREHOUSE = "18"
_PRICING = "10"
"""6343 of the currency of prices."""
_WITH_INVENTORY = frozenset({"D01B"})
"""Trees in which a quantity stands below an INV of its own."""


class InventoryWriter:
    """Writes the views of one vendor's stock; what all buyers read alike is made once.

    `units` names units by the codes of the message; those it does not know stand as they are.
    """

    def __init__(self, units: Mapping[str, str] | None = None) -> None:
        known = units or {}
        self._alike = ToldAlike(lambda offer, currency: _alike(in_units(offer, known), currency))

    def write(
        self,
        offers: Sequence[OfferRow],
        *,
        number_of: str,
        as_of: datetime,
        vendor: Party | None,
        buyer: Party | None,
        envelope: Envelope,
        message: MessageType,
        reference: str,
        purpose: Purpose = Purpose.NEW,
        at: datetime | None = None,
        warnings: list[Finding] | None = None,
    ) -> bytes:
        """Return an interchange with all `offers` as one INVRPT (D.96A or D.01B, by `message`).

        `number_of` is the number of the report, `reference` our interchange control reference.
        `as_of` is when the vendor counted, `at` when the interchange is made (`as_of` where None).
        A vendor that must stay unknown is None, and the offers carry no `vendor_display`. Raises
        ValueError for an offer that nothing names, and for codes and numbers that do not fit.
        """
        if not offers:
            raise ValueError("an INVRPT needs at least one offer")
        if purpose not in PURPOSES:
            raise ValueError(f"an INVRPT can't be a {purpose}: send it as new, change or replace")
        made_at = at or as_of
        currency = one_currency(offers)
        body = [*_header(number_of, PURPOSES[purpose], made_at, as_of)]
        body += parties(("SU", vendor), ("BY", buyer))
        body += in_currency(currency, _PRICING)
        has_inventory = message.edition.tree in _WITH_INVENTORY
        for index, row in enumerate(offers, 1):
            body += self._offer(row, index, currency, has_inventory=has_inventory)
        return interchange(
            envelope, message, [body], reference=reference, at=made_at, warnings=warnings
        )

    def _offer(
        self, row: OfferRow, index: int, currency: str | None, *, has_inventory: bool
    ) -> Iterator[Segment]:
        alike = self._alike.of(row.offer, currency)
        yield from _item(row, index)
        yield from alike.words
        yield from dated(_FROM, row.available_from)
        yield from dated(_CUT, row.cut_on)
        yield from alike.names
        if has_inventory:
            yield ("INV",)
        yield from alike.quantity
        if row.price is not None:
            yield ("PRI", ("INF", number(row.price), "", "SRP", "1", alike.price_unit))
        yield from alike.packages


@dataclass(frozen=True, slots=True)
class _Alike:
    """The segments of an offer that every buyer reads, in the places where they stand."""

    words: tuple[Segment, ...]
    names: tuple[Segment, ...]
    quantity: tuple[Segment, ...]
    packages: tuple[Segment, ...]
    price_unit: str


def _header(number_of: str, function: str, made_at: datetime, as_of: datetime) -> Iterator[Segment]:
    yield ("BGM", REPORT, number_of, function)
    yield ("DTM", ("137", f"{made_at:%Y%m%d%H%M}", "203"))
    yield ("DTM", ("366", f"{as_of:%Y%m%d%H%M}", "203"))


def _item(row: OfferRow, index: int) -> Iterator[Segment]:
    offer = row.offer
    if not (offer.seller_item or row.buyer_item or offer.name):
        raise nameless(offer, index)
    return item(str(index), "", (offer.seller_item, row.buyer_item, None), None)


def _alike(named: Offer, currency: str | None) -> _Alike:
    return _Alike(
        tuple(_words(named)),
        tuple(_names(named)),
        tuple(_quantity(named, currency)),
        tuple(_packages(named)),
        named.cost_unit or named.unit,
    )


def _words(offer: Offer) -> Iterator[Segment]:
    yield from described(offer.description, None)
    for kind, text in ((COLOR, offer.color), (GRADE, offer.grade), (CATEGORY, offer.category)):
        if text:
            yield ("IMD", "F", kind, ("", "", "", text))


def _names(offer: Offer) -> Iterator[Segment]:
    yield from dated(_TO, offer.available_to)
    yield from dated(_EXPECTED, offer.future_sale_from)
    if offer.name:
        yield ("RFF", (_OFFER, offer.name))


def _quantity(offer: Offer, currency: str | None) -> Iterator[Segment]:
    yield ("QTY", (_STOCK, number(offer.quantity), offer.unit))
    if offer.location:
        yield ("LOC", _WAREHOUSE, offer.location)
    if offer.vendor_display:
        yield from party("SU", Party(name=offer.vendor_display))
    yield from price(offer.unit_cost, offer.cost_unit or offer.unit)
    if offer.unit_cost is not None and offer.currency != currency:
        yield from in_currency(offer.currency, _PRICING)


def _packages(offer: Offer) -> Iterator[Segment]:
    """Yield the box of an offer, and how many bunches and stems are in it."""
    packs = ((PER_TRADED_UNIT, offer.bunches_per_box), (PER_PACK, offer.stems_per_bunch))
    counts = [("QTY", (kind, str(count))) for kind, count in packs if count is not None]
    if offer.box_type or counts:
        yield ("CPS", "1")
        yield ("PAC", "", "", (offer.box_type, "", "92") if offer.box_type else "")
        yield from counts

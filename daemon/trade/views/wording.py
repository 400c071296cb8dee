"""What goods are like, in one partner's words: category, grade and colour (domain 9.1); and what a
buyer's customers are told of whose they are (H-02).

What a vendor says of a lot comes first, in the network's word for it; then what the catalogue says
of its product; and what no row maps stays as the vendor wrote it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from daemon.config import Connection, Partner
from daemon.mapping.rows import ATTRIBUTES, Kind
from daemon.mapping.tables import Tables
from daemon.terms.company import ShowVendor
from formats.offers import Offer


def network_word(
    kind: Kind, said: str | None, product: str | None, *, vendor: str, tables: Tables, on: date
) -> str | None:
    """Return the network's word for what a lot of `product` is like, of which its vendor `said`."""
    known = tables.word(kind, vendor, said, vendor=vendor, on=on)
    return known or tables.word_of(kind, product, on) or said or None


def product_word(
    kind: Kind, product: str | None, partner: str | None, tables: Tables, on: date
) -> str | None:
    """Return what a partner calls the category, grade or colour of a product of the catalogue."""
    word = tables.word_of(kind, product, on)
    return tables.word_for(kind, partner, word, on) if partner else word


def in_words_of(
    buyer: str, vendor: str, offers: Sequence[Offer], tables: Tables, on: date
) -> list[Offer]:
    """Return a vendor's offers with category, grade and colour as the buyer calls them.

    An offer whose words are the network's for the buyer too is the same one, so that a writer puts
    it into words once for all of them.
    """
    if not any(row.partner == buyer for kind in ATTRIBUTES for row in tables.rows[kind]):
        return list(offers)
    known: dict[tuple[str | None, ...], tuple[str | None, ...]] = {}
    told = []
    for offer in offers:
        said = offer.category, offer.grade, offer.color
        if said not in known:
            pairs = zip(ATTRIBUTES, said, strict=True)
            known[said] = tuple(tables.word_for(k, buyer, text, on, vendor) for k, text in pairs)
        category, grade, color = known[said]
        is_same = known[said] == said
        told.append(
            offer if is_same else offer._replace(category=category, grade=grade, color=color)
        )
    return told


def vendor_display(
    link: Connection, vendor: Partner, buyer: Partner, *customer: str | None
) -> str | None:
    """Return what the buyer's customers may read of the vendor: its name, the code that the buyer
    has for it, or nothing (H-02, H-03).

    It is of one `customer`, by the first of its names that says so, or of all that shop there.
    """
    return {
        ShowVendor.NAME: vendor.title or vendor.name,
        ShowVendor.CODE: link.vendor_code,
        ShowVendor.HIDDEN: None,
    }[link.vendor_shown_to(buyer.buying, *customer)]

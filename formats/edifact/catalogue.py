"""From a checked PRICAT to a catalogue of products and prices.

The catalogue holds from DTM 194 (157, 7) to 206, or for the period 273; so do its items and prices,
each by dates of its own. A price is PRI with its basis and unit, for the quantities of RNG 4, in
the currency of the CUX behind it, else of the item, else of the catalogue; one with specification
SRP is what consumers are asked. The prices of a product group (PGI) are those of its items that
have none. The least order is QTY 53, origin LOC 27 or ALI.
"""

from __future__ import annotations

from collections.abc import Sequence

from formats.catalogue import Catalogue, CatalogueItem, CataloguePrice, ItemAction
from formats.edifact import parts
from formats.edifact.catalogue_draft import (
    FROM_DATES,
    TO_DATES,
    CatalogueDraft,
    ItemDraft,
    PriceDraft,
    handlers,
)
from formats.edifact.editions import Edition
from formats.edifact.heading import DOCUMENT_DATE, PURPOSES, VENDORS
from formats.edifact.lines import (
    BUYER_IDS,
    GTIN_IDS,
    PER_TRADED_UNIT,
    SELLER_IDS,
)
from formats.edifact.parts import Problems
from formats.records import Party, Purpose

_ACTIONS = {"1": ItemAction.ADD, "2": ItemAction.DELETE, "3": ItemAction.CHANGE}
"""1229."""
_LEAST_ORDER = "53"


def catalogue(
    segments: Sequence[str],
    nodes: Sequence[int],
    edition: Edition,
    problems: Problems,
    *,
    is_test: bool = False,
) -> Catalogue | None:
    """Return the catalogue of a checked PRICAT, None when it can't be used; `problems` says why.

    `segments` and `nodes` are those of the check.
    """
    draft = parts.fill(CatalogueDraft(problems), handlers(edition), segments, nodes)
    document = draft.document
    if document.purpose is None:
        functions = ", ".join(each for each in PURPOSES if each)
        message = (
            f"the message function is {document.function}; catalogues with {functions} are used. "
            "Send the catalogue with one of them."
        )
        at = ("BGM", document.position, 3)
        problems.error("BGM03.unsupported", at, message, document.function)
        return None
    if not draft.items and document.purpose is not Purpose.CANCEL:
        message = "the catalogue has no item"
        problems.error("LIN.none", ("BGM", document.position, None), message)
        return None
    return Catalogue(
        number=document.number,
        purpose=document.purpose,
        is_test=is_test,
        type_code=document.code or None,
        issued_on=draft.days.get(DOCUMENT_DATE),
        valid_from=parts.first_of(draft.days, FROM_DATES),
        valid_to=parts.first_of(draft.days, TO_DATES),
        currency=draft.currency,
        vendor=draft.party_as(*VENDORS) or Party(),
        buyer=draft.party_as("BY"),
        comments=draft.remarks(),
        items=tuple(_item(each, number) for number, each in enumerate(draft.items, 1)),
    )


def _item(item: ItemDraft, number: int) -> CatalogueItem:
    line, codes = item.line, item.line.vbn()
    least = line.quantities.get(_LEAST_ORDER)
    dates = {**item.group.dates, **item.dates}
    return CatalogueItem(
        number,
        line.reference,
        _ACTIONS.get(line.action),
        parts.first_of(line.ids, SELLER_IDS),
        parts.first_of(line.ids, BUYER_IDS),
        parts.first_of(line.ids, GTIN_IDS),
        line.description,
        item.color,
        item.group.name,
        tuple(_price(each, item.currency) for each in item.prices or item.group.prices),
        (least[1] or None) if least else None,
        least[0] if least else None,
        box_type_code=line.box_type,
        bunches_per_box=line.count(PER_TRADED_UNIT),
        stems_per_bunch=line.stems_per_bunch(codes),
        available_from=parts.first_of(dates, FROM_DATES),
        available_to=parts.first_of(dates, TO_DATES),
        origin=item.origin,
        vbn=codes,
    )


def _price(price: PriceDraft, currency: str | None) -> CataloguePrice:
    return CataloguePrice(
        price.amount,
        price.unit,
        price.kind or None,
        price.is_retail,
        price.currency or currency,
        price.least,
        price.most,
        parts.first_of(price.dates, FROM_DATES),
        parts.first_of(price.dates, TO_DATES),
        price.quantity_unit if price.quantity_unit != price.unit else None,
    )

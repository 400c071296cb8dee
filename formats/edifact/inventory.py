"""From a checked INVRPT to an inventory advice.

Rules where EDIFACT leaves a choice: the quantity of an item is its QTY 145 (actual stock), else 17
(on hand); several QTY of that one kind are several offers, each with the place, dates, price and
packages of its own group before those of the item. Cost is PRI AAA, else INV, AAB. Offers start at
DTM 44, else 194, 7, and end at 36, else 206; DTM 94 is when the goods were cut. A place is the LOC
of the quantity, else of the item, else the NAD WH of the report. An item without such a quantity is
left out and named.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from formats.edifact import parts
from formats.edifact.editions import Edition
from formats.edifact.heading import VENDORS
from formats.edifact.inventory_draft import Item, ReportDraft, Stock, handlers
from formats.edifact.lines import (
    BUYER_IDS,
    GTIN_IDS,
    PER_PACK,
    PER_TRADED_UNIT,
    PRICES,
    SELLER_IDS,
)
from formats.edifact.parts import Problems
from formats.records import InventoryAdvice, InventoryLine, Party, Purpose

PURPOSES = {
    "": Purpose.NEW,
    "9": Purpose.NEW,
    "4": Purpose.CHANGE,
    "5": Purpose.REPLACE,
}
"""1225."""
STOCK = ("145", "17")
"""6063 of what is for sale, the first that an item has."""
COUNTED_AT = ("366", "137")
FROM_DATES = ("44", "194", "7")
TO_DATES = ("36", "206")
CUT_DATES = ("94",)
"""2005 of when goods were made: flowers were cut then (domain K-20)."""


def inventory_advice(
    segments: Sequence[str],
    nodes: Sequence[int],
    edition: Edition,
    problems: Problems,
    *,
    is_test: bool = False,
) -> InventoryAdvice | None:
    """Return the advice of a checked INVRPT, None when it can't be used; `problems` says why.

    `segments` and `nodes` are those of the check.
    """
    draft = parts.fill(ReportDraft(problems), handlers(edition), segments, nodes)
    document = draft.document
    purpose = PURPOSES.get(document.function)
    if purpose is None:
        functions = ", ".join(each for each in PURPOSES if each)
        message = (
            f"the message function is {document.function}; reports with {functions} are used. Send"
            " the report with one of them."
        )
        at = ("BGM", document.position, 3)
        problems.error("BGM03.unsupported", at, message, document.function)
        return None
    return _advice(draft, purpose, is_test=is_test)


def _advice(draft: ReportDraft, purpose: Purpose, *, is_test: bool) -> InventoryAdvice | None:
    location = draft.name_of("WH")
    currency = draft.currency or _only_currency(draft.items)
    lines: list[InventoryLine] = []
    for item in draft.items:
        for stock in _chosen(draft, item):
            _keep_to_currency(draft, stock, currency)
            lines.append(_line(len(lines) + 1, item, stock, location))
    if draft.items and not lines:
        # A report without lines would say that nothing is for sale.
        message = "no item of the report has a quantity that can be used"
        draft.problems.error("LIN.none", ("LIN", draft.items[0].line.position, None), message)
        return None
    return InventoryAdvice(
        reference=draft.document.number or None,
        purpose=purpose,
        is_test=is_test,
        as_of=parts.first_of(draft.dates, COUNTED_AT),
        currency=currency,
        vendor=draft.party_as(*VENDORS) or Party(),
        buyer=draft.party_as("BY"),
        lines=tuple(lines),
    )


def _only_currency(items: Sequence[Item]) -> str | None:
    """Return the currency of the prices where the report itself names none."""
    found = {
        stock.currency
        for item in items
        for stocks in item.stocks.values()
        for stock in stocks
        if stock.prices
    }
    return found.pop() if len(found) == 1 else None


def _keep_to_currency(draft: ReportDraft, stock: Stock, currency: str | None) -> None:
    """Leave out a price in another currency than the report's: it would be read as a wrong one."""
    if stock.prices and stock.currency is not None and stock.currency != currency:
        message = (
            f"the price is in {stock.currency} and the report in {currency or 'several currencies'}"
            ", so it was left out; send a report for each currency"
        )
        at = ("QTY", stock.position, None)
        draft.problems.warning("CUX01.several", at, message, stock.currency)
        stock.prices.clear()


def _chosen(draft: ReportDraft, item: Item) -> list[Stock]:
    found = parts.first_of(item.stocks, STOCK) or []
    usable = [each for each in found if each.amount is not None and each.amount >= 0]
    if len(usable) < len(found) or not found:
        kinds = ", ".join(item.stocks) or "none"
        message = (
            "the item has no usable quantity for sale, so it was left out; send QTY 145 (or 17) "
            f"with a quantity (sent: {kinds})"
        )
        at = ("QTY", found[0].position, None) if found else ("LIN", item.line.position, None)
        draft.problems.error("QTY.missing", at, message)
    return usable


def _line(number: int, item: Item, stock: Stock, location: str | None) -> InventoryLine:
    line, codes = item.line, item.line.vbn()
    ids, dates = line.ids, {**item.dates, **stock.dates}
    price = parts.first_of(stock.prices, PRICES)
    return InventoryLine(
        number,
        stock.amount if stock.amount is not None else Decimal(0),
        stock.unit,
        seller_item=parts.first_of(ids, SELLER_IDS),
        buyer_item=parts.first_of(ids, BUYER_IDS),
        gtin=parts.first_of(ids, GTIN_IDS),
        description=line.description,
        available_from=parts.first_of(dates, FROM_DATES),
        available_to=parts.first_of(dates, TO_DATES),
        cut_on=parts.first_of(dates, CUT_DATES),
        category=item.category,
        color=item.color,
        grade=item.grade,
        unit_cost=price.amount if price else None,
        cost_unit=(price.unit or stock.unit) if price else None,
        box_type_code=stock.box_type,
        bunches_per_box=stock.packs.get(PER_TRADED_UNIT),
        stems_per_bunch=stock.packs.get(PER_PACK) or line.stems_per_bunch(codes),
        location=stock.location or item.location or location,
        vbn=codes,
    )

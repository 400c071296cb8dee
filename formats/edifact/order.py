"""From a checked ORDERS to a purchase order.

Where EDIFACT leaves a choice, these rules hold: the ship date is DTM 10, else 11, 37, 38; the
delivery date 2, else 69, 17, 67, 63, 64; the vendor is NAD SU, else SE; the ship-to DP, else ST; a
price is PRI AAA, else INV, AAB, for the basis and in the unit it names. A quantity without a unit
counts pieces. A line without quantity is left out and named. Sub-lines are the contents of an
assorted box. What an order says never changes a CONTRL.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from pydantic import ValidationError

from formats.edifact import parts
from formats.edifact.editions import Edition
from formats.edifact.heading import (
    DELIVERY_DATES,
    DOCUMENT_DATE,
    DROP_SHIP,
    PURPOSES,
    SHIP_DATES,
    SHIP_TO,
    VENDORS,
)
from formats.edifact.lines import (
    BUYER_IDS,
    ORDERED,
    PIECES,
    SELLER_IDS,
    WHOLE,
    LineDraft,
    Lines,
    line_places,
    order_line,
    warn_of_counts,
)
from formats.edifact.parts import Problems, Table
from formats.edifact.terms import FORWARDER, ORDER_HEADING, OrderLines
from formats.edifact.tree import tree
from formats.records import Content, OrderLine, Party, PurchaseOrder, Purpose, ShipVia

_CUSTOMER_ORDERS = ("CO", "UC", "ON")
"""1153 of the order that the buyer's own customer gave."""
_BUNCH_UNITS = frozenset({"", "BE", "BH", "X2"})
"""6411 of a bundle or bunch; what a sub-line counts without a unit is bunches too."""


def purchase_order(
    segments: Sequence[str],
    nodes: Sequence[int],
    edition: Edition,
    problems: Problems,
    *,
    is_test: bool = False,
) -> PurchaseOrder | None:
    """Return the order of a checked ORDERS; None when it can't be used, which `problems` explains.

    `segments` and `nodes` are those of the check.
    """
    draft = parts.fill(OrderLines(problems), _handlers(edition), segments, nodes)
    warn_of_counts(draft)
    document = draft.document
    if document.purpose is None:
        functions = ", ".join(each for each in PURPOSES if each)
        message = (
            f"the message function is {document.function}; orders with {functions} are used. Send "
            "the order with one of them."
        )
        at = ("BGM", document.position, 3)
        problems.error("BGM03.unsupported", at, message, document.function)
        return None
    return _order(draft, document.purpose, is_test=is_test)


@cache
def _handlers(edition: Edition) -> Table[OrderLines]:
    return parts.handlers_for(
        tree("ORDERS", edition.tree), {**ORDER_HEADING, **line_places("LIN")}, WHOLE
    )


def _order(draft: OrderLines, purpose: Purpose, *, is_test: bool) -> PurchaseOrder | None:
    document = draft.document
    lines = tuple(_lines(draft))
    if not lines and purpose is not Purpose.CANCEL:
        draft.problems.error("LIN.none", ("LIN", 2, None), "the order has no line that can be used")
        return None
    try:
        return PurchaseOrder(
            number=document.number,
            purpose=purpose,
            is_test=is_test,
            order_date=draft.day_of(DOCUMENT_DATE),
            ship_date=draft.day_of(*SHIP_DATES),
            delivery_date=draft.day_of(*DELIVERY_DATES),
            buyer=draft.party_as("BY") or Party(),
            vendor=draft.party_as(*VENDORS) or Party(),
            ship_to=draft.party_as(*SHIP_TO),
            bill_to=draft.party_as("IV"),
            customer=draft.party_as("UC"),
            customer_po=parts.first_of(draft.references, _CUSTOMER_ORDERS),
            location=draft.name_of("WH"),
            carrier=draft.carrier or draft.name_of("CA"),
            carrier_account=draft.references.get("ADE"),
            currency=draft.currency,
            mark_code=draft.mark_code,
            comments=draft.remarks(),
            cargo_agency=draft.name_of(FORWARDER),
            incoterm=draft.incoterm,
            custom_fields=draft.custom_fields(),
            lines=lines,
            ship_via=ShipVia.GROWER if document.name == DROP_SHIP else ShipVia.WAREHOUSE,
            order_type=document.code or None,
        )
    except ValidationError as error:
        message = f"the order can't be used: {error.errors()[0]['msg']} (BGM)"
        draft.problems.error("BGM.unusable", ("BGM", document.position, 2), message)
        return None


def _lines(draft: Lines) -> Iterator[OrderLine]:
    """Yield the lines of LINs; one that has no quantity is left out and named."""
    for number, line in enumerate(draft.lines, 1):
        ordered = line.quantities.get(ORDERED)
        if ordered is None or ordered[0] < 0:
            message = "the line has no quantity ordered (QTY+21), so it was left out; send one"
            draft.problems.error("QTY.missing", ("LIN", line.position, None), message)
            continue
        made = order_line(line, number, ordered[0], ordered[1] or PIECES)
        if line.contents:
            made.contents = contents_of(draft, line)
        yield made


def contents_of(draft: Lines, line: LineDraft) -> tuple[Content, ...]:
    """Return what the sub-lines of an assorted box say; they count bunches."""
    return tuple(_content(draft, line, index, each) for index, each in enumerate(line.contents, 1))


def _content(draft: Lines, line: LineDraft, index: int, content: LineDraft) -> Content:
    amount, unit = content.quantities.get(ORDERED, (None, ""))
    if amount is not None and unit not in _BUNCH_UNITS:
        message = f"the content counts {unit}, not bunches (BH); its quantity was left out"
        draft.problems.warning("QTY01.unit", ("LIN", content.position, None), message, unit)
        amount = None
    price = content.price
    codes = content.vbn()
    return Content(
        index,
        parts.first_of(content.ids, SELLER_IDS),
        parts.first_of(content.ids, BUYER_IDS),
        content.description,
        amount,
        content.stems_per_bunch(codes) or line.stems_per_bunch(line.vbn()),
        price.amount if price else None,
        vbn=codes,
    )

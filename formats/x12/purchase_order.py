"""From a checked 850 to a purchase order.

Where X12 leaves a choice, these rules hold: the ship date is DTM 010, else 037, 038, 118; the
delivery date 002, else 106, 071, 074, 064, 063; the vendor's code is N1 SE, VN or SU, else REF IA
or VR; BEG02 DS ships from the grower; a mark code is REF BX, else the N1 Z7; a price is PO104 with
PO105, else the CTP of the line. A line without quantity or unit is left out and named. What an
order says never changes a 997.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from formats.records import OrderLine, Party, PurchaseOrder, Purpose, ShipVia
from formats.x12 import parts
from formats.x12.heading import DELIVERY_DATES, DROP_SHIP, SHIP_DATES
from formats.x12.order_lines import check_totals, only_store, order_lines
from formats.x12.parts import Problems
from formats.x12.purchase_order_draft import OrderDraft
from formats.x12.repeated_lines import filler

PURPOSES = {
    "00": Purpose.NEW,
    "01": Purpose.CANCEL,
    "04": Purpose.CHANGE,
    "05": Purpose.REPLACE,
    "06": Purpose.CONFIRM,
    "07": Purpose.DUPLICATE,
}
"""BEG01."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a set of orders begins with: where its segment has what, and the dates of wishes."""

    tag: str
    order_date: int
    order_type: int
    ship_dates: Sequence[str]
    delivery_dates: Sequence[str]


BEGINNING = Beginning("BEG", 5, 2, SHIP_DATES, DELIVERY_DATES)


def purchase_order(
    segments: Sequence[str],
    nodes: Sequence[int],
    release: str,
    problems: Problems,
    *,
    is_test: bool = False,
) -> PurchaseOrder | None:
    """Return the order of a checked 850, None when it can't be used; `problems` says what is wrong.

    `segments` and `nodes` are those of the check.
    """
    draft = OrderDraft(problems, parts.elements_of(""))
    filler(release).fill(draft, segments, nodes)
    check_totals(draft)
    purpose = PURPOSES.get(draft.header[1])
    if purpose is None:
        message = (
            f"BEG01 is {draft.header[1] or 'missing'}; orders with purpose "
            f"{', '.join(PURPOSES)} are used. Send the order with one of them."
        )
        problems.error("BEG01.unsupported", ("BEG", 2, 1), message, draft.header[1])
        return None
    return _order(draft, purpose, is_test=is_test)


def _order(draft: OrderDraft, purpose: Purpose, *, is_test: bool) -> PurchaseOrder | None:
    store = only_store(draft)
    lines = tuple(order_lines(draft, store))
    if not lines and purpose is not Purpose.CANCEL:
        draft.problems.error("PO1.none", ("PO1", 2, None), "the order has no line that can be used")
        return None
    return order_made(draft, lines, store, BEGINNING, purpose, is_test=is_test)


def order_made(
    draft: OrderDraft,
    lines: Iterable[OrderLine],
    store: Party | None,
    beginning: Beginning,
    purpose: Purpose,
    *,
    is_test: bool,
) -> PurchaseOrder | None:
    """Return the order of a draft with `lines`, None where a ledger can't hold it.

    `store` is the only one that they are for, and the ship-to where no other is named.
    """
    references, order_type = draft.references, draft.header[beginning.order_type]
    try:
        return PurchaseOrder(
            number=draft.header[3].strip(),
            purpose=purpose,
            is_test=is_test,
            order_date=parts.day(draft.header[beginning.order_date]),
            ship_date=parts.first_of(draft.dates, beginning.ship_dates),
            delivery_date=parts.first_of(draft.dates, beginning.delivery_dates),
            buyer=draft.party_as("BY") or Party(),
            vendor=draft.vendor(),
            ship_to=draft.party_as("ST") or store,
            customer=draft.party_as("UC", "SO"),
            customer_po=references.get("CO"),
            location=draft.name_of("WH"),
            carrier=draft.carrier or draft.name_of("CA"),
            carrier_account=references.get("11"),
            currency=draft.currency,
            mark_code=references.get("BX") or draft.name_of("Z7"),
            comments=draft.remarks(),
            cargo_agency=draft.name_of("FW"),
            incoterm=draft.incoterm,
            custom_fields=draft.custom_fields(),
            lines=tuple(lines),
            ship_via=ShipVia.GROWER if order_type == DROP_SHIP else ShipVia.WAREHOUSE,
            order_type=order_type or None,
        )
    except ValidationError as error:
        message = f"the order can't be used: {error.errors()[0]['msg']} ({beginning.tag})"
        draft.problems.error(f"{beginning.tag}.unusable", (beginning.tag, 2, None), message)
        return None

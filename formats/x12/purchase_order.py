"""From a checked 850 to a purchase order.

Where X12 leaves a choice, these rules hold: the ship date is DTM 010, else 037, 038, 118; the
delivery date 002, else 106, 071, 074, 064, 063; the vendor's code is N1 SE, VN or SU, else REF IA
or VR; a mark code is REF BX, else the N1 Z7; a price is PO104 with PO105, else the CTP of the line.
A line without quantity or unit is left out and named. Content never changes a 997.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from pydantic import ValidationError

from formats.records import Content, OrderLine, Party, PurchaseOrder, Purpose
from formats.x12 import parts
from formats.x12.parts import PartyDraft, Problems
from formats.x12.purchase_order_draft import ContentDraft, LineDraft, OrderDraft, handlers

PURPOSES = {
    "00": Purpose.NEW,
    "01": Purpose.CANCEL,
    "04": Purpose.CHANGE,
    "05": Purpose.REPLACE,
    "06": Purpose.CONFIRM,
    "07": Purpose.DUPLICATE,
}
"""BEG01."""
_SHIP_DATES = ("010", "037", "038", "118")
_DELIVERY_DATES = ("002", "106", "071", "074", "064", "063")
_VENDORS = ("SE", "VN", "SU")
_CUSTOMERS = ("UC", "SO")
_BUNCH = "X2"


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
    table = handlers(release)
    for index, node in enumerate(nodes):
        handler = table[node]
        if handler is not None:
            handler(draft, parts.elements_of(segments[index]), index + 1)
    _check_totals(draft)
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
    store = _only_store(draft)
    lines = tuple(
        made
        for number, each in enumerate(draft.lines, 1)
        if (made := _order_line(draft, each, number, store))
    )
    if not lines and purpose is not Purpose.CANCEL:
        draft.problems.error("PO1.none", ("PO1", 2, None), "the order has no line that can be used")
        return None
    references, parties = draft.references, draft.parties
    ship_to = parties.get("ST")
    place = parties.get("WH")
    mark = parties.get("Z7")
    try:
        return PurchaseOrder(
            number=draft.header[3].strip(),
            purpose=purpose,
            is_test=is_test,
            order_date=parts.day(draft.header[5]),
            ship_date=parts.first_of(draft.dates, _SHIP_DATES),
            delivery_date=parts.first_of(draft.dates, _DELIVERY_DATES),
            buyer=parties["BY"].party() if "BY" in parties else Party(),
            vendor=_vendor(draft),
            ship_to=ship_to.party() if ship_to else store,
            customer=customer.party()
            if (customer := parts.first_of(parties, _CUSTOMERS))
            else None,
            customer_po=references.get("CO"),
            location=(place.code or place.name) if place else None,
            carrier=draft.carrier or _carrier_party(parties),
            currency=draft.currency,
            mark_code=references.get("BX") or ((mark.code or mark.name) if mark else None),
            comments="\n".join(draft.comments) or None,
            lines=lines,
            order_type=draft.header[2] or None,
        )
    except ValidationError as error:
        message = f"the order can't be used: {error.errors()[0]['msg']} (BEG)"
        draft.problems.error("BEG.unusable", ("BEG", 2, None), message)
        return None


def _only_store(draft: OrderDraft) -> Party | None:
    """Return the store when the whole order is allocated to one: that is its ship-to."""
    stores = {(each.store_qualifier, store) for each in draft.lines for store in each.stores}
    if len(stores) != 1 or not all(each.stores for each in draft.lines):
        return None
    qualifier, store = stores.pop()
    return Party(store, qualifier or None)


def _vendor(draft: OrderDraft) -> Party:
    found = parts.first_of(draft.parties, _VENDORS)
    code = parts.first_of(draft.references, ("IA", "VR"))
    if found is None:
        return Party(code, "92") if code else Party()
    if found.code is None and code:
        # A vendor number in REF IA or VR is the buyer's own.
        found.code, found.qualifier = code, "92"
    return found.party()


def _carrier_party(parties: dict[str, PartyDraft]) -> str | None:
    carrier = parties.get("CA")
    return (carrier.code or carrier.name) if carrier else None


def _order_line(
    draft: OrderDraft, line: LineDraft, number: int, store: Party | None
) -> OrderLine | None:
    at = ("PO1", line.position, 2)
    if line.quantity is None or line.quantity < 0 or not line.unit:
        message = "the line has no quantity with a unit, so it was left out; send PO102 and PO103"
        draft.problems.error("PO102.missing", at, message)
        return None
    if line.stores and store is None:
        stores = ", ".join(list(line.stores)[:10])
        message = (
            f"the line is allocated to stores ({stores}); allocations are not used, the line "
            "counts as a whole. Send one order per ship-to."
        )
        draft.problems.warning("SDQ.not_used", ("PO1", line.position, None), message)
    ids = line.ids
    box_type = ids.get("ZZ", "")
    if box_type not in parts.BOX_TYPES:
        box_type = line.packaging if line.packaging in parts.BOX_TYPES else ""
    return OrderLine(
        number,
        line.reference or str(number),
        line.quantity,
        line.unit,
        parts.first_of(ids, parts.SELLER_IDS),
        parts.first_of(ids, parts.BUYER_IDS),
        parts.first_of(ids, parts.GTIN_IDS),
        line.description,
        line.price,
        line.price_unit,
        box_type or None,
        line.pack,
        line.inner_pack,
        line.mark_code,
        _contents(draft, line) if line.contents else (),
    )


def _contents(draft: OrderDraft, line: LineDraft) -> tuple[Content, ...]:
    return tuple(_content(draft, line, index, each) for index, each in enumerate(line.contents, 1))


def _content(draft: OrderDraft, line: LineDraft, index: int, content: ContentDraft) -> Content:
    if content.unit != _BUNCH and content.quantity is not None:
        message = (
            f"the content counts {content.unit or 'nothing named'}, not bunches ({_BUNCH}); its "
            "quantity was left out"
        )
        draft.problems.warning("SLN05.unit", ("SLN", content.line, 5), message, content.unit)
    return Content(
        index,
        parts.first_of(content.ids, parts.SELLER_IDS),
        parts.first_of(content.ids, parts.BUYER_IDS),
        content.description,
        content.quantity if content.unit == _BUNCH else None,
        content.stems_per_bunch or line.inner_pack,
        content.price,
    )


def _check_totals(draft: OrderDraft) -> None:
    if draft.totals is None:
        return
    position, lines, total = draft.totals
    if lines is not None and lines != len(draft.lines):
        message = f"CTT01 says {lines} lines, {len(draft.lines)} were counted; check the order"
        draft.problems.warning("CTT01", ("CTT", position, 1), message, str(lines))
    counted = sum((line.quantity for line in draft.lines if line.quantity is not None), Decimal(0))
    if total is not None and total != counted:
        message = f"CTT02 says {total} units, PO102 adds up to {counted}; check the order"
        draft.problems.warning("CTT02", ("CTT", position, 2), message, str(total))

"""From drafts of lines to order lines: packs, box types, contents of assorted boxes, totals."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from formats.records import Content, OrderLine, Party
from formats.x12.heading import warn_of_count
from formats.x12.purchase_order_draft import ContentDraft, LineDraft, OrderDraft

_BUNCH = "X2"


def order_lines(draft: OrderDraft, store: Party | None) -> Iterator[OrderLine]:
    """Yield the lines of PO1s; one that has no quantity is left out and named.

    `store` is that of `only_store`.
    """
    for number, line in enumerate(draft.lines, 1):
        if line.is_finished:
            yield line.made
            continue
        if not _has_quantity(line):
            at = ("PO1", line.position, 2)
            message = "the line has no quantity with a unit, so it was left out"
            draft.problems.error("PO102.missing", at, f"{message}; send PO102 and PO103")
            continue
        if line.stores:
            warn_of_allocations(draft, line, store, "PO1")
        yield line_of(draft, line, number)


def _has_quantity(line: LineDraft) -> bool:
    quantity = line.quantity
    return quantity is not None and quantity >= 0 and bool(line.made.unit)


def finish(line: LineDraft, number: int) -> bool:
    """Number a line of which nothing is left to be said; tell whether it is one.

    What it becomes then depends on `number`, its position in the document, and on its segments
    alone: not on what else stands in the document, nor on the separators of its interchange.
    """
    if line.stores or line.contents or not line.is_plain or not _has_quantity(line):
        return False
    _number(line.made, number)
    line.is_finished = True
    return True


def warn_of_allocations(draft: OrderDraft, line: LineDraft, store: Party | None, tag: str) -> None:
    """Warn where a line is allocated to several stores, which is not used."""
    if line.stores and store is None:
        stores = ", ".join(list(line.stores)[:10])
        message = (
            f"the line is allocated to stores ({stores}); allocations are not used, the line "
            "counts as a whole. Send one order per ship-to."
        )
        draft.problems.warning("SDQ.not_used", (tag, line.position, None), message)


def line_of(draft: OrderDraft, line: LineDraft, number: int) -> OrderLine:
    """Return the line as a record; `number` is its position in the document, from 1."""
    made = line.made
    _number(made, number)
    if line.contents:
        made.contents = _contents(draft, line)
    return made


def _number(made: OrderLine, number: int) -> None:
    made.line = number
    made.reference = made.reference or str(number)


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
        content.ids.seller,
        content.ids.buyer,
        content.description,
        content.quantity if content.unit == _BUNCH else None,
        content.stems_per_bunch or line.made.stems_per_bunch,
        content.price,
    )


def check_totals(draft: OrderDraft) -> None:
    """Warn where CTT counts other lines or units than were sent."""
    if draft.totals is None:
        return
    position, lines, total = draft.totals
    warn_of_count(draft.problems, (position, lines), len(draft.lines), "lines")
    if total is None:
        return
    counted = sum((line.quantity for line in draft.lines if line.quantity is not None), Decimal(0))
    if total != counted:
        message = f"CTT02 says {total} units, PO102 adds up to {counted}; check the order"
        draft.problems.warning("CTT02", ("CTT", position, 2), message, str(total))


def only_store(draft: OrderDraft) -> Party | None:
    """Return the store when the whole order is allocated to one: that is its ship-to."""
    if not draft.lines or not draft.lines[0].stores:
        return None
    stores = {(each.store_qualifier, store) for each in draft.lines for store in each.stores}
    if len(stores) != 1 or not all(each.stores for each in draft.lines):
        return None
    qualifier, store = stores.pop()
    return Party(store, qualifier or None)

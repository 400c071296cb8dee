"""Replies to a buyer's prebook: the answer to the buyer, and what its vendor's system sees (8.3).

The system gets the lines that the vendor sees, in the vendor's codes, with the ids by which it then
orders them; never a sales price. Where nothing is left to be seen of a prebook that it has, it is
told that the prebook is over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from daemon.config import Partner
from daemon.ledger.posting import OutgoingFile
from daemon.ledger.states import LineState, OrderState
from daemon.mapping.rows import Kind
from daemon.replies import json_answers
from daemon.replies import orders as order_replies
from daemon.replies.system_orders import TABLE
from daemon.trade.desk import Desk
from daemon.trade.orders.line_ids import ids_of
from daemon.trade.orders.parties import as_party
from daemon.trade.orders.presales import systems_of
from daemon.trade.outcome import OrderOutcome
from formats.axerrio.order_out import LineIds, Message, write_order
from formats.findings import Finding
from formats.identify import Format
from formats.records import Order, OrderLine, PurchaseOrder, Purpose
from formats.tabular.purchase_order import write_purchase_order


def files(desk: Desk, outcome: OrderOutcome, form: Format) -> list[OutgoingFile]:
    """Return all files that a prebook causes."""
    if form is Format.JSON:
        found = [json_answers.answer(desk, outcome)]
    else:
        found = order_replies.answer(desk, outcome, form)
    return found + _for_vendor(desk, outcome)


def _for_vendor(desk: Desk, outcome: OrderOutcome) -> list[OutgoingFile]:
    """Return the prebook for the systems of its vendor, and its end for those of a former one."""
    if outcome.order_id is None or outcome.state is OrderState.HELD:
        return []
    vendor = outcome.vendor.name if outcome.vendor else None
    seen = replace(
        outcome, lines=tuple(each for each in outcome.lines if each.state is LineState.ACCEPTED)
    )
    told = vendor if seen.lines and outcome.state is OrderState.APPROVED else None
    systems = systems_of(desk.site, told)
    found = [file for system in systems for file in _details(desk, seen, system)]
    if outcome.replaced != told:
        why = "the buyer has changed the prebook, and nothing of it is for this vendor"
        former = systems_of(desk.site, outcome.replaced)
        found += [file for system in former for file in _over(desk, outcome, system, why)]
    return found


def _details(desk: Desk, seen: OrderOutcome, system: Partner) -> list[OutgoingFile]:
    vendor = seen.vendor
    if vendor is None or seen.order_id is None or not isinstance(seen.order, PurchaseOrder):
        raise AssertionError("only a prebook in the books that names its vendor is shown")
    theirs = order_replies.vendor_order(desk, seen, vendor, "csv", readers=(system.name,))
    said = theirs.model_copy(
        update={
            "vendor": as_party(vendor),
            "lines": tuple(_in_codes_of(desk, system, line) for line in theirs.lines),
        }
    )
    ids = ids_of(desk, seen.order_id)
    if _is_in_rows(system):
        return [_in_rows(system, said, {name: str(key) for name, (key, _) in ids.lines.items()})]
    message = replace(
        _message(desk, seen, system),
        prebook_id=str(seen.order_id),
        lines={name: LineIds(prebook_item=str(key)) for name, (key, _) in ids.lines.items()},
    )
    return [_file(system, said, message)]


def _is_in_rows(system: Partner) -> bool:
    """Tell whether a system gets its orders as CSV, and so its prebooks too.

    Of the other forms none can say that an order is a prebook.
    """
    return TABLE in system.receives_orders


def _in_rows(system: Partner, order: PurchaseOrder, ids: Mapping[str, str]) -> OutgoingFile:
    """Return a prebook as rows of the order CSV, with the ids by which its lines are ordered."""
    lines = tuple(replace(line, prebook_item=ids.get(line.reference)) for line in order.lines)
    told = order.model_copy(update={"lines": lines, "is_prebook": True})
    body = write_purchase_order(told)
    return OutgoingFile(system.name, "prebook", order.number, "csv", body, is_answer=False)


def _in_codes_of(desk: Desk, system: Partner, line: OrderLine) -> OrderLine:
    """Say a line in the codes of the system itself; box types else in ours, which it may send."""
    product, vendor = line.product or "", system.vendor or ""
    pack = desk.tables.pack(vendor, product, desk.today)
    box_type = line.box_type or (pack.box_type if pack else None)
    item = _code(desk, system, Kind.PRODUCTS, product)
    box = _code(desk, system, Kind.BOX_TYPES, box_type or "")
    return replace(
        line,
        seller_item=item or line.seller_item,
        box_type_code=box or box_type or line.box_type_code,
    )


def _code(desk: Desk, system: Partner, kind: Kind, ours: str) -> str | None:
    row = desk.tables.partner_code(kind, system.name, ours, desk.today) if ours else None
    return row.source_code or None if row else None


def cancelled(desk: Desk, outcome: OrderOutcome) -> list[OutgoingFile]:
    """Return the end of a prebook for the systems of its vendor."""
    vendor = outcome.vendor.name if outcome.vendor else None
    why = next((line.reason for line in outcome.lines if line.reason), None)
    return [
        file
        for system in systems_of(desk.site, vendor)
        for file in _over(desk, outcome, system, why)
    ]


def _over(
    desk: Desk, outcome: OrderOutcome, system: Partner, why: str | None
) -> list[OutgoingFile]:
    if _is_in_rows(system) and isinstance(outcome.order, PurchaseOrder):
        # One row without a line ends all of it.
        ended = {"lines": (), "purpose": Purpose.CANCEL, "is_prebook": True}
        return [_in_rows(system, outcome.order.model_copy(update=ended), {})]
    message = replace(
        _message(desk, outcome, system),
        action="cancel",
        status=OrderState.CANCELLED.value,
        comments=why,
    )
    return [_file(system, outcome.order, message)]


def _message(desk: Desk, outcome: OrderOutcome, system: Partner) -> Message:
    return Message(
        message_id=f"K2K-{desk.post.count(f'message:{system.name}'):08}",
        created_at=desk.post.at,
        sender=outcome.buyer.name if outcome.buyer else outcome.origin.name,
        receiver=system.vendor or system.name,
        action="prebook",
        status=outcome.state.value,
    )


def _file(system: Partner, order: Order, message: Message) -> OutgoingFile:
    cuts: list[Finding] = []
    body = write_order(order, message, warnings=cuts)
    made = OutgoingFile(system.name, "prebook", order.number, "json", body, is_answer=False)
    return replace(made, notes=tuple(cuts))

"""An order on its way back to the Axerrio system that made it, in the body that it came in.

`receives_orders` of the system goes before: then it gets its orders in those forms. An order is
told in its system's own words; what was approved, what it is called here, and its box codes stand
beside them as far as a body has a place for them. A test order is told where a body can say so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from daemon.config import Partner
from daemon.ledger.posting import OutgoingFile
from daemon.ledger.states import LineState, OrderState
from daemon.replies import edifact, florecom
from daemon.replies.envelopes import answering, numbers, to_partner
from daemon.replies.layouts import is_layout, order_file
from daemon.replies.orders import unit_in
from daemon.trade.desk import Desk
from daemon.trade.orders.parties import as_party
from daemon.trade.orders.standing import as_purchase_order
from daemon.trade.step import order_of_key
from formats.axerrio.order_out import LineIds, Message
from formats.axerrio.order_out import write_order as write_contract
from formats.edifact.order_out import write_purchase_order as write_orders
from formats.findings import Finding
from formats.komet.out import Known
from formats.komet.out import write_order as write_api
from formats.records import AxerrioOrder, Body, OrderLine, PurchaseOrder, Purpose
from formats.tabular.advice import ConfirmedLine, write_order_acknowledgement
from formats.tabular.purchase_order import write_purchase_order
from formats.x12.dictionary import is_of_list
from formats.x12.purchase_order_out import write_purchase_order as write_850

CONTRACT, TABLE = "contract", "csv"
_FORMS: Mapping[Body | None, str] = {
    None: CONTRACT,
    Body.API: "api",
    Body.FLORECOM: "florecom",
    Body.TABLE: TABLE,
    Body.X12: "x12",
    Body.EDIFACT: "edifact",
}
_WITHOUT_TESTS = frozenset({TABLE, "api"})
"""Forms that can't say that an order is a test (P-29)."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a system is told of its order: its state, and what things are called here."""

    system: Partner
    vendor: Partner | None
    status: OrderState
    order_id: int | None = None
    prebook_id: int | None = None
    approved_by: str | None = None
    reason: str | None = None
    is_over: bool = False
    """The order has ended, all of it."""
    lines: Mapping[str, LineIds] = field(default_factory=dict)


def files(desk: Desk, order: AxerrioOrder, told: Told) -> list[OutgoingFile]:
    """Return an order for its system, or its end. Raises ValueError for what a form can't say."""
    return [
        file
        for form in forms_of(desk, told.system, order.body)
        for file in _files(desk, order, told, form)
    ]


def forms_of(desk: Desk, system: Partner, body: Body | None) -> tuple[str, ...]:
    """Return the forms in which a system gets its orders: as agreed, else as they came."""
    if system.receives_orders:
        return system.receives_orders
    has_ids = desk.site.site.edifact is not None and system.edifact is not None
    # Without an identity on both sides nothing can be put into an EDIFACT envelope.
    return (TABLE,) if body is Body.EDIFACT and not has_ids else (_FORMS[body],)


def _files(desk: Desk, order: AxerrioOrder, told: Told, form: str) -> list[OutgoingFile]:
    if form == CONTRACT:
        return [_in_contract(desk, order, told)]
    if order.is_test and (form in _WITHOUT_TESTS or is_layout(form)):
        return []
    said = _said(desk, order, told, form)
    if is_layout(form):
        own = order_file(desk.tables.layouts, told.system, said, form)
        return [own] if own else []
    write = _WRITERS[form]
    made = [write(desk, said, told)]
    if form == TABLE and told.is_over and told.reason:
        made.append(_why(said, told))
    return made


def _in_contract(desk: Desk, order: AxerrioOrder, told: Told) -> OutgoingFile:
    message = Message(
        message_id=f"K2K-{desk.post.count(f'message:{told.system.name}'):08}",
        created_at=desk.post.at,
        sender=order.receiver,
        receiver=order.sender,
        action="cancel" if told.is_over else "new",
        order_id=str(told.order_id) if told.order_id is not None else None,
        prebook_id=str(told.prebook_id) if told.prebook_id else None,
        status=told.status.value,
        approved_by=told.approved_by,
        comments=told.reason,
        lines=told.lines,
    )
    cuts: list[Finding] = []
    body = write_contract(order, message, warnings=cuts)
    return replace(_file(told, "order", order.number, "json", body), notes=tuple(cuts))


def _said(desk: Desk, order: AxerrioOrder, told: Told, form: str) -> PurchaseOrder:
    """Return an order in its system's words, with units as another form than its own has them."""
    plain = as_purchase_order(order)
    is_own = form == _FORMS[order.body]
    changes: dict[str, object] = {
        "purpose": Purpose.CANCEL if told.is_over else Purpose.NEW,
        "vendor": as_party(told.vendor) if told.vendor and not is_own else plain.vendor,
        "comments": told.reason or plain.comments,
    }
    if not is_own:
        changes["lines"] = tuple(_counted(desk, told.system, line, form) for line in plain.lines)
        if form == "x12" and not is_of_list(plain.order_type or "", "92"):
            # X12 has two letters for it; a word of another form has no room there.
            changes["order_type"] = None
    return plain.model_copy(update=changes)


def _counted(desk: Desk, system: Partner, line: OrderLine, form: str) -> OrderLine:
    return replace(
        line,
        unit=unit_in(desk, system, line.unit_type, form) or line.unit,
        price_unit=unit_in(desk, system, line.price_unit_type, form) or line.price_unit,
    )


def _in_csv(_desk: Desk, order: PurchaseOrder, told: Told) -> OutgoingFile:
    if told.is_over:
        # One row without a line ends all of an order.
        order = order.model_copy(update={"lines": ()})
    return _file(told, "order", order.number, "csv", write_purchase_order(order))


def _why(order: PurchaseOrder, told: Told) -> OutgoingFile:
    """Return why an order has ended, which rows of an order have no place for."""
    lines = [
        ConfirmedLine(
            po_number=order.number,
            line=line.reference,
            status="cancelled",
            ship_date=order.ship_date,
            reason_code=LineState.CANCELLED.value,
            message=told.reason,
        )
        for line in order.lines
    ]
    body = write_order_acknowledgement(lines)
    return _file(told, "order-ack", order.number, "csv", body)


def _in_api(_desk: Desk, order: PurchaseOrder, told: Told) -> OutgoingFile:
    known = Known(
        id=str(told.order_id) if told.order_id is not None else None,
        status=told.status.value.capitalize(),
        lines=told.lines,
    )
    body = write_api(order, known)
    return _file(told, "order", order.number, "json", body)


def _in_florecom(desk: Desk, order: PurchaseOrder, told: Told) -> OutgoingFile:
    return florecom.order_file(desk, told.system, order, seller=told.vendor)


def _in_x12(desk: Desk, order: PurchaseOrder, told: Told) -> OutgoingFile:
    envelope = to_partner(desk.site, told.system, is_test=order.is_test)
    if told.order_id is not None:
        document_id = order_of_key(desk, told.order_id).document_id
        envelope = answering(desk, told.system, document_id, is_test=order.is_test)
    at = desk.post.at.astimezone(desk.site.site.zone)
    cuts: list[Finding] = []
    body = write_850(order, envelope, numbers(desk.post, envelope), at, warnings=cuts)
    return replace(_file(told, "850", order.number, "edi", body), notes=tuple(cuts))


def _in_edifact(desk: Desk, order: PurchaseOrder, told: Told) -> OutgoingFile:
    envelope = edifact.envelope_to(desk, told.system, is_test=order.is_test)
    code = order.order_type or ""
    said = order.model_copy(update={"order_type": code if code.isdigit() else None})
    cuts: list[Finding] = []
    body = write_orders(
        said,
        envelope,
        edifact.message_to(told.system, "ORDERS"),
        reference=edifact.reference_to(desk, envelope),
        at=desk.post.at.astimezone(desk.site.site.zone),
        warnings=cuts,
    )
    return replace(_file(told, "ORDERS", order.number, "edi", body), notes=tuple(cuts))


_WRITERS: Mapping[str, Callable[[Desk, PurchaseOrder, Told], OutgoingFile]] = {
    TABLE: _in_csv,
    "api": _in_api,
    "florecom": _in_florecom,
    "x12": _in_x12,
    "edifact": _in_edifact,
}


def _file(told: Told, kind: str, number: str, extension: str, body: bytes) -> OutgoingFile:
    return OutgoingFile(told.system.name, kind, number, extension, body, is_answer=False)

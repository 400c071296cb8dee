"""Replies to an order: the answer to its sender, and the order as its vendor reads it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from daemon.config import Partner
from daemon.errors import UnwritableError
from daemon.ledger.posting import OutgoingFile
from daemon.ledger.states import LineState, OrderState
from daemon.mapping.rows import EVERY_PARTNER, Kind, Row
from daemon.mapping.terms import Wording, is_type_code
from daemon.replies import edifact, edifact_answers, florecom, json_answers, order_answers
from daemon.replies.envelopes import identity, numbers, to_partner
from daemon.replies.layouts import is_layout, order_file
from daemon.replies.x12_units import unit_in_x12
from daemon.trade.desk import Desk
from daemon.trade.orders import transfer
from daemon.trade.orders.standing import as_purchase_order
from daemon.trade.orders.vendor_prebooks import book_prebook
from daemon.trade.outcome import LineOutcome, OrderOutcome
from daemon.trade.papers.leaving import carrier_account
from daemon.trade.prices.line_prices import suggested
from daemon.trade.prices.order_rate import foreign_currency, in_its_currency
from daemon.trade.stock.units import NO_PACK
from formats.findings import Finding, warning
from formats.identify import Format
from formats.records import Order, OrderLine, Party, PurchaseOrder, Purpose, UnitType
from formats.tabular.advice import ConfirmedLine, write_order_acknowledgement
from formats.tabular.order_out import NotWholeBoxesError
from formats.tabular.purchase_order import write_purchase_order
from formats.x12.dictionary import is_of_list
from formats.x12.purchase_order_out import DIRECT
from formats.x12.purchase_order_out import write_purchase_order as write_850

ZERO = Decimal(0)

OrderForm = str
"""What an order is written as, from `receives_orders`."""
BY_SELLER = "91"
"""Code list 66: a code that the seller has assigned."""
_ACKNOWLEDGED = (Format.X12, Format.EDIFACT)
"""Formats in which every order has been acknowledged already."""


def answer(desk: Desk, outcome: OrderOutcome, form: Format) -> list[OutgoingFile]:
    """Return the business answer to the sender of an order, in the format it came in."""
    order = outcome.order
    if form is Format.JSON:
        notes = [warning(code, text) for code, text in _notes(desk, outcome)]
        return [json_answers.answer(desk, outcome, notes)]
    order = in_its_currency(as_purchase_order(order), outcome.vendor, outcome.buyer)
    if form in _ACKNOWLEDGED and outcome.origin.answers_orders == "none":
        return []
    if form is Format.X12:
        return [order_answers.in_x12(desk, outcome, order, _said(desk, outcome))]
    if edifact_answers.is_wanted(outcome.origin, form):
        return [order_answers.in_edifact(desk, outcome, order, _said(desk, outcome))]
    is_sellers = not isinstance(outcome.order, PurchaseOrder)
    if florecom.is_wanted(outcome.origin, form, is_sellers=is_sellers):
        return [florecom.answer(desk, outcome, _said(desk, outcome))]
    return [_csv(desk, outcome, order)]


def _said(desk: Desk, outcome: OrderOutcome) -> str | None:
    """Return what the sender should know of the order as a whole, in a sentence."""
    if outcome.hold is None and outcome.state is OrderState.PENDING_APPROVAL:
        return "it waits for its buyer's approval"
    return outcome.hold or "; ".join(text for _, text in _notes(desk, outcome)) or None


def _notes(desk: Desk, outcome: OrderOutcome) -> tuple[tuple[str, str], ...]:
    return transfer.terms(desk, outcome).notes if outcome.is_placed else ()


def _csv(desk: Desk, outcome: OrderOutcome, order: PurchaseOrder) -> OutgoingFile:
    said = _said(desk, outcome)
    answers = [
        ConfirmedLine(
            po_number=order.number,
            line=line.line.reference,
            status=json_answers.status_of(outcome, line),
            confirmed_boxes=line.accepted,
            confirmed_cost=line.line.unit_price,
            ship_date=line.next_ship_date or order.ship_date,
            reason_code=line.code or line.state.value,
            message=line.reason or said,
            currency=foreign_currency(order, outcome.buyer),
            **suggested(desk, outcome, line)._asdict(),
        )
        for line in outcome.lines
    ]
    body = write_order_acknowledgement(answers)
    return OutgoingFile(outcome.origin.name, "order-ack", order.number, "csv", body, is_answer=True)


def forward(desk: Desk, outcome: OrderOutcome) -> list[OutgoingFile]:
    """Return the order for its vendor: accepted lines only, in the vendor's codes and pack."""
    vendor, order = outcome.vendor, outcome.order
    if not isinstance(order, PurchaseOrder) or order.is_test or outcome.repeats_document:
        return []
    files: list[OutgoingFile] = []
    former = desk.partner(outcome.replaced)
    if former is not None and not (outcome.is_placed and vendor == former):
        # It has the order that is withdrawn, and nothing that takes its place goes to it.
        files += _written(desk, _cancelled(outcome), former)
    elif vendor is not None and outcome.is_placed:
        files += _written(desk, _in_place(outcome), vendor)
    if former is not None and vendor is not None and vendor != former and outcome.is_placed:
        files += _written(desk, outcome, vendor)
    return files


def _cancelled(outcome: OrderOutcome) -> OrderOutcome:
    order = outcome.order.model_copy(update={"purpose": Purpose.CANCEL})
    # The CSV counts boxes, so goods ordered by the stem need their pack to be taken back as well.
    packs = {line.line.reference: line.pack for line in outcome.lines}
    lines = tuple(
        LineOutcome(each, LineState.CANCELLED, ZERO, None, packs.get(each.reference, NO_PACK))
        for each in outcome.order.lines
    )
    return replace(outcome, order=order, lines=lines, state=OrderState.CANCELLED)


def _in_place(outcome: OrderOutcome) -> OrderOutcome:
    """Say that an order takes the place of one that the vendor has under the same number."""
    if outcome.replaced is None:
        return outcome
    order = outcome.order.model_copy(update={"purpose": Purpose.REPLACE})
    return replace(outcome, order=order)


def _written(desk: Desk, outcome: OrderOutcome, vendor: Partner) -> list[OutgoingFile]:
    """Return the order in every form that `vendor` takes; that puts its transfer on the way."""
    files = _in_forms(desk, outcome, vendor)
    if not files or outcome.state is not OrderState.APPROVED:
        return files
    transfer.carry_over(desk, outcome)
    book_prebook(desk, outcome)
    return [replace(file, order_id=outcome.order_id) for file in files]


def _in_forms(desk: Desk, outcome: OrderOutcome, vendor: Partner) -> list[OutgoingFile]:
    order = outcome.order
    files: list[OutgoingFile] = []
    for form in sorted(vendor.receives_orders, reverse=True):
        if is_layout(form):
            theirs = vendor_order(desk, outcome, vendor, "csv")
            own = order_file(desk.tables.layouts, vendor, _in_csv(theirs), form)
            files += [own] if own else []
            continue
        theirs = vendor_order(desk, outcome, vendor, form)
        if form == "x12":
            envelope = to_partner(desk.site, vendor)
            at = desk.post.at.astimezone(desk.site.site.zone)
            cuts: list[Finding] = []
            body = write_850(theirs, envelope, numbers(desk.post, envelope), at, warnings=cuts)
            made = _to_vendor(vendor, "850", order.number, "edi", body)
            files.append(replace(made, notes=tuple(cuts)) if cuts else made)
        elif form == "edifact":
            files.append(edifact.order_file(desk, vendor, theirs, outcome.buyer))
        elif form == "florecom":
            try:
                files.append(florecom.order_file(desk, vendor, theirs))
            except ValueError:
                # Florecom counts pieces and packaging units only; the 850 says all of it.
                if not files:
                    raise
        else:
            try:
                body = write_purchase_order(_in_csv(theirs))
            except ValueError as error:
                # The CSV says less. A vendor that has the 850 has the whole order.
                if files:
                    continue
                if isinstance(error, NotWholeBoxesError):
                    raise _only_boxes(order, vendor, error) from error
                raise
            files.append(_to_vendor(vendor, "order", order.number, "csv", body))
    return files


def listed_anew(desk: Desk, outcome: OrderOutcome) -> list[OutgoingFile]:
    """Return an order without what left its cart, for a vendor that was told of that.

    Only the CSV lists lines that are still in a cart; who reads another form knows of none.
    """
    vendor = outcome.vendor
    if vendor is None or outcome.order.is_test or "csv" not in vendor.receives_orders:
        return []
    anew = _in_place(replace(outcome, replaced=vendor.name))
    return _written(desk, anew, vendor.model_copy(update={"receives_orders": ("csv",)}))


def written_again(desk: Desk, outcome: OrderOutcome, kind: str) -> OutgoingFile | None:
    """Return an order that its vendor has had, in the codes of today; None in a form it dropped.

    `kind` is what the file was called: `850`, `ORDERS`, or `order` for the CSV.
    """
    vendor = outcome.vendor
    if vendor is None or not isinstance(outcome.order, PurchaseOrder):
        return None
    files = _written(desk, outcome, vendor)
    return next((file for file in files if file.kind == kind), None)


def _only_boxes(order: Order, vendor: Partner, error: NotWholeBoxesError) -> UnwritableError:
    """Say of a good order that its vendor can't be told of it, and what both sides can do."""
    name = vendor.title or vendor.name
    return UnwritableError(
        f"order {order.number}, {error}. {name} takes orders only as CSV, which counts whole boxes."
        " Order whole boxes; or the operator adds x12 to receives_orders of"
        f" {vendor.name}, or its pack where that is not known, and releases this file"
    )


def _in_csv(order: PurchaseOrder) -> PurchaseOrder:
    """Say a replacement as the CSV can: a change, which states the whole order anew."""
    if order.purpose is not Purpose.REPLACE:
        return order
    return order.model_copy(update={"purpose": Purpose.CHANGE})


def _to_vendor(
    vendor: Partner, kind: str, reference: str, extension: str, body: bytes
) -> OutgoingFile:
    return OutgoingFile(vendor.name, kind, reference, extension, body, is_answer=False)


def vendor_order(
    desk: Desk,
    outcome: OrderOutcome,
    vendor: Partner,
    form: OrderForm,
    *,
    readers: tuple[str, ...] = (),
) -> PurchaseOrder:
    """Return the order as the vendor knows it, with units as the format names them.

    Words of the trade are told as the first of `readers` that has one calls it, else the vendor.
    """
    order = outcome.order
    if not isinstance(order, PurchaseOrder):
        raise AssertionError("only purchase orders are forwarded")
    # The 850 has no word for what is still in a cart; the CSV lists it (domain 4.4 step 5).
    listed = (None, True, False) if form == "csv" else (None, True)
    kept = [
        line
        for line in outcome.lines
        if line.state is not LineState.REFUSED and line.line.is_checked_out in listed
    ]
    buyer, how = outcome.buyer, transfer.terms(desk, outcome)
    place = transfer.told_place(desk, outcome)
    way = transfer.way_of(desk, outcome)
    terms, to = _wording(desk, outcome), (*readers, vendor.name)
    said = terms.heading(order, to)
    return order.model_copy(
        update={
            **said,
            "buyer": _customer(desk, vendor, buyer, order.buyer),
            "vendor": _party(vendor, order.vendor),
            "carrier": how.carriage.told,
            "carrier_account": carrier_account(desk, order, way, how.carriage.code, place),
            "ship_to": place,
            "bill_to": how.bill_to,
            "order_type": _order_type(order, terms, to, form),
            "lines": tuple(terms.line(_vendor_line(desk, line, vendor, form), to) for line in kept),
            "purpose": Purpose.NEW if order.purpose is Purpose.CONFIRM else order.purpose,
        }
    )


def _wording(desk: Desk, outcome: OrderOutcome) -> Wording:
    """Return what the words of an order are to others (domain 9.1)."""
    vendor = outcome.vendor.name if outcome.vendor else None
    return Wording(desk.tables, outcome.origin.name, vendor, desk.today)


def _order_type(
    order: PurchaseOrder, terms: Wording, to: tuple[str, ...], form: OrderForm
) -> str | None:
    """Return the type of an order as `form` can say it to the partners `to`.

    X12 has two letters for it (BEG02, list 92), EDIFACT digits (1001), and both say with it that
    goods go direct. Other forms have any word, but a code of those says nothing there unless it is
    their reader's own. A code of no list came with a warning that was agreed, which binds nobody
    else.
    """
    said = order.order_type or ""
    theirs = terms.theirs(Kind.ORDER_TYPES, said, to)
    told = theirs or terms.told(Kind.ORDER_TYPES, said, to)
    if form not in ("x12", "edifact"):
        return theirs or (None if is_type_code(told) else told or None)
    if transfer.is_direct(order):
        return DIRECT
    if form == "edifact":
        return told if told.isdigit() else said or None
    return next((word for word in (told, said) if is_of_list(word, "92")), None)


def _customer(desk: Desk, vendor: Partner, buyer: Partner | None, said: Party) -> Party:
    """Return a buyer as its vendor's books call it, where they have a code for it (K-01)."""
    link = desk.connection(vendor.name, buyer.name) if buyer is not None else None
    party = _party(buyer, said)
    if link is None or link.customer_code is None:
        return party
    return replace(party, code=link.customer_code, qualifier=BY_SELLER)


def _party(partner: Partner | None, said: Party) -> Party:
    if partner is None:
        return said
    return replace(
        said, code=identity(partner).id, qualifier="92", name=partner.title or partner.name
    )


def _vendor_line(desk: Desk, outcome: LineOutcome, vendor: Partner, form: OrderForm) -> OrderLine:
    line = outcome.line
    product = line.product or ""
    code = desk.tables.partner_code(Kind.PRODUCTS, vendor.name, product, desk.today)
    known = desk.tables.catalogue.get(product)
    pack = desk.tables.pack(vendor.name, product, desk.today)
    box_type = line.box_type or (pack.box_type if pack else None)
    return replace(
        line,
        quantity=outcome.accepted if outcome.accepted else line.quantity,
        unit=unit_in(desk, vendor, line.unit_type, form) or line.unit,
        price_unit=unit_in(desk, vendor, line.price_unit_type, form) or line.price_unit,
        seller_item=_code_of(code) or product or line.seller_item,
        description=(code.source_description if code else "")
        or (known.description if known else line.description),
        box_type_code=_box_type(desk, vendor, box_type),
        bunches_per_box=outcome.pack.bunches_per_box,
        stems_per_bunch=outcome.pack.stems_per_bunch,
        contents=tuple(
            replace(c, seller_item=_product(desk, vendor, c.product) or c.seller_item)
            for c in line.contents
        ),
        box_codes=outcome.boxes,
        prebook_item=None,
    )


def _product(desk: Desk, vendor: Partner, product: str | None) -> str | None:
    if product is None:
        return None
    row = desk.tables.partner_code(Kind.PRODUCTS, vendor.name, product, desk.today)
    return _code_of(row) or product


def _code_of(row: Row | None) -> str | None:
    return row.source_code or None if row else None


def unit_in(desk: Desk, partner: Partner, unit: UnitType | None, form: OrderForm) -> str | None:
    """Return the partner's own code for a unit in X12 or EDIFACT; other forms have our words."""
    if unit is None:
        return None
    if form not in ("x12", "edifact"):
        return unit.value
    row = desk.tables.partner_code(Kind.UNITS, partner.name, unit.value, desk.today)
    word = _code_of(row)
    if form == "edifact":
        return word if word and len(word) <= edifact.MOST_UNIT else edifact.UNITS[unit]
    return unit_in_x12(word, unit)


def _box_type(desk: Desk, partner: Partner, box_type: str | None) -> str | None:
    if box_type is None:
        return None
    for name in (partner.name, EVERY_PARTNER):
        row = desk.tables.partner_code(Kind.BOX_TYPES, name, box_type, desk.today)
        if code := _code_of(row):
            return code
    return box_type

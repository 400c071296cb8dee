"""Place an order: judge it and write it into the books, once.

An order with a code that no table knows is held whole and shown red; the row that maps the code
completes it without a second file (domain M-01, M-02). The same number again with the same content
changes nothing; with other content it waits for a person.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace

from daemon.config import Partner
from daemon.ledger.holds import HoldKind, NewHold, hold
from daemon.ledger.states import LineState, OrderState
from daemon.mapping.apply import Unmapped, map_order
from daemon.trade.carts.answers import closed
from daemon.trade.carts.book import out_of_cart
from daemon.trade.carts.cart import earlier_cart, go_on, opened
from daemon.trade.desk import Desk, Earlier
from daemon.trade.orders.approvals import approved_at_once
from daemon.trade.orders.book import (
    Past,
    cause_of,
    is_answered,
    past,
    rewrite,
    withdraw,
    write,
)
from daemon.trade.orders.early_changes import wait, waits_as
from daemon.trade.orders.gathered_rulings import rule_purchase
from daemon.trade.orders.gathering import is_alone, whereabouts
from daemon.trade.orders.judgement import ZERO, connection_of, judge
from daemon.trade.orders.parties import Sides
from daemon.trade.orders.prebook_book import join, wants_to_join
from daemon.trade.orders.prebook_links import judged_by, keep_costs, links_of, with_links
from daemon.trade.orders.prebooks import take_prebook
from daemon.trade.orders.presales import ordered_at_once
from daemon.trade.orders.rulings import Ruling
from daemon.trade.orders.standing import standing
from daemon.trade.orders.stock_costs import with_stock_costs
from daemon.trade.outcome import LineOutcome, OrderOutcome, RowStatus
from daemon.trade.prices.currency import CurrencyChangedError, RateMissingError
from daemon.trade.prices.order_rate import rate_of
from daemon.trade.step import order_of_key
from formats.records import AxerrioOrder, PurchaseOrder, Purpose
from formats.steps import Decision

AnyOrder = PurchaseOrder | AxerrioOrder
CHANGES = (Purpose.CHANGE, Purpose.REPLACE, Purpose.CANCEL)
"""Purposes that mean nothing without an original."""


_SENDING = {"message_id", "created_at", "purpose", "bill_to", "use_existing", "at_once", "body"}
"""What only says how an order is sent, and where it is to be put."""


def content_digest(order: AnyOrder) -> str:
    """Return the SHA-256 of what an order says, without what only names the sending of it."""
    said = order.model_dump_json(exclude=_SENDING)
    return hashlib.sha256(said.encode()).hexdigest()


def place(
    desk: Desk,
    order: AnyOrder,
    unmapped: tuple[Unmapped, ...],
    sides: Sides,
    *,
    origin: Partner,
    digest: str,
    arrival_id: int,
    document_id: int,
    may_replace: bool = False,
    other_message: str | None = None,
) -> OrderOutcome:
    """Judge `order` (already mapped) and record it; return what became of it.

    `may_replace` is a person's word that the order may take the place of an earlier one.
    `other_message` is the number of another order that came under this one's message id.
    """
    draft = OrderOutcome(
        order=order,
        state=OrderState.HELD,
        lines=(),
        origin=origin,
        document_id=document_id,
        arrival_id=arrival_id,
        buyer=sides.buyer,
        vendor=sides.vendor,
        addressee=sides.addressee,
        unmapped=unmapped,
    )
    if other_message is not None:
        return _message_conflict(desk, draft, other_message)
    if draft.is_prebook:
        bought = ordered_at_once(desk, draft)
        if bought is not None:
            return _place_order(desk, bought, digest, may_replace=may_replace)
        return take_prebook(desk, draft, digest, may_replace=may_replace)
    return _place_order(desk, draft, digest, may_replace=may_replace)


def _place_order(
    desk: Desk, draft: OrderOutcome, digest: str, *, may_replace: bool
) -> OrderOutcome:
    """Record an order that is new, or tell what it is to the earlier one of its number."""
    order = draft.order
    before = past(desk, draft)
    earlier = before.earlier
    if before.sides:
        return _refused_whole(draft, _several(draft, before.sides))
    if before.purchase is not None:
        told = _of_purchase(desk, draft, digest, before.purchase)
        if told is not None:
            return told
    if earlier is None:
        if order.purpose in CHANGES and not may_replace:
            return _no_original(desk, draft)
        return _settle(desk, draft, digest, before)
    if earlier.document_id == draft.document_id:
        return _settle(desk, draft, digest, before)
    if draft.vendor is None and earlier.vendor is not None:
        draft = _of_its_vendor(desk, draft, earlier.vendor)
    return _again(desk, draft, digest, before, may_replace=may_replace)


def _of_its_vendor(desk: Desk, draft: OrderOutcome, vendor: str) -> OrderOutcome:
    """Let what takes the place of an order, and names no vendor, be for the vendor of that one."""
    order, origin = draft.order, draft.origin.name
    is_named = isinstance(order, PurchaseOrder) and (order.vendor.code or order.vendor.name)
    if is_named or order.purpose not in (Purpose.REPLACE, Purpose.CANCEL):
        return draft
    mapped = map_order(
        order, desk.tables, partner=origin, vendor=vendor, on=desk.today, aliases=desk.aliases
    )
    return replace(
        draft, order=mapped.document, unmapped=mapped.unmapped, vendor=desk.partner(vendor)
    )


def _several(draft: OrderOutcome, names: tuple[str, ...]) -> str:
    """Say that it can't be told which order of a number is meant (domain 2.4)."""
    number, side = draft.order.number, "vendor" if draft.vendor is None else "buyer"
    return (
        f"orders {number} of {' and '.join(names)} are here, and which one this is about can't be"
        f" told: name its {side} and send it again"
    )


def _again(
    desk: Desk, draft: OrderOutcome, digest: str, before: Past, *, may_replace: bool
) -> OrderOutcome:
    """Tell what an order is to the earlier one of its number."""
    order, earlier = draft.order, before.earlier
    if earlier is None:
        raise AssertionError("it follows an earlier order")
    if _says_the_same(order, digest, earlier):
        return replace(draft, state=earlier.state, repeats_document=earlier.document_id)
    is_cart = order.cart is not None and order.purpose is not Purpose.CANCEL
    cart = earlier_cart(desk, draft, earlier) if is_cart and not may_replace else None
    if cart is not None:
        # One that still waits, or that nothing was left for, begins anew.
        is_new = earlier.state in (OrderState.HELD, OrderState.REJECTED)
        if is_new:
            return _settle(desk, draft, digest, before)
        return replace(go_on(desk, draft, cart, digest), follows=True)
    return _follow(desk, draft, digest, before, may_replace=may_replace)


def _of_purchase(
    desk: Desk, draft: OrderOutcome, digest: str, purchase: Earlier
) -> OrderOutcome | None:
    """Tell the sender of a number whose lines stand in an order with others where they are.

    None where it cancels a purchase that is alone there: it cancels that order then.
    """
    if draft.order.purpose is Purpose.CANCEL:
        is_whole = is_alone(desk, purchase.id)
        return None if is_whole else _cancel_purchase(desk, draft, purchase)
    if _says_the_same(draft.order, digest, purchase):
        return replace(draft, state=purchase.state, repeats_document=purchase.document_id)
    found = standing(desk, order_of_key(desk, purchase.id))
    return closed(draft, found, whereabouts(desk, purchase.id))


def _cancel_purchase(desk: Desk, draft: OrderOutcome, purchase: Earlier) -> OrderOutcome:
    """Take a purchase out of the order that it was put into, and leave the others in it."""
    ruling = Ruling(Decision.CANCEL, draft.origin.name, None, cause_of(draft))
    decided = rule_purchase(desk, order_of_key(desk, purchase.id), ruling)
    if decided.status is RowStatus.REFUSED:
        return _refused_whole(draft, decided.message or "it can't be cancelled any more")
    lines = tuple(LineOutcome(line, LineState.CANCELLED, ZERO) for line in draft.order.lines)
    left = decided.order
    if left is not None and left.state is OrderState.PENDING_APPROVAL:
        # Its buyer is asked about what is left.
        draft = replace(draft, gathered=out_of_cart(left))
    return replace(draft, lines=lines, state=OrderState.CANCELLED)


def _follow(
    desk: Desk, draft: OrderOutcome, digest: str, before: Past, *, may_replace: bool
) -> OrderOutcome:
    """Let an order with other content take the place of an earlier one, or wait for a person."""
    earlier, order = before.earlier, draft.order
    if earlier is None:
        raise AssertionError("it follows an earlier order")
    takes_its_place = order.purpose in (Purpose.REPLACE, Purpose.CANCEL)
    if may_replace or takes_its_place or earlier.state is OrderState.REJECTED:
        is_late = is_answered(desk, earlier.id)
        return _too_late(draft) if is_late else _settle(desk, draft, digest, before)
    return _conflict(desk, draft)


def _too_late(draft: OrderOutcome) -> OrderOutcome:
    """Refuse to take the place of an order that its vendor has confirmed (P-28)."""
    why = (
        f"order {draft.order.number} is confirmed by its vendor, so it stays; agree it with the"
        " vendor, who then confirms it anew, or change the lines that are still open"
    )
    lines = tuple(LineOutcome(line, LineState.REFUSED, ZERO, why) for line in draft.order.lines)
    return replace(draft, state=OrderState.REJECTED, lines=lines)


def _says_the_same(order: AnyOrder, digest: str, earlier: Earlier) -> bool:
    """Tell whether `order` adds nothing to what `earlier` said.

    A rejected order may be tried again with the same words: there may be stock now. A cancelled one
    does not rise again by itself, for a late copy looks the same.
    """
    if order.purpose is Purpose.CANCEL:
        return earlier.state is OrderState.CANCELLED
    is_over = earlier.state in (OrderState.REJECTED, OrderState.CANCELLED)
    return digest == earlier.digest and not is_over


def _message_conflict(desk: Desk, draft: OrderOutcome, other: str) -> OrderOutcome:
    """Hold an order that has the message id of another one (A-05)."""
    number, message_id = draft.order.number, getattr(draft.order, "message_id", "")
    what = f"order {number} came as message {message_id}, under which order {other} came"
    message = f"{what} with other content; release to take it all the same, or reject it"
    told = f"{what} with other content; a person decides which one holds"
    return _held_whole(desk, draft, HoldKind.MESSAGE_EXISTS, message, told)


def _conflict(desk: Desk, draft: OrderOutcome) -> OrderOutcome:
    number = draft.order.number
    message = (
        f"order {number} is already here with other content; release to let this one take its"
        f" place, or reject it"
    )
    told = f"order {number} is already here with other content; a person decides which one holds"
    return _held_whole(desk, draft, HoldKind.ORDER_EXISTS, message, told)


def _no_original(desk: Desk, draft: OrderOutcome) -> OrderOutcome:
    """Let a change wait for its order, in place of an older one that waits for it too."""
    number, older = draft.order.number, wait(desk, draft)
    message = (
        f"order {number} is to be changed, but it has not come; it waits for the"
        " original, or release it to take it as new"
    )
    told = f"order {number} is to be changed, but it has not come; it waits for it"
    if older is not None:
        told += ", and the change that was sent before is dropped"
    return _held_whole(desk, draft, HoldKind.NO_ORIGINAL, message, told)


def _held_whole(
    desk: Desk, draft: OrderOutcome, kind: HoldKind, message: str, told: str
) -> OrderOutcome:
    """Hold a document without making an order of it; `told` is the sentence for its sender."""
    _, place = waits_as(draft.origin.name, draft.order)
    hold(
        desk.post,
        NewHold(
            kind,
            draft.origin.name,
            message,
            vendor=draft.vendor.name if draft.vendor else None,
            place=place,
        ),
        arrival_id=draft.arrival_id,
        document_id=draft.document_id,
    )
    lines = tuple(LineOutcome(line, LineState.PENDING, ZERO) for line in draft.order.lines)
    return replace(draft, lines=lines, hold=told)


def _settle(desk: Desk, draft: OrderOutcome, digest: str, before: Past) -> OrderOutcome:
    """Judge the lines and write the order, in place of the earlier one where there is one."""
    earlier = before.earlier
    own = earlier if earlier and earlier.document_id == draft.document_id else None
    if draft.order.purpose is not Purpose.CANCEL:
        try:
            rate = rate_of(desk, draft, earlier)
            draft = replace(draft, rate=rate, connection=connection_of(desk, draft))
        except CurrencyChangedError as error:
            return _refused_whole(draft, f"order {draft.order.number} was {error}")
        except RateMissingError:
            # The order waits for its rate (E-29); it is judged so below.
            pass
    if earlier and not own:
        withdraw(desk, earlier, cause_of(draft))
        if earlier.state in (OrderState.APPROVED, OrderState.CONFIRMED):
            draft = replace(draft, replaced=earlier.vendor)
    if draft.order.purpose is Purpose.CANCEL:
        lines = tuple(LineOutcome(line, LineState.CANCELLED, ZERO) for line in draft.order.lines)
        draft = replace(draft, lines=lines, state=OrderState.CANCELLED)
        return _written(desk, draft, digest, before, own)
    links = links_of(desk, draft)
    draft = with_stock_costs(desk, judged_by(judge(desk, with_links(draft, links)), links))
    done = _written(desk, draft, digest, before, own)
    keep_costs(desk, done, links)
    return opened(desk, done) if done.state is OrderState.DRAFT else approved_at_once(desk, done)


def _written(
    desk: Desk, draft: OrderOutcome, digest: str, before: Past, own: Earlier | None
) -> OrderOutcome:
    """Write an order, or bring the one that waited up to date."""
    if not before.is_first:
        draft = replace(draft, follows=True)
    if own:
        return rewrite(desk, draft, own)
    has_own_prebook = draft.prebook_lines is None
    if has_own_prebook and wants_to_join(draft) and draft.state is OrderState.PENDING_APPROVAL:
        draft = join(desk, draft)
    return write(desk, draft, digest, before.next_revision)


def _refused_whole(draft: OrderOutcome, why: str) -> OrderOutcome:
    """Refuse a document without making an order of it; what stands in the books stays."""
    lines = tuple(LineOutcome(line, LineState.REFUSED, ZERO, why) for line in draft.order.lines)
    return replace(draft, lines=lines, state=OrderState.REJECTED, hold=why)

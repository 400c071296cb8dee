"""What the rules refused and a person here may want to mend: one exception a document (domain 14).

The sender has its answer; an exception is the operator's half of it. It stops nothing and waits for
nothing: `k2kd holds` and `status` show it with rule, place and what to do. It ends by itself once
its sender sends something of which nothing is refused any more, and by `k2kd release` before that.
The next one about the same thing takes its place, so that what comes every day is there once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, select, update

from daemon.ledger.documents import REFUSED, add_findings, note_refusals
from daemon.ledger.holds import HoldKind, NewHold, hold
from daemon.ledger.schema import holds
from daemon.ledger.states import HoldState, LineState, OrderState
from daemon.mapping.terms import Wording
from daemon.trade.desk import Desk
from daemon.trade.outcome import LineOutcome, OrderOutcome
from daemon.trade.unmapped import unknown_terms
from formats.findings import Finding

MOST_SAID = 5
"""Refusals of a document that an exception repeats; its answer has all of them."""
_MOST_PLACE = 200
WHAT_TO_DO = {
    "E-05": "mend what the truck line says, and tell it of the boxes again: k2kd manifest",
    "E-10": "the buyer was told the next day; where the cut-off is wrong, change carrier_cut_off or"
    " ecommerce_cut_off",
    "E-12": "see what hides the goods with: k2kd availability --explain",
    "E-13": "the buyer was told the later day; see what hides the goods before with: k2kd"
    " availability --explain",
    "E-16": "compare the code with those that are known: k2kd goods --box CODE",
    "E-19": "let the buyer change the ship date; where boxes may travel on another day, turn"
    " ships_on_order_date of the vendor off",
    "E-21": "see the carrier's row of carriers.csv (active, direction), or give the connection a"
    " default_carrier",
    "E-23": "let the buyer name its location, write it into locations of the partner, or map the"
    " sender's word for it in locations.csv, as k2kd words shows",
    "E-26": "add the customer's account to accounts of the truck line",
    "E-27": "the vendor's system named a line that is not its own, or is ordered already; compare"
    " with: k2kd prebooks",
}
"""The errors of the list that somebody here should know of, with what ends each."""

# Made once, because it is asked for every order that is refused.
_EARLIER = select(holds.c.id).where(
    *(holds.c.kind == HoldKind.EXCEPTION.value, holds.c.state == HoldState.OPEN.value),
    *(holds.c.partner == bindparam("partner"), holds.c.place == bindparam("place")),
)

Refusal = tuple[str, str]
"""The rule that speaks, as E-10, and a sentence that names the line."""


def tell_operator(
    desk: Desk,
    partner: str,
    what: str,
    refused: Sequence[Refusal],
    *,
    arrival_id: int | None,
) -> None:
    """Hold up to the operator what was refused of `what` (as `order 10045`) by a rule of the list.

    It takes the place of what was held up of it before. Nothing is written where no such rule
    spoke.
    """
    if any(code in WHAT_TO_DO for code, _ in refused):
        settled(desk, partner, what[:_MOST_PLACE])
        _hold_up(desk, partner, what, refused, arrival_id=arrival_id)


def _hold_up(
    desk: Desk, partner: str, what: str, refused: Sequence[Refusal], *, arrival_id: int | None
) -> None:
    found = [each for each in refused if each[0] in WHAT_TO_DO]
    if found:
        message, place = _message(partner, what, found), what[:_MOST_PLACE]
        new = NewHold(HoldKind.EXCEPTION, partner, message, place=place)
        hold(desk.post, new, arrival_id=arrival_id, document_id=None)


def note_order(desk: Desk, outcome: OrderOutcome) -> None:
    """Keep what the rules refused of an order, at once or when it was completed later, and hold up
    to the operator what somebody here may mend of it.
    """
    if outcome.repeats_document is None:
        _note_words(desk, outcome)
    refused = [_refusal(each) for each in outcome.lines if each.state is LineState.REFUSED]
    number, sender = outcome.order.number, outcome.origin.name
    # Nothing can be open about an order that is the first of its number: to look costs as much as
    # a tenth of the order.
    if outcome.follows and outcome.state is not OrderState.HELD:
        order_settled(desk, number, sender)
    if not refused:
        return
    arrival_id = outcome.arrival_id
    note_refusals(desk.post, refused, arrival_id=arrival_id, document_id=outcome.document_id)
    _hold_up(desk, sender, _of_order(number), _said(refused), arrival_id=arrival_id)


def _note_words(desk: Desk, outcome: OrderOutcome) -> None:
    """Keep which words of an order no table has, for a person to map (domain 9.1)."""
    vendor = outcome.vendor.name if outcome.vendor else None
    wording = Wording(desk.tables, outcome.origin.name, vendor, desk.today)
    if found := [*unknown_terms(wording, outcome.order)]:
        keys = {"arrival_id": outcome.arrival_id, "document_id": outcome.document_id}
        add_findings(desk.post, found, **keys)


def order_settled(desk: Desk, number: str, *senders: str) -> None:
    """End the exceptions about an order of `senders`, and about changes of it: they are over."""
    for sender in dict.fromkeys(senders):
        settled(desk, sender, _of_order(number))
        changes_settled(desk, number, sender)


def changes_settled(desk: Desk, number: str, sender: str) -> None:
    """End the exceptions about earlier changes of an order: a newer one was carried out."""
    settled(desk, sender, f"order change {number}")


def _of_order(number: str) -> str:
    return f"order {number}"


def _refusal(line: LineOutcome) -> Finding:
    """Say for a person at this site what the sender is answered to a line."""
    code = f"{REFUSED}.{line.code}" if line.code else REFUSED
    return Finding(code, f"line {line.line.reference}: {line.reason or 'no reason'}")


def tell_of_findings(
    desk: Desk, partner: str, what: str, refused: Sequence[Finding], *, arrival_id: int
) -> None:
    """Hold up what the findings of a document's refusals say (`refused.E-10`)."""
    tell_operator(desk, partner, what, _said(refused), arrival_id=arrival_id)


def _said(refused: Sequence[Finding]) -> list[Refusal]:
    return [(each.code.removeprefix(f"{REFUSED}."), each.message) for each in refused]


def settled(desk: Desk, partner: str, place: str) -> None:
    """End the exceptions about `place`: something newer is known of it."""
    for row in desk.post.rows.get(holds.name, []):
        if _is_about(row, partner, place):
            row["state"] = HoldState.SUPERSEDED.value
    about = {"partner": partner, "place": place}
    if earlier := list(desk.post.conn.execute(_EARLIER, about).scalars()):
        over = {"state": HoldState.SUPERSEDED.value, "updated_at": desk.post.at}
        desk.post.conn.execute(update(holds).where(holds.c.id.in_(earlier)).values(**over))


def _is_about(row: Mapping[str, object], partner: str, place: str) -> bool:
    """Tell whether a hold that is not written yet is an open exception about `place`."""
    is_open = row["kind"] == HoldKind.EXCEPTION.value and row["state"] == HoldState.OPEN.value
    return is_open and (row["partner"], row["place"]) == (partner, place)


def _message(partner: str, what: str, found: Sequence[Refusal]) -> str:
    said = "; ".join(f"{code} {text}" for code, text in found[:MOST_SAID])
    more = f"; and {len(found) - MOST_SAID} more" if len(found) > MOST_SAID else ""
    rules = dict.fromkeys(code for code, _ in found)
    advice = ". ".join(f"{code}: {WHAT_TO_DO[code]}" for code in rules)
    return f"{what} of {partner}: {said}{more}. {advice}. Nothing waits for it; end it with release"

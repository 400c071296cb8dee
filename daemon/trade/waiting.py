"""What waits for an order: steps that its buyer or its vendor sent before it had come so far.

The open holds are asked for once a posting, because every order that is placed asks.
"""

from __future__ import annotations

from collections.abc import Collection

from daemon.config import Role
from daemon.ledger import holds as hold_book
from daemon.ledger.holds import HoldKind
from daemon.trade.desk import Desk

KINDS = (
    *(HoldKind.UNKNOWN_ORDER, HoldKind.NOT_CONFIRMED, HoldKind.NOT_SHIPPED),
    HoldKind.UNCLEAR_WAYBILL,
)
"""Holds that end when an order comes, or comes further; their place is its number."""
_ORDER = "order "


def note(desk: Desk, kind: HoldKind, partner: str, place: str, document_id: int) -> None:
    """Remember a hold of this posting, where the others were asked for already."""
    if desk.steps_waiting is not None and kind in KINDS:
        desk.steps_waiting.setdefault(_number(place), []).append((partner, document_id))


def waiting_for(desk: Desk, partners: Collection[str], number: str) -> list[int]:
    """Return the documents of `partners` that wait for order `number`, oldest first, once."""
    if desk.steps_waiting is None:
        desk.post.flush()
        desk.steps_waiting = {}
        for hold in hold_book.open_holds(desk.post.conn, KINDS):
            if hold.document_id is not None:
                note(desk, hold.kind, hold.partner, hold.place, hold.document_id)
    found = desk.steps_waiting.get(number, [])
    mine = [document for partner, document in found if partner in partners]
    if mine:
        desk.steps_waiting[number] = [each for each in found if each[0] not in partners]
    return list(dict.fromkeys(mine))


def sides_of(desk: Desk, *names: str | None) -> set[str]:
    """Return `names` with the Axerrio systems that speak for them."""
    known = {name for name in names if name}
    systems = {
        partner.name
        for partner in desk.site.partner
        if partner.has(Role.AXERRIO) and partner.vendor in known
    }
    return known | systems


def _number(place: str) -> str:
    return place.removeprefix(_ORDER)

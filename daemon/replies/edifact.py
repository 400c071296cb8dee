"""EDIFACT files for partners: an order as its vendor reads it, in its characters and release."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from daemon.config import Configuration, EdifactIdentity, Partner
from daemon.errors import UnwritableError
from daemon.ledger.posting import OutgoingFile, Posting
from daemon.replies.contrl import control_reference
from daemon.trade.desk import Desk
from formats.edifact.order_change_out import write_order_change
from formats.edifact.order_out import write_purchase_order
from formats.edifact.ship_notice_out import write_ship_notice
from formats.edifact.write import Envelope, MessageType, un_message
from formats.findings import Finding
from formats.records import Party, PurchaseOrder, ShipVia, UnitType
from formats.steps import OrderChange, ShipNotice
from formats.x12.purchase_order_out import DIRECT

UNITS = {UnitType.BOX: "BX", UnitType.BUNCH: "BH", UnitType.STEM: "PCE"}
"""6411 of our units, where the partner's table names no other."""
MOST_UNIT = 3
_GLN = "14"


def envelope_to(
    desk: Desk, partner: Partner, *, is_test: bool = False, addressee: str | None = None
) -> Envelope:
    """Return the envelope of a file to `partner`, from this site.

    An answer comes from whom the partner had addressed (`14/8712345000028`), because that is whom
    its system expects it from. Raises UnwritableError where one of the two has no EDIFACT identity.
    """
    envelope = envelope_of(desk.site, partner, is_test=is_test)
    qualifier, mark, name = (addressee or "").partition("/")
    if not mark or not name:
        return envelope
    return replace(envelope, sender=name, sender_qualifier=qualifier)


def envelope_of(site: Configuration, partner: Partner, *, is_test: bool = False) -> Envelope:
    """Return the envelope of a file to `partner`; see `envelope_to`."""
    ours, theirs = site.site.edifact, partner.edifact
    if ours is None or theirs is None:
        whose = "[site]" if ours is None else f"partner {partner.name}"
        raise UnwritableError(
            f"EDIFACT can't be written to {partner.name}: {whose} has no edifact section with its"
            " id; the operator adds it, and releases this file"
        )
    return Envelope(
        sender=ours.id,
        sender_qualifier=ours.qualifier,
        recipient=theirs.id,
        recipient_qualifier=theirs.qualifier,
        syntax=theirs.syntax,
        version=theirs.syntax_version,
        is_test=is_test or theirs.usage == "T",
        refuses_characters=theirs.unsendable == "refuse",
    )


def reference_to(desk: Desk, envelope: Envelope) -> str:
    """Allot the interchange control reference of a file."""
    return reference_of(desk.post, envelope)


def reference_of(post: Posting, envelope: Envelope) -> str:
    """Allot the interchange control reference of a file; see `reference_to`."""
    return control_reference(
        post,
        f"{envelope.sender_qualifier}/{envelope.sender}",
        f"{envelope.recipient_qualifier}/{envelope.recipient}",
    )


def message_to(partner: Partner, code: str) -> MessageType:
    """Return how a message is written to `partner`: its release and association code."""
    theirs = partner.edifact
    if theirs is None:
        return un_message(code)
    return un_message(code, theirs.release, theirs.association)


def order_file(
    desk: Desk, vendor: Partner, order: PurchaseOrder, buyer: Partner | None
) -> OutgoingFile:
    """Return an order as ORDERS; `order` is as the vendor knows it, with its codes."""
    envelope = envelope_to(desk, vendor, is_test=order.is_test)
    code = order.order_type or ""
    said = order.model_copy(
        update={
            "vendor": named(order.vendor, vendor.edifact),
            "buyer": named(order.buyer, buyer.edifact if buyer else None),
            # Types of other formats mean nothing in 1001.
            "order_type": code if code.isdigit() else None,
            "ship_via": ShipVia.GROWER if code == DIRECT else order.ship_via,
        }
    )
    at = desk.post.at.astimezone(desk.site.site.zone)
    cuts: list[Finding] = []
    body = write_purchase_order(
        said,
        envelope,
        message_to(vendor, "ORDERS"),
        reference=reference_to(desk, envelope),
        at=at,
        warnings=cuts,
    )
    return _file(vendor, "ORDERS", order.number, body, cuts)


def order_change_file(
    desk: Desk, vendor: Partner, change: OrderChange, buyer: Partner | None
) -> OutgoingFile:
    """Return a change of an order as ORDCHG; `change` is in the vendor's codes."""
    envelope = envelope_to(desk, vendor)
    said = change.model_copy(
        update={
            "vendor": named(change.vendor, vendor.edifact),
            "buyer": named(change.buyer, buyer.edifact if buyer else None),
            "ship_via": ShipVia.GROWER if change.order_type == DIRECT else change.ship_via,
        }
    )
    cuts: list[Finding] = []
    body = write_order_change(
        said,
        envelope,
        message_to(vendor, "ORDCHG"),
        reference=reference_to(desk, envelope),
        at=desk.post.at.astimezone(desk.site.site.zone),
        warnings=cuts,
    )
    return _file(vendor, "ORDCHG", change.number, body, cuts)


def ship_notice_file(
    desk: Desk, buyer: Partner, vendor: Partner, notice: ShipNotice
) -> OutgoingFile:
    """Return what was shipped as DESADV; `notice` is in the buyer's codes."""
    envelope = envelope_to(desk, buyer)
    said = notice.model_copy(
        update={
            "vendor": named(notice.vendor, vendor.edifact),
            "buyer": named(notice.buyer, buyer.edifact),
        }
    )
    cuts: list[Finding] = []
    body = write_ship_notice(
        said,
        envelope,
        message_to(buyer, "DESADV"),
        reference=reference_to(desk, envelope),
        at=desk.post.at.astimezone(desk.site.site.zone),
        warnings=cuts,
    )
    return _file(buyer, "DESADV", notice.awb or notice.number, body, cuts)


def _file(
    to: Partner, kind: str, number: str, body: bytes, cuts: Iterable[Finding]
) -> OutgoingFile:
    return OutgoingFile(*(to.name, kind, number, "edi", body), is_answer=False, notes=tuple(cuts))


def unit_of(unit: UnitType, word: str | None) -> str:
    """Return the 6411 of a unit: the partner's own `word` where it fits, else ours."""
    return word if word and len(word) <= MOST_UNIT else UNITS[unit]


def named(party: Party, identity: EdifactIdentity | None) -> Party:
    """Return a party by its EDIFACT id, where it has one."""
    if identity is None:
        return party
    kind = "UL" if identity.qualifier == _GLN else "92"
    return replace(party, code=identity.id, qualifier=kind)

"""Envelopes and control numbers of outgoing X12 files."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Literal

from daemon.config import Configuration, Partner, X12Partner
from daemon.ledger.posting import Posting
from daemon.trade.desk import Desk
from daemon.trade.step import sender_of
from formats.x12.write import ControlNumbers, Envelope


def identity(partner: Partner) -> X12Partner:
    """Return how `partner` is named in envelopes; its name in capitals where it has no identity."""
    return partner.x12 or X12Partner(id=partner.name.upper()[:15].ljust(2, "X"))


def to_partner(
    site: Configuration, partner: Partner, *, is_test: bool = False, addressee: str | None = None
) -> Envelope:
    """Return the envelope of a file to `partner`.

    It comes from this site, or in an answer from whom the partner had addressed (`ZZ/FLORSOL`),
    because that is whom its system expects it from.
    """
    ours = site.site.x12
    theirs = identity(partner)
    usage = "T" if is_test else theirs.usage
    return _envelope(addressee or f"{ours.qualifier}/{ours.id}", theirs, usage)


def answering(
    desk: Desk,
    partner: Partner,
    document_id: int,
    *,
    is_test: bool = False,
    addressee: str | None = None,
) -> Envelope:
    """Return the envelope of an answer to a document of `partner`; see `to_partner`.

    A partner without an X12 identity is answered as it called itself, as its 997 is.
    """
    envelope = to_partner(desk.site, partner, is_test=is_test, addressee=addressee)
    is_agreed = partner.x12 is not None
    return envelope if is_agreed else sent_back(envelope, sender_of(desk, document_id))


def sent_back(envelope: Envelope, sender: str | None) -> Envelope:
    """Return `envelope` for `sender` (`ZZ/FLORSOL`), where it is known who that is."""
    qualifier, mark, name = (sender or "").partition("/")
    if not mark:
        return envelope
    try:
        return replace(envelope, receiver_qualifier=qualifier, receiver=name)
    except ValueError:
        # A name that holds our separators can't stand in an envelope of ours.
        return envelope


@lru_cache(maxsize=256)
def _envelope(sender: str, theirs: X12Partner, usage: Literal["P", "T"]) -> Envelope:
    """Return a checked envelope; `sender` is qualifier and id, as `ZZ/FLORSOL`."""
    qualifier, _, name = sender.partition("/")
    return Envelope(
        sender_qualifier=qualifier,
        sender=name,
        receiver_qualifier=theirs.qualifier,
        receiver=theirs.id,
        usage=usage,
        version="00501" if theirs.version == "005010" else "00401",
        charset=theirs.characters,
        refuses_characters=theirs.unsendable == "refuse",
    )


def numbers(post: Posting, envelope: Envelope) -> ControlNumbers:
    """Allot the next interchange and group numbers of the pair."""
    pair = (
        f"{envelope.sender_qualifier}/{envelope.sender}",
        f"{envelope.receiver_qualifier}/{envelope.receiver}",
    )
    return ControlNumbers(
        post.control_number("interchange", *pair), post.control_number("group", *pair)
    )

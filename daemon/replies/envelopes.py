"""Envelopes and control numbers of outgoing X12 files."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from daemon.config import Configuration, Partner, X12Identity
from daemon.ledger.posting import Posting
from formats.x12.write import ControlNumbers, Envelope


def identity(partner: Partner) -> X12Identity:
    """Return how `partner` is named in envelopes; its name in capitals where it has no identity."""
    return partner.x12 or X12Identity(id=partner.name.upper()[:15].ljust(2, "X"))


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


@lru_cache(maxsize=256)
def _envelope(sender: str, theirs: X12Identity, usage: Literal["P", "T"]) -> Envelope:
    """Return a checked envelope; `sender` is qualifier and id, as `ZZ/FLORSOL`."""
    qualifier, _, name = sender.partition("/")
    return Envelope(
        sender_qualifier=qualifier,
        sender=name,
        receiver_qualifier=theirs.qualifier,
        receiver=theirs.id,
        usage=usage,
        version="00501" if theirs.version == "005010" else "00401",
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

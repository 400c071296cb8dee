"""CONTRL: could we read an EDIFACT interchange, and where not."""

from __future__ import annotations

from daemon.config import Partner
from daemon.ledger.posting import OutgoingFile, Posting
from daemon.trade.desk import Desk
from formats.edifact.outcomes import InterchangeOutcome
from formats.edifact.technical import control_message, is_answered

LEVEL = "edifact"
"""Our interchange control references count for themselves, apart from those of X12."""


def control_answer(
    desk: Desk, partner: Partner, outcome: InterchangeOutcome, override: str | None = None
) -> OutgoingFile | None:
    """Return the CONTRL that one interchange earns; None where nobody is to be told.

    `override` is a code that only the books can know (26, duplicate). A partner that is told only
    when it asks (0031) hears of everything that is refused all the same.
    """
    interchange = outcome.interchange
    wish = partner.edifact.contrl if partner.edifact else "always"
    if wish == "none" or not is_answered(interchange):
        return None
    is_refused = override is not None or interchange.is_rejected or not _is_accepted(outcome)
    if wish == "asked" and not (is_refused or interchange.wants_acknowledgement):
        return None
    reference = control_reference(
        desk.post,
        f"{interchange.recipient_qualifier}/{interchange.recipient}",
        f"{interchange.sender_qualifier}/{interchange.sender}",
    )
    at = desk.post.at.astimezone(desk.site.site.zone)
    body = control_message(outcome, reference=reference, at=at, override=override)
    if body is None:
        return None
    return OutgoingFile(partner.name, "CONTRL", interchange.control, "edi", body, is_answer=True)


def control_reference(post: Posting, sender: str, recipient: str) -> str:
    """Allot the next interchange control reference of a pair (`qualifier/id`)."""
    return str(post.control_number(LEVEL, sender, recipient))


def _is_accepted(outcome: InterchangeOutcome) -> bool:
    return all(
        not group.group.faults and all(each.is_accepted for each in group.messages)
        for group in outcome.groups
    )

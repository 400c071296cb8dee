"""Technical acknowledgements: could we read it, and where not (TA1 and 997)."""

from __future__ import annotations

from daemon.config import Partner
from daemon.ledger.posting import OutgoingFile, Posting
from daemon.trade.desk import Desk
from formats.x12.outcomes import InterchangeOutcome
from formats.x12.spans import Interchange
from formats.x12.technical import (
    ControlNumbers,
    functional_acknowledgement,
    interchange_acknowledgement,
    numbers_needed,
)


def acknowledge(
    desk: Desk,
    partner: Partner,
    outcome: InterchangeOutcome,
    override: tuple[str, str] | None = None,
) -> list[OutgoingFile]:
    """Return the TA1 and the 997 that one interchange earns.

    A TA1 goes out when the sender asks for it (ISA14) or when the envelope is not accepted as it
    stands; `override` is a TA104 and TA105 that only the books can know (025). An interchange that
    is refused gets no 997: its sets were not looked at.
    """
    interchange = outcome.interchange
    if not interchange.is_trusted:
        return []
    at = desk.post.at.astimezone(desk.site.site.zone)
    files: list[OutgoingFile] = []
    if override is not None or interchange.status != "A" or interchange.wants_ta1 == "1":
        body = interchange_acknowledgement(
            interchange, control=_numbers(desk.post, outcome).interchange, at=at, override=override
        )
        if body is not None:
            files.append(_file(partner, "TA1", interchange, body))
    if override is None and not interchange.is_rejected:
        reply = functional_acknowledgement(
            interchange, outcome, control=_numbers(desk.post, outcome), at=at
        )
        if reply is not None:
            files.append(_file(partner, "997", interchange, reply))
    return files


def _file(partner: Partner, kind: str, interchange: Interchange, body: bytes) -> OutgoingFile:
    return OutgoingFile(partner.name, kind, interchange.control, "edi", body, is_answer=True)


def _numbers(post: Posting, outcome: InterchangeOutcome) -> ControlNumbers:
    """Allot the numbers of an answer: it goes from whom the interchange was addressed to, back."""
    interchange = outcome.interchange
    pair = (
        f"{interchange.receiver_qualifier}/{interchange.receiver}",
        f"{interchange.sender_qualifier}/{interchange.sender}",
    )
    groups, _sets = numbers_needed(outcome)
    number = post.control_number("interchange", *pair)
    group = post.control_number("group", *pair, count=max(1, groups))
    return ControlNumbers(number, group)

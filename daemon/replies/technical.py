"""Technical acknowledgements: could we read it, and where not (TA1, 997 and 999)."""

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
    """Return the TA1 and the 997 (or 999) that one interchange earns.

    A TA1 goes out when the sender asks for it (ISA14) or when the envelope is not accepted as it
    stands; `override` is a TA104 and TA105 that only the books can know (025). An interchange that
    is refused gets no 997: its sets were not looked at. One that holds acknowledgements alone gets
    nothing as long as it could be read: two systems that answered each other's would never end.
    """
    interchange = outcome.interchange
    if not interchange.is_trusted or _is_acknowledgement(outcome, override):
        return []
    at = desk.post.at.astimezone(desk.site.site.zone)
    files: list[OutgoingFile] = []
    if override is not None or interchange.status != "A" or interchange.wants_ta1 == "1":
        body = interchange_acknowledgement(
            interchange, control=_numbers(desk.post, outcome).interchange, at=at, override=override
        )
        if body is not None:
            files.append(_file(partner, "TA1", interchange, body))
    form = partner.technical_ack
    if override is None and not interchange.is_rejected and form != "none":
        reply = functional_acknowledgement(
            interchange, outcome, control=_numbers(desk.post, outcome), at=at, form=form
        )
        if reply is not None:
            kind = form if b"ST" + reply[3:4] + form.encode() in reply else "997"
            files.append(_file(partner, kind, interchange, reply))
    return files


def _is_acknowledgement(outcome: InterchangeOutcome, override: tuple[str, str] | None) -> bool:
    """Tell whether an interchange only acknowledges others, so that nobody answers it."""
    interchange = outcome.interchange
    if not interchange.groups:
        return bool(interchange.acknowledgements)
    is_read = override is None and not interchange.is_rejected
    return is_read and all(group.is_acknowledgement for group in outcome.groups)


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

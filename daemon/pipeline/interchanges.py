"""Interchanges by their control number: new, repeated, or in conflict (reliability E).

X12 and EDIFACT differ in how an interchange is named and answered; what it is, and what becomes of
its number, is the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from daemon.config import Partner
from daemon.ledger.arrivals import Arrival
from daemon.ledger.documents import KnownInterchange, has_documents, take_interchange
from daemon.ledger.holds import HoldKind, NewHold, hold, is_released
from daemon.ledger.outgoing import has_purged_answers, latest_answers
from daemon.pipeline.documents import Tally
from daemon.replies.advice import repetition_advice
from daemon.trade.desk import Desk


class Verdict(Enum):
    """What an interchange is, by its control number."""

    NEW = auto()
    REPEATED = auto()
    """The same bytes were taken before: no effect, and never an error (AS2 erratum 3055)."""
    CONFLICT = auto()
    """The number was used with other bytes: a person decides."""


@dataclass(frozen=True, slots=True)
class Named:
    """How an interchange is told from every other, and named to people."""

    key: str
    """With the partner: what one sends in another's name must not stand in that one's way."""
    digest: str
    """SHA-256 (hex) of its bytes."""
    control: str
    sender: str
    place: str
    """As `ISA13 000000017`."""


@dataclass(frozen=True, slots=True)
class Judged:
    """An interchange and what it is."""

    verdict: Verdict
    name: Named
    original: int | None = None
    """Arrival that brought it first."""
    is_first: bool = False
    """Whether nothing came under its key before."""


def judge(
    desk: Desk,
    arrival: Arrival,
    name: Named,
    *,
    is_rejected: bool,
    seen: dict[str, KnownInterchange],
) -> Judged:
    """Tell a new interchange from a repeated one and from one in conflict.

    `seen` holds those that came earlier in the same file; the others were looked up before.
    """
    known = seen.get(name.key) or desk.interchanges[name.key]
    if is_rejected:
        return Judged(Verdict.NEW, name)
    is_ours = known is not None and known.arrival_id == arrival.id and name.key not in seen
    seen[name.key] = KnownInterchange(arrival.id, name.digest)
    if known is None or (is_ours and not has_documents(desk.post, arrival.id)):
        return Judged(Verdict.NEW, name, is_first=known is None)
    if known.digest == name.digest:
        return Judged(Verdict.REPEATED, name, known.arrival_id)
    if is_released(desk.post, arrival.id, HoldKind.CONTROL_NUMBER, place=name.place):
        return Judged(Verdict.NEW, name)
    return Judged(Verdict.CONFLICT, name, known.arrival_id)


def remember(desk: Desk, arrival: Arrival, judged: Judged) -> None:
    """Take the number of an interchange whose documents were taken."""
    take_interchange(
        desk.post,
        desk.interchanges,
        judged.name.key,
        judged.name.digest,
        arrival_id=arrival.id,
        is_first=judged.is_first,
    )


def answer_again(
    desk: Desk, partner: Partner, arrival: Arrival, judged: Judged, tally: Tally
) -> None:
    """Answer a repeated interchange like the first time."""
    if judged.original is None or judged.original == arrival.id:
        return
    desk.post.flush()
    control = judged.name.control
    files = latest_answers(desk.post.conn, arrival_id=judged.original, interchange=control)
    if not files and has_purged_answers(desk.post.conn, arrival_id=judged.original):
        files = [repetition_advice(desk, partner, control)]
    for file in files:
        desk.post.send(file, arrival_id=arrival.id, document_id=None)
        tally.files += 1


def hold_conflict(
    desk: Desk, partner: Partner, arrival: Arrival, judged: Judged, tally: Tally
) -> None:
    """Let a person decide on an interchange whose number was used with other bytes."""
    name = judged.name
    message = (
        f"interchange {name.control} of {name.sender} came before with other bytes"
        f" (arrival {judged.original}); release it to take this one too, or reject it"
    )
    hold(
        desk.post,
        NewHold(HoldKind.CONTROL_NUMBER, partner.name, message, place=name.place),
        arrival_id=arrival.id,
        document_id=None,
    )
    tally.held_reason = message

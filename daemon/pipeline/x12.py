"""An X12 file on its way: each interchange new, repeated or in conflict; each set a document."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import Enum, auto

from daemon.config import Partner
from daemon.errors import DataError
from daemon.ledger.arrivals import Arrival
from daemon.ledger.documents import (
    KnownInterchange,
    add_findings,
    has_documents,
    look_up_interchanges,
    take_interchange,
)
from daemon.ledger.holds import HoldKind, NewHold, hold, is_released
from daemon.ledger.outgoing import has_purged_answers, latest_answers
from daemon.ledger.states import DocumentState
from daemon.pipeline.documents import Taken, Tally, take
from daemon.replies.advice import repetition_advice, stock_advice
from daemon.replies.technical import acknowledge
from daemon.trade.desk import Desk
from formats.documents import ReadDocument
from formats.findings import Finding, Where, warning
from formats.identify import Format
from formats.limits import Limits
from formats.x12.outcomes import InterchangeOutcome
from formats.x12.reader import Policy, X12Reading, read
from formats.x12.spans import Interchange

DUPLICATE_CONTROL_NUMBER = ("R", "025")
"""TA104 and TA105 for a control number that was used before with other bytes."""


class Verdict(Enum):
    """What an interchange is, by its control number (reliability E)."""

    NEW = auto()
    REPEATED = auto()
    """The same bytes were taken before: no effect, and never an error (AS2 erratum 3055)."""
    CONFLICT = auto()
    """The number was used with other bytes: a person decides."""


@dataclass(frozen=True, slots=True)
class _Judged:
    verdict: Verdict
    key: str
    digest: str
    original: int | None = None
    """Arrival that brought it first."""
    is_first: bool = False
    """Whether nothing came under its key before."""


def post_x12(desk: Desk, partner: Partner, arrival: Arrival, data: bytes) -> Tally:
    """Post the documents of an X12 file and gather its acknowledgements.

    Raises DataError where no interchange can be trusted, so that nobody can be answered in X12.
    """
    ahead = desk.ahead.pop(arrival.id, None)
    reading = ahead.reading if ahead else read_x12(desk, data)
    if not any(interchange.is_trusted for interchange in reading.interchanges):
        _refuse(reading)
    seen: dict[str, KnownInterchange] = {}
    keys = [interchange_key(partner, each) for each in reading.interchanges]
    look_up_interchanges(desk.post, desk.interchanges, keys)
    judged = [
        _judge(desk, arrival, reading, each, key=key, seen=seen)
        for each, key in zip(reading.interchanges, keys, strict=True)
    ]
    tally = Tally(is_repetition=all(j.verdict is Verdict.REPEATED for j in judged))
    add_findings(desk.post, reading.findings, arrival_id=arrival.id, document_id=None)
    documents = ahead.documents if ahead else reading.documents()
    for position, document in enumerate(documents, 1):
        index = document.interchange or 0
        if judged[index].verdict is Verdict.NEW:
            taken = take(
                desk,
                partner,
                arrival,
                document,
                position=position,
                form=Format.X12,
                addressee=_addressee(reading.interchanges[index]),
            )
            tally.add(taken, document.findings)
            _advise(desk, partner, arrival, document, taken=taken, tally=tally)
    for outcome, judgement in zip(reading.outcomes, judged, strict=True):
        _answer(desk, partner, arrival, outcome=outcome, judged=judgement, tally=tally)
    return tally


def _advise(
    desk: Desk,
    partner: Partner,
    arrival: Arrival,
    document: ReadDocument,
    *,
    taken: Taken,
    tally: Tally,
) -> None:
    """Tell a vendor what a 997 can't: lines of its 846 that are not on sale, and why."""
    stock = taken.stock
    if stock is None:
        return
    if taken.state is not DocumentState.POSTED or document.findings or stock.notes:
        file = stock_advice(partner, arrival, stock, document)
        desk.post.send(file, arrival_id=arrival.id, document_id=taken.document_id)
        tally.files += 1


def read_x12(desk: Desk, data: bytes) -> X12Reading:
    """Scan a file with the limits and the addressees of the site."""
    return read(data, _limits(desk), _policy(desk))


def _limits(desk: Desk) -> Limits:
    chosen = desk.site.limits
    return Limits(file_bytes=chosen.file_bytes, segments=chosen.segments, rows=chosen.rows)


def _policy(desk: Desk) -> Policy:
    """Take what is addressed to the site or to one of its vendors (TA1 009 for the rest)."""
    ours = [desk.site.site.x12, *(p.x12 for p in desk.site.partner if p.x12)]
    return Policy(receivers=frozenset((i.qualifier, i.id) for i in ours))


def _refuse(reading: X12Reading) -> None:
    found = [*reading.findings, *(f for i in reading.interchanges for f in i.findings)]
    first = next((f for f in found if f.is_error), None)
    if first is None:
        raise DataError("x12.unreadable", "no interchange of the file can be read; send it again")
    raise DataError(first.code, f"{first.where}: {first.message}")


def _place(interchange: Interchange) -> str:
    return f"ISA13 {interchange.control}"


def _addressee(interchange: Interchange) -> str:
    return f"{interchange.receiver_qualifier}/{interchange.receiver}"


def interchange_key(partner: Partner, interchange: Interchange) -> str:
    """Return what tells an interchange from every other (reliability E).

    With the partner: what one sends in another's name must not stand in that one's way.
    """
    sender = f"{interchange.sender_qualifier}/{interchange.sender}"
    pair = f"{partner.name}:{sender}>{_addressee(interchange)}"
    return f"{pair}:{interchange.control}:{interchange.usage}"


def _judge(
    desk: Desk,
    arrival: Arrival,
    reading: X12Reading,
    interchange: Interchange,
    *,
    key: str,
    seen: dict[str, KnownInterchange],
) -> _Judged:
    """Tell a new interchange from a repeated one and from one in conflict.

    `seen` holds those that came earlier in the same file.
    """
    raw = reading.data[interchange.start : interchange.end]
    digest = hashlib.sha256(raw).hexdigest()
    known = seen.get(key) or desk.interchanges[key]
    if interchange.is_rejected:
        return _Judged(Verdict.NEW, key, digest)
    is_ours = known is not None and known.arrival_id == arrival.id and key not in seen
    seen[key] = KnownInterchange(arrival.id, digest)
    if known is None or (is_ours and not has_documents(desk.post, arrival.id)):
        return _Judged(Verdict.NEW, key, digest, is_first=known is None)
    if known.digest == digest:
        return _Judged(Verdict.REPEATED, key, digest, known.arrival_id)
    place = _place(interchange)
    if is_released(desk.post, arrival.id, HoldKind.CONTROL_NUMBER, place=place):
        return _Judged(Verdict.NEW, key, digest)
    return _Judged(Verdict.CONFLICT, key, digest, known.arrival_id)


def _answer(
    desk: Desk,
    partner: Partner,
    arrival: Arrival,
    *,
    outcome: InterchangeOutcome,
    judged: _Judged,
    tally: Tally,
) -> None:
    """Gather the technical answer to one interchange and remember its number."""
    interchange = outcome.interchange
    found = [*interchange.findings, *_sender_warning(partner, interchange)]
    found += [f for group in interchange.groups for f in group.findings]
    tally.note(found)
    add_findings(desk.post, found, arrival_id=arrival.id, document_id=None)
    if judged.verdict is Verdict.REPEATED:
        _answer_again(desk, partner, arrival, interchange=interchange, judged=judged, tally=tally)
        return
    override = DUPLICATE_CONTROL_NUMBER if judged.verdict is Verdict.CONFLICT else None
    for file in acknowledge(desk, partner, outcome, override):
        desk.post.send(file, arrival_id=arrival.id, document_id=None)
        tally.files += 1
    if judged.verdict is Verdict.CONFLICT:
        _hold_conflict(desk, partner, arrival, interchange=interchange, judged=judged, tally=tally)
    elif not interchange.is_rejected:
        take_interchange(
            desk.post,
            desk.interchanges,
            judged.key,
            judged.digest,
            arrival_id=arrival.id,
            is_first=judged.is_first,
        )


def _answer_again(
    desk: Desk,
    partner: Partner,
    arrival: Arrival,
    *,
    interchange: Interchange,
    judged: _Judged,
    tally: Tally,
) -> None:
    if judged.original is None or judged.original == arrival.id:
        return
    desk.post.flush()
    files = latest_answers(
        desk.post.conn, arrival_id=judged.original, interchange=interchange.control
    )
    if not files and has_purged_answers(desk.post.conn, arrival_id=judged.original):
        files = [repetition_advice(desk, partner, interchange.control)]
    for file in files:
        desk.post.send(file, arrival_id=arrival.id, document_id=None)
        tally.files += 1


def _hold_conflict(
    desk: Desk,
    partner: Partner,
    arrival: Arrival,
    *,
    interchange: Interchange,
    judged: _Judged,
    tally: Tally,
) -> None:
    message = (
        f"interchange {interchange.control} of {interchange.sender} came before with other bytes"
        f" (arrival {judged.original}); release it to take this one too, or reject it"
    )
    hold(
        desk.post,
        NewHold(HoldKind.CONTROL_NUMBER, partner.name, message, place=_place(interchange)),
        arrival_id=arrival.id,
        document_id=None,
    )
    tally.held_reason = message


def _sender_warning(partner: Partner, interchange: Interchange) -> list[Finding]:
    """Warn where the envelope names another sender than the partner whose inbox it came to."""
    ours = partner.x12
    if ours is None or (ours.qualifier, ours.id) == (
        interchange.sender_qualifier,
        interchange.sender,
    ):
        return []
    message = (
        f"the interchange says it is from {interchange.sender_qualifier}/{interchange.sender}, but"
        f" it came from {partner.name}, who is {ours.qualifier}/{ours.id}; check ISA05 and ISA06"
    )
    return [warning("x12.ISA06.unexpected", message, Where("ISA", element=6))]

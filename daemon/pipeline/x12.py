"""An X12 file on its way: each interchange new, repeated or in conflict; each set a document."""

from __future__ import annotations

import hashlib

from daemon.config import Partner
from daemon.errors import DataError
from daemon.ledger.arrivals import Arrival
from daemon.ledger.documents import KnownInterchange, add_findings, look_up_interchanges
from daemon.ledger.states import DocumentState
from daemon.pipeline.documents import Taken, Tally, take
from daemon.pipeline.interchanges import (
    Judged,
    Named,
    Verdict,
    answer_again,
    hold_conflict,
    judge,
    remember,
)
from daemon.replies.advice import stock_advice
from daemon.replies.content import stock_advice_x12, unused_advice_x12, wants_advice
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


def post_x12(desk: Desk, partner: Partner, arrival: Arrival, data: bytes) -> Tally:
    """Post the documents of an X12 file and gather its acknowledgements.

    Raises DataError where no interchange can be trusted, so that nobody can be answered in X12.
    """
    ahead = desk.ahead.pop(arrival.id, None)
    reading = ahead.reading if ahead else read_x12(desk, data)
    if not any(interchange.is_trusted for interchange in reading.interchanges):
        _refuse(reading)
    seen: dict[str, KnownInterchange] = {}
    names = [_named(partner, reading, each) for each in reading.interchanges]
    look_up_interchanges(desk.post, desk.interchanges, [each.key for each in names])
    judged = [
        judge(desk, arrival, name, is_rejected=each.is_rejected, seen=seen)
        for each, name in zip(reading.interchanges, names, strict=True)
    ]
    tally = Tally(is_repetition=all(j.verdict is Verdict.REPEATED for j in judged))
    add_findings(desk.post, reading.findings, arrival_id=arrival.id, document_id=None)
    documents = ahead.documents if ahead else reading.documents()
    unused: list[tuple[ReadDocument, int]] = []
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
            _advise(
                desk,
                partner,
                arrival,
                document,
                taken=taken,
                tally=tally,
                addressee=_addressee(reading.interchanges[index]),
            )
            if document.record is None and wants_advice(partner):
                unused.append((document, taken.document_id))
    _advise_unused(desk, partner, arrival, reading, unused=unused, tally=tally)
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
    addressee: str,
) -> None:
    """Tell a vendor what a 997 can't: lines of its 846 that are not on sale, and why."""
    stock = taken.stock
    if stock is None:
        return
    if taken.state is not DocumentState.POSTED or document.findings or stock.notes:
        if wants_advice(partner):
            file = stock_advice_x12(desk, partner, stock, document, addressee)
        else:
            file = stock_advice(partner, arrival, stock, document)
        desk.post.send(file, arrival_id=arrival.id, document_id=taken.document_id)
        tally.files += 1


def _advise_unused(
    desk: Desk,
    partner: Partner,
    arrival: Arrival,
    reading: X12Reading,
    *,
    unused: list[tuple[ReadDocument, int]],
    tally: Tally,
) -> None:
    """Tell a partner of the sets that its 997 calls accepted and that are of no use all the same.

    Each is found by its control numbers; a set that the 997 refuses has its reasons there, and
    nobody answers an acknowledgement.
    """
    if not unused:
        return
    read_well = {
        f"{outcome.interchange.control}/{group.group.control}/{span.control}": span.code
        for outcome in reading.outcomes
        for group in outcome.groups
        if not group.is_acknowledgement and not group.group.errors
        for span, each in zip(group.group.sets, group.sets, strict=True)
        if each.is_accepted
    }
    for document, key in unused:
        kind = read_well.get(document.control)
        if kind is None or document.interchange is None:
            continue
        around = reading.interchanges[document.interchange]
        file = unused_advice_x12(
            desk, partner, document, kind, _addressee(around), is_test=around.is_test
        )
        desk.post.send(file, arrival_id=arrival.id, document_id=key)
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


def _addressee(interchange: Interchange) -> str:
    return f"{interchange.receiver_qualifier}/{interchange.receiver}"


def interchange_key(partner: Partner, interchange: Interchange) -> str:
    """Return what tells an interchange from every other (reliability E).

    With the partner: what one sends in another's name must not stand in that one's way.
    """
    sender = f"{interchange.sender_qualifier}/{interchange.sender}"
    pair = f"{partner.name}:{sender}>{_addressee(interchange)}"
    return f"{pair}:{interchange.control}:{interchange.usage}"


def _named(partner: Partner, reading: X12Reading, interchange: Interchange) -> Named:
    raw = reading.data[interchange.start : interchange.end]
    return Named(
        interchange_key(partner, interchange),
        hashlib.sha256(raw).hexdigest(),
        interchange.control,
        interchange.sender,
        f"ISA13 {interchange.control}",
    )


def _answer(
    desk: Desk,
    partner: Partner,
    arrival: Arrival,
    *,
    outcome: InterchangeOutcome,
    judged: Judged,
    tally: Tally,
) -> None:
    """Gather the technical answer to one interchange and remember its number."""
    interchange = outcome.interchange
    found = [*interchange.findings, *_sender_warning(partner, interchange)]
    found += [f for group in interchange.groups for f in group.findings]
    tally.note(found)
    add_findings(desk.post, found, arrival_id=arrival.id, document_id=None)
    if judged.verdict is Verdict.REPEATED:
        answer_again(desk, partner, arrival, judged, tally)
        return
    override = DUPLICATE_CONTROL_NUMBER if judged.verdict is Verdict.CONFLICT else None
    for file in acknowledge(desk, partner, outcome, override):
        desk.post.send(file, arrival_id=arrival.id, document_id=None)
        tally.files += 1
    if judged.verdict is Verdict.CONFLICT:
        hold_conflict(desk, partner, arrival, judged, tally)
    elif not interchange.is_rejected:
        remember(desk, arrival, judged)


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

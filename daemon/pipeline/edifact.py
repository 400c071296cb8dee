"""An EDIFACT file on its way: each interchange new, repeated or in conflict; each message read."""

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
from daemon.replies import aperak
from daemon.replies.advice import stock_advice
from daemon.replies.contrl import control_answer
from daemon.trade.desk import Desk
from formats.documents import ReadDocument
from formats.edifact.outcomes import InterchangeOutcome
from formats.edifact.policy import Parties, Policy
from formats.edifact.reader import EdifactReading, read
from formats.edifact.spans import Interchange
from formats.edifact.technical import DUPLICATE
from formats.findings import Finding, Where, warning
from formats.identify import Format
from formats.limits import Limits


def post_edifact(desk: Desk, partner: Partner, arrival: Arrival, data: bytes) -> Tally:
    """Post the messages of an EDIFACT file and gather its CONTRLs.

    Raises DataError where no interchange can be trusted, so that nobody can be answered.
    """
    reading = read(data, _limits(desk), policy_for(desk, partner))
    if not any(interchange.is_trusted for interchange in reading.interchanges):
        _refuse(reading)
    names = [_named(partner, reading, each) for each in reading.interchanges]
    look_up_interchanges(desk.post, desk.interchanges, [each.key for each in names])
    seen: dict[str, KnownInterchange] = {}
    judged = [
        judge(desk, arrival, name, is_rejected=each.is_rejected or not each.is_trusted, seen=seen)
        for each, name in zip(reading.interchanges, names, strict=True)
    ]
    tally = Tally(is_repetition=all(j.verdict is Verdict.REPEATED for j in judged))
    unused: list[tuple[ReadDocument, int]] = []
    add_findings(desk.post, reading.findings, arrival_id=arrival.id, document_id=None)
    for position, document in enumerate(reading.documents(), 1):
        index = document.interchange or 0
        if judged[index].verdict is Verdict.NEW:
            addressee = _addressee(reading.interchanges[index])
            taken = take(
                desk,
                partner,
                arrival,
                document,
                position=position,
                form=Format.EDIFACT,
                addressee=addressee,
            )
            tally.add(taken, document.findings)
            _advise(desk, partner, arrival, document, taken=taken, tally=tally)
            if document.record is None and aperak.is_wanted(partner):
                unused.append((document, taken.document_id))
    _advise_unused(desk, partner, arrival, reading, unused=unused, tally=tally)
    for outcome, judgement in zip(reading.outcomes, judged, strict=True):
        _answer(desk, partner, arrival, outcome=outcome, judged=judgement, tally=tally)
    return tally


def policy_for(desk: Desk, partner: Partner) -> Policy:
    """Return what is taken from `partner`: what it may be addressed to, and what is tolerated.

    Where nobody here has an EDIFACT identity, anything addressed to anybody is taken. Who sends is
    looked at where the partner has an identity: then it is one of those that are known.
    """
    known = frozenset(
        (each.qualifier, each.id)
        for each in (desk.site.site.edifact, *(p.edifact for p in desk.site.partner))
        if each is not None
    )
    recipients: Parties | None = known or None
    own = partner.edifact
    if own is None:
        return Policy(recipients=recipients)
    return Policy(
        recipients=recipients,
        senders=known,
        ignores_qualifiers=own.ignores_qualifiers,
        accepts_other_releases=own.any_release,
        warns=frozenset(own.warns),
    )


def _limits(desk: Desk) -> Limits:
    chosen = desk.site.limits
    return Limits(file_bytes=chosen.file_bytes, segments=chosen.segments, rows=chosen.rows)


def _refuse(reading: EdifactReading) -> None:
    found = [*reading.findings, *(f for i in reading.interchanges for f in i.findings)]
    first = next((f for f in found if f.is_error), None)
    if first is None:
        message = "no interchange of the file can be read; send it again"
        raise DataError("edifact.unreadable", message)
    raise DataError(first.code, f"{first.where}: {first.message}")


def _named(partner: Partner, reading: EdifactReading, interchange: Interchange) -> Named:
    """Name an interchange by sender, recipient, 0020, 0026 and the test indicator."""
    raw = reading.data[interchange.start : interchange.end]
    sender = f"{interchange.sender_qualifier}/{interchange.sender}"
    pair = f"{partner.name}:edifact:{sender}>{_addressee(interchange)}"
    usage = "T" if interchange.is_test else "P"
    return Named(
        f"{pair}:{interchange.control}:{interchange.application}:{usage}",
        hashlib.sha256(raw).hexdigest(),
        interchange.control,
        interchange.sender,
        f"UNB05 {interchange.control}",
    )


def _addressee(interchange: Interchange) -> str:
    return f"{interchange.recipient_qualifier}/{interchange.recipient}"


def _advise(
    desk: Desk,
    partner: Partner,
    arrival: Arrival,
    document: ReadDocument,
    *,
    taken: Taken,
    tally: Tally,
) -> None:
    """Tell a vendor what a CONTRL can't: lines of its INVRPT that are not on sale, and why."""
    stock = taken.stock
    if stock is None:
        return
    if taken.state is not DocumentState.POSTED or document.findings or stock.notes:
        if aperak.is_wanted(partner):
            file = aperak.stock_advice(desk, partner, stock, taken.document_id, document)
        else:
            file = stock_advice(partner, arrival, stock, document)
        desk.post.send(file, arrival_id=arrival.id, document_id=taken.document_id)
        tally.files += 1


def _advise_unused(
    desk: Desk,
    partner: Partner,
    arrival: Arrival,
    reading: EdifactReading,
    *,
    unused: list[tuple[ReadDocument, int]],
    tally: Tally,
) -> None:
    """Tell a partner of the messages that its CONTRL calls accepted and that are of no use."""
    if not unused:
        return
    read_well = {
        f"{outcome.interchange.control}/{group.group.control}/{span.control}"
        for outcome in reading.outcomes
        for group in outcome.groups
        for span, each in zip(group.group.messages, group.messages, strict=True)
        if each.is_accepted and span.code not in ("CONTRL", "APERAK")
    }
    for document, key in unused:
        if document.control in read_well and document.interchange is not None:
            around = reading.interchanges[document.interchange]
            file = aperak.unused_advice(desk, partner, document, key, is_test=around.is_test)
            desk.post.send(file, arrival_id=arrival.id, document_id=key)
            tally.files += 1


def _answer(
    desk: Desk,
    partner: Partner,
    arrival: Arrival,
    *,
    outcome: InterchangeOutcome,
    judged: Judged,
    tally: Tally,
) -> None:
    """Gather the CONTRL for one interchange and remember its number."""
    interchange = outcome.interchange
    found = [*interchange.findings, *_sender_warning(partner, interchange)]
    found += [each.finding for group in interchange.groups for each in group.faults]
    tally.note(found)
    add_findings(desk.post, found, arrival_id=arrival.id, document_id=None)
    if judged.verdict is Verdict.REPEATED:
        answer_again(desk, partner, arrival, judged, tally)
        return
    override = DUPLICATE if judged.verdict is Verdict.CONFLICT else None
    file = control_answer(desk, partner, outcome, override)
    if file is not None:
        desk.post.send(file, arrival_id=arrival.id, document_id=None)
        tally.files += 1
    if judged.verdict is Verdict.CONFLICT:
        hold_conflict(desk, partner, arrival, judged, tally)
    elif interchange.is_trusted and not interchange.is_rejected:
        remember(desk, arrival, judged)


def _sender_warning(partner: Partner, interchange: Interchange) -> list[Finding]:
    """Warn where the envelope names another sender than the partner whose inbox it came to."""
    ours = partner.edifact
    if ours is None or ours.id == interchange.sender or not interchange.is_trusted:
        return []
    message = (
        f"the interchange says it is from {interchange.sender}, but it came from {partner.name}, "
        f"who is {ours.id}; check UNB02"
    )
    return [warning("edifact.UNB02.unexpected", message, Where("UNB", element=2))]

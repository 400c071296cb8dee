"""An X12 file on its way: each interchange new, repeated or in conflict; each set a document."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from daemon.config import Configuration, Partner
from daemon.ledger.arrivals import Arrival
from daemon.ledger.documents import add_findings
from daemon.ledger.posting import OutgoingFile
from daemon.pipeline.documents import Tally
from daemon.pipeline.handling import Handling
from daemon.pipeline.interchanges import (
    Judged,
    Named,
    NewDocument,
    Verdict,
    advise_of_left_out,
    advise_of_stock,
    answer_again,
    blame,
    conclude,
    is_left_out,
    judge,
    note,
    refuse,
    take_new,
)
from daemon.replies.advice import document_advice
from daemon.replies.content import document_advice_x12, stock_advice_x12, wants_advice
from daemon.replies.technical import acknowledge
from daemon.trade.desk import Desk
from daemon.trade.outcome import StockOutcome
from formats.findings import Finding, Where, warning
from formats.identify import Format
from formats.x12.outcomes import InterchangeOutcome
from formats.x12.policy import STRICT, Policy
from formats.x12.reader import X12Reading, read
from formats.x12.spans import Interchange

DUPLICATE_CONTROL_NUMBER = ("R", "025")
"""TA104 and TA105 for a control number that was used before with other bytes."""


def post_x12(desk: Desk, partner: Partner, arrival: Arrival, data: bytes) -> Tally:
    """Post the documents of an X12 file and gather its acknowledgements.

    Raises DataError where no interchange can be trusted, so that nobody can be answered in X12.
    """
    work = Handling(desk, partner, arrival, Format.X12)
    ahead = desk.ahead.pop(arrival.id, None)
    reading = ahead.reading if ahead else _read(desk, partner, data)
    around = reading.interchanges
    if not any(each.is_trusted for each in around):
        refuse("x12", [*reading.findings, *(f for each in around for f in each.findings)])
    names = [_named(partner, reading, each) for each in around]
    for each in around:
        who = f"{each.sender_qualifier}/{each.sender}"
        desk.senders[arrival.id, each.control] = who
    judged = judge(work, names, [each.is_rejected for each in around])
    blame(work, (each.findings for each in around if each.is_rejected))
    add_findings(desk.post, reading.findings, arrival_id=arrival.id, document_id=None)
    documents = ahead.documents if ahead else reading.documents()
    left_out: list[NewDocument] = []
    for new in take_new(work, documents, judged, [_addressee(each) for each in around]):
        _advise_of_stock(work, new, around[new.interchange])
        if is_left_out(new.read):
            left_out.append(new)
    if left_out:
        _advise_of_left_out(work, left_out, reading)
    for outcome, judgement in zip(reading.outcomes, judged, strict=True):
        _answer(work, outcome, judgement)
    return work.tally


def _advise_of_stock(work: Handling, new: NewDocument, around: Interchange) -> None:
    def own(stock: StockOutcome) -> OutgoingFile:
        return stock_advice_x12(work.desk, work.partner, stock, new.read, _addressee(around))

    advise_of_stock(work, new, own if wants_advice(work.partner) else None)


def _advise_of_left_out(
    work: Handling, left_out: Sequence[NewDocument], reading: X12Reading
) -> None:
    """Tell of sets and lines without a use; nobody answers an acknowledgement."""
    read_well = {
        f"{outcome.interchange.control}/{group.group.control}/{span.control}": span.code
        for outcome in reading.outcomes
        for group in outcome.groups
        if not group.is_acknowledgement and not group.group.errors
        for span, each in zip(group.group.sets, group.sets, strict=True)
        if each.is_accepted
    }

    def advice(new: NewDocument, kind: str) -> OutgoingFile:
        if not wants_advice(work.partner):
            return document_advice(work.partner, work.arrival, new.read)
        around = reading.interchanges[new.interchange]
        addressee, is_test = _addressee(around), around.is_test
        return document_advice_x12(
            work.desk,
            work.partner,
            new.read,
            kind,
            addressee,
            is_test=is_test,
            arrival_id=work.arrival.id,
        )

    advise_of_left_out(work, left_out, read_well, advice)


def _read(desk: Desk, partner: Partner, data: bytes) -> X12Reading:
    policy = desk.policies.get(partner.name)
    if policy is None:
        policy = desk.policies[partner.name] = policy_for(desk.site, partner)
    return read(data, desk.limits, policy)


def policy_for(site: Configuration, partner: Partner) -> Policy:
    """Return how X12 of `partner` is read: addressed to the site or to one of its vendors.

    The rest is refused (TA1 009).
    """
    ours = [site.site.x12, *(p.x12 for p in site.partner if p.x12)]
    own = partner.x12.policy() if partner.x12 else STRICT
    return replace(own, receivers=frozenset((i.qualifier, i.id) for i in ours))


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


def _answer(work: Handling, outcome: InterchangeOutcome, judged: Judged) -> None:
    """Gather the technical answer to one interchange and remember its number."""
    interchange = outcome.interchange
    within = [finding for group in interchange.groups for finding in group.findings]
    note(work, [*interchange.findings, *_sender_warning(work.partner, interchange), *within])
    if judged.verdict is Verdict.REPEATED:
        answer_again(work, judged)
        return
    override = DUPLICATE_CONTROL_NUMBER if judged.verdict is Verdict.CONFLICT else None
    files = acknowledge(work.desk, work.partner, outcome, override)
    conclude(work, judged, files, is_taken=not interchange.is_rejected)


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

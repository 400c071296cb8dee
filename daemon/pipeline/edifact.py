"""An EDIFACT file on its way: each interchange new, repeated or in conflict; each message read."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from daemon.config import Partner
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
from daemon.replies import aperak
from daemon.replies.advice import document_advice
from daemon.replies.contrl import control_answer
from daemon.trade.desk import Desk
from daemon.trade.orders.clock_sales import with_direct_sales
from daemon.trade.outcome import StockOutcome
from formats.edifact.outcomes import InterchangeOutcome
from formats.edifact.policy import Parties, Policy
from formats.edifact.reader import EdifactReading, read
from formats.edifact.spans import Interchange
from formats.edifact.technical import DUPLICATE
from formats.findings import Finding, Where, warning
from formats.identify import Format


def post_edifact(desk: Desk, partner: Partner, arrival: Arrival, data: bytes) -> Tally:
    """Post the messages of an EDIFACT file and gather its CONTRLs.

    Raises DataError where no interchange can be trusted, so that nobody can be answered.
    """
    work = Handling(desk, partner, arrival, Format.EDIFACT)
    reading = read(data, desk.limits, policy_for(desk, partner))
    around = reading.interchanges
    if not any(each.is_trusted for each in around):
        refuse("edifact", [*reading.findings, *(f for each in around for f in each.findings)])
    names = [_named(partner, reading, each) for each in around]
    judged = judge(work, names, [each.is_rejected or not each.is_trusted for each in around])
    blame(work, (each.findings for each in around if each.is_rejected))
    add_findings(desk.post, reading.findings, arrival_id=arrival.id, document_id=None)
    left_out: list[NewDocument] = []
    documents = with_direct_sales(partner, reading.documents())
    for new in take_new(work, documents, judged, [_addressee(each) for each in around]):
        _advise_of_stock(work, new)
        if is_left_out(new.read):
            left_out.append(new)
    if left_out:
        _advise_of_left_out(work, left_out, reading)
    for outcome, judgement in zip(reading.outcomes, judged, strict=True):
        _answer(work, outcome, judgement)
    return work.tally


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
    return replace(own.policy(), recipients=recipients, senders=known)


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


def _advise_of_stock(work: Handling, new: NewDocument) -> None:
    def own(stock: StockOutcome) -> OutgoingFile:
        key = new.taken.document_id
        return aperak.stock_advice(work.desk, work.partner, stock, key, new.read)

    advise_of_stock(work, new, own if aperak.is_wanted(work.partner) else None)


def _advise_of_left_out(
    work: Handling, left_out: Sequence[NewDocument], reading: EdifactReading
) -> None:
    """Tell of messages and lines without a use; nobody answers an acknowledgement."""
    read_well = {
        f"{outcome.interchange.control}/{group.group.control}/{span.control}": span.code
        for outcome in reading.outcomes
        for group in outcome.groups
        for span, each in zip(group.group.messages, group.messages, strict=True)
        if each.is_accepted and span.code not in ("CONTRL", "APERAK")
    }

    def advice(new: NewDocument, _: str) -> OutgoingFile:
        if not aperak.is_wanted(work.partner):
            return document_advice(work.partner, work.arrival, new.read)
        is_test = reading.interchanges[new.interchange].is_test
        return aperak.document_advice(
            work.desk, work.partner, new.read, new.taken.document_id, is_test=is_test
        )

    advise_of_left_out(work, left_out, read_well, advice)


def _answer(work: Handling, outcome: InterchangeOutcome, judged: Judged) -> None:
    """Gather the CONTRL for one interchange and remember its number."""
    interchange = outcome.interchange
    within = [each.finding for group in interchange.groups for each in group.faults]
    note(work, [*interchange.findings, *_sender_warning(work.partner, interchange), *within])
    if judged.verdict is Verdict.REPEATED:
        answer_again(work, judged)
        return
    override = DUPLICATE if judged.verdict is Verdict.CONFLICT else None
    file = control_answer(work.desk, work.partner, outcome, override)
    is_taken = interchange.is_trusted and not interchange.is_rejected
    conclude(work, judged, [file] if file else [], is_taken=is_taken)


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

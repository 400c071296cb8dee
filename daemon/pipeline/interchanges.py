"""The way of a file of interchanges: each new, repeated or in conflict (reliability E).

X12 and EDIFACT differ in how an interchange is named and answered; what it is, what becomes of its
number and its documents, and when its sender is told of their content, is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from daemon.errors import DataError
from daemon.ledger.documents import (
    KnownInterchange,
    add_findings,
    has_documents,
    look_up_interchanges,
    take_interchange,
)
from daemon.ledger.holds import HoldKind, NewHold, hold, is_released
from daemon.ledger.outgoing import has_purged_answers, latest_answers
from daemon.ledger.posting import OutgoingFile
from daemon.ledger.states import DocumentState
from daemon.pipeline.documents import Taken
from daemon.pipeline.handling import Handling
from daemon.replies.advice import repetition_advice, stock_advice
from daemon.trade.outcome import StockOutcome
from formats.documents import ReadDocument
from formats.findings import Finding
from formats.records import PurchaseOrder


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


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A document of a new interchange, as it was read and taken."""

    read: ReadDocument
    taken: Taken
    interchange: int
    """Place of its interchange in the file, from 0."""


def refuse(form: str, findings: Iterable[Finding]) -> None:
    """Raise the DataError for a file of which no interchange can be trusted."""
    first = next((finding for finding in findings if finding.is_error), None)
    if first is None:
        message = "no interchange of the file can be read; send it again"
        raise DataError(f"{form}.unreadable", message)
    raise DataError(first.code, f"{first.where}: {first.message}")


def judge(work: Handling, names: Sequence[Named], refused: Sequence[bool]) -> list[Judged]:
    """Tell new interchanges from repeated ones and from those in conflict.

    `refused` tells of each whether its sender is told that it was not taken as a whole.
    """
    desk = work.desk
    look_up_interchanges(desk.post, desk.interchanges, [each.key for each in names])
    seen: dict[str, KnownInterchange] = {}
    judged = [
        _judge(work, name, is_refused=is_refused, seen=seen)
        for name, is_refused in zip(names, refused, strict=True)
    ]
    work.tally.is_repetition = all(each.verdict is Verdict.REPEATED for each in judged)
    return judged


def _judge(
    work: Handling, name: Named, *, is_refused: bool, seen: dict[str, KnownInterchange]
) -> Judged:
    """Judge one; `seen` holds those that came earlier in the same file."""
    post, arrival = work.desk.post, work.arrival
    known = seen.get(name.key) or work.desk.interchanges[name.key]
    if is_refused:
        return Judged(Verdict.NEW, name)
    is_ours = known is not None and known.arrival_id == arrival.id and name.key not in seen
    seen[name.key] = KnownInterchange(arrival.id, name.digest)
    if known is None or (is_ours and not has_documents(post, arrival.id)):
        return Judged(Verdict.NEW, name, is_first=known is None)
    if known.digest == name.digest:
        return Judged(Verdict.REPEATED, name, known.arrival_id)
    if is_released(post, arrival.id, HoldKind.CONTROL_NUMBER, place=name.place):
        return Judged(Verdict.NEW, name)
    return Judged(Verdict.CONFLICT, name, known.arrival_id)


def take_new(
    work: Handling,
    documents: Iterable[ReadDocument],
    judged: Sequence[Judged],
    addressees: Sequence[str],
) -> Iterator[NewDocument]:
    """Take the documents of the new interchanges into the books, one at a time."""
    for position, document in enumerate(documents, 1):
        index = document.interchange or 0
        if judged[index].verdict is Verdict.NEW:
            taken = work.take(document, position, addressee=addressees[index])
            yield NewDocument(document, taken, index)


def advise_of_stock(
    work: Handling, new: NewDocument, own: Callable[[StockOutcome], OutgoingFile] | None
) -> None:
    """Tell a vendor what a technical answer can't: lines that are not on sale, and why.

    `own` writes that in the format itself; without it the vendor gets a CSV.
    """
    stock = new.taken.stock
    if stock is None:
        return
    if new.taken.state is DocumentState.POSTED and not (new.read.findings or stock.notes):
        return
    file = own(stock) if own else stock_advice(work.partner, work.arrival, stock, new.read)
    work.answer(file, new.taken.document_id)


def is_left_out(document: ReadDocument) -> bool:
    """Tell whether something of a document can't be used that no other answer tells of.

    Of stock and of the steps after an order their own answers tell; an answer to an order knows
    only the lines that could be read.
    """
    if document.record is None:
        return True
    is_order = isinstance(document.record, PurchaseOrder)
    return is_order and any(each.is_error for each in document.findings)


def advise_of_left_out(
    work: Handling,
    found: Iterable[NewDocument],
    read_well: Mapping[str, str],
    write: Callable[[NewDocument, str], OutgoingFile],
) -> None:
    """Tell a partner what its technical answer calls accepted and is of no use.

    `read_well` gives the kind of each document that reads well, by its control numbers: one that
    the technical answer refuses has its reasons there.
    """
    for new in found:
        kind = read_well.get(new.read.control)
        if kind is not None and new.read.interchange is not None:
            work.answer(write(new, kind), new.taken.document_id)


def blame(work: Handling, refused: Iterable[Sequence[Finding]]) -> None:
    """Give what refused an interchange as the reason of the file: its documents only follow."""
    for findings in refused:
        work.tally.note(findings)


def note(work: Handling, findings: Sequence[Finding]) -> None:
    """Keep what was found around the documents."""
    work.tally.note(findings)
    add_findings(work.desk.post, findings, arrival_id=work.arrival.id, document_id=None)


def conclude(
    work: Handling, judged: Judged, answers: Iterable[OutgoingFile], *, is_taken: bool
) -> None:
    """Answer an interchange that isn't repeated, and remember its number where it was taken."""
    for file in answers:
        work.answer(file)
    if judged.verdict is Verdict.CONFLICT:
        _hold_conflict(work, judged)
    elif is_taken:
        take_interchange(
            work.desk.post,
            work.desk.interchanges,
            judged.name.key,
            judged.name.digest,
            arrival_id=work.arrival.id,
            is_first=judged.is_first,
        )


def answer_again(work: Handling, judged: Judged) -> None:
    """Answer a repeated interchange like the first time."""
    if judged.original is None or judged.original == work.arrival.id:
        return
    post, control = work.desk.post, judged.name.control
    post.flush()
    files = latest_answers(post.conn, arrival_id=judged.original, interchange=control)
    if not files and has_purged_answers(post.conn, arrival_id=judged.original):
        files = [repetition_advice(work.desk, work.partner, control)]
    for file in files:
        work.answer(file)


def _hold_conflict(work: Handling, judged: Judged) -> None:
    """Let a person decide on an interchange whose number was used with other bytes."""
    name = judged.name
    message = (
        f"interchange {name.control} of {name.sender} came before with other bytes"
        f" (arrival {judged.original}); release it to take this one too, or reject it"
    )
    hold(
        work.desk.post,
        NewHold(HoldKind.CONTROL_NUMBER, work.partner.name, message, place=name.place),
        arrival_id=work.arrival.id,
        document_id=None,
    )
    work.tally.held_reason = message

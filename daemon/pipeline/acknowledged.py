"""What partners say of our files: matched by control numbers, noted, and held where they refuse.

Nothing is ever answered to an acknowledgement. One that matches nothing we sent is a finding; one
that refuses something is a hold on the file that it refuses, with what the partner said; one that
accepts ends such a hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection

from daemon.config import Partner
from daemon.ledger import acknowledged, holds, transfers
from daemon.ledger.acknowledged import SentFile
from daemon.ledger.arrivals import Arrival
from daemon.ledger.documents import NewDocument, add_document, add_findings
from daemon.ledger.holds import HoldKind, NewHold
from daemon.ledger.states import AcknowledgementState, DocumentState, HoldState
from daemon.trade.desk import Desk
from formats.acknowledgements import Acceptance, Acknowledged, Acknowledgement, Level
from formats.documents import ReadDocument
from formats.findings import Finding, warning

MOST_SAID = 10
"""Errors of a partner that a hold repeats; its file has all of them."""
_NUMBER = 64
_ABOUT_ORDERS = ("ORDERS", "ORDCHG", "ORDRSP")
_MESSAGES = (*_ABOUT_ORDERS, "DESADV", "INVRPT", "INVOIC")
"""What is sent in EDIFACT, by the kind of file."""
_STATES = {
    Acceptance.ACCEPTED: AcknowledgementState.ACCEPTED,
    Acceptance.WITH_ERRORS: AcknowledgementState.WITH_ERRORS,
    Acceptance.PARTLY: AcknowledgementState.REJECTED,
    Acceptance.REJECTED: AcknowledgementState.REJECTED,
}
_GRAVITY = (Acceptance.RECEIVED, *_STATES)


@dataclass(frozen=True, slots=True)
class Noted:
    """What became of an acknowledgement; `refusal` says why it is of no use."""

    document_id: int
    state: DocumentState
    refusal: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class _Said:
    """What an acknowledgement says of one file of ours."""

    file: SentFile
    items: tuple[Acknowledged, ...]

    @property
    def acceptance(self) -> Acceptance:
        return max((each.acceptance for each in self.items), key=_GRAVITY.index)


def take_acknowledgement(
    desk: Desk,
    origin: Partner,
    arrival: Arrival,
    document: ReadDocument,
    record: Acknowledgement,
    *,
    position: int,
    addressee: str | None,
) -> Noted:
    """Note what a partner says of our files; return what became of the document.

    `addressee` is the id of ours that it is addressed to (`ZZ/K2KNET`), which is whom our file came
    from. A document that matches nothing is rejected, and its finding says so.
    """
    said, strays = _matched(desk.post.conn, origin, record, addressee or "")
    state = DocumentState.POSTED if said else DocumentState.REJECTED
    new = NewDocument(
        arrival_id=arrival.id,
        partner=origin.name,
        position=position,
        kind=f"acknowledgement_{record.form}",
        number=(said[0].file.name if said else record.number)[:_NUMBER],
        control=document.control,
        digest=document.digest,
        state=state,
        addressee=addressee,
    )
    key = add_document(desk.post, new)
    found = [*(_stray(origin, record, each) for each in strays), *document.findings]
    for each in said:
        found += _note(desk, arrival, record, each)
    add_findings(desk.post, found, arrival_id=arrival.id, document_id=key)
    first = found[0] if found and not said else None
    return Noted(key, state, (first.code, first.message) if first else None)


def _matched(
    conn: Connection, origin: Partner, record: Acknowledgement, addressee: str
) -> tuple[list[_Said], list[Acknowledged]]:
    """Return what is said of which file, and what is said of none that we sent."""
    files: dict[int, SentFile] = {}
    items: dict[int, list[Acknowledged]] = {}
    strays: list[Acknowledged] = []
    by_number: dict[tuple[str, str], SentFile | None] = {}
    for item in record.items:
        # The sets of a group come after it by the thousand, and are all in one file.
        number = (item.interchange, item.group)
        if number not in by_number or number == ("", ""):
            by_number[number] = _file_of(conn, origin, item, addressee, record.form)
        file = by_number[number]
        if file is None:
            strays.append(item)
            continue
        files[file.id] = file
        items.setdefault(file.id, []).append(item)
    return [_Said(file, tuple(items[key])) for key, file in files.items()], strays[:MOST_SAID]


def _file_of(
    conn: Connection, origin: Partner, item: Acknowledged, addressee: str, form: str
) -> SentFile | None:
    if form == "APERAK":
        return _file_of_message(conn, origin, item, addressee)
    group, interchange = _whole(item.group), _whole(item.interchange)
    found: SentFile | None = None
    if item.level is Level.INTERCHANGE and interchange is not None:
        return acknowledged.by_interchange(conn, origin.name, addressee, interchange)
    if group is not None:
        found = acknowledged.by_group(conn, origin.name, addressee, group)
    if found is None and item.reference and item.kind:
        found = acknowledged.by_reference(conn, origin.name, item.kind, item.reference)
    return found


def _file_of_message(
    conn: Connection, origin: Partner, item: Acknowledged, addressee: str
) -> SentFile | None:
    """Return the file that an APERAK is about: by its document, else by its interchange."""
    found: SentFile | None = None
    if item.reference:
        kinds = {"": _MESSAGES, "ORDERS": _ABOUT_ORDERS}.get(item.kind, (item.kind,))
        found = acknowledged.by_message(conn, origin.name, kinds, item.reference)
    number = _whole(item.interchange)
    if found is None and number is not None:
        found = acknowledged.by_interchange(conn, origin.name, addressee, number)
    return found


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None


def _note(desk: Desk, arrival: Arrival, record: Acknowledgement, said: _Said) -> Iterator[Finding]:
    """Write down what is said of a file; yield what a person should read beside it."""
    is_envelope = record.form == "TA1" and said.acceptance is Acceptance.ACCEPTED
    if is_envelope or said.acceptance is Acceptance.RECEIVED:
        # It is there; whether what is in it could be read is still to come.
        return
    state = _STATES[said.acceptance]
    if not acknowledged.note(desk.post, said.file, state):
        return
    sentence = _sentence(record, said)
    if said.acceptance.is_refusal:
        _fail_transfer(desk, said.file, sentence)
        _hold(desk, said.file, f"{sentence} (arrival {arrival.id}). {_what_to_do(said.file)}")
        yield warning("acknowledgement.refused", sentence)
        return
    acknowledged.end_holds(desk.post, said.file.id, HoldState.SUPERSEDED)
    if said.file.order_id is not None:
        desk.post.flush()
        transfers.reached(desk.post.conn, [said.file.id], f"{record.form} of {said.file.partner}")
    if said.acceptance is Acceptance.WITH_ERRORS:
        yield warning("acknowledgement.errors", sentence)


def _fail_transfer(desk: Desk, file: SentFile, reason: str) -> None:
    """Note that the order which a file brings has not reached its vendor (domain 13)."""
    if file.order_id is not None:
        desk.post.flush()
        transfers.failed(desk.post.conn, [file.id], reason)


def _hold(desk: Desk, file: SentFile, message: str) -> None:
    """Hold a refused file; what it was held for before is overtaken."""
    acknowledged.end_holds(desk.post, file.id, HoldState.SUPERSEDED)
    new = NewHold(HoldKind.REFUSED, file.partner, message, place=file.name, outgoing_id=file.id)
    holds.hold(desk.post, new, arrival_id=file.arrival_id, document_id=None)


def _sentence(record: Acknowledgement, said: _Said) -> str:
    file = said.file
    verb = {
        Acceptance.WITH_ERRORS: "took it and found errors",
        Acceptance.PARTLY: "took only a part of it",
    }.get(said.acceptance, "refused it")
    errors = "; ".join(_errors(said.items)) or "without a reason"
    return f"{file.name}: {file.partner} {verb} ({record.form}): {errors}"


def _errors(items: Iterable[Acknowledged]) -> Iterator[str]:
    shown = 0
    for item in items:
        where = f"{item.kind} {item.control}: " if item.control else ""
        for fault in item.faults:
            if shown == MOST_SAID:
                yield "and more"
                return
            shown += 1
            yield f"{where}{fault} (code {fault.code})" if fault.code else f"{where}{fault}"


def _what_to_do(file: SentFile) -> str:
    return (
        "Mend the table or the setting that it comes from, then send it again with: k2kd resend"
        f" {file.name}. Or end this with: k2kd release"
    )


def _stray(origin: Partner, record: Acknowledgement, item: Acknowledged) -> Finding:
    numbers = {
        "interchange": item.interchange,
        "group": item.group,
        item.kind or "set": item.control,
        "document": item.reference,
    }
    named = ", ".join(f"{name} {number}" for name, number in numbers.items() if number)
    message = (
        f"this {record.form} speaks of {named or 'nothing with a number'}, and nothing with it was"
        f" sent to {origin.name} from who it is addressed to; nothing is done with it"
    )
    return Finding("acknowledgement.unmatched", message)


def hold_overdue(desk: Desk, key: int) -> None:
    """Hold a file that its receiver hasn't acknowledged in time, if it still hasn't.

    Time counts from the delivery: one that was delivered late is waited for as long.
    """
    file = acknowledged.by_id(desk.post.conn, key)
    if file is None or file.due_at is None:
        return
    within = desk.post.awaits(file.partner)
    if within is None:
        # Since it was sent, nothing is waited for any more.
        acknowledged.forget_due(desk.post, file)
        return
    late = file.moved_at + within
    if late > desk.post.at:
        acknowledged.wait_until(desk.post, file, late)
        return
    if not acknowledged.note(desk.post, file, AcknowledgementState.OVERDUE):
        return
    reason = (
        f"{file.name}: {file.partner} has not acknowledged it since {file.moved_at:%Y-%m-%d %H:%M}"
        " UTC"
    )
    _fail_transfer(desk, file, reason)
    message = (
        f"{reason}; ask whether it came. Send it again with: k2kd resend {file.name}. Or end this"
        " with: k2kd release"
    )
    new = NewHold(
        HoldKind.NOT_ACKNOWLEDGED, file.partner, message, place=file.name, outgoing_id=file.id
    )
    holds.hold(desk.post, new, arrival_id=file.arrival_id, document_id=None)

"""One arrival on its way: tell a copy from a new file, read it by its format, end it."""

from __future__ import annotations

from dataclasses import replace

from daemon.config import Partner
from daemon.errors import DataError
from daemon.ledger.arrivals import Arrival, Ending
from daemon.ledger.documents import has_documents, is_overtaken
from daemon.ledger.holds import is_waiting
from daemon.ledger.outgoing import latest_answers
from daemon.ledger.states import ArrivalState, DocumentState
from daemon.pipeline.axerrio import post_axerrio
from daemon.pipeline.content import HEAD_BYTES, SpoolBytes, bytes_of
from daemon.pipeline.documents import Tally
from daemon.pipeline.edifact import post_edifact
from daemon.pipeline.layouts import own_layout
from daemon.pipeline.tabular import post_tabular
from daemon.pipeline.workbooks import post_workbook
from daemon.pipeline.x12 import post_x12
from daemon.pipeline.xml import post_xml
from daemon.replies.advice import quarantine_advice
from daemon.trade.desk import Desk
from formats.identify import Format, identify

_REASONS = {
    "cut-short": "the file ends before its own end; send it again, complete",
}


def post_arrival(desk: Desk, partner: Partner, arrival: Arrival, spool: SpoolBytes) -> Ending:
    """Do all the work of one arrival inside the posting of `desk`; return how it ends.

    Raises DataError for a file that can't be used at all; nothing was gathered for it then.
    """
    original = _original(desk, partner, arrival)
    if original is not None:
        return _answer_again(desk, arrival, original)
    data = bytes_of(arrival, spool)
    if not data.strip(b" \t\r\n\x00\x1a"):
        raise DataError("empty", "the file is empty; send it again with its content")
    form = identify(data[:HEAD_BYTES])
    if form is Format.BINARY and own_layout(desk, partner, arrival, data) is not None:
        # Text without a delimiter, as lines of fixed width are.
        form = Format.DELIMITED
    if refusal := form.refusal:
        raise DataError(form.value, refusal)
    tally = _post_by_format(desk, partner, arrival, data, form)
    return _ending(arrival, form, tally)


def _original(desk: Desk, partner: Partner, arrival: Arrival) -> int | None:
    """Return the arrival whose answers hold for this one too: an earlier copy, or its own past."""
    if arrival.replays:
        return arrival.id if has_documents(desk.post, arrival.id) else None
    original = desk.copies.get(arrival.id)
    if original is None or partner.availability_mode == "increase":
        return original
    return None if is_overtaken(desk.post, original, partner.name) else original


def _answer_again(desk: Desk, arrival: Arrival, original: int) -> Ending:
    """Answer a copy like the first time, and change nothing (P4)."""
    desk.post.flush()
    answers = latest_answers(desk.post.conn, arrival_id=original)
    is_replay = original == arrival.id
    for file in answers:
        # What a replay repeats stands beside the answer itself, and is none to repeat next time.
        again = replace(file, is_answer=not is_replay)
        desk.post.send(again, arrival_id=arrival.id, document_id=None)
    state = ArrivalState.DUPLICATE
    if is_replay:
        waits = is_waiting(desk.post.conn, arrival.id)
        state = ArrivalState.HELD if waits else ArrivalState.POSTED
    first = None if is_replay else original
    return Ending(arrival, state, original=first, answers=len(answers))


def _post_by_format(
    desk: Desk, partner: Partner, arrival: Arrival, data: bytes, form: Format
) -> Tally:
    if form is Format.X12:
        return post_x12(desk, partner, arrival, data)
    if form is Format.EDIFACT:
        return post_edifact(desk, partner, arrival, data)
    if arrival.completeness == "cut-short":
        raise DataError("cut-short", _REASONS["cut-short"])
    if form is Format.JSON:
        return post_axerrio(desk, partner, arrival, data)
    if form is Format.DELIMITED:
        return post_tabular(desk, partner, arrival, data)
    if form is Format.XLSX:
        return post_workbook(desk, partner, arrival, data)
    if form is Format.XML:
        return post_xml(desk, partner, arrival, data)
    raise DataError(
        f"format-{form.value}",
        f"{form.value} is recognised, but this version does not read it; send X12, JSON, CSV or"
        " XLSX",
    )


def _ending(arrival: Arrival, form: Format, tally: Tally) -> Ending:
    """Say how an arrival ends: unusable as a whole, waiting for a person, or posted."""
    kept = tally.states.total() - tally.states[DocumentState.REJECTED]
    held = tally.states[DocumentState.HELD]
    state, code, reason = ArrivalState.POSTED, None, None
    if tally.held_reason is not None or held:
        state, code = ArrivalState.HELD, "held"
        reason = tally.held_reason or f"{held} of {kept} documents wait; see: k2kd holds"
    elif not kept and tally.refusal is not None:
        state, (code, reason) = ArrivalState.QUARANTINED, tally.refusal
    elif tally.is_repetition:
        state = ArrivalState.DUPLICATE
    return Ending(
        arrival,
        state,
        code=code,
        reason=reason,
        form=form.value,
        documents=kept,
        answers=tally.files,
    )


def quarantine(
    desk: Desk,
    partner: Partner,
    arrival: Arrival,
    code: str,
    reason: str,
    *,
    advice: str | None = None,
) -> Ending:
    """End an arrival as unusable: kept byte for byte, with a reason, and answered.

    `advice` is what the partner is told where `reason` is for our eyes only.
    """
    file = quarantine_advice(desk, partner, arrival, code, advice or reason)
    desk.post.send(file, arrival_id=arrival.id, document_id=None)
    return Ending(arrival, ArrivalState.QUARANTINED, code=code, reason=reason, answers=1)

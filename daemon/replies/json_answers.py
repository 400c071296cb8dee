"""The answer to an order or a prebook that came as JSON: `floral.ack/1`, line by line.

It says what the rules made of each line, with the rule that speaks and the next ship date where
they name one, and what its reader found wrong: what was left out is never passed over (L-08).
"""

from __future__ import annotations

from collections.abc import Sequence

from daemon.ledger.documents import findings_of
from daemon.ledger.posting import OutgoingFile
from daemon.ledger.states import LineState, OrderState
from daemon.trade.changes.judged_lines import UNKNOWN_PRODUCT
from daemon.trade.desk import Desk
from daemon.trade.orders.stock_costs import COST_STANDS
from daemon.trade.outcome import LineOutcome, OrderOutcome
from daemon.trade.step import control_of
from formats.axerrio.acknowledgement import LineAnswer, Result, write_acknowledgement
from formats.findings import Finding
from formats.records import AxerrioOrder

_WORDS = {
    LineState.ACCEPTED: "accepted",
    LineState.CUT: "changed",
    LineState.REFUSED: "rejected",
    LineState.CANCELLED: "cancelled",
    LineState.UNMAPPED: "UNKNOWN",
    LineState.PENDING: "held",
}


def status_of(outcome: OrderOutcome, line: LineOutcome) -> str:
    """Return the word for what became of a line, in JSON as in a CSV.

    What only waits, for a person or for its buyer's approval, is never called accepted.
    """
    if line.state is LineState.PENDING and outcome.state is OrderState.PENDING_APPROVAL:
        return outcome.state.value
    return "changed" if line.code == COST_STANDS else _WORDS[line.state]


def answer(desk: Desk, outcome: OrderOutcome, notes: Sequence[Finding] = ()) -> OutgoingFile:
    """Return the answer; an unknown line is named, and the order is kept (M-01).

    `notes` is what the sender should know of the order as a whole.
    """
    lines = tuple(
        LineAnswer(
            line.line.reference,
            status_of(outcome, line),
            line.reason,
            code=_rule(line),
            ship_date=line.next_ship_date,
        )
        for line in outcome.lines
    )
    held = [Finding("held", outcome.hold)] if outcome.hold else []
    read = _found(desk, outcome)
    what = "prebook" if outcome.is_prebook else "purchaseOrder"
    key = outcome.order_id
    if key and outcome.gathered:
        # What was put into an order with others is that one from now on.
        key = outcome.gathered.order_id
    body = write_acknowledgement(
        message_id=_message_id(desk, outcome),
        received_at=desk.post.at,
        result=_result(outcome, lines, read),
        order_number=outcome.order.number,
        order_status=outcome.state.value,
        ids={what: str(key)} if key else {},
        lines=lines,
        findings=[*held, *notes, *read],
    )
    number = outcome.order.number
    return OutgoingFile(outcome.origin.name, "ack", number, "json", body, is_answer=True)


def _rule(line: LineOutcome) -> str | None:
    return UNKNOWN_PRODUCT if line.state is LineState.UNMAPPED else line.code


def _found(desk: Desk, outcome: OrderOutcome) -> Sequence[Finding]:
    """Return what its reader found in the order, now or when it came (L-08)."""
    found = desk.findings.get((outcome.arrival_id, outcome.order.number))
    return findings_of(desk.post, outcome.document_id) if found is None else found


def _message_id(desk: Desk, outcome: OrderOutcome) -> str | None:
    order = outcome.order
    if isinstance(order, AxerrioOrder):
        return order.message_id
    # One whose goods are ordered at once came as a prebook all the same.
    return (control_of(desk, outcome.document_id) or None) if order.is_prebook else None


def _result(outcome: OrderOutcome, lines: Sequence[LineAnswer], read: Sequence[Finding]) -> Result:
    """Call an order accepted where all of it is, and a cancellation where it was carried out."""
    if outcome.state is OrderState.REJECTED:
        return Result.REJECTED
    is_plain = {line.status for line in lines} <= {"accepted"}
    is_plain = is_plain or outcome.state is OrderState.CANCELLED
    is_whole = not any(finding.is_error for finding in read)
    return Result.ACCEPTED if is_plain and is_whole else Result.WITH_EXCEPTIONS

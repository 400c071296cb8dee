"""What is told of new box codes: the sender row by row, the buyer what it must scan, new labels."""

from __future__ import annotations

from collections.abc import Sequence

from daemon.config import Role
from daemon.ledger.posting import OutgoingFile
from daemon.replies.shipments import labels_again
from daemon.replies.steps import answer_step, contract_of, result_of
from daemon.trade.desk import Desk
from daemon.trade.goods.box_code_changes import CodeOutcome
from daemon.trade.outcome import RowStatus, StepOutcome
from formats.axerrio.acknowledgement import LineAnswer, write_acknowledgement
from formats.findings import Finding
from formats.identify import Format
from formats.steps import BoxCodeChange
from formats.tabular.steps_out import write_step

_WORDS = {
    RowStatus.DONE: "changed",
    RowStatus.UNCHANGED: "unchanged",
    RowStatus.HELD: "held",
    RowStatus.REFUSED: "error",
}


def answer(
    desk: Desk, outcome: StepOutcome, form: Format, file: str, findings: Sequence[Finding]
) -> list[OutgoingFile]:
    """Return the answer to the sender: every row by its new code (L-07), never plain (L-08)."""
    if not outcome.origin.has(Role.AXERRIO) or form is not Format.JSON:
        return answer_step(desk, outcome, form, file, findings)
    message_id = getattr(outcome.record, "message_id", None)
    body = write_acknowledgement(
        message_id=message_id,
        received_at=desk.post.at,
        result=result_of(outcome.rows, findings),
        lines=[
            LineAnswer(row.reference, _WORDS[row.status], row.message, row.code)
            for row in outcome.rows
        ],
        findings=findings,
        contract=contract_of(desk, outcome),
    )
    reference = message_id or outcome.record.kind
    return [OutgoingFile(outcome.origin.name, "ack", reference, "json", body, is_answer=True)]


def tell(desk: Desk, outcome: StepOutcome) -> list[OutgoingFile]:
    """Return a box code file for each buyer that knows boxes by the old codes, and the labels."""
    if not isinstance(outcome, CodeOutcome):
        return []
    files: list[OutgoingFile] = []
    for bill, swaps in outcome.announced:
        buyer = desk.partner(bill.buyer)
        if buyer is None or buyer.receives_shipments == "none":
            continue
        body = write_step(BoxCodeChange(swaps=swaps))
        files.append(OutgoingFile(buyer.name, "box-codes", bill.awb, "csv", body, is_answer=False))
    for order in outcome.relabelled:
        files += labels_again(desk, order, outcome)
    return files

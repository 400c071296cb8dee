"""A truck line's answer to the boxes it was told of (domain 11.1, E-05).

A refused box goes with the next file again, once whoever reads the answer has mended what was wrong
with it. A truck line may answer only its own batches.
"""

from __future__ import annotations

from sqlalchemy import select, update

from daemon.config import Role
from daemon.ledger import schema
from daemon.trade.desk import Desk
from daemon.trade.outcome import RowOutcome, RowStatus, StepOutcome
from daemon.trade.step import StepAtHand
from formats.steps import AnsweredBox, ManifestAnswer


def take_answer(desk: Desk, step: StepAtHand[ManifestAnswer]) -> StepOutcome:
    """Write down what a truck line says of each box."""
    desk.post.flush()
    rows = tuple(_row(desk, step, box) for box in step.record.boxes)
    return StepOutcome(step.record, step.origin, step.document_id, step.arrival_id, rows)


def _row(desk: Desk, step: StepAtHand[ManifestAnswer], box: AnsweredBox) -> RowOutcome:
    if not step.origin.has(Role.CARRIER):
        why = f"{step.origin.name} is no truck line here, so it was told of no boxes"
        return RowOutcome(box.line, box.box_code, RowStatus.REFUSED, message=why)
    table, files = schema.manifest_boxes, schema.manifests.c
    query = (
        select(table.c.id, table.c.status, table.c.message)
        .join(schema.manifests, files.id == table.c.manifest_id)
        .where(
            files.partner == step.origin.name,
            files.batch == box.batch,
            table.c.code == box.box_code,
        )
    )
    found = desk.post.conn.execute(query).first()
    if found is None:
        why = f"batch {box.batch} has no box {box.box_code}; check both"
        return RowOutcome(box.line, box.box_code, RowStatus.REFUSED, "E-16", why)
    if (found.status, found.message) == (box.answer.value, box.message):
        return RowOutcome(box.line, box.box_code, RowStatus.UNCHANGED)
    desk.post.conn.execute(
        update(table)
        .where(table.c.id == found.id)
        .values(status=box.answer.value, message=box.message)
    )
    return RowOutcome(box.line, box.box_code, RowStatus.DONE)

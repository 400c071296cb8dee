"""A truck line's answer to the boxes it was told of (domain 11.1, E-05).

A refused box goes with the next file again, once whoever reads the answer has mended what was wrong
with it: the operator has an exception a batch until then, and the buyer whose goods they are is
told of every answer, good or bad. A truck line may answer only its own batches.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select, update

from daemon.config import Role
from daemon.ledger import schema
from daemon.trade.desk import Desk
from daemon.trade.exceptions import settled, tell_operator
from daemon.trade.outcome import RowOutcome, RowStatus, StepOutcome
from daemon.trade.papers.manifests import REFUSED, batch_named
from daemon.trade.step import StepAtHand
from formats.steps import AnsweredBox, ManifestAnswer

ANSWERED = "E-05"


@dataclass(frozen=True, slots=True)
class AnswerOutcome(StepOutcome):
    """What a truck line's answer did; `batches` are those of which it says something new."""

    batches: tuple[str, ...] = ()


def take_answer(desk: Desk, step: StepAtHand[ManifestAnswer]) -> StepOutcome:
    """Write down what a truck line says of each box."""
    desk.post.flush()
    rows = tuple(_row(desk, step, box) for box in step.record.boxes)
    news = tuple(
        dict.fromkeys(
            box.batch
            for box, row in zip(step.record.boxes, rows, strict=True)
            if row.status is RowStatus.DONE
        )
    )
    for batch in news:
        _tell_operator(desk, step, batch)
    return AnswerOutcome(
        *(step.record, step.origin, step.document_id, step.arrival_id, rows), batches=news
    )


def _tell_operator(desk: Desk, step: StepAtHand[ManifestAnswer], batch: str) -> None:
    """Hold up the boxes of a batch that the truck line will not take, until they go again."""
    partner, what = step.origin.name, batch_named(batch)
    table, files = schema.manifest_boxes.c, schema.manifests.c
    query = (
        select(table.code, table.message)
        .join(schema.manifests, files.id == table.manifest_id)
        .where(files.partner == partner, files.batch == batch, table.status == REFUSED)
        .order_by(table.id)
    )
    refused = [
        (ANSWERED, f"box {row.code}: {row.message or 'no reason was given'}")
        for row in desk.post.conn.execute(query)
    ]
    if refused:
        tell_operator(desk, partner, what, refused, arrival_id=step.arrival_id)
    else:
        settled(desk, partner, what)


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

"""Notices of what a truck line says of the boxes it was told of, for whoever ships (domain E-05).

Each buyer is told of its own boxes: of those that are refused one by one, of the others in a
number. They are read before the goods leave.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, select

from daemon.ledger import schema
from daemon.ledger.posting import OutgoingFile
from daemon.trade.desk import Desk
from daemon.trade.outcome import StepOutcome
from daemon.trade.papers.manifest_answers import ANSWERED, AnswerOutcome
from daemon.trade.papers.manifests import REFUSED, SENT
from formats.notices import Notice, NoticeLine, Reader, write_notice


def tell(desk: Desk, outcome: StepOutcome) -> list[OutgoingFile]:
    """Return a notice for each buyer and batch of which a truck line says something new."""
    batches = outcome.batches if isinstance(outcome, AnswerOutcome) else ()
    files: list[OutgoingFile] = []
    for batch in batches:
        by_buyer: dict[str, list[Row[Any]]] = {}
        for row in _boxes(desk, outcome.origin.name, batch):
            by_buyer.setdefault(row.buyer, []).append(row)
        for buyer, rows in by_buyer.items():
            body = write_notice(_notice(desk, outcome, batch, buyer, rows))
            files.append(OutgoingFile(buyer, "notice", batch, "json", body, is_answer=False))
    return files


def _boxes(desk: Desk, partner: str, batch: str) -> Sequence[Row[Any]]:
    """Return the boxes of a batch with whose they are."""
    told, files = schema.manifest_boxes.c, schema.manifests.c
    boxes, lines, orders = schema.boxes.c, schema.order_lines.c, schema.orders.c
    query = (
        select(told.code, told.status, told.message, lines.reference, lines.source_code)
        .add_columns(lines.description, orders.number, orders.buyer)
        .select_from(schema.manifest_boxes)
        .join(schema.manifests, files.id == told.manifest_id)
        .join(schema.boxes, boxes.id == told.box_id)
        .join(schema.order_lines, lines.id == boxes.order_line_id)
        .join(schema.orders, orders.id == lines.order_id)
        .where(files.partner == partner, files.batch == batch, orders.buyer.is_not(None))
        .order_by(told.id)
    )
    return desk.post.conn.execute(query).all()


def _notice(
    desk: Desk, outcome: StepOutcome, batch: str, buyer: str, rows: Sequence[Row[Any]]
) -> Notice:
    line = outcome.origin
    name = line.title or line.name
    refused = [row for row in rows if row.status == REFUSED]
    waiting = sum(row.status == SENT for row in rows)
    taken = len(rows) - len(refused) - waiting
    text = f"{name} takes {taken} of {len(rows)} boxes of batch {batch}."
    if waiting:
        text += f" It has not answered {waiting} yet."
    if refused:
        text += (
            f" It refuses {len(refused)}, each with its reason below; they are told of again once"
            " that is mended, and should not leave before."
        )
    subject = f"{name}: {len(refused)} of {len(rows)} boxes of batch {batch} are refused"
    company = desk.partner(buyer)
    return Notice(
        subject=subject if refused else f"{name}: boxes of batch {batch} are taken",
        text=text,
        reader=Reader.SHIPPING,
        to=line.hauling.copy_response_to,
        order=None,
        at=desk.post.at,
        lines=[
            NoticeLine(
                *(
                    f"{row.number} line {row.reference}",
                    row.source_code,
                    row.description,
                    Decimal(1),
                ),
                unit="Box",
                reason=f"box {row.code}: {row.message or 'no reason was given'}",
            )
            for row in refused
        ],
        code=ANSWERED,
        buyer=(company.title or company.name) if company else buyer,
    )

"""Write `floral.ack/1`: what became of a message, or of a file that couldn't be read.

The answer holds ids, states and reasons, and no price. The same input gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from formats.findings import Finding

CONTRACT = "floral.ack/1"
STEPS_CONTRACT = "k2k.ack/1"
"""The same fields, for the documents of `k2k.steps/1`."""


class Result(StrEnum):
    """What became of an order as a whole; partial success is never plain (L-08)."""

    ACCEPTED = "accepted"
    WITH_EXCEPTIONS = "accepted-with-exceptions"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class LineAnswer:
    """What became of one line: `line` as the sender numbered it, and why if it isn't plain."""

    line: str
    status: str
    reason: str | None = None


def _order(number: str, status: str | None) -> dict[str, str]:
    return {"number": number} if status is None else {"number": number, "status": status}


def write_acknowledgement(
    *,
    message_id: str | None,
    received_at: datetime,
    result: Result,
    order_number: str | None = None,
    order_status: str | None = None,
    ids: Mapping[str, str] | None = None,
    lines: Iterable[LineAnswer] = (),
    findings: Iterable[Finding] = (),
    contract: str = CONTRACT,
) -> bytes:
    """Return the answer as UTF-8 JSON.

    `message_id` is None for a file that couldn't be read; then `findings` tell the sender why.
    `order_status` is how far the order has come in our books; `ids` are the numbers given here
    (prebook, purchase order). `received_at` must name its zone: ValueError otherwise.
    """
    if received_at.tzinfo is None:
        raise ValueError("received_at: a time with zone is expected")
    answer = {
        "contract": contract,
        "messageId": message_id,
        "receivedAt": received_at.isoformat(timespec="seconds"),
        "result": result.value,
        "order": None if order_number is None else _order(order_number, order_status),
        "ids": dict(ids or {}),
        "lines": [
            {"line": line.line, "status": line.status, "reason": line.reason} for line in lines
        ],
        "findings": [
            {
                "code": finding.code,
                "severity": finding.severity.value,
                "where": str(finding.where),
                "message": finding.message,
            }
            for finding in findings
        ],
    }
    text = json.dumps(answer, ensure_ascii=False, indent=1)
    return (text + "\n").encode(errors="backslashreplace")

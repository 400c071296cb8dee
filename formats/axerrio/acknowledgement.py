"""Write `floral.ack/1`: what became of a message, or of a file that couldn't be read.

The answer holds ids, states and reasons, and no price. The same input gives the same bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
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
    code: str | None = None
    """The rule that speaks, as E-16."""
    ship_date: date | None = None
    """The next day on which a refused line could ship."""


_HELD = ("held", "UNKNOWN", "pending approval", "draft")
_REFUSED = ("rejected", "refused", "error")
_ENTRY = re.compile(r"(\[\d+\]\.)?([a-zA-Z]+\.)?[a-zA-Z]+\[\d+\]", re.ASCII)
"""How the path of a line begins, or that of another entry of a message's list."""


def _counts(lines: Sequence[LineAnswer], findings: Sequence[Finding]) -> dict[str, int]:
    """Count the lines of a message; one that its reader left out is received and rejected."""
    out = {_entry(finding) for finding in findings if finding.is_error} - {None}
    held = sum(line.status in _HELD for line in lines)
    refused = sum(line.status in _REFUSED for line in lines)
    return {
        "received": len(lines) + len(out),
        "accepted": len(lines) - held - refused,
        "held": held,
        "rejected": refused + len(out),
    }


def _entry(finding: Finding) -> str | None:
    """Return the path of the line that a finding is about; None where it is about the message."""
    found = _ENTRY.match(finding.where.path or "")
    return found.group() if found else None


def _line(line: LineAnswer) -> dict[str, str | None]:
    said = {"line": line.line, "status": line.status, "code": line.code, "reason": line.reason}
    if line.ship_date is not None:
        said["shipDate"] = line.ship_date.isoformat()
    return said


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
    lines, findings = tuple(lines), tuple(findings)
    answer = {
        "contract": contract,
        "messageId": message_id,
        "receivedAt": received_at.isoformat(timespec="seconds"),
        "result": result.value,
        "order": None if order_number is None else _order(order_number, order_status),
        "ids": dict(ids or {}),
        "counts": _counts(lines, findings),
        "lines": [_line(line) for line in lines],
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

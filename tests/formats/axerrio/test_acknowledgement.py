"""`floral.ack/1` answers every order, and a file that couldn't be read."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from formats.axerrio.acknowledgement import LineAnswer, Result, write_acknowledgement
from formats.axerrio.order import read_order
from formats.limits import DEFAULT_LIMITS

NOW = datetime(2026, 11, 21, 13, 30, tzinfo=UTC)


def test_order_is_answered_line_by_line() -> None:
    data = write_acknowledgement(
        message_id="M-1",
        received_at=NOW,
        result=Result.WITH_EXCEPTIONS,
        order_number="AX-1",
        ids={"purchaseOrder": "4711"},
        lines=[LineAnswer("1", "accepted"), LineAnswer("2", "held", "Rosé isn't mapped.")],
    )
    assert "Rosé".encode() in data
    assert json.loads(data) == {
        "contract": "floral.ack/1",
        "messageId": "M-1",
        "receivedAt": "2026-11-21T13:30:00+00:00",
        "result": "accepted-with-exceptions",
        "order": {"number": "AX-1"},
        "ids": {"purchaseOrder": "4711"},
        "lines": [
            {"line": "1", "status": "accepted", "reason": None},
            {"line": "2", "status": "held", "reason": "Rosé isn't mapped."},
        ],
        "findings": [],
    }


def test_unreadable_file_is_answered_with_its_findings() -> None:
    (document,) = read_order(b'{"a": NaN}', DEFAULT_LIMITS)
    data = write_acknowledgement(
        message_id=None, received_at=NOW, result=Result.REJECTED, findings=document.findings
    )
    answer = json.loads(data)
    assert (answer["messageId"], answer["order"], answer["result"]) == (None, None, "rejected")
    assert answer["findings"][0]["code"] == "json.syntax"
    assert "NaN" in answer["findings"][0]["message"]


def test_half_surrogates_survive_as_escapes() -> None:
    data = write_acknowledgement(message_id="\ud800", received_at=NOW, result=Result.REJECTED)
    assert json.loads(data)["messageId"] == "\ud800"


def test_time_without_zone_is_refused() -> None:
    naive = NOW.replace(tzinfo=None)
    with pytest.raises(ValueError, match="zone"):
        write_acknowledgement(message_id="M", received_at=naive, result=Result.ACCEPTED)

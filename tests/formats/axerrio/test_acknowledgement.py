"""`floral.ack/1` answers every order, and a file that couldn't be read."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from formats.axerrio.acknowledgement import LineAnswer, Result, write_acknowledgement
from formats.axerrio.order import read_order
from formats.findings import Finding, Where
from formats.limits import DEFAULT_LIMITS

NOW = datetime(2026, 11, 21, 13, 30, tzinfo=UTC)


def test_order_is_answered_line_by_line() -> None:
    data = write_acknowledgement(
        message_id="M-1",
        received_at=NOW,
        result=Result.WITH_EXCEPTIONS,
        order_number="AX-1",
        ids={"purchaseOrder": "4711"},
        lines=[
            LineAnswer("1", "accepted"),
            LineAnswer("2", "held", "Rosé isn't mapped.", "E-14"),
            LineAnswer("3", "rejected", "too late", "E-10", date(2026, 11, 24)),
        ],
        findings=[
            Finding("json.boxes", "A number is expected.", Where(path=path))
            for path in (
                *("order.lines[3].boxes", "order.lines[3].awb", "[1].order.lines[4]"),
                *("order.shipDate", "purchaseOrderItems[0].boxes"),
            )
        ],
    )
    assert "Rosé".encode() in data
    said = json.loads(data)
    assert len(said.pop("findings")) == 5
    assert said == {
        "contract": "floral.ack/1",
        "messageId": "M-1",
        "receivedAt": "2026-11-21T13:30:00+00:00",
        "result": "accepted-with-exceptions",
        "order": {"number": "AX-1"},
        "ids": {"purchaseOrder": "4711"},
        # Three lines were left out by their reader, whatever was wrong with each.
        "counts": {"received": 6, "accepted": 1, "held": 1, "rejected": 4},
        "lines": [
            {"line": "1", "status": "accepted", "code": None, "reason": None},
            {"line": "2", "status": "held", "code": "E-14", "reason": "Rosé isn't mapped."},
            {
                **{"line": "3", "status": "rejected", "code": "E-10", "reason": "too late"},
                "shipDate": "2026-11-24",
            },
        ],
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

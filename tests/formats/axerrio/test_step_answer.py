"""A step is acknowledged by the names of its lines, boxes or goods."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from formats.axerrio.acknowledgement import STEPS_CONTRACT, Result, write_acknowledgement
from formats.axerrio.step_answer import answered_lines, order_number
from formats.limits import DEFAULT_LIMITS
from formats.records import InventoryAdvice, Party
from formats.steps_json import read_steps
from tests.formats.axerrio.messages import ORDER
from tests.formats.axerrio.messages import read as read_message
from tests.formats.axerrio.test_steps import message
from tests.formats.step_documents import step


@pytest.mark.parametrize(
    ("value", "number", "lines"),
    [
        (ORDER, "AX-1", ["1"]),
        (message("change"), "AX-1", ["1"]),
        (message("cancel"), "AX-1", []),
        (message("awb"), "AX-1", ["PT1", "PT2"]),
        (message("boxcode"), None, ["PT1"]),
        (message("awb", order__lines=...), "AX-1", ["AX-1"]),
        (step("confirmation"), "10045", ["1", "2"]),
        (step("approval"), "10045", ["10045"]),
        (step("shipment"), "10045", ["KS1", "72"]),
        (step("air-waybill"), None, ["T-1"]),
        (step("receiving"), None, ["KS1"]),
    ],
)
def test_step_is_named_line_by_line(value: Any, number: str | None, lines: list[str]) -> None:
    data = json.dumps(value).encode()
    if value["contract"] == "k2k.steps/1":
        (document,) = read_steps(data, DEFAULT_LIMITS, vendor=Party())
    else:
        document = read_message(value)
    assert document.record is not None
    assert order_number(document.record) == number
    assert [line.line for line in answered_lines(document.record)] == lines
    assert {line.status for line in answered_lines(document.record)} <= {"accepted"}


def test_what_has_no_lines_or_is_not_there_is_answered_without() -> None:
    assert (order_number(None), answered_lines(None)) == (None, [])
    assert answered_lines(InventoryAdvice(lines=())) == []


def test_answer_to_our_own_contract_says_so() -> None:
    data = write_acknowledgement(
        message_id="M-1",
        received_at=datetime(2026, 11, 21, tzinfo=UTC),
        result=Result.ACCEPTED,
        contract=STEPS_CONTRACT,
    )
    assert json.loads(data)["contract"] == "k2k.ack/1"

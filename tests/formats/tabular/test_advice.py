"""Answers as CSV can be read by a program and opened by a person."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.findings import Finding, Where
from formats.tabular.advice import (
    AnsweredLine,
    ConfirmedLine,
    Counts,
    FileResult,
    write_file_acknowledgement,
    write_order_acknowledgement,
)
from formats.tabular.write import neutralised


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


@pytest.mark.parametrize(
    ("counts", "result"),
    [
        (Counts(3, 3), FileResult.ACCEPTED),
        (Counts(3, 2, rejected=1), FileResult.WITH_EXCEPTIONS),
        (Counts(3, 2), FileResult.WITH_EXCEPTIONS),
        (Counts(3, 2, held=1), FileResult.WITH_EXCEPTIONS),
        (Counts(3, 0, held=1, rejected=2), FileResult.HELD),
        (Counts(3, 0, rejected=3), FileResult.REJECTED),
        (Counts(0, 0), FileResult.REJECTED),
    ],
)
def test_partial_success_is_never_plain_success(counts: Counts, result: FileResult) -> None:
    assert counts.result is result


def test_file_acknowledgement_names_file_counts_lines_and_findings() -> None:
    line = AnsweredLine("2", "rejected", "PO1", "csv.boxes", "row 3, column boxes", "Correct it.")
    finding = Finding("csv.quote", "Close it.", Where(row=4))
    answer = rows(write_file_acknowledgement("po.csv", Counts(2, 1, rejected=1), [line], [finding]))
    assert [row["record"] for row in answer] == ["file", *["count"] * 4, "line", "finding"]
    assert (answer[0]["status"], answer[0]["message"]) == ("accepted-with-exceptions", "po.csv")
    assert {row["status"]: row["count"] for row in answer[1:5]} == {
        "received": "2",
        "accepted": "1",
        "held": "0",
        "rejected": "1",
    }
    assert list(answer[5].values()) == [
        "line", "PO1", "2", "rejected", "", "csv.boxes", "row 3, column boxes", "Correct it.",
    ]  # fmt: skip
    assert (answer[6]["code"], answer[6]["where"]) == ("csv.quote", "row 4")


def test_order_acknowledgement_has_one_row_per_line() -> None:
    line = ConfirmedLine("P1", "1", "confirmed", Decimal(10), Decimal("0.365"), date(2026, 12, 1))
    (row,) = rows(write_order_acknowledgement([line]))
    assert list(row.values()) == ["P1", "1", "confirmed", "10", "0.365", "2026-12-01", "", "", ""]


@pytest.mark.parametrize(
    "text", ["=1+1", "+SUM(A1)", "-2+3", "@x", "\tx", "\r=1", "  =1", "-", "+1"]
)
def test_formulas_are_neutralised(text: str) -> None:
    assert neutralised(text) == "'" + text
    row = rows(write_file_acknowledgement(text, Counts(1, 1)))[0]
    assert row["message"] == "'" + text


@pytest.mark.parametrize("text", ["", "-5", "-0.25", "Rose", "a=b", "12"])
def test_plain_numbers_and_words_are_left_alone(text: str) -> None:
    assert neutralised(text) == text


@given(st.text(max_size=30))
def test_no_cell_begins_a_formula(text: str) -> None:
    safe = neutralised(text)
    assert safe.endswith(text)
    assert not safe.lstrip().startswith(("=", "+", "@"))

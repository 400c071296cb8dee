"""Whole files of the steps after an order, each beside what they say: one folder per case."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from formats.x12.reader import read

CASES = Path(__file__).parent / "golden"
NAMES = sorted(each.name for each in CASES.iterdir())


def said(data: bytes) -> str:
    """Return the documents of a file, with what was found in each, as text to compare."""
    documents = [
        {
            "control": document.control,
            "record": document.record.model_dump(mode="json", exclude_defaults=True)
            if document.record
            else None,
            "findings": [
                f"{each.severity} {each.code}: {each.where}: {each.message}"
                for each in document.findings
            ],
        }
        for document in read(data).documents()
    ]
    return json.dumps(documents, indent=1, default=str) + "\n"


@pytest.mark.parametrize("name", NAMES)
def test_case(name: str, *, regenerate: bool) -> None:
    found = said((CASES / name / "input.edi").read_bytes())
    expected = CASES / name / "expected.json"
    if regenerate:
        expected.write_text(found, "utf-8")
    assert json.loads(found) == json.loads(expected.read_text("utf-8"))


def test_there_is_a_case_for_every_set() -> None:
    assert {name.split("_")[0] for name in NAMES} == {"855", "856", "860", "865"}

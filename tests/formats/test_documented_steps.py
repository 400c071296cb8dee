"""Every example of a step in docs/formats.md is read without a finding."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from formats.axerrio.order import read_order
from formats.limits import DEFAULT_LIMITS
from formats.records import Party
from formats.steps_json import is_step_file
from formats.steps_json import read_steps as read_json_steps
from formats.tabular.dialect import Dialect
from formats.tabular.kinds import kind_of
from formats.tabular.steps import is_step, read_steps

PAGE = Path(__file__).resolve().parents[2] / "docs" / "formats.md"
EXAMPLES = re.findall(r"^```(json)?\n(.*?)^```", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)
SEVEN_STEPS = 7


def test_the_page_has_its_examples() -> None:
    assert len(EXAMPLES) > SEVEN_STEPS


@pytest.mark.parametrize(("form", "text"), EXAMPLES)
def test_example_is_read_as_it_stands(form: str, text: str) -> None:
    data = text.encode()
    if form == "json" and is_step_file(data, DEFAULT_LIMITS):
        documents = list(read_json_steps(data, DEFAULT_LIMITS, vendor=Party()))
    elif form == "json":
        documents = list(read_order(data, DEFAULT_LIMITS))
    elif is_step(kind_of(data, Dialect())):
        documents = list(read_steps(data, dialect=Dialect(), limits=DEFAULT_LIMITS, vendor=Party()))
    else:
        pytest.skip("an example of something else")
    assert documents
    assert all(document.is_accepted and not document.findings for document in documents)

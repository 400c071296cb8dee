"""What is measured is what is meant: every order of a bench is answered, and none is held."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.child import measured
from tests.bench.material import Setting

ORDERS = 20


@pytest.mark.parametrize("setting", list(Setting), ids=lambda each: each.name)
def test_every_order_of_a_bench_is_answered(tmp_path: Path, setting: Setting) -> None:
    root = tmp_path / "site"
    figures = measured("drain", root, setting.name, str(ORDERS))
    assert figures["answers"] >= ORDERS * setting.answers
    events = (root / "events.jsonl").read_text("utf-8")
    assert '"event":"posted"' in events
    assert "quarantined" not in events

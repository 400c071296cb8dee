"""README.md says what is so: what is read, an example that runs, places that exist."""

from __future__ import annotations

import os
import re
import subprocess
import sys

from formats.edifact.messages import KINDS
from formats.x12.sets import BUILDERS
from tests.daemon.running import CHECKOUT

README = (CHECKOUT / "README.md").read_text("utf-8")


def reads() -> str:
    """Return the cells that say what is read."""
    rows = [line.split("|") for line in README.splitlines() if line.startswith("|")]
    start = next(at for at, row in enumerate(rows) if row[2].strip() == "reads")
    return " ".join(row[2] for row in rows[start:])


def test_every_set_and_message_that_is_read_stands_in_the_table_of_formats() -> None:
    named = set(re.findall(r"\w+", reads()))
    missing = {*BUILDERS, *KINDS} - named
    assert not missing, f"name them in the table of README.md, What it reads and writes: {missing}"


def test_example_of_the_library_runs_and_shows_an_order_and_a_reason() -> None:
    (example,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    done = subprocess.run(
        [sys.executable, "-c", example],
        check=True,
        cwd=CHECKOUT,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout.startswith("x12\nPO-77004\n")
    assert "error BEG05 (segment 2), byte 302" in done.stdout


def test_every_page_that_it_points_at_exists() -> None:
    places = re.findall(r"\]\(([^)#:]+)[^)]*\)", README)
    assert len(places) > 10
    assert not [place for place in places if not (CHECKOUT / place).exists()]

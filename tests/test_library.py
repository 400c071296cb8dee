"""docs/library.md says what is so: its examples run and print what stands there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib import import_module

import pytest

from tests.daemon.running import CHECKOUT

PAGE = (CHECKOUT / "docs" / "library.md").read_text("utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```\n\n```text\n(.*?)```", PAGE, re.DOTALL)
NAMED = sorted(set(re.findall(r"`((?:x12|edifact|\w+)\.\w+\.\w+)`", PAGE)))


@pytest.mark.parametrize(("example", "printed"), EXAMPLES)
def test_example_prints_what_stands_below_it(example: str, printed: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", example],
        check=True,
        cwd=CHECKOUT,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )
    assert done.stdout == printed


def test_every_example_says_what_it_prints() -> None:
    assert len(EXAMPLES) == PAGE.count("```python\n") > 0


@pytest.mark.parametrize("name", [each for each in NAMED if not each.startswith("formats.")])
def test_writer_that_is_named_is_there(name: str) -> None:
    module, _, function = name.rpartition(".")
    assert callable(getattr(import_module(f"formats.{module}"), function))


def test_every_writer_is_named() -> None:
    there = {
        f"{path.parent.name}.{path.stem}"
        for path in CHECKOUT.glob("formats/*/*_out.py")
        if re.search(r"^def write_|^class \w+Writer", path.read_text("utf-8"), re.MULTILINE)
    }
    unnamed = there - {name.rpartition(".")[0] for name in NAMED}
    assert unnamed == {"tabular.landed_cost_out"}, "name them in docs/library.md"

"""A fresh sample site, and a way to run commands on it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from daemon import cli
from daemon.cli.init import create


@dataclass(frozen=True)
class Said:
    """What a command said, and its exit code."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Said]


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The sample site, in the folder the commands look at."""
    root = tmp_path / "site"
    create(root)
    monkeypatch.chdir(root)
    monkeypatch.setenv("COLUMNS", "200")
    return root


@pytest.fixture
def run(site: Path, capfd: pytest.CaptureFixture[str]) -> Run:
    """Run a command line in this process."""

    def ran(*words: str) -> Said:
        capfd.readouterr()
        code = cli.main(list(words))
        said = capfd.readouterr()
        return Said(code, said.out, said.err)

    return ran

"""A site whose sample files have been worked on, made once and copied for each test."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from daemon import cli
from daemon.cli.init import create
from tests.daemon.today import ZONE
from tests.memory import tmp_path

__all__ = ["tmp_path"]

START = "import sys; from daemon.cli import main; sys.exit(main())"
"""What the console script runs."""


@dataclass(frozen=True)
class Said:
    """What a command said, and its exit code."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Said]


@pytest.fixture(scope="session")
def _worked_on(tmp_path_factory: pytest.TempPathFactory) -> Callable[[date], Path]:
    @cache
    def worked_on(_day: date) -> Path:
        root = tmp_path_factory.mktemp("worked") / "site"
        create(root)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("K2KD_INTAKE__SETTLE_MOVED_S", "0")
            patch.setenv("K2KD_INTAKE__FREE_BYTES", "0")
            assert cli.main(["run", "--once", "--samples", "--plain", "--site", str(root)]) == 0
        return root

    return worked_on


@pytest.fixture
def worked_site(_worked_on: Callable[[date], Path]) -> Path:
    """The sample site after its first day, which is today; never changed, only copied.

    Commands read the machine's clock. On the site of yesterday they would carry out what midnight
    made due.
    """
    return _worked_on(datetime.now(ZONE).date())


@pytest.fixture
def site(worked_site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the worked site, in the folder the commands look at."""
    root = tmp_path / "site"
    shutil.copytree(worked_site, root)
    monkeypatch.chdir(root)
    monkeypatch.setenv("K2KD_INTAKE__SETTLE_MOVED_S", "0")
    monkeypatch.setenv("K2KD_INTAKE__QUIET_S", "0")
    monkeypatch.setenv("K2KD_INTAKE__FREE_BYTES", "0")
    yield root


@pytest.fixture(autouse=True)
def _wide_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep long temporary paths on one line, so that a test finds what it looks for."""
    monkeypatch.setenv("COLUMNS", "250")


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Run:
    """Run a command in this process: `run("files", "--state", "held")`."""

    def _run(*words: str | Path | int) -> Said:
        capfd.readouterr()
        code = cli.main([str(word) for word in words])
        said = capfd.readouterr()
        return Said(code, said.out, said.err)

    return _run

"""What the daemon does when it is started again after a crash loop, or twice at once."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from daemon import config, safefile
from tests.crash.check import Books, read
from tests.crash.driver import KILLER, Attempt
from tests.crash.scene import KILLED, Scene, workplace
from tests.crash.site import collect, drop, drop_orders, drop_stock, make_site
from tests.crash.trials import Crew

READER = b"<?xml version='1.0'?><order>brings the reader down</order>"
MOST_DEATHS = 3
ENVIRONMENT = 3
PROGRAM = "import sys; from daemon.cli import main; sys.exit(main())"


def endings(books: Books) -> dict[object, tuple[object, object]]:
    """Return state and reason code of the arrivals, by file name."""
    return {name: (state, code) for _, name, _, _, state, code, _ in books.arrivals}


def test_f33_a_file_that_kills_three_daemons_is_quarantined_by_the_fourth(
    crew: Crew, first: Scene, ledger_url: str
) -> None:
    with workplace() as folder:
        root = folder / "site"
        root.mkdir()
        make_site(root, ledger_url)
        drop_stock(root)
        drop_orders(root)
        site = config.load(root)
        drop(site, "bloom", KILLER.decode(), READER)
        attempt = Attempt(str(root), has_killer=True)
        ended = [crew.first.driver.run(attempt) for _ in range(MOST_DEATHS + 1)]
        assert ended == [KILLED] * MOST_DEATHS + [0]
        found = endings(read(ledger_url)[0])
        assert found.pop(KILLER) == ("quarantined", "crash-loop")
        assert found == endings(first.expected)
        assert any(f.partner == "bloom" and b"killer.edi" in f.content for f in collect(root))


def test_f32_a_second_daemon_on_the_same_site_ends_with_exit_code_3(tmp_path: Path) -> None:
    make_site(tmp_path)
    drop_orders(tmp_path)
    state = config.load(tmp_path).state
    safefile.make_directories(state)
    with safefile.open_directory(state) as directory, safefile.exclusive(directory):
        second = subprocess.run(
            [sys.executable, "-c", PROGRAM, "run", "--once"],
            check=False,
            env={**os.environ, "K2KD_SITE": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert second.returncode == ENVIRONMENT
    assert "another" in second.stderr
    assert not list((tmp_path / "outbox").glob("*/*")), "it touched the site"


@pytest.fixture(autouse=True)
def _no_database_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("K2KD_LEDGER__URL", raising=False)

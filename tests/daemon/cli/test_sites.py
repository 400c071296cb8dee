"""Making a site, checking it, running it once, and its ledger's schema."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from daemon import safefile, startup
from daemon.cli.check import examine
from tests.daemon.cli.conftest import Run
from tests.daemon.network import SAMPLE_SITE


def notes(said: Any, level: str) -> list[str]:
    found: list[dict[str, str]] = said.json()["notes"]
    return [note["text"] for note in found if note["level"] == level]


def test_init_makes_a_site_that_checks(run: Run, tmp_path: Path) -> None:
    made = run("init", tmp_path / "new")
    assert made.code == 0, made.err
    assert f"k2kd run --samples --site {tmp_path / 'new'}" in made.out
    assert sorted(path.name for path in (tmp_path / "new" / "inbox").iterdir()) == [
        "andes",
        "axerrio-florsol",
        "bloom",
        "florsol",
        "tulipan",
    ]
    assert not notes(run("check", "--json", "--site", tmp_path / "new"), "error")


def test_samples_come_once_also_to_a_site_that_was_looked_at_before(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("K2KD_INTAKE__SETTLE_MOVED_S", "0")
    monkeypatch.setenv("K2KD_INTAKE__FREE_BYTES", "0")
    where = ("--site", tmp_path / "new")
    run("init", tmp_path / "new")
    assert "k2kd run --samples" in run("status", *where).out
    start = ("run", "--once", "--samples", "--plain", *where)
    assert run(*start).code == 0
    came = len(run("files", "--json", *where).json())
    assert came == 5
    assert run(*start).code == 0
    assert len(run("files", "--json", *where).json()) == came


def test_init_copies_the_sample_as_shipped(run: Run, tmp_path: Path) -> None:
    run("init", tmp_path / "new")
    for name in ("k2kd.toml", "mappings/products.csv", "mappings/README.md"):
        assert (tmp_path / "new" / name).read_bytes() == (SAMPLE_SITE / name).read_bytes()


def test_git_keeps_no_books_drops_or_credentials_of_a_new_site(run: Run, tmp_path: Path) -> None:
    run("init", tmp_path / "new")
    kept_out = (tmp_path / "new" / ".gitignore").read_text("ascii").split()
    assert {"/state/", "/inbox/*/*", "/outbox/*/*", "/onboarding/", "/credentials/"} <= {*kept_out}


@pytest.mark.parametrize("content", ["a site", "a file"])
def test_init_leaves_what_is_there_alone(run: Run, tmp_path: Path, content: str) -> None:
    target = tmp_path / "there"
    if content == "a site":
        target.mkdir()
        (target / "notes.txt").write_text("mine")
    else:
        target.write_text("mine")
    said = run("init", target)
    assert said.code == 2
    assert "name a new or empty folder" in said.err
    assert target.is_file() or [path.name for path in target.iterdir()] == ["notes.txt"]


def test_check_finds_nothing_wrong_with_the_sample_site(run: Run, site: Path) -> None:
    said = run("check")
    assert said.code == 0
    assert "is ready" in said.out
    assert "5 partners, 3 connections" in said.out


def test_check_says_every_problem_of_the_tables_at_once(run: Run, site: Path) -> None:
    for name in ("products.csv", "units.csv"):
        table = site / "mappings" / name
        table.write_text(table.read_text("utf-8") + "nobody,,X,,NOTHING,,yes,,,\n", "utf-8")
    said = run("check", "--json")
    assert said.code == 1
    errors = notes(said, "error")
    assert {text.split(",")[0] for text in errors} == {"products.csv", "units.csv"}


def test_check_calls_a_broken_configuration_by_key(run: Run, site: Path) -> None:
    file = site / "k2kd.toml"
    file.write_text(file.read_text("utf-8").replace("when_short", "when_shrot"), "utf-8")
    said = run("check")
    assert said.code == 3
    assert "did you mean when_short?" in said.out


def test_check_weighs_folders_and_tables_together(run: Run, site: Path) -> None:
    (site / "inbox" / "bloom").rename(site / "elsewhere")
    (site / "inbox" / "bloom").symlink_to(site / "elsewhere")
    (site / "outbox" / "andes" / ".staging").rmdir()
    for answer in (site / "outbox" / "andes").iterdir():
        answer.unlink()
    (site / "outbox" / "andes").rmdir()
    (site / "outbox" / "andes").write_text("")
    (site / "mappings" / "units.csv").unlink()
    said = run("check", "--json")
    assert said.code == 3
    errors = " | ".join(notes(said, "error"))
    assert "inbox/bloom: is a link" in errors
    assert "outbox/andes: is not a folder" in errors
    assert "units.csv" in errors


def test_check_lets_the_daemon_make_missing_folders(run: Run, site: Path) -> None:
    (site / "inbox" / "bloom").rmdir()
    assert run("check").code == 0


def test_check_says_when_the_disk_is_too_full(
    run: Run, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("K2KD_INTAKE__FREE_BYTES", str(1 << 60))
    said = run("check")
    assert said.code == 3
    assert "nothing is taken in below" in said.out


def test_a_sqlite_ledger_on_a_network_volume_is_said_and_opened_by_no_command(
    run: Run, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(startup, "keeps_databases", lambda _path: False)
    said = run("check", "--json")
    assert said.code == 3
    (one,) = notes(said, "error")
    assert "network volume" in one
    refused = run("status")
    assert refused.code == 3
    assert "network volume" in refused.err


def test_check_changes_nothing(site: Path) -> None:
    ledger = site / "state" / "ledger.db"
    ledger.unlink()
    texts = [note.text for note in examine(site) if note.part == "ledger"]
    assert texts == ["none yet; it is made at the first start"]
    assert not ledger.exists()


def test_second_daemon_is_refused_in_words(run: Run, site: Path) -> None:
    with safefile.open_directory(site / "state") as state, safefile.exclusive(state):
        said = run("run", "--once", "--plain")
    assert said.code == 3
    assert "another daemon runs this site already" in said.err


def test_second_run_drops_no_samples(run: Run, site: Path) -> None:
    assert run("run", "--once", "--samples", "--plain").code == 0
    found: Any = run("files", "--json").json()
    assert len(found) == 5


def test_ledger_is_upgraded_once(run: Run, tmp_path: Path) -> None:
    run("init", tmp_path / "new")
    first = run("db", "upgrade", "--site", tmp_path / "new")
    assert "ledger upgraded from nothing to" in first.out
    assert "already at" in run("db", "upgrade", "--site", tmp_path / "new").out
    assert "program" in run("db", "version", "--site", tmp_path / "new").out

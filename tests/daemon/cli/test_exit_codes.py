"""Exit codes: 0 ok, 1 problems in data, 2 usage, 3 environment or configuration; no traceback."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from daemon.cli.faults import TablesError
from tests.daemon.cli.conftest import START, Run

OK, DATA, USAGE, ENVIRONMENT = 0, 1, 2, 3
NOBODY = 65534
MAP = ("map", "products", "axerrio-florsol")
NEW = ("partner", "add", "rosales", "--role", "vendor")

GOOD: tuple[tuple[str | int, ...], ...] = (
    *((name,) for name in ("status", "files", "orders", "holds", "outbox", "check", "help")),
    ("quarantine", "list"),
    ("partner", "list"),
    ("control-numbers", "list"),
    ("db", "version"),
    ("show", 1),
    ("trace", "10045"),
    (*MAP, "Rose Explorer 60", "ROS-EXP-60"),
)
WRONG: tuple[tuple[str | int, ...], ...] = (
    ("statsu",),
    ("help", "statsu"),
    ("status", "--colour"),
    ("files", "--partner", "nobody"),
    ("files", "--state", "lost"),
    ("files", "--limit", "0"),
    ("holds", "--partner", "nobody"),
    ("orders", "--partner", "nobody"),
    ("outbox", "--partner", "nobody"),
    ("connections", "--partner", "nobody"),
    ("goods", "--partner", "nobody"),
    ("words", "--partner", "nobody"),
    ("quarantine", "list", "--partner", "nobody"),
    ("control-numbers", "list", "--partner", "nobody"),
    ("outbox", "--raw", "nothing.edi"),
    ("show", 999),
    ("show", "one"),
    *(
        (*words, 1 << 63)
        for words in (("show",), ("replay",), ("release",), ("quarantine", "show"))
    ),
    ("reject", 1 << 63, "--reason", "no"),
    ("trace", "nothing-of-that-name"),
    ("trace", ""),
    ("read", "/nowhere/order.edi"),
    ("read", "k2kd.toml", "--as", "nobody"),
    ("manifest", "nobody"),
    ("map", "prodcut", "axerrio-florsol", "Rose", "ROS-EXP-60"),
    ("map", "products", "nobody", "Rose", "ROS-EXP-60"),
    (*MAP, "Rose", "NOT-OURS"),
    (*MAP, "Rose"),
    (*MAP, "", "ROS-EXP-60"),
    (*MAP, "Rose", "ROS-EXP-60", "--vendor", "nobody"),
    (*MAP, "no such row", "--undo"),
    ("map", "units", "bloom", "DOZ", "NO-UNIT"),
    ("release", 999),
    ("reject", 999, "--reason", "no"),
    ("reject", 1, "--reason", " "),
    ("replay", 999),
    ("quarantine", "show", 999),
    ("quarantine", "release", 999),
    ("quarantine", "release", 1),
    ("quarantine", "reject", 999),
    ("quarantine", "loose", 1),
    ("control-numbers", "reset", "nobody", "--to", 5),
    ("control-numbers", "reset", "bloom", "--to", 0),
    ("init", "."),
    ("init", "k2kd.toml"),
    (*NEW[:2], "Rosales", *NEW[3:]),
    (*NEW[:2], "rosales_farms", *NEW[3:]),
    (*NEW[:2], "-rosales", *NEW[3:]),
    (*NEW[:2], "r" * 41, *NEW[3:]),
    (*NEW[:2], "rosales\n", *NEW[3:]),
    (*NEW[:2], "florsol", *NEW[3:]),
    (*NEW[:4], "grower"),
    (*NEW, "--connect", "nobody"),
    (*NEW, "--currency", "dollars"),
    (*NEW, "--x12-id", "A/B/C*D"),
    (*NEW, "--x12-id", "FLORSOL"),
    (*NEW, "--receives", "letters"),
    (*NEW, "--key", "/nowhere/key.pub"),
    ("partner", "keys", "nobody", "list"),
    ("partner", "keys", "florsol", "add"),
    ("partner", "keys", "florsol", "add", "/nowhere/key.pub"),
    ("partner", "keys", "florsol", "remove", "SHA256:nothing"),
    ("partner", "password", "nobody"),
    ("partner", "pack", "nobody"),
    ("partner", "test", "nobody"),
    ("partner", "test", "florsol"),
)


@pytest.mark.parametrize("words", GOOD, ids=lambda words: " ".join(map(str, words)))
def test_what_is_done_ends_with_0(run: Run, site: Path, words: tuple[str | int, ...]) -> None:
    said = run(*words)
    assert (said.code, said.err) == (OK, "")


@pytest.mark.parametrize("words", WRONG, ids=lambda words: " ".join(map(str, words))[:60])
def test_wrong_words_end_with_2_and_a_sentence(
    run: Run, site: Path, words: tuple[str | int, ...]
) -> None:
    before = (site / "k2kd.toml").read_bytes()
    said = run(*words)
    assert said.code == USAGE, said.err
    assert said.err
    assert "Traceback" not in said.err
    assert (site / "k2kd.toml").read_bytes() == before


def is_open(folder: Path) -> bool:
    """Say whether every account may enter this folder."""
    return all(path.stat().st_mode & 0o001 for path in (folder, *folder.parents))


def spoil_tables(site: Path) -> None:
    table = site / "mappings" / "products.csv"
    table.write_bytes(table.read_bytes().replace(b"ROS-EXP-60", b"ROS-EXP-6O"))


@pytest.mark.parametrize(
    "words",
    [
        (*MAP, "Rose Explorer 60", "ROS-FRE-60"),
        (*MAP, "Rose Explorer 60", "--undo"),
        ("release", 1),
        ("reject", 1, "--reason", "no"),
        ("replay", 3),
        ("check",),
        NEW,
        ("partner", "pack", "florsol"),
    ],
    ids=lambda words: " ".join(map(str, words)),
)
def test_spoilt_tables_end_with_1_and_name_every_row(
    run: Run, site: Path, words: tuple[str | int, ...]
) -> None:
    spoil_tables(site)
    said = run(*words)
    assert said.code == DATA, said.err
    assert "did you mean ROS-EXP-60?" in said.err + said.out


def test_other_problems_in_data_end_with_1(run: Run, site: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.edi"
    broken.write_bytes(b"ISA*00*")
    assert run("read", broken).code == DATA
    not_a_key = tmp_path / "key.pub"
    not_a_key.write_bytes(b"no key\n")
    assert run("partner", "keys", "florsol", "add", not_a_key).code == DATA


def no_site(site: Path) -> None:
    (site / "k2kd.toml").unlink()


def wrong_setting(site: Path) -> None:
    with (site / "k2kd.toml").open("a", encoding="utf-8") as file:
        file.write("\n[colour]\nroses = 'red'\n")


@pytest.mark.parametrize("spoil", [no_site, wrong_setting])
@pytest.mark.parametrize(
    "words",
    [
        *((name,) for name in ("status", "files", "orders", "holds", "outbox", "check", "run")),
        (*MAP, "Rose", "ROS-EXP-60"),
        ("trace", "10045"),
        ("db", "version"),
        ("partner", "list"),
        NEW,
    ],
    ids=lambda words: " ".join(map(str, words)),
)
def test_a_site_that_cannot_be_read_ends_with_3(
    run: Run, site: Path, spoil: Callable[[Path], None], words: tuple[str | int, ...]
) -> None:
    spoil(site)
    said = run(*words)
    assert said.code == ENVIRONMENT, said.err
    assert "Traceback" not in said.err


def test_problems_of_tables_are_told_one_a_line() -> None:
    assert TablesError(["one", "two"]).problems == ["one", "two"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("words", [("files",), ("show", "1", "--raw"), ("status", "--json"), ()])
def test_a_full_output_ends_with_3_and_a_sentence(site: Path, words: tuple[str, ...]) -> None:
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(
            [sys.executable, "-c", START, *words], check=False, stdout=full, stderr=subprocess.PIPE
        )
    assert ended.returncode == ENVIRONMENT
    assert ended.stderr.startswith(b"k2kd: can't write the output: No space left on device")
    assert len(ended.stderr.splitlines()) == 1


@pytest.mark.parametrize("words", [(), ("files",), ("show", "3"), ("status", "--json")])
def test_a_reader_that_has_had_enough_is_no_fault(site: Path, words: tuple[str, ...]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        ended = subprocess.run(
            [sys.executable, "-c", START, *words],
            check=False,
            stdout=writing,
            stderr=subprocess.PIPE,
        )
    finally:
        os.close(writing)
    assert (ended.returncode, ended.stderr) == (OK, b"")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root changes accounts")
@pytest.mark.parametrize("words", ["status", "check", "orders"])
def test_an_account_without_rights_is_told_whose_they_are(site: Path, words: str) -> None:
    for path in (site, *site.parents):
        if not path.stat().st_mode & 0o001:
            path.chmod(path.stat().st_mode | 0o001)
    (site / "k2kd.toml").chmod(0o644)
    (site / "state").chmod(0o700)
    ended = subprocess.run(
        [sys.executable, "-c", _AS_NOBODY + START, words],
        check=False,
        capture_output=True,
        text=True,
        cwd=site,
    )
    assert ended.returncode == ENVIRONMENT, ended.stderr
    said = ended.stdout + ended.stderr
    assert "Traceback" not in said
    assert "state" in said
    if words != "check":
        assert "sudo -u '#0' k2kd" in said


@pytest.mark.skipif(os.geteuid() != 0, reason="only root changes accounts")
def test_who_may_only_read_the_ledger_is_told_to_be_its_owner(site: Path) -> None:
    for path in (site, *site.parents):
        if not path.stat().st_mode & 0o001:
            path.chmod(path.stat().st_mode | 0o001)
    (site / "k2kd.toml").chmod(0o644)
    (site / "state").chmod(0o777)
    (site / "state" / "ledger.db").chmod(0o644)
    ended = subprocess.run(
        [sys.executable, "-c", _AS_NOBODY + START, "orders"],
        check=False,
        capture_output=True,
        text=True,
        cwd=site,
    )
    assert ended.returncode == ENVIRONMENT, ended.stderr
    assert "ledger.db is out of this account's reach" in ended.stderr
    assert "sudo -u '#0' k2kd" in ended.stderr


@pytest.mark.skipif(
    os.geteuid() != 0 or not is_open(Path(__file__).parent),
    reason="only root changes accounts, and another must reach the checkout",
)
def test_what_root_makes_in_the_state_of_another_account_is_that_account_s(
    run: Run, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first commands after an installation are root's, and may come before the daemon."""
    # Loads what commands need: the interpreter may be root's alone.
    assert run(*MAP, "Rose Explorer 60", "ROS-FRE-60").code == OK
    state = site / "state"
    shutil.rmtree(state)
    state.mkdir(0o750)
    for path in (site, *site.rglob("*")):
        os.chown(path, -1, NOBODY)
    for path in (state, *(site / "outbox").rglob("*")):
        os.chown(path, NOBODY, NOBODY)
    assert run("check").code == ENVIRONMENT, "nobody can reach a folder of the tests"
    for path in site.parents:
        if not path.stat().st_mode & 0o001:
            path.chmod(path.stat().st_mode | 0o001)
    assert run("check").code == ENVIRONMENT, "the inboxes are root's"
    for path in (site / "inbox").iterdir():
        os.chown(path, NOBODY, NOBODY)
    assert run("check").code == OK
    before = os.getgroups()
    assert run("db", "upgrade").code == OK
    assert run("status").code == OK
    assert run(*MAP, "Rose Explorer 60", "ROS-EXP-60").code == OK
    assert (os.geteuid(), os.getegid(), os.getgroups()) == (0, 0, before)
    assert {path.stat().st_uid for path in state.rglob("*")} == {NOBODY}
    assert (site / "mappings" / "products.csv").stat().st_uid == 0
    # A container may take that right from root, which stays root then.
    monkeypatch.setattr(os, "seteuid", _forbidden)
    assert run("status").code == OK
    assert (os.geteuid(), os.getegid(), os.getgroups()) == (0, 0, before)


def _forbidden(_uid: int) -> None:
    raise PermissionError(errno.EPERM, "Operation not permitted")


@pytest.mark.parametrize("name", ["state", "state/ledger.db"])
def test_a_link_to_nothing_is_told_with_where_it_points(run: Run, site: Path, name: str) -> None:
    (site / name).rename(site / "aside")
    (site / name).symlink_to("/nowhere/volume")
    said = run("orders")
    assert said.code == ENVIRONMENT
    assert f"{name} is a link to /nowhere/volume, which isn't there" in said.err


def test_a_command_does_not_promise_that_it_is_tried_again(
    run: Run, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("daemon.ledger.store.BUSY_TIMEOUT_MS", 50)
    holder = sqlite3.connect(site / "state" / "ledger.db", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    said = run("control-numbers", "reset", "bloom", "--to", "5000")
    holder.close()
    assert said.code == ENVIRONMENT
    assert "database is locked" in said.err
    assert "tried again" not in said.err
    assert "then give the command again" in said.err


_AS_NOBODY = """
import contextlib, io, os
from daemon.cli import main
with contextlib.redirect_stdout(io.StringIO()):
    main()
os.setgroups([])
os.setgid(65534)
os.setuid(65534)
"""
"""Loads what a command needs and lets its rights go: the interpreter may be root's alone."""

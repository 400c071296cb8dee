"""What commands say is true, and names the thing it speaks of."""

from __future__ import annotations

import contextlib
import os
import socket
import sqlite3
from pathlib import Path

import pytest

from daemon.cli.likeness import likeness
from daemon.cli.orders import likeness as how_alike
from daemon.mapping.suggest import Suggestion
from tests.daemon.cli.conftest import Run

MAP = ("axerrio-florsol", "Rose Explorer 60", "ROS-EXP-60")


def test_a_hold_names_the_file_and_the_order_it_stops(run: Run, site: Path) -> None:
    said = run("holds")
    row = next(line for line in said.out.splitlines() if " unmapped " in line)
    assert "order-7731.json" in row
    assert "AX-7731" in row
    assert "▲ order AX-7731 in order-7731.json: line 2" in said.out
    (one,) = run("holds", "--json").json()
    assert (one["hold"]["file"], one["hold"]["number"]) == ("order-7731.json", "AX-7731")


def test_a_hold_of_a_whole_file_names_the_file(run: Run, site: Path) -> None:
    with contextlib.closing(sqlite3.connect(site / "state" / "ledger.db")) as ledger, ledger:
        ledger.execute("UPDATE holds SET document_id = NULL, kind = 'control number'")
    assert "▲ order-7731.json: line 2" in run("holds").out
    (one,) = run("holds", "--json").json()
    assert (one["hold"]["file"], one["hold"]["number"]) == ("order-7731.json", None)


@pytest.mark.parametrize("command", ["files", "status"])
def test_a_held_file_says_what_holds_it(run: Run, site: Path, command: str) -> None:
    row = next(line for line in run(command).out.splitlines() if "order-7731.json" in line)
    assert row.rstrip().endswith("unmapped: Rose Explorer 60")


def test_what_holds_a_file_is_told_to_programs(run: Run, site: Path) -> None:
    found = {row["name"]: row["waits_for"] for row in run("files", "--json").json()}
    assert found["order-7731.json"] == "unmapped: Rose Explorer 60"
    assert found["order-10045.edi"] is None


def test_further_holds_of_a_file_are_counted(run: Run, site: Path) -> None:
    with contextlib.closing(sqlite3.connect(site / "state" / "ledger.db")) as ledger, ledger:
        columns = [row[1] for row in ledger.execute("PRAGMA table_info(holds)") if row[1] != "id"]
        names = ", ".join(columns)
        for key in (90, 91):
            query = f"INSERT INTO holds (id, {names}) SELECT ?, {names} FROM holds WHERE id = 1"
            ledger.execute(query, (key,))
    assert "unmapped: Rose Explorer 60, and 2 more" in run("files").out


def test_the_prebook_of_an_axerrio_order_is_shown_once_and_explained(run: Run, site: Path) -> None:
    said = run("trace", "AX-7731").out
    assert said.count("Rose Freedom 60") == 1
    row = next(line for line in said.splitlines() if line.startswith("Prebook AX-7731"))
    assert "3 lines, the same as above" in row


def test_a_prebook_with_other_lines_is_shown_whole(run: Run, site: Path) -> None:
    with contextlib.closing(sqlite3.connect(site / "state" / "ledger.db")) as ledger, ledger:
        ledger.execute(
            "UPDATE order_lines SET quantity = '9' WHERE line = 1 AND order_id ="
            " (SELECT id FROM orders WHERE kind = 'prebook')"
        )
    said = run("trace", "AX-7731").out
    assert said.count("Rose Freedom 60") == 2


def test_a_suggestion_that_is_the_same_says_in_what(run: Run, site: Path) -> None:
    said = run("orders", "--unmapped").out
    assert "100%" not in said
    assert "(same words: explorer, rose; same number: 60; as bloom calls it)" in said
    assert "54% alike (same words: rose; same number: 60" in said


@pytest.mark.parametrize(
    ("score", "text"), [(0.999, "99% alike"), (0.5, "50% alike"), (1.0, "Rose (same words: rose)")]
)
def test_only_what_is_wholly_the_same_has_no_percentage(score: float, text: str) -> None:
    assert text in how_alike(Suggestion("ROS", "Rose", score, "same words: rose"))


@pytest.mark.parametrize("kind", ["product", "products", "PRODUCT"])
def test_a_table_may_be_named_in_the_singular(run: Run, site: Path, kind: str) -> None:
    said = run("map", kind, *MAP)
    assert said.code == 0, said.err
    assert "products.csv" in said.out


def test_a_table_that_is_not_there_is_refused_with_the_nearest(run: Run, site: Path) -> None:
    assert "did you mean products?" in run("map", "prodcut", *MAP).err


def test_plain_text_is_not_called_binary(run: Run, site: Path) -> None:
    (site / "inbox" / "bloom" / "note.txt").write_bytes(b"Dear all\nsee you on Monday\n")
    run("run", "--once", "--plain")
    key = next(row["id"] for row in run("files", "--json").json() if row["name"] == "note.txt")
    for words in (("quarantine", "show"), ("show",)):
        said = run(*words, key).out
        assert "binary" not in said
        assert "plain text, 2 lines without columns" in said
    for command in ("files", "status"):
        row = next(line for line in run(command).out.splitlines() if "note.txt" in line)
        assert "format not known" in row


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"one line", "plain text, 1 line without columns"),
        (b"Gr\xfc\xdfe\n\naus Aalsmeer\n", "plain text, 2 lines without columns"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "an old Office file"),
        (b"\x89PNG\r\n\x1a\n" + bytes(20), "a picture (PNG)"),
        (b"\x1f\x8b\x08\x00", "gzip"),
        (bytes(range(256)), "bytes that are no text"),
    ],
)
def test_a_file_of_no_known_format_is_described(content: bytes, words: str) -> None:
    assert words in likeness(content)


def test_a_file_of_no_known_format_says_what_it_looks_like(run: Run, site: Path) -> None:
    (site / "inbox" / "bloom" / "table.xls").write_bytes(b"\xd0\xcf\x11\xe0" + bytes(range(256)))
    run("run", "--once", "--plain")
    key = next(row["id"] for row in run("files", "--json").json() if row["name"] == "table.xls")
    assert "looks like an old Office file" in run("show", key).out
    assert "which look like an old Office file" in run("quarantine", "show", key).out
    assert "Office" in run("quarantine", "show", key, "--json").json()["looks_like"]
    assert run("show", 3, "--json").json()["looks_like"] is None


def test_replay_says_what_it_did_and_what_it_left_alone(run: Run, site: Path) -> None:
    said = run("replay", 3).out
    assert "of bloom (arrival 3) was worked on again; it is now posted" in said
    assert "it is only answered again" in said


def test_replay_of_what_had_no_effect_promises_none(run: Run, site: Path) -> None:
    broken = next(
        row["id"] for row in run("files", "--json").json() if row["state"] == "quarantined"
    )
    said = run("replay", broken).out
    assert "it is now quarantined" in said
    assert "SE01" in said
    assert "only answered again" not in said


KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIH4Wz0pQkA0cR2d4R0m2p3r6Xl5m4n3o2p1q0rAsBtCu"


@pytest.fixture
def key(tmp_path: Path) -> Path:
    file = tmp_path / "key.pub"
    file.write_text(f"{KEY} somebody\n", "ascii")
    return file


def test_the_first_key_says_that_the_try_out_login_ends(run: Run, site: Path, key: Path) -> None:
    said = run("partner", "keys", "bloom", "add", key)
    assert said.code == 0, said.err
    assert "the try-out login of florsol (the key state/sftp/try_florsol)" in said.out


def test_a_further_key_says_nothing_of_it(run: Run, site: Path, key: Path, tmp_path: Path) -> None:
    run("partner", "keys", "bloom", "add", key)
    other = tmp_path / "other.pub"
    other.write_text(KEY.replace("BtCu", "BtCv") + "\n", "ascii")
    said = run("partner", "keys", "florsol", "add", other)
    assert said.code == 0, said.err
    assert "try-out" not in said.out


def test_a_new_partner_with_a_key_ends_the_try_out_login_too(
    run: Run, site: Path, key: Path
) -> None:
    said = run("partner", "add", "rosales", "--role", "vendor", "--key", key)
    assert said.code == 0, said.err
    assert "the try-out login of florsol" in said.out


@pytest.fixture
def port(site: Path) -> int:
    """Set a free port in the site's file, and return it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number: int = free.getsockname()[1]
    file = site / "k2kd.toml"
    text = file.read_text("utf-8")
    assert "port = 2222" in text
    file.write_text(text.replace("port = 2222", f"port = {number}"), "utf-8")
    return number


def test_check_names_who_has_the_port_of_the_embedded_server(
    run: Run, site: Path, port: int
) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        said = run("check")
    assert said.code == 0
    assert f"port {port} is in use by process {os.getpid()}" in said.out
    assert "[sftp_server] port" in said.out


def test_check_is_content_with_a_free_port(run: Run, site: Path, port: int) -> None:
    assert f"port {port} is free" in run("check").out


def test_examples_of_a_help_can_be_copied(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    said = run("partner", "add", "--help").out.splitlines()
    (example,) = [line for line in said if "--title 'Rosales Farms'" in line]
    assert example.strip().startswith("k2kd partner add rosales --role vendor")
    assert example.endswith("--connect bloom")


@pytest.mark.parametrize("group", ["partner", "quarantine", "control-numbers", "db"])
def test_lists_of_subcommands_cut_no_sentence(
    run: Run, monkeypatch: pytest.MonkeyPatch, group: str
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    _, _, listed = run(group, "--help").out.partition("Commands:\n")
    assert listed
    assert "..." not in listed

"""`k2kd partner list` and `k2kd partner test` at the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from daemon import config
from daemon.cli import options, partner_try
from tests.sftp.client.conftest import Desk

SITE = """
[[partner]]
name = "florsol"
roles = ["vendor"]
[partner.sftp]
host = "127.0.0.1"
port = {port}
user = "{user}"
host_keys = ["{pin}"]
key = "{key}"
pull = {{ folder = "{prefix}out" }}

[[partner]]
name = "bloom"
title = "Bloom"
roles = ["buyer"]
"""


def make(desk: Desk, key: str = "key") -> Path:
    lab = desk.lab
    text = SITE.format(port=lab.port, user=lab.user, pin=lab.pins()[0], prefix=lab.prefix, key=key)
    (desk.root / config.FILE_NAME).write_text(text)
    return desk.root


def run(*words: str) -> int:
    """Run the two commands as `k2kd partner` does, and return the exit code."""
    app = options.app(summary="x")
    app.command("list")(partner_try.listing)
    app.command("test")(partner_try.test)
    with pytest.raises(SystemExit) as ended:
        app(args=list(words), prog_name="k2kd partner")
    return int(str(ended.value.code or 0))


def test_the_list_says_how_files_travel(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    root = str(make(desk))
    assert run("list", "--site", root, "--json") == 0
    florsol, bloom = json.loads(capsys.readouterr().out)
    assert florsol["files_come"].startswith(f"fetched from {desk.lab.user}@127.0.0.1")
    assert florsol["answers_go"] == bloom["files_come"] == "its folder here"
    assert run("list", "--site", root) == 0
    assert "Bloom" in capsys.readouterr().out


def test_a_good_server_ends_with_0(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("test", "florsol", "--site", str(make(desk))) == 0
    said = capsys.readouterr().out
    assert "host key:" in said and "as pinned" in said


def test_a_failed_step_ends_with_3_and_says_what_to_do(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("test", "florsol", "--site", str(make(desk, key="nope")), "--json") == 3
    checks = json.loads(capsys.readouterr().out)
    assert checks[0]["outcome"] == "failed"
    assert "LoadCredential=nope" in checks[0]["said"]

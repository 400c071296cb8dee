"""The systemd unit that the package ships: well formed, and closed to what it does not need."""

from __future__ import annotations

import re
import shutil
import subprocess
from importlib import resources
from pathlib import Path

import pytest

from daemon.startup import LEDGER_WAIT_S

EXPOSURE_AT_MOST = 15
"""In tenths, as `--threshold` wants it; a unit without any protection has 96."""

UNIT = resources.files("daemon") / "systemd" / "k2kd.service"

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None,
    reason="no systemd-analyze here (Debian: apt install systemd)",
)


def settings(section: str) -> dict[str, list[str]]:
    """Return what a section of the unit says, every value of a name in its order."""
    found: dict[str, list[str]] = {}
    current = ""
    for line in UNIT.read_text("utf-8").splitlines():
        if heading := re.fullmatch(r"\[(\w+)\]", line):
            current = heading[1]
        elif current == section and line and not line.startswith("#"):
            name, _, value = line.partition("=")
            found.setdefault(name, []).append(value)
    return found


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A copy whose commands exist, since systemd wants to see them."""
    stub = tmp_path / "k2kd"
    stub.write_text("#!/bin/sh\nexit 0\n")
    stub.chmod(0o755)
    text = UNIT.read_text("utf-8").replace("/opt/k2kd/bin/k2kd", str(stub))
    assert str(stub) in text
    unit = tmp_path / "k2kd.service"
    unit.write_text(text)
    return unit


def analyze(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["systemd-analyze", *arguments], check=False, capture_output=True, text=True, timeout=60
    )


@needs_systemd
def test_systemd_knows_every_word_of_the_unit(installed: Path) -> None:
    verdict = analyze("verify", "--recursive-errors=yes", "--man=no", installed)
    assert verdict.returncode == 0, verdict.stderr
    assert "k2kd.service" not in verdict.stderr


@needs_systemd
def test_word_that_systemd_does_not_know_would_be_found(installed: Path) -> None:
    installed.write_text(installed.read_text().replace("ProtectHome=", "ProtectHouse="))
    verdict = analyze("verify", "--recursive-errors=yes", "--man=no", installed)
    assert verdict.returncode != 0
    assert "ProtectHouse" in verdict.stderr


@needs_systemd
def test_unit_exposes_little(installed: Path) -> None:
    verdict = analyze("security", "--offline=true", f"--threshold={EXPOSURE_AT_MOST}", installed)
    assert verdict.returncode == 0, verdict.stdout


def test_site_is_checked_before_it_runs_and_one_broken_part_stops_nobody_else() -> None:
    service = settings("Service")
    assert service["ExecStartPre"] == ["-/opt/k2kd/bin/k2kd check --site /etc/k2kd"]
    assert service["ExecStart"] == ["/opt/k2kd/bin/k2kd run --site /etc/k2kd"]


def test_staging_and_outboxes_share_one_mount() -> None:
    assert settings("Service")["ReadWritePaths"] == ["/srv/k2kd"]


def test_watchdog_and_restart_are_on() -> None:
    service = settings("Service")
    assert (service["Type"], service["Restart"]) == (["notify"], ["always"])
    assert service["WatchdogSec"] == ["60s"]


def test_starts_that_wait_for_the_ledger_s_server_never_use_up_the_limit() -> None:
    unit = settings("Unit")
    assert unit["StartLimitIntervalSec"] == ["10min"]
    starts_within_it = 600 / LEDGER_WAIT_S + 1
    assert starts_within_it < int(unit["StartLimitBurst"][0])
    # 3 is what a start ends with that waited in vain.
    assert settings("Service")["RestartPreventExitStatus"] == ["2"]


def test_no_secret_stands_in_the_unit() -> None:
    assert not {"Environment", "EnvironmentFile", "SetCredential"} & set(settings("Service"))

"""The short power-cut matrix: `make crash` plays all of what is sampled here."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.crash.driver import refusal

SAMPLE = 2


@pytest.mark.timeout(300)
def test_f03_a_power_cut_loses_and_doubles_nothing_and_shows_missing_flushes(
    checkout: Path,
) -> None:
    if os.geteuid() != 0 or shutil.which("unshare") is None or shutil.which("mkfs.ext4") is None:
        pytest.skip("only root can mount the disk whose power is cut (and needs mkfs.ext4)")
    if reason := refusal():
        pytest.skip(reason)
    cut = subprocess.run(
        ["unshare", "--mount", sys.executable, "-m", "tests.crash.powercut", f"--sample={SAMPLE}"],
        check=False,
        cwd=checkout,
        capture_output=True,
        text=True,
    )
    if "failed to setup loop device" in cut.stderr or "unshare failed" in cut.stderr:
        pytest.skip(f"no loop device may be mounted here: {cut.stderr.strip()}")
    assert cut.returncode == 0, cut.stderr
    *said, last = cut.stdout.splitlines()
    played, failed = last.split()
    assert int(played) > SAMPLE
    assert int(failed) == 0, "\n".join(said)

"""The clients that people have: OpenSSH's `sftp -b` and rclone, run as an admin would run them."""

from __future__ import annotations

import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

SFTP = shutil.which("sftp")
RCLONE = shutil.which("rclone")
LONGEST_S = 120.0


@dataclass(frozen=True, slots=True)
class Login:
    """How a server is reached; `known` is a known_hosts file, `prefix` leads to its folders."""

    user: str
    key: Path
    known: Path
    prefix: str = ""


def openssh(login: Login, port: int, lines: list[str]) -> float:
    """Run a batch and return its seconds; CalledProcessError where a line of it fails."""
    options = (
        "StrictHostKeyChecking=accept-new",
        f"UserKnownHostsFile={login.known}",
        "IdentitiesOnly=yes",
        "LogLevel=ERROR",
    )
    flags = [part for option in options for part in ("-o", option)]
    where = ["-F", "none", "-P", str(port), "-i", str(login.key)]
    command = ["sftp", "-q", *where, *flags, "-b", "-", f"{login.user}@127.0.0.1"]
    return _timed(command, "\n".join([*lines, ""]))


def rclone(login: Login, port: int, *words: str) -> float:
    """Run one command of rclone's and return its seconds; `REMOTE:` in it means the server."""
    options = {
        "host": "127.0.0.1",
        "port": str(port),
        "user": login.user,
        "key_file": str(login.key),
        "known_hosts_file": str(login.known),
        # There is no shell behind internal-sftp that could tell a hash.
        "shell_type": "none",
        "disable_hashcheck": "true",
    }
    listed = ",".join(f"{name}={value}" for name, value in options.items())
    remote = f":sftp,{listed}:{login.prefix}"
    command = ["rclone", "--config", "", "-q", *(w.replace("REMOTE:", remote) for w in words)]
    return _timed(command, "")


def _timed(command: list[str], batch: str) -> float:
    started = time.perf_counter()
    subprocess.run(
        command,
        input=batch.encode(),
        stdout=subprocess.DEVNULL,
        check=True,
        timeout=LONGEST_S,
    )
    return time.perf_counter() - started

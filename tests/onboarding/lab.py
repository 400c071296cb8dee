"""A real sshd on this machine that changes nothing on it: private /etc, /srv, /mnt, /run.

The mounts live in a namespace of their own, held by a process that sleeps. Accounts are added to a
copy of /etc in memory; partners' folders are below the test's own folder. Needs root and OpenSSH.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from tests.daemon.network import SAMPLE_SITE
from tests.daemon.running import CHECKOUT

T = TypeVar("T")
START = "import sys; from daemon.cli import main; sys.exit(main())"

SET_UP = """
set -eu
mount --make-rprivate /
mkdir -p "$LAB/etc" "$LAB/srv" "$LAB/mnt" "$LAB/hold"
mount -t tmpfs -o size=64m,mode=755 tmpfs "$LAB/etc"; mkdir "$LAB/etc/upper" "$LAB/etc/work"
mount -t overlay overlay -o lowerdir=/etc,upperdir="$LAB/etc/upper",workdir="$LAB/etc/work" /etc
mount -t tmpfs -o mode=755 tmpfs /run; mkdir -p /run/sshd
mount -t tmpfs -o mode=755 tmpfs /var/log
chmod 755 "$LAB/srv" "$LAB/mnt"
mount --bind "$LAB/srv" /srv
mount --bind "$LAB/mnt" /mnt
case "$PYTHON" in ~root/*)
    mount --bind "$PYTHON" "$LAB/hold"
    mount -t tmpfs -o mode=755 tmpfs /root
    mkdir -p "$PYTHON"; mount --bind "$LAB/hold" "$PYTHON";;
esac
rm -f /etc/ssh/sshd_config.d/*.conf /etc/ssh/ssh_host_*
ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key
cat >/etc/ssh/sshd_config <<END
Include /etc/ssh/sshd_config.d/*.conf
Port $PORT
ListenAddress 127.0.0.1
PidFile $LAB/sshd.pid
UsePAM no
Subsystem sftp /usr/lib/openssh/sftp-server
END
getent passwd sshd >/dev/null || useradd --system -d /run/sshd -s /usr/sbin/nologin sshd
getent passwd k2kd >/dev/null || useradd --system -d /var/lib/k2kd -s /usr/sbin/nologin k2kd
install -d -o root -g k2kd -m 0750 /mnt/site
install -d -o k2kd -g k2kd -m 0750 /mnt/state
echo ready
exec sleep 600
"""

SITE = """\
# Kept as it is: the site of the lab.
[site]
name = "lab"
title = "Lab Network"
x12 = { id = "LABNET" }
time_zone = "America/New_York"
state = "/mnt/state"
inbox = "/srv/k2kd/{partner}/inbox"
outbox = "/srv/k2kd/{partner}/outbox"

[intake]
rescan_s = 0.2
settle_moved_s = 0.1
free_bytes = 0
"""


def missing() -> str | None:
    """Say why the lab can't be used here; None where it can."""
    if os.geteuid() != 0:
        return "needs root for mounts and accounts of its own"
    tools = ("sshd", "sftp", "ssh", "unshare", "nsenter", "setpriv", "useradd", "runuser")
    absent = [t for t in tools if not shutil.which(t, path=f"{os.environ['PATH']}:/usr/sbin")]
    if absent:
        return f"needs {', '.join(absent)} (apt-get install openssh-server openssh-client)"
    probe = ["unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    if subprocess.run(probe, check=False, capture_output=True).returncode:
        return "may not mount here"
    return None


@dataclass(frozen=True)
class Lab:
    """A namespace with a site, and sshd's port. `srv` and `site` are its folders seen from here."""

    root: Path
    holder: int
    port: int

    @property
    def srv(self) -> Path:
        return self.root / "srv" / "k2kd"

    @property
    def site(self) -> Path:
        return self.root / "mnt" / "site"

    def argv(self, *words: str) -> list[str]:
        return ["nsenter", f"--mount=/proc/{self.holder}/ns/mnt", "--", *words]

    def run(self, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run a program as root inside."""
        return subprocess.run(
            self.argv(*words), check=False, capture_output=True, text=True, input=stdin, timeout=60
        )

    def must(self, *words: str) -> str:
        done = self.run(*words)
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
        return done.stdout

    def k2kd(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a k2kd command as root inside."""
        return self.run(
            "env", f"PYTHONPATH={CHECKOUT}", "COLUMNS=200", sys.executable, "-c", START, *words,
            "--site", "/mnt/site",
        )  # fmt: skip

    def rights(self, path: str) -> str:
        """Return `owner:group mode` of a path inside."""
        return self.must("stat", "-c", "%U:%G %a", path).strip()


@contextmanager
def opened(root: Path) -> Iterator[Lab]:
    """Make the namespace, with an empty site in it; undo it at the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    held = subprocess.Popen(
        ["unshare", "--mount", "sh", "-c", SET_UP],
        env={**os.environ, "LAB": str(root), "PORT": str(port), "PYTHON": sys.base_prefix},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert held.stdout is not None
    with held:
        said = held.stdout.readline()
        if said != b"ready\n":
            held.kill()
            raise AssertionError(f"the lab did not come up: {said!r} {held.stdout.read()!r}")
        lab = Lab(root, held.pid, port)
        copy_tables(lab.site / "mappings")
        (lab.site / "k2kd.toml").write_text(SITE)
        lab.must("chown", "-R", "root:k2kd", "/mnt/site")
        lab.must("chmod", "-R", "u=rwX,g=rX,o=", "/mnt/site")
        try:
            yield lab
        finally:
            held.kill()


def copy_tables(target: Path) -> None:
    """Copy the sample network's tables without the rows of its partners, who are not here."""
    target.mkdir()
    for file in (SAMPLE_SITE / "mappings").glob("*.csv"):
        header, *rows = file.read_text("utf-8").splitlines(keepends=True)
        kept = rows if file.stem == "catalogue" else [r for r in rows if r.startswith("*,")]
        (target / file.name).write_text("".join([header, *kept]), "utf-8")


@contextmanager
def process(lab: Lab, log: Path, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run something inside while the block lasts."""
    with log.open("ab") as said:
        running = subprocess.Popen(lab.argv(*words), stdout=said, stderr=said)
    try:
        yield running
    finally:
        running.send_signal(signal.SIGTERM)
        try:
            running.wait(10)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()


@contextmanager
def sshd(lab: Lab) -> Iterator[None]:
    """Run the real sshd inside, with the machine's own settings as the lab has them."""
    with process(lab, lab.root / "sshd.log", "/usr/sbin/sshd", "-D", "-e") as running:
        until((lab.root / "sshd.pid").exists, "sshd", running)
        yield


@contextmanager
def daemon(lab: Lab) -> Iterator[Path]:
    """Run k2kd as its own account inside; yield its log."""
    log = lab.root / "daemon.log"
    words = (
        *("setpriv", "--reuid=k2kd", "--regid=k2kd", "--init-groups", "--inh-caps=-all"),
        *("env", f"PYTHONPATH={CHECKOUT}", "HOME=/mnt/state"),
        *(sys.executable, "-c", f"import os; os.umask(0o027); {START}"),
        *("run", "--plain", "--site", "/mnt/site"),
    )
    with process(lab, log, *words) as running:
        until(lambda: '"ready"' in log.read_text(), "the daemon", running, log)
        yield log


def until(
    what: Callable[[], T],
    name: str,
    running: subprocess.Popen[bytes] | None = None,
    log: Path | None = None,
    *,
    within_s: float = 10.0,
) -> T:
    """Return what `what` gives once it is true."""
    deadline = time.monotonic() + within_s
    while not (found := what()):
        text = log.read_text() if log and log.exists() else ""
        assert running is None or running.poll() is None, f"{name} ended: {text}"
        assert time.monotonic() < deadline, f"{name}: not within {within_s} s; {text}"
        time.sleep(0.02)
    return found


@dataclass(frozen=True)
class Client:
    """A partner's OpenSSH client, with what its pack and we gave it."""

    lab: Lab
    user: str
    key: Path
    known_hosts: Path

    @property
    def options(self) -> list[str]:
        return [
            *("-i", str(self.key), "-F", "none", "-o", "BatchMode=yes", "-o", "IdentitiesOnly=yes"),
            *("-o", f"UserKnownHostsFile={self.known_hosts}", "-o", "StrictHostKeyChecking=yes"),
            *("-o", "GlobalKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR"),
        ]

    def argv(self, batch: Path, *options: str) -> list[str]:
        where = f"{self.user}@127.0.0.1"
        return [
            "sftp", *options, "-P", str(self.lab.port), *self.options, "-b", str(batch), where
        ]  # fmt: skip

    def batch(self, lines: Sequence[str]) -> Path:
        file = self.lab.root / f"batch-{time.monotonic_ns()}"
        file.write_text("\n".join(lines) + "\n")
        return file

    def sftp(self, *lines: str) -> subprocess.CompletedProcess[str]:
        """Carry out sftp commands; the first that fails ends it."""
        return subprocess.run(
            self.argv(self.batch(lines)), check=False, capture_output=True, text=True, timeout=30
        )

    def must(self, *lines: str) -> str:
        done = self.sftp(*lines)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def ssh(self, *words: str) -> subprocess.CompletedProcess[str]:
        where = f"{self.user}@127.0.0.1"
        argv = ["ssh", "-p", str(self.lab.port), *self.options, *words]
        at = argv.index("--") if "--" in argv else len(argv)
        argv = [*argv[:at], where, *argv[at + 1 :]]
        return subprocess.run(
            argv, check=False, capture_output=True, text=True, timeout=30, input=""
        )

    def cut_upload(self, local: Path, remote: str, seen: Path) -> int:
        """Begin an upload and kill the client in the middle; return how much has come."""
        slowly = ("-l", "4000")  # Kbit/s
        with subprocess.Popen(
            self.argv(self.batch([f"put {local} {remote}"]), *slowly),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as client:
            until(lambda: seen.exists() and seen.stat().st_size > 0, "the upload", client)
            client.kill()
        size = -1
        while size != (size := seen.stat().st_size):
            time.sleep(0.1)
        return size

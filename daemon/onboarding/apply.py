"""Carries out what `openssh` planned, as root, on this machine; sshd's settings are proved first.

Settings that sshd refuses, or does not apply to the partner, are taken back before an error is
raised: a server that people log in to must never be left with a broken sshd_config.
"""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from daemon import safefile
from daemon.errors import EnvironmentFault, UsageError
from daemon.onboarding.openssh import DAEMON_ACCOUNT, GROUP, Command, Content, Jail, Step
from daemon.onboarding.place import put

PROGRAMS = ("/usr/sbin", "/usr/bin", "/sbin", "/bin")
TIMEOUT_S = 60.0
_SYSTEMD = Path("/run/systemd/system")


@dataclass(frozen=True, slots=True)
class Done:
    """How a program ended, and what it said."""

    code: int
    said: str


class Shell(Protocol):
    """Runs a program to its end."""

    def __call__(self, argv: Sequence[str]) -> Done: ...


def run(argv: Sequence[str]) -> Done:
    """Run a system program, found in the system's own folders only."""
    places = (Path(folder, argv[0]) for folder in PROGRAMS)
    program = next((str(place) for place in places if os.access(place, os.X_OK)), None)
    if program is None:
        return Done(127, f"{argv[0]} is not installed")
    try:
        ended = subprocess.run(  # noqa: S603  (arguments are ours; partner names are constrained)
            [program, *argv[1:]],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={"PATH": ":".join(PROGRAMS), "LC_ALL": "C"},
            timeout=TIMEOUT_S,
        )
    except subprocess.TimeoutExpired:
        return Done(124, f"did not end within {TIMEOUT_S:g} s")
    return Done(ended.returncode, ended.stdout.decode("utf-8", "backslashreplace").strip())


def check(where: Jail, shell: Shell) -> None:
    """Raise a UsageError or EnvironmentFault for what must be mended before anything is done."""
    if os.geteuid() != 0:
        raise UsageError(
            "accounts and sshd's settings are root's: run this with sudo, or use --ssh print"
        )
    if shell(("id", "-u", DAEMON_ACCOUNT)).code:
        raise EnvironmentFault(
            f"there is no account {DAEMON_ACCOUNT}; make it with: useradd --system"
            f" --home-dir /var/lib/k2kd --shell /usr/sbin/nologin {DAEMON_ACCOUNT}"
        )
    if shell(("sshd", "-t")).code == 127:
        raise EnvironmentFault("OpenSSH's server is not installed; install openssh-server")
    groups = shell(("id", "-Gn", where.partner))
    if not groups.code and GROUP not in groups.said.split():
        # Never touch an account that was not made for this: `backup`, `www-data`, a person.
        raise UsageError(
            f"the account {where.partner} exists and is no partner's (not in {GROUP}); give the"
            " partner another name"
        )
    _check_above(where)


def _check_above(where: Jail) -> None:
    """Raise where sshd would refuse the jail: each folder above it must be root's alone."""
    for folder in (where.root, *where.root.parents):
        try:
            status = folder.lstat()
        except FileNotFoundError:
            continue
        is_link = stat.S_ISLNK(status.st_mode)
        # The jail and the folder of all jails are given to root by the plan itself.
        is_given = folder in (where.root, where.root.parent)
        is_roots = status.st_uid == 0 and not status.st_mode & 0o022
        if is_link or not (is_roots or is_given):
            raise EnvironmentFault(
                f"{folder} must be a folder that only root may change, or sshd refuses"
                f" {where.root}; mend it: chown root {folder} && chmod go-w {folder}"
            )


def apply(where: Jail, steps: Sequence[Step], shell: Shell) -> Iterator[str]:
    """Do the steps in order, and yield what each did, in words. Raises EnvironmentFault."""
    check(where, shell)
    for step in steps:
        if isinstance(step, Content):
            yield from _write(where, step, shell)
        elif step.unless and not shell(step.unless).code:
            yield f"there already: {step.why}"
        else:
            _must(step, shell)
            yield f"done: {step.why}"


def _must(step: Command, shell: Shell) -> None:
    done = shell(step.argv)
    if done.code:
        said = done.said or f"exit code {done.code}"
        raise EnvironmentFault(f"{' '.join(step.argv)}: {said}; mend it and run this again")


def _write(where: Jail, step: Content, shell: Shell) -> Iterator[str]:
    before = step.path.read_bytes() if step.path.is_file() else None
    content = step.text.encode()
    if before != content:
        safefile.make_directories(step.path.parent, 0o755)
        put(step.path, content, mode=0o644)
    yield f"{'there already' if before == content else 'done'}: {step.why}"
    if not step.is_settings:
        return
    problem = settings_problem(where, shell)
    if problem is not None:
        if before != content:
            _put_back(step.path, before)
        raise EnvironmentFault(f"{problem}; {step.path} was put back as it was")
    yield f"proved: sshd takes its settings, and shuts {where.partner} into {where.root}"
    yield from _reload(shell, is_changed=before != content)


def _put_back(path: Path, before: bytes | None) -> None:
    if before is not None:
        put(path, before)
        return
    with safefile.open_directory(path.parent) as directory:
        safefile.unlink(directory, path.name)
        safefile.sync_directory(directory)


def settings_problem(where: Jail, shell: Shell) -> str | None:
    """Say what sshd has against its settings, or how they miss the partner; None if all is well."""
    tested = shell(("sshd", "-t"))
    if tested.code:
        return f"sshd refuses its settings: {tested.said}"
    shown = shell(("sshd", "-T", "-C", f"user={where.partner},host=partner,addr=192.0.2.1"))
    if shown.code:
        return f"sshd can't show its settings: {shown.said}"
    settings = dict(line.partition(" ")[::2] for line in shown.said.splitlines())
    if settings.get("chrootdirectory") != where.pattern:
        return (
            f"sshd does not shut {where.partner} in: its main file must have the line"
            " Include /etc/ssh/sshd_config.d/*.conf near its top"
        )
    if not any(line.startswith("subsystem sftp") for line in shown.said.splitlines()):
        return "sshd has no SFTP: its main file must have the line Subsystem sftp internal-sftp"
    allowed = [x.split()[1] for x in shown.said.splitlines() if x.startswith("allowgroups ")]
    if allowed and GROUP not in allowed:
        return f"sshd lets in only {', '.join(allowed)}; add {GROUP} to AllowGroups"
    return None


def _reload(shell: Shell, *, is_changed: bool) -> Iterator[str]:
    """Have a running sshd read its settings; keys and folders need none of that."""
    if not is_changed:
        return
    if not _SYSTEMD.is_dir():
        yield "to do: restart sshd, so that it reads its new settings"
        return
    for unit in ("ssh", "sshd"):
        if not shell(("systemctl", "reload", unit)).code:
            yield f"done: {unit}.service has read its settings"
            return
    yield "to do: start sshd, or reload it, so that it reads its new settings"

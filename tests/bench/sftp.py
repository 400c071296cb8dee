"""Our SFTP client beside OpenSSH's and rclone, and our server beside sshd, in the same minutes.

Every round moves the same files by all of them, one after the other, to and from the same sshd:
on loopback, and with 50 ms there and back in between. Connecting is left out for all: the daemon
keeps its session, and `sftp -b` and rclone are timed a second time with nothing to do.

The server keeps its files in memory where root may mount that: it stands for a partner's, and what
its disk costs is neither our client's doing nor that of the others. Ours asks it to flush each file
all the same, and flushes to our own disk what it fetches.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.child import CHECKOUT
from tests.bench.figures import Figure, Target
from tests.bench.sftp_others import RCLONE, SFTP, Login
from tests.bench.sftp_round import (
    WAYS,
    Road,
    Round,
    Server,
    Workload,
    door_rates,
    lay_out,
    road_rates,
)
from tests.sftp.lab import Lab, running_lab, why_not

Rates = dict[str, float]
Tell = Callable[[str], None]

RTT_MS = 50
LONGEST_S = 230.0
"""No round is begun that would end later."""
WHOLE = Workload(files=1_000, megabytes=200, far_openssh=12, far_rclone=40)
QUICK = Workload(files=100, megabytes=20, far_openssh=8, far_rclone=20)
_VERBS = dict(zip(WAYS, ("fetched", "put"), strict=True))
_PLACES = {"near": "loopback", "far": f"{RTT_MS} ms away"}


def compared(folder: Path, tell: Tell, *, rounds: int, is_quick: bool) -> list[Figure]:
    """Return the SFTP figures; `tell` hears, in a sentence, why some or all are left out."""
    reason = why_not() or (None if SFTP else "OpenSSH's sftp client is not installed")
    if reason:
        tell(f"SFTP is left out: {reason}.")
        return []
    if RCLONE is None:
        tell("SFTP beside rclone is left out: rclone is not installed.")
    load = QUICK if is_quick else WHOLE
    folder.mkdir()
    with ExitStack() as stack:
        lab = stack.enter_context(running_lab())
        if not stack.enter_context(_in_memory(lab)):
            tell("SFTP: the server's files are on the disk, because no memory could be mounted.")
        round_ = _prepared(stack, folder, lab, load)
        done: list[Rates] = []
        started = time.monotonic()
        while len(done) < rounds and _has_time(time.monotonic() - started, len(done)):
            done.append(_measured(round_, len(done), tell))
    if len(done) < rounds:
        tell(f"SFTP: {len(done)} of {rounds} rounds, because they took their time.")
    return [*_client_figures(done, load), *_server_figures(done, load)]


@contextmanager
def _in_memory(lab: Lab) -> Iterator[bool]:
    """Let the server's files be in memory; False where that can't be done here."""
    mount, umount = shutil.which("mount"), shutil.which("umount")
    if not (lab.is_jailed and mount and umount):
        yield False
        return
    command = [mount, "-t", "tmpfs", "-o", "mode=0755", "tmpfs", str(lab.home)]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        yield False
        return
    lab.give(lab.home)
    try:
        yield True
    finally:
        # Sessions that are just ending may still stand in it; lazily, it goes with the last one.
        subprocess.run([umount, "--lazy", str(lab.home)], check=True)


def _has_time(spent_s: float, rounds: int) -> bool:
    # The first round is the longest, so that another one is never thought too short.
    return not rounds or spent_s * (rounds + 0.7) / rounds < LONGEST_S


def _prepared(stack: ExitStack, folder: Path, lab: Lab, load: Workload) -> Round:
    far = stack.enter_context(_serving("sftp_road", str(lab.port), str(RTT_MS)))
    known = folder / "known_hosts"
    known.write_text(
        "".join(f"[127.0.0.1]:{port} {pin}\n" for port in (lab.port, far) for pin in lab.pins())
    )
    login = Login(lab.user, lab.client_key, known, lab.prefix)
    lay_out(folder / "material", load)
    server = Server(lab.home, login, lab.pins()[0], lab.make_folder, lab.give)
    server.stock(folder / "material")
    return Round(folder, server, load, Road("near", lab.port), Road("far", far))


def _measured(round_: Round, number: int, tell: Tell) -> Rates:
    """Move everything once by everybody; return rates by what, who and where."""
    rates: Rates = {}
    for road in (round_.near, round_.far):
        rates |= road_rates(round_, road, is_first=number == 0)
    root = round_.folder / "door"
    round_.write_door_site(root)
    with _serving("sftp_door", str(root)) as port:
        try:
            rates |= door_rates(round_, root, port)
        except subprocess.CalledProcessError:
            why = next((line for line in _events(root) if '"upload_refused"' in line), "no event")
            tell(f"The embedded server refused an upload, and its rates lack a round: {why}")
    shutil.rmtree(root)
    return rates


def _events(root: Path) -> list[str]:
    return (root / "events.jsonl").read_text("utf-8").splitlines()


@contextmanager
def _serving(module: str, *arguments: str) -> Iterator[int]:
    """Run a module that serves until its input ends; yield the port that it prints."""
    command = [sys.executable, "-m", f"tests.bench.{module}", *arguments]
    with subprocess.Popen(
        command, cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as running:
        if running.stdout is None:
            raise AssertionError("a pipe was asked for")
        try:
            yield int(running.stdout.readline())
        finally:
            # Leaving Popen's context closes the input, which ends it, and waits.
            running.stdout.close()


@dataclass(frozen=True, slots=True)
class _Pair:
    """Ours and theirs of one round, and what ours cost in it."""

    ours: float
    theirs: float
    rates: Rates


def _middle(done: list[Rates], ours: str, theirs: str) -> _Pair | None:
    """Return the round whose ratio is in the middle, the lower of two; None without a round."""
    pairs = [_Pair(r[ours], r[theirs], r) for r in done if ours in r and theirs in r]
    pairs.sort(key=lambda pair: pair.ours / pair.theirs)
    return pairs[(len(pairs) - 1) // 2] if pairs else None


def _client_figures(done: list[Rates], load: Workload) -> list[Figure]:
    figures: list[Figure | None] = []
    for place, where in _PLACES.items():
        for way, verb in _VERBS.items():
            small = f"SFTP {where}: {load.files:,} files of 2 KB {verb}"
            large = f"SFTP {where}: {load.megabytes} MB {verb}"
            at = f"{place} {way}"
            figures += [
                _figure(done, small, f"{at} small", "openssh", Target(2, True, of_ratio=True)),
                _figure(done, large, f"{at} large", "openssh", Target(0.8, True, of_ratio=True)),
                _figure(done, f"    files, {verb}", f"{at} small", "rclone"),
                _figure(done, f"    MB, {verb}", f"{at} large", "rclone"),
                _figure(done, f"    files, {verb}", f"{at} small", "careful"),
                _figure(done, f"    MB, {verb}", f"{at} large", "careful"),
            ]
    return [figure for figure in figures if figure is not None]


_BESIDE = {
    "openssh": "sftp -b",
    "rclone": "rclone",
    "careful": "sftp -b with flush and rename or rm",
}


def _figure(
    done: list[Rates], name: str, what: str, beside: str, target: Target | None = None
) -> Figure | None:
    ours, theirs = f"{what} ours", f"{what} {beside}"
    pair = _middle(done, ours, theirs)
    if pair is None:
        return None
    is_small = what.endswith("small")
    unit = "/s" if is_small else "MB/s"
    note = _cost(pair.rates, what, is_small=is_small) if target else ""
    samples = tuple(r[ours] for r in done)
    return Figure(name, pair.ours, unit, target, pair.theirs, _BESIDE[beside], note, samples)


def _cost(rates: Rates, what: str, *, is_small: bool) -> str:
    cpu = rates[f"{what} cpu"]
    road_way = what.rpartition(" ")[0]
    if is_small:
        return (
            f"{cpu:.2f} ms of our CPU a file; connecting took {rates[f'{road_way} connect']:.2f} s"
        )
    return f"{cpu:.1f} ms of our CPU a MB; peak {rates[f'{road_way} peak']:.0f} MB"


def _server_figures(done: list[Rates], load: Workload) -> list[Figure]:
    named = (
        (f"embedded server, `sftp -b` puts {load.files:,} files", "small", "/s"),
        (f"embedded server, `sftp -b` puts {load.megabytes} MB", "large", "MB/s"),
    )
    figures = []
    for name, size, unit in named:
        pair = _middle(done, f"door {size}", f"near push {size} openssh")
        if pair is not None:
            samples = tuple(r[f"door {size}"] for r in done if f"door {size}" in r)
            figures.append(
                Figure(
                    name, pair.ours, unit, None, pair.theirs, "to sshd, in memory", samples=samples
                )
            )
    return figures

"""Run another library where it can live: in our environment, or in one made for it alone.

Some can't share ours (they pin old versions, or bring a licence of another kind). `uv` makes an
environment of such a one outside the project, from its cache or the package index; where it can't
be had, whoever asked gets the reason and goes on.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

SCRIPT = Path(__file__).parent / "script.py"
LONGEST_S = 600
PYTHON = "3.11"
_ENDED = "it ended with {}: {}"


@dataclass(frozen=True, slots=True)
class Peer:
    """A library. `requirements` are what its own environment holds; empty where ours has it."""

    name: str
    module: str
    requirements: tuple[str, ...] = ()
    note: str = ""
    is_quick: bool = False
    """Whether it reads a megabyte in less than a second."""


PEERS: Mapping[str, Peer] = {
    each.name: each
    for each in (
        Peer(
            "pyx12",
            "pyx12",
            note="envelope checks; it has no definition of an order",
            is_quick=True,
        ),
        Peer("pydifact", "pydifact", note="its validation checks nothing"),
        Peer("badx12", "badx12", ("badx12==0.2.2",), "envelope checks, no acknowledgement"),
        Peer("x12-python", "x12", ("x12-python==0.1.0",), "validated, 997 as an object"),
        Peer(
            "linuxforhealth-x12",
            "linuxforhealth",
            ("linuxforhealth-x12==0.57.0", "pydantic<2"),
            "splits segments, checks nothing",
            is_quick=True,
        ),
    )
}


class AbsentError(Exception):
    """A library that can't be run here; the text says why."""


def answer_of(peer: Peer, what: str, *paths: Path) -> object:
    """Return what the script says of `paths`; raises AbsentError where the library can't be run."""
    command = [*_python(peer), str(SCRIPT), peer.name, what, *map(str, paths)]
    try:
        done = subprocess.run(
            command,
            check=False,
            capture_output=True,
            text=True,
            timeout=LONGEST_S,
            cwd=SCRIPT.parent,
        )
    except subprocess.TimeoutExpired:
        raise AbsentError(f"it took longer than {LONGEST_S} s") from None
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["nothing was said"])[-1]
        raise AbsentError(_ENDED.format(done.returncode, last))
    return json.loads(done.stdout)


def _python(peer: Peer) -> list[str]:
    if not peer.requirements:
        if find_spec(peer.module) is None:
            raise AbsentError("it isn't installed; run: .ci/set-up tests")
        return [sys.executable]
    beside = Path(sys.executable).with_name("uv")
    uv = str(beside) if beside.exists() else shutil.which("uv")
    if uv is None:
        raise AbsentError("there is no uv to make its environment with")
    wanted = [part for each in peer.requirements for part in ("--with", each)]
    return [uv, "run", "--quiet", "--no-project", "--python", PYTHON, *wanted, "python"]

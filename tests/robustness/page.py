"""What we and other libraries make of files with one thing odd or wrong each: `docs/robustness.md`.

`python -m tests.robustness.page` writes the page, from what was last seen of the other libraries;
with `--peers` it asks them anew, each where it can run. Tests hold the page to our reader, and to
those libraries that are installed.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from formats import read
from formats.door import FAMILIES
from tests.bench.peers.run import PEERS, AbsentError, answer_of
from tests.corpus.earned import told
from tests.robustness.probes import EDIFACT_PROBES, X12_PROBES, Probe
from tests.robustness.real_files import section
from tests.robustness.written import EDIFACT_WRITTEN, X12_WRITTEN

CHECKOUT = Path(__file__).resolve().parents[2]
PAGE = CHECKOUT / "docs" / "robustness.md"
SEEN = Path(__file__).with_name("peers.json")

X12_PEERS = ("pyx12", "badx12", "x12-python", "linuxforhealth-x12")
EDIFACT_PEERS = ("pydifact",)

BOTS = dict(
    zip(
        (each.name for each in X12_PROBES),
        (
            *("read", "read", "read", "read", "refused: M51", "refused: A59"),
            *("refused: E20", "refused: E13", "refused: M54, no TA1, no 997"),
            *("refused: S50, no 997", "refused: F07, 997 without AK3 and AK4"),
            *("**read twice, silent**", "not tried"),
        ),
        strict=True,
    )
)
"""Bots 3.3.1, from file to 997, as it was run once by hand (it needs Python 3.8)."""

Look = Mapping[str, Any]


def ours(probe: Probe) -> str:
    """Return what the sender of a file is told by us."""
    reading = read(probe.data)
    documents = list(reading.documents())
    used = sum(each.record is not None for each in documents)
    plain = ("AK5*A", "AK9*A", "UCI+7", "error ")
    said = [each for each in told(reading) if not each.startswith(plain)]
    found = (*reading.findings, *(one for each in documents for one in each.findings))
    codes = [each.code for each in found if not each.is_error]
    notes = f" (noted: {', '.join(codes)})" if codes else ""
    if used == len(documents) == probe.documents and not said:
        return f"read{notes}"
    return ", ".join(f"`{each}`" for each in said) + (f"; {used} of them used" if used else "")


def theirs(probe: Probe, look: Look | None) -> str:
    """Return in words what a library made of a file; what it kept to itself stands out."""
    if look is None:
        return "not run"
    if "raised" in look:
        return f"{look['raised']} raised"
    if look["complaints"]:
        return f"told: {', '.join(look['complaints'])}"
    if look["documents"] != probe.documents:
        return f"**{look['documents']} of {probe.documents} documents seen, silent**"
    return "**silent**" if probe.is_wrong else "read"


def looks(peer: str, probes: Iterable[Probe]) -> dict[str, Look]:
    """Let a library look at every probe; raises AbsentError where it can't be run."""
    listed = list(probes)
    with tempfile.TemporaryDirectory(prefix="k2kd-probes-") as folder:
        paths = [Path(folder, f"{number}.edi") for number in range(len(listed))]
        for path, probe in zip(paths, listed, strict=True):
            path.write_bytes(probe.data)
        found = answer_of(PEERS[peer], "look", *paths)
    assert isinstance(found, list)
    return dict(zip((each.name for each in listed), found, strict=True))


def seen() -> dict[str, dict[str, Look]]:
    """Return what was last seen of every library, by its name and the probe's."""
    found: dict[str, dict[str, Look]] = json.loads(SEEN.read_text("utf-8"))
    return found


def probes_of(peer: str) -> tuple[Probe, ...]:
    """Return every file that a library is shown."""
    if peer in EDIFACT_PEERS:
        return (*EDIFACT_PROBES, *EDIFACT_WRITTEN)
    return (*X12_PROBES, *X12_WRITTEN)


def page(known: Mapping[str, Mapping[str, Look]]) -> str:
    """Return the text of the page."""
    text = _HEAD + _table(X12_PROBES, X12_PEERS, known, beside={"Bots": BOTS})
    if EDIFACT_PROBES[0].family in FAMILIES:
        text += _EDIFACT + _table(EDIFACT_PROBES, EDIFACT_PEERS, known, beside={})
    text += _TAIL + _WRITTEN + _table(X12_WRITTEN, X12_PEERS, known, beside={})
    return (
        text + _table(EDIFACT_WRITTEN, EDIFACT_PEERS, known, beside={}).rstrip() + "\n" + section()
    )


def _table(
    probes: Iterable[Probe],
    peers: tuple[str, ...],
    known: Mapping[str, Mapping[str, Look]],
    *,
    beside: Mapping[str, Mapping[str, str]],
) -> str:
    rows = [("file", "k2kd", *beside, *peers)]
    rows.append(tuple("---" for _ in rows[0]))
    rows += [
        (
            probe.name,
            ours(probe),
            *(each[probe.name] for each in beside.values()),
            *(theirs(probe, known.get(peer, {}).get(probe.name)) for peer in peers),
        )
        for probe in probes
    ]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows) + "\n"


_HEAD = """\
# What is made of odd and broken files

Each row is a file with one thing odd or wrong; each column says what its sender hears of it. What
stands in bold was neither used nor told: a file, or what is wrong with it, is lost without a word.
The column of k2kd shows the TA1 of an interchange, and the AK3 to AK9 of its 997. This page is made
by `make docs`, and tests hold it to our readers, and to pyx12 and pydifact as they are installed.

## X12

"""

_EDIFACT = "## EDIFACT\n\n"

_TAIL = """\
The files are in `tests/robustness/probes.py`. None but Bots makes an order of one: pyx12
4.0.0 has definitions for health care, so its reader is asked, which checks envelopes;
linuxforhealth-x12 0.57.0 splits segments. x12-python 0.1.0 refuses files whose ISA11 is `U`, as
those of release 4010 are, so it gets them with `!` and 00501 there. badx12 0.2.2 asks for names
that Python moved in 3.10, and gets them. Bots 3.3.1 was run once, from file to 997; its letters are
its own error codes. Each oddity of partners' files that we know of has a file of its own in
`tests/golden/odd`, and what a fuzzer made of our readers stands in
[measurements](measurements.md#what-a-fuzzer-found).
"""

_WRITTEN = """
## What we write

Every document that we write in X12 and EDIFACT, in each release, and what is made of it by our own
reader and by the others, as above. `tests/golden/written` holds each to the byte.

"""


def main() -> int:
    """Write the page."""
    parser = argparse.ArgumentParser(prog="python -m tests.robustness.page", description=__doc__)
    parser.add_argument("--peers", action="store_true", help="ask the other libraries anew")
    if parser.parse_args().peers:
        known = seen() if SEEN.exists() else {}
        for peer in (*X12_PEERS, *EDIFACT_PEERS):
            try:
                known[peer] = looks(peer, probes_of(peer))
            except AbsentError as reason:
                sys.stderr.write(f"{peer} isn't asked: {reason}\n")
        SEEN.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n", "utf-8")
    PAGE.write_text(page(seen()), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Read files with one other library, and print what it said as JSON; it needs that library only.

`script.py PEER speed FILE` times it; `script.py PEER look FILE ...` tells what it makes of each.
Runs in an environment of its own, so that it stands alone and imports nothing of this project.
"""

from __future__ import annotations

import collections
import collections.abc
import importlib
import io
import json
import logging
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypedDict

MOST_COMPLAINTS = 5
AGAIN_S = 0.5
"""What takes less is done again, as it is on the other side, and the best time counts: ..."""
MOST_TIMES = 5
"""... so many times at most."""


class Said(TypedDict):
    """What a library says of a file: documents that it saw, and what it complained about."""

    documents: int
    complaints: list[str]


def pyx12_reader(path: Path) -> Said:
    """Read segments; it checks counts and control numbers of the envelope."""
    from pyx12.x12file import X12Reader

    with X12Reader(io.StringIO(path.read_bytes().decode("ascii"))) as reader:
        documents = sum(segment.get_seg_id() == "ST" for segment in reader)
        reader.cleanup()
        return Said(documents=documents, complaints=[str(each[1]) for each in reader.pop_errors()])


def badx12_validated(path: Path) -> Said:
    """Parse and validate."""
    # It asks for names that moved in Python 3.10.
    collections.Iterable = collections.abc.Iterable  # type: ignore[attr-defined]  # it was there
    badx12 = importlib.import_module("badx12")
    document = badx12.Parser().parse_document(str(path))
    report = document.validate()
    sets = sum(len(group.transaction_sets) for group in document.interchange.groups)
    return Said(documents=sets, complaints=[type(each).__name__ for each in report.error_list])


def x12_python_acknowledged(path: Path) -> Said:
    """Parse, validate, and make the 997 as an object, which is all that it can do."""
    core = importlib.import_module("x12")
    generator = importlib.import_module("x12.acknowledgments.generator")
    # It refuses ISA11 U, which every 4010 file has, so it gets the file in the later spelling.
    text = path.read_bytes().decode("utf-8", "replace")
    mark = text[3:4]
    text = text.replace(f"{mark}U{mark}00401{mark}", f"{mark}!{mark}00501{mark}", 1)
    report = core.X12Validator().validate(text)
    interchange = core.Parser().parse(text)
    maker = generator.AcknowledgmentGenerator(sender_id="R", receiver_id="S")
    documents = 0
    for group in interchange.functional_groups:
        maker.generate_997(group, [report] * len(group.transactions))
        documents += len(group.transactions)
    return Said(documents=documents, complaints=[str(each.rule_id) for each in report.errors])


def lfh_segments(path: Path) -> Said:
    """Read segments, which is all that it can do with an order: it has no model of one."""
    reading = importlib.import_module("linuxforhealth.x12.io")
    with reading.X12SegmentReader(str(path)) as reader:
        documents = sum(name == "ST" for name, _ in reader.segments())
    return Said(documents=documents, complaints=[])


def pydifact_messages(path: Path) -> Said:
    """Read an interchange and its messages, and let it validate them."""
    from pydifact.segmentcollection import Interchange

    interchange = Interchange.from_str(path.read_bytes().decode("latin-1"))
    messages = list(interchange.get_messages())
    for message in messages:
        message.validate()
    return Said(documents=len(messages), complaints=[])


PEERS: dict[str, Callable[[Path], Said]] = {
    "pyx12": pyx12_reader,
    "badx12": badx12_validated,
    "x12-python": x12_python_acknowledged,
    "linuxforhealth-x12": lfh_segments,
    "pydifact": pydifact_messages,
}


def look(peer: str, path: Path) -> dict[str, Any]:
    """Return what a library says of a file, or the kind of exception that it raised."""
    try:
        said = PEERS[peer](path)
    except Exception as error:
        return {"raised": type(error).__name__}
    # The order in which some report errors changes from run to run.
    complaints = sorted(set(said["complaints"]))[:MOST_COMPLAINTS]
    return {"documents": said["documents"], "complaints": complaints}


def speed(peer: str, path: Path) -> dict[str, float]:
    """Return how fast a library reads a file, imports not counted, and its memory at most."""
    small = path.with_suffix(".small")
    PEERS[peer](small if small.exists() else path)
    spent: list[float] = []
    while sum(spent) < AGAIN_S and len(spent) < MOST_TIMES:
        started = time.perf_counter()
        said = PEERS[peer](path)
        spent.append(time.perf_counter() - started)
    if not said["documents"] or said["complaints"]:
        raise SystemExit(f"{peer} read {said['documents']} documents: {said['complaints'][:3]}")
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    peak = next((int(each.split()[1]) / 1000 for each in lines if each.startswith("VmHWM")), 0.0)
    return {"mb_per_s": path.stat().st_size / 1e6 / min(spent), "peak_mb": peak}


def main() -> None:
    """Print the answer as one line of JSON."""
    logging.disable(logging.CRITICAL)
    peer, what, *paths = sys.argv[1:]
    if what == "speed":
        answer: object = speed(peer, Path(paths[0]))
    else:
        answer = [look(peer, Path(path)) for path in paths]
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()

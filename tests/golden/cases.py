"""The golden cases: a file of each kind beside what it says and how it is acknowledged.

`<family>/<case>/in.*` is a file as a partner sends it; `records.json` holds what every document of
it says and what was found, `ack.*` its technical acknowledgement where its family has one. A case
may hold `agreed.json`: what was agreed with the partner, by the names in AGREED (errors that are
warned of are parted by commas); and the two tables of layouts, with the layout that its file is in.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

from pydantic import TypeAdapter

from daemon.mapping import sheet
from daemon.mapping.layouts import LAYOUTS_FILE, layout_tables, read_layouts
from daemon.mapping.problems import Notes
from formats import Agreed, FileReading, read
from formats.edifact.policy import Policy as EdifactPolicy
from formats.edifact.reader import EdifactReading
from formats.edifact.technical import control_message
from formats.findings import Finding
from formats.layouts.layout import DeclaredLayout
from formats.records import Party
from formats.tabular.dialect import Dialect
from formats.x12.policy import Policy as X12Policy
from formats.x12.reader import X12Reading
from formats.x12.technical import (
    ControlNumbers,
    functional_acknowledgement,
    interchange_acknowledgement,
)

HERE = Path(__file__).parent
AT = datetime(2026, 12, 4, 9, 30)  # noqa: DTZ001 - wall clock of our own zone
AGREED = ("partner", "decimal_comma", "delimiter", "encoding", "x12_warns", "edifact_warns")
_OBJECTS = TypeAdapter(dict[str, object])


def cases() -> list[Path]:
    """Return the folder of every case."""
    return sorted(each.parent for each in HERE.glob("*/*/in.*"))


def input_of(case: Path) -> bytes:
    """Return the file of a case."""
    (path,) = case.glob("in.*")
    return path.read_bytes()


def reading_of(case: Path) -> FileReading:
    """Return the file of a case, ready to be read as was agreed."""
    return read(input_of(case), agreed=_agreed(case))


def _agreed(case: Path) -> Agreed:
    path = case / "agreed.json"
    said: dict[str, str] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    assert set(said) <= set(AGREED), f"{path} may say {', '.join(AGREED)}"
    dialect = Dialect(
        said.get("delimiter"), said.get("decimal_comma") == "yes", said.get("encoding")
    )
    return Agreed(
        Party(code=said.get("partner")),
        dialect,
        layout=layout_of(case),
        x12=X12Policy(warns=_parted(said.get("x12_warns", ""))),
        edifact=EdifactPolicy(warns=_parted(said.get("edifact_warns", ""))),
    )


def _parted(text: str) -> frozenset[str]:
    return frozenset(each.strip() for each in text.split(",") if each.strip())


def layout_of(case: Path) -> DeclaredLayout | None:
    """Return the one layout that the tables of layouts in a case declare."""
    if not (case / LAYOUTS_FILE).exists():
        return None
    notes = Notes()
    layouts, columns = (
        sheet.read(each, (case / each.file).read_bytes(), notes) for each in layout_tables()
    )
    found = read_layouts(layouts, columns, notes)
    assert not notes.problems, notes.problems
    (layout,) = found.values()
    return layout


def expected_of(case: Path) -> Mapping[str, bytes]:
    """Return the files beside the input of a case, by name: what reading it has to give."""
    beside = (each for each in case.iterdir() if each.stem in ("records", "ack"))
    return {each.name: each.read_bytes() for each in beside}


def given_by(case: Path) -> dict[str, bytes]:
    """Return what reading the file of a case gives, as the files that stand beside it."""
    reading = reading_of(case)
    found = {"records.json": _records(reading)}
    # An outcome is complete once all documents were read.
    write = ACKNOWLEDGEMENTS.get(type(reading.family))
    acknowledgement = write(reading) if write else None
    if acknowledgement is not None:
        name, content = acknowledgement
        found[name] = content
    return found


def _records(reading: FileReading) -> bytes:
    said = {
        "format": reading.format.value,
        "findings": [_sentence(each) for each in reading.findings],
        "documents": [
            {
                "control": each.control,
                "record": each.record and _without_empty(each.record.model_dump(mode="json")),
                "findings": [_sentence(finding) for finding in each.findings],
            }
            for each in reading.documents()
        ],
    }
    return (json.dumps(said, indent=1, ensure_ascii=False) + "\n").encode()


def _sentence(finding: Finding) -> str:
    return f"{finding.severity} {finding.code}: {finding.where}: {finding.message}"


def _without_empty(value: object) -> object:
    """Leave out what a file doesn't say, so that a person sees what it does."""
    if isinstance(value, list):
        return [_without_empty(each) for each in value]
    if not isinstance(value, dict):
        return value
    kept = {name: _without_empty(each) for name, each in _OBJECTS.validate_python(value).items()}
    return {name: each for name, each in kept.items() if each not in (None, [], {})}


def _x12(reading: FileReading) -> tuple[str, bytes] | None:
    assert isinstance(reading.family, X12Reading)
    files = b"".join(x12_files(reading.family))
    return ("ack.edi", files) if files else None


def x12_files(reading: X12Reading) -> Iterator[bytes]:
    """Yield the TA1 of every interchange that isn't plainly accepted, and every 997."""
    for number, outcome in enumerate(reading.outcomes, 1):
        received = outcome.interchange
        if received.code != "000":
            yield interchange_acknowledgement(received, control=number, at=AT) or b""
        control = ControlNumbers(number, number, number)
        yield functional_acknowledgement(received, outcome, control=control, at=AT) or b""


def _edifact(reading: FileReading) -> tuple[str, bytes] | None:
    assert isinstance(reading.family, EdifactReading)
    files = b"".join(edifact_files(reading.family))
    return ("ack.edi", files) if files else None


def edifact_files(reading: EdifactReading) -> Iterator[bytes]:
    """Yield the CONTRL of every interchange that is answered."""
    for number, outcome in enumerate(reading.outcomes, 1):
        yield control_message(outcome, reference=str(number), at=AT) or b""


Write = Callable[[FileReading], "tuple[str, bytes] | None"]

ACKNOWLEDGEMENTS: Mapping[type, Write] = {
    X12Reading: _x12,
    EdifactReading: _edifact,
}
"""By the reading of a family: name and content of the technical acknowledgement of a file."""

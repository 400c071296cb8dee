"""The service segments of both families, element by element: `docs/segments/envelopes.md`.

Each row has what stands in an element of a file that is right, and what else could stand there. A
test writes the others in, one by one, and holds the words to whether anything comes of it: in what
is read, what is found, what is answered, and what the daemon asks of the interchange.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from formats import FileReading, read
from formats.edifact.reader import EdifactReading
from formats.x12.reader import X12Reading
from tests.golden.cases import edifact_files, x12_files

TITLE = "Service segments"


@dataclass(frozen=True, slots=True)
class Row:
    """An element or component; `words` are empty where nothing comes of it."""

    name: str
    value: str
    others: tuple[str, ...]
    words: str = ""
    part: int = 0
    """Component, from 1; 0 for an element that has none."""


Segments = Mapping[str, Sequence[Row]]

EDIFACT: Segments = {
    "UNB": (
        Row("syntax identifier", "UNOC", ("UNOA", "UNOY"), "which characters there may be", 1),
        Row("syntax version", "3", ("2", "4"), "4 has a repetition separator; the answer's", 2),
        Row("sender", "8714231201113", ("FLORSOL", ""), "who sends, and is answered", 1),
        Row("qualifier", "14", ("ZZ", ""), "kind of the sender's id", 2),
        Row("internal id", "A", ("B", ""), "repeated in the answer", 3),
        Row("recipient", "8712345000004", ("BLOOM", ""), "whom it is for", 1),
        Row("qualifier", "14", ("ZZ", ""), "kind of the recipient's id", 2),
        Row("internal id", "A", ("B", ""), "repeated in the answer", 3),
        Row("date", "261204", ("261399", ""), "one that isn't in the calendar is a warning", 1),
        Row("time", "0930", ("2561", ""), "one that is no time is a warning", 2),
        Row("reference", "77", ("78", ""), "number of the interchange, which comes once"),
        Row("password", "A", ("B", ""), part=1),
        Row("qualifier", "AA", ("BB", ""), part=2),
        Row("application reference", "ORDERS", ("X", ""), "part of the interchange's identity"),
        Row("priority", "A", ("B", "")),
        Row("acknowledgement request", "", ("1",), "1 asks for a CONTRL where one is agreed so"),
        Row("agreement", "A", ("B", "")),
        Row("test indicator", "", ("1",), "1 is a test: nothing real comes of it"),
    ),
    "UNG": (
        Row("type of messages", "ORDERS", ("INVOIC", "")),
        Row("sender", "A", ("B",), "repeated where the group is refused", 1),
        Row("qualifier", "14", ("ZZ", ""), "repeated where the group is refused", 2),
        Row("recipient", "A", ("B",), "repeated where the group is refused", 1),
        Row("qualifier", "14", ("ZZ", ""), "repeated where the group is refused", 2),
        Row("date", "261204", ("261399", ""), part=1),
        Row("time", "0930", ("2561", ""), part=2),
        Row("reference", "5", ("6", ""), "number of the group"),
        Row("agency", "UN", ("XX", "")),
        Row("version", "D", ("S", ""), part=1),
        Row("release", "96A", ("01B", ""), part=2),
        Row("association", "EAN008", ("X", ""), part=3),
        Row("password", "A", ("B", "")),
    ),
    "UNH": (
        Row("reference", "1", ("2", ""), "number of the message"),
        Row("type", "ORDERS", ("INVOIC", "PAXLST"), "which message it is", 1),
        Row("version", "D", ("S",), "D; syntax of CONTRL and EKT have their own", 2),
        Row("release", "96A", ("01B", "97A"), "96A or 01B; others where it is agreed so", 3),
        Row("agency", "UN", ("XX",), "repeated where the message is refused", 4),
        Row("association", "EAN008", ("X", ""), "repeated where the message is refused", 5),
        Row("common access reference", "A", ("B", "")),
        Row("sequence of transfers", "1", ("2",), part=1),
        Row("first or last", "C", ("F", ""), part=2),
    ),
    "UNT": (
        Row("number of segments", "7", ("8", ""), "another number refuses the message"),
        Row("reference", "1", ("2", ""), "another than UNH's refuses the message"),
    ),
    "UNE": (
        Row("number of messages", "1", ("2", ""), "another number refuses the group"),
        Row("reference", "5", ("6", ""), "another than UNG's refuses the group"),
    ),
    "UNZ": (
        Row("number of groups or messages", "1", ("2", ""), "another number refuses all"),
        Row("reference", "77", ("78", ""), "another than UNB's refuses all"),
    ),
}

X12: Segments = {
    "ISA": (
        Row("authorization qualifier", "00", ("03",)),
        Row("authorization", " " * 10, ("SECRET    ",)),
        Row("security qualifier", "00", ("01",)),
        Row("security", " " * 10, ("SECRET    ",)),
        Row("sender qualifier", "ZZ", ("01",), "kind of the sender's id"),
        Row("sender", "PETALROW       ", ("FLORSOL        ",), "who sends, and is answered"),
        Row("receiver qualifier", "01", ("ZZ",), "kind of the receiver's id"),
        Row("receiver", "FINCAALTA      ", ("BLOOM          ",), "whom it is for"),
        Row("date", "261204", ("261399",), "one that isn't in the calendar is an error (014)"),
        Row("time", "0830", ("2561",), "one that is no time is an error (015)"),
        Row("standard", "^", ("!",), "from 00402 on what parts repetitions; not used before"),
        Row("version", "00501", ("00401",), "version of the envelope, and of the answer's"),
        Row("control number", "000000042", ("000000043",), "number of it, which comes once"),
        Row("acknowledgement requested", "0", ("1",), "1 asks for a TA1"),
        Row("usage", "P", ("T",), "T is a test: nothing real comes of it"),
        Row("component separator", ">", ("<",), "parts components"),
    ),
    "TA1": (
        Row("control number", "000000009", ("000000010",), "the interchange that it speaks of"),
        Row("date", "261204", ("261203",)),
        Row("time", "0830", ("0831",)),
        Row("verdict", "A", ("R", "E"), "A takes it, E with errors, R refuses it"),
        Row("note code", "000", ("025",), "what is wrong with it"),
    ),
    "GS": (
        Row("functional id", "PO", ("IN",), "group of the sets; another refuses them"),
        Row("sender", "PETALROW", ("FLORSOL",), "repeated in the answer"),
        Row("receiver", "FINCAALTA", ("BLOOM",), "repeated in the answer"),
        Row("date", "20261204", ("20261399",), "one that isn't in the calendar is a warning"),
        Row("time", "0830", ("2561",), "one that is no time is a warning"),
        Row("control number", "7", ("8",), "number of the group"),
        Row("agency", "X", ("T",)),
        Row("version", "004010", ("005010", "003040"), "004010 or 005010, with any suffix"),
    ),
    "ST": (
        Row("set", "850", ("846", "271"), "which set it is"),
        Row("control number", "0001", ("0002", ""), "number of the set"),
    ),
    "SE": (
        Row("number of segments", "5", ("6", ""), "another number refuses the set"),
        Row("control number", "0001", ("0002", ""), "another than ST's refuses the set"),
    ),
    "GE": (
        Row("number of sets", "1", ("2", ""), "another number is an error of the group"),
        Row("control number", "7", ("8", ""), "another than GS's is an error of the group"),
    ),
    "IEA": (
        Row("number of groups", "1", ("2", ""), "another number is an error (021)"),
        Row("control number", "000000042", ("000000043",), "another than ISA's refuses all"),
    ),
}

BODIES: Mapping[str, tuple[str, ...]] = {
    "UNH": ("BGM+220+PO-1+9", "DTM+137:20261204:102", "LIN+1++A7:SA", "QTY+21:3", "UNS+S"),
    "ST": ("BEG*00*SA*PO-1**20261204", "N1*BY*BLOOM", "PO1*1*3*EA*1*PE*VN*A7"),
}
"""What stands behind the header of a document."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """How the segments of a family are written around a document."""

    name: str
    segments: Segments
    element: str
    component: str
    end: str
    answers: Callable[[FileReading], Sequence[bytes]]
    errors: tuple[tuple[bytes, bytes], ...]
    """What is written for what, so that a document or a group is refused."""

    def written(self, changed: tuple[str, int, str] | None = None, *, without: str = "") -> bytes:
        """Return a file; `changed` is a tag, the number of a row and what stands there instead."""
        found: list[str] = []
        for tag, rows in self.segments.items():
            if tag in without.split():
                continue
            values = [each.value for each in rows]
            if changed is not None and changed[0] == tag:
                values[changed[1]] = changed[2]
            found.append(self._segment(tag, rows, values))
            found += BODIES.get(tag, ())
        return "".join(f"{each}{self.end}" for each in found).encode("ascii")

    def _segment(self, tag: str, rows: Sequence[Row], values: Sequence[str]) -> str:
        elements: list[str] = []
        for row, value in zip(rows, values, strict=True):
            if row.part > 1:
                elements[-1] += self.component + value
            else:
                elements.append(value)
        return self.element.join([tag, *elements])

    def became(self, data: bytes) -> object:
        """Return all that came of a file, and would come of it with one or another error."""
        return [self._became(data.replace(*each)) for each in ((b"", b""), *self.errors)]

    def _became(self, data: bytes) -> object:
        reading = read(data)
        documents = [
            (each.record, each.control, [(one.code, one.message) for one in each.findings])
            for each in reading.documents()
        ]
        found = [(each.code, each.message) for each in reading.findings]
        return documents, found, self.answers(reading), _asked(reading)


def _asked(reading: FileReading) -> object:
    """Return what the daemon asks of the interchanges of a file."""
    family = reading.family
    if isinstance(family, EdifactReading):
        return [
            (each.sender, each.recipient, each.application, each.wants_acknowledgement)
            for each in family.interchanges
        ]
    assert isinstance(family, X12Reading)
    return [(each.wants_ta1, each.usage, each.control) for each in family.interchanges]


def _edifact_answers(reading: FileReading) -> Sequence[bytes]:
    assert isinstance(reading.family, EdifactReading)
    return [*edifact_files(reading.family)]


def _x12_answers(reading: FileReading) -> Sequence[bytes]:
    assert isinstance(reading.family, X12Reading)
    return [*x12_files(reading.family)]


ENVELOPES = (
    Envelope("X12", X12, "*", ">", "~", _x12_answers, ((b"*3*EA", b"*X*EA"), (b"GE*1", b"GE*9"))),
    Envelope(
        "EDIFACT",
        EDIFACT,
        "+",
        ":",
        "'",
        _edifact_answers,
        ((b"21:3", b"21:X"), (b"UNE+1", b"UNE+9")),
    ),
)


def page() -> str:
    """Return the text of the page."""
    text = _HEAD
    for envelope in ENVELOPES:
        text += f"\n## {envelope.name}\n"
        for tag, rows in envelope.segments.items():
            text += f"\n### `{tag}`\n\n| element | what becomes of it |\n| --- | --- |\n"
            text += "".join(
                f"| {label} {row.name} | {row.words} |\n" for label, row in _named(tag, rows)
            )
    return text


def _named(tag: str, rows: Sequence[Row]) -> Sequence[tuple[str, Row]]:
    number, found = 0, []
    for row in rows:
        number += row.part < 2
        found.append((f"{tag}{number:02}{f'-{row.part}' if row.part else ''}", row))
    return found


_HEAD = f"""\
# {TITLE}

What stands around documents, and what becomes of it. UNA announces the separators of an EDIFACT
interchange, its decimal mark aside: numbers may have either. TA1, [997](997.md), [999](999.md) and
[CONTRL](CONTRL.md) say what a partner made of a file of ours; ISB, ISE and TA3 ask something of a
network, and are noted. Made by `make docs`; a test writes another value into each element, of a
file that is right and of files with an error, and looks what comes of it.
"""

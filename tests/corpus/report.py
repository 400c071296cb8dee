"""What becomes of every sample file: read, refused with a place, crashed, or too slow."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from formats import FileReading
from formats.documents import ReadDocument
from formats.edifact.messages import KINDS
from formats.findings import NOWHERE, Finding
from formats.identify import Format
from formats.x12.dictionary import release_of
from formats.x12.sets import BUILDERS
from tests.corpus.earned import EARNED, has_earned, reading_of, told
from tests.corpus.faulty import FAULTY
from tests.corpus.index import Sample

MOST_SECONDS = 2.0
UNREAD_KINDS = frozenset({"x12.ST01.unsupported", "edifact.UNH02"})
OF_THE_FILE = frozenset({"florecom.request"})
"""Findings about what a file is for: no place in it is wrong."""
LEAST_SHARE = 0.95
"""Of the real files that keep to their standard and are of a kind that is read, so many have to
give records."""
ACKNOWLEDGEMENTS = frozenset({"TA1", "997", "999", "CONTRL"})


@dataclass(frozen=True, slots=True)
class Seen:
    """What became of one file; `crash` names what was raised, `faults` what it fell short of."""

    sample: Sample
    family: str
    seconds: float
    is_read: bool = False
    is_sound: bool = False
    """Every document gave a record, and nothing was an error."""
    documents: int = 0
    records: int = 0
    """Documents that gave one."""
    is_located: bool = True
    """It was read, or some error says where it can be found."""
    crash: str | None = None
    earned: bool | None = None
    """Whether it got the answer that it was written for; None for a real file."""
    why: str = ""
    """The first error."""

    @property
    def is_slow(self) -> bool:
        return self.seconds > MOST_SECONDS


@dataclass(slots=True)
class Row:
    """The files of one family, counted."""

    files: int = 0
    read: int = 0
    refused: int = 0
    unlocated: int = 0
    crashes: int = 0
    slow: int = 0
    slowest_s: float = 0.0


@dataclass(slots=True)
class Report:
    """Every file that was seen. `problems` are the targets that were missed, in words."""

    seen: list[Seen]
    rows: dict[str, Row] = field(init=False)

    def __post_init__(self) -> None:
        self.rows = {}
        for each in self.seen:
            row = self.rows.setdefault(each.family, Row())
            row.files += 1
            row.read += each.is_read
            row.refused += not each.is_read and each.crash is None
            row.unlocated += not each.is_located
            row.crashes += each.crash is not None
            row.slow += each.is_slow
            row.slowest_s = max(row.slowest_s, each.seconds)

    def consistent(self) -> list[Seen]:
        """Return the real files whose counts and numbers are right."""
        return [each for each in self.seen if each.sample.is_consistent]

    def unread(self) -> tuple[list[Seen], list[Seen]]:
        """Return those of another kind than is read, and those of another release."""
        others = [each for each in self.consistent() if not is_supported(each.sample, each.family)]
        kinds = [each for each in others if not is_kind_read(each.sample, each.family)]
        return kinds, [each for each in others if each not in kinds]

    def supported(self) -> list[Seen]:
        """Return the real files whose counts are right, and whose kind and release are read."""
        return [each for each in self.consistent() if is_supported(each.sample, each.family)]

    def sound(self) -> list[Seen]:
        """Return those of them that keep to their standard: FAULTY says where others don't."""
        return [
            each
            for each in self.supported()
            if (fault := FAULTY.get(each.sample.path)) is None or fault.is_valid
        ]

    def nearest(self) -> list[Seen]:
        """Return those of other releases that give records where they are read as the nearest."""
        _, releases = self.unread()
        seen = (see(each.sample, ("AK9 2",)) for each in releases)
        return [each for each in seen if each.is_sound]

    def agreeable(self) -> list[Seen]:
        """Return those that give records once what FAULTY names is only warned of."""
        return [
            agreed
            for each in self.supported()
            if (fault := FAULTY.get(each.sample.path)) is not None
            if fault.warns and (agreed := see(each.sample, fault.warns)).is_sound
        ]

    def share(self) -> float:
        """Return which share of the sound files gives records without an error."""
        sound = self.sound()
        return sum(each.is_sound for each in sound) / len(sound) if sound else 0.0

    def problems(self) -> Iterator[str]:
        """Yield every target that was missed."""
        for each in self.seen:
            path = each.sample.path
            if each.crash is not None:
                yield f"{path}: {each.crash}"
            elif each.is_slow:
                yield f"{path}: took {each.seconds:.1f} s, at most {MOST_SECONDS:g} s are right"
            elif not each.is_located:
                yield f"{path}: was refused without a place: {each.why}"
            if each.earned is False:
                yield f"{path}: didn't earn what it was written for, but: {each.why}"
        if self.share() < LEAST_SHARE:
            yield f"{self.share():.0%} of the sound files were read, {LEAST_SHARE:.0%} are wanted"
        for each in self.sound():
            if not each.is_sound and each.sample.path not in FAULTY:
                yield f"{each.sample.path}: {each.why}"


def is_supported(sample: Sample, family: str) -> bool:
    """Tell whether a file holds documents of a kind and a release that become records."""
    if not is_kind_read(sample, family):
        return False
    return family != Format.X12 or all(map(release_of, sample.version.split(",")))


def is_kind_read(sample: Sample, family: str) -> bool:
    """Tell whether documents of this kind become records, in some release."""
    if family == Format.X12:
        return {*sample.kind.split("+")} <= {*BUILDERS, *ACKNOWLEDGEMENTS}
    if family == Format.EDIFACT:
        return sample.kind in KINDS or sample.kind in ACKNOWLEDGEMENTS
    return family in (Format.JSON,)


def report_on(samples: Iterable[Sample]) -> Report:
    """Read every sample, and return what became of it."""
    return Report([see(each) for each in samples])


def see(sample: Sample, warns: Iterable[str] = ()) -> Seen:
    """Read one file to its end, whatever happens; `warns` is what was agreed with its sender."""
    started = time.perf_counter()
    try:
        reading = reading_of(sample, warns)
        documents = list(reading.documents())
    except Exception as error:
        spent = time.perf_counter() - started
        return Seen(sample, "crashed", spent, is_located=False, crash=repr(error))
    return _judged(sample, reading, documents, time.perf_counter() - started)


def _judged(
    sample: Sample, reading: FileReading, documents: list[ReadDocument], seconds: float
) -> Seen:
    errors = list(_errors(reading, documents))
    is_read = any(each.record for each in documents) or (reading.family is not None and not errors)
    records = sum(each.record is not None for each in documents)
    has_records = 0 < records == len(documents)
    return Seen(
        sample,
        reading.format.value,
        seconds,
        is_read,
        is_sound=has_records and not errors,
        documents=len(documents),
        records=records,
        is_located=is_read
        or any(each.where != NOWHERE or each.code in OF_THE_FILE for each in errors),
        earned=_earned(sample, reading, errors),
        why=f"{errors[0].code} at {errors[0].where}" if errors else "",
    )


def _earned(sample: Sample, reading: FileReading, errors: list[Finding]) -> bool | None:
    """Tell whether a file got the answer it was written for; None where nobody reads its kind."""
    fault = FAULTY.get(sample.path)
    wanted = fault.errors if fault is not None else EARNED.get(sample.path)
    if wanted is not None:
        return has_earned(told(reading), wanted)
    is_unread = reading.family is None or any(each.code in UNREAD_KINDS for each in errors)
    return None if is_unread or not sample.is_synthetic else not errors


def _errors(reading: FileReading, documents: Iterable[ReadDocument]) -> Iterator[Finding]:
    yield from (each for each in reading.findings if each.is_error)
    for document in documents:
        yield from (each for each in document.findings if each.is_error)

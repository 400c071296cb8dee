"""What reading promises whatever the bytes are, and the readers that are held to it.

A target is one family's reader, which gets every input whatever it looks like; `any` goes through
the door; `layouts` reads by layouts that partners declared, and `guess` by the one that it proposes
of the file; `identify` looks at the beginning and the end of a file, as intake does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from types import MappingProxyType

from formats import Agreed, FileReading, read
from formats.documents import ReadDocument
from formats.door import FAMILIES
from formats.edifact.reader import EdifactReading
from formats.findings import Finding
from formats.identify import HEAD_BYTES, Format, completeness, identify
from formats.layouts.guess import guess_layout
from formats.layouts.layout import DeclaredLayout
from formats.layouts.read import read_layout
from formats.limits import DEFAULT_LIMITS
from formats.records import Party
from formats.tabular.kinds import Kind
from formats.x12.reader import X12Reading
from tests.corpus.index import samples
from tests.golden.cases import cases, edifact_files, input_of, layout_of, x12_files

AGREED = Agreed(Party(code="FINCA"), kind=Kind.ORDER)
LAYOUTS: tuple[DeclaredLayout, ...] = tuple(
    layout for case in cases() if (layout := layout_of(case)) is not None
)
LONGEST_SEED = 20_000
REPEATED = frozenset({"x12.GS08", "x12.TA1.unusable"})
"""What an answer has to repeat, wrong as it is: a version, and a control number."""
REFUSED = "x12.ISA08"
"""Nobody is named who could be answered; the answer has nobody to go to."""


def keep_promises(data: bytes, form: Format | None = None) -> None:
    """Read `data` to its end, by the reader of one family or through the door.

    Raises whatever a reader raises, and AssertionError where it breaks a promise.
    """
    if form is None:
        reading = read(data, agreed=AGREED)
    else:
        family, findings = FAMILIES[form](data, DEFAULT_LIMITS, AGREED)
        reading = FileReading(form, findings, family)
    errors = [_checked(each).is_error for each in reading.findings]
    errors += _kept(reading.documents())
    if reading.family is None:
        assert any(errors), "a file that isn't read says why"
    for answer in _answers(reading):
        _check_answer(answer)


def _kept(documents: Iterable[ReadDocument]) -> list[bool]:
    """Hold every document to what is promised of it; return which findings are errors."""
    errors = []
    for document in documents:
        told = [_checked(each).is_error for each in document.findings]
        if document.record is None:
            assert told, "a document without a record says why"
        else:
            # The books keep it as JSON, in UTF-8.
            document.record.model_dump_json()
        document.control.encode()
        errors += told
    return errors


def keep_promises_by_layouts(data: bytes) -> None:
    """Read `data` by every layout of the golden cases."""
    for layout in LAYOUTS:
        _kept(read_layout(data, layout, vendor=AGREED.partner, limits=DEFAULT_LIMITS))


def keep_promises_of_a_guess(data: bytes) -> None:
    """Let a layout be proposed for `data`, and read it by that."""
    found = guess_layout("sample", data)
    if found is not None:
        for each in (*found.doubts, *found.left_out):
            each.encode()
        _kept(read_layout(data, found.layout, vendor=AGREED.partner, limits=DEFAULT_LIMITS))


def _answers(reading: FileReading) -> Iterator[bytes]:
    if isinstance(reading.family, X12Reading):
        yield from x12_files(reading.family)
    elif isinstance(reading.family, EdifactReading):
        yield from edifact_files(reading.family)


def _check_answer(answer: bytes) -> None:
    """Hold what a partner is answered to our own reader, however odd what it sent."""
    reading = read(answer)
    documents = list(reading.documents()) if answer else []
    found = [*reading.findings, *(one for each in documents for one in each.findings)]
    wrong = {each.code for each in found if each.is_error} if answer else set()
    assert wrong <= REPEATED or REFUSED in wrong, f"{sorted(wrong)}: {answer!r}"


def _checked(finding: Finding) -> Finding:
    assert finding.code.isascii()
    assert finding.message.strip()
    (finding.message + (finding.value or "") + str(finding.where)).encode()
    return finding


def look(data: bytes) -> None:
    """Tell what `data` is and whether it is complete, as a small file and as a large one's ends."""
    half = len(data) // 2
    form = identify(data)
    completeness(data, b"", whole=True)
    completeness(data[:half], data[half:], whole=False)
    assert identify(data[:HEAD_BYTES]) is form


TARGETS: Mapping[str, Callable[[bytes], None]] = MappingProxyType(
    {form.value: partial(keep_promises, form=form) for form in FAMILIES}
    | {
        "any": keep_promises,
        "layouts": keep_promises_by_layouts,
        "guess": keep_promises_of_a_guess,
        "identify": look,
    }
)
"""By name; a family that the door opens is a target without being named here."""


def seeds(target: str) -> Iterator[bytes]:
    """Yield files to begin with: of our own, and the samples where they are there."""
    like = Format.DELIMITED.value if target in ("layouts", "guess") else target
    for data in (*(input_of(case) for case in cases()), *(each.data() for each in samples())):
        if len(data) <= LONGEST_SEED and like in ("any", "identify", identify(data).value):
            yield data

"""The acknowledgements in a file: its TA1 segments, and its sets 997 and 999.

They are checked like every set, but what is wrong with one is a warning as long as it can be
understood: nobody answers it, and what it says of our files must not be lost.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace

from formats.acknowledgements import Acknowledgement
from formats.documents import ReadDocument
from formats.findings import Finding, Severity, Where
from formats.x12.acknowledgement import functional_acknowledgement, interchange_acknowledgement
from formats.x12.check import checker
from formats.x12.dictionary import release_of
from formats.x12.outcomes import findings_of
from formats.x12.parts import Problems
from formats.x12.segments import Places, segments_of
from formats.x12.spans import Interchange, SetSpan

_ONLY_5010 = "999"
"""A set that no earlier release has."""


def interchange_documents(interchange: Interchange, index: int) -> Iterator[ReadDocument]:
    """Yield a document for every TA1 of an interchange."""
    where = Where("TA1", byte=interchange.start)
    for elements in interchange.acknowledgements:
        digest = hashlib.sha256("*".join(elements).encode()).hexdigest()
        record: Acknowledgement | None = None
        if interchange.is_rejected:
            findings: tuple[Finding, ...] = (_blocked(interchange, where),)
        else:
            record, findings = interchange_acknowledgement(
                elements, where, is_test=interchange.is_test
            )
        yield ReadDocument(record, findings, f"{interchange.control}//", index, digest)


def read_acknowledgement(
    span: SetSpan, raw: bytes, interchange: Interchange, version: str, longest: int
) -> tuple[Acknowledgement | None, list[Finding]]:
    """Return what a 997 or 999 says and what was found in it.

    `version` is GS08; a release that isn't read here is taken for the nearest that is. `longest`
    is the most characters of a segment.
    """
    where = Where("ST", 1, byte=span.start)
    if interchange.is_rejected:
        return None, [*span.findings, _blocked(interchange, where)]
    segments = segments_of(raw, interchange.separators)
    if len(max(segments, key=len, default="")) > longest:
        message = f"a segment has more than {longest} characters; terminate every segment"
        return None, [*span.findings, Finding("x12.segment_too_long", message, where)]
    release = "5010" if span.code == _ONLY_5010 else release_of(version) or "4010"
    component = interchange.separators.component.decode("latin-1")
    checked = checker(span.code, release).check(segments, component)
    places = Places(raw, span.start, interchange.separators)
    problems = Problems(places)
    record = functional_acknowledgement(segments, problems, is_test=interchange.is_test)
    found = [*span.findings, *findings_of(checked.errors, places), *problems.found]
    if record is None:
        return None, found
    return record, [replace(each, severity=Severity.WARNING) for each in found]


def _blocked(interchange: Interchange, where: Where) -> Finding:
    message = (
        "the interchange around this acknowledgement was rejected "
        f"(TA1 {interchange.code}); send it again as a whole"
    )
    return Finding("x12.interchange_rejected", message, where)

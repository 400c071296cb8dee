"""Find the interchanges, groups and transaction sets of a file, and what is wrong around them.

One pass over the bytes looks at envelope segments only, each interchange with its own separators.
Every byte ends up inside an interchange or is named in a finding. Codes are those of the standard:
TA105 for an interchange, AK905 (716) for a group, AK502 (718) for a set.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from formats.findings import Finding, Where, warning
from formats.limits import DEFAULT_LIMITS, Limits
from formats.pages import Pages, Source, matches
from formats.text import plain_bytes
from formats.x12.separators import CANDIDATE, Header, fixed_header, loose_header
from formats.x12.spans import DECORATION, Group, Interchange, SetSpan
from formats.x12.walk import walk

__all__ = ["Group", "Interchange", "Scan", "SetSpan", "scan"]


MOST_INTERCHANGES = 10_000
"""A file with more is not one that anybody meant to send."""


_HEAD_BYTES = 64


@dataclass(frozen=True, slots=True)
class Scan:
    """A scanned file. `data` is the file after decoding; all offsets count in it."""

    data: Source
    interchanges: tuple[Interchange, ...]
    findings: tuple[Finding, ...]


def scan(data: Source, limits: Limits = DEFAULT_LIMITS) -> Scan:
    """Return the envelopes of a file; never raises for what a file holds."""
    if len(data) > limits.file_bytes:
        return Scan(data, (), (_too_large(len(data), limits.file_bytes, "bytes"),))
    source, note = plain(data)
    findings = [note] if note else []
    interchanges: list[Interchange] = []
    position = 0
    segments = 0
    for header, limit in headers(source):
        findings += _junk(source, position, header.start)
        found = walk(source, header, limit)
        interchanges.append(found.interchange)
        position = found.interchange.end
        segments += found.segments
        if len(interchanges) > MOST_INTERCHANGES:
            findings.append(_too_large(len(interchanges), MOST_INTERCHANGES, "interchanges"))
            return Scan(source, (), tuple(findings))
        if segments > limits.segments:
            findings.append(_too_large(segments, limits.segments, "segments"))
            return Scan(source, (), tuple(findings))
    findings += _junk(source, position, len(source))
    if not interchanges:
        findings.append(_no_interchange(source))
    return Scan(source, tuple(interchanges), tuple(findings))


def plain(data: Source) -> tuple[Source, Finding | None]:
    """Undo a byte order mark, UTF-16 or EBCDIC: only then a mapped file is taken in as a whole."""
    if isinstance(data, Pages):
        _, note = plain_bytes(data[:_HEAD_BYTES])
        return (data, None) if note is None else plain_bytes(data[: len(data)])
    return plain_bytes(data)


def headers(data: Source) -> Iterator[tuple[Header, int]]:
    """Yield every ISA with the offset where the next one starts (or the file ends)."""
    pending: Header | None = None
    for match in matches(data, CANDIDATE, 0, len(data)):
        start = match.start()
        if pending is not None and start < pending.end:
            continue
        header = fixed_header(data, start)
        # Fifteen separators in their places are proof enough, wherever they stand.
        if header is None and _may_start(data, start, pending):
            header = loose_header(data, start)
        if header is None:
            continue
        if pending is not None:
            yield pending, start
        pending = header
    if pending is not None:
        yield pending, len(data)


def _may_start(data: Source, start: int, previous: Header | None) -> bool:
    """Tell whether an ISA without fixed places stands where one can.

    Text that only looks like one must not count: it follows the start of the file, a line end or a
    segment terminator.
    """
    before = bytes(data[max(0, start - 80) : start]).rstrip(b" \t\x00\x1a")
    if not before:
        return True
    ends: tuple[bytes, ...] = (b"\n", b"\r")
    if previous is not None and previous.damage is None:
        ends = (*ends, previous.separators.terminator)
    return before.endswith(ends)


def _junk(data: Source, start: int, end: int) -> list[Finding]:
    junk = bytes(data[start:end]).lstrip(DECORATION) if start < end else b""
    if not junk:
        return []
    first = end - len(junk)
    size = len(junk.rstrip(DECORATION))
    return [
        warning(
            "x12.stray_bytes",
            f"{size} bytes stand outside every interchange (from ISA to IEA) and were not read; "
            "send nothing but interchanges in a file.",
            Where(byte=first),
            junk[:40].decode("latin-1"),
        )
    ]


def _no_interchange(data: Source) -> Finding:
    return Finding(
        "x12.no_interchange",
        "no interchange header was found; a file starts with an ISA segment of 106 characters, "
        "then GS, ST and so on. Send the file again, complete.",
        Where(byte=0),
        value=bytes(data[:40]).decode("latin-1"),
    )


def _too_large(found: int, most: int, unit: str) -> Finding:
    return Finding(
        f"x12.too_many_{unit}",
        f"the file has {found} {unit}, at most {most} are read; send it in several files.",
    )

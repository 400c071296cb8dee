"""Find the interchanges of a file, each with its own service characters and character set.

Every byte ends up inside an interchange or is named in a finding. Nothing is thrown, whatever the
file holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from formats.edifact.header import header_faults, header_notes
from formats.edifact.repertoire import Encoding, encoding_of, without_escapes
from formats.edifact.segments import Tagged, segment_at
from formats.edifact.service import DECORATION, DEFAULT, UNA_BYTES, Service, announced
from formats.edifact.spans import Interchange
from formats.edifact.walk import walk
from formats.findings import Finding, Where, warning
from formats.limits import DEFAULT_LIMITS, Limits
from formats.text import UTF8_MARK, plain_bytes

MOST_INTERCHANGES = 10_000
"""A file with more is not one that anybody meant to send."""
_SYNTAX_4_REPETITION = b"*"

# A UNA counts with a UNB or UNH behind it; a UNB where it names its syntax, and one in the midst of
# something else, as after an upload that broke off, only with its two parties and its day.
_UNA = re.compile(rb"UNA(.{6})[\s\x00]*(?=UN[BH])", re.DOTALL)
_UNB = re.compile(rb"UNB([^A-Za-z0-9\s])[A-Za-z0-9]{4}([^A-Za-z0-9\s])[0-9]")
_UNB_AMIDST = re.compile(
    rb"UNB([^A-Za-z0-9\s])[A-Za-z0-9]{4}([^A-Za-z0-9\s])[0-9]"
    rb"(?:(?!\1).){0,40}\1(?:(?:(?!\1).){0,120}\1){2}[0-9]{6}",
    re.DOTALL,
)
_UNB_ODD = re.compile(rb"UNB([^A-Za-z0-9\s])")
_FIRST_TAG = re.compile(rb"([^A-Za-z0-9\s])[\s\x00]*(?:UNH|UNG|UNZ)[^A-Za-z0-9\s]")
_LOOK_AHEAD_BYTES = 2048


@dataclass(frozen=True, slots=True)
class Scan:
    """A scanned file. `data` is the file after decoding; all offsets count in it."""

    data: bytes
    interchanges: tuple[Interchange, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Header:
    """A UNB at `start`, with the UNA ahead of it at `first` where there is one."""

    first: int
    start: int
    service: Service
    problem: str | None = None


def scan(data: bytes, limits: Limits = DEFAULT_LIMITS) -> Scan:
    """Return the envelopes of a file; never raises for what a file holds."""
    if len(data) > limits.file_bytes:
        return Scan(data, (), (_too_large(len(data), limits.file_bytes, "bytes"),))
    plain, note = plain_bytes(data)
    findings = [note] if note else []
    # What was another code is UTF-8 by our own doing, whatever its syntax identifier says.
    is_converted = note is not None and note.code != UTF8_MARK
    converted = without_escapes(plain)
    if converted is not None:
        plain = converted
        findings.append(_converted())
    for put_right in (_unwrapped, _in_order):
        plain, notes = put_right(plain)
        findings += notes
    interchanges: list[Interchange] = []
    position = 0
    segments = 0
    for header, limit in _headers(plain):
        if header.first < position:
            continue
        findings += _stray(plain, position, header.first)
        found, counted = _interchange(
            plain, header, limit, limits.segments, is_converted=is_converted
        )
        interchanges.append(found)
        position = found.end
        segments += counted
        if len(interchanges) > MOST_INTERCHANGES:
            findings.append(_too_large(len(interchanges), MOST_INTERCHANGES, "interchanges"))
            return Scan(plain, (), tuple(findings))
        if segments > limits.segments:
            findings.append(_too_large(segments, limits.segments, "segments"))
            return Scan(plain, (), tuple(findings))
    findings += _stray(plain, position, len(plain))
    if not interchanges:
        findings.append(_no_interchange(plain))
    return Scan(plain, tuple(interchanges), tuple(findings))


def _headers(data: bytes) -> Iterator[tuple[_Header, int]]:
    """Yield every header with the offset where the next one starts (or the file ends)."""
    # One more than may be in a file, so that it is refused without looking at all of them.
    found = list(islice(_found_headers(data), MOST_INTERCHANGES + 1))
    for index, header in enumerate(found):
        limit = found[index + 1].first if index + 1 < len(found) else len(data)
        yield header, limit


def _found_headers(data: bytes) -> Iterator[_Header]:
    una: tuple[int, int] | None = None
    for match in re.finditer(rb"UN[AB]", data):
        start = match.start()
        if data[start : start + 3] == b"UNA":
            announcement = _UNA.match(data, start)
            if announcement is not None:
                una = (start, announcement.end())
            continue
        is_announced = una is not None and una[1] == start
        is_free = _stands_free(data, start) or (
            una is not None and is_announced and _announces(data, una[0])
        )
        usual = _UNB if is_free else _UNB_AMIDST
        proof = usual.match(data, start) or (_UNB_ODD.match(data, start) if is_free else None)
        if proof is None:
            continue
        if una is not None and is_announced:
            yield _announced(data, una[0], start)
        else:
            yield _unannounced(data, start, proof[1])


def _announces(data: bytes, first: int) -> bool:
    """Tell whether a UNA is one, and not the end of an id with `UNB` somewhere behind it."""
    is_usable = announced(data[first : first + UNA_BYTES]).problem is None
    return is_usable or _stands_free(data, first)


def _announced(data: bytes, first: int, start: int) -> _Header:
    service = announced(data[first : first + UNA_BYTES])
    element = data[start + 3 : start + 4]
    problem = service.problem
    if problem is None and element != service.element:
        problem = "the UNB uses other characters than the UNA says"
    return _Header(first, start, service, problem)


def _unannounced(data: bytes, start: int, element: bytes) -> _Header:
    """Take the standard's characters, or those that show in the UNB itself where it has others."""
    ahead = data[start : start + _LOOK_AHEAD_BYTES]
    named = _UNB.match(ahead)
    if element == DEFAULT.element and (named is None or named[2] == DEFAULT.component):
        return _Header(start, start, DEFAULT)
    last = _FIRST_TAG.search(ahead)
    service = replace(
        DEFAULT,
        element=element,
        component=named[2] if named else DEFAULT.component,
        terminator=last[1] if last else DEFAULT.terminator,
    )
    if service.release in (service.element, service.component, service.terminator):
        service = replace(service, release=b"")
    return _Header(start, start, service, service.problem)


def _stands_free(data: bytes, start: int) -> bool:
    """Tell whether a UNB that doesn't name its syntax stands where a segment can begin."""
    before = bytes(data[max(0, start - 80) : start]).rstrip(b" \t\x00\x1a")
    return not before or before.endswith((b"\n", b"\r", DEFAULT.terminator))


def _interchange(
    data: bytes, header: _Header, limit: int, most_segments: int, *, is_converted: bool
) -> tuple[Interchange, int]:
    service = header.service
    if header.problem is not None:
        return _damaged(data, header, limit), 0
    unb = segment_at(data, header.start, limit, service)
    service = _for_syntax(service, unb, is_announced=header.first != header.start)
    walked = walk(data, unb, limit, service, most_segments)
    raw = data[header.start : walked.end]
    encoding = Encoding("utf-8") if is_converted else encoding_of(unb.text(1), raw)
    notes = [*header_notes(unb), *_oddities(header.start, encoding)]
    found = Interchange(
        unb.elements,
        service,
        encoding,
        header.first,
        walked.end,
        walked.groups,
        (*header_faults(unb), *walked.faults),
        tuple(notes),
    )
    return found, walked.segments


def _for_syntax(service: Service, unb: Tagged, *, is_announced: bool) -> Service:
    """Syntax 4 has a repetition separator; before it, that place of the UNA is reserved."""
    if unb.text(1, 2) != "4":
        return replace(service, repetition=b"")
    if is_announced:
        return service
    is_free = _SYNTAX_4_REPETITION not in (service.element, service.component, service.terminator)
    return replace(service, repetition=_SYNTAX_4_REPETITION if is_free else b"")


def _damaged(data: bytes, header: _Header, limit: int) -> Interchange:
    """Keep a damaged header for people to see: nothing below it is read, nobody is answered."""
    message = (
        f"the service characters can't be used: {header.problem}. Send the interchange again with "
        f"{DEFAULT.una.decode('ascii')} ahead of its UNB."
    )
    where = Where("UNA" if header.first != header.start else "UNB", byte=header.first)
    finding = Finding("edifact.UNA", message, where, value=_shown(data[header.first :]))
    return Interchange(
        (("UNB",),),
        DEFAULT,
        Encoding("ascii"),
        header.first,
        limit,
        notes=(finding,),
        is_trusted=False,
    )


def _oddities(start: int, encoding: Encoding) -> Iterator[Finding]:
    if encoding.mismatch is not None:
        message = (
            f"the characters aren't those it names: {encoding.mismatch}, and were read as such. "
            "Name the right syntax identifier, or write in the characters that it stands for."
        )
        yield warning("edifact.UNB01.encoding", message, Where("UNB", None, 1, 1, byte=start))


def _unwrapped(data: bytes) -> tuple[bytes, list[Finding]]:
    """Take out the line ends of a file whose lines are broken inside segments.

    Between segments they mean nothing, so all of them go.
    """
    for header, limit in _headers(data):
        # Behind the last UNZ may stand anything.
        last = data.rfind(b"UNZ", header.start, limit)
        end = last if last >= 0 else limit
        if header.problem is None and _is_wrapped(data, header.start, end, header.service):
            message = (
                "lines are broken inside segments; the line ends were taken out, and positions "
                "count without them. Don't wrap lines."
            )
            note = warning("edifact.wrapped", message, Where(byte=header.start))
            return data.translate(None, b"\r\n"), [note]
    return data, []


def _is_wrapped(data: bytes, start: int, end: int, service: Service) -> bool:
    """Tell whether a line end stands somewhere else than behind a segment.

    To count is quicker than to look, and nearly always enough. Behind a release character it's an
    error of another kind.
    """
    mark = service.terminator
    if mark in b"\r\n":
        return False
    feeds, returns = data.count(b"\n", start, end), data.count(b"\r", start, end)
    usual = data.count(mark + b"\r\n", start, end)
    if (not returns and feeds in (0, data.count(mark + b"\n", start, end))) or (
        feeds == returns == usual
    ):
        return False
    before = b"[^\\s\x00\x1a" + re.escape(mark + service.release) + b"]"
    return re.compile(before + b"[ \t]?[\r\n]").search(data, start, end) is not None


def _in_order(data: bytes) -> tuple[bytes, list[Finding]]:
    """Put a UNH that stands ahead of its UNB behind it, as Dutch systems print them (EKT).

    Both keep their length, so that all other offsets stay what they were.
    """
    match = re.match(rb"[\s\x00]*(?:UNA(.{6})[\s\x00]*)?(?=UNH)", data, re.DOTALL)
    if match is None:
        return data, []
    service = announced(b"UNA" + match[1]) if match[1] else DEFAULT
    if service.problem is not None:
        return data, []
    unh = segment_at(data, match.end(), len(data), service)
    gap = len(data[unh.end :]) - len(data[unh.end :].lstrip(DECORATION)) if unh.end else 0
    second = unh.end + gap
    if not data.startswith(b"UNB", second):
        return data, []
    unb = segment_at(data, second, len(data), service)
    message = "UNH stands ahead of UNB; it was read as if behind it. Send UNB first."
    parts = (data[: unh.start], data[second : unb.end], data[unh.end : second])
    swapped = b"".join((*parts, data[unh.start : unh.end], data[unb.end :]))
    return swapped, [warning("edifact.UNH.before_UNB", message, unh.where())]


def _stray(data: bytes, start: int, end: int) -> list[Finding]:
    junk = bytes(data[start:end]).lstrip(DECORATION) if start < end else b""
    if not junk:
        return []
    size = len(junk.rstrip(DECORATION))
    message = (
        f"{size} bytes stand outside every interchange (from UNB to UNZ) and were not read; send "
        "nothing but interchanges in a file."
    )
    return [warning("edifact.stray_bytes", message, Where(byte=end - len(junk)), _shown(junk))]


def _shown(data: bytes) -> str:
    return bytes(data[:40]).decode("latin-1")


def _converted() -> Finding:
    message = "the text is ISO 2022 and was converted to UTF-8; positions count in what was read."
    return warning("edifact.iso2022", f"{message} Nothing to do.")


def _no_interchange(data: bytes) -> Finding:
    message = (
        "no interchange header was found; a file begins with UNB, or with UNA and UNB, then UNH "
        "and so on. Send the file again, complete."
    )
    return Finding("edifact.no_interchange", message, Where(byte=0), value=_shown(data))


def _too_large(found: int, most: int, unit: str) -> Finding:
    message = f"the file has {found} {unit}, at most {most} are read; send it in several files."
    return Finding(f"edifact.too_many_{unit}", message)

"""How each format ends: whether the last characters of a file close what its first ones opened.

Every function takes the first and the last characters of a file, and `whole` where the first are
the entire file. It returns True (closed), False (cut short) or None (the format can't tell).
Nothing here judges content: a closed file may still be wrong, and its reader will say so. All of
it runs in time proportional to the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_DECORATION = " \t\r\n\f\v\0\x1a\x85\ufeff"

# The letters come first, because that is what makes a search fast.
_X12_HEADER = re.compile(
    r"ISA(?<![A-Za-z0-9]ISA)(?=([^A-Za-z0-9 ]).{0,4}\1.{0,40}\1.{0,4}\1.{0,40}\1)", re.DOTALL
)
_X12_FOLLOWERS = "GS|TA1|IEA|ISB|ISE|ST"
_EDIFACT_HEADER = re.compile(
    r"(?:UNA(?P<una>.{6})\s{0,8})?UNB(?P<sep>[^A-Za-z0-9\s])[A-Z]{4}(?=[^A-Za-z0-9])", re.DOTALL
)
_DEFAULT_SERVICE = ":+.? '"
_CONTROL_SERVICE = "\x1f\x1d. \x20\x1c"
"""Level B of the older syntax separates by control characters and releases nothing."""

_JSON_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|["\[\]{}]', re.DOTALL)
_XML_NAME = re.compile(r"<([A-Za-z_:\x80-\U0010ffff][^\s<>/]*)")
_XML_ASIDES = (("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>"))

_ZIP_END = b"PK\x05\x06"
_ZIP_END_BYTES = 22


@dataclass(frozen=True, slots=True)
class _Header:
    """What the last interchange header says; `is_last` unless a later one may be out of sight."""

    separator: str
    terminator: str
    release: str
    control: str | None
    is_last: bool


def x12_is_closed(first: str, last: str, *, whole: bool) -> bool | None:
    """X12: the last IEA follows the last ISA and repeats its control number.

    The last ISA may be in neither part; then an IEA at the end is enough, since no data of a later
    interchange can hide behind it.
    """
    text, is_last = _last_header(_X12_HEADER, first, last, whole=whole)
    if text is None:
        starts = first.lstrip(_DECORATION).startswith("ISA")
        return False if whole and starts and "IEA" not in last else None
    header = _x12_header(text, is_last=is_last)
    if header is None:
        return False if whole else None
    return _is_closed(last, header, opener="ISA", closer="IEA")


def _x12_header(text: str, *, is_last: bool) -> _Header | None:
    """Read the header that `text` begins with, also one whose padding was lost.

    The terminator is what stands between ISA16, one character, and the next segment; it may be
    several bytes of a UTF-8 character. A line break after it belongs to no segment.
    """
    separator = text[3]
    parts = text[:400].split(separator, 16)
    if len(parts) < 17:
        return None
    rest = parts[16]
    follower = re.search(f"(?:{_X12_FOLLOWERS}){re.escape(separator)}", rest)
    gap = rest[: follower.start()] if follower and follower.start() <= 8 else rest[:2]
    mark = gap[1:] or gap  # Some senders leave ISA16 out, and the gap is the terminator alone.
    terminator = mark.strip(" \t\r\n\0") or mark[:1]
    return _Header(separator, terminator, "", parts[13].strip(), is_last) if terminator else None


def edifact_is_closed(first: str, last: str, *, whole: bool) -> bool | None:
    """EDIFACT: the last UNZ follows the last UNB and repeats its reference (0020)."""
    text, is_last = _last_header(_EDIFACT_HEADER, first, last, whole=whole)
    if text is None:
        return False if whole and _is_only_una(last) else None
    header = _edifact_header(text, is_last=is_last)
    return None if header is None else _is_closed(last, header, opener="UNB", closer="UNZ")


def _is_only_una(text: str) -> bool:
    return text.lstrip(_DECORATION).startswith("UNA") and len(text.strip(_DECORATION)) <= 12


def _edifact_header(text: str, *, is_last: bool) -> _Header | None:
    match = _EDIFACT_HEADER.match(text)
    if match is None:
        return None
    default = _CONTROL_SERVICE if match["sep"] == _CONTROL_SERVICE[1] else _DEFAULT_SERVICE
    service = match["una"] or default
    separator, release, terminator = service[1], service[3].strip(), service[5]
    if separator != match["sep"] or terminator in (separator, release):
        return None
    if terminator not in text and "\n" in text:
        terminator = "\n"  # Some senders end segments by line breaks alone.
    unb = text[match.start("sep") - 3 :][:1000]
    elements = _split(_split(unb, terminator, release)[0], separator, release)
    control = elements[5].strip() if len(elements) > 5 else None
    return _Header(separator, terminator, release, control, is_last)


def _is_closed(last: str, header: _Header, *, opener: str, closer: str) -> bool | None:
    if header.terminator not in "\r\n":
        # Wrapped files break lines inside segments, even inside `IEA`.
        last = last.replace("\r", "").replace("\n", "")
    segments = _split(last, header.terminator, header.release)
    at = _last_index(segments, closer + header.separator)
    if at < 0 or _last_index(segments, opener + header.separator) > at:
        return False
    if _opens_again(segments[at + 1 :], opener):
        return False
    is_terminated = at + 1 < len(segments)
    elements = _split(segments[at].strip(_DECORATION), header.separator, header.release)
    given = elements[2].strip() if len(elements) > 2 else ""
    if header.is_last and header.control is not None:
        return _is_same_control(given, header.control, is_terminated=is_terminated)
    return True if is_terminated else None


def _is_same_control(given: str, control: str, *, is_terminated: bool) -> bool | None:
    if given == control or (given and given.lstrip("0") == control.lstrip("0")):
        return True
    # A number that stops short is a cut; another number is an error for the reader to name.
    return False if control.startswith(given) and not is_terminated else None


def _last_header(
    pattern: re.Pattern[str], first: str, last: str, *, whole: bool
) -> tuple[str | None, bool]:
    """Return the text from the last header on, and whether it is surely the file's last one."""
    for text, is_last in ((last, True), (first, whole)):
        starts = [match.start() for match in pattern.finditer(text)]
        if starts:
            return text[starts[-1] :], is_last
    return None, False


def _last_index(segments: list[str], beginning: str) -> int:
    for at in range(len(segments) - 1, -1, -1):
        if segments[at].lstrip(_DECORATION).startswith(beginning):
            return at
    return -1


def _opens_again(segments: list[str], opener: str) -> bool:
    """Say whether the text after the end is the beginning of another interchange, cut off."""
    rest = "".join(segments).strip(_DECORATION)[:3]
    openers = (opener, "UNA") if opener == "UNB" else (opener,)
    return bool(rest) and any(name.startswith(rest) for name in openers)


def _split(text: str, separator: str, release: str) -> list[str]:
    """Split at every separator that no release character precedes."""
    if not release or release not in text:
        return text.split(separator)
    parts: list[str] = []
    begin = 0
    for match in re.finditer(f"{re.escape(release)}.|{re.escape(separator)}", text, re.DOTALL):
        if match.group() == separator:
            parts.append(text[begin : match.start()])
            begin = match.end()
    return [*parts, text[begin:]]


def json_is_closed(first: str, last: str, *, whole: bool) -> bool | None:
    """JSON: every bracket and string is closed; of a long file only the last bracket is seen."""
    if not whole:
        return None if last.rstrip(_DECORATION)[-1:] in ("}", "]") else False
    depth = 0
    for match in _JSON_TOKEN.finditer(first):
        mark = match.group()
        if mark == '"':
            return False
        depth += (mark in "{[") - (mark in "}]")
        if depth < 0:
            return None
    return depth == 0


def json_depth(text: str) -> int:
    """Return how deep the brackets of a JSON text nest, without parsing it."""
    depth = deepest = 0
    for match in _JSON_TOKEN.finditer(text):
        mark = match.group()
        if mark == '"':  # A string that never ends: all that follows is inside it.
            break
        depth += (mark in "{[") - (mark in "}]")
        deepest = max(deepest, depth)
    return deepest


def xml_root(text: str) -> str:
    """Return the local name of the first element of `text`, or nothing."""
    return _root_name(text).rpartition(":")[2]


def _root_name(text: str) -> str:
    text = _without_asides(text)
    if re.match(r"<!DOCTYPE\s{1,9}html\b", text.lstrip(_DECORATION), re.IGNORECASE):
        return "html"
    found = _XML_NAME.search(text)
    return found[1] if found else ""


def _without_asides(text: str) -> str:
    """Drop comments, CDATA and processing instructions; one that never ends takes all the rest."""
    kept: list[str] = []
    at = 0
    while (start := text.find("<", at)) >= 0:
        aside = next((pair for pair in _XML_ASIDES if text.startswith(pair[0], start)), None)
        if aside is None:
            kept.append(text[at : start + 1])
            at = start + 1
            continue
        kept.append(text[at:start])
        end = text.find(aside[1], start + len(aside[0]))
        if end < 0:
            return "".join(kept)
        at = end + len(aside[1])
    return "".join([*kept, text[at:]])


def xml_is_closed(first: str, last: str, *, whole: bool) -> bool | None:
    """XML: the root element is closed.

    Of a long file only its end is seen: the root's end tag there counts, as no document read here
    nests its root element.
    """
    root = _root_name(first)
    if not root:
        return False if whole else None
    name = re.escape(root)
    if not whole:
        rest = last.rstrip(_DECORATION)
        while rest.endswith(("-->", "?>")):
            opening = max(rest.rfind("<!--"), rest.rfind("<?"))
            rest = rest[: max(opening, 0)].rstrip(_DECORATION)
        return bool(re.search(f"</{name}\\s{{0,64}}>\\Z", rest[-len(root) - 68 :]))
    depth = 0
    for match in re.finditer(f"<(/?){name}(?=[\\s/>])[^>]*>", _without_asides(first)):
        if not match.group().endswith("/>"):
            depth += -1 if match[1] else 1
        if depth <= 0:
            return True
    return False


def zip_is_closed(last: bytes) -> bool:
    """ZIP and XLSX: the end-of-central-directory record is there with its whole comment."""
    at = last.rfind(_ZIP_END)
    if at < 0 or at + _ZIP_END_BYTES > len(last):
        return False
    comment = int.from_bytes(last[at + 20 : at + 22], "little")
    return at + _ZIP_END_BYTES + comment <= len(last)

"""Where the sections of partners and connections stand in k2kd.toml: found by lines.

No parser writes the file anew, so comments stay; whether a part was found rightly is proved
afterwards, by parsing the outcome (`sitefile.changed`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

HEADER = re.compile(r"^[ \t]*\[[^\n]*", re.MULTILINE)
_OWN = re.compile(r"[ \t]*\[\[[ \t]*(partner|connection)[ \t]*\]\]", re.ASCII)
_INSIDE = re.compile(r"[ \t]*\[\[?[ \t]*(partner|connection)[ \t]*\.|[ \t]*\[[ \t]*[\"']", re.ASCII)
_SERVES = re.compile(r"^([ \t]*serves[ \t]*=[ \t]*\[)([^\]\n]*)\]", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Part:
    """One `[[partner]]` or `[[connection]]` with its own sub-tables and comments.

    `number` counts those of its `kind` from 0.
    """

    kind: str
    number: int
    start: int
    end: int


def parts(text: str) -> Iterator[Part]:
    """Yield every partner and connection of a site file, in the order of the file."""
    counts = {"partner": 0, "connection": 0}
    headers = [each for each in HEADER.finditer(text) if not _INSIDE.match(each[0])]
    before = 0
    for header, following in zip(headers, [*headers[1:], None], strict=True):
        stop = following.start() if following else len(text)
        end = header.start() + end_of_settings(text[header.start() : stop])
        if own := _OWN.match(header[0]):
            start = max(before, _begin(text, header.start()))
            yield Part(own[1], counts[own[1]], start, end)
            counts[own[1]] += 1
        before = end


def without(text: str, kind: str, numbers: Collection[int]) -> tuple[str, str]:
    """Return `text` without some parts of a kind, and what was taken out."""
    found = [each for each in parts(text) if each.kind == kind and each.number in numbers]
    taken = [text[each.start : each.end].rstrip() + "\n" for each in found]
    for each in reversed(found):
        before, after = text[: each.start], text[each.end :]
        # The blank lines that stood around it would add up.
        if not before.strip() or before.endswith(("\n\n", "\r\n\r\n")):
            after = after.lstrip("\r\n")
        text = before + after
    return text, "\n".join(taken)


def without_served(text: str, partner: str) -> str:
    """Return `text` with `partner` taken out of the list of whom this host serves."""
    quoted = rf"(?:\"{re.escape(partner)}\"|'{re.escape(partner)}')"

    def shorter(found: re.Match[str]) -> str:
        names = re.sub(rf"{quoted}[ \t]*,?[ \t]*", "", found[2]).rstrip(", \t")
        return f"{found[1]}{names}]"

    return _SERVES.sub(shorter, text, count=1)


def with_served(text: str, partner: str) -> str:
    """Return `text` with `partner` in the list of whom this host serves."""
    return _SERVES.sub(rf'\1"{partner}", \2]', text, count=1)


def end_of_settings(part: str) -> int:
    """Return where the settings of a part end: comments that follow at once belong to them."""
    end = at = 0
    is_open = True
    for line in part.splitlines(keepends=True):
        at += len(line)
        words = line.strip()
        if words and not words.startswith("#"):
            is_open = True
        elif not words:
            is_open = False
        if is_open:
            end = at
    return end


def _begin(text: str, header: int) -> int:
    """Return where the comments begin that stand right above a header, or mark it as added."""
    lines = text[:header].splitlines(keepends=True)
    at = header
    while lines and lines[-1].lstrip().startswith("#"):
        at -= len(lines.pop())
    if len(lines) > 1 and not lines[-1].strip() and re.match(r"# --- \S+, added ", lines[-2]):
        at -= len(lines[-1]) + len(lines[-2])
    return at

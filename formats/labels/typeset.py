"""Text that fits: widths of Helvetica, shrinking, wrapping and cutting, in millimetres.

Both writers share it. The ZPL font 0 is narrower than Helvetica, so a text that fits here fits a
label printer. Only characters of Windows-1252 are kept, which every PDF reader and label printer
has; others lose their accent or become a question mark.
"""

from __future__ import annotations

import unicodedata

# Advance widths of Helvetica and Helvetica-Bold (Adobe AFM), in thousandths of the type size.
_BOLD = (
    (238, "'"), (278, " ,./I\\ijl\N{MIDDLE DOT}"), (280, "|"), (333, "!()-:;[]`ft"), (389, "*r{}"),
    (474, '"'), (500, "z"), (556, "#$0123456789J_aceksvxy"), (584, "+<=>^~"),
    (611, "?FLTZbdghnopqu"),
    (667, "EPSVXY"), (722, "&ABCDHKNRU"), (778, "GOQw"), (833, "M"), (889, "%m"), (944, "W"),
    (975, "@"),
)  # fmt: skip
_REGULAR = (
    (191, "'"), (222, "ijl"), (260, "|"), (278, " !,./:;I[\\]ft\N{MIDDLE DOT}"), (333, "()-`r"),
    (334, "{}"), (355, '"'), (389, "*"), (469, "^"), (500, "Jcksvxyz"),
    (556, "#$0123456789?L_abdeghnopqu"),
    (584, "+<=>~"), (611, "FTZ"), (667, "&ABEKPSVXY"), (722, "CDHNRUw"), (778, "GOQ"), (833, "Mm"),
    (889, "%"), (944, "W"), (1015, "@"),
)  # fmt: skip
_WIDTHS = {
    is_bold: {character: width for width, characters in rows for character in characters}
    for is_bold, rows in ((True, _BOLD), (False, _REGULAR))
}
# A letter with an accent is as wide as its base letter; of what has none, nothing is wider.
_WIDEST = 1000
_ELLIPSIS = "..."


def printable(text: str) -> str:
    """Return `text` on one line, in characters that every printer has."""
    joined = " ".join(text.split())
    if joined.isascii() and joined.isprintable():
        return joined
    return "".join(_printable(character) for character in unicodedata.normalize("NFC", joined))


def _printable(character: str) -> str:
    if not character.isprintable():
        return ""
    if _is_known(character):
        return character
    # Canonical forms only: compatible ones would turn a third into thirteen.
    bare = unicodedata.normalize("NFD", character)
    return "".join(c for c in bare if c.isprintable() and _is_known(c)) or "?"


def _is_known(character: str) -> bool:
    try:
        character.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


def width(text: str, size: float, *, is_bold: bool) -> float:
    """Return the width of `text` at a type size; same unit as the size."""
    table = _WIDTHS[is_bold]
    total = 0
    for character in text:
        known = table.get(character)
        if known is None:
            known = table.get(unicodedata.normalize("NFD", character)[0], _WIDEST)
        total += known
    return total * size / 1000


def fit(text: str, room: float, size: float, least: float, *, is_bold: bool) -> tuple[str, float]:
    """Return `text` and the size at which it fits `room`: smaller down to `least`, then cut."""
    natural = width(text, size, is_bold=is_bold)
    if natural <= room:
        return text, size
    smaller = max(least, int(size * room / natural * 20) / 20)
    return cut(text, room, smaller, is_bold=is_bold), smaller


def cut(text: str, room: float, size: float, *, is_bold: bool) -> str:
    """Return as much of `text` as fits `room`, with three points where something is missing."""
    if width(text, size, is_bold=is_bold) <= room:
        return text
    kept = text
    while kept and width(kept + _ELLIPSIS, size, is_bold=is_bold) > room:
        kept = kept[:-1]
    return kept.rstrip() + _ELLIPSIS


def paragraph(
    text: str, room: float, size: float, least: float, lines: int
) -> tuple[tuple[str, ...], float]:
    """Return bold `text` on at most `lines` lines, and the size, from `size` down to `least`.

    Where even the least size does not hold it, the last line is too long and the caller cuts it.
    """
    while True:
        broken = _wrapped(text, room, size, lines)
        if size <= least or width(broken[-1], size, is_bold=True) <= room:
            return broken, size
        size = max(least, size * 0.93)


def _wrapped(text: str, room: float, size: float, lines: int) -> tuple[str, ...]:
    found: list[str] = []
    words = text.split(" ")
    while len(found) < lines - 1 and width(" ".join(words), size, is_bold=True) > room:
        taken = 1
        while (
            taken < len(words) and width(" ".join(words[: taken + 1]), size, is_bold=True) <= room
        ):
            taken += 1
        found.append(" ".join(words[:taken]))
        words = words[taken:]
        if not words:
            return tuple(found)
    return (*found, " ".join(words))

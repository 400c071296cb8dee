"""What a file looks like that is of no format read here, in words for whoever has to ask for it."""

from __future__ import annotations

import unicodedata

from formats.identify import decoded

_MARKS = (
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"\xd0\xcf\x11\xe0", "an old Office file, such as an .xls workbook"),
    (b"{\\rtf", "a text document (RTF)"),
    (b"\x1f\x8b", "a compressed file (gzip)"),
    (b"7z\xbc\xaf", "an archive (7-Zip)"),
    (b"Rar!", "an archive (RAR)"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a Windows program"),
    (b"SQLite format 3", "a database (SQLite)"),
)
_LAYOUT = "\t\r\n\f\v"
_MOST_ODD_SHARE = 0.01


def likeness(head: bytes) -> str:
    """Return what a file looks like by its first bytes, as `plain text`."""
    for mark, words in _MARKS:
        if head.startswith(mark):
            return words
    text = decoded(head)
    odd = sum(1 for char in text if char not in _LAYOUT and unicodedata.category(char) == "Cc")
    if odd > len(text) * _MOST_ODD_SHARE:
        return "bytes that are no text"
    lines = [line for line in text.splitlines() if line.strip()]
    return f"plain text, {len(lines)} line{'' if len(lines) == 1 else 's'} without columns"

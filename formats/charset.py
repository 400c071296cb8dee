"""Which Unicode encoding a file shows by its first bytes; it never guesses a code page.

A byte order mark decides; without one, UTF-16 is recognised by the NUL in every second byte that
ASCII text leaves. Everything else is undecided, and each reader has its own rule for it.
"""

from __future__ import annotations

import codecs
from typing import NamedTuple

UTF8 = "utf-8"
UTF16_LE = "utf-16-le"
UTF16_BE = "utf-16-be"

_SAMPLE_BYTES = 1024
_MARKS = (
    (codecs.BOM_UTF8, UTF8),
    (codecs.BOM_UTF16_LE, UTF16_LE),
    (codecs.BOM_UTF16_BE, UTF16_BE),
)


class Charset(NamedTuple):
    """An encoding by its Python name (None: undecided), and the length of its byte order mark."""

    encoding: str | None
    mark_bytes: int


def unicode_charset(head: bytes) -> Charset:
    """Return the Unicode encoding that the first bytes of a file prove."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return Charset(encoding, len(mark))
    return Charset(_utf16_by_nuls(head[:_SAMPLE_BYTES]), 0)


def _utf16_by_nuls(sample: bytes) -> str | None:
    """Tell UTF-16 of mostly ASCII text by its NULs; both halves NUL is padding, not text."""
    pairs = len(sample) // 2
    if pairs < 2 or b"\0" not in sample:
        return None
    even = sample[: pairs * 2 : 2].count(0) / pairs
    odd = sample[1 : pairs * 2 : 2].count(0) / pairs
    if odd > 0.7 and even < 0.3:
        return UTF16_LE
    if even > 0.7 and odd < 0.3:
        return UTF16_BE
    return None


def is_utf8(data: bytes, *, block_bytes: int = 1 << 20) -> bool:
    """Say whether all of `data` is strict UTF-8, in memory of one block."""
    decoder = codecs.getincrementaldecoder(UTF8)()
    view = memoryview(data)
    try:
        for start in range(0, len(view), block_bytes):
            decoder.decode(view[start : start + block_bytes])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True

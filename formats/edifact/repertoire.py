"""Character repertoires UNOA to UNOY: how an interchange is decoded, and what it may hold.

The syntax identifier names an encoding, but partners' software often writes another: the bytes
themselves decide where they can't be what they are called, and a finding says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

CODECS = {
    "UNOA": "ascii",
    "UNOB": "ascii",
    "UNOC": "iso8859-1",
    "UNOD": "iso8859-2",
    "UNOE": "iso8859-5",
    "UNOF": "iso8859-7",
    "UNOG": "iso8859-3",
    "UNOH": "iso8859-4",
    "UNOI": "iso8859-6",
    "UNOJ": "iso8859-8",
    "UNOK": "iso8859-9",
    "UNOL": "iso8859-15",
    "UNOW": "utf-8",
    "UNOX": "utf-8",
    "UNOY": "utf-8",
}
"""By syntax identifier (S001 0001). UTF-16, and ISO 2022 of UNOX, are UTF-8 when they come here."""

# Level A of ISO 9735 has the last eight characters too, though not for telex.
_LEVEL_A = r"A-Z0-9 .,\-()/='+:?!\"%&*;<>"
_OUTSIDE = {
    "UNOA": re.compile(f"[^{_LEVEL_A}\x1c-\x1f]"),
    "UNOB": re.compile(f"[^{_LEVEL_A}a-z\x1c-\x1f]"),
}
_CONTROLS = bytes(range(0x20))
_PLAIN = {
    syntax: bytes(each for each in range(0x20, 0x80) if not pattern.match(chr(each))) + _CONTROLS
    for syntax, pattern in _OUTSIDE.items()
}
"""What a text may hold without a look at where it stands."""
_C1 = re.compile(rb"[\x80-\x9f]")
_ESCAPE = b"\x1b"
_ISO_2022 = "iso2022_jp_2"


@dataclass(frozen=True, slots=True)
class Encoding:
    """How an interchange is decoded; `mismatch` says where it isn't what its header calls it."""

    codec: str
    mismatch: str | None = None


def encoding_of(syntax: str, raw: bytes) -> Encoding:
    """Return how the bytes of an interchange that says `syntax` (as `UNOC`) are read."""
    if raw.isascii():
        return Encoding("ascii")
    declared = CODECS.get(syntax, "ascii")
    is_utf8 = _is_utf8(raw)
    if declared == "utf-8" and is_utf8:
        return Encoding("utf-8")
    if is_utf8:
        return Encoding("utf-8", f"it says {syntax}, but its bytes are UTF-8")
    if declared in ("ascii", "utf-8"):
        return Encoding("cp1252", f"it says {syntax}, but its bytes are those of Windows-1252")
    if declared == "iso8859-1" and _C1.search(raw):
        return Encoding("cp1252", f"it says {syntax}, but has characters of Windows-1252")
    return Encoding(declared)


def outside(syntax: str, text: str) -> re.Match[str] | None:
    """Find the first character of a segment that `syntax` doesn't have.

    The marks between elements don't count. Control characters are for the check of elements to find
    in all other repertoires.
    """
    pattern = _OUTSIDE.get(syntax)
    return pattern.search(text) if pattern is not None else None


def is_plain(syntax: str, raw: bytes) -> bool:
    """Tell whether `syntax` has all characters of a message, as sent; `outside` finds those not."""
    plain = _PLAIN.get(syntax)
    return plain is None or not raw.translate(None, plain)


def without_escapes(data: bytes) -> bytes | None:
    """Return ISO 2022 text of a UNOX interchange as UTF-8; None where there is nothing to undo."""
    if _ESCAPE not in data or b"UNOX" not in data:
        return None
    return data.decode(_ISO_2022, errors="replace").encode()


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True

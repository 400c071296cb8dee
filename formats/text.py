"""Plain bytes at the door: undo a byte order mark, UTF-16 or EBCDIC, and say so.

Offsets in later findings count in the returned bytes. Nothing is guessed: a file that shows none
of these signs is returned as it came, without a copy. Which characters non-ASCII bytes stand for
is settled per document, by `decoded`.
"""

from __future__ import annotations

from formats.findings import Finding, Where, warning

UTF8_MARK = "text.utf8_mark"
"""Code of the note on a byte order mark, which changes nothing of what a file is written in."""
_UTF8_MARK = b"\xef\xbb\xbf"
_UTF16_LITTLE = b"\xff\xfe"
_UTF16_BIG = b"\xfe\xff"
_EBCDIC_ISA = b"\xc9\xe2\xc1"
_EBCDIC_UNA = b"\xe4\xd5\xc1"
_EBCDIC_UNB = b"\xe4\xd5\xc2"
_EBCDIC_BLANKS = b"\x40\x15\x25\x0d\x00"
_SAMPLE_BYTES = 64


def plain_bytes(data: bytes) -> tuple[bytes, Finding | None]:
    """Return `data` as an ASCII superset (UTF-8 after a conversion) and a note on what was undone.

    A UTF-8 mark is cut off; UTF-16 is found by its mark or by NULs on every second byte; EBCDIC
    (cp037, cp500) by an envelope tag at its start.
    """
    if data.startswith(_UTF8_MARK):
        return data[len(_UTF8_MARK) :], _note(UTF8_MARK, "a UTF-8 byte order mark was removed")
    utf16 = _utf16_codec(data)
    if utf16 is not None:
        text = data.decode(utf16, errors="replace").lstrip("\ufeff")
        return text.encode(), _note("text.utf16", "the file is UTF-16 and was converted to UTF-8")
    ebcdic = _ebcdic_codec(data)
    if ebcdic is not None:
        return (
            data.decode(ebcdic).encode(),
            _note("text.ebcdic", f"the file is EBCDIC ({ebcdic}) and was converted to UTF-8"),
        )
    return data, None


def decoded(data: bytes) -> str:
    """Return the text of a document: UTF-8 if all of it is UTF-8, else cp1252, else Latin-1."""
    for codec in ("utf-8", "cp1252"):
        try:
            return data.decode(codec)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")


def is_utf8(data: bytes) -> bool:
    """Tell whether `decoded` takes a document for what it is, and doesn't guess."""
    if data.isascii():
        return True
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def guessed(where: Where) -> Finding:
    """Return the note on a document that isn't UTF-8, in a format that can't say what it is."""
    message = "letters aren't UTF-8 and were read as Windows-1252; if names look wrong, send UTF-8"
    return warning("text.guessed", message, where)


def has_controls(text: str) -> bool:
    """Tell whether a text has control characters or half surrogates, which no ledger can hold."""
    return not text.isprintable() and any(
        (each < " " and each not in "\t\r\n") or "\ud800" <= each <= "\udfff" for each in text
    )


def _note(code: str, sentence: str) -> Finding:
    return warning(code, f"{sentence}; positions count in the text that was read. Nothing to do.")


def _utf16_codec(data: bytes) -> str | None:
    if data.startswith(_UTF16_LITTLE):
        return "utf-16-le"
    if data.startswith(_UTF16_BIG):
        return "utf-16-be"
    sample = data[:_SAMPLE_BYTES]
    pairs = len(sample) // 2
    if pairs < 4:
        return None
    if sample[1::2].count(0) == pairs and 0 not in sample[: pairs * 2 : 2]:
        return "utf-16-le"
    if sample[: pairs * 2 : 2].count(0) == pairs and 0 not in sample[1::2]:
        return "utf-16-be"
    return None


def _ebcdic_codec(data: bytes) -> str | None:
    head = data[:_SAMPLE_BYTES].lstrip(_EBCDIC_BLANKS)
    if not head.startswith((_EBCDIC_ISA, _EBCDIC_UNA, _EBCDIC_UNB)):
        return None
    # The two code pages differ in a few marks only; `!` and `|` are the ones used as separators.
    return "cp500" if head[3:4] == b"\xbb" else "cp037"

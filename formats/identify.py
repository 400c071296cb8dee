"""What a file is, told from its content and never from its name.

It looks at the first 64 KiB only and refuses nothing that a reader could explain better: a file
that begins like an X12 interchange is X12, however broken. `completeness` says whether the format
itself shows that the whole file has arrived; a delimited file never can. Neither raises, whatever
the bytes.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Protocol

from formats import endings
from formats.charset import unicode_charset

HEAD_BYTES = 64 * 1024
"""How much of the beginning, and of the end, of a file is looked at."""


class Format(StrEnum):
    """The formats that are read, and the kinds of file that are refused by name."""

    X12 = "x12"
    EDIFACT = "edifact"
    JSON = "json"
    XML = "xml"
    XLSX = "xlsx"
    DELIMITED = "delimited"
    EMPTY = "empty"
    HTML = "html"
    PDF = "pdf"
    ZIP = "zip"
    BINARY = "binary"

    @property
    def refusal(self) -> str | None:
        """Return the sentence for the partner, or None where the format is read."""
        return _REFUSALS.get(self)


_REFUSALS = {
    Format.EMPTY: "The file is empty. Send it again with its content.",
    Format.HTML: (
        "The file is a web page, probably an error page saved in place of the document. "
        "Download the document again and send that."
    ),
    Format.PDF: "The file is a PDF, which can't be read as data. Send X12, JSON, CSV or XLSX.",
    Format.ZIP: "The file is an archive, or a document such as DOCX or ODS. Send X12, JSON, CSV or"
    " XLSX, and what is in an archive one by one, unpacked.",
    Format.BINARY: (
        "The content isn't in any format that is read here. Send X12, JSON, CSV or XLSX; "
        "save an old or protected workbook as XLSX, without a password, first."
    ),
}


class Completeness(StrEnum):
    """Whether a format shows that all of a file has arrived."""

    COMPLETE = "complete"
    CUT_SHORT = "cut_short"
    UNKNOWN = "unknown"


_EBCDIC = "cp037"
_EBCDIC_TAGS = (b"\xc9\xe2\xc1", b"\xe4\xd5\xc1", b"\xe4\xd5\xc2")
"""ISA, UNA and UNB."""
_EBCDIC_BLANKS = b"\x00\x05\x0d\x15\x25\x40"
_BLANKS = " \t\r\n\f\v\0\x1a\x85\xa0\ufeff"
_DELIMITERS = ",;\t|"
_ZIP_MARKS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_ZIP_NAME_OFFSET = 30

_NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0e-\x19\x1b-\x1f\x7f]")
_CP1252_UNDEFINED = re.compile(r"[\x81\x8d\x8f\x90\x9d]")
_ISA = re.compile(r"ISA([^A-Za-z0-9 ])([0-9 ]{0,2})(?:\1|\Z)")
_ISA_ODD = re.compile(r"ISA[^A-Za-z0-9 ,;\t|]|(?:GS\*[A-Z]{2}|ST\*[0-9]{3})\*")
_UNA = re.compile(r"UNA.{6}\s*UN[BGH]|UNA[^A-Za-z0-9]{6}|UNA.{0,6}\Z", re.DOTALL)
_UNB = re.compile(r"UN[BGH][^A-Za-z0-9 ,;\t|]|UN[BGH]\Z")
_UNB_LATE = re.compile(r"[\s'~]UNB[^A-Za-z0-9 ]UNO[A-Z][^A-Za-z0-9 ][0-9]")
_ISA_LATE = re.compile(r"\bISA([^A-Za-z0-9 ])[0-9]{2}\1.{0,10}\1[0-9]{2}\1", re.DOTALL)
_HTML_ROOTS = ("html", "head", "body")


def identify(head: bytes) -> Format:
    """Return the format of a file from its first bytes (64 KiB are enough and are looked at)."""
    head = head[:HEAD_BYTES]
    text = decoded(head).lstrip(_BLANKS)
    if not text:
        return Format.EMPTY
    raw = head.lstrip(b" \t\r\n\0")
    if raw.startswith(_ZIP_MARKS):
        return _zip_kind(raw)
    if raw.startswith(b"%PDF"):
        return Format.PDF
    return _edi(text) or _marked_up(text) or _edi_after_junk(text) or _delimited(text)


def completeness(head: bytes, tail: bytes, *, whole: bool) -> Completeness:
    """Say whether a file shows that it is complete.

    `head` is its beginning, `tail` its last 64 KiB; with `whole`, `head` is the entire file and
    `tail` isn't looked at. UNKNOWN means that the format can't say, or that its end says something
    else than that it was cut (a control number that differs is for the reader to refuse).
    """
    kind = identify(head)
    if kind in (Format.XLSX, Format.ZIP):
        return _said(closed=endings.zip_is_closed(head if whole else tail))
    judge = _ENDINGS.get(kind)
    if judge is None:
        return Completeness.UNKNOWN
    encoding = _encoding(head)
    last = head if whole else _aligned(tail, encoding)
    first = head if whole else head[:HEAD_BYTES]
    closed = judge(_decode(first, encoding), _decode(last, encoding), whole=whole)
    return _said(closed=closed)


class _Ending(Protocol):
    def __call__(self, first: str, last: str, *, whole: bool) -> bool | None: ...


_ENDINGS: dict[Format, _Ending] = {
    Format.X12: endings.x12_is_closed,
    Format.EDIFACT: endings.edifact_is_closed,
    Format.JSON: endings.json_is_closed,
    Format.XML: endings.xml_is_closed,
}


def _said(*, closed: bool | None) -> Completeness:
    if closed is None:
        return Completeness.UNKNOWN
    return Completeness.COMPLETE if closed else Completeness.CUT_SHORT


def decoded(head: bytes) -> str:
    """Return bytes as text good enough to look at structure; every byte decodes to something."""
    return _decode(head, _encoding(head))


def _encoding(head: bytes) -> str:
    if head.lstrip(_EBCDIC_BLANKS).startswith(_EBCDIC_TAGS):
        return _EBCDIC
    # Latin-1 decodes every byte, and separators are ASCII, so structure stays visible.
    return unicode_charset(head).encoding or "latin-1"


def _decode(data: bytes, encoding: str) -> str:
    text = data.decode(encoding, errors="replace")
    # EBCDIC ends lines with NEL.
    return text.replace("\x85", "\n") if encoding == _EBCDIC else text.removeprefix("\ufeff")


def _aligned(tail: bytes, encoding: str) -> bytes:
    """Drop the half character at the front that the end of a UTF-16 file may begin with."""
    return tail[len(tail) % 2 :] if encoding.startswith("utf-16") else tail


def _zip_kind(raw: bytes) -> Format:
    """Tell a workbook from other archives by the names in the local file headers."""
    names: list[bytes] = []
    at = raw.find(b"PK\x03\x04")
    while at >= 0:
        size = int.from_bytes(raw[at + 26 : at + 28], "little")
        names.append(raw[at + _ZIP_NAME_OFFSET : at + _ZIP_NAME_OFFSET + size])
        at = raw.find(b"PK\x03\x04", at + 4)
    if any(name.startswith(b"xl/") for name in names):
        return Format.XLSX
    if any(name.startswith((b"word/", b"ppt/")) for name in names):
        return Format.ZIP
    return Format.XLSX if b"[Content_Types].xml" in names else Format.ZIP


def _edi(text: str) -> Format | None:
    if _ISA.match(text) or _ISA_ODD.match(text):
        return Format.X12
    if _UNA.match(text) or _UNB.match(text):
        return Format.EDIFACT
    return None


def _edi_after_junk(text: str) -> Format | None:
    """Find an interchange behind comment lines or mail text; only a full header convinces."""
    if _ISA_LATE.search(text):
        return Format.X12
    return Format.EDIFACT if _UNB_LATE.search(text) else None


def _marked_up(text: str) -> Format | None:
    if text[0] in "{[":
        return Format.JSON
    if text[0] != "<":
        return None
    return Format.HTML if endings.xml_root(text).lower() in _HTML_ROOTS else Format.XML


def _delimited(text: str) -> Format:
    """Take text that has a delimiter for delimited; too many control characters make it binary.

    Random bytes hold 11 % of them. One NUL in a small file is the row's error, not the file's.
    """
    strange = len(_NOT_TEXT.findall(text)) + len(_CP1252_UNDEFINED.findall(text))
    if strange > 1 and strange * 20 > len(text):
        return Format.BINARY
    has_delimiter = any(delimiter in text for delimiter in _DELIMITERS)
    return Format.DELIMITED if has_delimiter else Format.BINARY

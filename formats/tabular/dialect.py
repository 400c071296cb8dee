"""How a delimited file is written: its encoding, its delimiter, its decimal mark.

Encoding: byte order mark, UTF-16 by its NULs, strict UTF-8, the agreed code page, then
Windows-1252, in this order; every choice after UTF-8 is reported. The decimal mark is agreed with
the partner and never guessed.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from dataclasses import dataclass

from formats.charset import UTF8, is_utf8, unicode_charset
from formats.findings import Finding, Where, warning

DELIMITERS = ",;\t|"
FALLBACK = "cp1252"
_SAMPLE_CHARACTERS = 64 * 1024
_SAMPLE_ROWS = 25
_BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Dialect:
    """What was agreed with a partner about delimited files; None is found out from the file."""

    delimiter: str | None = None
    decimal_comma: bool = False
    encoding: str | None = None
    """Code page of files that are neither marked nor UTF-8, by its Python name."""

    def __post_init__(self) -> None:
        if self.delimiter is not None and self.delimiter not in tuple(DELIMITERS):
            raise ValueError("delimiter: one of comma, semicolon, tab or | is expected")
        if self.encoding is not None:
            try:
                codecs.lookup(self.encoding)
            except LookupError:
                message = f"encoding: {self.encoding} isn't the name of an encoding, as cp1252 is"
                raise ValueError(message) from None


@dataclass(frozen=True, slots=True)
class TextSource:
    """A file's bytes with the encoding that decodes all of them."""

    data: bytes
    encoding: str
    mark_bytes: int

    def open(self) -> io.TextIOWrapper:
        """Return the text as a stream that keeps line ends as they are."""
        raw = io.BytesIO(self.data)
        raw.seek(self.mark_bytes)
        return io.TextIOWrapper(raw, encoding=self.encoding, errors="strict", newline="")


def text_source(data: bytes, declared: str | None) -> tuple[TextSource | None, Finding | None]:
    """Choose the encoding; without a source the finding says why the file can't be decoded."""
    charset = unicode_charset(data[:_SAMPLE_CHARACTERS])
    if charset.encoding is not None:
        return _strict(data, charset.encoding, charset.mark_bytes, None)
    if is_utf8(data):
        return TextSource(data, UTF8, 0), None
    if declared is not None:
        note = f"The file isn't UTF-8 and was read as {declared}, as agreed. Nothing to do."
        return _strict(data, declared, 0, note)
    note = (
        "The file isn't UTF-8 and was read as Windows-1252. "
        "If accented letters look wrong, save it as CSV UTF-8."
    )
    return _strict(data, FALLBACK, 0, note)


def _strict(
    data: bytes, encoding: str, mark_bytes: int, note: str | None
) -> tuple[TextSource | None, Finding | None]:
    at = _first_bad_byte(data, encoding, mark_bytes)
    if at is not None:
        message = f"The text can't be read as {encoding} from here on. Save the file as CSV UTF-8."
        return None, Finding("csv.encoding", message, Where(byte=at))
    return (
        TextSource(data, encoding, mark_bytes),
        None if note is None else warning("csv.encoding", note),
    )


def _first_bad_byte(data: bytes, encoding: str, start: int) -> int | None:
    """Return where decoding fails (to the block for stateful encodings), or None."""
    decoder = codecs.getincrementaldecoder(encoding)()
    view = memoryview(data)
    for at in range(start, max(len(view), start + 1), _BLOCK_BYTES):
        block = view[at : at + _BLOCK_BYTES]
        try:
            decoder.decode(bytes(block), final=at + _BLOCK_BYTES >= len(view))
        except UnicodeError as error:
            return at + (error.start if isinstance(error, UnicodeDecodeError) else 0)
    return None


def sniff_delimiter(source: TextSource) -> str:
    """Return the delimiter under which most of the first rows have the same number of columns.

    A first line `sep=;`, as spreadsheets write it, decides.
    """
    sample = source.open().read(_SAMPLE_CHARACTERS)
    declared = separator_line(sample)
    if declared:
        return declared
    if len(sample) == _SAMPLE_CHARACTERS:
        sample = sample[: max(sample.rfind("\n"), sample.rfind("\r")) + 1] or sample
    return max(DELIMITERS, key=lambda delimiter: _consistency(sample, delimiter))


def separator_line(text: str) -> str | None:
    """Return the delimiter that a first line `sep=;` declares."""
    first = text[:16].splitlines()[:1]
    if first and first[0][:4].lower() == "sep=" and first[0][4:] in tuple(DELIMITERS):
        return first[0][4:]
    return None


def _consistency(sample: str, delimiter: str) -> tuple[int, int]:
    widths: Counter[int] = Counter()
    try:
        for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter):
            if any(cell.strip() for cell in row):
                widths[len(row)] += 1
            if widths.total() == _SAMPLE_ROWS:
                break
    except csv.Error:
        pass  # The rows before the damage are sample enough.
    del widths[1]
    if not widths:
        return 0, 0
    width, rows = max(widths.items(), key=lambda item: (item[1], item[0]))
    return rows, width

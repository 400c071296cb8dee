"""What a workbook holds, judged by its ZIP directory before anything in it is unpacked.

A file of 5 KB can ask for 500 GB. Sums, ratios and counts come from the directory; `extract` holds
every entry to what the directory says of it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from formats.findings import Finding
from formats.limits import MEBIBYTE

_END = struct.Struct("<4s4H2LH")
_ENTRY = struct.Struct("<4s6H3L5H2L")
_LOCAL_BYTES = 30
_MAX_COMMENT = 65_535
_ZIP64 = 0xFFFFFFFF
_STORED, _DEFLATED = 0, 8
OLD_WORKBOOK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How an old workbook begins, and one that is protected by a password."""


@dataclass(frozen=True, slots=True)
class WorkbookLimits:
    """What a workbook may hold at most."""

    unpacked_bytes: int = 512 * MEBIBYTE
    """All entries together, unpacked."""
    ratio: int = 200
    """An entry may unpack to so many times its size, ..."""
    ratio_from_bytes: int = 8 * MEBIBYTE
    """... which is looked at from this size on."""
    entries: int = 2_000
    sheets: int = 50
    cells: int = 24_000_000
    """Cells of the rectangle in which a sheet's values stand."""


DEFAULT_WORKBOOK_LIMITS = WorkbookLimits()


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the directory."""

    name: str
    packed: int
    unpacked: int
    offset: int


class ArchiveError(Exception):
    """The archive isn't taken; `finding` says why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.finding = Finding(f"xlsx.{code}", message)


def check_archive(data: bytes, limits: WorkbookLimits = DEFAULT_WORKBOOK_LIMITS) -> list[Entry]:
    """Return the entries of a workbook's archive; raises ArchiveError where it isn't safe to open.

    An old workbook (XLS), which is no archive, has none.
    """
    if data.startswith(OLD_WORKBOOK):
        return []
    entries = list(_entries(data, limits))
    names = [entry.name for entry in entries]
    if len(set(names)) < len(names):
        raise ArchiveError("archive", "An entry stands twice in the workbook. Save it again.")
    if "xl/workbook.xml" not in names and "xl/workbook.bin" not in names:
        message = "The archive holds no workbook. Send an XLSX file."
        raise ArchiveError("archive", message)
    _check_sizes(entries, limits)
    _check_places(entries, len(data))
    sheets = sum(name.startswith("xl/worksheets/") and name.endswith(".xml") for name in names)
    if sheets > limits.sheets:
        message = f"The workbook has {sheets} sheets; at most {limits.sheets} are read. Split it."
        raise ArchiveError("sheets", message)
    return entries


def _entries(data: bytes, limits: WorkbookLimits) -> Iterator[Entry]:
    at = data.rfind(b"PK\x05\x06", max(len(data) - _MAX_COMMENT - _END.size, 0))
    if at < 0 or at + _END.size > len(data):
        message = "The file ends before the directory of its archive. Send it again, complete."
        raise ArchiveError("archive", message)
    _, _, _, _, count, size, start, _ = _END.unpack_from(data, at)
    if count > limits.entries:
        message = f"The archive has more than {limits.entries} entries. Send a plain workbook."
        raise ArchiveError("entries", message)
    if start + size > at:
        raise ArchiveError("archive", "The archive's directory is damaged. Save the file again.")
    place = start
    for _ in range(count):
        if place + _ENTRY.size > at:
            raise ArchiveError("archive", "The archive's directory is damaged. Save it again.")
        entry, place = _entry(data, place)
        yield entry


def _entry(data: bytes, at: int) -> tuple[Entry, int]:
    """Return the entry at a place of the directory, and where the next one begins."""
    fields = _ENTRY.unpack_from(data, at)
    mark, flags, method = fields[0], fields[3], fields[4]
    packed, unpacked, name_size, extra_size, comment_size = fields[8:13]
    offset = fields[16]
    if mark != b"PK\x01\x02":
        raise ArchiveError("archive", "The archive's directory is damaged. Save the file again.")
    if flags & 1:
        raise ArchiveError("password", "The file is protected by a password. Save it without.")
    if method not in (_STORED, _DEFLATED):
        message = "The archive is packed in a way that workbooks aren't. Save it again as XLSX."
        raise ArchiveError("archive", message)
    if _ZIP64 in (packed, unpacked, offset):
        message = "The archive is of the kind for files above 4 GB. Save it again as XLSX."
        raise ArchiveError("archive", message)
    begin = at + _ENTRY.size
    name = data[begin : begin + name_size].decode("utf-8", errors="replace")
    entry = Entry(name.replace("\\", "/"), packed, unpacked, offset)
    return entry, begin + name_size + extra_size + comment_size


def _check_sizes(entries: list[Entry], limits: WorkbookLimits) -> None:
    total = sum(entry.unpacked for entry in entries)
    if total > limits.unpacked_bytes:
        message = (
            f"The workbook unpacks to {total >> 20} MiB; at most {limits.unpacked_bytes >> 20} "
            "are read. Split it, or send CSV."
        )
        raise ArchiveError("size", message)
    for entry in entries:
        if (
            entry.unpacked > limits.ratio_from_bytes
            and entry.unpacked > entry.packed * limits.ratio
        ):
            message = (
                f"A part of the workbook unpacks to more than {limits.ratio} times its size, "
                "which rows of goods don't. Send CSV."
            )
            raise ArchiveError("ratio", message)


def _check_places(entries: list[Entry], end: int) -> None:
    """Refuse entries that overlap: one stretch of bytes would be unpacked many times."""
    ordered = sorted(entries, key=lambda entry: entry.offset)
    ends = [entry.offset + _LOCAL_BYTES + entry.packed for entry in ordered]
    overlap = any(
        stop > following.offset
        for stop, (_, following) in zip(ends, pairwise(ordered), strict=False)
    )
    if overlap or any(stop > end for stop in ends):
        message = "Entries of the archive lie over each other. Save the workbook again."
        raise ArchiveError("archive", message)

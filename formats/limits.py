"""What a reader accepts at most. Every limit has tests at one below, at, and one above."""

from __future__ import annotations

from dataclasses import dataclass

MEBIBYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Upper bounds for one file; a site may lower or raise them in `[limits]`."""

    file_bytes: int = 100 * MEBIBYTE
    segment_bytes: int = 64 * 1024
    segments: int = 4_000_000
    components: int = 99
    rows: int = 1 << 20
    """As many as a sheet has: a million and a header."""
    columns: int = 200
    field_bytes: int = MEBIBYTE
    json_depth: int = 32
    json_bytes: int = 32 * MEBIBYTE
    xml_bytes: int = 32 * MEBIBYTE
    xml_depth: int = 64
    xml_elements: int = 1_000_000
    xml_attributes: int = 64
    """Attributes of one element."""


DEFAULT_LIMITS = Limits()

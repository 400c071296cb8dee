"""Promises of the door: marks and encodings are undone and noted, plain files stay as they are."""

from __future__ import annotations

import pytest

from formats.text import decoded, is_utf8, plain_bytes

TEXT = "ISA*00*ROSA é~"


def test_plain_file_is_returned_as_it_is() -> None:
    data = b"ISA*00*~"
    assert plain_bytes(data) == (data, None)
    assert plain_bytes(data)[0] is data


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (TEXT.encode("utf-8-sig"), "text.utf8_mark"),
        (TEXT.encode("utf-16"), "text.utf16"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "text.utf16"),
        (TEXT.encode("utf-16-le"), "text.utf16"),
        (TEXT.encode("utf-16-be"), "text.utf16"),
        (TEXT.encode("cp037"), "text.ebcdic"),
        (("\n" + TEXT).encode("cp500"), "text.ebcdic"),
    ],
)
def test_encodings_become_utf8(data: bytes, code: str) -> None:
    plain, note = plain_bytes(data)
    assert plain.decode().strip() == TEXT
    assert note is not None
    assert (note.code, note.is_error) == (code, False)


@pytest.mark.parametrize("data", [b"", b"I", b"\x00\x00", b"\xc9\xe2", b"\x00" * 40])
def test_tiny_and_empty_files_are_left_alone(data: bytes) -> None:
    assert plain_bytes(data) == (data, None)


@pytest.mark.parametrize(
    ("data", "text"),
    [("é".encode(), "é"), (b"\xe9", "é"), (b"\x80", "€"), (b"\x81", "\x81"), (b"plain", "plain")],
)
def test_text_is_utf8_then_cp1252_then_latin1(data: bytes, text: str) -> None:
    assert decoded(data) == text
    assert is_utf8(data) is (text.encode() == data)

"""Names: what is unfinished, hidden, or a done-file."""

from __future__ import annotations

import pytest

from daemon.intake.names import done_keys, is_done_file, is_hidden, is_ours, is_temporary


@pytest.mark.parametrize(
    "name",
    [
        b"po.edi.part",
        b"po.edi.filepart",
        b"PO.EDI.FILEPART",
        b"po.partial",
        b"po.tmp",
        b"po.TEMP",
        b"po.uploading",
        b"po.upload",
        b"po.in",
        b"po.inprogress",
        b"po.writing",
        b"po.crdownload",
        b"po.swp",
        b"po.edi~",
        b".in.po.edi.",
        b"~$orders.xlsx",
        b"._po.edi",
        b".goutputstream-AB12CD",
        b"\xff\xfe.part",
    ],
)
def test_names_of_unfinished_uploads_are_temporary(name: bytes) -> None:
    assert is_temporary(name)


@pytest.mark.parametrize(
    "name", [b"po.edi", b"part", b"tmp", b"po.part.edi", b"-rf", b"CON.txt", b"po.edi ", b"in"]
)
def test_other_names_are_documents(name: bytes) -> None:
    assert not is_temporary(name)
    assert not is_hidden(name)


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        (b"po.csv", (b"po.csv.done", b"po.ok")),
        (b"PO.CSV", (b"po.csv.done", b"po.ok")),
        (b"po", (b"po.done", b"po.ok")),
        (b"a.b.c", (b"a.b.c.done", b"a.b.ok")),
    ],
)
def test_done_files_are_named_after_the_file_or_its_stem(
    name: bytes, keys: tuple[bytes, bytes]
) -> None:
    assert done_keys(name) == keys
    assert all(is_done_file(key) for key in keys)
    assert not is_done_file(name)


@pytest.mark.parametrize("name", [b".k2kd-up-1", b".gitkeep", b".gitignore"])
def test_what_keeps_a_folder_and_what_we_put_there_is_nobodys_drop(name: bytes) -> None:
    assert is_ours(name)
    assert not is_ours(b".order.edi")
    assert not is_ours(b".gitkeep.edi")

"""Uploads are whole or not there: published by CLOSE, within limits and quotas."""

from __future__ import annotations

import os
from functools import partial
from io import BytesIO

import pytest

from daemon import safefile
from daemon.intake.scan import scan
from daemon.sftp.numbers import Code, Op, OpenFlag
from daemon.sftp.server_wire import text
from tests.sftp.server.conftest import OpenLab
from tests.sftp.server.lab import UPLOAD, Lab, all_at_once, soon

CONTENT = os.urandom(300_000)
RESUME = OpenFlag.WRITE | OpenFlag.CREATE


def test_upload_is_seen_by_nobody_before_its_close(lab: Lab) -> None:
    with lab.client() as client, safefile.open_directory(lab.inbox()) as inbox:
        with client.open("/inbox/po.edi", "wb") as file:
            file.write(CONTENT)
            file.flush()
            assert client.stat("/inbox/po.edi").st_size is not None
            assert lab.visible() == []
            assert client.listdir("/inbox") == []
            found = scan(inbox)
            assert (found.files, found.temporary) == ([], [])
        assert [seen.name for seen in scan(inbox).files] == [b"po.edi"]
        assert (lab.inbox() / "po.edi").read_bytes() == CONTENT
        assert lab.hidden() == []
    assert lab.events("file_uploaded") == [
        {"partner": "florsol", "name": b"po.edi", "size": len(CONTENT)}
    ]


def test_upload_over_a_file_replaces_it_at_once_and_only_when_whole(lab: Lab) -> None:
    (lab.inbox() / "po.edi").write_bytes(b"old")
    with lab.client() as client:
        with client.open("/inbox/po.edi", "wb") as file:
            file.write(b"new and longer")
            file.flush()
            assert (lab.inbox() / "po.edi").read_bytes() == b"old"
        assert (lab.inbox() / "po.edi").read_bytes() == b"new and longer"


def test_empty_upload_is_a_file(lab: Lab) -> None:
    with lab.raw() as raw:
        assert raw.put(b"/inbox/empty.edi", b"") is Code.OK
    assert (lab.inbox() / "empty.edi").read_bytes() == b""


def test_two_uploads_of_one_name_end_as_one_whole_file(lab: Lab) -> None:
    with lab.raw() as one, lab.raw() as other:
        first, second = one.open(b"/inbox/a", UPLOAD), other.open(b"/inbox/a", UPLOAD)
        assert isinstance(first, bytes) and isinstance(second, bytes)
        one.write(first, 0, b"first")
        other.write(second, 0, b"second!")
        assert other.close(second) is Code.OK
        assert one.close(first) is Code.OK
    assert (lab.inbox() / "a").read_bytes() == b"first"
    assert lab.hidden() == []


def test_closing_with_a_stretch_never_sent_is_refused(lab: Lab) -> None:
    with lab.raw() as raw:
        handle = raw.open(b"/inbox/po.edi", UPLOAD)
        assert isinstance(handle, bytes)
        raw.write(handle, 1000, b"tail")
        raw.write(handle, 0, b"x" * 400)
        assert raw.close(handle) is Code.FAILURE
    assert lab.visible() == lab.hidden() == []
    (refused,) = lab.events("upload_refused")
    assert "bytes 400 to 1000" in str(refused["reason"])


def test_stretches_sent_in_any_order_are_a_whole_file(lab: Lab) -> None:
    order = [3, 0, 2, 4, 1]
    with lab.raw() as raw:
        handle = raw.open(b"/inbox/po.edi", UPLOAD)
        assert isinstance(handle, bytes)
        for piece in order:
            at = piece * 60_000
            assert raw.write(handle, at, CONTENT[at : at + 60_000]) is Code.OK
        assert raw.close(handle) is Code.OK
    assert (lab.inbox() / "po.edi").read_bytes() == CONTENT


def test_uploads_from_sixteen_sessions_at_once_all_arrive(open_lab: OpenLab) -> None:
    lab = open_lab(sessions_per_partner=16)

    def put(number: int) -> None:
        with lab.client() as client:
            for part in range(5):
                client.putfo(BytesIO(CONTENT[: 1000 * number]), f"/inbox/{number}-{part}.edi")

    raised = all_at_once([partial(put, number) for number in range(16)])
    assert raised == []
    assert len(lab.visible()) == 80
    assert lab.hidden() == []
    assert all((lab.inbox() / f"9-{part}.edi").stat().st_size == 9000 for part in range(5))


def test_file_taken_in_meanwhile_still_answers_the_client_that_looks_for_it(lab: Lab) -> None:
    with lab.raw() as raw, lab.raw() as pooled:
        assert raw.put(b"/inbox/po.edi", b"content") is Code.OK
        (lab.inbox() / "po.edi").unlink()  # as the claim does
        assert raw.size(b"/inbox/po.edi") == 7
        assert pooled.size(b"/inbox/po.edi") == 7
        assert raw.code(Op.SETSTAT, text(b"/inbox/po.edi") + bytes(4)) is Code.OK
        assert raw.names(b"/inbox") == []
        assert raw.code(Op.REMOVE, text(b"/inbox/po.edi")) is Code.NO_SUCH_FILE


def test_opening_a_file_and_closing_it_unwritten_changes_nothing(lab: Lab) -> None:
    file = lab.inbox() / "po.edi"
    file.write_bytes(b"content")
    before = file.stat()
    with lab.raw() as raw:
        handle = raw.open(b"/inbox/po.edi", RESUME)
        assert isinstance(handle, bytes)
        assert raw.close(handle) is Code.OK
    after = file.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert lab.hidden() == []


def test_appending_to_a_file_makes_a_longer_one_appear_whole(lab: Lab) -> None:
    (lab.inbox() / "po.edi").write_bytes(b"first,")
    with lab.raw() as raw:
        handle = raw.open(b"/inbox/po.edi", RESUME | OpenFlag.APPEND)
        assert isinstance(handle, bytes)
        raw.write(handle, 0, b"second")
        assert (lab.inbox() / "po.edi").read_bytes() == b"first,"
        assert raw.close(handle) is Code.OK
    assert (lab.inbox() / "po.edi").read_bytes() == b"first,second"


@pytest.mark.parametrize(("size", "is_taken"), [(999, True), (1000, True), (1001, False)])
def test_file_size_limit(open_lab: OpenLab, size: int, *, is_taken: bool) -> None:
    lab = open_lab(file_bytes=1000)
    with lab.raw() as raw:
        code = raw.put(b"/inbox/po.edi", bytes(size))
    assert (code is Code.OK) == is_taken
    assert lab.visible() == (["po.edi"] if is_taken else [])
    assert lab.hidden() == []


def test_refused_upload_says_why_to_the_client(open_lab: OpenLab) -> None:
    lab = open_lab(file_bytes=1000)
    with lab.client() as client:
        file = client.open("/inbox/po.edi", "wb")
        with pytest.raises(OSError, match="larger than the 1000 bytes allowed"):
            file.write(bytes(1001))
    assert soon(lambda: lab.hidden() == [])


def test_quota_of_bytes_counts_what_waits_and_frees_itself(open_lab: OpenLab) -> None:
    lab = open_lab(quota_bytes=10_000)
    with lab.raw() as raw:
        assert raw.put(b"/inbox/1", bytes(6000)) is Code.OK
        assert raw.put(b"/inbox/2", bytes(6000)) is Code.FAILURE
        assert lab.visible() == ["1"]
        (lab.inbox() / "1").unlink()
        assert soon(lambda: raw.put(b"/inbox/2", bytes(6000)) is Code.OK)
    with lab.raw("bloom") as raw:
        assert raw.put(b"/inbox/3", bytes(9000)) is Code.OK


def test_quota_of_files_counts_what_waits_and_frees_itself(open_lab: OpenLab) -> None:
    lab = open_lab(quota_files=3)
    with lab.raw() as raw:
        codes = [raw.put(b"/inbox/%d" % n, b"x") for n in range(4)]
        assert codes == [Code.OK, Code.OK, Code.OK, Code.FAILURE]
        assert raw.put(b"/inbox/0", b"replaced") is Code.OK
        (lab.inbox() / "1").unlink()
        assert soon(lambda: raw.put(b"/inbox/9", b"x") is Code.OK)


def test_inbox_replaced_during_an_upload_fails_it(lab: Lab) -> None:
    with lab.raw() as raw:
        handle = raw.open(b"/inbox/po.edi", UPLOAD)
        assert isinstance(handle, bytes)
        raw.write(handle, 0, b"x")
        lab.inbox().rename(lab.root / "away")
        lab.inbox().mkdir()
        assert raw.close(handle) is Code.FAILURE
        assert raw.put(b"/inbox/po.edi", b"again") is Code.OK
    assert lab.visible() == ["po.edi"]


def test_missing_inbox_is_a_fault_of_the_server_and_heals(lab: Lab) -> None:
    with lab.raw() as raw:
        lab.inbox().rmdir()
        assert raw.put(b"/inbox/po.edi", b"x") is Code.FAILURE
        lab.inbox().mkdir()
        assert raw.put(b"/inbox/po.edi", b"x") is Code.OK
    assert len(lab.events("sftp_fault")) == 1


def test_part_file_renamed_into_place_arrives_under_its_name(lab: Lab) -> None:
    with lab.client() as client:
        client.putfo(BytesIO(CONTENT), "/inbox/po.edi.filepart")
        client.rename("/inbox/po.edi.filepart", "/inbox/po.edi")
    assert lab.visible() == ["po.edi"]


def test_rename_replaces_only_when_asked_to(lab: Lab) -> None:
    (lab.inbox() / "old").write_bytes(b"old")
    (lab.inbox() / "new").write_bytes(b"new")
    with lab.client() as client:
        with pytest.raises(OSError, match="there already"):
            client.rename("/inbox/new", "/inbox/old")
        client.posix_rename("/inbox/new", "/inbox/old")
    assert (lab.inbox() / "old").read_bytes() == b"new"

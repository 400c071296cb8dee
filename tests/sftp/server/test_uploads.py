"""Uploads are whole or not there: published by CLOSE, kept for resuming when the line breaks."""

from __future__ import annotations

import errno
import os
import time
from functools import partial
from io import BytesIO, FileIO
from typing import Any

import paramiko
import pytest

from daemon import safefile
from daemon.intake.scan import scan
from daemon.sftp.numbers import Code, Op, OpenFlag
from daemon.sftp.server_uploads import KEPT_S
from daemon.sftp.server_uploads import UPLOAD as HIDDEN
from daemon.sftp.server_wire import text
from tests.sftp.server.conftest import OpenLab
from tests.sftp.server.lab import UPLOAD, Lab, Raw, all_at_once, soon
from tests.sftp.server.lines import cut_line

CONTENT = os.urandom(300_000)
RESUME = OpenFlag.WRITE | OpenFlag.CREATE


def break_off(lab: Lab, name: bytes, content: bytes) -> None:
    """Begin an upload, send `content` and lose the line."""
    with lab.raw() as raw:
        handle = raw.open(b"/inbox/" + name, UPLOAD)
        assert isinstance(handle, bytes)
        for at in range(0, len(content), 32768):
            assert raw.write(handle, at, content[at : at + 32768]) is Code.OK
    assert soon(lambda: any(p.startswith(".k2kd-partial-") for p in lab.hidden()))


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


def test_f13_broken_upload_leaves_nothing_to_see_and_tells_its_size(lab: Lab) -> None:
    break_off(lab, b"po.edi", CONTENT[:100_000])
    assert lab.visible() == []
    with lab.raw() as raw:
        assert raw.names(b"/inbox") == []
        assert raw.size(b"/inbox/po.edi") == 100_000
    assert lab.events("upload_broken") == [
        {"partner": "florsol", "name": b"po.edi", "kept_bytes": 100_000}
    ]


@pytest.mark.parametrize("flags", [RESUME, RESUME | OpenFlag.APPEND, OpenFlag.WRITE])
def test_f13_broken_upload_is_resumed_where_it_was(lab: Lab, flags: OpenFlag) -> None:
    break_off(lab, b"po.edi", CONTENT[:100_000])
    with lab.raw() as raw:
        handle = raw.open(b"/inbox/po.edi", flags)
        assert isinstance(handle, bytes)
        assert raw.write(handle, 100_000, CONTENT[100_000:200_000]) is Code.OK
        assert raw.write(handle, 200_000, CONTENT[200_000:]) is Code.OK
        assert lab.visible() == []
        assert raw.close(handle) is Code.OK
    assert (lab.inbox() / "po.edi").read_bytes() == CONTENT
    assert lab.hidden() == []


def test_f13_cut_then_sent_anew_then_resumed_is_one_file(lab: Lab) -> None:
    break_off(lab, b"po.edi", CONTENT[:100_000])
    with lab.raw() as raw:
        assert raw.put(b"/inbox/po.edi", CONTENT[:200_000]) is Code.OK
        assert raw.size(b"/inbox/po.edi") == 200_000
        (lab.inbox() / "po.edi").unlink()
        handle = raw.open(b"/inbox/po.edi", RESUME)
        assert isinstance(handle, bytes)
        assert raw.size(b"/inbox/po.edi") == 0, "nothing of the first try may come back"
    assert lab.visible() == []


def test_f13_line_cut_under_a_real_client_publishes_nothing(lab: Lab) -> None:
    with cut_line(lab.door.port, after=150_000) as port:
        content = os.urandom(1_000_000)
        with (
            pytest.raises((OSError, EOFError, paramiko.SSHException)),
            lab.client(port=port) as client,
        ):
            client.putfo(BytesIO(content), "/inbox/po.edi")
    assert soon(lambda: bool(lab.events("upload_broken")))
    assert lab.visible() == []


def test_f12_upload_goes_on_after_the_server_was_restarted(lab: Lab) -> None:
    with lab.raw() as raw:
        handle = raw.open(b"/inbox/slow.edi", UPLOAD)
        assert isinstance(handle, bytes)
        for at in range(5):
            raw.write(handle, at, CONTENT[at : at + 1])
            time.sleep(0.02)
        assert lab.visible() == []
        lab.door.stop()
    assert lab.visible() == []
    lab.start()
    with lab.raw() as raw:
        assert raw.size(b"/inbox/slow.edi") == 5
        handle = raw.open(b"/inbox/slow.edi", RESUME)
        assert isinstance(handle, bytes)
        raw.write(handle, 5, CONTENT[5:100_000])
        raw.write(handle, 100_000, CONTENT[100_000:])
        assert raw.close(handle) is Code.OK
    assert (lab.inbox() / "slow.edi").read_bytes() == CONTENT


def test_client_that_comes_back_takes_over_from_its_dead_session(lab: Lab) -> None:
    with lab.raw() as dead, lab.raw() as alive:
        old = dead.open(b"/inbox/po.edi", UPLOAD)
        assert isinstance(old, bytes)
        dead.write(old, 0, CONTENT[:100_000])
        assert alive.size(b"/inbox/po.edi") == 100_000
        new = alive.open(b"/inbox/po.edi", RESUME)
        assert isinstance(new, bytes)
        assert dead.write(old, 0, b"stray") is Code.FAILURE
        assert dead.close(old) is Code.FAILURE
        for at in range(100_000, 300_000, 100_000):
            alive.write(new, at, CONTENT[at : at + 100_000])
        assert alive.close(new) is Code.OK
    assert (lab.inbox() / "po.edi").read_bytes() == CONTENT


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


def test_broken_upload_with_a_hole_is_kept_up_to_the_hole(lab: Lab) -> None:
    with lab.raw() as raw:
        handle = raw.open(b"/inbox/po.edi", UPLOAD)
        assert isinstance(handle, bytes)
        raw.write(handle, 0, b"x" * 100)
        raw.write(handle, 500, b"y" * 100)
    assert soon(lambda: bool(lab.events("upload_broken")))
    with lab.raw() as raw:
        assert raw.size(b"/inbox/po.edi") == 100


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


def test_abandoned_partials_are_swept_after_a_day_and_debris_at_once(lab: Lab) -> None:
    break_off(lab, b"old.edi", b"x")
    break_off(lab, b"new.edi", b"x")
    lab.door.stop()
    (old,) = [lab.inbox() / n for n in lab.hidden() if (lab.inbox() / n).stat().st_size == 1][:1]
    os.utime(old, (time.time() - KEPT_S - 1,) * 2)
    (lab.inbox() / ".k2kd-upload-debris").write_bytes(b"of a crash")
    (lab.inbox() / ".in.partner.edi").write_bytes(b"theirs")
    lab.start()
    assert soon(lambda: bool(lab.events("uploads_swept")))
    left = lab.hidden()
    assert len(left) == 2
    assert ".in.partner.edi" in left
    assert old.name not in left


def test_upload_going_on_is_never_swept(lab: Lab) -> None:
    with lab.raw() as raw:
        handle = raw.open(b"/inbox/po.edi", UPLOAD)
        assert isinstance(handle, bytes)
        lab.door._uploads["florsol"].sweep()
        raw.write(handle, 0, b"x")
        assert raw.close(handle) is Code.OK
    assert lab.visible() == ["po.edi"]


def test_sweep_that_comes_while_an_upload_breaks_leaves_what_had_arrived(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename = safefile.rename

    def swept(source: safefile.Directory, name: Any, *to: Any, **how: Any) -> None:
        if str(name).startswith(HIDDEN):
            lab.door._uploads["florsol"].sweep()
        rename(source, name, *to, **how)

    monkeypatch.setattr(safefile, "rename", swept)
    break_off(lab, b"po.edi", CONTENT[:100_000])
    with lab.raw() as raw:
        assert raw.size(b"/inbox/po.edi") == 100_000


class Refusing(FileIO):
    """A file on a network volume that is over its quota, which says so only when it is closed."""

    def close(self) -> None:
        if not self.closed:
            super().close()
            raise OSError(errno.EDQUOT, "over the quota")


def refuse_at_close(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    """Let the volume refuse the first `count` uploads that are begun."""
    left = [Refusing] * count
    open_draft = safefile.open_draft

    def opened(directory: safefile.Directory, name: str) -> FileIO:
        if not left:
            return open_draft(directory, name)
        with open_draft(directory, name) as file:
            return left.pop()(os.dup(file.fileno()), "r+")

    monkeypatch.setattr(safefile, "open_draft", opened)


def test_a_volume_that_refuses_one_upload_at_its_close_takes_no_other_along(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse_at_close(monkeypatch, 2)
    with lab.raw() as raw:
        for number in range(4):
            handle = raw.open(b"/inbox/%d.edi" % number, UPLOAD)
            assert isinstance(handle, bytes)
            assert raw.write(handle, 0 if number else 10, b"some") is Code.OK
    assert soon(lambda: len(lab.events("upload_broken")) == 4)
    assert [said["kept_bytes"] for said in lab.events("upload_broken")] == [0, 0, 4, 4]
    assert len(lab.hidden()) == 2
    assert soon(lambda: not lab.door._places._handles["florsol"])


def test_an_upload_that_the_volume_refuses_at_its_close_is_refused_to_its_client(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse_at_close(monkeypatch, 1)
    with lab.raw() as raw:
        assert raw.put(b"/inbox/po.edi", CONTENT[:1000]) is Code.FAILURE
        assert lab.hidden() == []
        assert raw.put(b"/inbox/po.edi", CONTENT[:1000]) is Code.OK
    assert lab.visible() == ["po.edi"]
    assert len(lab.events("upload_refused")) == 1


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


def test_broken_upload_can_not_be_renamed_into_a_whole_file(lab: Lab) -> None:
    break_off(lab, b"po.edi.part", b"half")
    with lab.raw() as raw:
        names = text(b"/inbox/po.edi.part") + text(b"/inbox/po.edi")
        assert raw.code(Op.RENAME, names) is Code.FAILURE
    assert lab.visible() == []


def test_broken_upload_can_be_removed(lab: Lab) -> None:
    break_off(lab, b"po.edi", b"half")
    with lab.raw() as raw:
        assert raw.code(Op.REMOVE, text(b"/inbox/po.edi")) is Code.OK
        assert raw.size(b"/inbox/po.edi") is Code.NO_SUCH_FILE
    assert lab.hidden() == []


def test_sessions_that_close_and_resume_one_name_at_once_never_stop_the_server(lab: Lab) -> None:
    def hammer(raw: Raw) -> None:
        for number in range(60):
            handle = raw.open(b"/inbox/po.edi", UPLOAD if number % 3 else RESUME)
            if isinstance(handle, bytes):
                raw.write(handle, 0, b"x" * number)
                raw.size(b"/inbox/po.edi")
                raw.close(handle)

    with lab.raw() as one, lab.raw() as two, lab.raw() as three:
        raised = all_at_once([partial(hammer, raw) for raw in (one, two, three)])
    assert raised == []
    assert lab.hidden() == []

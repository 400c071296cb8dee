"""What breaks off is seen by nobody, kept for resuming, and swept in the end."""

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
from daemon.sftp.numbers import Code, Op, OpenFlag
from daemon.sftp.server_uploads import KEPT_S
from daemon.sftp.server_uploads import UPLOAD as HIDDEN
from daemon.sftp.server_wire import text
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


def test_broken_upload_with_a_hole_is_kept_up_to_the_hole(lab: Lab) -> None:
    with lab.raw() as raw:
        handle = raw.open(b"/inbox/po.edi", UPLOAD)
        assert isinstance(handle, bytes)
        raw.write(handle, 0, b"x" * 100)
        raw.write(handle, 500, b"y" * 100)
    assert soon(lambda: bool(lab.events("upload_broken")))
    with lab.raw() as raw:
        assert raw.size(b"/inbox/po.edi") == 100


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

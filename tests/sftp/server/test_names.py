"""Names and links: every name is itself, and nothing but plain files is ever touched."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from daemon.sftp.numbers import Code, Op, OpenFlag
from daemon.sftp.server_wire import text
from tests.sftp.server.lab import UPLOAD, Lab

READ = OpenFlag.READ
HOSTILE = [
    b"new\nline.edi",
    b"\x1b[31mred.edi",
    b"-rf",
    b"--help",
    b"x" * 255,
    b"latin-\xff\xe9.edi",
    "caf\u00e9.edi".encode(),
    "cafe\u0301.edi".encode(),
    b"PO.edi",
    b"po.EDI",
    b"..foo.tmp",
    "\u202eide.op".encode(),
    b"CON.txt",
    b"trailing ",
    b" ",
    b"a\\..\\b",
    b"%2e%2e%2fetc",
    b"$(reboot)",
    b"*",
]


def test_f16_hostile_names_are_kept_byte_for_byte(lab: Lab) -> None:
    with lab.raw() as raw:
        for name in HOSTILE:
            assert raw.put(b"/inbox/" + name, name) is Code.OK, name
            assert raw.size(b"/inbox/" + name) == len(name)
        assert sorted(raw.names(b"/inbox")) == sorted(HOSTILE)
        on_disk = {p: (lab.inbox() / os.fsdecode(p)).read_bytes() for p in HOSTILE}
        assert all(name == content for name, content in on_disk.items())
        for name in HOSTILE:
            both = text(b"/inbox/" + name) + text(b"/inbox/renamed")
            assert raw.code(Op.RENAME, both) is Code.OK
            assert raw.code(Op.REMOVE, text(b"/inbox/renamed")) is Code.OK
    assert list(lab.inbox().iterdir()) == []


@pytest.mark.parametrize(
    "name",
    [
        b"x" * 256,
        b"x" * 100_000,
        b"nul\0.edi",
        b".k2kd-upload-x",
        b".staging",
        b".refused",
        b".ssh",
    ],
)
def test_f16_names_that_can_not_be_are_refused(lab: Lab, name: bytes) -> None:
    with lab.raw() as raw:
        assert isinstance(raw.open(b"/inbox/" + name, UPLOAD), Code)
        assert raw.put(b"/inbox/good", b"x") is Code.OK
        both = text(b"/inbox/good") + text(b"/inbox/" + name)
        assert raw.code(Op.RENAME, both) is not Code.OK
    assert [p.name for p in lab.inbox().iterdir()] == ["good"]


def make_links(folder: Path) -> None:
    (folder / "passwd").symlink_to("/etc/passwd")
    (folder / "dangling").symlink_to("/nowhere")
    (folder / "loop").symlink_to("loop")
    (folder / "etc").symlink_to("/etc")


def make_specials(folder: Path) -> None:
    os.mkfifo(folder / "fifo")
    (folder / "folder").mkdir()
    with socket.socket(socket.AF_UNIX) as bound:
        # The path may be longer than a socket's address can be.
        here = os.open(folder, os.O_RDONLY)
        try:
            bound.bind(f"/proc/self/fd/{here}/socket")
        finally:
            os.close(here)


@pytest.mark.parametrize("make", [make_links, make_specials])
def test_f17_f19_links_and_special_files_are_not_there(
    lab: Lab, make: Callable[[Path], None]
) -> None:
    make(lab.outbox())
    make(lab.inbox())
    begun = time.monotonic()
    with lab.raw() as raw:
        for box in (lab.inbox(), lab.outbox()):
            path = b"/" + box.parent.name.encode() + b"/"
            for entry in list(box.iterdir()):
                at = path + entry.name.encode()
                assert isinstance(raw.open(at, READ), Code)
                assert isinstance(raw.size(at), Code)
                assert raw.code(Op.REMOVE, text(at)) is not Code.OK
                assert raw.code(Op.OPENDIR, text(at)) is not Code.OK
                assert raw.code(Op.READLINK, text(at)) is not Code.OK
                assert raw.code(Op.SETSTAT, text(at) + bytes(4)) is not Code.OK
                assert os.path.lexists(entry)
            assert raw.names(path) == []
    assert time.monotonic() - begun < 1, "nothing may block on a FIFO"
    assert lab.events("path_refused")


def test_f17_upload_over_a_link_replaces_the_link_and_not_its_target(lab: Lab) -> None:
    target = lab.root / "target"
    target.write_bytes(b"untouched")
    (lab.inbox() / "po.edi").symlink_to(target)
    with lab.raw() as raw:
        assert raw.put(b"/inbox/po.edi", b"content") is Code.OK
        (lab.inbox() / "two.edi").symlink_to(target)
        for flags in (OpenFlag.WRITE | OpenFlag.CREATE, OpenFlag.WRITE | OpenFlag.APPEND):
            assert isinstance(raw.open(b"/inbox/two.edi", flags), Code)
    assert target.read_bytes() == b"untouched"
    assert not (lab.inbox() / "po.edi").is_symlink()


def test_f17_link_swapped_in_while_files_are_fetched_is_never_followed(lab: Lab) -> None:
    secret = lab.root / "secret"
    secret.write_bytes(b"secret")
    wanted = lab.outbox() / "ack.edi"
    wanted.write_bytes(b"answer")
    is_over = threading.Event()

    def swap() -> None:
        link, plain = lab.outbox() / ".link", lab.outbox() / ".plain"
        while not is_over.is_set():
            link.symlink_to(secret)
            link.rename(wanted)
            plain.write_bytes(b"answer")
            plain.rename(wanted)
            time.sleep(0.0005)

    swapper = threading.Thread(target=swap)
    swapper.start()
    seen = set()
    try:
        with lab.raw() as raw:
            for _ in range(150):
                handle = raw.open(b"/outbox/ack.edi", READ)
                if isinstance(handle, bytes):
                    answer = raw.ask(Op.READ, text(handle) + bytes(8) + (99).to_bytes(4, "big"))
                    seen.add(answer[9:] if answer[0] == Op.DATA else b"")
                    raw.close(handle)
                assert raw.size(b"/outbox/ack.edi") in (6, Code.NO_SUCH_FILE)
    finally:
        is_over.set()
        swapper.join()
    assert b"secret" not in seen
    assert b"answer" in seen


def test_f15_inbox_that_is_a_link_takes_nothing(lab: Lab) -> None:
    elsewhere = lab.root / "elsewhere"
    elsewhere.mkdir()
    lab.inbox().rmdir()
    lab.inbox().symlink_to(elsewhere)
    with lab.raw() as raw:
        assert raw.put(b"/inbox/po.edi", b"x") is Code.FAILURE
    assert list(elsewhere.iterdir()) == []


def test_f18_links_can_not_be_made(lab: Lab) -> None:
    (lab.outbox() / "ack.edi").write_bytes(b"answer")
    with lab.raw() as raw:
        for target in (b"/etc/passwd", b"/outbox/ack.edi"):
            both = text(target) + text(b"/inbox/link")
            assert raw.code(Op.SYMLINK, both) is Code.PERMISSION_DENIED
            hard = text(b"hardlink@openssh.com") + both
            assert raw.code(Op.EXTENDED, hard) is Code.PERMISSION_DENIED
    assert list(lab.inbox().iterdir()) == []


def test_f20_modes_and_owners_that_a_client_sets_are_taken_and_mean_nothing(lab: Lab) -> None:
    none_at_all = (6).to_bytes(4, "big") + bytes(8) + bytes(4)
    with lab.raw() as raw:
        handle = raw.open(b"/inbox/po.edi", UPLOAD)
        assert isinstance(handle, bytes)
        assert raw.code(Op.FSETSTAT, text(handle) + none_at_all) is Code.OK
        assert raw.close(handle) is Code.OK
        assert raw.code(Op.SETSTAT, text(b"/inbox/po.edi") + none_at_all) is Code.OK
        cut = text(b"/inbox/po.edi") + (1).to_bytes(4, "big") + (5).to_bytes(8, "big")
        assert raw.code(Op.SETSTAT, cut) is Code.PERMISSION_DENIED
    assert (lab.inbox() / "po.edi").stat().st_mode & 0o777 == 0o600


def test_outbox_is_read_and_emptied_only(lab: Lab) -> None:
    (lab.outbox() / "ack.edi").write_bytes(b"answer")
    (lab.outbox() / ".staging").mkdir()
    (lab.outbox() / ".staging" / "1.edi").write_bytes(b"not yet")
    with lab.raw() as raw:
        for flags in (UPLOAD, OpenFlag.WRITE, READ | OpenFlag.APPEND, READ | OpenFlag.CREATE):
            assert raw.open(b"/outbox/ack.edi", flags) is Code.PERMISSION_DENIED
        both = text(b"/outbox/ack.edi") + text(b"/outbox/new")
        assert raw.code(Op.RENAME, both) is Code.PERMISSION_DENIED
        across = text(b"/outbox/ack.edi") + text(b"/inbox/ack.edi")
        assert raw.code(Op.RENAME, across) is Code.PERMISSION_DENIED
        assert raw.names(b"/outbox") == [b"ack.edi"]
        for path in (b"/outbox/.staging", b"/outbox/.staging/1.edi"):
            assert raw.size(path) is Code.NO_SUCH_FILE
            assert isinstance(raw.open(path, READ), Code)
        assert raw.code(Op.OPENDIR, text(b"/outbox/.staging")) is Code.NO_SUCH_FILE
        assert raw.code(Op.REMOVE, text(b"/outbox/ack.edi")) is Code.OK
    assert [p.name for p in lab.outbox().iterdir()] == [".staging"]


def test_file_being_fetched_may_be_removed_and_is_fetched_whole(lab: Lab) -> None:
    (lab.outbox() / "ack.edi").write_bytes(b"answer")
    with lab.raw() as raw:
        handle = raw.open(b"/outbox/ack.edi", READ)
        assert isinstance(handle, bytes)
        assert raw.code(Op.REMOVE, text(b"/outbox/ack.edi")) is Code.OK
        answer = raw.ask(Op.READ, text(handle) + bytes(8) + (99).to_bytes(4, "big"))
        assert answer[9:] == b"answer"

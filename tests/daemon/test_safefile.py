"""safefile: whole or absent, durable, and never through a link."""

from __future__ import annotations

import ast
import errno
import os
import resource
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from daemon import safefile
from daemon.errors import EnvironmentFault
from daemon.safefile import (
    Denied,
    Directory,
    Exists,
    FileFault,
    Full,
    Identity,
    Locked,
    Missing,
    WrongKind,
)

ROOT = Path(__file__).resolve().parents[2]
WRITING = {"rename", "replace", "unlink", "remove", "fsync", "fdatasync", "renames", "truncate"}


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Directory]:
    with safefile.open_directory(tmp_path) as directory:
        yield directory


def test_written_content_is_there_whole(folder: Directory, tmp_path: Path) -> None:
    safefile.write_durable(folder, "a", [b"one", b"", b"two"])
    assert (tmp_path / "a").read_bytes() == b"onetwo"
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o640 & ~_umask()


def test_debris_of_an_earlier_run_is_replaced(folder: Directory, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"torn")
    safefile.write_durable(folder, "a", b"whole")
    assert (tmp_path / "a").read_bytes() == b"whole"


def test_write_never_goes_through_a_symlink(folder: Directory, tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_bytes(b"theirs")
    (tmp_path / "a").symlink_to(target)
    safefile.write_durable(folder, "a", b"ours")
    assert target.read_bytes() == b"theirs"
    assert not (tmp_path / "a").is_symlink()


def test_a_source_that_fails_midway_leaves_no_file(folder: Directory, tmp_path: Path) -> None:
    def chunks() -> Iterator[bytes]:
        yield b"half"
        raise FileFault("can't read the source", errno.EIO)

    with pytest.raises(FileFault, match="source"):
        safefile.write_durable(folder, "a", chunks())
    assert os.listdir(tmp_path) == []


def test_f04_short_write_ends_in_a_fault_and_no_torn_file(
    folder: Directory, tmp_path: Path
) -> None:
    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (700, old[1]))
    try:
        with pytest.raises(FileFault) as caught:
            safefile.write_durable(folder, "a", b"x" * 1000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)
    assert caught.value.errno == errno.EFBIG
    assert os.listdir(tmp_path) == []


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
@pytest.mark.parametrize("call", ["fsync", "write"])
def test_f04_io_error_drops_the_file_and_is_never_retried(tmp_path: Path, call: str) -> None:
    program = (
        "from pathlib import Path; from daemon import safefile; import os, sys\n"
        "d = safefile.open_directory(Path(sys.argv[1]))\n"
        "try: safefile.write_durable(d, 'a', b'x' * 10)\n"
        "except safefile.FileFault as e: os._exit(40 + (e.errno == 5))\n"
        "os._exit(1)\n"
    )
    trace = tmp_path.with_suffix(".trace")
    # Only calls about this folder count, or the interpreter's own writes would fail.
    command = [
        *("strace", "-f", "-o", str(trace), "-P", str(tmp_path / "a")),
        *("-e", f"trace={call}", "-e", f"inject={call}:error=EIO"),
        *(sys.executable, "-c", program, str(tmp_path)),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, timeout=60)
    if b"ptrace" in done.stderr.lower():
        pytest.skip("this host forbids tracing")
    assert done.returncode == 41, done.stderr
    assert trace.read_text().count(f"{call}(") == 1
    assert os.listdir(tmp_path) == []


def test_replace_shows_old_or_new_and_leaves_no_draft(folder: Directory, tmp_path: Path) -> None:
    safefile.replace(folder, "table.csv", b"old")
    safefile.replace(folder, "table.csv", b"new")
    assert (tmp_path / "table.csv").read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["table.csv"]


def test_what_is_replaced_keeps_its_rights(folder: Directory, tmp_path: Path) -> None:
    safefile.replace(folder, "table.csv", b"old", mode=0o600)
    (tmp_path / "table.csv").chmod(0o664)
    safefile.replace(folder, "table.csv", b"new", mode=0o600)
    status = (tmp_path / "table.csv").stat()
    assert stat.S_IMODE(status.st_mode) == 0o664
    assert (tmp_path / "table.csv").read_bytes() == b"new"


def test_a_link_that_is_replaced_gives_no_rights(folder: Directory, tmp_path: Path) -> None:
    (tmp_path / "table.csv").symlink_to(tmp_path / "elsewhere")
    safefile.replace(folder, "table.csv", b"new", mode=0o640)
    assert stat.S_IMODE((tmp_path / "table.csv").lstat().st_mode) == 0o640
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_root_leaves_files_to_the_account_they_are_for(folder: Directory, tmp_path: Path) -> None:
    safefile.replace(folder, "old.csv", b"1")
    os.chown(tmp_path / "old.csv", 4711, 4712)
    os.chown(tmp_path, 4713, 4714)
    for name in ("old.csv", "new.csv"):
        safefile.replace(folder, name, b"2")
    owners = [(tmp_path / name).stat() for name in ("old.csv", "new.csv")]
    assert [(s.st_uid, s.st_gid) for s in owners] == [(4711, 4712), (4713, 4714)]


def test_who_is_not_root_owns_what_they_replace(folder: Directory, tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_bytes(b"old")
    (tmp_path / "table.csv").chmod(0o664)
    account = os.geteuid() or 4711
    os.chown(tmp_path, account, -1)
    before = os.geteuid()
    os.seteuid(account)
    try:
        safefile.replace(folder, "table.csv", b"new", mode=0o600)
        safefile.replace(folder, "first.csv", b"new", mode=0o600)
    finally:
        os.seteuid(before)
    found = [(tmp_path / name).stat() for name in ("table.csv", "first.csv")]
    assert [s.st_uid for s in found] == [account, account]
    assert [stat.S_IMODE(s.st_mode) for s in found] == [0o664, 0o600]


def test_what_is_replaced_keeps_no_right_to_run_as_its_owner(
    folder: Directory, tmp_path: Path
) -> None:
    (tmp_path / "table.csv").write_bytes(b"old")
    (tmp_path / "table.csv").chmod(0o6755)
    safefile.replace(folder, "table.csv", b"new")
    assert stat.S_IMODE((tmp_path / "table.csv").stat().st_mode) == 0o755


def test_rights_are_there_when_content_is_flushed_and_never_given_by_name(
    folder: Directory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path.parent / f"{tmp_path.name}-elsewhere"
    elsewhere.write_bytes(b"not ours")
    elsewhere.chmod(0o600)
    (tmp_path / "table.csv").write_bytes(b"old")
    (tmp_path / "table.csv").chmod(0o666)
    if os.geteuid() == 0:
        os.chown(tmp_path / "table.csv", 4711, 4712)
    flushed: list[int] = []
    flush = os.fsync

    def swapped(fd: int) -> None:
        """Put a link in the place of the draft, as anyone may who may write to the folder."""
        if not flushed:
            (tmp_path / ".table.csv.new").unlink()
            (tmp_path / ".table.csv.new").symlink_to(elsewhere)
        flushed.append(stat.S_IMODE(os.fstat(fd).st_mode))
        flush(fd)

    before = elsewhere.stat()
    monkeypatch.setattr(os, "fsync", swapped)
    safefile.replace(folder, "table.csv", b"new")
    after = elsewhere.stat()
    assert flushed[0] == 0o666
    assert (after.st_mode, after.st_uid) == (before.st_mode, before.st_uid)


@pytest.mark.parametrize("call", ["fchmod", "rename"])
def test_no_draft_is_left_where_a_replacement_fails(
    folder: Directory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    (tmp_path / "table.csv").write_bytes(b"old")

    def refused(*_args: object, **_named: object) -> None:
        raise PermissionError(errno.EPERM, "no")

    monkeypatch.setattr(os, call, refused)
    with pytest.raises(Denied):
        safefile.replace(folder, "table.csv", b"new")
    assert os.listdir(tmp_path) == ["table.csv"]
    assert (tmp_path / "table.csv").read_bytes() == b"old"


def test_no_draft_is_left_where_a_folder_has_the_name(folder: Directory, tmp_path: Path) -> None:
    (tmp_path / "table.csv").mkdir()
    with pytest.raises(WrongKind):
        safefile.replace(folder, "table.csv", b"new")
    assert os.listdir(tmp_path) == ["table.csv"]


def test_rename_can_refuse_to_replace(folder: Directory, tmp_path: Path) -> None:
    (tmp_path / "staged").write_bytes(b"ours")
    (tmp_path / "final").write_bytes(b"theirs")
    with pytest.raises(Exists):
        safefile.rename(folder, "staged", folder, "final", may_replace=False)
    assert (tmp_path / "final").read_bytes() == b"theirs"
    (tmp_path / "final").unlink()
    safefile.rename(folder, "staged", folder, "final", may_replace=False)
    assert (tmp_path / "final").read_bytes() == b"ours"


def test_f38_a_dangling_symlink_also_takes_the_name(folder: Directory, tmp_path: Path) -> None:
    (tmp_path / "staged").write_bytes(b"ours")
    (tmp_path / "final").symlink_to("nowhere")
    with pytest.raises(Exists):
        safefile.rename(folder, "staged", folder, "final", may_replace=False)


def test_rename_of_a_missing_file_is_missing(folder: Directory) -> None:
    with pytest.raises(Missing):
        safefile.rename(folder, "a", folder, "b")
    with pytest.raises(Missing):
        safefile.rename(folder, "a", folder, "b", may_replace=False)


def test_unlink_says_whether_it_was_there(folder: Directory, tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    assert safefile.unlink(folder, "a")
    assert not safefile.unlink(folder, "a")


def test_only_the_claimed_file_is_removed(folder: Directory, tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"one")
    identity = Identity.of(file.stat())
    file.write_bytes(b"longer")
    assert not safefile.unlink_same(folder, b"a", identity)
    assert file.read_bytes() == b"longer"
    assert safefile.unlink_same(folder, b"a", Identity.of(file.stat()))
    assert not safefile.unlink_same(folder, b"a", identity)


def test_a_file_changed_in_place_or_replaced_by_its_like_is_not_removed(
    folder: Directory, tmp_path: Path
) -> None:
    file, twin = tmp_path / "a", tmp_path / "b"
    for one in (file, twin):
        one.write_bytes(b"12345")
        os.utime(one, ns=(7, 7))
    identity = Identity.of(file.stat())
    os.utime(file, ns=(7, 8))
    assert not safefile.unlink_same(folder, b"a", identity)
    twin.rename(file)
    assert not safefile.unlink_same(folder, b"a", identity)
    assert file.exists()


@pytest.mark.parametrize("make", [os.mkfifo, lambda p: Path(p).symlink_to("/etc/passwd")])
def test_special_files_are_never_removed_as_claims(
    folder: Directory, tmp_path: Path, make: Callable[[Path], None]
) -> None:
    make(tmp_path / "a")
    assert not safefile.unlink_same(folder, b"a", Identity.of(os.lstat(tmp_path / "a")))


def test_a_symlink_is_not_opened_as_a_file_or_folder(folder: Directory, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    with pytest.raises(WrongKind):
        safefile.open_directory(tmp_path / "link")
    with pytest.raises(WrongKind):
        safefile.open_dropped(folder, b"link")
    with pytest.raises(WrongKind):
        safefile.open_inside(folder, "link")


def test_opening_a_fifo_does_not_block(folder: Directory, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    os.close(safefile.open_dropped(folder, b"fifo"))


def test_folders_are_made_with_those_above(tmp_path: Path) -> None:
    safefile.make_directories(tmp_path / "a" / "b" / "c")
    safefile.make_directories(tmp_path / "a" / "b" / "c")
    assert (tmp_path / "a" / "b" / "c").is_dir()


def test_our_folder_inside_is_closed_to_others(folder: Directory, tmp_path: Path) -> None:
    with safefile.open_inside(folder, ".refused"), safefile.open_inside(folder, ".refused"):
        assert (tmp_path / ".refused").stat().st_mode & 0o777 == 0o700


def test_a_second_daemon_does_not_get_the_lock(folder: Directory) -> None:
    with (
        safefile.exclusive(folder),
        pytest.raises(Locked, match="another k2kd"),
        safefile.exclusive(folder),
    ):
        pytest.fail("two daemons hold one site")
    with safefile.exclusive(folder):
        pass


def test_what_goes_wrong_while_the_lock_is_held_is_no_second_daemon(folder: Directory) -> None:
    """As a process that can't be started for the moment, which the system says in the same way."""
    with pytest.raises(BlockingIOError, match="no process"), safefile.exclusive(folder):
        raise BlockingIOError(errno.EAGAIN, "no process")


def test_room_counts_bytes_and_inodes(folder: Directory) -> None:
    room = safefile.room(folder)
    assert room.free_bytes > 0
    assert 0 < room.free_inode_share <= 1
    assert safefile.Room(1, 0, 0).free_inode_share == 1


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.ENOSPC, Full),
        (errno.EDQUOT, Full),
        (errno.EACCES, Denied),
        (errno.ENOENT, Missing),
        (errno.EIO, FileFault),
    ],
)
def test_faults_keep_their_errno_and_say_what_to_do(number: int, kind: type[FileFault]) -> None:
    error = safefile.fault("write", "inbox/po.edi", OSError(number, "x"))
    assert type(error) is kind
    assert isinstance(error, EnvironmentFault)
    assert error.errno == number
    assert str(error).startswith("can't write inbox/po.edi: ")
    assert str(error).endswith(kind.advice)


def test_hostile_names_stand_on_one_line_of_a_fault(folder: Directory) -> None:
    with pytest.raises(Missing) as caught:
        safefile.open_dropped(folder, b"a\nb\x1b[31m\xff")
    assert str(caught.value).isprintable()


def test_no_other_module_of_the_daemon_opens_for_write_or_renames() -> None:
    offenders = [
        f"{file.relative_to(ROOT)}:{node.lineno}"
        for file in sorted((ROOT / "daemon" / "intake").rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "os"
        and node.func.attr in WRITING | {"open", "mkdir", "link", "symlink"}
    ]
    assert offenders == []


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask

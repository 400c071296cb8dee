"""Scan: what a listing contains, with real and simulated folders."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from pyfakefs.fake_filesystem import FakeFilesystem

from daemon.intake.mounts import is_remote, keeps_databases, volume_kind
from daemon.intake.scan import Listing, scan
from daemon.safefile import open_directory

TABLE = rb"""22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
30 22 0:40 / /srv rw shared:1 master:2 - nfs4 server:/x rw
31 30 0:41 / /srv/k2kd/my\040inbox rw - ext4 /dev/vdb rw
32 22 0:42 / /mnt/ssh rw,nosuid - fuse.sshfs host: rw
33 32 0:43 / /mnt/ssh rw - tmpfs tmpfs rw
short line
"""


def listed(path: Path) -> Listing:
    with open_directory(path) as folder:
        return scan(folder)


def test_hidden_and_temporary_names_stand_apart(tmp_path: Path) -> None:
    for name in ("po.edi", ".profile", "..foo", "a.part", "._x", "b.TMP"):
        (tmp_path / name).touch()
    (tmp_path / ".refused").mkdir()
    listing = listed(tmp_path)
    assert [s.name for s in listing.files] == [b"po.edi"]
    assert sorted(listing.temporary) == [b"._x", b"a.part", b"b.TMP"]


def test_a_symlink_is_seen_itself(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "dangling").symlink_to("nowhere")
    assert {s.is_file for s in listed(tmp_path).files} == {False}


def test_identity_is_that_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "po.edi"
    file.write_bytes(b"12345")
    os.utime(file, ns=(5, 7))
    seen = listed(tmp_path).files[0]
    status = file.stat()
    assert (seen.identity.ino, seen.identity.size, seen.identity.mtime_ns) == (status.st_ino, 5, 7)
    assert (seen.is_file, seen.is_folder, seen.nlink) == (True, False, 1)


@pytest.mark.slow
def test_f14_ten_thousand_entries_are_listed_in_time(tmp_path: Path) -> None:
    for number in range(10_000):
        (tmp_path / f"po{number}.edi").touch()
    took: list[float] = []
    for _ in range(5):
        started = time.perf_counter()
        assert len(listed(tmp_path).files) == 10_000
        took.append(time.perf_counter() - started)
    # A listing that asks for each file three times takes seconds, on a busy machine too.
    assert min(took) < 0.600


def test_volume_is_the_mount_nearest_above() -> None:
    assert volume_kind(b"/var/lib", TABLE) == b"ext4"
    assert volume_kind(b"/srv", TABLE) == b"nfs4"
    assert volume_kind(b"/srv/k2kd", TABLE) == b"nfs4"
    assert volume_kind(b"/srvother", TABLE) == b"ext4"
    assert volume_kind(b"/srv/k2kd/my inbox/rosa", TABLE) == b"ext4"
    assert volume_kind(b"/mnt/ssh/in", TABLE) == b"tmpfs"
    assert volume_kind(b"/x", b"") == b""


@pytest.mark.parametrize(("kind", "remote"), [("nfs4", True), ("fuse.sshfs", True), ("xfs", False)])
def test_network_volumes_are_told_from_local_ones(
    fs: FakeFilesystem, kind: str, remote: bool
) -> None:
    fs.create_dir("/srv/inbox")
    fs.create_file("/mounts", contents=f"22 1 0:1 / / rw - {kind} dev rw\n")
    assert is_remote(Path("/srv/inbox"), Path("/mounts")) is remote


@pytest.mark.parametrize(
    ("kind", "is_good"),
    [
        ("nfs4", False),
        ("cifs", False),
        ("fuse.sshfs", False),
        ("fuseblk", True),
        ("fuse.fuse-overlayfs", True),
        ("ext4", True),
    ],
)
def test_a_database_is_kept_on_volumes_of_this_machine_alone(
    fs: FakeFilesystem, kind: str, *, is_good: bool
) -> None:
    fs.create_dir("/srv/state")
    fs.create_file("/mounts", contents=f"22 1 0:1 / / rw - {kind} dev rw\n")
    assert keeps_databases(Path("/srv/state"), Path("/mounts")) is is_good


def test_without_a_list_of_mounts_a_volume_counts_as_local(tmp_path: Path) -> None:
    assert not is_remote(tmp_path, tmp_path / "none")

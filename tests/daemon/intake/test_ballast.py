"""F05: when the disk is full, what is claimed already can still be posted (P10)."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path

import pytest

from daemon.errors import EnvironmentFault
from daemon.eventlog import EventLog, Level
from daemon.intake.ballast import MOST_BYTES, Ballast
from daemon.ledger.store import advance, open_ledger
from daemon.safefile import Directory, Room
from tests.daemon.ledgers import prepare
from tests.daemon.network import QUICK, make_site
from tests.daemon.running import running

MIB = 1 << 20


@dataclass
class Disk:
    """A volume with as much room as a test says."""

    folder: Path
    free_bytes: int
    log: StringIO = field(default_factory=StringIO)

    def ballast(self, least_free_bytes: int = 16 * MIB) -> Ballast:
        say = EventLog(self.log, pretty=False, floor=Level.DEBUG)
        return Ballast(self.folder, least_free_bytes, say, room=self.room)

    def room(self, _folder: Directory) -> Room:
        return Room(self.free_bytes, 1000, 2000)

    def kept(self) -> dict[str, int]:
        return {path.name: path.stat().st_size for path in self.folder.iterdir()}


def test_f05_it_is_given_up_when_the_disk_is_full_and_made_again_with_room_to_spare(
    tmp_path: Path,
) -> None:
    disk = Disk(tmp_path, 17 * MIB)
    ballast = disk.ballast()
    ballast.look()
    assert disk.kept() == {"ballast": MIB}
    assert (tmp_path / "ballast").stat().st_blocks * 512 >= MIB, "its room is really taken"
    disk.free_bytes = MIB // 4
    ballast.look()
    assert disk.kept() == {"ballast": MIB}
    disk.free_bytes -= 1
    ballast.look()
    assert disk.kept() == {}
    disk.free_bytes = 17 * MIB - 1
    ballast.look()
    assert disk.kept() == {}, "claims come first"
    disk.free_bytes += 1
    ballast.look()
    ballast.look()
    assert disk.kept() == {"ballast": MIB}
    said = disk.log.getvalue()
    assert said.count('"ballast_released"') == 1
    assert '"alarm"' in said
    assert said.count('"ballast_made"') == 2


def test_one_of_another_size_is_made_anew(tmp_path: Path) -> None:
    disk = Disk(tmp_path, 100 * MIB)
    (tmp_path / "ballast").write_bytes(b"cut short")
    disk.ballast().look()
    assert disk.kept() == {"ballast": MIB}


@pytest.mark.parametrize(
    ("least_free", "size"), [(0, 0), (15, 0), (16, 1), (1 << 30, MOST_BYTES), (1 << 40, MOST_BYTES)]
)
def test_it_is_a_share_of_what_claims_leave_free(
    tmp_path: Path, least_free: int, size: int
) -> None:
    assert Disk(tmp_path, 0).ballast(least_free).size_bytes == size


def test_a_site_that_leaves_nothing_free_has_none(tmp_path: Path) -> None:
    disk = Disk(tmp_path, 1 << 40)
    disk.ballast(0).look()
    assert disk.kept() == {}


def test_one_that_cannot_be_made_is_said_once(tmp_path: Path) -> None:
    disk = Disk(tmp_path, 100 * MIB)
    (tmp_path / "ballast").mkdir()
    ballast = disk.ballast()
    ballast.look()
    ballast.look()
    assert disk.log.getvalue().count('"ballast_fault"') == 1
    assert list(disk.kept()) == ["ballast"]


def test_a_folder_that_is_away_stops_nothing(tmp_path: Path) -> None:
    Disk(tmp_path / "away", 0).ballast().look()


@pytest.fixture
def small_volume(tmp_path: Path) -> Iterator[Path]:
    """A file system of 8 MiB."""
    volume = tmp_path / "volume"
    volume.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(volume)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a small volume")
    yield volume
    subprocess.run(["umount", str(volume)], check=True)


def test_f05_on_a_full_disk_the_ledger_commits_again(small_volume: Path) -> None:
    url = f"sqlite:///{small_volume / 'ledger.db'}"
    prepare(url)
    ledger = open_ledger(url)
    try:
        ballast = Ballast(small_volume, 4 * MIB, EventLog(StringIO(), pretty=False))
        ballast.look()
        assert (small_volume / "ballast").exists()
        with (small_volume / "others").open("wb", buffering=0) as others:
            try:
                while others.write(bytes(4096)):
                    pass
            except OSError:
                pass
        with pytest.raises(EnvironmentFault, match="tried again"), ledger.write() as conn:
            advance(conn, "stems")
        ballast.look()
        assert not (small_volume / "ballast").exists()
        with ledger.write() as conn:
            assert advance(conn, "stems") == 1
    finally:
        ledger.close()


def test_a_daemon_keeps_one_beside_its_ledger(tmp_path: Path) -> None:
    root = make_site(tmp_path / "site")
    file = root / "k2kd.toml"
    assert QUICK in file.read_text()
    file.write_text(file.read_text().replace("free_bytes = 0", f"free_bytes = {16 * MIB}"))
    with running(root) as daemon:
        ballast = root / "state" / "ballast"
        daemon.wait_for(lambda: ballast.exists() and ballast.stat().st_size == MIB)

"""An outgoing file appears once and whole, wherever the process was stopped (P6, P7)."""

from __future__ import annotations

import errno
import json
import os
import shutil
import stat
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest

from daemon import config, disk
from daemon.delivery.folders import MOUNT_PATIENCE_S, STAGING
from daemon.delivery.local import LocalDelivery
from daemon.delivery.scribe import File, Scribe, ScribeLost
from daemon.eventlog import EventLog
from daemon.ledger.outgoing import mark, undelivered
from daemon.ledger.posting import OutgoingFile, posting
from daemon.ledger.states import OutgoingState
from daemon.ledger.store import Ledger, open_ledger
from daemon.safefile import Directory, FileFault, Full
from tests.daemon.ledgers import prepare
from tests.daemon.network import NETWORK, configure, make_site
from tests.daemon.sites import outboxes


class Stopped(Exception):
    """The process ends here."""


@dataclass
class Hand:
    """A clock that moves when told to."""

    at_s: float = 100.0

    def monotonic(self) -> float:
        return self.at_s

    def now(self) -> datetime:
        return datetime(2026, 11, 21, tzinfo=UTC)


@dataclass
class Post:
    """A ledger with files to deliver, and what delivers them."""

    root: Path
    ledger: Ledger
    pool: ThreadPoolExecutor
    clock: Hand
    log: StringIO

    def delivery(self, stop_at: str = "", then: Callable[[], None] | None = None) -> LocalDelivery:
        """Return what delivers; at the first step `stop_at` it is stopped, or `then` happens."""
        left = [stop_at]

        def step(name: str) -> None:
            if name not in left:
                return
            left.clear()
            if then is None:
                raise Stopped(name)
            then()

        say = EventLog(self.log, pretty=False)
        site = config.load(self.root)
        return LocalDelivery(site, self.ledger, self.clock, say, self.pool, step)

    def send(self, *bodies: bytes, partner: str = "bloom") -> None:
        with posting(self.ledger) as post:
            for body in bodies:
                file = OutgoingFile(partner, "855", "1", "edi", body, is_answer=True)
                post.send(file, arrival_id=None, document_id=None)

    def stage(self, *bodies: bytes) -> LocalDelivery:
        """Stop between the ledger's word that files are staged and their rename."""
        self.send(*bodies)
        delivery = self.delivery(stop_at="C10")
        with pytest.raises(Stopped):
            delivery.run()
        with self.ledger.read() as conn:
            rows = undelivered(conn, limit=500)
        mark(self.ledger, {OutgoingState.STAGED: [row.id for row in rows]})
        return delivery

    def box(self, partner: str = "bloom") -> Path:
        return self.root / "outbox" / partner

    def said(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.log.getvalue().splitlines()]

    def pause(self) -> float:
        """Return how long the outbox that failed last is left alone."""
        (*_, last) = [said for said in self.said() if said["event"] == "outbox_fault"]
        retry = last["retry_s"]
        assert isinstance(retry, float)
        return retry

    def waiting(self) -> list[str]:
        with self.ledger.read() as conn:
            return [row.state.value for row in undelivered(conn, limit=500)]


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    root = make_site(tmp_path / "site")
    url = f"sqlite:///{root / 'state' / 'ledger.db'}"
    prepare(url)
    ledger = open_ledger(url)
    with ThreadPoolExecutor(2) as pool:
        yield Post(root, ledger, pool, Hand(), StringIO())
    ledger.close()


def test_files_appear_under_their_names_and_staging_is_empty(post: Post) -> None:
    post.send(b"a", b"b")
    assert post.delivery().run() == 2
    assert outboxes(post.root) == {
        "bloom/855-1-00000001.edi": b"a",
        "bloom/855-1-00000002.edi": b"b",
    }
    assert list((post.root / "outbox" / "bloom" / STAGING).iterdir()) == []
    assert post.delivery().run() == 0


@pytest.mark.parametrize("step", ["C10", "C11", "C12"])
@pytest.mark.parametrize("takes", [False, True])
def test_a_stop_anywhere_delivers_each_file_exactly_once(
    post: Post, step: str, *, takes: bool
) -> None:
    post.send(b"a", b"b")
    with pytest.raises(Stopped):
        post.delivery(stop_at=step).run()
    seen = outboxes(post.root)
    if takes:
        # The partner collects at once what it sees.
        for name in seen:
            (post.root / "outbox" / name).unlink()
    post.delivery().run()
    after = outboxes(post.root)
    assert sorted([*seen.values(), *after.values()] if takes else after.values()) == [b"a", b"b"]
    assert post.waiting() == []
    assert post.delivery().run() == 0


def test_a_batch_is_no_limit(post: Post) -> None:
    post.send(*(b"%d" % n for n in range(450)))
    assert post.delivery().run() == 450
    assert len(outboxes(post.root)) == 450


def test_an_outbox_in_trouble_rests_longer_each_time_and_the_others_go_on(post: Post) -> None:
    (post.root / "outbox").mkdir()
    (post.root / "outbox" / "bloom").write_text("in the way")
    post.send(b"a")
    post.send(b"b", partner="tulipan")
    delivery = post.delivery()
    assert delivery.run() == 1
    pauses = []
    for _ in range(12):
        pauses.append(pause := post.pause())
        assert delivery.run() == 0
        post.clock.at_s += pause
        delivery.run()
    assert pauses[:4] == [1, 2, 4, 8]
    assert pauses[-1] == 300
    (post.root / "outbox" / "bloom").unlink()
    post.clock.at_s += 300
    assert delivery.run() == 1
    assert outboxes(post.root)["bloom/855-1-00000001.edi"] == b"a"


def test_a_partner_that_left_the_site_still_gets_what_is_due(post: Post) -> None:
    post.send(b"a", partner="gone")
    assert post.delivery().run() == 1
    assert outboxes(post.root) == {"gone/855-1-00000001.edi": b"a"}


# --- folders that go away ------------------------------------------------------------------------


def replaced(box: Path) -> Path:
    """Let another folder stand where the outbox was, as after an unmount; return where it went."""
    aside = box.with_name("aside")
    box.rename(aside)
    box.mkdir()
    return aside


@pytest.mark.parametrize("is_restarted", [False, True])
def test_what_waited_in_a_staging_folder_that_is_gone_is_published_from_the_ledger(
    post: Post, *, is_restarted: bool
) -> None:
    delivery = post.stage(b"a", b"b")
    assert post.waiting() == ["staged", "staged"]
    replaced(post.box())
    assert (post.delivery() if is_restarted else delivery).run() == 2
    found = {path.name: path.read_bytes() for path in post.box().iterdir() if path.is_file()}
    assert found == {"855-1-00000001.edi": b"a", "855-1-00000002.edi": b"b"}
    assert post.waiting() == []
    (told,) = [said for said in post.said() if said["event"] == "staged_again"]
    assert (told["level"], told["partner"], told["files"]) == ("warning", "bloom", 2)


def test_a_staging_folder_with_the_number_of_the_one_before_is_told_from_it(post: Post) -> None:
    # File systems give the number of a removed folder to the next one.
    for _ in range(5):
        post.stage(b"a")
        number = post.box().joinpath(STAGING).stat().st_ino
        shutil.rmtree(post.box())
        post.box().joinpath(STAGING).mkdir(parents=True)
        is_reused = post.box().joinpath(STAGING).stat().st_ino == number
        assert post.delivery().run() == 1, f"number given again: {is_reused}"
        assert len(outboxes(post.root)) == 1


def test_a_volume_that_comes_back_publishes_nothing_twice_and_is_swept(post: Post) -> None:
    post.stage(b"a")
    aside = replaced(post.box())
    delivery = post.delivery()
    assert delivery.run() == 1
    shutil.rmtree(post.box())
    aside.rename(post.box())
    post.send(b"b")
    assert delivery.run() == 1
    assert outboxes(post.root) == {"bloom/855-1-00000002.edi": b"b"}
    assert list(post.box().joinpath(STAGING).iterdir()) == []


def test_what_was_seen_to_be_renamed_is_not_given_again_whatever_becomes_of_the_folder(
    post: Post,
) -> None:
    post.send(b"a")
    delivery = post.delivery(stop_at="C11")
    with pytest.raises(Stopped):
        delivery.run()
    aside = replaced(post.box())
    assert (aside / "855-1-00000001.edi").read_bytes() == b"a"
    assert delivery.run() == 1
    assert post.waiting() == []
    assert list(outboxes(post.root)) == ["aside/855-1-00000001.edi"]


def test_a_folder_removed_under_the_hand_of_delivery_proves_nothing(post: Post) -> None:
    post.stage(b"a")
    post.send(b"b")
    # The open folders stay usable: a rename in them says that there is no such file.
    delivery = post.delivery("C10", lambda: shutil.rmtree(post.box()))
    assert delivery.run() == 0
    assert post.waiting() == ["staged", "staged"]
    post.clock.at_s += post.pause()
    assert delivery.run() == 2
    assert sorted(outboxes(post.root).values()) == [b"a", b"b"]


def test_a_copy_of_the_outbox_on_another_disk_is_known_by_its_bytes(post: Post) -> None:
    post.send(b"a", b"b")
    with pytest.raises(Stopped):
        post.delivery(stop_at="C11").run()
    aside = replaced(post.box())
    (post.box() / "855-1-00000001.edi").write_bytes((aside / "855-1-00000001.edi").read_bytes())
    (post.box() / "855-1-00000002.edi").write_bytes(b"B")
    delivery = post.delivery()
    assert delivery.run() == 1
    assert post.waiting() == ["blocked"], "one of the partner's own is never taken for ours"
    assert [p.name for p in post.box().joinpath(STAGING).iterdir()] == ["00000002"]


def other_volume(beside: Path) -> Path | None:
    for place in (Path("/dev/shm"), Path("/tmp")):
        is_usable = place.is_dir() and os.access(place, os.W_OK)
        if is_usable and place.stat().st_dev != beside.stat().st_dev:
            return Path(tempfile.mkdtemp(dir=place))
    return None


def test_nothing_is_written_below_a_volume_that_went_away_a_moment_ago(post: Post) -> None:
    volume = other_volume(post.root)
    if volume is None:
        pytest.skip("there is no second file system to write to")
    try:
        outbox = post.root / "outbox"
        (volume / "bloom").mkdir()
        outbox.symlink_to(volume)
        delivery = post.delivery()
        post.send(b"a")
        assert delivery.run() == 1
        outbox.unlink()
        post.send(b"b")
        assert delivery.run() == 0
        assert not outbox.exists()
        assert "another file system stands at" in str(post.said()[-1]["reason"])
        outbox.symlink_to(volume)
        post.clock.at_s += post.pause()
        assert delivery.run() == 1
        assert sorted(outboxes(post.root).values()) == [b"a", b"b"]
        # One that stays away was meant to.
        outbox.unlink()
        post.send(b"c")
        assert delivery.run() == 0
        post.clock.at_s += MOUNT_PATIENCE_S
        assert delivery.run() == 1
        assert list(outboxes(post.root).values()) == [b"c"]
    finally:
        shutil.rmtree(volume)


PUSHED = """receives_availability = "x12"
[partner.sftp]
host = "192.0.2.1"
user = "k2kd"
password = "bloom"
host_keys = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ6x0JmYzC1sE3lq2cEw8Yj8c7rV3sM7vS9Xh0v5m0Zr"]
[partner.sftp.push]
"""


def test_what_was_staged_on_the_partners_server_is_published_here_once_that_is_the_way(
    post: Post,
) -> None:
    post.send(b"a")
    assert post.delivery().run() == 1
    post.send(b"b")
    configure(post.root, NETWORK.replace('receives_availability = "x12"\n', PUSHED))
    assert post.delivery().run() == 0
    mark(post.ledger, {OutgoingState.STAGED: [2]})
    configure(post.root)
    assert post.delivery().run() == 1
    assert outboxes(post.root)["bloom/855-1-00000002.edi"] == b"b"


def test_many_files_are_written_by_the_scribe(post: Post) -> None:
    bodies = [b"%d" % number for number in range(100)]
    post.send(*bodies)
    delivery = post.delivery()
    delivery.scribe = Spied()
    assert delivery.run() == 100
    delivery.close()
    assert delivery.scribe.wrote == [100]
    assert sorted(f.read_bytes() for f in post.box().iterdir() if f.is_file()) == sorted(bodies)


def test_what_a_lost_scribe_left_is_written_by_the_daemon(post: Post) -> None:
    bodies = [b"%d" % number for number in range(100)]
    post.send(*bodies)
    delivery = post.delivery()
    delivery.scribe = Spied(dies_after=10)
    assert delivery.run() == 100
    assert sorted(f.read_bytes() for f in post.box().iterdir() if f.is_file()) == sorted(bodies)
    assert [said["event"] for said in post.said()].count("scribe_lost") == 1


def test_a_full_disk_is_a_fault_of_the_outbox_whoever_writes(post: Post) -> None:
    post.send(*(b"%d" % number for number in range(100)))
    delivery = post.delivery()
    delivery.scribe = Spied(fault=Full("can't write: disk full", errno.ENOSPC))
    assert delivery.run() == 0
    assert post.pause() == 1.0
    assert post.waiting() == ["pending"] * 100


def test_an_attempt_is_over_when_none_of_its_writes_is_under_way(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that went on would take away, when it fails, what the next attempt wrote."""
    post.send(b"a", b"bb")
    has_begun, over = threading.Event(), list[int]()

    def flush(fd: int) -> None:
        size = os.fstat(fd).st_size
        if not stat.S_ISREG(os.fstat(fd).st_mode) or size > 2:
            return
        if size == 1:
            assert has_begun.wait(10)
        else:
            has_begun.set()
            time.sleep(0.1)
        over.append(size)
        raise OSError(errno.EIO, "the disk fails")

    delivery = post.delivery()
    with monkeypatch.context() as patched:
        patched.setattr(disk, "flush", flush)
        assert delivery.run() == 0
        assert over == [1, 2]
    post.clock.at_s += post.pause()
    assert delivery.run() == 2


class Spied(Scribe):
    """A scribe that tells what it wrote, and fails as it is told."""

    def __init__(self, dies_after: int | None = None, fault: FileFault | None = None) -> None:
        super().__init__()
        self.wrote: list[int] = []
        self._dies_after = dies_after
        self._fault = fault

    def write(self, folder: Directory, files: Sequence[File]) -> None:
        if self._fault is not None:
            raise self._fault
        super().write(folder, files[: self._dies_after])
        self.wrote.append(len(files))
        if self._dies_after is not None:
            self.close()
            raise ScribeLost("killed")

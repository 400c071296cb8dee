"""An outgoing file appears once and whole, wherever the process was stopped (P6, P7)."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest

from daemon import config
from daemon.delivery.local import STAGING, LocalDelivery
from daemon.eventlog import EventLog
from daemon.ledger.outgoing import undelivered
from daemon.ledger.posting import OutgoingFile, posting
from daemon.ledger.store import Ledger, open_ledger
from tests.daemon.sites import make_site, outboxes, prepare


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

    def delivery(self, stop_at: str = "") -> LocalDelivery:
        def step(name: str) -> None:
            if name == stop_at:
                raise Stopped(name)

        say = EventLog(self.log, pretty=False)
        site = config.load(self.root)
        return LocalDelivery(site, self.ledger, self.clock, say, self.pool, step)

    def send(self, *bodies: bytes, partner: str = "bloom") -> None:
        with posting(self.ledger) as post:
            for body in bodies:
                file = OutgoingFile(partner, "855", "1", "edi", body, is_answer=True)
                post.send(file, arrival_id=None, document_id=None)

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
        pause = delivery.next_retry_s()
        assert pause is not None
        pauses.append(pause)
        assert delivery.run() == 0
        post.clock.at_s += pause
        delivery.run()
    assert pauses[:4] == [1, 2, 4, 8]
    assert pauses[-1] == 300
    (post.root / "outbox" / "bloom").unlink()
    post.clock.at_s += 300
    assert delivery.run() == 1
    assert delivery.next_retry_s() is None
    assert outboxes(post.root)["bloom/855-1-00000001.edi"] == b"a"


def test_a_partner_that_left_the_site_still_gets_what_is_due(post: Post) -> None:
    post.send(b"a", partner="gone")
    assert post.delivery().run() == 1
    assert outboxes(post.root) == {"gone/855-1-00000001.edi": b"a"}

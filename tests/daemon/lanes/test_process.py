"""The process that posts does what a lane would, and whatever ends it costs an attempt at most."""

from __future__ import annotations

import errno
import json
import os
import pickle
import re
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from daemon import config
from daemon.errors import EnvironmentFault
from daemon.eventlog import Level
from daemon.lanes.posting import Channel
from daemon.lanes.process import LANES, PostingBroke, PostingProcess, bare
from daemon.lanes.words import Done
from daemon.ledger.turns import Turns
from daemon.samples import samples
from tests.daemon.network import NETWORK, configure
from tests.daemon.partner_files import purchase_order
from tests.daemon.posting_processes import KILLER, KILLING, is_alive, posting_of, until
from tests.daemon.running import CHECKOUT
from tests.daemon.sites import Desktop, desktop, kinds, outboxes
from tests.daemon.triggers import (
    A_MOMENT,
    ATTEMPTED,
    FAILS,
    FOR_EVER,
    FORBIDDEN,
    POSTED,
    TAKEN_BACK,
    is_being_written,
    is_tried,
    trigger,
)

LOST = "the process that posts was lost at work for bloom"
_CONTROL = re.compile(rb"ISA.{87}([0-9]{9})", re.DOTALL)
DAEMON = """
import signal, sys
from pathlib import Path
from daemon.lanes.process import PostingProcess
from tests.daemon.sites import open_desktop

for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, lambda *_: None)
desk, posting = open_desktop(Path(sys.argv[1])), PostingProcess()
p = desk.p
p.intake.look_all()
posting.begin(p.site, p.tables.current, p.ledger, p.clock, p.say)
posting.make_ready()
print(posting._running.process.pid, flush=True)
for word in sys.stdin:
    print(posting.work("bloom", p.tables.current), flush=True)
"""
NO_SECOND_LANE = """
import threading

start = threading.Thread.start

def refused(thread):
    if thread.name == "lane-1":
        raise RuntimeError("can't start new thread")
    start(thread)

threading.Thread.start = refused
"""


class NotedTurns(Turns):
    """Turns that remember who had them, by the names of threads."""

    def __init__(self) -> None:
        super().__init__()
        self.had: list[str] = []

    @contextmanager
    def taken(self) -> Iterator[None]:
        with super().taken():
            self.had.append(threading.current_thread().name)
            yield

    @property
    def waiting(self) -> int:
        return len(self._waiting)


@dataclass(slots=True)
class Scene:
    """An open site, and the process that posts for it."""

    desk: Desktop
    posting: PostingProcess
    turns: NotedTurns = field(default_factory=NotedTurns)

    def begin(self) -> None:
        p = self.desk.p
        p.ledger._turns = self.turns
        self.posting.begin(p.site, p.tables.current, p.ledger, p.clock, p.say)
        self.posting.make_ready()

    def claim(self, *numbers: int, partner: str = "bloom") -> None:
        """Drop orders of a partner, and take them in."""
        for number in numbers:
            self.desk.drop(partner, f"{number}.edi", order(number, partner))
        self.desk.p.intake.look_all()
        self.turns.had.clear()

    def work(self, partner: str = "bloom") -> int:
        return self.posting.work(partner, self.desk.p.tables.current)

    def drain(self, partner: str = "bloom") -> None:
        while self.work(partner):
            pass

    def pid(self) -> int:
        assert self.posting._running is not None
        return self.posting._running.process.pid

    def answers(self) -> int:
        """Deliver, and return how many orders were answered; each once, by its control number."""
        self.desk.p.delivery.run()
        bodies = [b for name, b in outboxes(self.desk.root).items() if "/997-" in name]
        controls = {match[1] for body in bodies if (match := _CONTROL.match(body))}
        assert len(controls) == len(bodies)
        assert len(set(answered(self.desk))) == len(bodies)
        return len(bodies)

    def events(self, name: str) -> list[dict[str, object]]:
        said = [json.loads(line) for line in self.desk.log.getvalue().splitlines()]
        return [event for event in said if event["event"] == name]

    @property
    def file(self) -> Path:
        return self.desk.root / "state" / "ledger.db"


def order(number: int, partner: str = "bloom") -> bytes:
    sender, item = {"bloom": ("BLOOMWHSL", "BLM-100"), "tulipan": ("TULIPAN", "TUL-EXP60")}[partner]
    return purchase_order(str(number), (item, "1", "BX"), control=number, sender=sender)


def answered(desk: Desktop) -> list[str]:
    return [n.rpartition("-")[0] for n in outboxes(desk.root) if n.startswith("bloom/855-")]


@pytest.fixture(scope="module")
def process() -> Iterator[PostingProcess]:
    """One process for the tests of this module, which begins with the site of each."""
    made = PostingProcess()
    yield made
    made.close()


@pytest.fixture
def site(process: PostingProcess, tmp_path: Path) -> Iterator[Scene]:
    with desktop(tmp_path / "site") as desk:
        scene = Scene(desk, process)
        scene.begin()
        yield scene


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Scene]:
    """A site with a process of its own, which may break."""
    with desktop(tmp_path / "site") as desk:
        scene = Scene(desk, PostingProcess())
        scene.begin()
        yield scene
        scene.posting.close()


def test_what_is_sent_to_the_process_stays_as_it_is_while_others_read_it(tmp_path: Path) -> None:
    with desktop(tmp_path / "site") as desk:
        site, tables = desk.site, desk.p.tables.current
        before = pickle.dumps((site, bare(tables)))
        for sample in samples(desk.p.today()):
            desk.drop(sample.partner, sample.name, sample.content)
        assert desk.run()
        assert desk.site.connection_of("florsol", "bloom")
        assert pickle.dumps((site, bare(tables))) == before


def test_a_batch_is_posted_and_said_as_a_lane_would(
    process: PostingProcess, tmp_path: Path, ledger_url: str
) -> None:
    with desktop(tmp_path / "site", ledger_url=ledger_url) as desk:
        scene = Scene(desk, process)
        scene.begin()
        scene.claim(1, 2, 3)
        assert scene.work() == 3
        assert scene.work() == 0
        assert scene.work("florsol") == 0
        assert scene.work("nobody") == 0
        assert desk.states() == ["posted"] * 3
        assert scene.answers() == 3
        said = scene.events("posted")
        assert [(each["partner"], each["file"]) for each in said] == [
            ("bloom", f"{number}.edi") for number in (1, 2, 3)
        ]
        assert said[0].keys() >= {"arrival", "documents", "answers", "code", "reason", "original"}
        assert (said[0]["level"], said[0]["documents"]) == ("info", 1)


def test_tables_that_are_new_are_used_from_the_next_work_on(site: Scene) -> None:
    def unknown(number: int) -> bytes:
        return purchase_order(str(number), ("BLM-900", "1", "BX"), control=number)

    site.desk.drop("bloom", "a.edi", unknown(1))
    site.desk.p.intake.look_all()
    site.drain()
    site.desk.map_row("products", "bloom,,BLM-900,,ROS-EXP-60,,yes,,,")
    site.desk.drop("bloom", "b.edi", unknown(2))
    site.desk.p.intake.look_all()
    site.drain()
    assert site.desk.states() == ["held", "posted"]


def test_a_site_that_was_read_again_is_worked_for(site: Scene) -> None:
    site.claim(1)
    site.drain()
    before = site.pid()
    site.desk.reconfigure(NETWORK + '\n[[partner]]\nname = "newcomer"\nroles = ["buyer"]\n')
    site.begin()
    site.desk.drop("newcomer", "x.pdf", b"%PDF-1.7\n")
    site.claim(2)
    site.drain("newcomer")
    site.drain()
    assert sorted(site.desk.states()) == ["posted", "posted", "quarantined"]
    assert site.pid() == before


def test_a_site_that_names_another_ledger_is_worked_for_in_the_open_one(site: Scene) -> None:
    configure(site.desk.root, NETWORK.replace("[site]", '[site]\nstate = "elsewhere"'))
    p = site.desk.p
    fresh = config.load(site.desk.root)
    site.claim(1)
    site.posting.begin(fresh, p.tables.current, p.ledger, p.clock, p.say)
    site.drain()
    assert site.desk.states() == ["posted"]
    assert not (site.desk.root / "elsewhere" / "ledger.db").exists()


def test_one_that_is_killed_at_rest_is_said_to_be_lost_and_started_anew(site: Scene) -> None:
    site.claim(1, 2)
    before = site.pid()
    os.kill(before, signal.SIGKILL)
    with pytest.raises(EnvironmentFault, match=rf"{LOST} \(it ended with -9\); it is tried again"):
        site.work()
    assert not is_alive(before)
    assert site.work() == 2
    assert site.pid() != before
    assert site.desk.states() == ["posted", "posted"]
    assert [row.attempts for row in site.desk.arrivals()] == [1, 1]
    assert site.answers() == 2


@pytest.mark.parametrize("when", [ATTEMPTED, POSTED])
def test_one_that_is_killed_at_a_batch_leaves_its_turn_and_nothing_else(
    site: Scene, when: str
) -> None:
    site.claim(*range(1, 13))
    with ThreadPoolExecutor(1) as lane:
        with trigger(site.file, when, FOR_EVER):
            lost = lane.submit(site.work)
            turns = 1 if when == ATTEMPTED else 2
            try:
                until(lambda: len(site.turns.had) == turns and is_being_written(site.file))
            finally:
                os.kill(site.pid(), signal.SIGKILL)
            with pytest.raises(EnvironmentFault, match=LOST):
                lost.result()
        # Whoever writes next in the daemon doesn't wait for a lane that is gone.
        with site.desk.p.ledger.write():
            assert site.desk.states() == ["claimed"] * 12
        counted = 0 if when == ATTEMPTED else 1
        assert {row.attempts for row in site.desk.arrivals()} == {counted}
        assert site.answers() == 0
        site.drain()
    assert site.desk.states() == ["posted"] * 12
    assert site.answers() == 12


def test_a_lane_that_started_it_anew_may_end(site: Scene) -> None:
    os.kill(site.pid(), signal.SIGKILL)
    site.claim(1)
    with ThreadPoolExecutor(1) as lane:
        with pytest.raises(EnvironmentFault):
            lane.submit(site.work).result()
        assert lane.submit(site.work).result() == 1
    # The kernel ends a process with the thread that started it, a moment after that.
    time.sleep(0.2)
    before = site.pid()
    site.begin()
    site.claim(2)
    assert site.work() == 1
    assert site.pid() == before


def test_what_ends_the_process_is_set_aside_and_what_was_beside_it_is_not(
    own: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deadly = tmp_path / "deadly"
    deadly.mkdir()
    (deadly / "sitecustomize.py").write_text(KILLING)
    own.posting.close()
    monkeypatch.syspath_prepend(deadly)
    own = Scene(own.desk, PostingProcess())
    own.begin()
    own.desk.drop("bloom", KILLER, order(1))
    own.claim(2, partner="tulipan")
    lost: list[str] = []

    def tried(partner: str) -> None:
        try:
            own.work(partner)
        except EnvironmentFault as fault:
            lost.append(str(fault))

    for _ in range(6):
        # Its attempt is counted, and then the other one's file ends the process.
        with ThreadPoolExecutor(2) as lanes, own.turns.taken():
            bloom = lanes.submit(tried, "bloom")
            until(lambda: own.turns.waiting or bloom.done())  # noqa: B023  (called at once)
            lanes.submit(tried, "tulipan")
            grace = time.monotonic() + 0.3
            while own.turns.waiting < 2 and time.monotonic() < grace:
                time.sleep(0.002)
    states = {row.partner: (row.state, row.reason_code) for row in own.desk.arrivals()}
    assert states == {"bloom": ("quarantined", "crash-loop"), "tulipan": ("posted", None)}
    assert len(lost) >= 3
    own.posting.close()


def test_who_waits_to_work_alone_is_not_taken_for_stuck(own: Scene) -> None:
    own.claim(1)
    own.claim(2, partner="tulipan")
    own.posting._apart.suspects.add("tulipan")
    waits = own.desk.p.ledger.waits
    with ThreadPoolExecutor(1) as lane, trigger(own.file, POSTED, A_MOMENT):
        busy = lane.submit(own.work)
        until(lambda: is_tried(own.file) and is_being_written(own.file))
        second = threading.Thread(target=own.work, args=["tulipan"])
        second.start()
        until(lambda: second.ident in waits)
        assert not busy.done()
        assert own.turns.waiting == 0
        second.join()
    assert second.ident not in waits
    assert own.desk.states() == ["posted", "posted"]


def test_lanes_and_the_daemon_have_their_turns_in_the_order_they_came(site: Scene) -> None:
    site.claim(1, 2, 3)
    site.claim(4, 5, 6, partner="tulipan")

    def write() -> None:
        with site.desk.p.ledger.write():
            pass

    threads = [
        threading.Thread(target=site.drain, args=["bloom"], name="bloom"),
        threading.Thread(target=write, name="daemon"),
        threading.Thread(target=site.drain, args=["tulipan"], name="tulipan"),
    ]
    with site.turns.taken():
        for waiting, thread in enumerate(threads, 1):
            thread.start()
            until(lambda: site.turns.waiting == waiting)  # noqa: B023  (called at once)
    for thread in threads:
        thread.join()
    # Each lane counts the attempts of its batch, and posts it.
    assert site.turns.had[1:4] == ["bloom", "daemon", "tulipan"]
    assert sorted(site.turns.had[4:]) == ["bloom", "tulipan"]
    assert site.desk.states() == ["posted"] * 6


def test_what_is_written_in_the_daemon_waits_for_the_posting_that_came_first(site: Scene) -> None:
    site.claim(1)
    site.drain()
    site.claim(2)
    slow = "SELECT count(*) FROM outgoing a, outgoing b, outgoing c"
    with ThreadPoolExecutor(1) as lane, trigger(site.file, POSTED, slow):
        posting = lane.submit(site.work)
        until(lambda: len(site.turns.had) == 2)
        with site.desk.p.ledger.write():
            assert site.desk.states() == ["posted", "posted"]
        assert posting.result() == 1


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_bug_that_no_file_is_counted_for_breaks_the_lane_and_shows_its_place(own: Scene) -> None:
    own.claim(1)
    with (
        trigger(own.file, ATTEMPTED, FORBIDDEN),
        pytest.raises(PostingBroke, match=r"(?s)in count_attempt.*a rule of the tables is broken"),
    ):
        own.work()
    with own.desk.p.ledger.write():
        pass
    # A daemon that has a lane left until it ends hears that this one is gone, and isn't kept.
    with pytest.raises(EnvironmentFault, match=LOST):
        own.work()
    assert own.work() == 1


def test_a_bug_on_a_file_is_said_with_the_error_and_its_place_as_in_the_daemon(
    site: Scene,
) -> None:
    with trigger(site.file, POSTED, FORBIDDEN):
        site.claim(1)
        site.work()
        site.claim(2)
        site.desk.p.work("bloom")
    there, *_, here = site.events("bug")
    assert (there["partner"], there["level"]) == ("bloom", here["level"])
    assert there["error"] == here["error"] == "IntegrityError (from IntegrityError)"
    assert there["error_at"] == here["error_at"]


def test_our_own_faults_are_told_and_never_count_for_a_file(site: Scene) -> None:
    site.claim(1, 2)
    with trigger(site.file, POSTED, FAILS):
        for _ in range(4):
            with pytest.raises(
                EnvironmentFault, match=r"the ledger failed: malformed JSON; it is tried again"
            ):
                site.work()
        assert [row.attempts for row in site.desk.arrivals()] == [0, 0]
    assert site.work() == 2


def test_an_attempt_that_can_not_be_taken_back_at_once_is_remembered_by_every_lane(
    site: Scene,
) -> None:
    site.claim(1)
    with trigger(site.file, POSTED, FAILS), trigger(site.file, TAKEN_BACK, FAILS):
        for _ in range(5):
            with pytest.raises(EnvironmentFault):
                site.work()
            assert site.posting._running is not None
            site.posting._running.free.reverse()
    assert [row.attempts for row in site.desk.arrivals()] == [1]
    site.drain()
    assert site.desk.states() == ["posted"]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux sets the limits of another process")
def test_a_disk_that_is_full_is_a_fault_of_ours(site: Scene) -> None:
    site.claim(*range(1, 61))
    written = site.file.with_name("ledger.db-wal").stat().st_size
    soft, hard = resource.prlimit(site.pid(), resource.RLIMIT_FSIZE)
    # Enough to count the attempts and to take them back, but not for the answers.
    resource.prlimit(site.pid(), resource.RLIMIT_FSIZE, (written + 100_000, hard))
    with pytest.raises(EnvironmentFault, match="the ledger failed: d"):
        site.work()
    assert {row.attempts for row in site.desk.arrivals()} == {0}
    with site.desk.p.ledger.write():
        pass
    resource.prlimit(site.pid(), resource.RLIMIT_FSIZE, (soft, hard))
    assert site.work() == 60
    assert site.answers() == 60


def test_a_spool_that_can_not_be_opened_is_said_and_the_next_work_tries_again(own: Scene) -> None:
    spool, aside = own.desk.root / "state" / "spool", own.desk.root / "aside"
    own.posting.close()
    own = Scene(own.desk, PostingProcess())
    own.claim(1)
    spool.rename(aside)
    spool.write_text("in the way")
    with pytest.raises(EnvironmentFault, match="spool"):
        own.begin()
    with pytest.raises(EnvironmentFault, match="spool"):
        own.work()
    spool.unlink()
    aside.rename(spool)
    assert own.work() == 1
    own.posting.close()


def test_a_daemon_with_all_files_open_that_it_may_have_tries_again(
    own: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    own.claim(1)
    own.posting.close()
    own = Scene(own.desk, PostingProcess())
    made = list[Connection]()

    def refused() -> tuple[Connection, Connection]:
        if made:
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        made.extend(Pipe())
        return made[0], made[1]

    with monkeypatch.context() as patched:
        patched.setattr("daemon.lanes.process.Pipe", refused)
        with pytest.raises(EnvironmentFault, match=r"no process can be started.*Too many open"):
            own.begin()
    assert [end.closed for end in made] == [True, True]
    assert own.work() == 1
    own.posting.close()


def test_a_process_that_gets_no_thread_for_a_lane_ends_at_once(
    own: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = tmp_path / "first"
    first.mkdir()
    (first / "sitecustomize.py").write_text(NO_SECOND_LANE)
    own.posting.close()
    monkeypatch.syspath_prepend(first)
    own = Scene(own.desk, PostingProcess())
    with pytest.raises(EnvironmentFault, match=r"lost at its start \(it ended with 1\)"):
        own.begin()
    own.posting.close()


def test_it_holds_nothing_that_the_daemon_has_open(tmp_path: Path) -> None:
    posting = PostingProcess()
    held = tmp_path / "held"
    with held.open("wb") as file, closing(posting):
        os.set_inheritable(file.fileno(), True)
        posting.start()
        assert posting._running is not None
        there = Path(f"/proc/{posting._running.process.pid}/fd")
        links = {int(link.name): os.readlink(link) for link in there.iterdir()}
    assert str(held) not in links.values()
    assert sum(link.startswith("socket:") for fd, link in links.items() if fd > 2) == LANES


def test_closing_ends_it_and_leaves_nothing_behind(tmp_path: Path) -> None:
    posting = PostingProcess()
    posting.close()
    with desktop(tmp_path / "site") as desk:
        scene = Scene(desk, PostingProcess())
        scene.begin()
        scene.claim(1)
        assert scene.work() == 1
        running = scene.posting._running
        assert running is not None
        scene.posting.close()
        scene.posting.close()
        assert running.process.returncode == 0
        assert not is_alive(running.process.pid)


def test_an_event_s_fields_need_not_be_what_can_be_sent() -> None:
    ours, theirs = Pipe()
    channel = Channel(theirs)
    channel.say("odd", level=Level.ALARM, lock=threading.Lock(), error=OSError(28, "No space left"))
    channel.answer(Done(1))
    ((event, level, fields),), answer = ours.recv()
    assert (event, level, answer) == ("odd", Level.ALARM, Done(1))
    assert fields == {
        "lock": "<lock>",
        "error": "OSError: [Errno 28] No space left",
        "error_at": [],
    }


@contextmanager
def daemon(root: Path) -> Iterator[subprocess.Popen[str]]:
    """Start a stand-in of the daemon in a process group of its own."""
    command = [sys.executable, "-c", DAEMON, str(root)]
    with subprocess.Popen(
        command,
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as started:
        try:
            yield started
        finally:
            started.kill()


def say(to: subprocess.Popen[str], word: str) -> None:
    assert to.stdin is not None
    to.stdin.write(f"{word}\n")
    to.stdin.flush()


def hear(to: subprocess.Popen[str]) -> int:
    assert to.stdout is not None
    return int(to.stdout.readline())


def test_it_ends_with_a_daemon_that_is_killed_at_work(tmp_path: Path) -> None:
    with desktop(tmp_path / "site") as desk:
        for number in (1, 2, 3):
            desk.drop("bloom", f"{number}.edi", order(number))
        file = desk.root / "state" / "ledger.db"
        with trigger(file, POSTED, FOR_EVER):
            with daemon(desk.root) as started:
                hand = hear(started)
                say(started, "work")
                until(lambda: desk.arrivals()[-1].attempts == 1 and is_being_written(file))
                started.kill()
            until(lambda: not is_alive(hand))
        assert desk.states() == ["claimed"] * 3
        assert kinds(desk.run()).count("bloom/997-000000001") == 1
        assert desk.states() == ["posted"] * 3


def test_signals_for_the_daemon_and_all_of_its_group_do_not_reach_it(tmp_path: Path) -> None:
    with desktop(tmp_path / "site") as desk:
        desk.drop("bloom", "o.edi", order(1))
        with daemon(desk.root) as started:
            hand = hear(started)
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                os.killpg(started.pid, number)
            say(started, "work")
            assert hear(started) == 1
            assert posting_of(started.pid) == hand
        assert desk.states() == ["posted"]

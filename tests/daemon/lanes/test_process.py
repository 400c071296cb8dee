"""The process that posts does what a lane would, in the same turns."""

from __future__ import annotations

import os
import pickle
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from multiprocessing import Pipe
from pathlib import Path

from daemon import config
from daemon.eventlog import Level
from daemon.lanes.posting import Channel
from daemon.lanes.process import LANES, PostingProcess, bare
from daemon.lanes.words import Done
from daemon.samples import samples
from tests.daemon.lanes.scene import Scene
from tests.daemon.network import NETWORK, configure
from tests.daemon.partner_files import purchase_order
from tests.daemon.posting_processes import is_alive, until
from tests.daemon.sites import desktop
from tests.daemon.triggers import (
    POSTED,
    trigger,
)


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

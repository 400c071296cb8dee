"""One partner's or one file's trouble is nobody else's (P9), and our faults are no file's (P5)."""

from __future__ import annotations

import json
import shutil

import pytest

from daemon.config import Partner
from daemon.errors import EnvironmentFault
from daemon.ledger import arrivals
from daemon.ledger.arrivals import Arrival
from daemon.ledger.outgoing import undelivered
from daemon.pipeline import arrival as way
from daemon.pipeline import drain
from daemon.pipeline.documents import Tally
from daemon.pipeline.x12 import post_x12
from daemon.trade.desk import Desk
from tests.daemon.partner_files import availability, purchase_order
from tests.daemon.sites import Desktop, kinds, only, outboxes


def order(number: int, sender: str = "BLOOMWHSL") -> bytes:
    item = "TUL-EXP60" if sender == "TULIPAN" else "BLM-100"
    return purchase_order(str(number), (item, "1", "BX"), control=number, sender=sender)


@pytest.fixture(autouse=True)
def _stock(site: Desktop) -> None:
    site.send("florsol", "stock.csv", availability(("Rosa Explorer 60cm", 3000, "Stem")))


def test_a_bug_on_one_file_is_tried_three_times_and_the_others_flow(
    site: Desktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[int] = []

    def buggy(desk: Desk, partner: Partner, arrival: Arrival, data: bytes) -> Tally:
        if b"000000666" in data:
            tries.append(arrival.id)
            raise RuntimeError("a segment of \x1b[31mdoom")
        return post_x12(desk, partner, arrival, data)

    monkeypatch.setattr(way, "post_x12", buggy)
    for number in (1, 666, 2):
        site.drop("bloom", f"{number}.edi", order(number))
    files = site.run()
    assert only(files, "bloom/855-1")
    assert only(files, "bloom/855-2")
    assert b"failed on this file three times" in only(files, "bloom/advice-666")
    assert b"RuntimeError" not in only(files, "bloom/advice-666")
    bad = next(row for row in site.arrivals() if row.state == "quarantined")
    assert (bad.reason_code, bad.attempts) == ("bug", 3)
    assert "RuntimeError: a segment of" in bad.reason
    # In its batch, alone, and then twice more.
    assert len(tries) == 4
    assert site.lots()["ROS-EXP-60"] == (3000, 600)


def test_a_released_file_is_worked_on_once_the_bug_is_gone(
    site: Desktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(way, "post_x12", lambda *_: 1 / 0)
        site.send("bloom", "o.edi", order(1))
    assert site.states()[-1] == "quarantined"
    site.replay(2)
    assert only(site.run(), "bloom/855-1")
    assert site.states()[-1] == "posted"


def test_our_own_faults_never_make_a_file_look_like_a_crash_loop(
    site: Desktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object) -> None:
        raise EnvironmentFault("the ledger went away")

    site.drop("bloom", "o.edi", order(1))
    site.p.intake.look_all()
    with monkeypatch.context() as patched:
        patched.setattr(drain, "post_arrival", failing)
        for _ in range(6):
            with pytest.raises(EnvironmentFault):
                site.p.work("bloom")
            # As after a restart: nothing is remembered but what the ledger holds.
            site.p.drain.counted.clear()
    assert (site.states()[-1], site.arrivals()[-1].attempts) == ("claimed", 0)
    assert only(site.run(), "bloom/855-1")


def test_a_file_that_ended_the_process_three_times_is_quarantined_at_the_fourth_start(
    site: Desktop,
) -> None:
    site.drop("bloom", "o.edi", order(1))
    site.drop("bloom", "p.edi", order(2))
    site.p.intake.look_all()
    for _ in range(3):
        arrivals.count_attempt(site.p.ledger, [2])
    files = site.run()
    assert site.states()[1:] == ["quarantined", "posted"]
    assert b"crash-loop" in only(files, "bloom/advice-o")
    assert only(files, "bloom/855-2")


@pytest.mark.parametrize("trouble", ["file in place", "link", "staging is a file"])
def test_a_broken_outbox_delays_nobody_else_and_heals(site: Desktop, trouble: str) -> None:
    box = site.root / "outbox" / "bloom"
    aside = site.root / "aside"
    if trouble == "staging is a file":
        box.joinpath(".staging").rmdir()
        box.joinpath(".staging").write_text("mine")
    else:
        box.rename(aside)
        box.symlink_to(aside) if trouble == "link" else box.write_text("mine")
    site.drop("bloom", "o.edi", order(1))
    site.drop("tulipan", "o.edi", order(2, "TULIPAN"))
    site.p.intake.look_all()
    files = site.run()
    assert only(files, "tulipan/855-2")
    assert not [name for name in files if name.startswith("bloom/855")]
    assert '"event":"outbox_fault"' in site.log.getvalue()
    if trouble == "staging is a file":
        box.joinpath(".staging").unlink()
    else:
        box.unlink()
        aside.rename(box)
    site.p.delivery._waits.clear()
    assert "bloom/855-1" in kinds(site.run())


def test_a_missing_outbox_is_made_again(site: Desktop) -> None:
    shutil.rmtree(site.root / "outbox" / "bloom")
    assert only(site.send("bloom", "o.edi", order(1)), "bloom/855-1")


@pytest.mark.parametrize("thing", ["file", "folder", "link"])
def test_a_taken_name_is_never_written_over_and_heals(site: Desktop, thing: str) -> None:
    """F38: said once, the other files flow, delivered when the name is free."""
    site.drop("bloom", "o.edi", order(1))
    site.p.intake.look_all()
    site.p.work("bloom")
    with site.p.ledger.read() as conn:
        name = next(row.name for row in undelivered(conn, limit=9) if row.kind == "855")
    taken = site.root / "outbox" / "bloom" / name
    outside = site.root / "outside"
    if thing == "file":
        taken.write_text("the partner's own")
    elif thing == "folder":
        taken.mkdir()
    else:
        taken.symlink_to(outside)
    for _ in range(3):
        site.run()
    assert "bloom/997-000000001" in kinds(outboxes(site.root))
    assert site.log.getvalue().count("outbox_name_taken") == 1
    assert not outside.exists()
    assert thing != "file" or taken.read_text() == "the partner's own"
    taken.rmdir() if thing == "folder" else taken.unlink()
    site.run()
    assert b"BAK*00*" in outboxes(site.root)[f"bloom/{name}"]
    assert site.run() == {}


def test_a_published_file_that_the_partner_took_is_never_written_again(site: Desktop) -> None:
    site.send("bloom", "o.edi", order(1))
    for path in (site.root / "outbox" / "bloom").glob("*.edi"):
        path.unlink()
    assert site.run() == {}
    assert outboxes(site.root).keys() & {"bloom"} == set()


def test_every_line_of_the_log_is_one_record(site: Desktop) -> None:
    site.send("bloom", "o.edi", order(1))
    events = [json.loads(line)["event"] for line in site.log.getvalue().splitlines()]
    assert {"file_claimed", "posted", "delivered"} <= set(events)

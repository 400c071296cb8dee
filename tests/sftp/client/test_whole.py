"""The whole way: a file on a partner's server is fetched, worked on, and answered there."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from daemon.clock import SystemClock
from daemon.config import Configuration
from daemon.engine import Engine
from daemon.mapping.tableset import TableSet
from daemon.parts import Parts, parts, run_once
from tests.daemon.network import SAMPLE_SITE
from tests.sftp.client.conftest import Desk

UNUSABLE = b"%PDF-1.7 no document that is read here\n"


def exchanging(desk: Desk) -> Configuration:
    """Return a site whose partner is polled and pushed to."""
    prefix = desk.lab.prefix
    sftp = desk.remote(pull={"folder": f"{prefix}out"}, push={"folder": f"{prefix}in"})
    site = desk.site(desk.partner(sftp=sftp))
    site.inbox("florsol").mkdir(parents=True)
    return site


@contextmanager
def opened(desk: Desk, site: Configuration) -> Iterator[Parts]:
    clock = SystemClock()
    site.mappings.mkdir(exist_ok=True)
    for table in (SAMPLE_SITE / "mappings").glob("*.csv"):
        with table.open() as lines:
            (site.mappings / table.name).write_text(lines.readline())
    tables = TableSet.open(site.mappings, [p.name for p in site.partner], clock)
    yield parts(site, desk.ledger, tables, clock=clock, say=desk.events, is_watching=False)


def answers(desk: Desk) -> list[bytes]:
    return [path.read_bytes() for path in (desk.lab.home / "in").iterdir()]


def test_one_run_fetches_works_and_answers_on_the_partners_server(desk: Desk) -> None:
    site = exchanging(desk)
    desk.lab.put("out", "a.pdf", UNUSABLE)
    with opened(desk, site) as p:
        assert run_once(p, patience_s=5) == 1
        p.close()
    assert len(answers(desk)) == 1
    assert list((desk.lab.home / "out").iterdir()) == []
    assert not list(site.outbox("florsol").glob("*"))


def test_the_running_engine_does_so_soon_and_ends_in_time(desk: Desk) -> None:
    site = exchanging(desk)
    desk.lab.put("out", "a.pdf", UNUSABLE)
    with opened(desk, site) as p:
        engine = Engine(p)
        engine.start()
        deadline = time.monotonic() + 30
        while not answers(desk):
            assert time.monotonic() < deadline, desk.events.said
            engine.tick()
            assert engine.slowest_s() < 30
            time.sleep(0.05)
        engine.stop()
    assert "delivered" in desk.events.names()
    assert not [t for t in threading.enumerate() if t.name == "sftp-florsol"]


def test_a_site_without_partners_servers_has_no_lanes(desk: Desk) -> None:
    site = desk.site(desk.partner())
    with opened(desk, site) as p:
        assert p.remote is None
        assert p.visit_servers() == 0
        p.close()

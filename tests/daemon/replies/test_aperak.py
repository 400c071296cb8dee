"""An APERAK has five lines for a sentence; what has no room there stands whole in the books."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from daemon.ledger import schema
from daemon.ledger.posting import posting
from daemon.replies import aperak
from daemon.trade.desk import Desk
from daemon.trade.outcome import RowOutcome, RowStatus, StepOutcome
from formats.edifact.reader import read
from formats.steps import OrderConfirmation
from tests.daemon.partner_files import availability
from tests.daemon.pipeline.test_edifact import network
from tests.daemon.sites import Desktop, desktop

LONG = " ".join(["why"] * 200)


def refused(site: Desktop, message: str) -> bytes:
    """Return the APERAK that florsol gets for a refused row of its first document."""
    vendor = site.site.partner_named("florsol")
    assert vendor is not None
    record = OrderConfirmation(number="PO-1")
    rows = (RowOutcome(1, "PO-1", RowStatus.REFUSED, message=message),)
    with posting(site.p.ledger) as post:
        desk = Desk(post, site.site, site.p.tables.current, site.p.today())
        outcome = StepOutcome(record, vendor, document_id=1, arrival_id=1, rows=rows)
        return aperak.step_advice(desk, outcome, ()).body


def found(site: Desktop) -> list[tuple[str, int]]:
    table = schema.findings.c
    rows = site.rows(select(table.code, table.document_id))
    return [(row.code, row.document_id) for row in rows]


def test_a_cut_sentence_is_written_down_at_its_document(tmp_path: Path) -> None:
    with desktop(tmp_path / "site", network=network()) as site:
        site.send("florsol", "stock.csv", availability(("Rosa Explorer 60cm", 30, "Stem")))
        (document,) = read(refused(site, LONG)).documents()
        assert document.record is not None
        assert found(site) == [("edifact.out.cut", 1)]


def test_a_sentence_that_has_room_leaves_nothing_behind(tmp_path: Path) -> None:
    with desktop(tmp_path / "site", network=network()) as site:
        site.send("florsol", "stock.csv", availability(("Rosa Explorer 60cm", 30, "Stem")))
        refused(site, "nothing of it is shipped")
        assert found(site) == []

"""An APERAK has five lines for a sentence; what has no room there stands whole in the books."""

from __future__ import annotations

from pathlib import Path

from daemon.ledger.posting import OutgoingFile, posting
from daemon.replies import aperak
from daemon.trade.desk import Desk
from daemon.trade.outcome import RowOutcome, RowStatus, StepOutcome
from formats.edifact.reader import read
from formats.steps import OrderConfirmation
from tests.daemon.partner_files import availability
from tests.daemon.pipeline.edifact_orders import network
from tests.daemon.sites import Desktop, desktop

LONG = " ".join(["why"] * 200)


def refused(site: Desktop, message: str) -> OutgoingFile:
    """Return the APERAK that florsol gets for a refused row of its first document."""
    vendor = site.site.partner_named("florsol")
    assert vendor is not None
    record = OrderConfirmation(number="PO-1")
    rows = (RowOutcome(1, "PO-1", RowStatus.REFUSED, message=message),)
    with posting(site.p.ledger) as post:
        desk = Desk(post, site.site, site.p.tables.current, site.p.today())
        outcome = StepOutcome(record, vendor, document_id=1, arrival_id=1, rows=rows)
        return aperak.step_advice(desk, outcome, ())


def test_a_cut_sentence_is_noted_beside_the_message(tmp_path: Path) -> None:
    with desktop(tmp_path / "site", network=network()) as site:
        site.send("florsol", "stock.csv", availability(("Rosa Explorer 60cm", 30, "Stem")))
        message = refused(site, LONG)
        (document,) = read(message.body).documents()
        assert document.record is not None
        assert [note.code for note in message.notes] == ["edifact.out.cut"]


def test_a_sentence_that_has_room_leaves_nothing_behind(tmp_path: Path) -> None:
    with desktop(tmp_path / "site", network=network()) as site:
        site.send("florsol", "stock.csv", availability(("Rosa Explorer 60cm", 30, "Stem")))
        assert refused(site, "nothing of it is shipped").notes == ()

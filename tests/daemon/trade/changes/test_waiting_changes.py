"""A change that overtook its order follows it; the newest one counts, and harms nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from daemon.errors import UsageError
from daemon.ledger import schema
from daemon.ledger.holds import HoldKind
from tests.daemon.network import NETWORK
from tests.daemon.partner_files import availability, interchange, order_set, purchase_order
from tests.daemon.sites import Desktop, desktop, only


def publish(site: Desktop, boxes: int) -> None:
    rows = ("Rosa Explorer 60cm", f"{boxes * 300}", "Stem")
    site.send("florsol", "stock.csv", availability(rows))


def change(boxes: int, *, control: int, purpose: str = "05", usage: str = "P") -> bytes:
    lines = ("BLM-100", f"{boxes}", "BX")
    return purchase_order("1", lines, purpose=purpose, control=control, usage=usage)


def order(boxes: int, *, control: int = 9, usage: str = "P") -> bytes:
    return purchase_order("1", ("BLM-100", f"{boxes}", "BX"), control=control, usage=usage)


def bought(site: Desktop) -> float:
    return site.lots()["ROS-EXP-60"][1] / 300


def documents(site: Desktop) -> list[str]:
    """Return the states of the orders' documents, oldest first."""
    table = schema.documents
    query = select(table.c.state).where(table.c.kind == "purchase_order").order_by(table.c.id)
    return [row.state for row in site.rows(query)]


@pytest.mark.parametrize("is_one_batch", [True, False])
def test_of_two_changes_that_wait_only_the_newer_can_go_on(
    site: Desktop, *, is_one_batch: bool
) -> None:
    publish(site, 9)
    site.drop("bloom", "a.edi", change(4, control=1))
    if not is_one_batch:
        site.run()
    first = next(iter(site.holds()), None)
    site.drop("bloom", "b.edi", change(6, control=2))
    files = site.run()
    (waits,) = site.holds()
    assert waits.kind is HoldKind.NO_ORIGINAL
    assert documents(site) == ["superseded", "held"]
    assert site.states()[1:] == ["posted", "held"]
    assert b"the change that was sent before is dropped" in b"".join(files.values())
    if first is not None:
        with pytest.raises(UsageError, match="superseded already"):
            site.release(first.id)
    site.send("bloom", "c.edi", order(8))
    assert (bought(site), site.holds()) == (6, [])
    assert documents(site) == ["superseded", "posted", "posted"]


def test_a_test_change_leaves_the_real_one_waiting(site: Desktop) -> None:
    publish(site, 9)
    site.send("bloom", "a.edi", change(4, control=1))
    site.send("bloom", "b.edi", change(6, control=2, usage="T"))
    assert documents(site) == ["held", "held"]
    site.send("bloom", "c.edi", order(8, usage="T"))
    assert documents(site) == ["held", "posted", "posted"]
    assert (bought(site), len(site.holds())) == (0, 1)
    site.send("bloom", "d.edi", order(8, control=10))
    assert (bought(site), site.holds()) == (4, [])


def test_changes_that_waited_side_by_side_before_are_told_apart(site: Desktop) -> None:
    """Versions before let two changes of one order wait."""
    publish(site, 9)
    site.send("bloom", "a.edi", change(4, control=1))
    (old,) = site.holds()
    site.send("bloom", "b.edi", change(6, control=2))
    with site.p.ledger.write() as conn:
        conn.execute(schema.holds.update().where(schema.holds.c.id == old.id).values(state="open"))
        conn.execute(
            schema.documents.update()
            .where(schema.documents.c.id == old.document_id)
            .values(state="held")
        )
    site.send("bloom", "c.edi", order(8))
    assert (bought(site), site.holds()) == (6, [])
    assert documents(site) == ["superseded", "posted", "posted"]


@pytest.fixture
def boxes_only(tmp_path: Path, ledger_url: str) -> Iterator[Desktop]:
    """A site whose vendor can only be told of whole boxes, on each database."""
    network = NETWORK.replace('receives_orders = ["x12", "csv"]', 'receives_orders = ["csv"]')
    with desktop(tmp_path / "site", network=network, ledger_url=ledger_url) as opened:
        yield opened


def test_a_change_that_cannot_be_written_leaves_its_good_order_alone(boxes_only: Desktop) -> None:
    site = boxes_only
    publish(site, 9)
    bad = purchase_order("1", ("BLM-100", "310", "EA"), purpose="05", control=1)
    site.send("bloom", "a.edi", bad)
    both = [order_set("1", ("BLM-100", "2", "BX")), order_set("2", ("BLM-100", "1", "BX"))]
    files = site.send("bloom", "b.edi", interchange(both, control=2))
    assert site.states() == ["posted", "held", "posted"]
    assert [row.state for row in site.orders()] == ["approved", "approved"]
    assert bought(site) == 3
    assert only(files, "florsol/order-1")
    assert only(files, "florsol/order-2")
    (hold,) = site.holds()
    assert "the change can't follow it: order 1, line 1: 310 Stem" in hold.message
    names = [row.name for row in site.rows(select(schema.outgoing))]
    assert len(names) == len(set(names))
    # It does not come up again with the next order, and a person can end it.
    site.send("bloom", "c.edi", purchase_order("3", ("BLM-100", "1", "BX"), control=3))
    assert bought(site) == 4
    site.reject(hold.id, "whole boxes only")
    assert (site.holds(), bought(site)) == ([], 4)
    assert [row.state for row in site.orders()] == ["approved", "approved", "approved"]

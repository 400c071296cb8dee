"""Texts as long as a standard allows are kept on each database; PostgreSQL counts characters."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from daemon.ledger import schema
from tests.daemon.pipeline.edifact_orders import BLOOM, FLORSOL, network, sent
from tests.daemon.sites import Desktop, desktop
from tests.daemon.today import day

LONG = "IMD+F+DSC+:::" + "W" * 256 + ":" + "V" * 256
NAME = ":".join("N" * 35 for _ in range(5))


@pytest.fixture
def site(tmp_path: Path, ledger_url: str) -> Iterator[Desktop]:
    """A vendor that reads its orders as rows, so that no writer has too little room."""
    made = network().replace('receives_orders = ["x12", "csv"]', 'receives_orders = ["csv"]')
    with desktop(tmp_path / "site", network=made, ledger_url=ledger_url) as opened:
        yield opened


def test_descriptions_and_places_in_edifact_are_kept_whole(site: Desktop) -> None:
    at, vendor = f"DTM+137:{day():%Y%m%d}:102", f"NAD+SU+{FLORSOL}::9"
    held = ("LIN+1++FS-1060:SA", LONG, "INV++++2", "QTY+145:3000:PCE")
    there = ("LIN+2++NEW-1:SA", LONG, "INV++++2", "QTY+145:1:PCE", "LOC+18+" + "X" * 25)
    site.send(
        "florsol", "s.edi", sent("INVRPT:D:01B:UN", "BGM+35+S-1+9", at, vendor, *held, *there)
    )
    ordered = ("LIN+1++BLM-100:BP", LONG, "QTY+21:1:BX", "UNS+S", "CNT+2:1")
    heading = ("BGM+220+PO-1+9", at, f"DTM+10:{day(2):%Y%m%d}:102", vendor, f"NAD+WH+++{NAME}")
    sides = {"sender": BLOOM, "to": FLORSOL, "control": "7002"}
    site.send("bloom", "o.edi", sent("ORDERS:D:01B:UN:EAN010", *heading, *ordered, **sides))
    assert site.states() == ["held", "posted"]
    (order,) = site.orders()
    assert (order.state, len(order.location)) == ("approved", 179)
    (line,) = site.rows(select(schema.order_lines.c.description))
    lots = site.rows(select(schema.stock_lots).order_by(schema.stock_lots.c.id))
    assert {len(each.description) for each in (line, *lots)} == {513}
    assert lots[1].location == "X" * 25

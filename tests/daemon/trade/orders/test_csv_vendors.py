"""What a vendor that takes orders only as CSV can't be told is said as it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.daemon.network import NETWORK
from tests.daemon.partner_files import availability, purchase_order
from tests.daemon.sites import Desktop, desktop, only

CSV_ONLY = NETWORK.replace('receives_orders = ["x12", "csv"]', 'receives_orders = ["csv"]')


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Desktop]:
    with desktop(tmp_path / "site", network=CSV_ONLY) as opened:
        yield opened


def test_an_order_that_is_no_whole_boxes_is_not_blamed_on_the_tables(site: Desktop) -> None:
    site.send("florsol", "stock.csv", availability(("Rosa Explorer 60cm", "3000", "Stem")))
    files = site.send("bloom", "o.edi", purchase_order("PO-7", ("BLM-100", "310", "EA")))
    (_, arrival) = site.arrivals()
    assert (arrival.state, arrival.reason_code) == ("quarantined", "unwritable")
    assert arrival.reason == (
        "order PO-7, line 1: 310 Stem isn't a whole number of boxes of 300. Florsol Farms takes"
        " orders only as CSV, which counts whole boxes. Order whole boxes; or the operator adds"
        " x12 to receives_orders of florsol, or its pack where that is not known, and releases"
        " this file"
    )
    assert b"whole number of boxes of 300" in only(files, "bloom/advice")
    assert "mapping tables" not in arrival.reason
    assert site.orders() == []


def test_whole_boxes_in_stems_are_told(site: Desktop) -> None:
    site.send("florsol", "stock.csv", availability(("Rosa Explorer 60cm", "3000", "Stem")))
    files = site.send("bloom", "o.edi", purchase_order("PO-7", ("BLM-100", "600", "EA")))
    assert only(files, "florsol/order-PO-7").splitlines()[1].split(b",")[20] == b"2"

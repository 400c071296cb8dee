"""Real charges of an air waybill change what goods have cost, wherever they are (K-69, W-05)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.daemon.sites import Desktop, desktop
from tests.daemon.trade.goods_files import coded, scans, ship
from tests.daemon.trade.invoices.invoice_files import bill
from tests.daemon.trade.landing.charge_files import (
    PRICED,
    charges,
    costs,
    freight,
    landed,
    ordered,
    state,
)

SHARED = PRICED.replace(
    'buyer = "bloom"\n', 'buyer = "bloom"\ninvoice_sync = { vendor = true, buyer = true }\n', 1
)


@pytest.fixture
def site(tmp_path: Path, ledger_url: str) -> Iterator[Desktop]:
    with desktop(tmp_path / "site", network=SHARED, ledger_url=ledger_url) as opened:
        yield opened


def test_goods_in_staging_in_inventory_and_invoiced_are_counted_anew(site: Desktop) -> None:
    """The estimate of domain 4.5 is 125.9819 a box; 40 dollars more freight for four boxes."""
    ordered(site, 3, 1)
    ship(site, *coded("PT1", "PT2", "PT3"), *coded("PT4", line=2))
    site.send("bloom", "scan-1.csv", scans("PT2", rack="A1"))
    site.send("bloom", "scan-2.csv", scans("PT3", arrival_date="2099-01-01"))
    line = {"quantity": 1, "unit": "Box", "unit_price": "0.30", "price_unit": "Stem"}
    line |= {"po_line": "2", "bunches": 12, "stems_bunch": 25}
    bill(site, line, total="90.00")
    files = state(site, freight(136))
    # 24.00 was the estimate of a box's freight; 136 / 4 are 34.00.
    assert costs(files) == [
        ("PT1", "staging", "135.9819", "0.453273"),
        ("PT2", "received", "135.9819", "0.453273"),
        ("PT3", "in inventory", "135.9819", "0.453273"),
        ("PT4", "staging", "135.9819", "0.453273"),
    ]
    told = landed(files)
    assert [row["invoices"] for row in told] == ["", "", "", "F-1"]
    assert {row["box_estimated"] for row in told} == {"125.9819"}
    assert {row["real"] for row in told} == {"freight"}
    assert [(row.kind, row.amount, row.state) for row in charges(site)] == [
        ("freight", 136, "pending approval")
    ]

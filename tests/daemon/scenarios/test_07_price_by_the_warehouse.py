"""Scenario 7: the same Ship Via Warehouse is 0.4199 landed, and 0.5832 (K-62)."""

from __future__ import annotations

from pathlib import Path

from tests.daemon.scenarios.prices import PRICED, offered
from tests.daemon.sites import desktop


def test_every_part_of_the_way_is_in_the_price(tmp_path: Path, ledger_url: str) -> None:
    with desktop(tmp_path / "site", network=PRICED, ledger_url=ledger_url) as site:
        row = offered(site)
        assert (row["unit_cost"], row["landed_cost"], row["price"]) == ("0.3", "0.4199", "0.5832")
        assert (row["unit_type"], row["currency"]) == ("Stem", "USD")

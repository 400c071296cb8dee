"""Scenario 6: Ship Via Grower, flower 0.30 and GPM 28 % make 0.4167, and no part else (D-01)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.daemon.scenarios.prices import BARE, PRICED, offered
from tests.daemon.sites import desktop


@pytest.mark.parametrize("network", [PRICED, BARE], ids=["with-landed-parts", "without"])
def test_what_the_way_to_the_warehouse_costs_does_not_count(
    tmp_path: Path, ledger_url: str, network: str
) -> None:
    with desktop(tmp_path / "site", network=network, ledger_url=ledger_url) as site:
        assert offered(site)["price_direct"] == "0.4167"


def test_the_price_of_the_warehouse_is_not_guessed_from_it(tmp_path: Path, ledger_url: str) -> None:
    with desktop(tmp_path / "site", network=BARE, ledger_url=ledger_url) as site:
        row = offered(site)
        assert (row["price"], row["landed_cost"]) == ("", "")

"""Scenario 3: an increase that comes twice counts once and is answered alike (K-44)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.daemon.network import NETWORK
from tests.daemon.partner_files import availability
from tests.daemon.sites import Desktop, desktop, kinds, only

INCREASE = NETWORK.replace('availability_mode = "overwrite"', 'availability_mode = "increase"')
ROSES = availability(("Rosa Explorer 60cm", 600, "Stem"))


@pytest.fixture
def site(tmp_path: Path, ledger_url: str) -> Iterator[Desktop]:
    with desktop(tmp_path / "site", network=INCREASE, ledger_url=ledger_url) as opened:
        yield opened


@pytest.mark.parametrize("name", ["stock.csv", "stock-again.csv"])
def test_the_second_delivery_adds_nothing_and_has_the_first_ones_answer(
    site: Desktop, name: str
) -> None:
    first = site.send("florsol", "stock.csv", ROSES)
    again = site.send("florsol", name, ROSES)
    assert site.lots() == {"ROS-EXP-60": (600, 0)}
    assert kinds(again) == ["florsol/advice-stock"]
    assert only(again, "florsol/advice") == only(first, "florsol/advice")
    assert site.states() == ["posted", "duplicate"]


def test_another_file_adds(site: Desktop) -> None:
    site.send("florsol", "stock.csv", ROSES)
    site.send("florsol", "more.csv", availability(("Rosa Explorer 60cm", 50, "Stem")))
    assert site.lots() == {"ROS-EXP-60": (650, 0)}

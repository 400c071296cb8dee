"""Scenario 20: the rate of an order is fixed with it, whatever the bank says later (K-80, K-82)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from daemon import cli
from tests.daemon.network import NETWORK
from tests.daemon.partner_files import availability
from tests.daemon.sites import Desktop, desktop, kinds, only
from tests.daemon.today import day
from tests.daemon.trade.direct import STOCK, order_csv

EURO = NETWORK.replace(
    'receives_labels = true\ncurrency = "USD"', 'receives_labels = true\ncurrency = "EUR"'
)
NEW_RATE = f"EUR,USD,1.2000,{day().isoformat()},today's"


@pytest.fixture
def site(tmp_path: Path, ledger_url: str) -> Iterator[Desktop]:
    with desktop(tmp_path / "site", network=EURO, ledger_url=ledger_url) as opened:
        opened.send("florsol", "availability.csv", availability(*STOCK))
        yield opened


def order(number: str, **cells: object) -> bytes:
    cells = {"ship_via": "warehouse", "unit_cost": "0.27", "unit_type": "Stem", **cells}
    return order_csv(number, **cells)


def shown(site: Desktop, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """Return the newest order as `k2kd orders --json` shows it."""
    assert cli.main(["orders", "--site", str(site.root), "--json", "--limit", "1"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)[0]["order"]
    return found


def test_order_keeps_its_cost_in_the_buyers_currency_after_the_rate_changes(
    site: Desktop, capsys: pytest.CaptureFixture[str]
) -> None:
    site.send("bloom", "po.csv", order("E-1"))
    before = shown(site, capsys)
    assert (before["currency"], before["rate"], before["rate_currency"]) == ("EUR", "1.085", "USD")
    assert (before["lines"][0]["unit_price"], before["lines"][0]["converted_price"]) == (
        *("0.27", "0.2930"),
    )
    site.map_row("rates", NEW_RATE)
    site.send("bloom", "again.csv", order("E-1"))
    assert shown(site, capsys) == before

    site.send("bloom", "other.csv", order("E-1", boxes=2))
    (waits,) = site.holds()
    site.release(waits.id)
    after = shown(site, capsys)
    assert (after["revision"], after["rate"]) == (1, "1.085")
    assert after["lines"][0]["converted_price"] == "0.2930"

    site.send("bloom", "new.csv", order("E-2"))
    assert shown(site, capsys)["lines"][0]["converted_price"] == "0.3240"


def test_order_without_a_rate_waits_for_the_row_and_goes_on_with_it(site: Desktop) -> None:
    files = site.send("bloom", "po.csv", order("E-3", currency="COP"))
    assert not [name for name in kinds(files) if name.startswith("florsol")]
    (waits,) = site.holds()
    assert waits.kind.value == "no rate"
    assert "add a row COP,USD to rates.csv" in waits.message
    assert "COP,USD" in only(files, "bloom/order-ack-E-3").decode()
    site.map_row("rates", "COP,USD,0.0002412345,,")
    assert "florsol/850-E-3" in kinds(site.run())
    (made,) = site.orders()
    assert (made.rate, made.rate_currency) == (Decimal("0.0002412345"), "USD")
    assert made.state == "approved"
    assert not site.holds()


def test_replacement_in_another_currency_is_refused_and_the_order_stands(site: Desktop) -> None:
    site.send("bloom", "po.csv", order("E-4"))
    site.send("bloom", "other.csv", order("E-4", currency="USD"))
    (waits,) = site.holds()
    site.release(waits.id)
    files = site.run()
    assert "was made in EUR for USD, now in USD" in only(files, "bloom/order-ack-E-4").decode()
    (made,) = site.orders()
    assert (made.currency, made.state) == ("EUR", "approved")

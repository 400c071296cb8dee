"""A-08: the network takes a fee of orders that its API created, but not of internal companies."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from daemon import cli
from tests.daemon.sites import Desktop, desktop, only
from tests.daemon.trade.answering import confirmation, publish
from tests.daemon.trade.direct import order_csv
from tests.daemon.trade.goods_files import coded, rows, ship
from tests.daemon.trade.invoices.invoice_files import SHARED, bill, invoices
from tests.daemon.trade.systems.floral_orders import order
from tests.daemon.trade.systems.test_aliases import created

WITH_FEE = SHARED.replace("[site]\n", "[site]\napi_fee_percent = 1.5\n", 1)
LINE = {"po_number": "PO-1", "quantity": 2, "unit": "Box", "unit_price": "0.30",
        "price_unit": "Stem", "bunches": 12, "stems_bunch": 25}  # fmt: skip


@pytest.fixture
def site(tmp_path: Path, ledger_url: str) -> Iterator[Desktop]:
    with desktop(tmp_path / "site", network=WITH_FEE, ledger_url=ledger_url) as opened:
        publish(opened, 9)
        yield opened


def fees(site: Desktop) -> list[Decimal | None]:
    return [each.fee_percent for each in site.orders()]


def billed(site: Desktop, **more: object) -> dict[str, bytes]:
    """Let bloom order two boxes of 90 dollars, and florsol ship and bill them."""
    site.send("bloom", "po.json", created(None))
    site.send("florsol", "c.csv", confirmation(",accepted", number="PO-1"))
    ship(site, *coded("PT1", "PT2"), po_number="PO-1")
    return bill(site, {**LINE, **more}, total="180.00")


def test_order_and_invoice_say_the_fee_and_no_total_changes(
    site: Desktop, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    files = billed(site)
    assert fees(site) == [Decimal("1.5")]
    (booked,) = invoices(site)
    assert (booked.amount, booked.fee) == (Decimal(180), Decimal("2.7"))
    ((status, _, message),) = rows(only(files, "florsol/advice"))
    assert status == "done"
    assert "the network's transaction fee on invoice F-1 is 2.7" in message
    assert b"180.00" in only(files, "bloom/invoice-F-1")
    assert cli.main(["orders", "--site", str(site.root)]) == 0
    assert "transaction fee 1.5 %" in capsys.readouterr().out
    assert cli.main(["invoices", "show", "F-1", "--site", str(site.root)]) == 0
    assert "transaction fee 2.7" in capsys.readouterr().out
    assert cli.main(["orders", "--json", "--site", str(site.root)]) == 0
    assert json.loads(capsys.readouterr().out)[0]["order"]["fee_percent"] == "1.5"


def test_orders_of_an_axerrio_system_bear_it(site: Desktop) -> None:
    site.send("axerrio-florsol", "o.json", order())
    assert fees(site) == [Decimal("1.5")]


def test_orders_that_came_otherwise_bear_none(site: Desktop) -> None:
    site.send("bloom", "po.csv", order_csv("CSV-1", ship_via="warehouse"))
    assert fees(site) == [None]


@pytest.mark.parametrize(
    ("company", "origin"), [("bloom", "bloom"), ("florsol", "axerrio-florsol")]
)
def test_internal_companies_bear_none(site: Desktop, company: str, origin: str) -> None:
    said = f'name = "{company}"\n'
    site.reconfigure(WITH_FEE.replace(said, said + "is_internal = true\n", 1))
    site.send(origin, "o.json", created(None) if origin == "bloom" else order())
    assert fees(site) == [None]


def test_an_order_keeps_the_fee_that_held_when_it_was_made(site: Desktop) -> None:
    site.send("bloom", "po.json", created(None))
    site.reconfigure(WITH_FEE.replace("api_fee_percent = 1.5", "api_fee_percent = 3"))
    site.send("florsol", "c.csv", confirmation(",accepted", number="PO-1"))
    ship(site, *coded("PT1", "PT2"), po_number="PO-1")
    bill(site, LINE, total="180.00")
    assert [each.fee for each in invoices(site)] == [Decimal("2.7")]


def test_without_a_setting_there_is_none(tmp_path: Path) -> None:
    with desktop(tmp_path / "free", network=SHARED) as site:
        publish(site, 9)
        billed(site)
        assert (fees(site), [each.fee for each in invoices(site)]) == ([None], [None])

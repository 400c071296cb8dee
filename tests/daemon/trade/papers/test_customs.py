"""What customs asks of the goods under an air waybill (domain 2.2, 11.7)."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest

from daemon import cli
from tests.daemon.sites import Desktop, desktop, only
from tests.daemon.trade.goods_files import GOOD, confirmed, ship
from tests.daemon.trade.orders.test_goods_classes import classify


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Desktop]:
    """Three half boxes of 300 roses at 0.30 go to bloom under one air waybill."""
    with desktop(tmp_path / "s") as opened:
        confirmed(opened, 3)
        ship(opened, {"boxes": 3})
        yield opened


def listed(site: Desktop, *words: str) -> list[dict[str, str]]:
    """Return the rows of what the command puts into the vendor's outbox."""
    assert cli.main(["papers", "customs", GOOD, "--site", str(site.root), *words]) == 0
    text = only(site.run(), "florsol/customs-").decode()
    return list(csv.DictReader(StringIO(text)))


def test_goods_are_told_with_tariff_codes_value_and_weight(site: Desktop) -> None:
    classify(site)
    (row,) = listed(site)
    assert (row["awb"], row["vendor"], row["purchaser"]) == (
        *(GOOD, "Florsol Farms", "Bloom Wholesale"),
    )
    assert (row["us_tariff"], row["canada_tariff"], row["origin"]) == (
        *("0603.11.0060", "0603.11.00.10", "Ecuador"),
    )
    assert (row["packages"], row["quantity"], row["unit_type"]) == ("3", "3", "Box")
    assert row["net_kg"] == "45.000"  # 3 boxes of 12 bunches of 25 stems of 50 g.
    assert (row["consignee_street"], row["consignee_country"]) == ("100 Market Street", "US")


def test_what_no_table_says_stays_empty(site: Desktop) -> None:
    (row,) = listed(site)
    assert (row["us_tariff"], row["net_kg"], row["gross_kg"]) == ("", "", "")
    assert (row["category"], row["total_packages"]) == ("Roses", "3")


def test_the_value_is_that_of_the_order(site: Desktop) -> None:
    (row,) = listed(site)
    price, per = row["unit_price"], row["price_unit"]
    stems = {"Stem": 900, "Bunch": 36, "Box": 3}[per]
    assert float(row["amount"]) == round(float(price) * stems, 2)
    assert row["total_amount"] == row["amount"] and row["currency"] == "USD"


def test_another_number_is_said(site: Desktop, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["papers", "customs", "999-00000000", "--site", str(site.root)]) == 2
    assert "nothing travels under air waybill 999-00000000" in capsys.readouterr().err


def test_it_is_written_into_a_folder(site: Desktop, tmp_path: Path) -> None:
    to = tmp_path / "papers"
    assert (
        cli.main(["papers", "customs", GOOD[-4:], "--site", str(site.root), "--to", str(to)]) == 0
    )
    (file,) = to.iterdir()
    assert file.name == f"customs-florsol-{GOOD}.csv"
    assert not any("customs" in name for name in site.run())

"""A future sale in partners' own layouts: told to buyers, understood of vendors (K-32)."""

from __future__ import annotations

import csv
from io import StringIO

import pytest
from sqlalchemy import select

from daemon.ledger import schema
from daemon.mapping.layouts import COLUMNS_FILE, LAYOUTS_FILE
from formats.layouts.guess import guess_layout
from tests.daemon.mapping.test_layouts import COLUMNS, LAYOUTS
from tests.daemon.network import NETWORK
from tests.daemon.partner_files import availability
from tests.daemon.sites import Desktop, only
from tests.daemon.today import day

ROWS = (
    "voor,availability,csv,semicolon,,,YYYYMMDD,,,\n",
    "voor,product_description,Soort,,,,,,\nvoor,quantity,Aantal,,,,,,\n"
    "voor,unit_type,Eenheid,,,,,,stuk=Stem\nvoor,available_from,Vanaf,,,,,,\n"
    "voor,future_sale_from,Verwacht,,,,,,\n",
)


@pytest.fixture
def own(site: Desktop) -> Desktop:
    """The sample network, in which florsol sends and bloom gets the same layout."""
    tables = site.root / "mappings"
    (tables / LAYOUTS_FILE).write_text(LAYOUTS + ROWS[0])
    (tables / COLUMNS_FILE).write_text(COLUMNS + ROWS[1])
    made = NETWORK.replace(
        'receives_availability = "x12"', 'receives_availability = "layout:voor"', 1
    )
    made = made.replace(
        'complete_when = "renamed"', 'complete_when = "renamed"\nlayouts = ["voor"]'
    )
    site.reconfigure(made)
    return site


def told(files: dict[str, bytes]) -> list[tuple[str, str]]:
    """Return first day and future sale of each offer in bloom's file."""
    text = only(files, "bloom/availability-").decode()
    rows = csv.DictReader(StringIO(text), delimiter=";")
    return [(row["Vanaf"], row["Verwacht"]) for row in rows]


def lots(site: Desktop) -> list[str]:
    return [row.available_from for row in site.rows(select(schema.stock_lots.c.available_from))]


@pytest.mark.parametrize(("ahead", "said"), [(2, f"{day(2):%Y%m%d}"), (0, "")])
def test_a_buyer_reads_from_when_its_vendor_has_the_goods(
    own: Desktop, ahead: int, said: str
) -> None:
    files = own.send(
        "florsol", "a.csv", availability(("Rosa Explorer 60cm", 900, "Stem"), at=ahead)
    )
    assert told(files) == [(f"{day(ahead):%Y%m%d}", said)]


@pytest.mark.parametrize(
    ("since", "future", "there"),
    [
        (f"{day():%Y%m%d}", f"{day(4):%Y%m%d}", day(4)),
        (f"{day(5):%Y%m%d}", f"{day(4):%Y%m%d}", day(5)),
        (f"{day(1):%Y%m%d}", "", day(1)),
    ],
)
def test_a_vendors_goods_are_there_on_the_later_day(
    own: Desktop, since: str, future: str, there: object
) -> None:
    rows = f"Soort;Aantal;Eenheid;Vanaf;Verwacht\nRosa Explorer 60cm;900;stuk;{since};{future}\n"
    own.send("florsol", "voorraad.csv", rows.encode())
    assert lots(own) == [str(there)]


def test_a_day_that_can_not_be_read_is_named(own: Desktop) -> None:
    rows = f"Soort;Aantal;Eenheid;Vanaf;Verwacht\nRosa Explorer 60cm;9;stuk;{day():%Y%m%d};gauw\n"
    files = own.send("florsol", "voorraad.csv", rows.encode())
    assert lots(own) == []
    assert '"row 2, column Verwacht"' in only(files, "florsol/advice-").decode()


@pytest.mark.parametrize("word", ["Future sale from", "Verwacht", "Venta futura desde"])
def test_a_header_of_future_sales_is_told_by_its_words(word: str) -> None:
    text = f"Product;Quantity;Unit;{word}\nRose;5;Stem;21-11-2026\nRose;6;Stem;22-11-2026\n"
    found = guess_layout("sample", text.encode(), None)
    assert found is not None
    assert {"future_sale_from"} <= {each.field for each in found.layout.columns}

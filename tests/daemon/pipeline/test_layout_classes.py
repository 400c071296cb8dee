"""Division and tags in partners' own layouts: told to buyers, and nothing to read (domain 2.2)."""

from __future__ import annotations

import csv
from io import StringIO

import pytest

from daemon.mapping.layouts import COLUMNS_FILE, LAYOUTS_FILE
from tests.daemon.mapping.test_layouts import COLUMNS, LAYOUTS
from tests.daemon.network import NETWORK
from tests.daemon.partner_files import availability
from tests.daemon.sites import Desktop, only
from tests.daemon.trade.orders.test_goods_classes import widen

LAYOUT = "winkel,availability,csv,semicolon,,,YYYYMMDD,,,\n"
FIELDS = (
    "winkel,product_description,Soort,,,,,,\nwinkel,quantity,Aantal,,,,,,\n"
    "winkel,unit_type,Eenheid,,,,,,stuk=Stem\nwinkel,division,Afdeling,,,,,,\n"
    "winkel,tags,Woorden,,,,,,\n"
)


@pytest.fixture
def own(site: Desktop) -> Desktop:
    """The sample network, in which florsol sends and bloom gets the same layout."""
    tables = site.root / "mappings"
    (tables / LAYOUTS_FILE).write_text(LAYOUTS + LAYOUT)
    (tables / COLUMNS_FILE).write_text(COLUMNS + FIELDS)
    widen(site, "catalogue", "division", "tags", division="Plants", tags="mothers day, premium")
    made = NETWORK.replace(
        'receives_availability = "x12"', 'receives_availability = "layout:winkel"', 1
    )
    said = 'complete_when = "renamed"'
    site.reconfigure(made.replace(said, f'{said}\nlayouts = ["winkel"]'))
    return site


def test_a_buyer_reads_them(own: Desktop) -> None:
    files = own.send("florsol", "a.csv", availability(("Rosa Explorer 60cm", 900, "Stem")))
    text = only(files, "bloom/availability-").decode()
    (row,) = csv.DictReader(StringIO(text), delimiter=";")
    assert (row["Afdeling"], row["Woorden"]) == ("Plants", "mothers day, premium")


def test_a_vendor_says_nothing_by_them(own: Desktop) -> None:
    """A file may have the columns, or leave them out."""
    full = "Soort;Aantal;Eenheid;Afdeling;Woorden\nRosa Explorer 60cm;900;stuk;Fruit;x\n"
    own.send("florsol", "a.csv", full.encode())
    own.send("florsol", "b.csv", b"Soort;Aantal;Eenheid\nRosa Explorer 60cm;800;stuk\n")
    assert own.states() == ["posted", "posted"]
    assert own.lots() == {"ROS-EXP-60": (800, 0)}

"""Products of a vendor that come by themselves where a buyer takes them so: domain M-15."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from sqlalchemy import select

from daemon.ledger import schema
from daemon.mapping.load import load
from tests.daemon.mapping.samples import PARTNERS, TODAY
from tests.daemon.network import NETWORK
from tests.daemon.partner_files import purchase_order
from tests.daemon.sites import Desktop, desktop, only
from tests.daemon.today import day

HEADER = (
    "vendorId,productDescription,availableFrom,quantityUnits,unitType,category,color,unitCost,"
    "stemsBunch,grade,variety\n"
)
LOOSE = 'currency = "USD"\nselling = { sells_without_pack = true }\n'
TAKES = '[[connection]]\nvendor = "florsol"\nbuyer = "tulipan"\nadds_products = true\n'
GARNET = "Rosa Granate 70cm"


def network() -> str:
    """Return the sample network, where tulipan takes florsol's products as they come."""
    loose = NETWORK.replace('currency = "USD"\n', LOOSE, 1)
    said = '[[connection]]\nvendor = "florsol"\nbuyer = "tulipan"\n'
    assert said in loose
    return loose.replace(said, TAKES)


@pytest.fixture
def adding(tmp_path: Path, ledger_url: str) -> Iterator[Desktop]:
    """A site where tulipan takes florsol's products as they come, and bloom does not."""
    with desktop(tmp_path / "adding", network=network(), ledger_url=ledger_url) as opened:
        yield opened


def offer(text: str = GARNET, color: str = "Rojo") -> bytes:
    row = f"111,{text},{day()},500,Stem,ROSAS,{color},0.34,25,70CM,Granate\n"
    return (HEADER + row).encode()


def catalogue(site: Desktop) -> list[dict[str, str]]:
    text = (site.root / "mappings" / "catalogue.csv").read_text()
    return list(csv.DictReader(StringIO(text)))


def told(files: dict[str, bytes]) -> list[tuple[str, str]]:
    rows = csv.DictReader(StringIO(only(files, "tulipan/availability").decode()))
    return [(row["product_code"], row["quantity_units"]) for row in rows]


def test_new_product_is_in_the_catalogue_and_mapped_and_on_sale(adding: Desktop) -> None:
    site = adding
    files = site.send("florsol", "a.csv", offer())
    made = catalogue(site)[-1]
    assert made == {
        "code": "FLORSOL-ROSA-GRANATE-70CM",
        "description": GARNET,
        "category": "Roses",
        "variety": "Granate",
        "color": "Red",
        "grade": "70 cm",
        "active": "yes",
        "from_vendor": "florsol",
    }
    assert told(files)[-1] == ("FLORSOL-ROSA-GRANATE-70CM", "500")
    assert (site.holds(), site.states()) == ([], ["posted"])
    tables = load(site.root / "mappings", partners=PARTNERS, today=TODAY)
    assert tables.product("florsol", None, GARNET, None, TODAY) == "FLORSOL-ROSA-GRANATE-70CM"
    assert tables.product("andes", "FLORSOL-X", "Other", None, TODAY) is None


def test_buyer_that_takes_none_sees_it_once_a_person_gives_it_a_row(adding: Desktop) -> None:
    site = adding
    files = site.send("florsol", "a.csv", offer())
    assert not any(b"QTY*33*500" in body for name, body in files.items() if "bloom/" in name)
    site.map_row("products", "bloom,,BLM-70,GARNET 70,FLORSOL-ROSA-GRANATE-70CM,,yes,,,")
    told_bloom = only(site.run(), "bloom/846")
    assert b"BP*BLM-70" in told_bloom and b"QTY*33*500*EA" in told_bloom


def test_buyer_orders_it_by_the_code_that_it_was_told(adding: Desktop) -> None:
    site = adding
    site.send("florsol", "a.csv", offer())
    code = "FLORSOL-ROSA-GRANATE-70CM"
    site.send("tulipan", "1.edi", purchase_order("PO-1", (code, "25", "EA"), sender="TULIPAN"))
    (order,) = site.orders()
    (line,) = site.rows(select(schema.order_lines))
    assert (order.state, line.product, line.accepted) == ("approved", code, 25)


def test_the_same_file_again_adds_nothing(adding: Desktop) -> None:
    site = adding
    site.send("florsol", "a.csv", offer())
    before = catalogue(site)
    site.send("florsol", "b.csv", offer().replace(b"500", b"400"))
    assert catalogue(site) == before


def test_words_that_the_network_lacks_do_not_become_its_own(adding: Desktop) -> None:
    adding.send("florsol", "a.csv", offer(color="granate oscuro"))
    assert (catalogue(adding)[-1]["color"], catalogue(adding)[-1]["category"]) == ("", "Roses")


def test_a_product_that_a_person_switched_off_is_not_added_anew(adding: Desktop) -> None:
    site = adding
    file = site.root / "mappings" / "catalogue.csv"
    file.write_text(file.read_text() + f"OLD,{GARNET},Roses,,,,no\n")
    assert site.p.tables.refresh(is_whole=True)
    site.send("florsol", "a.csv", offer())
    assert [row["code"] for row in catalogue(site)][-1] == "OLD"
    assert [hold.source_description for hold in site.holds()] == [GARNET]


def test_without_the_option_a_new_product_waits(each_site: Desktop) -> None:
    site = each_site
    before = catalogue(site)
    site.send("florsol", "a.csv", offer())
    assert catalogue(site) == before
    assert [hold.mapping_kind for hold in site.holds()] == ["products"]


def test_tables_that_cannot_be_written_are_said_once_and_the_offer_waits(
    adding: Desktop,
) -> None:
    site = adding
    file = site.root / "mappings" / "packs.csv"
    site.send("florsol", "0.csv", offer("Rosa Explorer 60cm"))
    file.write_text(file.read_text() + "florsol,GONE,HB,12,25,Stem,yes,,,\n")
    site.send("florsol", "a.csv", offer())
    site.run()
    assert site.log.getvalue().count("products_not_added") == 1
    assert [hold.source_description for hold in site.holds()] == [GARNET]

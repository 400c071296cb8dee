"""What a buyer's shop may show of the vendor is what its availability says of it (H-02, H-03)."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from daemon import cli
from tests.daemon.network import NETWORK
from tests.daemon.partner_files import availability, purchase_order
from tests.daemon.sites import Desktop, desktop, only

STOCK = availability(("Rosa Explorer 60cm", 600, "Stem"), ("Rosa Freedom 50cm", 600, "Stem"))


def showing(how: str) -> str:
    """Return a network whose buyers call florsol FLO7, and tell their customers so much of it."""
    network = NETWORK.replace('vendor_code = "V1"', f'vendor_code = "FLO7"\nshow_vendor = "{how}"')
    assert network != NETWORK
    return network


@pytest.fixture(params=["name", "code", "hidden"])
def how(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def site(tmp_path: Path, how: str) -> Iterator[Desktop]:
    with desktop(tmp_path / "site", network=showing(how)) as opened:
        yield opened


def displayed(files: dict[str, bytes]) -> set[str]:
    """Return what tulipan's CSV says of the vendor."""
    table = csv.DictReader(io.StringIO(only(files, "tulipan/availability").decode()))
    return {row["vendor_display"] for row in table}


def test_each_format_says_of_an_offer_what_customers_may_know(site: Desktop, how: str) -> None:
    files = site.send("florsol", "a.csv", STOCK)
    said = {"name": "Florsol Farms", "code": "FLO7", "hidden": ""}[how]
    assert displayed(files) == {said}
    of_offers = only(files, "bloom/846").decode().partition("LIN*")[2]
    named = [part for part in of_offers.split("~\n") if part.startswith("N1*VN")]
    assert named == ([f"N1*VN*{said}"] * 2 if said else [])


def test_an_edit_of_the_setting_tells_everything_anew(site: Desktop, how: str) -> None:
    site.send("florsol", "a.csv", STOCK)
    other = "hidden" if how != "hidden" else "code"
    site.reconfigure(showing(other))
    assert displayed(site.run()) == {{"code": "FLO7", "hidden": ""}[other]}


def test_what_is_sold_out_names_no_more_of_the_vendor_than_before(site: Desktop, how: str) -> None:
    site.send("florsol", "a.csv", STOCK)
    files = site.send("bloom", "1.edi", purchase_order("1", ("BLM-100", "2", "BX")))
    said = {"name": "Florsol Farms", "code": "FLO7", "hidden": ""}[how]
    table = csv.DictReader(io.StringIO(only(files, "tulipan/availability").decode()))
    assert [(row["quantity_units"], row["vendor_display"]) for row in table] == [("0", said)]


def test_the_command_shows_what_the_buyer_is_told(
    site: Desktop, how: str, capsys: pytest.CaptureFixture[str]
) -> None:
    site.send("florsol", "a.csv", STOCK)
    assert cli.main(["availability", "bloom", "--site", str(site.root), "--json"]) == 0
    found = {each["vendor_display"] for each in json.loads(capsys.readouterr().out)}
    assert found == {{"name": "Florsol Farms", "code": "FLO7", "hidden": None}[how]}


def test_a_connection_that_ends_takes_offers_back_without_a_hidden_name(tmp_path: Path) -> None:
    hides = NETWORK.replace(
        'x12 = { id = "TULIPAN" }',
        'x12 = { id = "TULIPAN" }\nbuying = { show_vendor = "hidden" }',
    )
    with desktop(tmp_path / "site", network=hides) as site:
        site.send("florsol", "a.csv", STOCK)
        head, first, *others = hides.split("[[connection]]\n")
        site.reconfigure("[[connection]]\n".join([head, first, others[-1]]))
        files = site.run()
        table = csv.DictReader(io.StringIO(only(files, "tulipan/availability").decode()))
        assert {(row["quantity_units"], row["vendor_display"]) for row in table} == {("0", "")}


def test_a_connection_that_hides_its_vendor_ends_without_its_name(tmp_path: Path) -> None:
    head, first, second, *others = NETWORK.split("[[connection]]\n")
    hides = "[[connection]]\n".join([head, first, f'show_vendor = "hidden"\n{second}', *others])
    with desktop(tmp_path / "site", network=hides) as site:
        shown = only(site.send("florsol", "a.csv", STOCK), "tulipan/availability")
        assert b"Florsol" not in shown
        site.reconfigure("[[connection]]\n".join([head, first, others[-1]]))
        ended = only(site.run(), "tulipan/availability").decode()
        table = csv.DictReader(io.StringIO(ended))
        assert {(row["quantity_units"], row["vendor_display"]) for row in table} == {("0", "")}

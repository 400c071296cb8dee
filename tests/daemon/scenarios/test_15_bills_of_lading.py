"""Scenario 15: one consolidated bill of lading with three orders, and a single one (11.3)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from sqlalchemy import select

from daemon import cli
from daemon.ledger import schema
from tests.daemon.sites import Desktop, desktop
from tests.daemon.today import day
from tests.daemon.trade.direct import DIRECT, HOME, order_csv, publish


@pytest.fixture
def site(tmp_path: Path, ledger_url: str) -> Iterator[Desktop]:
    with desktop(tmp_path / "site", network=DIRECT, ledger_url=ledger_url) as opened:
        opened.map_row("carriers", "florsol,,SUNTRK,Sunline,TRUCK1,,yes,,,,,")
        publish(opened)
        for number, carrier in (("B-1", "SUNL"), ("B-2", "SUNL"), ("B-3", "CCF"), ("B-4", "SUNL")):
            opened.send("bloom", f"{number}.csv", order_csv(number, carrier_code=carrier, **HOME))
        yield opened


def printed(site: Desktop, *words: str) -> int:
    return cli.main(["papers", "bol", "--site", str(site.root), "--date", f"{day(2)}", *words])


def rows(body: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body.decode())))


def codes(page: pypdfium2.PdfPage) -> set[str]:
    image = page.render(scale=3).to_pil()
    return {found.text for found in zxingcpp.read_barcodes(image)}


def test_four_orders_of_which_one_has_another_carrier_make_two_bills(site: Desktop) -> None:
    assert printed(site) == 0
    files = site.run()
    papers = {name: body for name, body in files.items() if "/bol-" in name}
    assert [name.split("/")[0] for name in papers] == ["florsol"] * 4
    tables = [rows(body) for name, body in papers.items() if name.endswith(".csv")]
    by_orders = {tuple(row["order_number"] for row in each): each for each in tables}
    assert set(by_orders) == {("B-1", "B-2", "B-4"), ("B-3",)}
    whole = by_orders["B-1", "B-2", "B-4"]
    assert {row["carrier"] for row in whole} == {"Sunline Truck Lines"}
    assert by_orders["B-3",][0]["carrier"] == "Coastal Cold Freight"
    assert {(row["ship_to_street"], row["boxes"], row["fbe"]) for row in whole} == {
        ("8 Rose Lane", "1", "0.50")
    }
    for name, body in papers.items():
        if not name.endswith(".pdf"):
            continue
        document = pypdfium2.PdfDocument(body)
        found = codes(document[0])
        number = next(text for text in found if text.startswith("BOL"))
        (own,) = (each for each in tables if each[0]["bol_number"] == number)
        assert found == {number, *(row["order_number"] for row in own)}
        words = document[0].get_textpage().get_text_range()
        assert ("Consolidated bill of lading" in words) is (len(own) > 1)
        document.close()


def test_bill_printed_again_is_equal_and_says_who_printed_it(site: Desktop, tmp_path: Path) -> None:
    for folder, who in (("one", "ana"), ("two", "ben")):
        target = tmp_path / folder
        assert printed(site, "--to", str(target), "--by", who, "--customer", "rl01") == 0
    first, second = (
        {path.name: path.read_bytes() for path in (tmp_path / folder).iterdir()}
        for folder in ("one", "two")
    )
    assert first == second
    assert sorted(name.rsplit(".", 1)[1] for name in first) == ["csv", "csv", "pdf", "pdf"]
    assert not [name for name in site.run() if "/bol-" in name]
    moves = schema.moves.c
    said = site.rows(select(moves.cause).where(moves.entity == "bill of lading"))
    assert {row.cause.rsplit(" ", 1)[1] for row in said} == {"ana", "ben"}
    assert len(said) == 8


def test_nothing_leaves_on_another_day_or_to_another_customer(
    site: Desktop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert printed(site, "--customer", "nobody", "--to", str(tmp_path / "none")) == 0
    assert "nothing leaves" in capsys.readouterr().out
    assert not list((tmp_path / "none").iterdir())

"""Division and tags of products, and tariff codes of categories, from the tables (domain 2.2)."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest

from daemon.mapping.classes import UNCLASSED, GoodsClass, goods_class
from tests.daemon.partner_files import availability
from tests.daemon.sites import Desktop, desktop, only

ROSES = ("Rosa Explorer 60cm", 900, "Stem")
OWN = "*,,Roses,Roses,Roses,Roses,yes,,,,"
CODES = "Ecuador,0603.11.0060,0603.11.00.10,0603110000"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Desktop]:
    with desktop(tmp_path / "s") as opened:
        yield opened


def classify(site: Desktop, *, division: str = "fresh cut flowers", kg: str = "0.05") -> None:
    """Write a row of the network's own list of categories, as a person does."""
    columns = ("division", "origin", "us_tariff", "canada_tariff", "customs_code", "stem_kg")
    widen(site, "categories", *columns)
    site.map_row("categories", f"{OWN}{division},{CODES},{kg}")


def widen(site: Desktop, table: str, *columns: str, **cells: str) -> None:
    """Add columns to a table; `cells` are those of the product ROS-EXP-60."""
    file = site.root / "mappings" / f"{table}.csv"
    rows = list(csv.DictReader(StringIO(file.read_text())))
    out = StringIO()
    writer = csv.DictWriter(out, [*rows[0], *columns], restval="", lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow(row | (cells if row.get("code") == "ROS-EXP-60" else {}))
    file.write_text(out.getvalue())


def offers(files: dict[str, bytes]) -> list[tuple[str, str]]:
    """Return division and tags of what tulipan is told."""
    rows = csv.DictReader(StringIO(only(files, "tulipan/availability-").decode()))
    return [(row["division"], row["tags"]) for row in rows]


def test_a_product_is_of_its_categorys_class(site: Desktop) -> None:
    classify(site)
    tables, today = site.p.tables.current, site.p.today()
    roses = goods_class(tables, "ROS-EXP-60", today)
    assert roses.division == "FreshCutFlowers"
    assert (roses.us_tariff, roses.canada_tariff) == ("0603.11.0060", "0603.11.00.10")
    assert (roses.origin, roses.customs_code, str(roses.stem_kg)) == (
        *("Ecuador", "0603110000", "0.05"),
    )
    assert goods_class(tables, "CAR-RED-SEL", today) == GoodsClass()
    assert goods_class(tables, "NO-SUCH", today) is UNCLASSED


def test_buyers_read_division_and_tags(site: Desktop) -> None:
    files = site.send("florsol", "a.csv", availability(ROSES))
    assert offers(files) == [("", "")]
    classify(site)
    assert offers(site.run()) == [("FreshCutFlowers", "")]
    own = {"division": "Plants", "tags": "valentine, premium"}
    widen(site, "catalogue", "division", "tags", **own)
    assert site.p.tables.refresh(is_whole=True)
    assert offers(site.run()) == [("Plants", "valentine, premium")]


@pytest.mark.parametrize(
    ("table", "cells", "said"),
    [
        ("catalogue", {"division": "Fruit"}, "a division is one of FreshCutFlowers, Plants"),
        ("catalogue", {"tags": "x" * 201}, "201 characters; at most 200 are kept"),
    ],
)
def test_what_no_other_system_takes_is_refused(
    site: Desktop, table: str, cells: dict[str, str], said: str
) -> None:
    widen(site, table, "division", "tags", **cells)
    reloaded = site.p.tables.refresh(is_whole=True)
    assert reloaded is not None and not reloaded.is_good
    assert any(said in problem for problem in reloaded.problems)


def test_a_tariff_code_that_is_too_long_is_refused(site: Desktop) -> None:
    columns = ("division", "origin", "us_tariff", "canada_tariff", "customs_code", "stem_kg")
    widen(site, "categories", *columns)
    file = site.root / "mappings" / "categories.csv"
    file.write_text(f"{file.read_text()}{OWN},,06031100601234567890X,,,\n")
    reloaded = site.p.tables.refresh(is_whole=True)
    assert reloaded is not None
    assert any("21 characters; at most 20 are kept" in problem for problem in reloaded.problems)

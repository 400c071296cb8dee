"""Lots that differ in their treatment alone are told apart, with the vendor's tag (domain 2.3)."""

from __future__ import annotations

import csv
import io

from sqlalchemy import select

from daemon.ledger import schema
from tests.daemon.sites import Desktop, only
from tests.daemon.today import day


def stock(*rows: tuple[str, int, str]) -> bytes:
    """Return an availability CSV of (treatment, stems, tag) rows of one rose (domain 12.1)."""
    words = f"Rosa Explorer 60cm,{day().isoformat()}"
    lines = [f"111,{words},{n},Stem,{ph},Roses,Red,0.34,25,{tag}" for ph, n, tag in rows]
    return "".join(f"{line}\n" for line in lines).encode()


def told(files: dict[str, bytes]) -> list[tuple[str, str, str]]:
    """Return (treatment, left, tag) of what tulipan is told."""
    table = csv.DictReader(io.StringIO(only(files, "tulipan/availability").decode()))
    return [(row["post_harvest"], row["quantity_units"], row["tag"]) for row in table]


def test_a_buyer_reads_treatment_and_tag_of_each_lot(site: Desktop) -> None:
    files = site.send("florsol", "a.csv", stock(("PH1", 600, "Valentine"), ("PH2", 300, "")))
    assert told(files) == [("PH1", "600", "Valentine"), ("PH2", "300", "")]


def test_another_tag_is_told_and_the_same_file_is_not(site: Desktop) -> None:
    site.send("florsol", "a.csv", stock(("PH1", 600, "Valentine")))
    files = site.send("florsol", "b.csv", stock(("PH1", 600, "Mothers day")))
    assert told(files) == [("PH1", "600", "Mothers day")]
    files = site.send("florsol", "c.csv", stock(("PH1", 600, "Mothers day")) + b"\n")
    assert not [name for name in files if name.startswith("tulipan/")]
    assert [row.tag for row in site.rows(select(schema.stock_lots.c.tag))] == ["Mothers day"]


def test_a_tag_that_a_spreadsheet_would_compute_is_neutralised(site: Desktop) -> None:
    files = site.send("florsol", "a.csv", stock(("PH1", 600, "=1+1")))
    assert told(files) == [("PH1", "600", "'=1+1")]

"""Workbooks that are dropped are read like CSV, and a bomb delays nobody (F23)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from daemon.ledger.posting import posting
from daemon.pipeline import workbooks
from daemon.workbooks.opening import open_workbook
from formats.limits import Limits
from formats.xlsx.workbook import Workbook
from tests.daemon.network import NETWORK
from tests.daemon.sites import Desktop
from tests.daemon.today import day
from tests.daemon.workbooks.test_opening import far_apart
from tests.formats.xlsx.books import book, opened
from tests.formats.xlsx.test_workbook import HEADER, row


def test_an_availability_as_a_workbook_is_stock(site: Desktop) -> None:
    rows = [HEADER, row("Rose Freedom Red 60 cm", availableFrom=day()), row(unitType="Crate")]
    files = site.send("florsol", "stock.xlsx", book({"Stock": rows}))
    assert site.states() == ["posted"]
    (published,) = {lot[0] for lot in site.lots().values()}
    assert published == 100
    (advice,) = [body for name, body in files.items() if "advice" in name]
    assert b'"sheet Stock, row 3, column E unitType"' in advice


def test_orders_as_a_workbook_are_placed(site: Desktop) -> None:
    header = ["po_number", "line", "vendor_code", "ship_date", "product_code", "boxes"]
    rows = [header, ["W-1", 1, "V1", day(2), "BLM-100", 2]]
    site.send("bloom", "orders.xlsx", book({"Orders": rows}))
    assert [order.number for order in site.orders()] == ["W-1"]


def test_what_comes_twice_is_a_copy(site: Desktop) -> None:
    data = book({"Stock": [HEADER, row("Rose Freedom Red 60 cm", availableFrom=day())]})
    site.send("florsol", "a.xlsx", data)
    site.send("florsol", "b.xlsx", data)
    assert site.states() == ["posted", "duplicate"]


def test_nobody_waits_for_the_ledger_while_a_workbook_is_opened(
    site: Desktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[bool] = []

    def opened(data: bytes, *, limits: Limits) -> Workbook:
        with ThreadPoolExecutor(1) as other:
            said.append(other.submit(_has_written, site).result(timeout=10))
        return open_workbook(data, limits=limits)

    monkeypatch.setattr(workbooks, "open_workbook", opened)
    rows = [HEADER, row("Rose Freedom Red 60 cm", availableFrom=day())]
    data = book({"Stock": rows})
    for number in range(3):
        site.drop("florsol", f"{number}.csv", b"x,y\n%d,2\n" % number)
    site.drop("florsol", "4.xlsx", data)
    site.run()
    assert said == [True]
    assert site.states()[-1] == "posted"


def _has_written(site: Desktop) -> bool:
    """Begin a posting as another lane would, and end it."""
    with posting(site.p.ledger) as post:
        post.count("probe")
    return True


def test_a_bomb_is_quarantined_and_the_next_file_is_read(site: Desktop) -> None:
    site.drop("florsol", "1-bomb.xlsx", far_apart())
    rows = [HEADER, row("Rose Freedom Red 60 cm", availableFrom=day())]
    files = site.send("florsol", "2-stock.xlsx", book({"Stock": rows}))
    assert sorted(site.states()) == ["posted", "quarantined"]
    assert any(b"too much room" in body for body in files.values())


def test_a_workbook_without_a_known_table_is_refused_by_name(site: Desktop) -> None:
    files = site.send("florsol", "x.xlsx", book({"A": [["hello"]], "B": [["world"]]}))
    assert site.states() == ["quarantined"]
    assert any(b"No sheet has a header" in body for body in files.values())


def sheet_of(body: bytes) -> list[dict[str, str]]:
    """Return the rows of a workbook of ours by the names in its header."""
    (sheet,) = opened(body).sheets
    header, *rows = (each.cells for each in sheet.head(1000))
    return [dict(zip(header, each, strict=False)) for each in rows]


def test_results_of_a_workbook_come_as_a_workbook_with_a_message_beside_each_row(
    site: Desktop,
) -> None:
    """Domain 12.3, for a partner that takes workbooks for CSV."""
    network = NETWORK.replace('name = "bloom"', 'name = "bloom"\ntables = "xlsx"')
    site.reconfigure(network.replace('name = "florsol"', 'name = "florsol"\ntables = "xlsx"'))
    stock = [HEADER, row("Rosa Explorer 60cm", availableFrom=day()), row(unitType="Crate")]
    files = site.send("florsol", "stock.xlsx", book({"Stock": stock}))
    (advice,) = [body for name, body in files.items() if name.startswith("florsol/advice")]
    assert not [name for name in files if name.startswith("florsol/") and name.endswith(".csv")]
    assert any(
        "sheet Stock, row 3, column E unitType" in value
        for said in sheet_of(advice)
        for value in said.values()
    )

    header = ["po_number", "line", "vendor_code", "ship_date", "product_code", "boxes"]
    rows = [
        header,
        ["W-1", 1, "FLORSOL", day(2), "BLM-100", 1],
        ["W-1", 2, "FLORSOL", day(2), "BLM-100", 900],
        ["W-1", 3, "FLORSOL", day(2), "BLM-100", "many"],
    ]
    files = site.send("bloom", "orders.xlsx", book({"Orders": rows}))
    said = [each for name, body in files.items() if name.startswith("bloom/") for each in
            (sheet_of(body) if name.endswith(".xlsx") else [])]  # fmt: skip
    messages = " ".join(" ".join(each.values()) for each in said)
    assert "row 4" in messages
    (order,) = [body for name, body in files.items() if name.startswith("florsol/order-W-1")]
    assert sheet_of(order)[0]["po_number"] == "W-1"

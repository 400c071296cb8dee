"""What was found in a file that was taken all the same stands beside it in `files` and `status`."""

from __future__ import annotations

import json
from typing import Any

import pytest

from daemon import cli
from tests.daemon.sites import Desktop
from tests.daemon.today import day
from tests.daemon.trade.answering import publish
from tests.daemon.trade.direct import order_csv
from tests.daemon.trade.goods_files import confirmed, ship


def newest(site: Desktop, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """Return the newest file as `k2kd files --json` lists it."""
    capsys.readouterr()
    assert cli.main(["files", "--site", str(site.root), "--json", "--limit", "1"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    return dict(found)


def status(site: Desktop, capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    assert cli.main(["status", "--site", str(site.root)]) == 0
    return capsys.readouterr().out


def test_a_box_that_was_left_out_of_an_order(
    site: Desktop, capsys: pytest.CaptureFixture[str]
) -> None:
    """E-25: its sender is told, and so is whoever looks at the files here."""
    publish(site, 9)
    rows: list[dict[str, object]] = [
        {"line": 1},
        {"line": 2, "product_code": "BLM-110"},
        {"line": 3, "parent_line": 2, "product_code": "BLM-100", "bunches": "many"},
    ]
    site.send("bloom", "po.csv", order_csv("B-1", *rows, ship_via="warehouse"))
    found = newest(site, capsys)
    assert (found["state"], found["refused"], found["warned"]) == ("posted", None, None)
    assert found["left_out"].startswith("left out: row 4, column bunches: ")
    assert found["left_out"].endswith(", and 1 more")
    assert "left out: row 4" in status(site, capsys)


def test_a_warning(site: Desktop, capsys: pytest.CaptureFixture[str]) -> None:
    """E-28."""
    item = {
        "productCode": "FS-1060", "quantity": 250, "boxTypeCode": "HB", "unitType": "Stem",
        "stemsBunch": 25, "bunches": 12, "unitCost": "0.30", "availableFrom": str(day()),
    }  # fmt: skip
    site.send("florsol", "s.json", json.dumps({"inventoryItems": [item]}).encode())
    found = newest(site, capsys)
    assert found["warned"].startswith("warned: inventoryItems[0].quantity: 250 boxes in one item")
    assert (found["refused"], found["left_out"]) == (None, None)


def test_an_odd_air_waybill(site: Desktop, capsys: pytest.CaptureFixture[str]) -> None:
    """E-30."""
    confirmed(site, 1)
    ship(site, {"boxes": 1, "awb": "071-44313317"})
    assert "check digit" in newest(site, capsys)["warned"]
    assert "warned: " in status(site, capsys)


def test_what_the_rules_refused_goes_before_what_could_not_be_read(
    site: Desktop, capsys: pytest.CaptureFixture[str]
) -> None:
    publish(site, 1)
    rows: list[dict[str, object]] = [{"line": 1, "boxes": "x"}, {"line": 2}, {"line": 3}]
    site.send("bloom", "po.csv", order_csv("B-1", *rows, ship_via="warehouse"))
    found = newest(site, capsys)
    assert found["refused"].startswith("refused: line 3: ")
    assert (found["left_out"], found["warned"]) == (None, None)


def test_nothing_stands_beside_a_plain_file(
    site: Desktop, capsys: pytest.CaptureFixture[str]
) -> None:
    publish(site, 1)
    found = newest(site, capsys)
    assert [found[name] for name in ("refused", "left_out", "warned")] == [None] * 3


def test_what_we_cut_ourselves_comes_after_all_that_was_found(
    site: Desktop, capsys: pytest.CaptureFixture[str]
) -> None:
    publish(site, 50)
    long = {"ship_to_name": "Rose Lane Florist of Atlanta " * 3, "ship_to_city": "Atlanta"}
    address = {"ship_to_street": "8 Rose Lane", "customer_code": "RL01", **long}
    site.send("bloom", "1.csv", order_csv("L-1", **address))
    found = newest(site, capsys)
    assert (found["refused"], found["left_out"], found["warned"]) == (None, None, None)
    assert found["cut"].startswith("cut: florsol/850-L-1-")
    # An unknown column is a warning.
    header, rows = order_csv("L-2", **address).split(b"\n", 1)
    site.send("bloom", "2.csv", header + b",shoe_size\n" + rows)
    found = newest(site, capsys)
    assert (found["warned"] or "").startswith("warned: ") and found["cut"] is None

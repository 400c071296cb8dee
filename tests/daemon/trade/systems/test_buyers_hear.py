"""A buyer hears of every order that a vendor's system makes in its name, and of what becomes of it.

Domain 4.4 step 3, P-06, A-06: what nobody was asked about; K-90: what was taken out again.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from tests.daemon.network import NETWORK
from tests.daemon.sites import Desktop, desktop, only
from tests.daemon.trade.answering import confirmation, publish
from tests.daemon.trade.cart_files import answers
from tests.daemon.trade.systems.floral_orders import order as axerrio_order
from tests.daemon.trade.systems.test_sold_changes import EXPLORER, sold, system_changes

BLOOM = 'title = "Bloom Wholesale"\n'
PASSES = NETWORK.replace(BLOOM, f'{BLOOM}buying = {{ approves_orders = "auto" }}\n')
TELLS = NETWORK.replace(BLOOM, f'{BLOOM}buying = {{ notify_cancel_to = ["buy@bloom.example"] }}\n')
SYSTEM = "axerrio-florsol"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Desktop]:
    with desktop(tmp_path / "site", network=TELLS) as opened:
        publish(opened, 9)
        yield opened


def made(site: Desktop, *lines: dict[str, Any], **changes: Any) -> dict[str, bytes]:
    """Let florsol's system send order AX-1 of boxes of Explorer 60."""
    site.map_row("products", f"{SYSTEM},,,Rose Explorer 60,ROS-EXP-60,,yes,,,")
    body = json.loads(axerrio_order(**changes))
    body["order"]["lines"] = [{**EXPLORER, **each} for each in lines]
    return site.send(SYSTEM, "ax.json", json.dumps(body).encode())


def heard(files: dict[str, bytes]) -> list[tuple[str, str, str]]:
    """Return product, boxes and vendor of each line of the order that bloom is told of."""
    rows = csv.DictReader(StringIO(only(files, "bloom/approved-AX-1").decode()))
    return [(row["product_code"], row["boxes"], row["vendor_code"]) for row in rows]


def bought(files: dict[str, bytes]) -> list[str]:
    return [name for name in files if name.startswith("bloom/") and "/846" not in name]


def test_what_passes_by_itself_is_told_to_its_buyer(tmp_path: Path) -> None:
    """A-06."""
    with desktop(tmp_path / "auto", network=PASSES) as site:
        publish(site, 9)
        files = made(site, {"line": 1, "boxes": 2})
        assert [order.state for order in site.orders()] == ["approved"]
        assert heard(files) == [("BLM-100", "2", "florsol")]


def test_a_checkout_in_the_vendors_shop_is_told_to_its_buyer(site: Desktop) -> None:
    """P-06: the order in the buyer's name is made when the line is checked out, and not before."""
    files = made(site, {"line": 1, "boxes": 2, "cartStatus": "draft"})
    assert bought(files) == []
    files = made(
        site, {"line": 1, "boxes": 2, "cartStatus": "checked-out"}, messageId="m-2", action="new"
    )
    assert heard(files) == [("BLM-100", "2", "florsol")]


def test_a_buyer_that_approves_is_not_told_what_it_said(site: Desktop) -> None:
    sold(site)
    files = site.send("bloom", "again.csv", b"po_number,decision\nAX-1,approve\n")
    assert [name for name in files if "approved" in name] == []


def test_a_test_is_told_to_nobody(tmp_path: Path) -> None:
    """P-29."""
    with desktop(tmp_path / "auto", network=PASSES) as site:
        publish(site, 9)
        assert bought(made(site, {"line": 1, "boxes": 2}, test=True)) == []


def changed(site: Desktop, *lines: dict[str, Any], message: str = "m-2") -> dict[str, bytes]:
    before = set(site.seen)
    system_changes(site, *lines, message=message)
    return {name: (site.root / "outbox" / name).read_bytes() for name in sorted(site.seen - before)}


def test_a_change_of_an_approved_order_is_told_to_its_buyer(site: Desktop) -> None:
    sold(site)
    files = changed(site, {"line": 1, "boxes": 3}, {"line": 2, "action": "new", "boxes": 1})
    assert heard(files) == [("BLM-100", "3", "florsol"), ("BLM-100", "1", "florsol")]
    assert [name for name in files if "cancel-notice" in name] == []


def test_a_line_that_is_taken_out_is_told_so_that_it_is_bought_elsewhere(site: Desktop) -> None:
    """K-90, K-91."""
    sold(site)
    changed(site, {"line": 2, "action": "new", "boxes": 1})
    files = changed(site, {"line": 1, "action": "cancel"}, message="m-3")
    assert heard(files) == [("BLM-100", "1", "florsol")]
    (row,) = csv.DictReader(StringIO(only(files, "bloom/cancel-notice").decode()))
    assert (row["po_number"], row["line"], row["missing"]) == ("AX-1", "1", "2")
    assert row["notify"] == "buy@bloom.example"
    assert "Florsol" in row["reason"] or "axerrio-florsol" in row["reason"]


def test_an_order_that_is_taken_out_whole_is_told(site: Desktop) -> None:
    sold(site)
    body = json.loads(axerrio_order(message="m-9", action="cancel"))
    body["order"] = {"number": "AX-1"}
    files = site.send(SYSTEM, "over.json", json.dumps(body).encode())
    (row,) = csv.DictReader(StringIO(only(files, "bloom/cancel-notice").decode()))
    assert row["missing"] == "2"
    assert [order.state for order in site.orders()] == ["cancelled"]


def test_what_is_taken_out_before_its_approval_is_asked_anew_alone(site: Desktop) -> None:
    sold(site, is_approved=False)
    changed(site, {"line": 2, "action": "new", "boxes": 1})
    files = changed(site, {"line": 1, "action": "cancel"}, message="m-3")
    assert [name.rpartition("-")[0] for name in bought(files)] == ["bloom/to-approve-AX-1"]


def test_what_its_vendor_confirms_of_it_is_told_to_its_buyer(site: Desktop) -> None:
    """P-21, P-27: the one truth of vendor and buyer."""
    sold(site)
    changed(site, {"line": 2, "action": "new", "boxes": 3})
    rows = confirmation("1,accepted", "2,changed,1", number="AX-1")
    files = site.send("florsol", "yes.csv", rows)
    told = answers(files)
    assert {line: row["status"] for line, row in told.items()} == {"1": "accepted", "2": "changed"}
    assert {line: row["confirmed_boxes"] for line, row in told.items()} == {"1": "2", "2": "1"}

"""A buyer that wants to be asked about what was bought in its vendor's own shop (domain P-06)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.daemon.network import NETWORK
from tests.daemon.sites import Desktop, desktop, kinds, only
from tests.daemon.today import SetClock
from tests.daemon.trade.answering import publish, stock_of
from tests.daemon.trade.cart_files import MONDAY, at
from tests.daemon.trade.systems.floral_orders import order as axerrio_order
from tests.daemon.trade.systems.test_sold_changes import EXPLORER

SYSTEM = "axerrio-florsol"
FIRST = 'when_short = "cut"\n'
ASKED = NETWORK.replace(FIRST, f"{FIRST}automatic_po = false\n", 1)
DRAFT, OUT = "draft", "checked-out"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Desktop]:
    assert ASKED != NETWORK
    with desktop(tmp_path / "site", network=ASKED) as opened:
        publish(opened, 9)
        opened.map_row("products", f"{SYSTEM},,,Rose Explorer 60,ROS-EXP-60,,yes,,,")
        yield opened


def shopped(site: Desktop, message: str, *statuses: str) -> dict[str, bytes]:
    """Let bloom's cart in florsol's shop hold a line of 2 boxes for each status."""
    body: dict[str, Any] = json.loads(axerrio_order(messageId=message))
    body["order"]["lines"] = [
        {**EXPLORER, "line": at, "boxes": 2, "cartStatus": status}
        for at, status in enumerate(statuses, 1)
    ]
    return site.send(SYSTEM, f"{message}.json", json.dumps(body).encode())


def decide(site: Desktop, decision: str) -> dict[str, bytes]:
    return site.send("bloom", f"{decision}.csv", f"po_number,decision\nAX-1,{decision}\n".encode())


def state(site: Desktop) -> tuple[str, str]:
    """Return the state of the order and of its prebook."""
    (order,), (prebook,) = site.orders(), site.orders("prebook")
    return order.state, prebook.state


def told(files: dict[str, bytes]) -> list[str]:
    return [each for each in kinds(files) if "/846" not in each and "/availability" not in each]


def test_what_is_checked_out_waits_for_its_buyer_and_keeps_its_goods(site: Desktop) -> None:
    assert told(shopped(site, "m-1", OUT, DRAFT)) == [f"{SYSTEM}/ack-AX-1"]
    assert (state(site), stock_of(site)) == (("draft", "draft"), (9, 4))
    files = shopped(site, "m-2", OUT, OUT)
    assert told(files) == [f"{SYSTEM}/ack-AX-1", "bloom/to-approve-AX-1"]
    assert only(files, "bloom/to-approve-AX-1").count(b"BLM-100") == 2
    pending = "pending approval"
    assert (state(site), stock_of(site)) == ((pending, pending), (9, 4))


def test_approved_it_goes_to_its_system_and_takes_no_goods_twice(site: Desktop) -> None:
    shopped(site, "m-1", OUT)
    files = decide(site, "approve")
    assert told(files) == [
        f"{SYSTEM}/order-AX-1",
        "bloom/advice-approve",
        "florsol/labels-AX-1",
        "florsol/labels-AX-1",
    ]
    assert (state(site), stock_of(site)) == (("approved", "approved"), (9, 2))
    assert b"KD0000001" in only(files, f"{SYSTEM}/order-AX-1")


def test_cancelled_its_goods_are_on_sale_again(site: Desktop) -> None:
    shopped(site, "m-1", OUT)
    decide(site, "cancel")
    assert (state(site), stock_of(site)) == (("cancelled", "cancelled"), (9, 0))


def test_the_end_of_a_cart_asks_about_what_is_checked_out_of_it(
    tmp_path: Path, clock: SetClock
) -> None:
    with desktop(tmp_path / "timed", network=ASKED, clock=clock) as site:
        publish(site, 9)
        site.map_row("products", f"{SYSTEM},,,Rose Explorer 60,ROS-EXP-60,,yes,,,")
        shopped(site, "m-1", OUT, DRAFT)
        clock.set(at(MONDAY, 23))
        files = site.run()
        assert "bloom/to-approve-AX-1" in kinds(files)
        assert f"{SYSTEM}/order-AX-1" not in kinds(files)
        assert state(site)[0] == "pending approval"
        decide(site, "approve")
        assert (state(site)[0], stock_of(site)) == ("approved", (9, 2))


def test_without_the_setting_nobody_is_asked(tmp_path: Path) -> None:
    with desktop(tmp_path / "plain") as site:
        publish(site, 9)
        site.map_row("products", f"{SYSTEM},,,Rose Explorer 60,ROS-EXP-60,,yes,,,")
        files = shopped(site, "m-1", OUT)
        assert "bloom/approved-AX-1" in kinds(files)
        assert state(site)[0] == "approved"

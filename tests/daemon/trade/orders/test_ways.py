"""Each order says whether it ships direct, and all are told which do (domain 6, D-01, D-08)."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from daemon import cli
from tests.daemon.network import NETWORK
from tests.daemon.sites import Desktop, desktop, only
from tests.daemon.trade.direct import DIRECT, HOME, order_csv, publish

EARNS = DIRECT.replace(
    "pricing = { truck_per_cube = 0 }",
    'pricing = { freight = 48, handling = 6, duty_percent = { "*" = 6.5 }, truck_per_cube = 1.10,'
    " gpm_percent = 28 }",
    1,
)
COST: dict[str, object] = {"unit_type": "Stem", "unit_cost": "0.30"}
BY_WAREHOUSE, DIRECTLY = "0.5832", "0.4167"
"""What a stem is asked for, by the test vectors of domain 4.5."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Desktop]:
    assert NETWORK not in (DIRECT, EARNS)
    with desktop(tmp_path / "site", network=EARNS) as opened:
        publish(opened)
        yield opened


def bought(site: Desktop, number: str, via: str, **more: object) -> dict[str, bytes]:
    return site.send(
        "bloom", f"{number}.csv", order_csv(number, COST, ship_via=via, **HOME, **more)
    )


def with_status(body: bytes, status: str = "checked-out", column: str = "cart_status") -> bytes:
    head, *rows = body.decode().splitlines()
    return "\n".join([f"{head},{column}", *(f"{row},{status}" for row in rows), ""]).encode()


def prices(files: dict[str, bytes]) -> list[str]:
    (body,) = (body for name, body in files.items() if name.startswith("bloom/order-ack"))
    return [row["price"] for row in csv.DictReader(StringIO(body.decode()))]


def listed(site: Desktop, capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    capsys.readouterr()
    assert cli.main(["prebooks", *words, "--site", str(site.root)]) == 0
    return capsys.readouterr().out


def test_a_shopper_picks_the_way_of_each_purchase(site: Desktop) -> None:
    """D-08: of two carts of one customer one goes to it, the other to the warehouse."""
    direct = site.send("bloom", "c1.csv", with_status(order_csv("C-1", COST, **HOME)))
    stays = site.send(
        "bloom", "c2.csv", with_status(order_csv("C-2", COST, ship_via="warehouse", **HOME))
    )
    assert b"BEG*00*DS*C-1*" in only(direct, "florsol/850-C-1")
    assert b"*DS*" not in only(stays, "florsol/850-C-2")
    assert (prices(direct), prices(stays)) == ([DIRECTLY], [BY_WAREHOUSE])
    assert {row.number: row.ship_via for row in site.orders()} == {
        "C-1": "grower",
        "C-2": "warehouse",
    }


def test_a_draft_may_still_go_another_way(site: Desktop) -> None:
    draft = with_status(order_csv("C-1", COST, ship_via="warehouse", **HOME), "draft")
    site.send("bloom", "c1.csv", draft)
    files = site.send("bloom", "c2.csv", with_status(order_csv("C-1", COST, **HOME)))
    assert b"BEG*00*DS*C-1*" in only(files, "florsol/850-C-1")
    assert prices(files) == [DIRECTLY]


def test_prebooks_that_ship_direct_say_so(
    site: Desktop, capsys: pytest.CaptureFixture[str]
) -> None:
    """D-08: in the vendor's books, and those that a buyer makes."""
    bought(site, "D-1", "grower")
    bought(site, "W-1", "warehouse")
    site.send("bloom", "p.csv", with_status(order_csv("P-1", COST, **HOME), "yes", "prebook"))
    found = json.loads(listed(site, capsys, "--json"))
    assert [(each["number"], each["made"], each["ship_via"]) for each in found] == [
        ("P-1", "buyer", "grower"),
        ("W-1", "transfer", "warehouse"),
        ("D-1", "transfer", "grower"),
    ]
    shown = listed(site, capsys, "--customer-po", "D-1")
    assert "direct from the grower" in " ".join(shown.split())
    assert "direct from the grower" not in listed(site, capsys, "--customer-po", "W-1")


def test_another_way_is_another_price(site: Desktop) -> None:
    """D-01, P-28: a change of ship via prices the line anew, and back."""
    assert prices(bought(site, "W-1", "warehouse")) == [BY_WAREHOUSE]
    files = bought(site, "W-1", "grower", action="CHANGE")
    assert f"the price is now: line 1 {DIRECTLY}".encode() in only(files, "bloom/advice")
    assert b"DS" in only(files, "florsol/860-W-1").split(b"BCH")[1].split(b"~")[0]
    files = site.send(
        "bloom", "b.csv", order_csv("W-1", COST, ship_via="warehouse", action="CHANGE", **HOME)
    )
    assert f"the price is now: line 1 {BY_WAREHOUSE}".encode() in only(files, "bloom/advice")


def test_what_stays_as_it_goes_keeps_its_price_unsaid(site: Desktop) -> None:
    bought(site, "W-1", "warehouse")
    files = bought(site, "W-1", "warehouse", action="CHANGE", customer_po="NEW-9")
    assert b"the price is now" not in only(files, "bloom/advice")

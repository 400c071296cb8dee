"""The end of a cart by the clock: goods on sale again, and who is told (K-41, E-11, 4.8)."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from sqlalchemy import select

from daemon.ledger import schema
from tests.daemon.sites import Desktop, desktop, kinds, only
from tests.daemon.today import SetClock
from tests.daemon.trade.cart_files import (
    CALENDAR,
    DRAFT,
    MONDAY,
    OTHER,
    OUT,
    ROSE,
    ROSES,
    answers,
    at,
    cart,
    network,
    notices,
    stock,
    taken,
)


def rows(body: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(body.decode())))


PEOPLE = """
[partner.buying]
salespeople = { "*" = "desk@bloom.example", ROSELANE = "ana@bloom.example" }
customer_addresses = { ROSELANE = "shop@roselane.example; owner@roselane.example" }
"""


@pytest.fixture
def site(tmp_path: Path, clock: SetClock) -> Iterator[Desktop]:
    """The sample network on a Monday morning, with ten boxes each of two roses."""
    with desktop(tmp_path / "site", network=network(buying=PEOPLE), clock=clock) as opened:
        opened.send("florsol", "stock.csv", stock(*ROSES))
        yield opened


def test_a_cart_that_is_over_is_cancelled_and_its_goods_are_on_sale_again(
    site: Desktop, clock: SetClock
) -> None:
    site.send("bloom", "a.csv", cart("W1", ("1", ROSE, 4, DRAFT)))
    clock.set(at(MONDAY, 9, 59))
    site.run()
    assert [o.state for o in site.orders()] == ["draft"]
    clock.set(at(MONDAY, 10))
    files = site.run()
    assert [(o.state, o.expires_at) for o in site.orders()] == [("cancelled", None)]
    assert taken(site)["ROS-FRE-50"] == 0
    assert any(name.startswith("tulipan/availability") for name in files)
    moves = site.rows(select(schema.moves).where(schema.moves.c.entity == "order"))
    assert [(m.before, m.after, m.cause) for m in moves] == [
        ("draft", "cancelled", "the timer of its cart")
    ]


def test_the_customer_and_its_salesperson_are_told(site: Desktop, clock: SetClock) -> None:
    site.send("bloom", "a.csv", cart("W1", ("1", ROSE, 4, DRAFT)))
    clock.set(at(MONDAY, 10))
    told = notices(site.run())
    assert [(owner, each["for"], each["to"], each["code"]) for owner, each in told] == [
        (
            *("bloom", "customer"),
            *(["shop@roselane.example", "owner@roselane.example"], "E-11"),
        ),
        ("bloom", "salesperson", ["ana@bloom.example"], "E-11"),
    ]
    (line,) = told[0][1]["lines"]
    assert (line["line"], line["product"], line["quantity"], line["unit"]) == (
        "1",
        ROSE,
        "4",
        "Box",
    )
    assert not site.run(), "it is told once"


def test_another_customer_is_served_by_the_desk(site: Desktop, clock: SetClock) -> None:
    site.send("bloom", "a.csv", cart("W1", ("1", ROSE, 4, DRAFT), customer="CORNER"))
    clock.set(at(MONDAY, 10))
    told = {each["for"]: each["to"] for _, each in notices(site.run())}
    assert told == {"customer": [], "salesperson": ["desk@bloom.example"]}


def test_a_customer_reads_nothing_of_a_vendor_that_is_hidden_from_it(
    tmp_path: Path, clock: SetClock
) -> None:
    hidden = network(link='show_vendor = "hidden"')
    with desktop(tmp_path / "hidden", network=hidden, clock=clock) as site:
        site.send("florsol", "stock.csv", stock(*ROSES))
        site.send("bloom", "a.csv", cart("W1", ("1", ROSE, 4, DRAFT)))
        clock.set(at(MONDAY, 10))
        told = {each["for"]: each for _, each in notices(site.run())}
    assert told["salesperson"]["vendor"] == "Florsol Farms"
    assert "florsol" not in str(told["customer"]).lower()


@pytest.mark.parametrize("code", ["ROSELANE", "roselane", "RL-7"])
def test_so_it_does_by_whichever_of_its_codes_it_is_named(
    tmp_path: Path, clock: SetClock, code: str
) -> None:
    hidden = network(buying='buying = { show_vendor_to = { ROSELANE = "hidden" } }')
    with desktop(tmp_path / "hidden", network=hidden, clock=clock) as site:
        site.map_row("customers", "bloom,,RL-7,,ROSELANE,,yes,,,,,,,,,")
        site.send("florsol", "stock.csv", stock(*ROSES))
        site.send("bloom", "a.csv", cart("W1", ("1", ROSE, 4, DRAFT), customer=code))
        clock.set(at(MONDAY, 10))
        told = {each["for"]: each for _, each in notices(site.run())}
    assert "florsol" not in str(told["customer"]).lower()


def test_what_is_checked_out_stays_when_the_rest_ends(site: Desktop, clock: SetClock) -> None:
    site.send("bloom", "a.csv", cart("W1", ("1", ROSE, 4, OUT), ("2", OTHER, 3, DRAFT)))
    clock.set(at(MONDAY, 10))
    told = notices(site.run())
    assert [line["line"] for _, each in told for line in each["lines"]] == ["2", "2"]
    (order,) = site.orders()
    assert (order.state, order.expires_at) == ("approved", None)
    assert taken(site) == {"ROS-FRE-50": 56, "ROS-EXP-60": 0}


def test_a_vendor_that_was_told_of_the_rest_is_told_that_it_is_gone(
    site: Desktop, clock: SetClock
) -> None:
    """The CSV listed the lines that were in the cart, the 850 did not."""
    first = site.send("bloom", "a.csv", cart("W1", ("1", ROSE, 4, OUT), ("2", OTHER, 3, DRAFT)))
    listed = [row["line"] for row in rows(only(first, "florsol/order-W1"))]
    assert listed == ["1", "2"]
    clock.set(at(MONDAY, 10))
    files = site.run()
    assert [name for name in kinds(files) if name.startswith("florsol/")] == ["florsol/order-W1"]
    (row,) = rows(only(files, "florsol/order-W1"))
    assert (row["line"], row["boxes"], row["action"]) == ("1", "4", "CHANGE")
    assert "cart_status" not in row


def test_a_vendor_is_told_nothing_of_a_cart_that_it_never_had(
    site: Desktop, clock: SetClock
) -> None:
    site.send("bloom", "a.csv", cart("W1", ("1", ROSE, 4, DRAFT)))
    clock.set(at(MONDAY, 10))
    assert not [name for name in site.run() if name.startswith("florsol/")]


def test_a_confirmed_line_never_ends_by_the_clock(site: Desktop, clock: SetClock) -> None:
    """Domain 4.8, 2."""
    site.send("bloom", "a.csv", cart("W1", ("1", ROSE, 4, OUT), ("2", OTHER, 3, DRAFT)))
    site.send("florsol", "c.csv", b"po_number,line,status\nW1,1,accepted\n")
    clock.set(at(MONDAY, 12))
    assert not notices(site.run())
    assert [o.state for o in site.orders()] == ["confirmed"]
    assert taken(site) == {"ROS-FRE-50": 56, "ROS-EXP-60": 0}


def test_a_checkout_after_the_end_is_refused(site: Desktop, clock: SetClock) -> None:
    site.send("bloom", "a.csv", cart("W1", ("1", ROSE, 4, DRAFT)))
    clock.set(at(MONDAY, 10))
    site.run()
    files = site.send("bloom", "b.csv", cart("W1", ("1", ROSE, 4, OUT)))
    row = answers(files)["1"]
    assert (row["status"], row["reason_code"]) == ("rejected", "E-11")
    assert taken(site)["ROS-FRE-50"] == 0
    assert not site.holds()


def test_a_checkout_that_waits_to_be_read_is_read_before_its_cart_ends(
    site: Desktop, clock: SetClock
) -> None:
    site.send("bloom", "a.csv", cart("W1", ("1", ROSE, 4, DRAFT)))
    clock.set(at(MONDAY, 10, 5))
    site.send("bloom", "b.csv", cart("W1", ("1", ROSE, 4, OUT)))
    assert [o.state for o in site.orders()] == ["approved"]


def test_the_vendors_cut_off_ends_a_cart_before_its_hour_is_over(
    tmp_path: Path, clock: SetClock
) -> None:
    early = network(selling='selling = { carrier_cut_off = { daily = "09:20" } }', link=CALENDAR)
    with desktop(tmp_path / "early", network=early, clock=clock) as site:
        site.send("florsol", "stock.csv", stock(*ROSES))
        files = site.send("bloom", "a.csv", cart("W1", ("1", ROSE, 4, DRAFT)))
        assert "until 2026-11-23 09:20" in answers(files)["1"]["message"]


def test_a_cart_lasts_as_long_as_its_connection_says(tmp_path: Path, clock: SetClock) -> None:
    with desktop(tmp_path / "w", network=network(link="cart_minutes = 15"), clock=clock) as site:
        site.send("florsol", "stock.csv", stock(*ROSES))
        site.send("bloom", "a.csv", cart("W1", ("1", ROSE, 4, DRAFT)))
        clock.set(at(MONDAY, 9, 15))
        site.run()
        assert [o.state for o in site.orders()] == ["cancelled"]

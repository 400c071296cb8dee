"""Scenario 13: two of three lines are checked out, the vendor confirms: the third is deleted."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from daemon.ledger import schema
from tests.daemon.sites import desktop, only
from tests.daemon.today import SetClock
from tests.daemon.trade.cart_files import (
    MONDAY,
    OTHER,
    ROSE,
    ROSES,
    at,
    cart,
    network,
    notices,
    stock,
    taken,
)

ADDRESSES = """
notify_checkout_to = "orders@florsol.example"
notify_cancel_to = ["office@florsol.example"]
"""
PEOPLE = """
[partner.buying]
salespeople = { "*" = "ana@bloom.example" }
customer_addresses = { ROSELANE = "shop@roselane.example" }
"""


def test_the_vendor_confirms_without_the_third_line_and_four_are_told(
    tmp_path: Path, ledger_url: str
) -> None:
    clock, made = SetClock(at(MONDAY, 9)), network(link=ADDRESSES, buying=PEOPLE)
    with desktop(tmp_path / "s", network=made, ledger_url=ledger_url, clock=clock) as site:
        site.send("florsol", "stock.csv", stock(*ROSES))
        lines = (
            *(("1", ROSE, 2, "checked-out"), ("2", OTHER, 3, "checked-out")),
            ("3", ROSE, 4, "draft"),
        )
        files = site.send("bloom", "cart.csv", cart("W1", *lines))
        assert taken(site) == {"ROS-FRE-50": 84, "ROS-EXP-60": 36}
        listed = only(files, "florsol/order-W1").decode().splitlines()[1:]
        assert [row.rsplit(",", 1)[1] for row in listed] == ["checked-out", "checked-out", "draft"]
        assert only(files, "florsol/850-W1").count(b"PO1*") == 2

        files = site.send("florsol", "yes.csv", b"po_number,line,status\nW1,,accepted\n")
        (order,) = site.orders()
        assert order.state == "confirmed"
        table = schema.order_lines
        rows = site.rows(select(table).order_by(table.c.line))
        assert [(row.reference, row.progress) for row in rows] == [
            ("1", "confirmed"),
            ("2", "confirmed"),
            ("3", "cancelled"),
        ]
        assert taken(site) == {"ROS-FRE-50": 28, "ROS-EXP-60": 36}

        told = notices(files)
        assert [(owner, each["for"], each["to"]) for owner, each in told] == [
            ("bloom", "customer", ["shop@roselane.example"]),
            ("bloom", "salesperson", ["ana@bloom.example"]),
            ("florsol", "vendor-cancel", ["office@florsol.example"]),
            ("florsol", "vendor-checkout", ["orders@florsol.example"]),
        ]
        assert all([line["line"] for line in each["lines"]] == ["3"] for _, each in told)

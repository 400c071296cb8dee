"""4.4 step 3: lines of several purchases join the order of their vendor that waits for approval."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from daemon.ledger import schema
from tests.daemon.sites import desktop, kinds, only
from tests.daemon.today import SetClock
from tests.daemon.trade.cart_files import (
    MONDAY,
    OTHER,
    ROSE,
    ROSES,
    at,
    cart,
    network,
    stock,
    taken,
)

TOGETHER = "separate_po_per_ecommerce_purchase = false"
OUT = "checked-out"


def test_two_purchases_are_one_order_that_is_approved_confirmed_and_shipped(
    tmp_path: Path, ledger_url: str
) -> None:
    clock, made = SetClock(at(MONDAY, 9)), network(link=TOGETHER)
    with desktop(tmp_path / "s", network=made, ledger_url=ledger_url, clock=clock) as site:
        site.send("florsol", "stock.csv", stock(*ROSES))
        site.send("bloom", "a.csv", cart("W1", ("1", ROSE, 2, OUT)))
        files = site.send("bloom", "b.csv", cart("W2", ("1", OTHER, 3, OUT), customer="STEMSHOP"))
        assert [(each.number, each.state) for each in site.orders()] == [("W1", "pending approval")]
        assert not [name for name in files if name.startswith("florsol/")]

        files = site.send("bloom", "yes.csv", b"po_number,decision,by\nW1,approve,ana\n")
        assert only(files, "florsol/850-W1").count(b"PO1*") == 2
        assert [kind for kind in kinds(files) if kind.startswith("florsol/850")] == [
            "florsol/850-W1"
        ]
        assert taken(site) == {"ROS-FRE-50": 28, "ROS-EXP-60": 36}

        site.send("florsol", "all.csv", b"po_number,line,status\nW1,,accepted\n")
        codes = [row.code for row in site.rows(select(schema.boxes).order_by(schema.boxes.c.id))]
        assert len(codes) == 5
        rows = "".join(
            f"W1,{1 if code in codes[:2] else 2},{code},729-12345675,2026-11-24\n" for code in codes
        )
        head = "po_number,line,box_code,awb,ship_date\n"
        site.send("florsol", "ship.csv", f"{head}{rows}".encode())
        table = schema.orders
        found = site.rows(select(table).order_by(table.c.id))
        kept = [(row.kind, row.number, row.state) for row in found]
        assert kept == [
            ("purchase", "W1", "shipped"),
            ("purchase_order", "W1", "shipped"),
            ("purchase", "W2", "shipped"),
        ]

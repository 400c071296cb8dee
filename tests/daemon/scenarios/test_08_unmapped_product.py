"""Scenario 8: an Axerrio order with one unmapped product of three (M-01, M-02, E-14)."""

from __future__ import annotations

import json

from sqlalchemy import select

from daemon.ledger import schema
from tests.daemon.sites import Desktop, kinds, only
from tests.daemon.trade.test_prebooks import ack, order

ROW = "axerrio-florsol,,,Rose Explorer 60,ROS-EXP-60,,yes,,,"


def products(site: Desktop, order_id: int) -> list[str | None]:
    lines = schema.order_lines.c
    query = select(lines.product).where(lines.order_id == order_id).order_by(lines.line)
    return [row.product for row in site.rows(query)]


def test_the_order_is_red_and_one_row_completes_it_with_its_purchase_order(site: Desktop) -> None:
    said = ack(site.send("axerrio-florsol", "o.json", order()))
    assert [line["status"] for line in said["lines"]] == ["held", "UNKNOWN", "held"]
    assert said["result"] == "accepted-with-exceptions"
    (purchase,), (prebook,) = site.orders(), site.orders("prebook")
    assert (purchase.state, prebook.state) == ("held", "held")

    site.map_row("products", ROW)
    files = site.run()

    (purchase,), (prebook,) = site.orders(), site.orders("prebook")
    assert (purchase.state, prebook.state) == ("pending approval", "pending approval")
    assert products(site, purchase.id) == products(site, prebook.id)
    assert products(site, purchase.id)[1] == "ROS-EXP-60"
    assert {line["status"] for line in ack(files)["lines"]} == {"pending approval"}

    files = site.send("bloom", "approve.csv", b"po_number,decision\nAX-1,approve\n")
    exported = json.loads(only(files, "axerrio-florsol/order-AX-1"))["order"]
    assert [line["description"] for line in exported["lines"]][1] == "Rose Explorer 60"
    assert "florsol/labels-AX-1" in kinds(files)

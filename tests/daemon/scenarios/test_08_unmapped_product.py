"""Scenario 8: an Axerrio order with one unmapped product of three (M-01, M-02, E-14)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from daemon.ledger import schema
from tests.daemon.sites import Desktop, kinds, only
from tests.daemon.trade.systems.system_bodies import (
    BODIES,
    EXPLORER,
    SYSTEM,
    SystemBody,
    id_of,
    sale,
)


def products(site: Desktop, order_id: int) -> list[str | None]:
    lines = schema.order_lines.c
    query = select(lines.product).where(lines.order_id == order_id).order_by(lines.line)
    return [row.product for row in site.rows(query)]


def states(site: Desktop) -> list[str]:
    return [each.state for each in (*site.orders(), *site.orders("prebook"))]


@pytest.mark.parametrize("body", BODIES, ids=id_of)
def test_the_order_is_red_and_one_row_completes_it_with_its_purchase_order(
    system_site: Desktop, body: SystemBody
) -> None:
    site = system_site
    files = site.send(SYSTEM, body.name, body.write(sale(), 1))
    answer = only(files, f"{SYSTEM}/{body.answer}")
    assert answer.count(b"Rose Explorer 60 is not known") == 1
    # An 855 and a Florecom answer have codes of their own for what waits.
    if "ack" in body.answer:
        assert answer.count(b"UNKNOWN") == 1
    assert states(site) == ["held", "held"]
    assert [each.source_description for each in site.holds()] == ["Rose Explorer 60"]

    site.map_row("products", EXPLORER)
    files = site.run()

    assert states(site) == ["pending approval", "pending approval"]
    (purchase,), (prebook,) = site.orders(), site.orders("prebook")
    assert products(site, purchase.id) == products(site, prebook.id)
    assert products(site, purchase.id)[1] == "ROS-EXP-60"
    assert {f"{SYSTEM}/{body.answer}", "bloom/to-approve-AX-1"} <= {*kinds(files)}
    assert b"is not known" not in only(files, f"{SYSTEM}/{body.answer}")

    files = site.send("bloom", "approve.csv", b"po_number,decision\nAX-1,approve\n")
    assert states(site) == ["approved", "approved"]
    assert b"Rose Explorer 60" in only(files, f"{SYSTEM}/{body.back}") or body.name.endswith("xlsx")
    assert "florsol/labels-AX-1" in kinds(files)

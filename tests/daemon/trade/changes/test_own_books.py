"""What a buyer changes of goods on an air waybill stays in its own books (domain K-92)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from daemon.ledger import schema
from tests.daemon.sites import Desktop, desktop, only
from tests.daemon.today import day
from tests.daemon.trade.goods_files import bills, goods, rows
from tests.daemon.trade.landing.charge_files import (
    PRICED,
    freight,
    landed,
    ordered,
    state,
    travelling,
)

HEAD = (
    "po_number,line,vendor_code,ship_date,product_code,boxes,box_type,unit_type,unit_cost,"
    "mark_code,action"
)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Desktop]:
    with desktop(tmp_path / "site", network=PRICED) as opened:
        yield opened


def change(
    site: Desktop, *, boxes: int = 2, cost: str = "0.30", product: str = "BLM-100", mark: str = ""
) -> dict[str, bytes]:
    """Let bloom change line 1 of order 1."""
    row = f"1,1,FLORSOL,{day(2)},{product},{boxes},HB,Stem,{cost},{mark},CHANGE"
    return site.send("bloom", f"c-{len(site.arrivals())}.csv", f"{HEAD}\n{row}\n".encode())


def kept(site: Desktop) -> dict[str, object] | None:
    """Return what the buyer keeps otherwise of its one line."""
    (row,) = site.rows(select(schema.order_lines))
    found: dict[str, object] | None = json.loads(row.own_words) if row.own_words else None
    return found


def test_a_change_of_shipped_goods_is_kept_and_told_to_nobody_else(site: Desktop) -> None:
    travelling(site, 2)
    files = change(site, boxes=1, mark="EASTER", product="BLM-101")
    ((status, code, said),) = rows(only(files, "bloom/advice"))
    assert (status, code) == ("done", "K-92")
    assert "neither the vendor's order nor the air waybill changes" in said
    assert not [name for name in files if not name.startswith("bloom/advice")]
    assert kept(site) == {
        "product": "ROS-EXP-50",
        "quantity": "1",
        "unit": "Box",
        "mark_code": "EASTER",
    }


def test_vendors_order_boxes_and_waybill_stay_as_they_are(site: Desktop) -> None:
    travelling(site, 2)
    table = schema.order_lines.c
    columns = (table.product, table.quantity, table.accepted, table.shipped, table.unit_price)
    before = site.rows(select(*columns)), goods(site), bills(site), site.lots()
    change(site, boxes=1, cost="0.25", product="BLM-101")
    assert (site.rows(select(*columns)), goods(site), bills(site), site.lots()) == before


def test_the_same_change_again_is_unchanged_and_the_order_itself_ends_it(site: Desktop) -> None:
    travelling(site, 2)
    change(site, cost="0.25")
    ((status, code, _),) = rows(only(change(site, cost="0.250"), "bloom/advice"))
    assert (status, code) == ("unchanged", "K-92")
    change(site)
    assert kept(site) is None


def test_cost_of_the_buyers_own_books_counts_in_what_goods_have_really_cost(site: Desktop) -> None:
    travelling(site, 2)
    change(site, cost="0.40")
    told = landed(state(site, freight(60)))
    # A box: flowers 120.00, freight 30.00, handling 3.00, duty 7.80, truck 3.1319.
    assert {round(Decimal(row["unit_landed_cost"]), 4) for row in told} == {Decimal("0.5464")}
    assert kept(site) == {"unit_price": "0.4", "price_unit": "Stem"}


def test_before_the_waybill_a_confirmed_line_can_not_be_changed(site: Desktop) -> None:
    ordered(site, 2)
    ((status, _, said),) = rows(only(change(site, boxes=1), "bloom/advice"))
    assert status == "refused"
    assert "confirmed by its vendor" in said
    assert kept(site) is None


def test_an_unknown_product_is_kept_by_nobody(site: Desktop) -> None:
    travelling(site, 2)
    ((status, code, _),) = rows(only(change(site, product="BLM-NONE"), "bloom/advice"))
    assert (status, code) == ("refused", "E-14")
    assert kept(site) is None

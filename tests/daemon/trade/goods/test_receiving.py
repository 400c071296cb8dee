"""A buyer scans the vendor's labels; every row says where its box is."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from daemon.ledger import schema
from tests.daemon.network import NETWORK
from tests.daemon.sites import Desktop, desktop, only
from tests.daemon.today import day
from tests.daemon.trade.answering import boxes, confirmation, order, publish
from tests.daemon.trade.goods_files import (
    bills,
    coded,
    confirmed,
    goods,
    result,
    rows,
    scans,
    ship,
    swaps,
    waybill,
)


def scan(site: Desktop, *codes: str, by: str = "bloom", **columns: object) -> bytes:
    """Let a buyer scan boxes; return the answer."""
    name = f"scan-{len(site.arrivals())}.csv"
    return only(site.send(by, name, scans(*codes, **columns)), f"{by}/advice")


def said(body: bytes) -> list[tuple[str, str]]:
    """Return (status, status code of the box count) of every row."""
    return [(status, code) for status, code, _ in rows(body)]


def shipped(site: Desktop, *codes: str) -> None:
    confirmed(site, len(codes))
    ship(site, *coded(*codes))


def test_a_scanned_box_is_received_with_its_rack_and_time(site: Desktop) -> None:
    shipped(site, "PT1", "PT2")
    body = scan(site, "PT1", rack="A-12", scanned_at="2026-11-23T07:30:00-05:00")
    assert said(body) == [("done", "1")]
    assert goods(site) == [("PT1", "received"), ("PT2", "staging")]
    table = schema.boxes.c
    first, _ = site.rows(select(table.rack, table.received_at).order_by(table.id))
    assert (first.rack, first.received_at) == ("A-12", datetime(2026, 11, 23, 12, 30, tzinfo=UTC))


def test_a_time_without_a_zone_is_by_the_buyers_clock(site: Desktop) -> None:
    shipped(site, "PT1")
    scan(site, "PT1", scanned_at="2026-11-23T07:30:00")
    (row,) = site.rows(select(schema.boxes.c.received_at))
    assert row.received_at == datetime(2026, 11, 23, 12, 30, tzinfo=UTC)


def test_a_file_with_the_arrival_date_confirms_to_the_inventory(site: Desktop) -> None:
    shipped(site, "PT1")
    scan(site, "PT1", arrival_date=day(3))
    assert goods(site) == [("PT1", "in inventory")]
    assert bills(site)[0].arrival_date == day(3)
    moves = schema.moves.c
    found = site.rows(
        select(moves.before, moves.after)
        .where(moves.entity == "box", moves.arrival_id == len(site.arrivals()))
        .order_by(moves.id)
    )
    assert [tuple(row) for row in found] == [("staging", "received"), ("received", "in inventory")]


def test_boxes_of_a_waybill_that_has_arrived_need_no_date(site: Desktop) -> None:
    shipped(site, "PT1")
    site.send("bloom", "a.csv", waybill(po_number="1", awb="020-81140743", arrival_date=day(3)))
    scan(site, "PT1")
    assert goods(site) == [("PT1", "in inventory")]


def test_a_box_that_was_received_before_is_in_the_inventory_once_the_file_says_so(
    site: Desktop,
) -> None:
    shipped(site, "PT1")
    scan(site, "PT1")
    assert said(scan(site, "PT1", arrival_date=day(3))) == [("done", "1")]
    assert goods(site) == [("PT1", "in inventory")]


def test_an_old_label_still_scans(site: Desktop) -> None:
    shipped(site, "PT1")
    site.send("florsol", "c.csv", swaps(("PT1", "PT9")))
    for old in ("KD0000001", "PT1"):
        ((status, _, message),) = rows(scan(site, old))
        assert (status, message) in (
            ("done", "its code is PT9 now"),
            ("unchanged", "the box is received already"),
        )
    assert goods(site) == [("PT9", "received")]


def test_the_same_scan_again_changes_nothing(site: Desktop) -> None:
    shipped(site, "PT1")
    scan(site, "PT1", rack="A")
    body = scan(site, "PT1", rack="B")
    assert said(body) == [("unchanged", "3")]
    assert result(body) == "accepted"
    (row,) = site.rows(select(schema.boxes.c.rack))
    assert row.rack == "A"


def test_an_unknown_box_and_one_of_another_buyer_are_not_found(site: Desktop) -> None:
    shipped(site, "PT1")
    ((status, code, message),) = rows(scan(site, "PT1", by="tulipan"))
    assert (status, code) == ("refused", "2")
    assert "bloom" not in message
    assert said(scan(site, "NO-1")) == [("refused", "2")]
    assert goods(site) == [("PT1", "staging")]


def test_a_box_that_nobody_shipped_is_not_in_the_staging_area(site: Desktop) -> None:
    confirmed(site, 1)
    ((status, code, message),) = rows(scan(site, "KD0000001"))
    assert (status, code, "has not said" in message) == ("refused", "11", True)
    assert boxes(site) == ["allotted"]


def test_some_boxes_done_and_some_not_is_never_plain(site: Desktop) -> None:
    """L-08."""
    shipped(site, "PT1")
    body = scan(site, "PT1", "NO-1")
    assert said(body) == [("done", "1"), ("refused", "2")]
    assert result(body) == "accepted-with-exceptions"


def test_a_code_that_two_vendors_use_is_not_guessed(site: Desktop) -> None:
    shipped(site, "PT1")
    with site.p.ledger.write() as conn:
        conn.execute(schema.boxes.update().values(vendor="andes"))
    order(site, 1, number="2", control=2)
    site.send("florsol", "c.csv", confirmation(",accepted", number="2"))
    ship(site, *coded("PT1", po_number="2"))
    ((status, _, message),) = rows(scan(site, "PT1"))
    assert status == "refused"
    assert "andes (order 1) and florsol (order 2)" in message
    assert boxes(site) == ["staging", "staging"]


def test_a_vendor_receives_nothing(site: Desktop) -> None:
    shipped(site, "PT1")
    assert said(scan(site, "PT1", by="florsol")) == [("refused", "2")]
    assert goods(site) == [("PT1", "staging")]


def test_goods_that_needed_no_scan_get_their_place_all_the_same(tmp_path: Path) -> None:
    """P-02."""
    link = 'buyer = "bloom"\nwhen_short = "cut"'
    network = NETWORK.replace(link, f"{link}\nautoconfirm_staging = true", 1)
    with desktop(tmp_path / "auto", network=network) as site:
        shipped(site, "PT1")
        assert said(scan(site, "PT1", rack="B-2")) == [("done", "1")]
        assert goods(site) == [("PT1", "in inventory")]
        (row,) = site.rows(select(schema.boxes.c.rack))
        assert row.rack == "B-2"
        assert said(scan(site, "PT1", rack="B-3")) == [("unchanged", "3")]


@pytest.mark.parametrize("kind", ["receiving"])
def test_a_test_receives_nothing(site: Desktop, kind: str) -> None:
    """P-29."""
    shipped(site, "PT1")
    step = b'{"contract":"k2k.steps/1","kind":"%s","messageId":"t","isTest":true,' % kind.encode()
    step += b'"scans":[{"boxCode":"PT1"}]}'
    site.send("bloom", "t.json", step)
    assert goods(site) == [("PT1", "staging")]


def test_a_received_box_is_counted_once_by_stock(site: Desktop) -> None:
    publish(site, 50)
    before = site.lots()
    shipped(site, "PT1")
    scan(site, "PT1", arrival_date=day(3))
    assert site.lots()["ROS-EXP-60"][0] == before["ROS-EXP-60"][0]


def test_box_of_the_inventory_is_sold_on_once(site: Desktop) -> None:
    """Domain 13: confirmed in inventory, then sold; code 4 of the box count (section 7)."""
    shipped(site, "PT1", "PT2")
    sold = day(5).isoformat()
    # What never came in can't go out.
    assert said(scan(site, "PT1", sold_on=sold)) == [("refused", "11")]
    scan(site, "PT1", arrival_date=day(4).isoformat())
    assert goods(site) == [("PT1", "in inventory"), ("PT2", "staging")]
    assert said(scan(site, "PT1", "PT2", sold_on=sold)) == [("done", "1"), ("refused", "11")]
    assert goods(site) == [("PT1", "sold"), ("PT2", "staging")]
    assert said(scan(site, "PT1", sold_on=day(6).isoformat())) == [("unchanged", "3")]
    assert said(scan(site, "PT1", rack="B-2")) == [("unchanged", "4")]
    ((status, _, message),) = rows(
        only(site.send("florsol", "c.csv", swaps(("PT1", "PT3"))), "florsol/advice")
    )
    assert (status, "received" in message) == ("refused", True)

"""What is left of a line that was shipped short is a line of its own, with a share of the stock."""

from __future__ import annotations

from sqlalchemy import select

from daemon.ledger import schema
from tests.daemon.partner_files import purchase_order
from tests.daemon.sites import Desktop, kinds, only
from tests.daemon.trade.answering import BOX, confirmation, lines, progress, publish, states
from tests.daemon.trade.goods_files import (
    GOOD,
    OTHER,
    STAGED,
    bills,
    coded,
    confirmed,
    goods,
    segments,
    ship,
)


def test_the_rest_of_a_short_line_is_shipped_by_its_new_id_or_its_old_number(
    site: Desktop,
) -> None:
    """P-30; the vendor's system may know the line's number only."""
    confirmed(site, 5)
    ship(site, {"boxes": 2})
    ship(site, {"boxes": 1, "po_item_id": lines(site)[1].id, "line": "", "awb": OTHER})
    assert progress(site) == [("shipped", 2), ("shipped", 1), ("confirmed", 2)]
    ship(site, {"boxes": 2, "awb": "020-81140754"})
    assert states(site) == ["shipped"]
    assert [int(line.shipped) for line in lines(site)] == [2, 1, 2]
    assert [line.split_from for line in lines(site)] == [None, lines(site)[0].id, lines(site)[1].id]
    assert len(bills(site)) == 3


def test_boxes_of_one_line_may_travel_apart_in_one_file(site: Desktop) -> None:
    confirmed(site, 3)
    files = ship(site, {"boxes": 2}, {"boxes": 1, "awb": OTHER})
    assert [line.progress for line in lines(site)] == ["shipped", "shipped"]
    assert (states(site), [bill.awb for bill in bills(site)]) == (["shipped"], [GOOD, OTHER])
    assert sorted(kind for kind in kinds(files) if "856" in kind) == [
        f"bloom/856-{GOOD}",
        f"bloom/856-{OTHER}",
    ]


def test_a_cut_line_takes_its_share_of_the_stock_along(site: Desktop) -> None:
    confirmed(site, 5)
    ship(site, {"boxes": 3})
    table = schema.stock_reservations.c
    taken = site.rows(select(table.order_line_id, table.units).order_by(table.order_line_id))
    assert [(row.order_line_id, int(row.units)) for row in taken] == [(1, 3 * BOX), (2, 2 * BOX)]
    assert site.lots()["ROS-EXP-60"][1] == 5 * BOX


def test_a_short_line_in_stems_is_cut_by_its_pack(site: Desktop) -> None:
    publish(site, 20)
    body = purchase_order("1", ("BLM-100", str(4 * BOX), "EA"))
    site.send("bloom", "o.edi", body)
    site.send("florsol", "c.csv", confirmation(",accepted"))
    files = ship(site, {"boxes": 1})
    assert [(int(line.confirmed), line.progress) for line in lines(site)] == [
        (BOX, "shipped"),
        (3 * BOX, "confirmed"),
    ]
    assert ["SN1", "", "300", "EA"] in segments(only(files, "bloom/856"))


def test_a_line_that_makes_no_whole_boxes_is_shipped_with_the_boxes_named(site: Desktop) -> None:
    publish(site, 20)
    site.send("bloom", "o.edi", purchase_order("1", ("BLM-100", "450", "EA")))
    site.send("florsol", "c.csv", confirmation(",accepted"))
    assert goods(site) == []
    ship(site, *coded("PT1", "PT2"))
    assert goods(site) == [("PT1", STAGED), ("PT2", STAGED)]
    assert states(site) == ["shipped"]


def test_a_box_may_hold_goods_of_a_further_line(site: Desktop) -> None:
    publish(site, 20)
    body = purchase_order("1", ("BLM-100", "1", "BX"), ("BLM-100", "25", "EA"))
    site.send("bloom", "o.edi", body)
    site.send("florsol", "c.csv", confirmation(",accepted"))
    files = ship(site, {"box_code": "PT1"}, {"box_code": "PT1", "boxes": 0, "line": 2})
    assert states(site) == ["shipped"]
    found = segments(only(files, "bloom/856"))
    assert [part[1] for part in found if part[0] == "LIN"] == ["1", "2"]
    assert [part[0] for part in found].count("MAN") == 1

"""A ship notice moves boxes, lines and orders on, and everyone is told in their own words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import select

from daemon.ledger import schema
from daemon.ledger.holds import HoldKind
from formats.x12.reader import read
from tests.daemon.sites import NETWORK, Desktop, day, desktop, kinds, only, purchase_order
from tests.daemon.trade.answering import (
    BOX,
    confirmation,
    lines,
    order,
    progress,
    publish,
    states,
)
from tests.daemon.trade.direct import DIRECT, HOME, order_csv
from tests.daemon.trade.goods_files import (
    GOOD,
    OTHER,
    axerrio_step,
    bills,
    coded,
    confirmed,
    goods,
    notice,
    result,
    rows,
    ship,
    shipment,
)

STAGED = "staging"
OURS = ("KD0000001", "KD0000002", "KD0000003", "KD0000004", "KD0000005")


def segments(body: bytes) -> list[list[str]]:
    return [segment.strip().split("*") for segment in body.decode().split("~")]


def test_boxes_of_a_confirmed_order_go_on_the_waybill_and_the_order_is_shipped(
    site: Desktop,
) -> None:
    confirmed(site, 2)
    files = ship(site, *coded(*OURS[:2]))
    assert goods(site) == [(OURS[0], STAGED), (OURS[1], STAGED)]
    (bill,) = bills(site)
    assert (bill.awb, bill.is_temporary, bill.state) == (GOOD, False, "open")
    assert (bill.vendor, bill.buyer, bill.ship_date) == ("florsol", "bloom", day(2))
    assert (progress(site), states(site)) == ([("shipped", 2)], ["shipped"])
    assert result(only(files, "florsol/advice")) == "accepted"


def test_the_buyer_gets_the_vendors_box_codes_under_its_own_order_and_items(
    site: Desktop,
) -> None:
    """L-01, L-02: the shipping label is the receiving label."""
    confirmed(site, 2)
    files = ship(site, *coded("PT991001", "PT991002"))
    body = only(files, "bloom/856")
    assert not [each for each in read(body).findings if each.is_error]
    found = segments(body)
    assert [part[2] for part in found if part[0] == "MAN"] == ["PT991001", "PT991002"]
    assert ["PRF", "1"] in found and ["REF", "AW", GOOD] in found
    assert ["LIN", "1", "BP", "BLM-100", "PL", "1"] in found
    assert ["SN1", "", "1", "BX"] in found
    # The buyer had addressed the farm, so the notice comes from it.
    assert b"*ZZ*FLORSOL        *ZZ*BLOOMWHSL" in body


def test_a_buyer_without_x12_gets_the_shipment_as_csv(tmp_path: Path) -> None:
    network = NETWORK.replace('name = "bloom"\n', 'name = "bloom"\nreceives_shipments = "csv"\n', 1)
    with desktop(tmp_path / "csv", network=network) as site:
        confirmed(site, 2)
        files = ship(site, *coded("PT1", "PT2", lot_number="L7"))
    head, *found = only(files, "bloom/shipment").decode().splitlines()
    assert head.startswith("po_number,line,po_item_id,awb,")
    date = day(2).isoformat()
    # The lot is passed on only where the connection says so (P-05).
    assert found == [f"1,1,1,{GOOD},,{date},PT1,,,", f"1,1,1,{GOOD},,{date},PT2,,,"]
    assert not [name for name in files if "856" in name]


def test_a_buyer_that_wants_no_notice_gets_none(tmp_path: Path) -> None:
    network = NETWORK.replace(
        'name = "bloom"\n', 'name = "bloom"\nreceives_shipments = "none"\n', 1
    )
    with desktop(tmp_path / "none", network=network) as site:
        confirmed(site, 1)
        assert not [name for name in ship(site, *coded(OURS[0])) if name.startswith("bloom/")]
        assert goods(site) == [(OURS[0], STAGED)]


def test_the_lot_is_passed_on_where_the_connection_says_so(tmp_path: Path) -> None:
    link = 'buyer = "bloom"\nwhen_short = "cut"'
    network = NETWORK.replace(link, f"{link}\ntransfer_lot_and_vendor_code = true", 1)
    with desktop(tmp_path / "lot", network=network) as site:
        confirmed(site, 1)
        files = ship(site, *coded("PT1", lot_number="L7"))
    assert ["REF", "LT", "L7"] in segments(only(files, "bloom/856"))


def test_new_codes_of_the_vendor_take_the_place_of_ours_and_are_printed_again(
    site: Desktop,
) -> None:
    """L-10; the label that was printed first still scans."""
    confirmed(site, 2)
    files = ship(site, *coded("PT991001", "PT991002"))
    assert goods(site) == [("PT991001", STAGED), ("PT991002", STAGED)]
    labels = only({n: b for n, b in files.items() if n.endswith("zpl")}, "florsol/labels")
    assert b"PT991001" in labels and b"KD0000001" not in labels
    former = site.rows(select(schema.former_box_codes.c.code))
    assert [row.code for row in former] == list(OURS[:2])


def test_labels_are_not_printed_again_where_no_code_changed(site: Desktop) -> None:
    confirmed(site, 2)
    assert not [name for name in ship(site, *coded(*OURS[:2])) if "labels" in name]


def test_boxes_without_codes_are_taken_by_count(site: Desktop) -> None:
    """L-04: the codes are those that were allotted."""
    confirmed(site, 3)
    files = ship(site, {"boxes": 3})
    assert goods(site) == [(code, STAGED) for code in OURS[:3]]
    assert [p[2] for p in segments(only(files, "bloom/856")) if p[0] == "MAN"] == list(OURS[:3])


def test_a_code_names_its_line_where_the_file_does_not(site: Desktop) -> None:
    confirmed(site, 2, 1)
    ship(site, *coded(*OURS[:3], line=""))
    assert (progress(site), states(site)) == ([("shipped", 2), ("shipped", 1)], ["shipped"])


def test_a_box_that_can_be_of_several_lines_is_refused_and_they_are_named(site: Desktop) -> None:
    confirmed(site, 2, 1)
    files = ship(site, {"box_code": "PT1", "line": ""})
    ((status, _, message),) = rows(only(files, "florsol/advice"))
    assert status == "refused"
    assert "1 (po_item_id 1), 2 (po_item_id 2)" in message
    assert bills(site) == []


def test_the_only_line_needs_no_name(site: Desktop) -> None:
    confirmed(site, 1)
    ship(site, {"box_code": "PT1", "line": ""})
    assert goods(site) == [("PT1", STAGED)]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"line": 7, "box_code": "PT1"}, "has no line 7"),
        ({"po_item_id": 99, "line": "", "box_code": "PT1"}, "has no line 99"),
        ({"line": 2, "box_code": "KD0000001"}, "is of line 1 of order 1, not of 2"),
        ({"box_code": "KD0000099"}, "such codes are given here"),
        ({"boxes": 4}, "has 2 boxes to ship and the file has more"),
    ],
)
def test_a_box_that_does_not_fit_its_line_is_refused(
    site: Desktop, row: dict[str, object], said: str
) -> None:
    confirmed(site, 2, 1)
    files = ship(site, row)
    ((status, _, message),) = rows(only(files, "florsol/advice"))
    assert (status, said in message) == ("refused", True), message
    assert (bills(site), {state for _, state in goods(site)}) == ([], {"allotted"})


def test_one_bad_row_leaves_out_its_line_but_no_other(site: Desktop) -> None:
    """Taken without it the line would be cut in two, though nothing came short (P-30)."""
    confirmed(site, 2, 1)
    files = ship(
        site, {"box_code": OURS[0]}, {"box_code": "KD0000099"}, {"box_code": OURS[2], "line": 2}
    )
    found = rows(only(files, "florsol/advice"))
    assert [(status, code) for status, code, _ in found] == [
        ("refused", ""), ("refused", "E-16"), ("done", ""),
    ]  # fmt: skip
    assert progress(site) == [("confirmed", 2), ("shipped", 1)]
    assert result(only(files, "florsol/advice")) == "accepted-with-exceptions"


def test_a_code_of_another_order_is_refused(site: Desktop) -> None:
    """L-03: unique with the vendor."""
    confirmed(site, 1)
    confirmed(site, 1, number="2", control=2)
    files = ship(site, {"box_code": OURS[0], "po_number": "2"})
    ((status, _, message),) = rows(only(files, "florsol/advice"))
    assert (status, "order 1" in message) == ("refused", True)


def test_a_lot_in_our_range_is_refused(site: Desktop) -> None:
    """E-18, L-05: from an 856 too, whose lots are free text."""
    confirmed(site, 1)
    files = ship(site, *coded(OURS[0], lot_number="1000"))
    assert "1000 to 99999" in only(files, "florsol/advice").decode()
    assert bills(site) == []
    ship(site, *coded(OURS[0], lot_number="999"))
    (box,) = site.rows(select(schema.boxes.c.lot_number))
    assert box.lot_number == "999"


# --- what waits ----------------------------------------------------------------------------------


def test_a_shipment_of_an_order_that_is_not_confirmed_waits_and_goes_by_itself(
    site: Desktop,
) -> None:
    """E-20, P-22."""
    publish(site, 20)
    order(site, 2)
    files = ship(site, *coded(*OURS[:2]))
    assert [status for status, _, _ in rows(only(files, "florsol/advice"))] == ["held", "held"]
    (hold,) = site.holds()
    assert (hold.kind, hold.place) == (HoldKind.NOT_CONFIRMED, "1")
    assert bills(site) == []
    files = site.send("florsol", "c.csv", confirmation(",accepted"))
    assert (goods(site)[0], states(site), site.holds()) == ((OURS[0], STAGED), ["shipped"], [])
    assert "bloom/856" in " ".join(files)
    assert set(site.states()) == {"posted"}


def test_a_shipment_of_an_order_that_has_not_come_waits_for_it_and_its_confirmation(
    site: Desktop,
) -> None:
    publish(site, 20)
    site.send("florsol", "s.csv", shipment({"boxes": 2}))
    (hold,) = site.holds()
    assert hold.kind is HoldKind.UNKNOWN_ORDER
    order(site, 2)
    (hold,) = site.holds()
    assert hold.kind is HoldKind.NOT_CONFIRMED
    site.send("florsol", "c.csv", confirmation(",accepted"))
    assert (states(site), site.holds()) == (["shipped"], [])


def test_a_file_of_two_orders_ships_the_confirmed_one_now_and_each_once(site: Desktop) -> None:
    confirmed(site, 2)
    order(site, 1, number="2", control=2)
    files = ship(site, {"boxes": 2}, {"boxes": 1, "po_number": "2"})
    assert [row[0] for row in rows(only(files, "florsol/advice"))] == ["done", "held"]
    assert states(site) == ["shipped", "approved"]
    files = site.send("florsol", "c2.csv", confirmation(",accepted", number="2"))
    assert [row[0] for row in rows(only(files, "florsol/advice-ship"))] == ["unchanged", "done"]
    assert states(site) == ["shipped", "shipped"]
    # Only the second order is announced now, on the same waybill.
    assert [p[1] for p in segments(only(files, "bloom/856")) if p[0] == "PRF"] == ["2"]
    assert len(bills(site)) == 1


def test_another_vendors_order_is_unknown(site: Desktop) -> None:
    confirmed(site, 1)
    site.send("andes", "s.csv", shipment(*coded(OURS[0])))
    (hold,) = site.holds()
    assert (hold.kind, hold.partner) == (HoldKind.UNKNOWN_ORDER, "andes")
    assert "bloom" not in hold.message
    assert goods(site) == [(OURS[0], "allotted")]


def test_two_buyers_orders_of_one_number_are_told_apart_by_the_buyer(site: Desktop) -> None:
    confirmed(site, 1)
    body = purchase_order("1", ("TUL-EXP60", "1", "BX"), sender="TULIPAN")
    site.send("tulipan", "o.edi", body)
    conf = b'{"contract":"k2k.steps/1","kind":"confirmation","messageId":"c","number":"1",'
    conf += b'"buyer":{"code":"TULIPAN"},"isWhole":true}'
    site.send("axerrio-florsol", "c.json", conf)
    assert states(site) == ["confirmed", "confirmed"]
    files = ship(site, {"boxes": 1})
    ((status, _, message),) = rows(only(files, "florsol/advice"))
    assert (status, "bloom and tulipan each have an order 1" in message) == ("refused", True)
    step = axerrio_step(
        "shipment", "s", buyer={"code": "TULIPAN"}, boxes=[{"number": "1", "boxes": 1}]
    )
    files = site.send("axerrio-florsol", "s.json", step)
    assert states(site) == ["confirmed", "shipped"]
    assert json.loads(only(files, "axerrio-florsol/ack"))["result"] == "accepted"


def test_a_cancelled_order_is_not_shipped(site: Desktop) -> None:
    confirmed(site, 1)
    site.send("florsol", "no.csv", confirmation("1,rejected,0"))
    assert states(site) == ["cancelled"]
    files = ship(site, {"boxes": 1})
    ((status, _, message),) = rows(only(files, "florsol/advice"))
    assert (status, "is cancelled" in message) == ("refused", True)


# --- short shipments -----------------------------------------------------------------------------


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


# --- again, and otherwise ------------------------------------------------------------------------


def test_the_same_shipment_again_changes_nothing_and_tells_nobody(site: Desktop) -> None:
    confirmed(site, 5)
    ship(site, {"boxes": 3})
    before = (goods(site), bills(site), progress(site))
    files = ship(site, {"boxes": 3, "box_type": "HB"})
    assert [row[0] for row in rows(only(files, "florsol/advice"))] == ["unchanged"]
    assert (goods(site), bills(site), progress(site)) == before
    assert kinds(files) == [next(name for name in kinds(files) if "advice" in name)]


def test_coded_boxes_again_change_nothing_and_another_waybill_is_refused(site: Desktop) -> None:
    confirmed(site, 2)
    ship(site, *coded("PT1", "PT2"))
    files = ship(site, *coded("PT2", "KD0000001", box_type="HB"))
    assert [row[0] for row in rows(only(files, "florsol/advice"))] == ["unchanged", "unchanged"]
    files = ship(site, *coded("PT1", awb=OTHER))
    ((status, _, message),) = rows(only(files, "florsol/advice"))
    assert status == "refused"
    assert f"travels on air waybill {GOOD}" in message
    assert len(bills(site)) == 1


def test_without_a_number_goods_travel_under_a_temporary_one(site: Desktop) -> None:
    """W-04: made from the ship date and the order number."""
    confirmed(site, 2)
    files = ship(site, {"boxes": 2, "awb": ""})
    (bill,) = bills(site)
    number = f"TMP{day(2):%y%m%d}-1"
    assert (bill.awb, bill.is_temporary, bill.temporary_awb) == (number, True, number)
    assert ["REF", "AW", number] in segments(only(files, "bloom/856"))


def test_an_order_without_ship_date_in_the_file_travels_on_its_own(site: Desktop) -> None:
    confirmed(site, 1)
    ship(site, {"boxes": 1, "ship_date": ""})
    assert bills(site)[0].ship_date == day(2)


def test_a_vendor_may_tie_shipments_to_the_date_of_the_order(tmp_path: Path) -> None:
    """P-24, E-19: a setting, off unless the vendor wants it."""
    bound = NETWORK.replace(
        "receives_labels = true\n",
        "receives_labels = true\nselling = { ships_on_order_date = true }\n",
        1,
    )
    with desktop(tmp_path / "free") as site:
        confirmed(site, 1)
        ship(site, {"boxes": 1, "ship_date": day(1).isoformat()})
        assert states(site) == ["shipped"]
    with desktop(tmp_path / "bound", network=bound) as site:
        confirmed(site, 1)
        files = ship(site, {"boxes": 1, "ship_date": day(1).isoformat()})
        ((status, code, message),) = rows(only(files, "florsol/advice"))
        assert (status, code) == ("refused", "E-19")
        assert str(day(2)) in message
        ship(site, {"boxes": 1})
        assert states(site) == ["shipped"]


def test_four_digits_join_the_waybill_of_that_day_that_ends_in_them(site: Desktop) -> None:
    """W-03."""
    confirmed(site, 1, 1)
    ship(site, {"boxes": 1})
    ship(site, {"boxes": 1, "line": 2, "awb": GOOD[-4:]})
    assert [bill.awb for bill in bills(site)] == [GOOD]
    assert states(site) == ["shipped"]


def test_four_digits_that_fit_two_waybills_wait(site: Desktop) -> None:
    confirmed(site, 1, 1, 1)
    ship(site, {"boxes": 1})
    ship(site, {"boxes": 1, "line": 2, "awb": "176-99990743"})
    ship(site, {"boxes": 1, "line": 3, "awb": "0743"})
    (hold,) = site.holds()
    assert hold.kind is HoldKind.UNCLEAR_WAYBILL
    assert GOOD in hold.message and "176-99990743" in hold.message


def test_goods_direct_from_the_grower_need_no_scan(tmp_path: Path) -> None:
    """D-03, P-01."""
    with desktop(tmp_path / "direct", network=DIRECT) as site:
        publish(site, 20)
        site.send("bloom", "o.csv", order_csv("1", **HOME))
        site.send("florsol", "c.csv", confirmation(",accepted"))
        files = ship(site, *coded("PT1"))
        assert goods(site) == [("PT1", "in inventory")]
        # Its orders come as CSV, so its ship notice does.
        assert b"PT1" in only(files, "bloom/shipment")


def test_warehouse_goods_need_none_where_the_connection_says_so(tmp_path: Path) -> None:
    """P-02."""
    link = 'buyer = "bloom"\nwhen_short = "cut"'
    network = NETWORK.replace(link, f"{link}\nautoconfirm_staging = true", 1)
    with desktop(tmp_path / "auto", network=network) as site:
        confirmed(site, 1)
        ship(site, {"boxes": 1})
        assert goods(site) == [(OURS[0], "in inventory")]


def test_a_test_notice_ships_nothing(site: Desktop) -> None:
    """P-29."""
    confirmed(site, 1)
    files = site.send("florsol", "t.edi", notice("1", ("1", OURS[0]), usage="T"))
    assert (goods(site), bills(site)) == ([(OURS[0], "allotted")], [])
    assert kinds(files) == ["florsol/997-000000001"]


def test_an_856_ships_boxes_and_is_answered_in_words_only_where_there_are_any(
    site: Desktop,
) -> None:
    confirmed(site, 3)
    files = site.send("florsol", "n.edi", notice("1", ("1", "PT1"), ("1", "PT2")))
    # The line was cut, which a 997 can't say.
    assert "po_item_id 2" in only(files, "florsol/advice").decode()
    files = site.send("florsol", "n2.edi", notice("1", ("1", "PT3"), control=2))
    assert [name for name in kinds(files) if name.startswith("florsol/")] == [
        "florsol/997-000000002",
        "florsol/labels-1",
        "florsol/labels-1",
    ]
    assert states(site) == ["shipped"]


def test_a_notice_is_not_taken_back(site: Desktop) -> None:
    confirmed(site, 1)
    site.send("florsol", "n.edi", notice("1", ("1", "PT1")))
    cancel = notice("1", ("1", "PT1"), control=2).replace(b"BSN*00", b"BSN*01")
    files = site.send("florsol", "x.edi", cancel)
    assert "stays shipped" in only(files, "florsol/advice").decode()
    assert goods(site) == [("PT1", STAGED)]


def test_every_move_names_the_file_that_caused_it(site: Desktop) -> None:
    confirmed(site, 1)
    ship(site, {"boxes": 1})
    table = schema.moves.c
    found = site.rows(
        select(table.entity, table.before, table.after, table.cause)
        .where(table.arrival_id == len(site.arrivals()))
        .order_by(table.entity)
    )
    assert [tuple(row) for row in found] == [
        ("air waybill", None, "open", "ship notice of florsol"),
        ("box", "allotted", "staging", "ship notice of florsol"),
        ("order", "confirmed", "shipped", "ship notice of florsol"),
        ("order line", "confirmed", "shipped", "ship notice of florsol"),
    ]

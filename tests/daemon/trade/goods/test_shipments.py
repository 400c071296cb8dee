"""A ship notice moves boxes, lines and orders on, and everyone is told in their own words."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from daemon.ledger import schema
from formats.x12.reader import read
from tests.daemon.network import NETWORK
from tests.daemon.sites import Desktop, desktop, kinds, only
from tests.daemon.today import day
from tests.daemon.trade.answering import confirmation, progress, publish, states
from tests.daemon.trade.direct import DIRECT, HOME, order_csv
from tests.daemon.trade.exceptions.test_errors_named import for_admin
from tests.daemon.trade.goods_files import (
    GOOD,
    OTHER,
    OURS,
    STAGED,
    bills,
    coded,
    confirmed,
    goods,
    notice,
    result,
    rows,
    segments,
    ship,
    shipment,
)


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


PASSES_ON = NETWORK.replace(
    'when_short = "cut"', 'when_short = "cut"\ntransfer_lot_and_vendor_code = true', 1
)


@pytest.mark.parametrize(
    ("form", "said"),
    [("x12", b"REF*VR*V1~"), ("csv", b",V1\r\n")],
)
def test_the_vendor_code_is_passed_on_beside_the_lot(
    tmp_path: Path, form: str, said: bytes
) -> None:
    network = PASSES_ON.replace('name = "bloom"', f'name = "bloom"\nreceives_shipments = "{form}"')
    with desktop(tmp_path / "code", network=network) as site:
        confirmed(site, 1)
        files = ship(site, *coded("PT1", lot_number="L7"))
    kind = "856" if form == "x12" else "shipment"
    assert said in only(files, f"bloom/{kind}")


@pytest.mark.parametrize(("show", "is_told"), [("hidden", False), ("code", True)])
def test_a_hidden_vendor_passes_no_code_on_with_what_goes_direct(
    tmp_path: Path, show: str, is_told: bool
) -> None:
    """H-03: the lot stays, unless it names the vendor itself."""
    hides = f'receives_shipments = "csv"\nbuying = {{ show_vendor = "{show}" }}'
    network = PASSES_ON.replace('name = "bloom"', f'name = "bloom"\n{hides}')
    with desktop(tmp_path / "hidden", network=network) as site:
        publish(site, 50)
        site.send("bloom", "direct.csv", order_csv("D-1", **HOME))
        site.send("florsol", "confirm.csv", confirmation(",accepted", number="D-1"))
        files = ship(site, {"po_number": "D-1", "line": 1, "boxes": 1, "lot_number": "L7"})
    body = only(files, "bloom/shipment")
    assert b",L7," in body
    assert (b"vendor_code" in body) is is_told


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


@pytest.mark.parametrize("form", ["csv", "edi"])
def test_a_lot_in_our_range_is_refused(site: Desktop, form: str) -> None:
    """E-18, L-05: from an 856 too, whose lots are free text."""
    confirmed(site, 1)
    body = shipment(*coded(OURS[0], lot_number="1000"))
    if form == "edi":
        body = notice("1", ("1", OURS[0]), lot="1000")
    files = site.send("florsol", f"s.{form}", body)
    assert b"1000 to 99999, which are ours to give (E-18)" in only(files, "florsol/advice")
    assert "E-18" in for_admin(site)
    assert bills(site) == []
    ship(site, *coded(OURS[0], lot_number="999"))
    (box,) = site.rows(select(schema.boxes.c.lot_number))
    assert box.lot_number == "999"


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

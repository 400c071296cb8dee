"""A buyer changes an order line by line, until its vendor has answered the line (P-28)."""

from __future__ import annotations

import json

import pytest

from daemon.ledger.holds import HoldKind
from formats.limits import Limits
from formats.x12.reader import read
from tests.daemon.partner_files import availability, purchase_order
from tests.daemon.sites import Desktop, kinds, only
from tests.daemon.today import day
from tests.daemon.trade.answering import (
    acks,
    answered_rows,
    boxes,
    change_set,
    confirmation,
    head,
    lines,
    order,
    progress,
    publish,
    states,
    stock_of,
)
from tests.daemon.trade.systems.floral_orders import order as axerrio_order


def send(
    site: Desktop, *segments: str, purpose: str = "04", sequence: str = "", number: str = "1"
) -> dict[str, bytes]:
    """Let bloom send an 860 of its own control number."""
    control = len(site.arrivals()) + 10
    body = change_set(number, *segments, control=control, purpose=purpose, sequence=sequence)
    return site.send("bloom", f"change-{control}.edi", body)


def accepted(site: Desktop, number: str = "1") -> list[int]:
    """Return what is ordered of every line."""
    return [int(row.accepted) for row in lines(site, number)]


def test_a_smaller_quantity_gives_stock_back_and_ends_boxes(site: Desktop) -> None:
    publish(site, 10)
    order(site, 5)
    files = send(site, "POC*1*QD*3*3*BX")
    assert acks(only(files, "bloom/865")) == [("IA", "3")]
    assert (stock_of(site), accepted(site)) == ((10, 3), [3])
    assert boxes(site) == ["allotted"] * 3 + ["cancelled"] * 2
    assert b"POC*1*CA*3*3*BX" in only(files, "florsol/860")
    assert only(files, "florsol/order").rstrip().endswith(b",CHANGE")
    labels = only({n: b for n, b in files.items() if n.endswith("zpl")}, "florsol/labels")
    assert b"Box 3 of 3" in labels
    assert b"QTY*33*2100*EA" in only(files, "bloom/846")


def test_a_larger_quantity_takes_the_difference_and_allots_boxes(site: Desktop) -> None:
    publish(site, 10)
    order(site, 5)
    files = send(site, "POC*1*QI*7*7*BX")
    assert acks(only(files, "bloom/865")) == [("IA", "7")]
    assert (stock_of(site), accepted(site), len(boxes(site))) == ((10, 7), [7], 7)
    assert b"MAN*SM*KD0000007" in only(files, "florsol/860")


def test_more_than_is_left_is_cut_where_the_connection_says_so(site: Desktop) -> None:
    publish(site, 6)
    order(site, 5)
    files = send(site, "POC*1*QI*9*9*BX")
    assert acks(only(files, "bloom/865")) == [("IQ", "6"), ("IR", "3")]
    assert (stock_of(site), accepted(site)) == ((6, 6), [6])


def test_or_refused_where_it_says_that_and_the_line_stays(site: Desktop) -> None:
    publish(site, 6)
    body = purchase_order("1", ("TUL-EXP60", "5", "BX"), sender="TULIPAN")
    site.send("tulipan", "o.edi", body)
    change = change_set("1", "POC*1*QI*9*9*BX", control=2, sender="TULIPAN")
    files = site.send("tulipan", "c.edi", change)
    assert acks(only(files, "tulipan/865")) == [("IR", "9")]
    assert (stock_of(site), accepted(site)) == ((6, 5), [5])
    assert not [name for name in files if name.startswith("florsol/")]


def test_a_smaller_quantity_never_needs_stock_that_is_short(site: Desktop) -> None:
    publish(site, 10)
    order(site, 10)
    publish(site, 4)
    send(site, "POC*1*QD*9*9*BX")
    assert (stock_of(site), accepted(site)) == ((4, 9), [9])


def test_a_line_is_added_and_another_ends(site: Desktop) -> None:
    publish(site, 10)
    order(site, 5, 2)
    files = send(site, "POC*2*DI", "POC*3*AI*4*4*BX*0.3**BP*BLM-100")
    assert acks(only(files, "bloom/865")) == [("IA", ""), ("IA", "4")]
    assert (stock_of(site), accepted(site)) == ((10, 9), [5, 0, 4])
    assert [row.progress for row in lines(site)] == ["pending", "cancelled", "pending"]
    rows = only(files, "florsol/order").decode().splitlines()[1:]
    assert [row.split(",")[-1] for row in rows] == ["CANCEL", "NEW"]
    confirmed = site.send("florsol", "c.csv", confirmation(",accepted"))
    assert acks(only(confirmed, "bloom/855")) == [("IA", "5"), ("ID", "2"), ("IA", "4")]


def test_an_added_line_of_an_unknown_product_is_refused_by_rule(site: Desktop) -> None:
    """E-14: the rest of the change counts."""
    publish(site, 10)
    order(site, 5)
    files = send(site, "POC*2*AI*4*4*BX*0.3**BP*BLM-NEW", "POC*1*QC*4*4*BX")
    assert acks(only(files, "bloom/865")) == [("IR", "4"), ("IA", "4")]
    assert b"BLM-NEW is not known here" in only(files, "bloom/865")
    assert (accepted(site), site.holds()) == ([4], [])


def test_a_new_price_moves_no_stock_and_the_vendor_hears_of_it(site: Desktop) -> None:
    publish(site, 10)
    order(site, 5)
    files = send(site, "POC*1*PC****0.35")
    assert str(lines(site)[0].unit_price) == "0.35"
    assert b"*0.35*" in only(files, "florsol/860")
    assert (stock_of(site), boxes(site)) == ((10, 5), ["allotted"] * 5)
    assert not [name for name in files if "labels" in name or "/846" in name]


def test_another_product_gives_one_back_and_takes_the_other(site: Desktop) -> None:
    site.send(
        "florsol",
        "s.csv",
        availability(("Rosa Explorer 60cm", 3000, "Stem"), ("Rosa Freedom 60cm", 3000, "Stem")),
    )
    products = list(site.lots())
    order(site, 5)
    files = send(site, "POC*1*RE*2*2*BX*0.3**BP*BLM-110")
    assert acks(only(files, "bloom/865")) == [("IA", "2")]
    assert {name: bought for name, (_, bought) in site.lots().items()} == {
        products[0]: 0,
        products[1]: 600,
    }


def test_the_whole_order_is_cancelled(site: Desktop) -> None:
    publish(site, 10)
    order(site, 5, 2)
    files = send(site, purpose="01")
    assert head(only(files, "bloom/865"))[2] == "AK"
    assert head(only(files, "florsol/860"))[1] == "01"
    assert only(files, "florsol/order").rstrip().endswith(b",CANCEL")
    assert (states(site), stock_of(site)) == (["cancelled"], (10, 0))
    assert set(boxes(site)) == {"cancelled"}
    files = send(site, purpose="01")
    assert (kinds(files)[0], head(only(files, "bloom/865"))[2]) == ("bloom/865-1", "AK")
    assert not [name for name in files if name.startswith("florsol/")]


def test_a_confirmed_line_is_refused_and_an_open_one_changes(site: Desktop) -> None:
    """P-28: refused line by line."""
    publish(site, 20)
    order(site, 5, 2)
    site.send("florsol", "c.csv", confirmation("1,accepted,5"))
    files = send(site, "POC*1*QC*3*3*BX", "POC*2*QC*4*4*BX")
    body = only(files, "bloom/865")
    assert acks(body) == [("IR", "3"), ("IA", "4")]
    assert b"line 1 is confirmed by its vendor" in body
    assert (stock_of(site), accepted(site)) == ((20, 9), [5, 4])


def test_a_cancellation_spares_confirmed_lines_and_settles_the_order(site: Desktop) -> None:
    publish(site, 20)
    order(site, 5, 2)
    site.send("florsol", "c.csv", confirmation("1,accepted,5"))
    files = send(site, purpose="01")
    assert b"line 1 is confirmed" in only(files, "bloom/865")
    assert head(only(files, "florsol/860"))[1] == "04"
    assert states(site) == ["confirmed"]
    assert progress(site) == [("confirmed", 5), ("cancelled", None)]
    files = send(site, purpose="01")
    assert head(only(files, "bloom/865"))[2] == "RJ"


def test_a_confirmed_order_takes_no_more_lines(site: Desktop) -> None:
    publish(site, 10)
    order(site, 5)
    site.send("florsol", "c.csv", confirmation(",accepted"))
    files = send(site, "POC*2*AI*1*1*BX*0.3**BP*BLM-100")
    assert acks(only(files, "bloom/865")) == [("IR", "1")]
    assert stock_of(site) == (10, 5)


@pytest.mark.parametrize("purpose", ["01", "05"])
def test_an_850_that_replaces_or_cancels_spares_a_confirmed_order_too(
    site: Desktop, purpose: str
) -> None:
    publish(site, 10)
    order(site, 5)
    site.send("florsol", "c.csv", confirmation(",accepted"))
    again = purchase_order("1", ("BLM-100", "2", "BX"), purpose=purpose, control=7)
    files = site.send("bloom", "r.edi", again)
    assert acks(only(files, "bloom/855")) == [("IR", "2")]
    assert (states(site), stock_of(site)) == (["confirmed"], (10, 5))
    assert not [name for name in files if name.startswith("florsol/")]


def test_a_replacement_ends_what_it_does_not_name(site: Desktop) -> None:
    publish(site, 10)
    order(site, 5, 2)
    files = send(site, "POC*1*RZ*4*4*BX", "POC*7*RZ*1*1*BX*0.3**BP*BLM-100", purpose="05")
    assert acks(only(files, "bloom/865")) == [("IA", "4"), ("IA", "1")]
    assert (accepted(site), stock_of(site)) == ([4, 0, 1], (10, 5))


def test_a_change_that_overtakes_its_order_waits_and_follows_it(site: Desktop) -> None:
    publish(site, 10)
    files = send(site, "POC*1*QC*3*3*BX", sequence="1")
    assert head(only(files, "bloom/865"))[2] == "AH"
    assert [hold.kind for hold in site.holds()] == [HoldKind.UNKNOWN_ORDER]
    send(site, "POC*1*QC*4*4*BX", sequence="2")
    order(site, 5)
    assert (accepted(site), site.holds(), stock_of(site)) == ([4], [], (10, 4))


def test_a_red_order_is_changed_once_it_is_mapped_and_cancelled_at_once(site: Desktop) -> None:
    publish(site, 10)
    site.send("bloom", "o.edi", purchase_order("1", ("BLM-NEW", "5", "BX")))
    send(site, "POC*1*QC*3*3*BX")
    site.map_row("products", "bloom,,BLM-NEW,,ROS-EXP-60,,yes,,,")
    site.run()
    assert (states(site), accepted(site), site.holds()) == (["approved"], [3], [])
    site.send("bloom", "p.edi", purchase_order("2", ("BLM-OTHER", "5", "BX"), control=3))
    send(site, purpose="01", number="2")
    assert (states(site), site.holds()) == (["approved", "cancelled"], [])


def test_the_same_change_number_counts_once(site: Desktop) -> None:
    """BCH05: a copy under another control number changes nothing."""
    publish(site, 10)
    order(site, 5)
    send(site, "POC*1*QC*3*3*BX", sequence="1")
    send(site, "POC*1*QC*4*4*BX", sequence="2")
    files = send(site, "POC*1*QC*4*4*BX", sequence="2")
    assert b"taken before" in only(files, "bloom/865")
    files = send(site, "POC*1*QC*9*9*BX", sequence="2")
    assert b"with other content" in only(files, "bloom/865")
    files = send(site, "POC*1*QC*3*3*BX", sequence="1")
    assert accepted(site) == [4]


def test_an_older_change_never_undoes_a_newer_one(site: Desktop) -> None:
    publish(site, 10)
    order(site, 5)
    send(site, "POC*1*QC*4*4*BX", sequence="7")
    files = send(site, "POC*1*QC*2*2*BX", sequence="6")
    assert acks(only(files, "bloom/865")) == [("IR", "2")]
    assert b"change 7 was taken before change 6" in only(files, "bloom/865")
    assert accepted(site) == [4]


def test_what_stands_already_is_unchanged_and_nobody_is_told(site: Desktop) -> None:
    publish(site, 10)
    order(site, 5)
    for _ in range(2):
        files = send(site, "POC*1*QC*5*5*BX")
        assert acks(only(files, "bloom/865")) == [("IA", "5")]
        assert not [name for name in files if name.startswith("florsol/")]


def test_a_new_ship_date_holds_for_the_order_where_its_goods_are_there(site: Desktop) -> None:
    publish(site, 10)
    order(site, 5)
    files = send(site, f"DTM*010*{day(4):%Y%m%d}")
    assert site.orders()[0].ship_date == day(4)
    assert f"DTM*010*{day(4):%Y%m%d}".encode() in only(files, "florsol/860")
    assert f",{day(4).isoformat()},".encode() in only(files, "florsol/order")


def test_a_ship_date_without_goods_is_refused(site: Desktop) -> None:
    stock = availability(("Rosa Explorer 60cm", 3000, "Stem"), at=2)
    site.send("florsol", "s.csv", stock)
    order(site, 5)
    files = send(site, f"DTM*010*{day(1):%Y%m%d}", "POC*1*QC*4*4*BX")
    assert b"are not there on" in only(files, "bloom/865")
    assert (site.orders()[0].ship_date, accepted(site)) == (day(2), [4])


def test_csv_rows_change_and_cancel_and_are_answered_row_by_row(site: Desktop) -> None:
    publish(site, 10)
    row = "po_number,line,buyer_code,vendor_code,product_code,boxes,unit_type,action\n"
    new = f"{row}1,1,tulipan,florsol,TUL-EXP60,4,Box,NEW\n1,2,tulipan,florsol,TUL-EXP60,1,Box,NEW\n"
    site.send("tulipan", "new.csv", new.encode())
    change = f"{row}1,1,,,,3,,CHANGE\n1,2,,,,,,CANCEL\n1,9,,,,2,,CHANGE\n"
    files = site.send("tulipan", "change.csv", change.encode())
    rows = answered_rows(only(files, "tulipan/advice-change"))
    assert [status for status, _ in rows] == ["done", "done", "refused"]
    assert "order 1 has no line 9" in rows[2][1]
    assert (accepted(site), stock_of(site)) == ([3, 0], (10, 3))
    files = site.send("tulipan", "cancel.csv", f"{row}1,,,,,,,CANCEL\n".encode())
    assert (states(site), stock_of(site)) == (["cancelled"], (10, 0))


def test_an_axerrio_change_moves_the_prebook_along(site: Desktop) -> None:
    site.map_row("products", "axerrio-florsol,,,Rose Explorer 60,ROS-EXP-60,,yes,,,")
    site.send("axerrio-florsol", "ax.json", axerrio_order())
    body = json.loads(axerrio_order(message="m-2", action="change"))
    body["order"] = {
        "number": "AX-1",
        "lines": [{"line": 1, "boxes": 1}, {"line": 3, "action": "cancel"}],
    }
    files = site.send("axerrio-florsol", "change.json", json.dumps(body).encode())
    said = json.loads(only(files, "axerrio-florsol/ack"))
    assert said["result"] == "accepted", said
    assert accepted(site, "AX-1") == [1, 1, 0]
    body["action"], body["messageId"] = "cancel", "m-3"
    body["order"] = {"number": "AX-1"}
    site.send("axerrio-florsol", "cancel.json", json.dumps(body).encode())
    assert (states(site), [o.state for o in site.orders("prebook")]) == (
        ["cancelled"],
        ["cancelled"],
    )


def test_a_stranger_can_not_change_an_order(site: Desktop) -> None:
    publish(site, 10)
    order(site, 5)
    change = change_set("1", "POC*1*QC*1*1*BX", control=9, sender="TULIPAN")
    files = site.send("tulipan", "c.edi", change)
    assert b"order 1 has not come from tulipan" in only(files, "tulipan/865")
    site.send("florsol", "c.edi", change_set("1", "POC*1*DI", control=9, sender="FLORSOL"))
    assert accepted(site) == [5]


def test_a_test_change_never_moves_a_real_order(site: Desktop) -> None:
    """P-29."""
    publish(site, 10)
    order(site, 5)
    change = change_set("1", "POC*1*QC*1*1*BX", control=9, usage="T")
    files = site.send("bloom", "t.edi", change)
    assert b"*0*T*>" in only(files, "bloom/865")
    assert acks(only(files, "bloom/865")) == [("IR", "1")]
    assert (accepted(site), site.holds()) == ([5], [])


def test_a_test_order_changes_and_takes_no_stock(site: Desktop) -> None:
    publish(site, 10)
    site.send("bloom", "o.edi", purchase_order("1", ("BLM-100", "5", "BX"), usage="T"))
    change = change_set("1", "POC*1*QC*8*8*BX", control=9, usage="T")
    files = site.send("bloom", "t.edi", change)
    assert (accepted(site), stock_of(site), boxes(site)) == ([8], (10, 0), [])
    assert not [name for name in files if name.startswith("florsol/")]


def test_every_file_of_a_change_can_be_read(site: Desktop) -> None:
    publish(site, 10)
    order(site, 5, 2)
    files = send(site, "POC*1*QC*3*3*BX", "POC*2*DI", "POC*3*AI*1*1*BX*0.3**BP*BLM-100")
    for name in ("bloom/865", "florsol/860"):
        reading = read(only(files, name), Limits())
        assert [finding for finding in reading.findings if finding.is_error] == []


def test_a_late_confirmation_of_a_cancelled_order_is_refused_not_lost(site: Desktop) -> None:
    publish(site, 10)
    order(site, 5)
    send(site, purpose="01")
    files = site.send("florsol", "c.csv", confirmation("1,accepted,5"))
    ((status, message),) = answered_rows(only(files, "florsol/advice"))
    assert (status, "has ended" in message) == ("refused", True)
    assert (states(site), stock_of(site)) == (["cancelled"], (10, 0))


def test_what_was_cut_is_answered_as_cut_though_nothing_changes(site: Desktop) -> None:
    publish(site, 6)
    order(site, 8)
    files = send(site, "POC*1*QC*8*8*BX")
    assert acks(only(files, "bloom/865")) == [("IQ", "6"), ("IR", "2")]


def test_a_line_refused_for_lack_of_stock_comes_in_with_a_change(site: Desktop) -> None:
    publish(site, 6)
    order(site, 6, 2)
    publish(site, 20)
    files = send(site, "POC*2*QC*2*2*BX")
    assert acks(only(files, "bloom/865")) == [("IA", "2")]
    assert b"POC*2*AI*2*2*BX" in only(files, "florsol/860")
    assert (accepted(site), stock_of(site)) == ([6, 2], (20, 8))

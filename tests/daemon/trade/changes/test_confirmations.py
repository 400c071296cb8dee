"""A vendor confirms line by line; what it does not have is lost, and everybody hears of it once."""

from __future__ import annotations

import csv

import pytest
from sqlalchemy import select

from daemon.ledger import schema
from daemon.ledger.holds import HoldKind
from formats.limits import Limits
from formats.x12.reader import read
from tests.daemon.network import NETWORK
from tests.daemon.partner_files import purchase_order
from tests.daemon.sites import Desktop, kinds, only
from tests.daemon.trade.answering import (
    acks,
    answer_set,
    answered_rows,
    boxes,
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

VENDORS = 'customer_code = "C1"\nnotify_cancel_to = "office@florsol.example"'
"""The vendor's own people, in the connection."""


def confirm(site: Desktop, *rows: str, number: str = "1") -> dict[str, bytes]:
    """Let florsol send a confirmation file; the same bytes twice would be a copy."""
    name = f"c{len(site.arrivals())}.csv"
    return site.send("florsol", name, confirmation(*rows, number=number))


def test_a_line_confirmed_in_full_is_told_to_the_buyer_as_accepted(site: Desktop) -> None:
    publish(site, 10)
    order(site, 5)
    files = confirm(site, "1,accepted,5")
    body = only(files, "bloom/855")
    assert head(body)[1:4] == ["06", "AD", "1"]
    assert acks(body) == [("IA", "5")]
    assert (states(site), progress(site)) == (["confirmed"], [("confirmed", 5)])
    assert (stock_of(site), boxes(site)) == ((10, 5), ["allotted"] * 5)
    assert not [name for name in files if "labels" in name]


def test_less_than_ordered_is_partially_confirmed_and_its_stock_is_lost_not_resold(
    site: Desktop,
) -> None:
    """P-21: 3 of 5; the vendor just said it lacks 2, so 5 boxes stay on sale, not 7."""
    publish(site, 10)
    order(site, 5)
    files = confirm(site, "1,changed,3,,,,hail")
    assert acks(only(files, "bloom/855")) == [("IQ", "3"), ("IR", "2")]
    assert b"MSG*hail" in only(files, "bloom/855")
    assert (states(site), progress(site)) == (["confirmed"], [("partially confirmed", 3)])
    assert stock_of(site) == (8, 3)
    assert boxes(site) == ["allotted"] * 3 + ["cancelled"] * 2
    labels = only({n: b for n, b in files.items() if n.endswith("zpl")}, "florsol/labels")
    assert b"Box 3 of 3" in labels and b"KD0000004" not in labels


def test_a_refused_line_ends_with_the_vendors_reason(site: Desktop) -> None:
    """P-27: quantity 0 and a reason."""
    publish(site, 10)
    order(site, 5, 2)
    files = confirm(site, "1,accepted,5", "2,rejected,0,,,NS,no stock")
    assert acks(only(files, "bloom/855")) == [("IA", "5"), ("IR", "2")]
    assert b"MSG*no stock" in only(files, "bloom/855")
    assert states(site) == ["confirmed"]
    assert progress(site) == [("confirmed", 5), ("cancelled", 0)]


def test_an_order_of_which_every_line_is_refused_is_rejected(site: Desktop) -> None:
    publish(site, 10)
    order(site, 5, 2)
    files = confirm(site, "1,rejected,0", "2,rejected")
    assert head(only(files, "bloom/855"))[2] == "RD"
    assert (states(site), stock_of(site)) == (["rejected"], (3, 0))
    assert set(boxes(site)) == {"cancelled"}


def test_the_whole_order_is_accepted_or_refused_without_naming_lines(site: Desktop) -> None:
    publish(site, 20)
    order(site, 5, 2)
    confirm(site, ",accepted")
    assert progress(site) == [("confirmed", 5), ("confirmed", 2)]
    order(site, 4, number="2", control=2)
    files = confirm(site, ",rejected,,,,,frost", number="2")
    assert acks(only(files, "bloom/855-2")) == [("IR", "4")]
    assert b"frost" in only(files, "bloom/855-2")
    assert states(site) == ["confirmed", "rejected"]


def test_a_line_named_beside_a_whole_acceptance_counts_for_itself(site: Desktop) -> None:
    publish(site, 20)
    order(site, 5, 2)
    site.send("florsol", "e.edi", answer_set("1", ("2", "IQ", "1"), kind="AE"))
    assert progress(site) == [("confirmed", 5), ("partially confirmed", 1)]


def test_more_than_ordered_is_refused_and_nothing_changes(site: Desktop) -> None:
    publish(site, 10)
    order(site, 5)
    files = confirm(site, "1,accepted,6")
    ((status, message),) = answered_rows(only(files, "florsol/advice"))
    assert status == "refused"
    assert "6 Box answered, but only 5 were ordered" in message
    assert not [name for name in files if name.startswith("bloom/")]
    assert (states(site), progress(site)) == (["approved"], [("pending", None)])


def test_an_unknown_line_is_refused_by_its_name_and_the_others_count(site: Desktop) -> None:
    publish(site, 10)
    order(site, 5)
    files = confirm(site, "1,accepted,5", "9,accepted,1")
    rows = answered_rows(only(files, "florsol/advice"))
    assert [status for status, _ in rows] == ["done", "refused"]
    assert "order 1 has no line 9" in rows[1][1]
    assert states(site) == ["confirmed"]


def test_another_price_and_another_day_are_shown_as_changed(site: Desktop) -> None:
    publish(site, 10)
    order(site, 5, 2, 1)
    day = "2031-01-02"
    rows = ("1,changed,5,0.31", f"2,changed,2,,{day}", f"3,changed,1,0.29,{day}")
    body = only(confirm(site, *rows), "bloom/855")
    assert acks(body) == [("IP", "5"), ("DR", "2"), ("IC", "1")]
    assert b"PO1*1*5*BX*0.31*" in body and b"PO1*2*2*BX*0.3*" in body
    assert b"ACK*DR*2*BX*068*20310102" in body
    first = lines(site)[0]
    assert (str(first.confirmed_price), str(first.unit_price)) == ("0.31", "0.3")


def test_a_price_as_ordered_is_no_change(site: Desktop) -> None:
    publish(site, 10)
    order(site, 5)
    body = only(confirm(site, "1,accepted,5,0.300"), "bloom/855")
    assert acks(body) == [("IA", "5")]
    assert lines(site)[0].confirmed_price is None


def test_the_same_answer_again_is_unchanged_and_nobody_is_told_again(site: Desktop) -> None:
    publish(site, 10)
    order(site, 5, 2)
    confirm(site, "1,changed,3", "2,rejected,0")
    files = confirm(site, "2,rejected,0", "1,changed,3")
    assert kinds(files) == [next(k for k in kinds(files) if k.startswith("florsol/advice"))]
    rows = answered_rows(only(files, "florsol/advice"))
    assert [status for status, _ in rows] == ["unchanged", "unchanged"]
    assert stock_of(site) == (6, 3)


def test_a_later_answer_may_raise_what_was_short_and_its_boxes_are_new(site: Desktop) -> None:
    publish(site, 10)
    order(site, 5)
    confirm(site, "1,changed,3")
    files = confirm(site, "1,accepted,5")
    body = only(files, "bloom/855")
    assert (head(body)[1], acks(body)) == ("05", [("IA", "5")])
    assert (stock_of(site), progress(site)) == ((10, 5), [("confirmed", 5)])
    assert boxes(site) == ["allotted"] * 3 + ["cancelled"] * 2 + ["allotted"] * 2
    assert not [name for name in files if "cancel-notice" in name]


def test_a_vendor_that_takes_back_what_it_confirmed_sends_the_buyer_elsewhere(
    site: Desktop,
) -> None:
    """K-90: a notice names what was confirmed and will not come."""
    publish(site, 10)
    order(site, 5, 2)
    confirm(site, ",accepted")
    files = confirm(site, "1,changed,4", "2,rejected,0,,,,lost a truck")
    rows = only(files, "bloom/cancel-notice").decode().splitlines()
    assert [row.split(",")[1] for row in rows[1:]] == ["1", "2"]
    assert [row.split(",")[4] for row in rows[1:]] == ["1", "2"]
    assert "lost a truck" in rows[2]
    assert acks(only(files, "bloom/855")) == [("IQ", "4"), ("IR", "1"), ("IR", "2")]
    files = confirm(site, "1,rejected,0")
    assert (states(site), stock_of(site)) == (["cancelled"], (3, 0))


@pytest.mark.parametrize(
    ("buying", "told"),
    [
        ('notify_cancel_to = "ana@bloom.example; ben@bloom.example"',
         "ana@bloom.example;ben@bloom.example"),
        ('salespeople = { "*" = "desk@bloom.example" }', "desk@bloom.example"),
        ("", ""),
    ],
)  # fmt: skip
def test_the_notice_is_for_the_buyers_people_and_never_for_the_vendors(
    site: Desktop, buying: str, told: str
) -> None:
    """K-91: those whom the connection names are of the vendor (domain 4.4 step 5)."""
    network = NETWORK.replace('customer_code = "C1"', VENDORS).replace(
        'x12 = { id = "BLOOMWHSL" }', f'x12 = {{ id = "BLOOMWHSL" }}\nbuying = {{ {buying} }}'
    )
    site.reconfigure(network)
    publish(site, 10)
    order(site, 5)
    confirm(site, ",accepted")
    notice = only(confirm(site, "1,rejected,0"), "bloom/cancel-notice").decode()
    ((*_, notify),) = list(csv.reader(notice.splitlines()))[1:]
    assert notify == told
    assert "florsol.example" not in notice


def test_what_has_ended_does_not_rise_again(site: Desktop) -> None:
    publish(site, 10)
    order(site, 5, 2)
    confirm(site, "1,accepted,5", "2,rejected,0")
    files = confirm(site, "2,accepted,2")
    ((status, message),) = answered_rows(only(files, "florsol/advice"))
    assert (status, "needs a new order" in message) == ("refused", True)


def test_back_ordered_units_stay_open_and_keep_their_stock(site: Desktop) -> None:
    publish(site, 10)
    order(site, 10)
    body = answer_set("1", ("1", "IQ", "6"), ("1", "IB", "3"))
    joined = body.replace(b"PO1*1*10*BX~\nACK*IB", b"ACK*IB").replace(b"SE*8*", b"SE*7*")
    files = site.send("florsol", "a.edi", joined.replace(b"CTT*2", b"CTT*1"))
    assert acks(only(files, "bloom/855")) == [("IQ", "6"), ("IB", "3"), ("IR", "1")]
    assert (stock_of(site), boxes(site).count("allotted")) == ((9, 9), 9)
    assert (states(site), progress(site)) == (["confirmed"], [("partially confirmed", 6)])


def test_a_refused_part_alone_leaves_the_rest_open(site: Desktop) -> None:
    publish(site, 10)
    order(site, 10)
    site.send("florsol", "a.edi", answer_set("1", ("1", "IR", "4")))
    assert (states(site), progress(site)) == (["approved"], [("pending", 0)])
    assert stock_of(site) == (6, 6)


def test_an_undecided_line_changes_nothing(site: Desktop) -> None:
    publish(site, 10)
    order(site, 5)
    files = confirm(site, "1,held")
    assert [status for status, _ in answered_rows(only(files, "florsol/advice"))] == ["unchanged"]
    assert (states(site), progress(site)) == (["approved"], [("pending", None)])


def test_a_line_in_stems_may_be_confirmed_in_boxes_and_never_in_half_ones(site: Desktop) -> None:
    publish(site, 10)
    site.send("bloom", "o.edi", purchase_order("1", ("BLM-100", "600", "EA")))
    confirm(site, "1,changed,1")
    assert progress(site) == [("partially confirmed", 300)]
    site.send("bloom", "p.edi", purchase_order("2", ("BLM-100", "1", "BX"), control=2))
    half = answer_set("2", ("1", "IQ", "150"), control=5).replace(b"*150*BX", b"*150*EA")
    files = site.send("florsol", "half.edi", half)
    ((status, message),) = answered_rows(only(files, "florsol/advice"))
    assert (status, "no whole number of Box" in message) == ("refused", True)


def test_a_confirmation_that_overtakes_its_order_waits_and_is_carried_out_with_it(
    site: Desktop,
) -> None:
    publish(site, 10)
    files = confirm(site, "1,changed,3")
    assert [status for status, _ in answered_rows(only(files, "florsol/advice"))] == ["held"]
    (hold,) = site.holds()
    assert (hold.kind, hold.place) == (HoldKind.UNKNOWN_ORDER, "1")
    files = order(site, 5)
    assert [acks(body) for name, body in files.items() if name.startswith("bloom/855")] == [
        [("IA", "5")],
        [("IQ", "3"), ("IR", "2")],
    ]
    assert (site.holds(), states(site), site.states()) == ([], ["confirmed"], ["posted"] * 3)


def test_an_order_and_its_answer_in_one_pass_need_nobody(site: Desktop) -> None:
    publish(site, 10)
    site.drop("florsol", "c.csv", confirmation("1,accepted,5"))
    site.drop("bloom", "o.edi", purchase_order("1", ("BLM-100", "5", "BX")))
    site.run()
    assert (states(site), site.holds()) == (["confirmed"], [])


def test_an_order_that_waits_for_approval_is_unknown_to_its_vendor(site: Desktop) -> None:
    """P-20, scenario 9: PA is not visible."""
    site.map_row("products", "axerrio-florsol,,,Rose Explorer 60,ROS-EXP-60,,yes,,,")
    site.send("axerrio-florsol", "ax.json", axerrio_order())
    assert states(site) == ["pending approval"]
    confirm(site, "1,accepted,2", number="AX-1")
    assert [hold.kind for hold in site.holds()] == [HoldKind.UNKNOWN_ORDER]
    assert states(site) == ["pending approval"]


def test_a_stranger_learns_nothing_of_an_order(site: Desktop) -> None:
    publish(site, 10)
    order(site, 5)
    files = site.send("andes", "c.csv", confirmation("1,rejected,0"))
    assert b"has not come to andes" in only(files, "andes/advice")
    files = site.send("bloom", "c.csv", confirmation("1,accepted,5"))
    assert b"is confirmed by florsol, not by its buyer" in only(files, "bloom/advice")
    assert states(site) == ["approved"]


def test_two_buyers_with_one_number_are_never_guessed_between(site: Desktop) -> None:
    publish(site, 20)
    order(site, 5)
    body = purchase_order("1", ("TUL-EXP60", "2", "BX"), sender="TULIPAN")
    site.send("tulipan", "o.edi", body)
    files = confirm(site, ",accepted")
    ((status, message),) = answered_rows(only(files, "florsol/advice"))
    assert status == "refused" and "bloom and tulipan each have an order 1" in message
    named = answer_set("1", kind="AK").decode().replace("CTT*0~", "N1*BY*Tulipan*92*TULIPAN~")
    site.send("florsol", "named.edi", named.encode())
    assert states(site) == ["approved", "confirmed"]


def test_a_test_confirmation_never_moves_a_real_order(site: Desktop) -> None:
    """P-29."""
    publish(site, 10)
    order(site, 5)
    files = site.send("florsol", "t.edi", answer_set("1", ("1", "IR", "5"), usage="T"))
    assert b"a test never touches a real one" in only(files, "florsol/advice")
    assert (states(site), stock_of(site), site.holds()) == (["approved"], (10, 5), [])


def test_a_test_order_is_confirmed_as_a_test_and_moves_no_stock(site: Desktop) -> None:
    publish(site, 10)
    site.send("bloom", "t.edi", purchase_order("T1", ("BLM-100", "10", "BX"), usage="T"))
    files = site.send("florsol", "t.edi", answer_set("T1", ("1", "IQ", "4"), usage="T"))
    assert b"*0*T*>" in only(files, "bloom/855")
    assert (states(site), stock_of(site)) == (["confirmed"], (10, 0))
    confirm(site, "1,rejected,0", number="T1")
    assert [hold.kind for hold in site.holds()] == [HoldKind.UNKNOWN_ORDER]


def test_a_csv_buyer_gets_rows_as_confirmed(site: Desktop) -> None:
    publish(site, 10)
    row = "1,1,tulipan,florsol,TUL-EXP60,4,Box"
    site.send(
        "tulipan",
        "o.csv",
        f"po_number,line,buyer_code,vendor_code,product_code,boxes,unit_type\n{row}\n".encode(),
    )
    body = only(confirm(site, "1,changed,3,0.40"), "tulipan/order-ack").decode()
    assert body.splitlines()[1].split(",")[:4] == ["1", "1", "changed", "3"]
    assert float(body.splitlines()[1].split(",")[4]) == 0.4


def test_a_buyer_that_wants_the_997_alone_gets_no_855(site: Desktop) -> None:
    site.reconfigure(NETWORK.replace('receives_availability = "x12"', 'answers_orders = "none"'))
    publish(site, 10)
    order(site, 5)
    assert not [name for name in confirm(site, "1,accepted,5") if name.startswith("bloom/")]
    assert states(site) == ["confirmed"]


def test_what_nobody_checked_out_is_deleted_on_confirmation_and_on_sale_again(
    site: Desktop,
) -> None:
    """Domain 4.4 step 5: unlike a short confirmation, nobody said that the goods are not there."""
    publish(site, 10)
    order(site, 5, 2)
    with site.p.ledger.write() as conn:
        table = schema.order_lines
        conn.execute(table.update().where(table.c.line == 2).values(is_checked_out=False))
    files = confirm(site, ",accepted")
    assert acks(only(files, "bloom/855")) == [("IA", "5"), ("ID", "2")]
    assert progress(site) == [("confirmed", 5), ("cancelled", 0)]
    assert stock_of(site) == (10, 5)


def test_every_move_is_written_down_with_its_cause(site: Desktop) -> None:
    publish(site, 10)
    order(site, 5)
    confirm(site, "1,changed,4")
    table = schema.moves.c
    moves = site.rows(select(table.entity, table.before, table.after, table.cause))
    assert ("order line", "pending", "partially confirmed") in [row[:3] for row in moves]
    assert ("order", "approved", "confirmed") in [row[:3] for row in moves]
    assert "order confirmation of florsol" in {row.cause for row in moves}


def test_every_answer_to_a_buyer_can_be_read(site: Desktop) -> None:
    publish(site, 10)
    order(site, 5, 2)
    files = confirm(site, "1,changed,3,0.31", "2,held")
    reading = read(only(files, "bloom/855"), Limits())
    assert [finding for finding in reading.findings if finding.is_error] == []


def test_a_bought_out_lot_of_which_too_little_was_published_is_short_by_less(site: Desktop) -> None:
    """K-43: 10 sold of 8 published; the vendor confirms 7 of the 10, and nothing is short."""
    publish(site, 10)
    order(site, 10)
    publish(site, 8)
    assert [hold.kind for hold in site.holds()] == [HoldKind.OVERSOLD]
    confirm(site, "1,changed,7")
    assert (stock_of(site), site.holds()) == ((7, 7), [])

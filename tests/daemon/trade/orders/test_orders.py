"""Orders take stock once, never more than there is, and are answered line by line."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select

from daemon.errors import EnvironmentFault
from daemon.ledger import schema
from formats.x12.reader import read
from tests.daemon.partner_files import (
    availability,
    interchange,
    inventory,
    order_set,
    purchase_order,
)
from tests.daemon.sites import Desktop, kinds, only
from tests.daemon.trade.orders.order_answers import answers, bought, publish, stems


def test_a_line_that_asks_for_more_than_is_left_is_cut(site: Desktop) -> None:
    publish(site, 6)
    files = site.send("bloom", "o.edi", purchase_order("1", ("BLM-100", "8", "BX")))
    assert answers(only(files, "bloom/855")) == [("IQ", "6"), ("IR", "2")]
    assert bought(site) == 6
    assert only(files, "florsol/order").decode().splitlines()[1].split(",")[20] == "6"


def test_or_refused_where_the_connection_says_so(site: Desktop) -> None:
    publish(site, 6)
    files = site.send(
        "tulipan", "o.edi", purchase_order("1", ("TUL-EXP60", "8", "BX"), sender="TULIPAN")
    )
    assert answers(only(files, "tulipan/855")) == [("IR", "8")]
    assert bought(site) == 0
    assert not [name for name in files if name.startswith("florsol/")]


def test_two_lines_on_one_product_never_count_a_box_twice(site: Desktop) -> None:
    publish(site, 5)
    lines = (("BLM-100", "3", "BX"), ("BLM-100", "4", "BX"), ("BLM-100", "1", "BX"))
    files = site.send("bloom", "o.edi", purchase_order("1", *lines))
    assert answers(only(files, "bloom/855")) == [("IA", "3"), ("IQ", "2"), ("IR", "2"), ("IR", "1")]
    assert bought(site) == 5


def test_two_orders_of_one_batch_never_count_a_box_twice(site: Desktop) -> None:
    publish(site, 5)
    sets = [order_set(str(n), ("BLM-100", "3", "BX")) for n in (1, 2)]
    site.drop("bloom", "a.edi", interchange(sets, control=1))
    site.drop("bloom", "b.edi", purchase_order("3", ("BLM-100", "3", "BX"), control=2))
    files = site.run()
    assert [answers(only(files, f"bloom/855-{n}")) for n in (1, 2, 3)] == [
        [("IA", "3")],
        [("IQ", "2"), ("IR", "1")],
        [("IR", "3")],
    ]
    assert bought(site) == 5


def test_units_of_the_order_and_of_the_stock_may_differ(site: Desktop) -> None:
    publish(site, 2)
    order = purchase_order("1", ("BLM-100", "300", "EA"), ("BLM-100", "12", "X2"))
    files = site.send("bloom", "o.edi", order)
    assert answers(only(files, "bloom/855")) == [("IA", "300"), ("IA", "12")]
    assert bought(site) == 2


def test_stock_of_another_day_is_not_sold(site: Desktop) -> None:
    later = availability(("Rosa Explorer 60cm", stems(5), "Stem"), at=4)
    site.send("florsol", "later.csv", later)
    files = site.send("bloom", "o.edi", purchase_order("1", ("BLM-100", "1", "BX"), ship=3))
    assert answers(only(files, "bloom/855")) == [("IR", "1")]
    files = site.send(
        "bloom", "o2.edi", purchase_order("2", ("BLM-100", "1", "BX"), ship=4, control=2)
    )
    assert answers(only(files, "bloom/855")) == [("IA", "1")]


def test_a_line_over_two_lots_takes_whole_boxes_of_each(site: Desktop) -> None:
    rows = [availability(("Rosa Explorer 60cm", "450", "Stem"), at=at) for at in (0, 1)]
    site.send("florsol", "stock.csv", b"".join(rows))
    files = site.send("bloom", "o.edi", purchase_order("1", ("BLM-100", "3", "BX")))
    assert answers(only(files, "bloom/855")) == [("IQ", "2"), ("IR", "1")]
    taken = site.rows(select(schema.stock_lots.c.bought).order_by(schema.stock_lots.c.id))
    assert [row.bought for row in taken] == [300, 300]


@pytest.mark.parametrize(("quantity", "status"), [("0", "IR"), ("1.5", "IR"), ("10001", "IR")])
def test_a_quantity_that_is_no_sale_is_refused(site: Desktop, quantity: str, status: str) -> None:
    publish(site, 20_000)
    files = site.send("bloom", "o.edi", purchase_order("1", ("BLM-100", quantity, "BX")))
    if "bloom/855-1" in " ".join(files):
        assert [code for code, _ in answers(only(files, "bloom/855"))] == [status]
    else:
        assert b"AK5*R" in only(files, "bloom/997")
    assert bought(site) == 0


def test_a_number_beyond_the_books_is_quarantined_and_said(site: Desktop) -> None:
    publish(site, 1)
    files = site.send("bloom", "o.edi", purchase_order("1", ("BLM-100", "9" * 15, "BX")))
    assert site.states() == ["posted", "quarantined"]
    assert b"the most that the books hold" in only(files, "bloom/advice")


def test_a_test_order_takes_nothing_and_reaches_no_vendor(site: Desktop) -> None:
    publish(site, 5)
    files = site.send("bloom", "o.edi", purchase_order("1", ("BLM-100", "3", "BX"), usage="T"))
    assert kinds(files) == ["bloom/855-1", "bloom/997-000000001"]
    assert read(only(files, "bloom/855")).interchanges[0].usage == "T"
    assert bought(site) == 0


@pytest.mark.parametrize("purpose", ["00", "01", "05"])
def test_a_test_order_and_a_real_one_of_the_same_number_never_meet(
    site: Desktop, purpose: str
) -> None:
    publish(site, 5)
    test = purchase_order("1", ("BLM-100", "3", "BX"), usage="T")
    site.send("bloom", "test.edi", test)
    files = site.send("bloom", "real.edi", purchase_order("1", ("BLM-100", "3", "BX"), control=2))
    assert answers(only(files, "bloom/855")) == [("IA", "3")]
    after = purchase_order("1", ("BLM-100", "1", "BX"), usage="T", purpose=purpose, control=3)
    site.send("bloom", "after.edi", after)
    assert bought(site) == 3
    assert [(o.is_test, o.state) for o in site.orders() if not o.is_test] == [(False, "approved")]


def test_a_test_inventory_is_not_on_sale(site: Desktop) -> None:
    publish(site, 1)
    files = site.send(
        "florsol", "t.edi", inventory(("FS-1060", "9000", "EA"), sender="FLORSOL", usage="T")
    )
    assert kinds(files) == ["florsol/997-000000001"]
    assert site.lots() == {"ROS-EXP-60": (300, 0)}


def test_stems_sold_one_by_one_never_make_more_than_the_box(site: Desktop) -> None:
    stock = inventory(("FS-1060", "1", "BX"), sender="FLORSOL")
    site.send("florsol", "stock.edi", stock)
    for number in range(1, 4):
        site.send(
            "bloom", "o.edi", purchase_order(f"{number}", ("BLM-100", "1", "EA"), control=number)
        )
    rest = purchase_order("9", ("BLM-100", "400", "EA"), control=9)
    files = site.send("bloom", "o.edi", rest)
    assert answers(only(files, "bloom/855")) == [("IQ", "297"), ("IR", "103")]


def test_a_lot_that_is_over_is_not_sold_to_an_order_without_a_day(site: Desktop) -> None:
    body = inventory(("FS-1060", "3", "BX"), sender="FLORSOL").decode()
    over = body.replace("QTY*33*3*BX~", "QTY*33*3*BX~\nDTM*036*20200101~").replace("SE*6*", "SE*7*")
    site.send("florsol", "stock.edi", over.encode())
    late = interchange([order_set("1", ("BLM-100", "1", "BX"), ship=None)], control=1)
    files = site.send("bloom", "o.edi", late)
    assert answers(only(files, "bloom/855")) == [("IR", "1")]


def test_boxes_get_codes_that_the_vendor_never_sees_twice(site: Desktop) -> None:
    publish(site, 9)
    for control in (1, 2):
        order = purchase_order(str(control), ("BLM-100", "2", "BX"), control=control)
        site.send("bloom", f"{control}.edi", order)
    codes = [row.code for row in site.rows(select(schema.boxes.c.code).order_by(schema.boxes.c.id))]
    assert codes == ["KD0000001", "KD0000002", "KD0000003", "KD0000004"]
    assert all(len(code) <= 20 for code in codes)


def test_orders_name_their_vendor_by_code_by_envelope_or_by_being_the_only_one(
    site: Desktop,
) -> None:
    publish(site, 9)
    by_code = purchase_order("1", ("BLM-100", "1", "BX"), receiver="K2KNET")
    by_envelope = purchase_order("2", ("BLM-100", "1", "BX"), vendor=None, control=2)
    only_one = purchase_order(
        "3", ("TUL-EXP60", "1", "BX"), vendor=None, receiver="K2KNET", sender="TULIPAN"
    )
    two = purchase_order("4", ("BLM-100", "1", "BX"), vendor=None, receiver="K2KNET", control=4)
    for name, body in (("1", by_code), ("2", by_envelope), ("4", two)):
        site.send("bloom", name, body)
    site.send("tulipan", "3", only_one)
    vendors = {order.number: order.vendor for order in site.orders()}
    assert vendors == {"1": "florsol", "2": "florsol", "3": "florsol", "4": None}


def crowd(site: Desktop, boxes: int, orders: int) -> None:
    """Publish, and let both buyers claim more orders than there are boxes."""
    publish(site, boxes)
    for n in range(1, orders + 1):
        order = purchase_order(f"B{n}", ("BLM-100", "1", "BX"), control=n)
        site.drop("bloom", f"{n:03}.edi", order)
        other = purchase_order(f"T{n}", ("TUL-EXP60", "1", "BX"), control=n, sender="TULIPAN")
        site.drop("tulipan", f"{n:03}.edi", other)
    site.p.intake.look_all()


def accepted(site: Desktop) -> float:
    lines = site.rows(select(schema.order_lines.c.accepted))
    return float(sum(row.accepted for row in lines))


def test_two_buyers_in_threads_never_get_more_than_there_is(each_site: Desktop) -> None:
    crowd(each_site, boxes=7, orders=8)
    faults: list[EnvironmentFault] = []

    def drain(partner: str) -> None:
        try:
            each_site.p.work(partner)
        except EnvironmentFault as fault:
            faults.append(fault)

    def tell() -> None:
        while any(thread.is_alive() for thread in drains):
            each_site.p.announce()

    drains = [threading.Thread(target=drain, args=(partner,)) for partner in ("bloom", "tulipan")]
    telling = threading.Thread(target=tell)
    for thread in (*drains, telling):
        thread.start()
    for thread in (*drains, telling):
        thread.join()
    assert faults == []
    assert set(each_site.states()) == {"posted"}
    assert (accepted(each_site), bought(each_site)) == (7, 7)


def test_everybody_sees_what_is_left_after_each_sale(site: Desktop) -> None:
    """Scenario 1 of the domain: 100 bunches, 60 and 30 sold, 20 asked for."""
    site.send("florsol", "s.csv", availability(("Alstroemeria Blanca Select", 100, "Bunch")))
    site.send("bloom", "1.edi", purchase_order("1", ("BLM-200", "60", "X2")))
    files = site.send("bloom", "2.edi", purchase_order("2", ("BLM-200", "30", "X2"), control=2))
    assert b"QTY*33*10*X2" in only(files, "bloom/846")
    assert b",10,Bunch," in only(files, "tulipan/availability")
    asked = purchase_order("3", ("TUL-ALSW", "20", "X2"), sender="TULIPAN")
    files = site.send("tulipan", "3.edi", asked)
    assert answers(only(files, "tulipan/855")) == [("IR", "20")]
    cut = purchase_order("4", ("BLM-200", "20", "X2"), control=4)
    assert answers(only(site.send("bloom", "4.edi", cut), "bloom/855")) == [
        ("IQ", "10"),
        ("IR", "10"),
    ]
    assert site.lots()["ALS-WHI-SEL"] == (100, 100)

"""A shipment that comes before its order, or before its answer, waits and goes by itself."""

from __future__ import annotations

import json

from daemon.ledger.holds import HoldKind
from tests.daemon.partner_files import purchase_order
from tests.daemon.sites import Desktop, only
from tests.daemon.trade.answering import confirmation, order, publish, states
from tests.daemon.trade.goods_files import (
    OURS,
    STAGED,
    axerrio_step,
    bills,
    coded,
    confirmed,
    goods,
    rows,
    segments,
    ship,
    shipment,
)


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

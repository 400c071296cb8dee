"""A buyer's procurement confirms in the name of a vendor that answers no orders (domain 13)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from daemon.ledger import schema
from daemon.ledger.holds import HoldKind
from tests.daemon.network import NETWORK, connection
from tests.daemon.partner_files import availability, purchase_order
from tests.daemon.sites import Desktop, desktop, kinds, only
from tests.daemon.today import day
from tests.daemon.trade.answering import (
    CONFIRMATION,
    acks,
    answer_set,
    answered_rows,
    boxes,
    change_set,
    confirmation,
    head,
    order,
    progress,
    publish,
    states,
    stock_of,
)
from tests.daemon.trade.systems.floral_orders import order as axerrio_order

FLORSOL = connection("florsol", "bloom", "cut")
ANDES = connection("andes", "bloom")
AGREED = NETWORK.replace(FLORSOL, FLORSOL.replace("pricing", "buyer_confirms = true\npricing"))
"""Bloom may confirm what it orders of florsol, and nothing that it orders of andes."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Desktop]:
    with desktop(tmp_path / "site", network=AGREED) as opened:
        publish(opened, 10)
        yield opened


def confirm(site: Desktop, *rows: str, number: str = "1", by: str = "bloom") -> dict[str, bytes]:
    """Let `by` send a confirmation file; the same bytes twice would be a copy."""
    return site.send(by, f"c{len(site.arrivals())}.csv", confirmation(*rows, number=number))


def answered(files: dict[str, bytes], by: str = "bloom") -> list[tuple[str, str]]:
    return answered_rows(only(files, f"{by}/advice"))


def test_a_buyers_confirmation_does_all_that_its_vendors_would(site: Desktop) -> None:
    order(site, 5)
    files = confirm(site, "1,changed,3,,,,hail")
    body = only(files, "bloom/855")
    assert (head(body)[1:3], acks(body)) == (["06", "AC"], [("IQ", "3"), ("IR", "2")])
    assert answered(files) == [("done", "line 1: 2 Box of 5 will not come")]
    assert (states(site), progress(site)) == (["confirmed"], [("partially confirmed", 3)])
    assert (stock_of(site), boxes(site).count("allotted")) == ((8, 3), 3)
    labels = [name for name in files if name.startswith("florsol/labels") and name.endswith("zpl")]
    assert len(labels) == 1
    assert sorted(name.split("-")[0] for name in kinds(files) if "labels" not in name) == [
        "bloom/846",
        "bloom/855",
        "bloom/advice",
        "florsol/notice",
        "tulipan/availability",
    ]


def test_its_vendor_is_told_what_was_said_in_its_name(site: Desktop) -> None:
    order(site, 5, 2)
    files = confirm(site, "1,changed,3,,,,hail", "2,rejected,0,,,CROP")
    notice = json.loads(only(files, "florsol/notice"))
    assert (notice["for"], notice["to"], notice["order"]) == ("vendor-orders", [], "1")
    assert (notice["buyer"], notice["vendor"]) == ("Bloom Wholesale", "Florsol Farms")
    assert notice["subject"] == "Order 1: answered in your name"
    assert "Bloom Wholesale has answered its order 1 in your name" in notice["text"]
    assert "send a confirmation of your own" in notice["text"]
    said = [(line["line"], line["quantity"], line["reason"]) for line in notice["lines"]]
    assert said == [("1", "3", "hail"), ("2", "0", "CROP")]


def test_json_confirms_as_rows_do(site: Desktop) -> None:
    order(site, 5, 2)
    said = {"contract": "k2k.steps/1", "kind": "confirmation", "number": "1", "isWhole": True}
    files = site.send("bloom", "c.json", json.dumps(said).encode())
    assert (states(site), acks(only(files, "bloom/855"))) == (
        ["confirmed"],
        [("IA", "5"), ("IA", "2")],
    )


def test_nothing_is_told_of_a_confirmation_that_was_given(site: Desktop) -> None:
    order(site, 5)
    confirm(site, "1,accepted,5")
    files = confirm(site, ",accepted")
    assert answered(files) == [("unchanged", "")]
    assert [name.split("/")[1][:6] for name in files] == ["advice"]


def test_without_an_agreement_the_answer_says_that_the_vendor_confirms(site: Desktop) -> None:
    site.send("andes", "s.csv", availability(("Rosa Freedom 50cm", "3500", "Stem")))
    site.send("bloom", "a.edi", purchase_order("7", ("BLM-111", "2", "BX"), vendor="ANDESBLM"))
    ((status, why),) = answered(confirm(site, "1,accepted,2", number="7"))
    assert (status, "order 7 is confirmed by andes, not by its buyer" in why) == ("refused", True)
    assert "buyer_confirms" in why
    assert [row.state for row in site.orders()] == ["approved"]


def test_a_buyer_without_any_agreement_waits_for_nothing(site: Desktop) -> None:
    site.reconfigure(NETWORK)
    ((status, why),) = answered(confirm(site, ",accepted", number="99"))
    assert (status, "is confirmed by its vendor" in why, site.holds()) == ("refused", True, [])


def test_another_buyers_order_is_unknown(site: Desktop) -> None:
    agreed = connection("florsol", "tulipan", "refuse")
    site.reconfigure(
        AGREED.replace(agreed, agreed.replace("pricing", "buyer_confirms = true\npricing"))
    )
    order(site, 5)
    ((status, why),) = answered(confirm(site, "1,accepted,5", by="tulipan"), "tulipan")
    assert (status, why) == (
        "held",
        "order 1 has not come from tulipan; the confirmation waits for it",
    )
    assert states(site) == ["approved"]


def test_two_buyers_of_one_number_confirm_each_their_own(site: Desktop) -> None:
    agreed = connection("florsol", "tulipan", "refuse")
    site.reconfigure(
        AGREED.replace(agreed, agreed.replace("pricing", "buyer_confirms = true\npricing"))
    )
    order(site, 5)
    body = purchase_order("1", ("TUL-EXP60", "2", "BX"), sender="TULIPAN")
    site.send("tulipan", "o.edi", body)
    confirm(site, ",accepted", by="tulipan")
    assert states(site) == ["approved", "confirmed"]


def test_a_number_that_two_vendors_have_is_told_apart_by_the_vendor(site: Desktop) -> None:
    site.send("andes", "s.csv", availability(("Rosa Freedom 50cm", "3500", "Stem")))
    order(site, 5)
    body = purchase_order("1", ("BLM-111", "2", "BX"), vendor="ANDESBLM", control=2)
    site.send("bloom", "andes.edi", body)
    ((status, why),) = answered(confirm(site, ",accepted"))
    assert (status, "andes and florsol" in why or "florsol and andes" in why) == ("refused", True)
    assert "name one in vendor_code" in why
    rows = f"{CONFIRMATION},vendor_code\n1,1,accepted,,,,,,{{}}\n"
    ((status, why),) = answered(site.send("bloom", "n.csv", rows.format("NOBODY").encode()))
    assert (status, "NOBODY is no vendor that bloom" in why) == ("refused", True)
    site.send("bloom", "f.csv", rows.format("Florsol Farms").encode())
    assert sorted(states(site)) == ["approved", "confirmed"]


def test_what_its_vendor_has_answered_a_buyer_leaves_alone(site: Desktop) -> None:
    order(site, 5, 2)
    confirm(site, "1,changed,3", by="florsol")
    files = confirm(site, "1,rejected,0", "2,accepted,2")
    rows = answered(files)
    assert [status for status, _ in rows] == ["refused", "done"]
    assert "its vendor has answered it" in rows[0][1]
    assert progress(site) == [("partially confirmed", 3), ("confirmed", 2)]


def test_what_its_vendor_will_send_later_a_buyer_leaves_alone(site: Desktop) -> None:
    """No state moves with that answer, and it is the vendor's all the same."""
    order(site, 5)
    confirm(site, "1,backordered,5", by="florsol")
    assert [status for status, _ in answered(confirm(site, "1,rejected,0"))] == ["refused"]
    assert progress(site) == [("pending", 0)]


def test_a_vendors_own_answer_takes_the_place_of_its_buyers(site: Desktop) -> None:
    order(site, 5)
    confirm(site, "1,changed,2")
    confirm(site, "1,changed,3")
    assert progress(site) == [("partially confirmed", 3)]
    files = confirm(site, "1,changed,4", by="florsol")
    assert acks(only(files, "bloom/855")) == [("IQ", "4"), ("IR", "1")]
    assert not [name for name in files if name.startswith("florsol/notice")]
    ((status, _why),) = answered(confirm(site, "1,changed,1"))
    assert (status, progress(site)) == ("refused", [("partially confirmed", 4)])


def test_a_buyer_sets_no_cost_in_its_vendors_name(site: Desktop) -> None:
    """K-60: what goods cost is for whoever sells them."""
    order(site, 5)
    ((status, why),) = answered(confirm(site, "1,changed,5,0.01"))
    assert (status, "for its vendor to say" in why) == ("refused", True)
    assert (states(site), progress(site)) == (["approved"], [("pending", None)])
    confirm(site, f"1,changed,5,0.300,{day():%Y-%m-%d}")
    assert states(site) == ["confirmed"]


def test_a_confirmed_order_is_its_buyers_to_change_no_more(site: Desktop) -> None:
    order(site, 5)
    confirm(site, ",accepted")
    body = change_set("1", "POC*1*DI*0**BX*0.3**BP*BLM-100", control=3)
    files = site.send("bloom", "change.edi", body)
    assert [code for code, _ in acks(only(files, "bloom/865"))] == ["IR"]
    assert progress(site) == [("confirmed", 5)]


def test_a_confirmation_that_overtakes_its_order_waits_for_it(site: Desktop) -> None:
    ((status, _why),) = answered(confirm(site, "1,changed,3"))
    (hold,) = site.holds()
    assert (status, hold.kind, hold.partner) == ("held", HoldKind.UNKNOWN_ORDER, "bloom")
    files = order(site, 5)
    assert [acks(body) for name, body in files.items() if name.startswith("bloom/855")] == [
        [("IA", "5")],
        [("IQ", "3"), ("IR", "2")],
    ]
    assert (site.holds(), states(site)) == ([], ["confirmed"])


def test_an_order_of_the_vendors_system_waits_for_its_approval_first(site: Desktop) -> None:
    """P-20: nothing is confirmed before it is approved, whoever confirms."""
    site.map_row("products", "axerrio-florsol,,,Rose Explorer 60,ROS-EXP-60,,yes,,,")
    site.send("axerrio-florsol", "ax.json", axerrio_order())
    ((status, why),) = answered(confirm(site, ",accepted", number="AX-1"))
    assert (status, "pending approval; the confirmation waits" in why) == ("held", True)
    files = site.send("bloom", "y.csv", b"po_number,decision\nAX-1,approve\n")
    assert (states(site), site.holds()) == (["confirmed"], [])
    told = [json.loads(body) for name, body in files.items() if name.startswith("axerrio-florsol/")]
    assert any(each.get("result") == "accepted" for each in told)
    assert any(name.startswith("bloom/order-ack") for name in files)


def test_what_has_ended_needs_a_new_order(site: Desktop) -> None:
    order(site, 5)
    site.send("bloom", "x.edi", change_set("1", control=3, purpose="01"))
    ((status, why),) = answered(confirm(site, ",accepted"))
    assert (status, "order 1 is cancelled: no line of it is open" in why) == ("refused", True)


def test_a_test_is_confirmed_as_a_test_and_its_vendor_hears_nothing(site: Desktop) -> None:
    """P-29."""
    site.send("bloom", "t.edi", purchase_order("T1", ("BLM-100", "4", "BX"), usage="T"))
    body = answer_set("T1", ("1", "IQ", "3"), usage="T", sender="BLOOMWHSL")
    files = site.send("bloom", "a.edi", body)
    assert b"*0*T*>" in only(files, "bloom/855")
    assert not [name for name in files if name.startswith("florsol/")]
    assert (states(site), stock_of(site)) == (["confirmed"], (10, 0))
    ((status, _why),) = answered(confirm(site, "1,rejected,0", number="T1"))
    assert (status, states(site)) == ("held", ["confirmed"])


def test_goods_of_a_vendor_that_ships_as_confirmed_travel_on_its_buyers_word(
    site: Desktop,
) -> None:
    """Domain 4.4 step 6."""
    network = AGREED.replace(
        "receives_labels = true", "receives_labels = true\nselling = { ships_as_confirmed = true }"
    )
    site.reconfigure(network)
    order(site, 2)
    confirm(site, ",accepted")
    assert (states(site), set(boxes(site))) == (["shipped"], {"staging"})


def test_the_books_name_who_confirmed(site: Desktop) -> None:
    order(site, 5)
    confirm(site, ",accepted")
    table = schema.moves.c
    moved = site.rows(select(table.after, table.cause).where(table.entity == "order"))
    assert ("confirmed", "order confirmation of bloom") in [tuple(row) for row in moved]
    (line,) = site.rows(select(schema.order_lines.c.answered_by))
    assert line.answered_by == "bloom"


def test_a_vendors_rows_tell_its_buyers_of_one_number_apart(site: Desktop) -> None:
    order(site, 5)
    body = purchase_order("1", ("TUL-EXP60", "2", "BX"), sender="TULIPAN")
    site.send("tulipan", "o.edi", body)
    rows = f"{CONFIRMATION},buyer_code\n1,,accepted,,,,,,tulipan\n"
    site.send("florsol", "c.csv", rows.encode())
    assert states(site) == ["approved", "confirmed"]
    torn = f"{CONFIRMATION},buyer_code\n1,1,accepted,,,,,,bloom\n1,1,accepted,,,,,,tulipan\n"
    files = site.send("florsol", "d.csv", torn.encode())
    assert b"several companies" in only(files, "florsol/advice")
    assert states(site) == ["approved", "confirmed"]

"""A buyer's prebook that names the vendor: who sees which line, and the order made of it (8.3)."""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from sqlalchemy import select

from daemon.ledger import schema
from daemon.ledger.holds import HoldKind
from tests.daemon.network import NETWORK
from tests.daemon.sites import Desktop, only
from tests.daemon.sites import kinds as all_kinds
from tests.daemon.trade.systems.prebook_files import (
    answer,
    as_json,
    details,
    made_of,
    prebook,
    sent,
    settings,
)


def kinds(files: dict[str, bytes]) -> list[str]:
    """Return `partner/kind` of files, without what is said of a buyer's file as a whole."""
    return [kind for kind in all_kinds(files) if not kind.startswith("bloom/advice-")]


def ack(files: dict[str, bytes]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(only(files, "axerrio-florsol/ack"))
    return found


def test_the_vendors_system_gets_the_prebook_in_its_codes_with_our_ids(site: Desktop) -> None:
    files = sent(site)
    assert kinds(files) == ["axerrio-florsol/prebook-PB-1", "bloom/order-ack-PB-1"]
    assert answer(files) == [("accepted", ""), ("accepted", "")]
    said = details(files)
    assert said["action"] == "prebook"
    (booked,) = site.orders("prebook")
    assert said["order"]["prebookNumber"] == str(booked.id)
    lines = said["order"]["lines"]
    assert [(line["vendorItem"], line["boxes"], line["unitPrice"]) for line in lines] == [
        ("FS-1060", 2, "0.30"),
        ("FS-1160", 4, "0.32"),
    ]
    keys = site.rows(select(schema.order_lines.c.id))
    assert [line["prebookItem"] for line in lines] == [str(key.id) for key in keys]
    assert (booked.state, booked.vendor, booked.buyer) == ("approved", "florsol", "bloom")
    assert site.orders() == []


def test_a_line_without_cost_is_not_shown_and_one_of_zero_is(site: Desktop) -> None:
    """U-16."""
    files = sent(site, ("BLM-100", "2", ""), ("BLM-110", "4", "0.00"))
    assert [line["vendorItem"] for line in details(files)["order"]["lines"]] == ["FS-1160"]
    (first, why), second = answer(files)
    assert (first, second) == ("held", ("accepted", ""))
    assert "no cost" in why


@pytest.mark.parametrize(("ship", "is_seen"), [(-2, False), (-1, True), (0, True)])
def test_a_prebook_is_seen_until_the_day_after_its_ship_date(
    site: Desktop, ship: int, *, is_seen: bool
) -> None:
    files = sent(site, ship=ship)
    assert ("axerrio-florsol/prebook-PB-1" in kinds(files)) is is_seen


def test_a_prebook_that_names_no_vendor_is_shown_to_none(site: Desktop) -> None:
    site.reconfigure(
        NETWORK.split("[[connection]]")[0] + '[[connection]]\nvendor = "florsol"\nbuyer = "bloom"\n'
    )
    files = sent(site, vendor="")
    assert kinds(files) == ["bloom/order-ack-PB-1"]
    assert {word for word, _ in answer(files)} == {"held"}


@pytest.mark.parametrize(("vendor", "kind"), [("nobody", "no partner"), ("FLORSOL", None)])
def test_a_vendor_that_is_none_holds_the_prebook(
    site: Desktop, vendor: str, kind: str | None
) -> None:
    sent(site, vendor=vendor)
    assert [hold.kind for hold in site.holds()] == ([HoldKind(kind)] if kind else [])


def test_a_red_prebook_is_completed_by_the_row_that_maps_it(site: Desktop) -> None:
    """M-01, M-02."""
    files = sent(site, ("NEW-1", "2", "0.30"), ("BLM-110", "1", "0.30"))
    assert kinds(files) == ["bloom/order-ack-PB-1"]
    assert [row.state for row in site.orders("prebook")] == ["held"]
    site.map_row("products", "bloom,,NEW-1,,ROS-EXP-60,,yes,,,")
    files = site.run()
    assert [line["boxes"] for line in details(files)["order"]["lines"]] == [2, 1]
    assert [row.state for row in site.orders("prebook")] == ["approved"]


def test_a_rejected_prebook_is_over(site: Desktop) -> None:
    sent(site, ("NEW-1", "2", "0.30"))
    site.reject(site.holds()[0].id, "no such thing")
    site.run()
    assert [row.state for row in site.orders("prebook")] == ["rejected"]


def test_the_order_made_of_it_is_linked_and_waits_for_approval(site: Desktop) -> None:
    said = details(sent(site))
    files = site.send("axerrio-florsol", "po.json", made_of(said))
    assert kinds(files) == ["axerrio-florsol/ack-AX-9", "bloom/to-approve-AX-9"]
    assert {line["status"] for line in ack(files)["lines"]} == {"pending approval"}
    assert len(site.orders("prebook")) == 1
    lines = site.rows(
        select(schema.order_lines.c.prebook_line_id).where(
            schema.order_lines.c.order_id == site.orders()[0].id
        )
    )
    assert [str(row[0]) for row in lines] == [
        line["prebookItem"] for line in said["order"]["lines"]
    ]
    files = site.send("bloom", "a.csv", b"po_number,decision\nAX-9,approve\n")
    assert "florsol/labels-AX-9" in kinds(files)
    back = json.loads(only(files, "axerrio-florsol/order-AX-9"))["order"]
    assert back["prebookNumber"] == said["order"]["prebookNumber"]
    assert [line["prebookItem"] for line in back["lines"]] == [
        line["prebookItem"] for line in said["order"]["lines"]
    ]
    assert all(line["boxIds"] for line in back["lines"])


@pytest.mark.parametrize(
    ("setting", "state"), [("approved", "approved"), ("confirmed", "confirmed")]
)
def test_or_is_real_at_once_where_the_buyer_agreed_to_it(
    site: Desktop, setting: str, state: str
) -> None:
    """P-23."""
    site.reconfigure(settings(answers_to_prebooks=f'"{setting}"'))
    said = details(sent(site))
    files = site.send("axerrio-florsol", "po.json", made_of(said))
    assert [order.state for order in site.orders()] == [state]
    assert {line["status"] for line in ack(files)["lines"]} == {"accepted"}
    assert ack(files)["result"] == "accepted"
    assert "florsol/labels-AX-9" in kinds(files)
    assert json.loads(only(files, "axerrio-florsol/order"))["order"]["status"] == state
    assert "bloom/to-approve-AX-9" not in kinds(files)


def test_a_line_that_is_anothers_is_refused_by_name(site: Desktop) -> None:
    """A-01, E-27: andes is no party to the prebook of florsol."""
    said = details(sent(site))
    other = (
        NETWORK + '\n[[partner]]\nname = "axerrio-andes"\nroles = ["axerrio"]\nvendor = "andes"\n'
    )
    site.reconfigure(other)
    site.map_row("products", "axerrio-andes,,FS-1060,,ROS-EXP-60,,yes,,,")
    site.map_row("products", "axerrio-andes,,FS-1160,,ROS-FRE-60,,yes,,,")
    files = site.send("axerrio-andes", "po.json", made_of(said))
    told = json.loads(only(files, "axerrio-andes/ack"))
    assert told["result"] == "rejected"
    assert {line["status"] for line in told["lines"]} == {"rejected"}
    assert "E-27" in told["lines"][0]["reason"]
    assert [order.state for order in site.orders()] == ["rejected"]


def test_one_wrong_reference_refuses_its_line_alone(site: Desktop) -> None:
    said = details(sent(site))
    value = json.loads(made_of(said))
    # Longer than any id in the books.
    value["order"]["lines"][1]["prebookItem"] = "9" * 20
    told = ack(site.send("axerrio-florsol", "po.json", json.dumps(value).encode()))
    assert [line["status"] for line in told["lines"]] == ["pending approval", "rejected"]
    assert told["result"] == "accepted-with-exceptions"


def test_an_unseen_line_can_not_be_ordered(site: Desktop) -> None:
    said = details(sent(site, ("BLM-100", "2", ""), ("BLM-110", "4", "0.32")))
    hidden = site.rows(select(schema.order_lines.c.id))[0].id
    body = made_of(said, prebookItem=str(hidden))
    told = ack(site.send("axerrio-florsol", "po.json", body))
    assert "E-27" in told["lines"][0]["reason"]


def test_a_prebook_line_is_ordered_once(site: Desktop) -> None:
    said = details(sent(site))
    site.send("axerrio-florsol", "po.json", made_of(said))
    again = made_of(said, number="AX-10", message="m-10")
    told = ack(site.send("axerrio-florsol", "again.json", again))
    assert {line["status"] for line in told["lines"]} == {"rejected"}
    assert "ordered already" in told["lines"][0]["reason"]


def test_the_cost_of_the_prebook_stands_unless_the_vendor_may_set_prices(site: Desktop) -> None:
    """A-02."""
    said = details(sent(site))
    files = site.send("axerrio-florsol", "po.json", made_of(said, unitPrice="0.99"))
    assert "0.3 per Stem as in the prebook" in ack(files)["lines"][0]["reason"]
    rows = list(csv.DictReader(StringIO(only(files, "bloom/to-approve").decode())))
    assert [Decimal(row["unit_cost"]) for row in rows] == [Decimal("0.30"), Decimal("0.32")]
    files = site.send("bloom", "a.csv", b"po_number,decision\nAX-9,approve\n")
    back = json.loads(only(files, "axerrio-florsol/order"))["order"]
    assert [Decimal(line["unitPrice"]) for line in back["lines"]] == [
        Decimal("0.30"),
        Decimal("0.32"),
    ]


def test_or_the_vendors_price_where_it_may(site: Desktop) -> None:
    site.reconfigure(settings(vendors_set_prices="true"))
    said = details(sent(site))
    files = site.send("axerrio-florsol", "po.json", made_of(said, unitPrice="0.99"))
    rows = list(csv.DictReader(StringIO(only(files, "bloom/to-approve").decode())))
    assert [row["unit_cost"] for row in rows] == ["0.99", "0.99"]


def test_a_prebook_is_changed_until_it_is_ordered(site: Desktop) -> None:
    sent(site)
    files = sent(site, ("BLM-100", "5", "0.30"))
    said = details(files)
    assert [line["boxes"] for line in said["order"]["lines"]] == [5]
    assert [(row.state, row.revision) for row in site.orders("prebook")] == [
        ("cancelled", 0),
        ("approved", 1),
    ]
    site.send("axerrio-florsol", "po.json", made_of(said))
    files = sent(site, ("BLM-100", "7", "0.30"))
    assert [hold.kind for hold in site.holds()] == [HoldKind.ORDER_EXISTS]
    assert kinds(files) == ["bloom/order-ack-PB-1"]
    site.release(site.holds()[0].id)
    assert [line["boxes"] for line in details(site.run())["order"]["lines"]] == [7]


def test_the_same_prebook_again_changes_nothing(site: Desktop) -> None:
    sent(site)
    files = site.send(
        "bloom", "again.csv", prebook(("BLM-100", "2", "0.30"), ("BLM-110", "4", "0.32")) + b"\n"
    )
    assert kinds(files) == ["bloom/order-ack-PB-1"]
    assert len(site.orders("prebook")) == 1


def test_a_vendor_that_is_not_named_any_more_is_told(site: Desktop) -> None:
    sent(site)
    files = sent(site, ("BLM-100", "2", "0.30"), vendor="andes")
    assert details(files)["action"] == "cancel"


def test_its_order_does_not_move_the_buyers_prebook(site: Desktop) -> None:
    said = details(sent(site))
    site.send("axerrio-florsol", "po.json", made_of(said))
    site.send("bloom", "a.csv", b"po_number,decision\nAX-9,cancel\n")
    assert [row.state for row in site.orders()] == ["cancelled"]
    assert [row.state for row in site.orders("prebook")] == ["approved"]
    again = made_of(said, number="AX-10", message="m-10")
    told = ack(site.send("axerrio-florsol", "again.json", again))
    assert {line["status"] for line in told["lines"]} == {"pending approval"}


def test_a_prebook_is_cancelled_by_a_row_until_it_is_ordered(site: Desktop) -> None:
    said = details(sent(site))
    row = b"po_number,line,boxes,prebook,action\nPB-1,%s,%s,yes,%s\n"
    less = only(site.send("bloom", "c.csv", row % (b"1", b"1", b"CHANGE")), "bloom/advice-c")
    assert b"prebook PB-1 is changed by sending it anew" in less
    over = details(site.send("bloom", "x.csv", row % (b"", b"", b"CANCEL")))
    assert over["action"] == "cancel"
    again = site.send("bloom", "y.csv", row % (b"", b"", b"CANCEL") + b"\n")
    assert b"unchanged" in only(again, "bloom/advice-y") and site.holds() == []
    late = site.send("axerrio-florsol", "po.json", made_of(said))
    assert ack(late)["result"] == "rejected"


def test_one_that_was_ordered_is_not_cancelled_by_a_row(site: Desktop) -> None:
    site.send("axerrio-florsol", "po.json", made_of(details(sent(site))))
    files = site.send("bloom", "x.csv", b"po_number,line,boxes,prebook,action\nPB-1,,,yes,CANCEL\n")
    assert b"ordered already, by order AX-9" in only(files, "bloom/advice-x")
    assert [each.state for each in site.orders("prebook")] == ["approved"]


def test_one_is_not_cancelled_for_an_order_of_another_vendor(site: Desktop) -> None:
    """Domain 2.4: numbers are a vendor's and a buyer's."""
    sent(site)
    site.send("bloom", "x.csv", b"po_number,vendor_code,line,boxes,action\nPB-1,andes,,,CANCEL\n")
    assert [each.state for each in site.orders("prebook")] == ["approved"]
    assert [each.kind for each in site.holds()] == [HoldKind.UNKNOWN_ORDER]


def test_a_red_one_is_cancelled_by_a_row(site: Desktop) -> None:
    site.send("bloom", "p.csv", prebook(("NEW-1", "2", "0.30")))
    site.send("bloom", "x.csv", b"po_number,line,boxes,prebook,action\nPB-1,,,yes,CANCEL\n")
    assert ([each.state for each in site.orders("prebook")], site.holds()) == (["cancelled"], [])


def test_a_red_one_that_is_sent_anew_stays_away_once_its_row_comes(site: Desktop) -> None:
    site.send("bloom", "p.csv", prebook(("NEW-1", "2", "0.30")))
    site.send("bloom", "mended.csv", prebook(("BLM-100", "3", "0.30")))
    assert site.holds() == []
    site.map_row("products", "bloom,,NEW-1,,ROS-FRE-50,,yes,,,")
    assert site.run() == {}
    assert [each.state for each in site.orders("prebook")] == ["cancelled", "approved"]


def test_a_prebook_as_json_is_answered_as_json(site: Desktop) -> None:
    line = {"productCode": "BLM-100", "boxes": 2, "boxType": "HB", "unitType": "stem"}
    prices = {"unitPrice": "0.30", "salesPrice": "0.77"}
    files = site.send("bloom", "p.json", as_json({**line, **prices}))
    assert kinds(files) == ["axerrio-florsol/prebook-PB-7", "bloom/ack-PB-7"]
    told = json.loads(only(files, "bloom/ack"))
    assert (told["messageId"], told["result"]) == ("b-1", "accepted")
    assert b"0.77" not in only(files, "axerrio-florsol/prebook")


def test_a_vendor_sends_no_prebook(site: Desktop) -> None:
    files = site.send("axerrio-florsol", "p.csv", prebook(("BLM-100", "2", "0.30")))
    assert site.orders("prebook") == []
    assert site.states() == ["quarantined"]
    assert "no buyer" in only(files, "axerrio-florsol/").decode()


def test_a_prebook_is_cancelled_until_it_is_ordered(site: Desktop) -> None:
    said = details(sent(site))
    site.send("axerrio-florsol", "po.json", made_of(said))
    files = site.send("bloom", "c.csv", b"po_number,decision,reason\nPB-1,cancel,no demand\n")
    assert b"AX-9" in only(files, "bloom/advice-c")
    assert [row.state for row in site.orders("prebook")] == ["approved"]
    site.send("bloom", "d.csv", b"po_number,decision\nAX-9,cancel\n")
    files = site.send(
        "bloom", "e.csv", b"po_number,decision,reason\nPB-1,cancel,no demand at all\n"
    )
    assert [row.state for row in site.orders("prebook")] == ["cancelled"]
    over = details(files)
    assert (over["action"], over["order"]["comments"]) == ("cancel", "no demand at all")
    files = site.send("tulipan", "f.csv", b"po_number,decision\nPB-1,cancel\n")
    assert all_kinds(files) == ["tulipan/advice-f"]
    assert b"has not come" in only(files, "tulipan/advice")

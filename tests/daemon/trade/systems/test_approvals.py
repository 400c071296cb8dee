"""A buyer approves or cancels what a vendor's own system sold it; before that nobody is told."""

from __future__ import annotations

import csv
import json
from io import StringIO
from typing import Any

import pytest
from sqlalchemy import select

from daemon.ledger import schema
from daemon.ledger.holds import HoldKind
from formats.axerrio.order import read_order
from formats.limits import DEFAULT_LIMITS
from formats.records import AxerrioOrder
from tests.daemon.network import NETWORK
from tests.daemon.partner_files import availability, purchase_order
from tests.daemon.sites import Desktop, kinds, only
from tests.daemon.trade.systems.floral_orders import order

BOX = 300
"""Stems in a box of Explorer 60 and of Freedom 60 (packs.csv)."""
EXPLORER = "axerrio-florsol,,,Rose Explorer 60,ROS-EXP-60,,yes,,,"
PENDING = [
    "axerrio-florsol/ack-AX-1",
    "bloom/to-approve-AX-1",
]
APPROVED = [
    "axerrio-florsol/order-AX-1",
    "bloom/advice-approve",
    "florsol/labels-AX-1",
    "florsol/labels-AX-1",
]


def approval(*rows: str, header: str = "po_number,decision,by,reason") -> bytes:
    return "\n".join((header, *rows, "")).encode()


def rows_of(files: dict[str, bytes]) -> list[tuple[str, str]]:
    """Return (status, message) of every row of the buyer's answer."""
    table = csv.DictReader(StringIO(only(files, "bloom/advice").decode()))
    return [(row["status"], row["message"]) for row in table if row["record"] == "line"]


def pending(site: Desktop, number: str = "AX-1", **changes: Any) -> dict[str, bytes]:
    """Let an Axerrio order come of which every product is known."""
    if EXPLORER not in (site.root / "mappings" / "products.csv").read_text():
        site.map_row("products", EXPLORER)
    return site.send("axerrio-florsol", f"{number}.json", order(number, f"m-{number}", **changes))


def decide(site: Desktop, *rows: str, partner: str = "bloom", **more: Any) -> dict[str, bytes]:
    return site.send(partner, "approve.csv", approval(*rows, **more))


def exported(files: dict[str, bytes], number: str = "AX-1") -> AxerrioOrder:
    body = only(files, f"axerrio-florsol/order-{number}")
    (document,) = read_order(body, DEFAULT_LIMITS)
    assert document.findings == ()
    assert isinstance(document.record, AxerrioOrder)
    return document.record


def no_availability(files: dict[str, bytes]) -> dict[str, bytes]:
    return {n: b for n, b in files.items() if "/846-" not in n and "/availability-" not in n}


def test_an_approved_order_goes_back_to_its_system_with_our_ids_and_labels(site: Desktop) -> None:
    assert kinds(pending(site)) == PENDING
    files = decide(site, "AX-1,approve,ana,")
    assert kinds(files) == APPROVED
    assert rows_of(files) == [("done", "")]
    (placed,), (prebook,) = site.orders(), site.orders("prebook")
    assert (placed.state, prebook.state) == ("approved", "approved")
    assert (placed.approved_by, prebook.approved_by) == ("ana", "ana")
    assert placed.approved_at is not None
    said = exported(files)
    assert [(line.seller_item, int(line.quantity)) for line in said.lines] == [
        ("FS-1160", 2),
        (None, 1),
        ("FS-2001", 3),
    ]
    head = json.loads(only(files, "axerrio-florsol/order"))["order"]
    assert head["purchaseOrderId"] == str(placed.id)
    assert head["prebookNumber"] == str(prebook.id)
    assert (head["status"], head["approvedBy"]) == ("approved", "ana")
    keys = site.rows(
        select(schema.order_lines.c.id).where(schema.order_lines.c.order_id == placed.id)
    )
    assert [line["poItem"] for line in head["lines"]] == [str(key.id) for key in keys]
    codes = [code for line in said.lines for code in line.box_codes]
    assert codes == [
        row.code for row in site.rows(select(schema.boxes).order_by(schema.boxes.c.id))
    ]
    assert len(codes) == 6


def test_the_buyer_is_shown_what_it_is_to_approve_in_its_own_codes(site: Desktop) -> None:
    body = only(pending(site), "bloom/to-approve").decode()
    rows = list(csv.DictReader(StringIO(body)))
    assert [row["product_code"] for row in rows][:2] == ["BLM-110", "BLM-100"]
    assert (rows[0]["boxes"], rows[0]["unit_cost"]) == ("2", "0.36")
    assert {row["vendor_code"] for row in rows} == {"florsol"}


def test_approval_takes_what_the_vendor_publishes_and_never_refuses_for_lack(site: Desktop) -> None:
    """K-40: what the vendor sold itself is bought by anyone."""
    rows = (("Rosa Freedom 60cm", "450", "Stem"), ("Rosa Explorer 60cm", "900", "Stem"))
    site.send("florsol", "stock.csv", availability(*rows))
    pending(site)
    assert {bought for _, bought in site.lots().values()} == {0}
    files = decide(site, "AX-1,approve,,")
    assert site.lots() == {"ROS-FRE-60": (450, 450), "ROS-EXP-60": (900, 300)}
    assert [int(line.quantity) for line in exported(files).lines] == [2, 1, 3]
    assert [name for name in files if name.startswith("bloom/846-")]


def test_the_same_decision_again_changes_nothing(site: Desktop) -> None:
    pending(site)
    decide(site, "AX-1,approve,ana,")
    boxes = len(site.rows(select(schema.boxes)))
    files = decide(site, "AX-1,approve,ben,")
    assert kinds(files) == ["bloom/advice-approve"]
    assert rows_of(files)[0][0] == "unchanged"
    assert [o.approved_by for o in site.orders()] == ["ana"]
    assert len(site.rows(select(schema.boxes))) == boxes


def test_a_disapproved_order_is_over_and_its_system_is_told_why(site: Desktop) -> None:
    pending(site)
    files = decide(site, "AX-1,cancel,ana,too dear")
    assert kinds(files) == ["axerrio-florsol/order-AX-1", "bloom/advice-approve"]
    said = json.loads(only(files, "axerrio-florsol/order"))
    assert (said["action"], said["order"]["comments"]) == ("cancel", "too dear")
    assert [o.state for o in (*site.orders(), *site.orders("prebook"))] == ["cancelled"] * 2
    again = decide(site, "AX-1,cancel,ana,again")
    assert rows_of(again)[0][0] == "unchanged"
    late = decide(site, "AX-1,approve,ana,after all")
    assert rows_of(late)[0][0] == "refused"
    assert kinds(late) == ["bloom/advice-approve"]


def test_an_approval_is_taken_back_while_the_vendor_has_not_confirmed(site: Desktop) -> None:
    site.send("florsol", "stock.csv", availability(("Rosa Freedom 60cm", "900", "Stem")))
    pending(site)
    decide(site, "AX-1,approve,,")
    assert site.lots() == {"ROS-FRE-60": (900, 600)}
    files = decide(site, "AX-1,cancel,ana,changed her mind")
    assert rows_of(files) == [("done", "")]
    assert site.lots() == {"ROS-FRE-60": (900, 0)}
    assert {box.state for box in site.rows(select(schema.boxes))} == {"cancelled"}
    assert json.loads(only(files, "axerrio-florsol/order"))["action"] == "cancel"
    assert [o.state for o in (*site.orders(), *site.orders("prebook"))] == ["cancelled"] * 2


def test_but_not_once_it_has(site: Desktop) -> None:
    pending(site)
    decide(site, "AX-1,approve,,")
    site.send("florsol", "c.csv", b"po_number,line,status\nAX-1,1,accepted\n")
    files = decide(site, "AX-1,cancel,ana,too late")
    (status, message), *_ = rows_of(files)
    assert status == "refused"
    assert "line 1" in message
    assert [o.state for o in site.orders()] == ["approved"]


def test_a_confirmation_that_came_before_the_approval_follows_it(site: Desktop) -> None:
    pending(site)
    site.send("florsol", "c.csv", b"po_number,line,status\nAX-1,,accepted\n")
    assert [hold.kind for hold in site.holds()] == [HoldKind.UNKNOWN_ORDER]
    decide(site, "AX-1,approve,,")
    assert site.holds() == []
    assert [o.state for o in (*site.orders(), *site.orders("prebook"))] == ["confirmed"] * 2


def test_a_stranger_approves_nothing_and_learns_nothing(site: Desktop) -> None:
    pending(site)
    for partner in ("tulipan", "florsol", "andes"):
        files = decide(site, "AX-1,approve,eve,", partner=partner)
        assert kinds(files) == [f"{partner}/advice-approve"]
        assert "pending" not in only(files, f"{partner}/advice").decode()
    assert [o.state for o in site.orders()] == ["pending approval"]


def test_a_decision_waits_for_an_order_that_is_still_red(site: Desktop) -> None:
    site.send("axerrio-florsol", "o.json", order())
    files = decide(site, "AX-1,approve,ana,")
    assert rows_of(files)[0][0] == "held"
    site.map_row("products", EXPLORER)
    files = site.run()
    assert [o.state for o in site.orders()] == ["approved"]
    assert "axerrio-florsol/order-AX-1" in kinds(files)
    assert site.holds() == []


def test_a_test_order_is_approved_without_goods_or_boxes(site: Desktop) -> None:
    """P-29."""
    site.send("florsol", "stock.csv", availability(("Rosa Freedom 60cm", "900", "Stem")))
    assert kinds(pending(site, test=True)) == ["axerrio-florsol/ack-AX-1"]
    files = no_availability(decide(site, "AX-1,approve,ana,"))
    assert kinds(files) == ["axerrio-florsol/order-AX-1", "bloom/advice-approve"]
    assert exported(files).is_test
    assert site.lots() == {"ROS-FRE-60": (900, 0)}
    assert site.rows(select(schema.boxes)) == []


def test_a_decision_means_the_real_order_where_a_test_has_its_number(site: Desktop) -> None:
    pending(site, test=True)
    site.send("axerrio-florsol", "real.json", order(message="m-2"))
    decide(site, "AX-1,approve,ana,")
    assert {(o.is_test, o.state) for o in site.orders()} == {
        (True, "pending approval"),
        (False, "approved"),
    }


TWO_SYSTEMS = (
    NETWORK
    + """
[[partner]]
name = "axerrio-andes"
roles = ["axerrio"]
vendor = "andes"
"""
)


def test_two_vendors_with_one_number_are_told_apart_by_name_only(site: Desktop) -> None:
    site.reconfigure(TWO_SYSTEMS)
    pending(site)
    site.map_row("products", "axerrio-andes,,,Rose Explorer 60,ROS-EXP-60,,yes,,,")
    plain = {
        "line": 1, "description": "Rose Explorer 60", "boxes": 1, "boxType": "HB",
        "unitType": "stem", "unitPrice": "0.36",
    }  # fmt: skip
    other = json.loads(order(message="a-1"))
    other["order"]["lines"] = [plain]
    site.send("axerrio-andes", "o.json", json.dumps(other).encode())
    files = decide(site, "AX-1,approve,ana,")
    (status, message), *_ = rows_of(files)
    assert status == "refused"
    assert "andes" in message and "florsol" in message
    header = "po_number,decision,vendor_code"
    decide(site, "AX-1,approve,andes", header=header)
    assert {o.origin: o.state for o in site.orders()} == {
        "axerrio-florsol": "pending approval",
        "axerrio-andes": "approved",
    }
    assert rows_of(decide(site, "AX-1,approve,nobody", header=header))[0][0] == "refused"


def test_box_codes_that_are_in_use_are_not_given_twice(site: Desktop) -> None:
    """L-03."""

    def with_codes(number: str) -> bytes:
        value = json.loads(order(number, f"m-{number}"))
        value["order"]["lines"][0]["boxIds"] = ["PT1", "PT2"]
        return json.dumps(value).encode()

    site.map_row("products", EXPLORER)
    for number in ("AX-1", "AX-2"):
        site.send("axerrio-florsol", f"{number}.json", with_codes(number))
        files = decide(site, f"{number},approve,ana,")
    assert "PT1, PT2 are in use" in rows_of(files)[0][1]
    assert exported(files, "AX-2").lines[0].box_codes == ("KD0000005", "KD0000006")


def test_a_buyers_own_order_can_be_cancelled_before_it_is_confirmed(site: Desktop) -> None:
    site.send("florsol", "stock.csv", availability(("Rosa Explorer 60cm", "900", "Stem")))
    site.send("bloom", "o.edi", purchase_order("77", ("BLM-100", "2", "BX")))
    files = no_availability(decide(site, "77,cancel,ana,"))
    assert kinds(files) == ["bloom/advice-approve", "florsol/850-77", "florsol/order-77"]
    assert [o.state for o in site.orders()] == ["cancelled"]
    assert site.lots() == {"ROS-EXP-60": (900, 0)}


@pytest.mark.parametrize("number", ["AX-404", "10"])
def test_a_decision_about_an_order_that_has_not_come_waits(site: Desktop, number: str) -> None:
    files = decide(site, f"{number},approve,ana,")
    assert rows_of(files)[0][0] == "held"
    assert [hold.kind for hold in site.holds()] == [HoldKind.UNKNOWN_ORDER]

"""An Axerrio order makes a prebook and its purchase order, red until every code is known."""

from __future__ import annotations

import json

from daemon.ledger.holds import HoldKind
from tests.daemon.sites import Desktop, kinds, only
from tests.daemon.trade.systems.floral_orders import ack, order


def test_an_unknown_product_is_named_and_a_row_completes_order_and_prebook(site: Desktop) -> None:
    """Scenario 8 of the domain (M-01, M-02)."""
    said = ack(site.send("axerrio-florsol", "o.json", order()))
    assert said["result"] == "accepted-with-exceptions"
    assert [line["status"] for line in said["lines"]] == ["held", "UNKNOWN", "held"]
    assert "Rose Explorer 60" in json.dumps(said["lines"][1])
    assert [(o.state, p.state) for o in site.orders() for p in site.orders("prebook")] == [
        ("held", "held")
    ]
    site.map_row("products", "axerrio-florsol,,,Rose Explorer 60,ROS-EXP-60,,yes,,,")
    files = site.run()
    said = ack(files)
    assert said["result"] == "accepted-with-exceptions"
    assert said["order"] == {"number": "AX-1", "status": "pending approval"}
    assert {line["status"] for line in said["lines"]} == {"pending approval"}
    (placed,), (prebook,) = site.orders(), site.orders("prebook")
    assert placed.prebook_id == prebook.id
    assert (placed.state, prebook.state) == ("pending approval", "pending approval")
    assert (site.states(), site.holds()) == (["posted"], [])
    assert site.run() == {}


def test_a_rejected_order_takes_its_prebook_with_it(site: Desktop) -> None:
    site.send("axerrio-florsol", "o.json", order())
    (hold,) = site.holds()
    assert hold.kind is HoldKind.UNMAPPED
    site.reject(hold.id, "no such rose")
    said = ack(site.run())
    assert said["result"] == "rejected"
    assert [o.state for o in (*site.orders(), *site.orders("prebook"))] == ["rejected", "rejected"]


def test_a_message_that_comes_twice_is_answered_alike_and_ordered_once(site: Desktop) -> None:
    first = site.send("axerrio-florsol", "o.json", order())
    again = site.send("axerrio-florsol", "again.json", order())
    assert only(again, "axerrio-florsol/ack") == only(first, "axerrio-florsol/ack")
    other = site.send("axerrio-florsol", "other.json", order(message="m-2"))
    assert kinds(other) == ["axerrio-florsol/ack-AX-1"]
    assert (len(site.orders()), len(site.orders("prebook"))) == (1, 1)


def test_a_prebook_takes_no_stock_before_it_is_approved(site: Desktop) -> None:
    site.map_row("products", "axerrio-florsol,,,Rose Explorer 60,ROS-EXP-60,,yes,,,")
    files = site.send("axerrio-florsol", "o.json", order())
    assert kinds(files) == ["axerrio-florsol/ack-AX-1", "bloom/to-approve-AX-1"]
    assert [o.state for o in site.orders()] == ["pending approval"]


def test_a_message_id_with_other_content_waits_for_a_person(site: Desktop) -> None:
    """A-05."""
    site.map_row("products", "axerrio-florsol,,,Rose Explorer 60,ROS-EXP-60,,yes,,,")
    site.send("axerrio-florsol", "o.json", order())
    files = site.send("axerrio-florsol", "other.json", order("AX-2"))
    said = ack(files)
    assert said["order"] == {"number": "AX-2", "status": "held"}
    assert {line["status"] for line in said["lines"]} == {"held"}
    (hold,) = site.holds()
    assert hold.kind is HoldKind.MESSAGE_EXISTS
    assert "AX-1" in hold.message
    assert [o.number for o in site.orders()] == ["AX-1"]
    site.release(hold.id)
    site.run()
    assert [(o.number, o.state) for o in site.orders()] == [
        ("AX-1", "pending approval"),
        ("AX-2", "pending approval"),
    ]


def test_a_message_that_was_refused_may_come_mended_under_its_id(site: Desktop) -> None:
    value = json.loads(order())
    value["order"]["lines"] = []
    site.send("axerrio-florsol", "bad.json", json.dumps(value).encode())
    site.send("axerrio-florsol", "good.json", order())
    assert [o.number for o in site.orders()] == ["AX-1"]


def test_an_order_for_nobody_we_know_waits_for_a_person(site: Desktop) -> None:
    said = ack(site.send("axerrio-florsol", "o.json", order(receiver={"code": "roselane"})))
    assert said["order"]["status"] == "held"
    (hold,) = site.holds()
    assert hold.kind is HoldKind.NO_PARTNER
    assert "roselane" in hold.message


def test_a_line_of_endless_boxes_is_refused_and_the_rest_waits(site: Desktop) -> None:
    site.map_row("products", "axerrio-florsol,,,Rose Explorer 60,ROS-EXP-60,,yes,,,")
    value = json.loads(order())
    value["order"]["lines"][1]["boxes"] = 999_999_999
    said = ack(site.send("axerrio-florsol", "o.json", json.dumps(value).encode()))
    assert [line["status"] for line in said["lines"]] == [
        "pending approval",
        "rejected",
        "pending approval",
    ]

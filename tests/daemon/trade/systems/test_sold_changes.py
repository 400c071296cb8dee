"""A change of what a vendor's own system has sold moves stock as the order itself did (K-40)."""

from __future__ import annotations

import json
from typing import Any

from tests.daemon.partner_files import availability
from tests.daemon.sites import Desktop, only
from tests.daemon.trade.answering import (
    BOX,
    boxes,
    change_set,
    confirmation,
    lines,
    publish,
    stock_of,
)
from tests.daemon.trade.systems.floral_orders import order as axerrio_order

EXPLORER: dict[str, Any] = {
    "description": "Rose Explorer 60",
    "boxType": "HALF",
    "unitType": "stem",
    "unitPrice": "0.36",
}
APPROVAL = b"po_number,decision,by,reason\nAX-1,approve,ana,\n"


def sold(site: Desktop, *, is_approved: bool = True, **changes: Any) -> None:
    """Let florsol's own system sell two boxes of Explorer 60 to bloom, on line 1."""
    site.map_row("products", "axerrio-florsol,,,Rose Explorer 60,ROS-EXP-60,,yes,,,")
    body = json.loads(axerrio_order(**changes))
    body["order"]["lines"] = [{"line": 1, "boxes": 2, **EXPLORER}]
    site.send("axerrio-florsol", "ax.json", json.dumps(body).encode())
    if is_approved:
        site.send("bloom", "approve.csv", APPROVAL)


def system_changes(
    site: Desktop, *changed: dict[str, Any], message: str = "m-2", **changes: Any
) -> dict[str, Any]:
    """Let florsol's system change lines of what it has sold; return what it is answered."""
    body = json.loads(axerrio_order(message=message, action="change", **changes))
    body["order"] = {
        "number": "AX-1",
        "lines": [{**(EXPLORER if "action" in each else {}), **each} for each in changed],
    }
    files = site.send("axerrio-florsol", f"{message}.json", json.dumps(body).encode())
    answer: dict[str, Any] = json.loads(only(files, "axerrio-florsol/ack"))
    return answer


def of_lines(site: Desktop) -> list[tuple[str, int]]:
    return [(line.state, int(line.accepted)) for line in lines(site, "AX-1")]


def test_more_boxes_and_another_line_are_taken_and_less_is_on_sale_again(site: Desktop) -> None:
    publish(site, 9)
    sold(site)
    assert stock_of(site) == (9, 2)
    said = system_changes(site, {"line": 1, "boxes": 5}, {"line": 2, "action": "new", "boxes": 3})
    assert said["result"] == "accepted", said
    assert (of_lines(site), stock_of(site)) == ([("accepted", 5), ("accepted", 3)], (9, 8))
    assert boxes(site) == ["allotted"] * 8
    system_changes(site, {"line": 1, "boxes": 1}, message="m-3")
    assert (of_lines(site), stock_of(site)) == ([("accepted", 1), ("accepted", 3)], (9, 4))


def test_nothing_is_refused_for_lack_and_what_there_is_is_taken(site: Desktop) -> None:
    publish(site, 4)
    sold(site)
    system_changes(site, {"line": 1, "boxes": 6})
    assert (of_lines(site), stock_of(site)) == ([("accepted", 6)], (4, 4))


def test_another_product_gives_one_back_and_takes_the_other(site: Desktop) -> None:
    stems = str(9 * BOX)
    rows = (("Rosa Freedom 60cm", stems, "Stem"), ("Rosa Explorer 60cm", stems, "Stem"))
    site.send("florsol", "stock.csv", availability(*rows))
    site.map_row("products", "axerrio-florsol,,,Rose Freedom 60,ROS-FRE-60,,yes,,,")
    sold(site)
    system_changes(site, {"line": 1, "boxes": 3, "description": "Rose Freedom 60"})
    assert site.lots() == {"ROS-FRE-60": (9 * BOX, 3 * BOX), "ROS-EXP-60": (9 * BOX, 0)}
    assert of_lines(site) == [("accepted", 3)]


def test_before_its_approval_an_order_changes_and_takes_nothing(site: Desktop) -> None:
    """P-20: its approval takes it all."""
    publish(site, 9)
    sold(site, is_approved=False)
    system_changes(site, {"line": 1, "boxes": 5}, {"line": 2, "action": "new", "boxes": 3})
    assert (of_lines(site), stock_of(site)) == ([("pending", 5), ("pending", 3)], (9, 0))
    site.send("bloom", "approve.csv", APPROVAL)
    assert (of_lines(site), stock_of(site)) == ([("accepted", 5), ("accepted", 3)], (9, 8))


def test_its_buyer_changes_it_and_the_vendor_answers_what_was_added(site: Desktop) -> None:
    publish(site, 9)
    sold(site)
    change = change_set("AX-1", "POC*1*QI*4*4*BX", control=7)
    site.send("bloom", "change.edi", change)
    assert (of_lines(site), stock_of(site)) == ([("accepted", 4)], (9, 4))
    site.send("florsol", "answer.csv", confirmation("1,accepted", number="AX-1"))
    assert [order.state for order in site.orders()] == ["confirmed"]
    assert stock_of(site) == (9, 4)


def test_a_test_order_grows_without_stock_or_boxes(site: Desktop) -> None:
    """P-29."""
    publish(site, 9)
    sold(site, test=True)
    said = system_changes(site, {"line": 1, "boxes": 5}, test=True)
    assert said["result"] == "accepted", said
    assert (of_lines(site), stock_of(site), boxes(site)) == ([("accepted", 5)], (9, 0), [])


def test_box_codes_of_an_added_line_that_are_in_use_are_not_given_twice(site: Desktop) -> None:
    """L-03."""
    publish(site, 9)
    sold(site)
    system_changes(site, {"line": 2, "action": "new", "boxes": 1, "boxIds": ["PT1"]})
    said = system_changes(
        site, {"line": 3, "action": "new", "boxes": 2, "boxIds": ["PT1", "PT2"]}, message="m-3"
    )
    assert "PT1 are in use" in json.dumps(said), said
    assert len(boxes(site)) == 5


def test_more_boxes_than_a_line_may_have_are_refused(site: Desktop) -> None:
    sold(site)
    said = system_changes(site, {"line": 1, "boxes": 100_000})
    assert said["result"] == "rejected", said
    assert of_lines(site) == [("accepted", 2)]

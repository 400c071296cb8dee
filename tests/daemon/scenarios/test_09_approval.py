"""Scenario 9: a purchase order goes to Axerrio once it is approved, not before (8.2 step 7)."""

from __future__ import annotations

import json

from tests.daemon.sites import Desktop, kinds, only, outboxes
from tests.daemon.trade.test_prebooks import order


def exported(files: dict[str, bytes]) -> list[str]:
    return [kind for kind in kinds(files) if kind == "axerrio-florsol/order-AX-1"]


def test_nothing_is_exported_before_the_approval_and_all_of_it_after(site: Desktop) -> None:
    site.map_row("products", "axerrio-florsol,,,Rose Explorer 60,ROS-EXP-60,,yes,,,")
    site.send("axerrio-florsol", "o.json", order())
    assert [o.state for o in site.orders()] == ["pending approval"]
    site.run()
    assert exported(outboxes(site.root)) == []
    assert not [name for name in outboxes(site.root) if "labels" in name]

    files = site.send("bloom", "approve.csv", b"po_number,decision,by\nAX-1,approve,ana\n")

    assert [o.state for o in (*site.orders(), *site.orders("prebook"))] == ["approved"] * 2
    assert exported(files) == ["axerrio-florsol/order-AX-1"]
    said = json.loads(only(files, "axerrio-florsol/order-AX-1"))
    assert (said["action"], said["order"]["status"]) == ("new", "approved")
    assert [line["boxes"] for line in said["order"]["lines"]] == [2, 1, 3]
    boxes = [code for line in said["order"]["lines"] for code in line["boxIds"]]
    assert len(set(boxes)) == 6
    (zpl,) = (body for name, body in files.items() if name.endswith(".zpl"))
    assert all(code.encode() in zpl for code in boxes)

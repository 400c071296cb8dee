"""Scenario 9: a purchase order goes to Axerrio once it is approved, not before (8.2 step 7)."""

from __future__ import annotations

import json

import pytest

from tests.daemon.sites import Desktop, kinds, only, outboxes
from tests.daemon.trade.systems.system_bodies import (
    BODIES,
    EXPLORER,
    SYSTEM,
    SystemBody,
    id_of,
    sale,
)

APPROVAL = b"po_number,decision,by\nAX-1,approve,ana\n"


def back(files: dict[str, bytes], body: SystemBody) -> list[str]:
    return [kind for kind in kinds(files) if kind == f"{SYSTEM}/{body.back}"]


@pytest.mark.parametrize("body", BODIES, ids=id_of)
def test_nothing_is_exported_before_the_approval_and_all_of_it_after(
    system_site: Desktop, body: SystemBody
) -> None:
    site = system_site
    site.map_row("products", EXPLORER)
    site.send(SYSTEM, body.name, body.write(sale(), 1))
    assert [o.state for o in site.orders()] == ["pending approval"]
    site.run()
    assert back(outboxes(site.root), body) == []
    assert not [name for name in outboxes(site.root) if "labels" in name]

    files = site.send("bloom", "approve.csv", APPROVAL)

    assert [o.state for o in (*site.orders(), *site.orders("prebook"))] == ["approved"] * 2
    assert back(files, body) == [f"{SYSTEM}/{body.back}"]
    (zpl,) = (text for name, text in files.items() if name.endswith(".zpl"))
    assert zpl.count(b"^XA") == 6


def test_what_its_system_gets_names_what_was_approved_and_every_box(system_site: Desktop) -> None:
    site, body = system_site, BODIES[0]
    site.map_row("products", EXPLORER)
    site.send(SYSTEM, body.name, body.write(sale(), 1))
    files = site.send("bloom", "approve.csv", APPROVAL)
    said = json.loads(only(files, f"{SYSTEM}/{body.back}"))
    assert (said["action"], said["order"]["status"]) == ("new", "approved")
    assert [line["boxes"] for line in said["order"]["lines"]] == [2, 1, 3]
    boxes = [code for line in said["order"]["lines"] for code in line["boxIds"]]
    assert len(set(boxes)) == 6
    (zpl,) = (text for name, text in files.items() if name.endswith(".zpl"))
    assert all(code.encode() in zpl for code in boxes)

"""A buyer's prebook as the trade's API has it, and the order that it may be at once (A-06)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.daemon.sites import Desktop, kinds
from tests.daemon.today import day
from tests.daemon.trade.answering import publish

ITEM = {
    "productCode": "BLM-100",
    "boxes": 2,
    "boxTypeCode": "HB",
    "unitType": "Stem",
    "vendorCode": "FLORSOL",
    "cost": "0.30",
}


def prebook(item: dict[str, Any] | None = None, **header: Any) -> bytes:
    body = {"prebookNumber": "PB-1", "shipDate": str(day(3)), "carrierCode": "AAC"} | header
    said = {name: value for name, value in (item or ITEM).items() if value is not None}
    return json.dumps(body | {"prebookItems": [said]}).encode()


def states(site: Desktop) -> list[tuple[str, str]]:
    kinds_of = ("purchase_order", "prebook")
    return [(kind, order.state) for kind in kinds_of for order in site.orders(kind)]


@pytest.mark.parametrize("flag", [1, "1"])
def test_with_vendor_and_costs_it_is_an_approved_order(site: Desktop, flag: object) -> None:
    publish(site, 9)
    files = site.send("bloom", "p.json", prebook(autoGeneratePOsfromPrebooks=flag))
    assert states(site) == [("purchase_order", "approved")]
    assert "florsol/850-PB-1" in kinds(files)


@pytest.mark.parametrize("header", [{}, {"autoGeneratePOsfromPrebooks": 0}])
def test_without_the_wish_it_is_a_prebook(site: Desktop, header: dict[str, Any]) -> None:
    publish(site, 9)
    files = site.send("bloom", "p.json", prebook(**header))
    assert [kind for kind, _ in states(site)] == ["prebook"]
    assert "florsol/850-PB-1" not in kinds(files)


@pytest.mark.parametrize("missing", [{"cost": None}, {"vendorCode": None}])
def test_without_vendor_or_cost_it_stays_a_prebook_and_its_buyer_is_told(
    site: Desktop, missing: dict[str, Any]
) -> None:
    publish(site, 9)
    body = prebook({**ITEM, **missing}, autoGeneratePOsfromPrebooks=1)
    files = site.send("bloom", "p.json", body)
    assert [kind for kind, _ in states(site)] == ["prebook"]
    told = b"".join(text for name, text in files.items() if name.startswith("bloom/")).decode()
    assert "stays a prebook" in told


def test_a_cost_of_nothing_is_a_cost(site: Desktop) -> None:
    """U-16."""
    publish(site, 9)
    body = prebook({**ITEM, "cost": "0.00"}, autoGeneratePOsfromPrebooks=1)
    site.send("bloom", "p.json", body)
    assert states(site) == [("purchase_order", "approved")]

"""purchase.order.create names the lines of a prebook, and nothing besides (domain 8.4, 8.3)."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest

from tests.daemon.sites import Desktop, desktop, only
from tests.daemon.today import day
from tests.daemon.trade.systems.prebook_files import details, sent
from tests.daemon.trade.systems.system_bodies import BODIES_NETWORK, SYSTEM
from tests.daemon.trade.systems.test_prebook_links import links


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Desktop]:
    with desktop(tmp_path / "site", network=BODIES_NETWORK) as opened:
        yield opened


def ordered_by_id(*items: dict[str, object], number: str = "AX-9") -> bytes:
    """Return a purchase.order.create of florsol's system."""
    head = {"purchaseOrderNumber": number, "shipDate": str(day(3)), "carrierCode": "AAC"}
    return json.dumps(head | {"purchaseOrderItems": list(items)}).encode()


def ids_of(files: dict[str, bytes]) -> list[str]:
    return [line["prebookItem"] for line in details(files)["order"]["lines"]]


def asked(files: dict[str, bytes], number: str = "AX-9") -> list[tuple[str, str, Decimal]]:
    """Return product, boxes and cost of what the buyer is asked to approve."""
    body = only(files, f"bloom/to-approve-{number}")
    rows = csv.DictReader(StringIO(body.decode()))
    return [(row["product_code"], row["boxes"], Decimal(row["unit_cost"])) for row in rows]


def test_a_line_that_names_only_its_prebook_line_is_of_the_same_goods(site: Desktop) -> None:
    first, second = ids_of(sent(site))
    body = ordered_by_id(
        {"prebookItemId": int(first), "boxes": 1}, {"prebookItemId": second, "boxes": 4}
    )
    files = site.send(SYSTEM, "o.json", body)
    assert asked(files) == [
        ("BLM-100", "1", Decimal("0.30")),
        ("BLM-110", "4", Decimal("0.32")),
    ]
    assert (links(site), site.holds()) == ([first, second], [])
    files = site.send("bloom", "yes.csv", b"po_number,decision\nAX-9,approve\n")
    back = json.loads(only(files, f"{SYSTEM}/order-AX-9"))["purchaseOrderItems"]
    assert [(each["prebookItemId"], each["boxes"], each["cost"]) for each in back] == [
        (first, 1, "0.3"),
        (second, 4, "0.32"),
    ]
    assert [each["productDescription"] for each in back] == [
        *("Rosa Explorer 60cm", "Rosa Freedom 60cm"),
    ]


def test_without_a_number_of_boxes_all_that_is_left_of_it_is_ordered(site: Desktop) -> None:
    _, second = ids_of(sent(site))
    site.send(SYSTEM, "1.json", ordered_by_id({"prebookItemId": second, "boxes": 1}))
    files = site.send(SYSTEM, "2.json", ordered_by_id({"prebookItemId": second}, number="AX-10"))
    assert asked(files, "AX-10") == [("BLM-110", "3", Decimal("0.32"))]


def test_a_prebook_line_that_is_none_is_refused_and_nothing_waits_for_its_name(
    site: Desktop,
) -> None:
    """E-27: nobody can map what nobody named."""
    first, _ = ids_of(sent(site))
    body = ordered_by_id({"prebookItemId": 99_999}, {"prebookItemId": first, "boxes": 2})
    said = json.loads(only(site.send(SYSTEM, "o.json", body), f"{SYSTEM}/ack"))
    assert [(line["status"], line["code"]) for line in said["lines"]] == [
        ("rejected", "E-27"),
        ("pending approval", None),
    ]
    assert site.holds() == []


def test_an_item_of_no_boxes_is_left_out(site: Desktop) -> None:
    first, second = ids_of(sent(site))
    body = ordered_by_id({"prebookItemId": first, "boxes": 0}, {"prebookItemId": second})
    said = json.loads(only(site.send(SYSTEM, "o.json", body), f"{SYSTEM}/ack"))
    assert [line["line"] for line in said["lines"]] == ["1"]
    assert [each["where"] for each in said["findings"]] == ["purchaseOrderItems[0]"]

"""Who pays the carrier goes by its account there, on orders, labels and papers (4.4, 7; E-08)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from formats.edifact.order_out import write_purchase_order
from formats.edifact.reader import read as read_edifact
from formats.edifact.write import Envelope, un_message
from formats.records import OrderLine, Party, PurchaseOrder
from formats.x12.reader import read as read_x12
from tests.daemon.partner_files import interchange, order_set
from tests.daemon.sites import Desktop, desktop, only
from tests.daemon.trade.direct import DIRECT, HOME, order_csv, publish

TRUCK = """
[[partner]]
name = "sunline"
title = "Sunline Truck Lines"
roles = ["carrier"]

[partner.hauling]
carriers = ["TRUCK1"]
accounts = { ROSELANE = "R-501", bloom = "B-77" }
"""
NETWORK = DIRECT.replace('default_carrier = "TRUCK2"', "bill_to_final_customer = true") + TRUCK


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Desktop]:
    """The sample network with a truck line; the buyer's customer is billed by agreement (P-03)."""
    with desktop(tmp_path / "site", network=NETWORK) as opened:
        publish(opened)
        opened.map_row("carriers", "florsol,,SUNTRK,Sunline,TRUCK1,,yes,,,,,")
        opened.map_row("customers", "florsol,,C-ROSE,Rose Lane,ROSELANE,,yes,,,,,,,,,")
        opened.map_row("customers", "bloom,,RL01,Rose Lane,ROSELANE,,yes,,,,,,,,,")
        yield opened


def told(files: dict[str, bytes], number: str = "S-1") -> PurchaseOrder:
    """Return the order as its vendor reads it in X12."""
    (document,) = read_x12(only(files, f"florsol/850-{number}")).documents()
    assert document.findings == ()
    assert isinstance(document.record, PurchaseOrder)
    return document.record


def test_who_is_billed_goes_with_carrier_and_account_through_every_document(site: Desktop) -> None:
    """P-03, E-08, domain 4.4 step 7."""
    files = site.send("bloom", "1.csv", order_csv("S-1", carrier_code="SUNL", **HOME))
    order = told(files)
    assert (order.carrier, order.carrier_account) == ("SUNTRK", "R-501")
    assert b"N1*BT*Rose Lane Florist*92*C-ROSE~" in only(files, "florsol/850-S-1")
    header, row = only(files, "florsol/order-S-1").decode().splitlines()[:2]
    cells = dict(zip(header.split(","), row.split(","), strict=True))
    assert (cells["bill_to_code"], cells["carrier_account"]) == ("C-ROSE", "R-501")
    labels = b"".join(body for name, body in files.items() if name.endswith(".zpl"))
    assert b"R-501" in labels


def test_account_that_the_order_names_itself_goes_before_what_is_set(site: Desktop) -> None:
    body = order_csv("S-1", carrier_code="SUNL", **HOME).decode().splitlines()
    lines = [f"{body[0]},carrier_account", *(f"{line},X-900" for line in body[1:])]
    files = site.send("bloom", "1.csv", "".join(f"{line}\n" for line in lines).encode())
    assert told(files).carrier_account == "X-900"
    labels = b"".join(data for name, data in files.items() if name.endswith(".zpl"))
    assert b"X-900" in labels and b"R-501" not in labels


def test_x12_order_names_the_account_in_ref_11(site: Desktop) -> None:
    body = order_set("S-1", ("BLM-100", "1", "BX"))
    body.insert(1, "REF*11*X-900")
    files = site.send("bloom", "1.edi", interchange([body], control=1))
    assert told(files).carrier_account == "X-900"


def test_goods_for_the_warehouse_go_on_the_buyers_own_account(site: Desktop) -> None:
    body = order_csv("S-1", carrier_code="SUNL", ship_via="warehouse", customer_code="")
    assert told(site.send("bloom", "1.csv", body)).carrier_account == "B-77"


def test_edifact_says_the_account_in_rff_ade() -> None:
    order = PurchaseOrder(
        number="S-1",
        carrier="SUNL",
        carrier_account="R-501",
        buyer=Party(code="B"),
        vendor=Party(code="V"),
        lines=(OrderLine(line=1, reference="1", quantity=Decimal(1), unit="BX", buyer_item="X"),),
    )
    envelope = Envelope(sender="A", recipient="B")
    at = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
    body = write_purchase_order(order, envelope, un_message("ORDERS"), reference="1", at=at)
    assert b"RFF+ADE:R-501'" in body
    (document,) = read_edifact(body).documents()
    assert isinstance(document.record, PurchaseOrder)
    assert document.record.carrier_account == "R-501"

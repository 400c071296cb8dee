"""Scenario 1: what anyone buys is gone for everybody, and both buyers see the new number (K-40)."""

from __future__ import annotations

import json

import pytest

from tests.daemon.partner_files import availability, purchase_order
from tests.daemon.sites import Desktop, only
from tests.daemon.trade.orders.order_answers import answers
from tests.daemon.trade.systems.floral_orders import order
from tests.daemon.trade.views.showroom import told_to

ALSTROEMERIA = "Alstroemeria Blanca Select"
OWN_SALE = {
    "line": 1,
    "vendorItem": "FS-2001",
    "boxes": 2,
    "boxType": "QUARTER",
    "unitType": "bunch",
    "unitPrice": "2.10",
}
"""30 bunches that the vendor's own system has sold, 15 in a box."""


def left(files: dict[str, bytes], buyer: str) -> list[int]:
    """Return what the one availability file of a buyer says is left."""
    (told,) = told_to(files, buyer)
    return [int(offer.quantity) for offer in told.offers.values()]


@pytest.fixture
def traded(site: Desktop) -> Desktop:
    """100 bunches, of which a buyer has bought 60 and the vendor sold 30 itself."""
    packs = site.root / "mappings" / "packs.csv"
    packs.write_text(packs.read_text().replace("ALS-WHI-SEL,QB,16", "ALS-WHI-SEL,QB,15"))
    site.p.tables.refresh(is_whole=True)
    files = site.send("florsol", "stock.csv", availability((ALSTROEMERIA, 100, "Bunch")))
    assert (left(files, "bloom"), left(files, "tulipan")) == ([100], [100])
    files = site.send("bloom", "60.edi", purchase_order("1", ("BLM-200", "60", "X2")))
    assert (left(files, "bloom"), left(files, "tulipan")) == ([40], [40])
    site.send("axerrio-florsol", "30.json", own_sale())
    files = site.send("bloom", "approve.csv", b"po_number,decision,by,reason\nAX-30,approve,ana,\n")
    assert (left(files, "bloom"), left(files, "tulipan")) == ([10], [10])
    return site


def own_sale() -> bytes:
    """Return the vendor's order of 30 bunches."""
    said = json.loads(order("AX-30"))
    said["order"]["lines"] = [OWN_SALE]
    return json.dumps(said).encode()


def test_a_buyer_that_takes_nothing_but_all_is_refused(traded: Desktop) -> None:
    asked = purchase_order("3", ("TUL-ALSW", "20", "X2"), sender="TULIPAN")
    files = traded.send("tulipan", "20.edi", asked)
    assert answers(only(files, "tulipan/855")) == [("IR", "20")]
    assert not told_to(files, "bloom")
    assert traded.lots()["ALS-WHI-SEL"] == (100, 90)


def test_a_buyer_that_takes_what_there_is_gets_10_and_all_see_0(traded: Desktop) -> None:
    asked = purchase_order("3", ("BLM-200", "20", "X2"), control=3)
    files = traded.send("bloom", "20.edi", asked)
    assert answers(only(files, "bloom/855")) == [("IQ", "10"), ("IR", "10")]
    assert (left(files, "bloom"), left(files, "tulipan")) == ([0], [0])
    assert traded.lots()["ALS-WHI-SEL"] == (100, 100)

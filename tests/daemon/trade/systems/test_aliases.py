"""A-04: orders of the API teach a vendor's words, and what isn't mapped goes on no order."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select

from daemon.ledger import schema
from daemon.ledger.aliases import aliases
from tests.daemon.partner_files import availability
from tests.daemon.sites import Desktop, kinds
from tests.daemon.today import day
from tests.daemon.trade.answering import publish
from tests.daemon.trade.systems.floral_orders import order

WORDS = "Rosa Explorer Premium"


def created(description: str | None = WORDS, *, number: str = "PO-1", **more: Any) -> bytes:
    """Return a purchase.order.create of bloom for two boxes of Explorer 60."""
    item: dict[str, Any] = {
        "productCode": "BLM-100",
        "productDescription": description,
        "boxes": 2,
        "boxTypeCode": "HB",
        "unitType": "Stem",
        "cost": "0.30",
    } | more
    said = {name: value for name, value in item.items() if value is not None}
    head = {"purchaseOrderNumber": number, "vendorCode": "FLORSOL", "shipDate": str(day(2))}
    return json.dumps(head | {"purchaseOrderItems": [said]}).encode()


def learnt(site: Desktop) -> list[tuple[str, str, str]]:
    with site.p.ledger.read() as conn:
        return [(each.vendor, each.description, each.product) for each in aliases(conn)]


def test_unknown_words_beside_a_code_are_the_vendors_from_now_on(each_site: Desktop) -> None:
    site = each_site
    publish(site, 9)
    site.send("bloom", "po.json", created())
    assert learnt(site) == [("florsol", WORDS, "ROS-EXP-60")]
    # However they are written: 9.4 compares them normalised.
    site.send("florsol", "s.csv", availability((f"  {WORDS.upper()}", 900, "Stem")))
    assert site.holds() == []
    assert site.lots()["ROS-EXP-60"][0] == 900


def test_stock_that_waited_for_the_words_is_on_sale_at_once(site: Desktop) -> None:
    publish(site, 9)
    site.send("florsol", "s.csv", availability((WORDS, 900, "Stem")))
    assert [hold.source_description for hold in site.holds()] == [WORDS]
    site.send("bloom", "po.json", created())
    assert site.holds() == []
    assert site.states()[2] == "posted"


def test_order_that_waited_for_the_words_goes_on_at_once(site: Desktop) -> None:
    publish(site, 9)
    files = site.send("bloom", "a.json", created(number="PO-A", productCode=None))
    assert "florsol/850-PO-A" not in kinds(files)
    assert [each.state for each in site.orders()] == ["held"]
    files = site.send("bloom", "b.json", created(number="PO-B"))
    assert {"florsol/850-PO-A", "florsol/850-PO-B"} <= set(kinds(files))
    assert [each.state for each in site.orders()] == ["approved", "approved"]
    assert (site.holds(), set(site.states())) == ([], {"posted"})


def test_words_that_are_known_teach_nothing(site: Desktop) -> None:
    publish(site, 9)
    site.send("bloom", "po.json", created("Rosa Explorer 60cm"))
    site.send("bloom", "po2.json", created(None, number="PO-2"))
    assert learnt(site) == []


def test_words_that_mean_another_product_already_are_not_learnt_anew(site: Desktop) -> None:
    publish(site, 9)
    site.send("bloom", "po.json", created())
    site.send("florsol", "f.csv", availability(("Rosa Freedom 60cm", 900, "Stem")))
    site.send("bloom", "po2.json", created(number="PO-2", productCode="BLM-110"))
    assert learnt(site) == [("florsol", WORDS, "ROS-EXP-60")]
    found = site.rows(
        select(schema.findings.c.message).where(schema.findings.c.code == "alias.exists")
    )
    assert ["means ROS-EXP-60 of florsol already" in row.message for row in found] == [True]


def test_a_row_of_the_tables_goes_before_an_alias(site: Desktop) -> None:
    publish(site, 9)
    site.send("bloom", "po.json", created())
    site.map_row("products", f"florsol,,,{WORDS},ROS-FRE-60,,yes,,,")
    site.send("florsol", "s.csv", availability((WORDS, 900, "Stem")))
    assert site.lots()["ROS-FRE-60"][0] == 900


def test_csv_and_x12_orders_teach_nothing(site: Desktop) -> None:
    publish(site, 9)
    body = (
        "po_number,line,vendor_code,ship_date,product_code,product_description,boxes,box_type\n"
        f"7,1,FLORSOL,{day(2)},BLM-100,{WORDS},1,HB\n"
    )
    site.send("bloom", "po.csv", body.encode())
    assert learnt(site) == []


def test_what_is_not_mapped_goes_on_no_order_and_no_air_waybill(site: Desktop) -> None:
    """The order is red (M-01); nothing of it is ordered, boxed or shipped until it is mapped."""
    publish(site, 9)
    files = site.send("axerrio-florsol", "o.json", order())
    assert [each.state for each in site.orders()] == ["held"]
    assert not [name for name in files if name.startswith(("florsol/", "bloom/to-approve"))]
    assert site.rows(select(schema.boxes)) == []
    assert site.rows(select(schema.shipments)) == []

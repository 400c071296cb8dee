"""Goods travel as their vendor packs them, and an order's pack is a wish (K-30, U-04)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from daemon.ledger import schema
from daemon.trade.orders.packs import packed_otherwise
from daemon.trade.stock.units import NO_PACK
from formats.records import OrderLine
from tests.daemon.partner_files import purchase_order
from tests.daemon.sites import Desktop, desktop, only
from tests.daemon.today import day
from tests.daemon.trade.answering import change_set
from tests.daemon.trade.cart_files import answers
from tests.daemon.trade.direct import DIRECT, order_csv
from tests.daemon.trade.systems.system_bodies import BODIES_NETWORK, EXPLORER, SYSTEM

STOCK = "vendorId,productDescription,availableFrom,quantityUnits,unitType,category,color,unitCost"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Desktop]:
    """The sample network, whose packs.csv has 12 bunches of 25 stems in a half box."""
    with desktop(tmp_path / "site", network=DIRECT) as opened:
        yield opened


def publish(site: Desktop, *lots: tuple[int, int]) -> None:
    """Let florsol offer (stems, stems in a bunch) of its roses, each lot a day later."""
    rows = [
        f"111,Rosa Explorer 60cm,{day(at)},{stems},Stem,Roses,Red,0.34,{bunch}"
        for at, (stems, bunch) in enumerate(lots)
    ]
    site.send("florsol", "a.csv", "\n".join([f"{STOCK},stemsBunch", *rows, ""]).encode())


def sent(site: Desktop, boxes: int = 2, number: str = "P-1", **cells: object) -> dict[str, bytes]:
    row = {"ship_via": "warehouse", "customer_code": "", "boxes": boxes, **cells}
    return site.send("bloom", f"{number}.csv", order_csv(number, **row))


def packed(files: dict[str, bytes]) -> tuple[str, str]:
    """Return what the vendor's 850 says of a line's pack, and what stands on its labels."""
    body = next(body for name, body in files.items() if name.startswith("florsol/8")).decode()
    (pack,) = (each for each in body.split("~") if each.strip().startswith("PO4"))
    labels = next(body for name, body in files.items() if name.endswith(".zpl")).decode()
    (stands,) = {each[:-3].rpartition("^FD")[2] for each in labels.split("\n") if "stems^" in each}
    return pack.strip(), stands


def bought(site: Desktop) -> list[int]:
    lots = schema.stock_lots.c
    return [int(row.bought) for row in site.rows(select(lots.bought).order_by(lots.id))]


def test_what_a_vendor_says_of_its_stock_goes_before_its_usual_pack(site: Desktop) -> None:
    publish(site, (3_000, 20))
    files = sent(site)
    assert packed(files) == ("PO4*12*************20", "12 bunches x 20 stems")
    assert answers(files)["1"]["message"] == ""
    assert site.lots()["ROS-EXP-60"] == (3_000, 480)


def test_another_box_and_pack_are_a_wish_and_the_answer_says_so(site: Desktop) -> None:
    publish(site, (3_000, 25))
    files = sent(site, box_type="QB", bunches=10, stems_bunch=20, unit_type="Stem")
    row = answers(files)["1"]
    assert (row["status"], row["message"]) == (
        "accepted",
        "its vendor packs HB, 12 bunches of 25 stems (K-30)",
    )
    assert packed(files) == ("PO4*12*************25", "12 bunches x 25 stems")
    # What florsol calls a half box.
    assert b"*ZZ*MEDIA~" in only(files, "florsol/850-P-1")


def test_a_line_is_of_one_pack_and_more_of_it_too(site: Desktop) -> None:
    publish(site, (600, 25), (600, 20))
    row = answers(sent(site, boxes=4))["1"]
    assert (row["status"], row["confirmed_boxes"]) == ("changed", "2")
    assert "2 more are packed otherwise: order them on another line" in row["message"]
    assert bought(site) == [600, 0]

    files = sent(site, boxes=1, number="P-2")
    assert packed(files) == ("PO4*12*************20", "12 bunches x 20 stems")
    files = site.send(
        "bloom", "c.edi", change_set("P-2", "POC*1*QI*3*2*BX***BP*BLM-100", control=9)
    )
    assert bought(site) == [600, 480]
    assert b"only 2 Box left of 3" in only(files, "bloom/865")


def test_a_pack_that_is_known_later_parts_no_line(tmp_path: Path) -> None:
    """A vendor may sell without one (M-12); its row of packs.csv may come, or end, at any time."""
    row = "florsol,ROS-EXP-60,HB,12,25,Stem,yes,,,"
    mode = 'availability_mode = "overwrite"'
    loose = DIRECT.replace(mode, f"{mode}\nselling = {{ sells_without_pack = true }}", 1)
    with desktop(tmp_path / "loose", network=loose) as site:
        site.unmap_row("packs", row)
        publish(site, (3_000, 25))
        site.send("bloom", "o.edi", purchase_order("P-1", ("BLM-100", "300", "EA")))
        site.map_row("packs", row)
        more = change_set("P-1", "POC*1*QI*600*300*EA***BP*BLM-100", control=8)
        assert b"ACK*IA*600*EA" in only(site.send("bloom", "c.edi", more), "bloom/865")
        site.unmap_row("packs", row)
        more = change_set("P-1", "POC*1*QI*900*300*EA***BP*BLM-100", control=9)
        assert b"ACK*IA*900*EA" in only(site.send("bloom", "d.edi", more), "bloom/865")
        lines = schema.order_lines.c
        first = select(lines.bunches_per_box, lines.stems_per_bunch).order_by(lines.id)
        assert (bought(site), tuple(site.rows(first)[0])) == ([900], (12, 25))


def test_a_box_of_no_known_pack_is_named_alone() -> None:
    wish = OrderLine(1, "1", Decimal(1), "Box", box_type="QB")
    assert packed_otherwise(wish, "HB", NO_PACK) == "its vendor packs HB (K-30)"


def test_a_change_of_stock_s_pack_is_a_wish_too(site: Desktop) -> None:
    publish(site, (3_000, 25))
    sent(site)
    files = sent(site, action="CHANGE", box_type="QB", bunches=10)
    assert b"its vendor packs HB, 12 bunches of 25 stems (K-30)" in only(files, "bloom/advice")
    assert b",2,MEDIA,,12,25," in only(files, "florsol/order-P-1")


def test_goods_that_nobody_has_in_stock_are_packed_as_ordered(site: Desktop) -> None:
    """Procurement: the vendor makes what was asked for."""
    files = sent(site, bunches=10, stems_bunch=20, unit_type="Stem")
    assert packed(files) == ("PO4*10*************20", "10 bunches x 20 stems")
    body = change_set("P-1", "POC*1*RE*2*2*BX*0.3**BP*BLM-100", "PO4*8*************20", control=9)
    assert packed(site.send("bloom", "c.edi", body)) == (
        "PO4*8*************20",
        "8 bunches x 20 stems",
    )


def test_what_a_vendor_has_sold_itself_is_packed_as_its_system_says(tmp_path: Path) -> None:
    item = {
        **{"productDescription": "Rose Explorer 60", "boxes": 2, "boxTypeCode": "HALF"},
        **{"unitType": "stem", "cost": "0.36", "bunches": 10, "stemsBunch": 20},
    }
    body = {"purchaseOrderNumber": "AX-1", "shipDate": str(day(3)), "carrierCode": "AAC"}
    with desktop(tmp_path / "sold", network=BODIES_NETWORK) as site:
        publish(site, (3_000, 25))
        site.map_row("products", EXPLORER)
        order = json.dumps({**body, "purchaseOrderItems": [item]})
        site.send(SYSTEM, "o.json", order.encode())
        decision = b"po_number,decision,by,reason\nAX-1,approve,ana,\n"
        files = site.send("bloom", "yes.csv", decision)
        labels = next(body for name, body in files.items() if name.endswith(".zpl"))
        assert b"10 bunches x 20 stems" in labels
        assert bought(site) == [400]

"""A prebook of what its vendor publishes orders the goods, and waits for its buyer (4.4 step 3)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.daemon.network import NETWORK
from tests.daemon.partner_files import availability
from tests.daemon.sites import Desktop, desktop, kinds, only
from tests.daemon.today import day
from tests.daemon.trade.cart_files import answers, taken
from tests.daemon.trade.systems.prebook_files import as_json

HEAD = (
    "po_number,line,vendor_code,ship_date,customer_code,product_code,boxes,unit_type,unit_cost,"
    "prebook,action"
)
RED, WHITE = "BLM-300", "BLM-301"
APPROVAL = b"po_number,decision,by,reason\nPB-1,approve,ana,\n"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Desktop]:
    """Andes has no system of its own, and publishes ten boxes of one carnation."""
    with desktop(tmp_path / "s") as opened:
        opened.send("andes", "stock.csv", stock())
        yield opened


def stock() -> bytes:
    return availability(("Clavel Rojo Select", 10 * 400, "Stem"))


def prebook(
    *lines: tuple[str, int], number: str = "PB-1", customer: str = "ROSELANE", action: str = "NEW"
) -> bytes:
    """Return a prebook of (product, boxes) lines without a cost, to ship in three days."""
    rows = [
        f"{number},{at},andes,{day(3)},{customer},{item},{boxes},Box,,yes,{action}"
        for at, (item, boxes) in enumerate(lines, 1)
    ]
    return "\n".join([HEAD, *rows, ""]).encode()


def sent(site: Desktop, *lines: tuple[str, int], **more: str) -> dict[str, bytes]:
    return site.send("bloom", f"pb{len(site.arrivals())}.csv", prebook(*lines, **more))


def test_it_takes_its_goods_and_its_buyer_is_asked(site: Desktop) -> None:
    files = sent(site, (RED, 3))
    assert [kind for kind in kinds(files) if kind.startswith(("bloom/to", "andes"))] == [
        "bloom/to-approve-PB-1"
    ]
    assert answers(files)["1"]["message"] == "line 1 of order PB-1, which waits for your approval"
    assert [order.state for order in site.orders()] == ["pending approval"]
    assert taken(site) == {"CAR-RED-SEL": 3 * 400}
    assert site.orders("prebook") == []


def test_one_as_json_is_answered_by_its_message_id_and_with_its_order(site: Desktop) -> None:
    line = {"productCode": RED, "boxes": 2, "boxType": "QB", "unitType": "stem"}
    body = as_json({**line, "unitPrice": "0.30"}, number="PB-1", vendor="andes")
    told = json.loads(only(site.send("bloom", "p.json", body), "bloom/ack"))
    (order,) = site.orders()
    assert (told["messageId"], told["ids"]) == ("b-1", {"purchaseOrder": str(order.id)})


def test_its_approval_orders_it(site: Desktop) -> None:
    sent(site, (RED, 3))
    files = site.send("bloom", "a.csv", APPROVAL)
    order = only(files, "andes/850-").decode()
    assert "PO1*1*3*BX" in order and "BEG*00*SA*PB-1" in order
    assert [each.state for each in site.orders()] == ["approved"]


def test_prebooks_of_one_ship_date_are_one_order(site: Desktop) -> None:
    """One purchase each for two customers, whose boxes are told apart by mark code."""
    sent(site, (RED, 3))
    files = sent(site, (RED, 2), number="PB-2", customer="CORNER")
    assert answers(files)["1"]["message"] == "line 2 of order PB-1, which waits for your approval"
    asked = only(files, "bloom/to-approve-PB-1").decode()
    assert "ROSELANE" in asked and "CORNER" in asked
    assert len(site.orders()) == 1
    assert taken(site) == {"CAR-RED-SEL": 5 * 400}


def test_the_rest_of_a_lot_is_cut_as_for_any_order(site: Desktop) -> None:
    """K-40."""
    sent(site, (RED, 8))
    files = sent(site, (RED, 8), number="PB-2")
    assert "only 2 Box left of 8" in answers(files)["1"]["message"]
    assert taken(site) == {"CAR-RED-SEL": 10 * 400}


def test_what_nobody_publishes_is_a_pre_sale(site: Desktop) -> None:
    sent(site, (RED, 3), (WHITE, 1))
    assert (len(site.orders()), len(site.orders("prebook"))) == (0, 1)
    assert taken(site) == {"CAR-RED-SEL": 0}


def test_the_same_again_changes_nothing_when_all_is_taken(site: Desktop) -> None:
    sent(site, (RED, 10))
    again = prebook((RED, 10)).replace(b"\n", b"\r\n")
    assert answers(site.send("bloom", "again.csv", again))["1"]["status"] != "held"
    assert (len(site.orders()), len(site.orders("prebook"))) == (1, 0)
    assert taken(site) == {"CAR-RED-SEL": 10 * 400}


def test_it_is_cancelled_by_its_number(site: Desktop) -> None:
    sent(site, (RED, 12))
    sent(site, (RED, 12), action="CANCEL")
    assert [each.state for each in site.orders()] == ["cancelled"]
    assert taken(site) == {"CAR-RED-SEL": 0}
    again = answers(sent(site, (RED, 2)))["1"]
    assert again["message"] == "purchase PB-1 is cancelled; begin a new one"


def test_a_red_one_orders_once_it_is_mapped(site: Desktop) -> None:
    """M-02."""
    sent(site, ("NEW-1", 2))
    assert [each.state for each in site.orders("prebook")] == ["held"]
    site.map_row("products", "bloom,,NEW-1,,CAR-RED-SEL,,yes,,,")
    site.run()
    assert [each.state for each in site.orders()] == ["pending approval"]
    assert [each.state for each in site.orders("prebook")] == ["cancelled"]
    assert taken(site) == {"CAR-RED-SEL": 2 * 400}
    again = answers(sent(site, ("NEW-1", 3)))["1"]
    assert again["confirmed_boxes"] == "2" and "change that line instead" in again["message"]
    assert [each.state for each in site.orders("prebook")] == ["cancelled"]


def test_a_red_one_that_is_sent_anew_waits_for_nothing_more(site: Desktop) -> None:
    """Else it would take its place back once its row comes."""
    sent(site, ("NEW-1", 2))
    sent(site, (RED, 3))
    assert [each.state for each in site.orders()] == ["pending approval"]
    assert (site.holds(), site.states()[-2:]) == ([], ["posted", "posted"])
    site.map_row("products", "bloom,,NEW-1,,CAR-RED-SEL,,yes,,,")
    assert kinds(site.run()) == ["bloom/846-andes-3"]
    assert taken(site) == {"CAR-RED-SEL": 3 * 400}


def test_a_buyer_may_order_by_hand(tmp_path: Path) -> None:
    made = NETWORK.replace('name = "bloom"\n', 'name = "bloom"\nbuying.orders_prebooks = false\n')
    with desktop(tmp_path / "s", network=made) as site:
        site.send("andes", "stock.csv", stock())
        sent(site, (RED, 3))
        assert (len(site.orders()), len(site.orders("prebook"))) == (0, 1)

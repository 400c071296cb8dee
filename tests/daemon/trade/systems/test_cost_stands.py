"""What a vendor sells at stands in every body, and an order waits where that can't be told.

Rules K-60 and K-67; E-15 and E-29 where a row of a table is missing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from daemon.ledger import schema
from daemon.ledger.holds import HoldKind
from formats.edifact.reader import read
from formats.steps import LineAnswer, OrderConfirmation
from tests.daemon.network import NETWORK
from tests.daemon.partner_files import availability
from tests.daemon.pipeline.edifact_orders import BLOOM, SITE, network, sent
from tests.daemon.sites import Desktop, desktop, only
from tests.daemon.today import day
from tests.daemon.trade.answering import acks, change_set, states
from tests.daemon.trade.cart_files import answers
from tests.daemon.trade.goods_files import rows

STANDS = "asking = { cost_stands = false }"
HEAD = "po_number,line,vendor_code,ship_date,product_code,boxes,box_type,unit_type,unit_cost,action"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Desktop]:
    """Florsol sells at 0.34 a stem; bloom's order X-1 has two boxes on line 1."""
    both = network().replace(STANDS, "")
    both = both.replace('name = "bloom"\n', 'name = "bloom"\nanswers_orders = "edifact"\n')
    with desktop(tmp_path / "site", network=both) as opened:
        opened.send("florsol", "a.csv", availability(("Rosa Explorer 60cm", 3000, "Stem")))
        opened.send("bloom", "po.csv", order("X-1", 2, "0.34"))
        yield opened


def order(number: str, boxes: int, cost: str, action: str = "NEW") -> bytes:
    """Return an order CSV of one line."""
    row = f"{number},1,FLORSOL,{day(2)},BLM-100,{boxes},HB,Stem,{cost},{action}"
    return f"{HEAD}\n{row}\n".encode()


def lines(site: Desktop) -> list[tuple[Decimal | None, int]]:
    """Return cost and boxes of every line."""
    table = schema.order_lines.c
    query = select(table.unit_price, table.accepted).order_by(table.id)
    return [(row.unit_price, int(row.accepted)) for row in site.rows(query)]


Answered = tuple[str, str]
"""What became of the line, and why; in the words of its body."""


def by_ordchg(site: Desktop, boxes: int, cost: str) -> Answered:
    body = ("BGM+230+C-2+4", f"DTM+137:{day():%Y%m%d}:102", "RFF+ON:X-1", f"NAD+BY+{BLOOM}::9")
    line = ("LIN+1+3", f"QTY+21:{boxes}:BX", f"PRI+AAA:{cost}:::1:PCE", "UNS+S")
    data = sent("ORDCHG:D:96A:UN:EAN008", *body, *line, control="77", sender=BLOOM, to=SITE)
    files = site.send("bloom", "change.edi", data)
    (document,) = read(only(files, "bloom/ORDRSP-")).documents()
    record = document.record
    assert isinstance(record, OrderConfirmation)
    (said,) = record.lines
    status = "rejected" if said.answer is LineAnswer.REJECTED else "done"
    assert status == "rejected" or said.unit_price == Decimal("0.34")
    return status, said.message or ""


def by_json(site: Desktop, boxes: int, cost: str) -> Answered:
    body: dict[str, Any] = {
        "contract": "floral.order/1",
        "messageId": "m-7",
        "createdAt": f"{day()}T07:45:00-05:00",
        "test": False,
        "sender": {"code": "bloom"},
        "receiver": {"code": "florsol"},
        "action": "change",
        "order": {"number": "X-1", "lines": [{"line": 1, "boxes": boxes, "unitPrice": cost}]},
    }
    files = site.send("bloom", "c.json", json.dumps(body).encode())
    ((status, code, message),) = rows(only(files, "bloom/advice"))
    assert (code == "K-67") is bool(message)
    return {"refused": "rejected"}.get(status, status), message


BODIES = [by_ordchg, by_json]
Body = Callable[[Desktop, int, str], Answered]


@pytest.mark.parametrize("change", BODIES)
def test_a_change_of_the_cost_alone_is_refused_and_says_which_cost_stands(
    site: Desktop, change: Body
) -> None:
    status, why = change(site, 2, "0.20")
    assert status == "rejected"
    assert "the cost is 0.34 a stem, as the vendor sells it, not 0.20" in why
    assert lines(site) == [(Decimal("0.34"), 2)]


@pytest.mark.parametrize("change", BODIES)
def test_a_change_is_carried_out_but_for_the_cost(site: Desktop, change: Body) -> None:
    status, why = change(site, 3, "0.20")
    assert (status, "not 0.20" in why) == ("done", True)
    assert lines(site) == [(Decimal("0.34"), 3)]


@pytest.mark.parametrize("change", BODIES)
def test_the_cost_that_stands_may_be_named_again(site: Desktop, change: Body) -> None:
    assert change(site, 3, "0.34") == ("done", "")
    assert lines(site) == [(Decimal("0.34"), 3)]


# --- a cost that can't be told (K-60)

POUNDS = "florsol,bloom,ROS-EXP-60,0.30,Stem,GBP,yes,,,"
PACK = "florsol,ROS-FRE-60,HB,12,25,Stem,yes,,,"
LOOSE = NETWORK.replace(STANDS, "asking = { fuel_surcharge = 3, show_fob_price = true }").replace(
    'availability_mode = "overwrite"',
    'availability_mode = "overwrite"\nselling = { sells_without_pack = true }',
)


def packed(number: str, *products: str, action: str = "NEW") -> bytes:
    """Return an order of two boxes of each product, packed as its buyer says."""
    rows = [
        f"{number},{at},FLORSOL,{day(2)},{product},2,HB,Stem,0.30,{action},12,25"
        for at, product in enumerate(products, 1)
    ]
    return "\n".join([f"{HEAD},bunches,stems_bunch", *rows, ""]).encode()


def test_an_order_waits_for_the_rate_of_its_cost_and_goes_on_with_it(site: Desktop) -> None:
    """E-29: what the order's buyer wrote is no cost of the vendor's."""
    site.map_row("prices", POUNDS)
    files = site.send("bloom", "2.csv", order("X-2", 2, "0.30"))
    assert answers(files)["1"]["status"] == "held"
    (hold,) = site.holds()
    assert (hold.kind, hold.source_code, hold.source_description) == (
        *(HoldKind.NO_RATE, "GBP", "USD"),
    )
    assert "add a row GBP,USD to rates.csv" in hold.message
    assert (site.lots()["ROS-EXP-60"][1], states(site)) == (600, ["approved", "held"])
    site.map_row("rates", "GBP,USD,1.25,,")
    row = answers(site.run())["1"]
    assert (row["status"], row["confirmed_cost"]) == ("changed", "0.3750")
    assert (site.lots()["ROS-EXP-60"][1], site.holds()) == (1200, [])


def test_a_line_whose_cost_cannot_be_told_is_not_added_by_a_change(site: Desktop) -> None:
    site.map_row("prices", POUNDS.replace("EXP", "FRE"))
    stock = availability(("Rosa Freedom 60cm", 3000, "Stem"))
    site.send("florsol", "b.csv", stock)
    change = change_set("X-1", "POC*2*AI*2*2*BX*90**BP*BLM-110", control=5)
    files = site.send("bloom", "3.edi", change)
    assert acks(only(files, "bloom/865")) == [("IR", "2")]
    assert b"GBP,USD" in only(files, "bloom/865")
    assert site.lots()["ROS-FRE-60"][1] == 0


@pytest.fixture
def loose(tmp_path: Path) -> Iterator[Desktop]:
    """A vendor whose costs have fuel in them by FBE; how it packs a rose, nobody knows."""
    with desktop(tmp_path / "site", network=LOOSE) as opened:
        opened.unmap_row("packs", PACK)
        opened.send("florsol", "a.csv", availability(("Rosa Freedom 60cm", 3000, "Stem")))
        yield opened


def test_an_order_waits_for_the_box_by_which_its_cost_is_told(loose: Desktop) -> None:
    """E-15."""
    files = loose.send("bloom", "po.csv", packed("L-1", "BLM-110"))
    assert answers(files)["1"]["status"] == "held"
    (hold,) = loose.holds()
    assert hold.kind is HoldKind.NO_PACK
    assert "fuel surcharge" in hold.message and hold.source_code == "ROS-FRE-60"
    assert loose.lots()["ROS-FRE-60"][1] == 0
    loose.map_row("packs", PACK)
    row = answers(loose.run())["1"]
    # 3 an FBE are 1.50 a half box of 300 stems.
    assert (row["status"], row["confirmed_cost"]) == ("changed", "0.3450")
    assert loose.lots()["ROS-FRE-60"][1] == 600


def test_an_order_whose_box_has_no_size_waits_for_a_person(loose: Desktop) -> None:
    """A pack with a box of which nobody knows the FBE is of no use, and is not tried again."""
    loose.map_row("box_types", "*,,ODD,Odd box,ODD,Odd box,yes,,,,,41,10,12,")
    odd = PACK.replace(",HB,", ",ODD,")
    loose.map_row("packs", odd)
    loose.send("bloom", "po.csv", packed("L-3", "BLM-110"))
    (hold,) = loose.holds()
    assert hold.source_code is None and "release the hold" in hold.message
    assert "write fbe of box type ODD" in hold.message
    loose.unmap_row("packs", odd)
    loose.map_row("packs", PACK)
    assert [each.id for each in loose.holds()] == [hold.id]
    loose.release(hold.id)
    assert answers(loose.run())["1"]["confirmed_cost"] == "0.3450"


def test_a_prebook_waits_for_the_pack_by_which_its_list_price_is_told(loose: Desktop) -> None:
    loose.map_row("prices", "florsol,bloom,ROS-FRE-60,8.00,Bunch,,yes,,,")
    body = order("P-1", 2, "", "yes").replace(b",action", b",prebook").replace(b"-100", b"-110")
    files = loose.send("bloom", "p.csv", body)
    assert answers(files)["1"]["status"] == "held"
    (hold,) = loose.holds()
    assert (hold.kind, "packs.csv" in hold.message) == (HoldKind.NO_PACK, True)
    loose.map_row("packs", PACK)
    row = answers(loose.run())["1"]
    # 8.00 a bunch of 25, and 1.50 a box of 300 for the fuel.
    assert (row["status"], row["confirmed_cost"]) == ("accepted", "0.3250")


def test_goods_without_a_stated_cost_keep_the_one_of_their_buyer(loose: Desktop) -> None:
    stock = availability(("Rosa Freedom 60cm", 3000, "Stem"), cost="")
    loose.send("florsol", "b.csv", stock)
    row = answers(loose.send("bloom", "po.csv", packed("L-2", "BLM-110")))["1"]
    assert (row["status"], row["confirmed_cost"]) == ("accepted", "0.30")

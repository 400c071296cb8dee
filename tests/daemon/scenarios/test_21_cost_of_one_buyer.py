"""A vendor sells to one buyer dearer: that buyer alone sees it, orders at it and can't change it.

Rules K-60 and K-67.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from daemon import cli
from daemon.ledger import schema
from tests.daemon.network import NETWORK
from tests.daemon.partner_files import availability, purchase_order
from tests.daemon.sites import Desktop, desktop, kinds, only
from tests.daemon.today import day
from tests.daemon.trade.answering import acks, change_set
from tests.daemon.trade.goods_files import rows as advised

STANDS = "asking = { cost_stands = false }"
FUEL = 'fuel_surcharge = { amount = 3, basis = "box" }, show_fob_price = true'
HEAD = "po_number,line,vendor_code,ship_date,product_code,boxes,box_type,unit_type,unit_cost,action"


@pytest.fixture
def site(tmp_path: Path, ledger_url: str) -> Iterator[Desktop]:
    """Bloom pays 10 % more and the fuel; nothing else is said for tulipan."""
    asked = f"asking = {{ markup_percent = 10, {FUEL} }}"
    network = NETWORK.replace(STANDS, asked, 1).replace(STANDS, "")
    with desktop(tmp_path / "site", network=network, ledger_url=ledger_url) as opened:
        opened.send("florsol", "a.csv", availability(("Rosa Explorer 60cm", 3000, "Stem")))
        yield opened


def order(number: str, *rows: tuple[str, int, str], action: str = "NEW") -> bytes:
    """Return an order CSV of (line, boxes, cost of a stem) rows."""
    ship = day(2).isoformat()
    lines = [
        f"{number},{line},FLORSOL,{ship},BLM-100,{boxes},HB,Stem,{cost},{action}"
        for line, boxes, cost in rows
    ]
    return "\n".join([HEAD, *lines, ""]).encode()


def prices(site: Desktop) -> list[Decimal]:
    table = schema.order_lines.c
    query = select(table.unit_price).order_by(table.id)
    return [row.unit_price for row in site.rows(query)]


def answers(files: dict[str, bytes], beginning: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(only(files, beginning).decode())))


def seen_cost(site: Desktop, buyer: str, capsys: pytest.CaptureFixture[str]) -> str:
    """Return the unit cost that a buyer is shown, as `k2kd availability` says it."""
    capsys.readouterr()
    assert cli.main(["availability", buyer, "--site", str(site.root), "--json"]) == 0
    (offer,) = json.loads(capsys.readouterr().out)
    return str(offer["unit_cost"])


def test_each_buyer_is_shown_what_it_is_asked(
    site: Desktop, capsys: pytest.CaptureFixture[str]
) -> None:
    # 0.34 and 10 % are 0.374; 3 a box of 300 stems are 0.01 more.
    assert seen_cost(site, "bloom", capsys) == "0.3840"
    assert seen_cost(site, "tulipan", capsys) == "0.34"
    said = ["availability", "bloom", "--site", str(site.root), "--product", "BLM-100", "--explain"]
    assert cli.main(said) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "K-60 cost 0.3840 USD a stem: 0.34 of its file, markup 10 %, fuel surcharge" in told


def test_an_order_that_names_another_cost_is_answered_with_the_vendors(site: Desktop) -> None:
    files = site.send("bloom", "po.csv", order("C-1", ("1", 2, "0.30"), ("2", 1, "0.3840")))
    first, second = answers(files, "bloom/order-ack-C-1")
    assert (first["status"], first["reason_code"], first["confirmed_cost"]) == (
        *("changed", "K-67", "0.3840"),
    )
    assert "not 0.30" in first["message"]
    assert (second["status"], second["confirmed_cost"]) == ("accepted", "0.3840")
    assert [row["unit_cost"] for row in answers(files, "florsol/order-C-1")] == ["0.3840"] * 2
    assert prices(site) == [Decimal("0.384")] * 2


def test_an_order_without_a_cost_gets_the_vendors(site: Desktop) -> None:
    files = site.send("bloom", "po.csv", order("C-2", ("1", 2, "")))
    (row,) = answers(files, "bloom/order-ack-C-2")
    assert (row["status"], row["confirmed_cost"]) == ("accepted", "0.3840")


def test_a_price_list_stands_in_place_of_the_markup_from_its_day(site: Desktop) -> None:
    listed = f"florsol,bloom,ROS-EXP-60,9.00,Bunch,,yes,{day().isoformat()},,"
    site.map_row("prices", listed)
    told = site.run()
    assert kinds(told) == ["bloom/846-florsol-2"]
    site.send("bloom", "po.csv", order("C-3", ("1", 1, "0.36")))
    # 9.00 a bunch of 25 stems and 3 a box of 12 bunches for fuel: 9.25, which is 0.37 a stem.
    assert prices(site) == [Decimal("0.37")]


def test_the_cost_can_not_be_changed_and_the_rest_can(site: Desktop) -> None:
    site.send("bloom", "po.csv", order("C-4", ("1", 2, "0.3840"), ("2", 1, "0.3840")))
    change = order("C-4", ("1", 2, "0.20"), ("2", 3, "0.20"), action="CHANGE")
    files = site.send("bloom", "change.csv", change)
    first, second = advised(only(files, "bloom/advice"))
    assert first[:2] == ("refused", "K-67")
    assert second[0] == "done"
    assert "not 0.20" in second[2]
    assert prices(site) == [Decimal("0.384")] * 2
    table = schema.order_lines.c
    rows = site.rows(select(table.accepted).order_by(table.line))
    assert [row.accepted for row in rows] == [2, 3]
    site.send("bloom", "again.csv", change)
    assert prices(site) == [Decimal("0.384")] * 2


def test_another_product_on_a_line_costs_what_that_is_sold_at(site: Desktop) -> None:
    stock = availability(("Rosa Freedom 50cm", 3000, "Stem"), cost="0.20")
    site.send("florsol", "b.csv", stock)
    site.send("bloom", "po.csv", order("C-5", ("1", 1, "0.3840")))
    other = order("C-5", ("1", 1, "0.10"), action="CHANGE").replace(b"BLM-100", b"BLM-111")
    site.send("bloom", "change.csv", other)
    # 0.20 and 10 %, and 3 for a box of 350 stems.
    assert prices(site) == [Decimal("0.2286")]


def test_a_prebook_costs_what_the_price_list_says_and_nothing_else_is_known(site: Desktop) -> None:
    site.map_row("prices", "florsol,bloom,ROS-EXP-60,0.35,Stem,,,,,")
    ship = day(5).isoformat()
    head = HEAD.replace("action", "prebook")
    lines = [
        f"P-1,1,FLORSOL,{ship},BLM-100,2,HB,Stem,,yes",
        f"P-1,2,FLORSOL,{ship},BLM-111,2,HB,Stem,,yes",
    ]
    files = site.send("bloom", "prebook.csv", "\n".join([head, *lines, ""]).encode())
    first, second = answers(files, "bloom/order-ack-P-1")
    # 0.35 and 0.01 for the fuel; of the other product nobody said a price for a day to come.
    assert (first["status"], first["confirmed_cost"]) == ("accepted", "0.3600")
    assert (second["status"], second["confirmed_cost"]) == ("held", "")
    assert prices(site) == [Decimal("0.36"), None]


def test_in_x12_the_answer_says_price_changed_and_a_change_of_it_is_rejected(site: Desktop) -> None:
    """The 850 names 0.30 a box of 300 stems, which cost 0.384 each."""
    files = site.send("bloom", "1.edi", purchase_order("X-1", ("BLM-100", "2", "BX")))
    body = only(files, "bloom/855-X-1")
    assert acks(body) == [("IP", "2")]
    assert b"PO1*1*2*BX*115.2*" in body
    assert b"PO1*1*2*BX*115.2*" in only(files, "florsol/850-X-1")
    change = change_set("X-1", "POC*1*PC*2*0*BX*90", control=2)
    files = site.send("bloom", "2.edi", change)
    assert acks(only(files, "bloom/865")) == [("IR", "2")]
    assert not [name for name in files if name.startswith("florsol")]
    files = site.send("bloom", "3.edi", change_set("X-1", "POC*1*QI*3*1*BX*90", control=3))
    body = only(files, "bloom/865")
    assert acks(body) == [("IP", "3")]
    assert b"*BX*115.2" in body and b"*BX*90" not in body
    assert prices(site) == [Decimal("115.2")]

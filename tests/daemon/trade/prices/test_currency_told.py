"""A buyer that reckons in another currency than its vendor is told in which a cost is (K-80).

An order that names no currency is in the vendor's; a cost of 0.40 without one reads as the buyer's.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest

from tests.daemon.network import NETWORK
from tests.daemon.partner_files import availability, interchange, purchase_order
from tests.daemon.sites import Desktop, desktop, only
from tests.daemon.today import day
from tests.daemon.trade.direct import STOCK, order_csv

NAMED = 'receives_labels = true\ncurrency = "USD"'
EURO = NETWORK.replace(NAMED, NAMED.replace("USD", "EUR"))


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Desktop]:
    with desktop(tmp_path / "site", network=EURO) as opened:
        opened.send("florsol", "availability.csv", availability(*STOCK))
        yield opened


@pytest.fixture
def domestic(tmp_path: Path) -> Iterator[Desktop]:
    with desktop(tmp_path / "domestic") as opened:
        opened.send("florsol", "availability.csv", availability(*STOCK))
        yield opened


def order(number: str, **cells: object) -> bytes:
    said = {"ship_via": "warehouse", "unit_cost": "0.27", "unit_type": "Stem"}
    return order_csv(number, **{**said, **cells})


def answered(site: Desktop, content: bytes) -> dict[str, str]:
    files = site.send("bloom", "po.csv", content)
    (row,) = csv.DictReader(StringIO(only(files, "bloom/order-ack").decode()))
    return row


def test_the_csv_says_in_what_the_cost_is(site: Desktop) -> None:
    row = answered(site, order("E-1"))
    assert (row["confirmed_cost"], row["currency"]) == ("0.27", "EUR")


def test_the_855_says_in_what_the_cost_is(site: Desktop) -> None:
    files = site.send("bloom", "po.edi", purchase_order("E-2", ("BLM-100", "1", "BX")))
    segments = only(files, "bloom/855-E-2").decode().split("~\n")
    assert "CUR*BY*EUR" in segments


def test_the_vendor_reads_its_order_as_before(site: Desktop) -> None:
    files = site.send("bloom", "po.edi", purchase_order("E-3", ("BLM-100", "1", "BX")))
    assert "CUR" not in only(files, "florsol/850-E-3").decode()


def test_a_currency_that_the_order_names_is_said_where_it_is_not_the_buyers_own(
    site: Desktop,
) -> None:
    assert answered(site, order("E-4", currency="EUR"))["currency"] == "EUR"
    assert "currency" not in answered(site, order("E-5", currency="USD"))


def confirmed(number: str) -> bytes:
    body = [f"BAK*06*AC*{number}*{day():%Y%m%d}", "N1*SE*FLORSOL*92*FLORSOL"]
    body += ["PO1*1*1*BX***VP*FS-1060", "ACK*IA*1*BX", "CTT*1"]
    parts = {"sender": "FLORSOL", "receiver": "K2KNET", "group": "PR", "kind": "855"}
    return interchange([body], control=5, **parts)


def test_a_confirmation_says_it_too(site: Desktop) -> None:
    site.send("bloom", "a.csv", order("E-6", boxes=1))
    files = site.send("florsol", "a.edi", confirmed("E-6"))
    (row,) = csv.DictReader(StringIO(only(files, "bloom/order-ack").decode()))
    assert (row["status"], row["currency"]) == ("accepted", "EUR")
    site.send("bloom", "b.edi", purchase_order("E-7", ("BLM-100", "1", "BX")))
    files = site.send("florsol", "b.edi", confirmed("E-7").replace(b"000000005", b"000000006"))
    assert "CUR*BY*EUR~" in only(files, "bloom/855-E-7").decode()


@pytest.mark.parametrize(("said", "told"), [("", "EUR"), ("EUR", "EUR"), ("USD", None)])
def test_the_answer_to_a_change_says_it_as_its_order_does(
    site: Desktop, said: str, told: str | None
) -> None:
    site.send("bloom", "a.csv", order("E-8", currency=said))
    body = [f"BCH*04*SA*E-8**1*{day():%Y%m%d}*****{day():%Y%m%d}", "N1*SE*FLORSOL*92*FLORSOL"]
    body += ["POC*1*QI*3*1*BX*90**BP*BLM-100", "CTT*1"]
    files = site.send("bloom", "c.edi", interchange([body], control=9, group="PC", kind="860"))
    answer = only(files, "bloom/865-E-8").decode()
    assert (f"CUR*BY*{told}~" in answer) if told else ("CUR" not in answer)


def test_nothing_is_said_of_one_currency_for_all(domestic: Desktop) -> None:
    assert "currency" not in answered(domestic, order("D-1"))
    files = domestic.send("bloom", "po.edi", purchase_order("D-2", ("BLM-100", "1", "BX")))
    assert "CUR" not in only(files, "bloom/855-D-2").decode()

"""After any change that a label tells of, labels are printed again (domain P-26, L-10)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.daemon.sites import Desktop, desktop, kinds
from tests.daemon.today import day
from tests.daemon.trade.answering import change_set, order, publish
from tests.daemon.trade.direct import DIRECT, HOME, order_csv
from tests.daemon.trade.direct import publish as offer
from tests.daemon.trade.goods_files import GOOD, OTHER, coded, confirmed, ship, waybill

HEAD = "po_number,line,boxes,ship_date,carrier_code,customer_po,mark_code,action"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Desktop]:
    with desktop(tmp_path / "site") as opened:
        yield opened


def labels(files: dict[str, bytes]) -> bytes:
    """Return the labels that a printer of florsol's gets; nothing where there are none."""
    return b"".join(body for name, body in files.items() if name.endswith(".zpl"))


def change(site: Desktop, **cells: object) -> dict[str, bytes]:
    """Let bloom change order 1."""
    row = {"po_number": "1", "action": "CHANGE", **cells}
    cells_of = (f"{row.get(name, '')}" for name in HEAD.split(","))
    body = f"{HEAD}\n{','.join(cells_of)}\n".encode()
    return site.send("bloom", f"change-{len(site.arrivals())}.csv", body)


@pytest.mark.parametrize(
    ("cells", "printed"),
    [
        ({"line": 1, "ship_date": day(3)}, f"{day(3):%Y-%m-%d}"),
        ({"line": 1, "customer_po": "ROSE-99"}, "ROSE-99"),
        ({"line": 1, "mark_code": "MARK-9"}, "MARK-9"),
        ({"line": 1, "carrier_code": "SUNL"}, "Sunline Truck Lines"),
    ],
    ids=["ship date", "customer PO", "mark code", "carrier"],
)
def test_what_stands_on_a_label_is_printed_again_once_it_changes(
    site: Desktop, cells: dict[str, object], printed: str
) -> None:
    publish(site, 9)
    order(site, 2)
    again = labels(change(site, **cells))
    assert printed.encode() in again
    # The boxes are those that they were.
    assert b"KD0000001" in again and b"KD0000002" in again


def test_another_product_in_the_same_boxes_is_printed_again(site: Desktop) -> None:
    offer(site)
    order(site, 2)
    body = change_set("1", "POC*1*RE*2*2*BX*0.3**BP*BLM-110", control=9)
    assert b"Freedom" in labels(site.send("bloom", "c.edi", body))


def test_where_they_go_is_printed_again(tmp_path: Path) -> None:
    with desktop(tmp_path / "direct", network=DIRECT) as site:
        offer(site)
        first = site.send("bloom", "o.csv", order_csv("1", **HOME))
        assert b"8 Rose Lane" in labels(first)
        moved = {**HOME, "ship_to_street": "9 Tulip Way"}
        files = site.send("bloom", "c.csv", order_csv("1", action="CHANGE", **moved))
        assert b"9 Tulip Way" in labels(files)


def test_what_stands_on_no_label_prints_none(site: Desktop) -> None:
    publish(site, 9)
    order(site, 2)
    dearer = change_set("1", "POC*1*PC*2*2*BX*0.35**BP*BLM-100", control=9)
    files = site.send("bloom", "c.edi", dearer)
    assert "florsol/860-1" in kinds(files)
    assert labels(files) == b""


def test_a_vendor_that_changes_its_air_waybill_prints_labels_that_name_it(site: Desktop) -> None:
    confirmed(site, 2)
    ship(site, *coded("KD0000001", "KD0000002"))
    files = site.send("florsol", "awb.csv", waybill(po_number=1, awb=OTHER))
    again = labels(files)
    assert again.count(OTHER.encode()) == 2
    assert GOOD.encode() not in again
    assert labels(site.send("florsol", "same.csv", waybill(awb=OTHER, po_number=1))) == b""


def test_a_number_that_its_buyer_enters_on_arrival_prints_none(site: Desktop) -> None:
    confirmed(site, 2)
    ship(site, *coded("KD0000001", "KD0000002"), awb="")
    assert labels(site.send("bloom", "awb.csv", waybill(po_number=1, awb=OTHER))) == b""


COMPANY = {
    "vendor": 'receives_labels = true\nselling = { label_company = "%s" }',
    "connection": 'when_short = "cut"\nlabel_company = "%s"',
    "customer": 'x12 = { id = "BLOOMWHSL" }\nbuying = { label_company_to = { RL01 = "%s" } }',
}
"""Who may say whose name is on labels, the one that is asked last first."""


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ({}, b"Bloom Wholesale"),
        ({"vendor": "none"}, b"Florsol Farms"),
        ({"vendor": "none", "connection": "customer"}, b"Rose Lane Florist"),
        ({"vendor": "none", "connection": "customer", "customer": "buyer"}, b"Bloom Wholesale"),
    ],
    ids=["nobody", "vendor", "connection", "customer"],
)
def test_whose_name_is_on_labels_is_as_agreed(
    tmp_path: Path, said: dict[str, str], name: bytes
) -> None:
    """H-05, domain 11.4: for the customer, then over the connection, then the vendor."""
    network = DIRECT
    for who, company in said.items():
        key = COMPANY[who].partition("\n")[0]
        assert key in network
        network = network.replace(key, COMPANY[who] % company, 1)
    with desktop(tmp_path / "named", network=network) as site:
        offer(site)
        place = {**HOME, "ship_to_name": "The fair"}
        printed = labels(site.send("bloom", "o.csv", order_csv("1", **place)))
    top = [line.partition(b"^FD")[2] for line in printed.split(b"\n") if b"^FO28,35^" in line]
    assert top == [name + b"^FS"]
    # The order has the customer's code alone.
    assert b"Rose Lane Florist" in printed

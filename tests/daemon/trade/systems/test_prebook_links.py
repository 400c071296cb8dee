"""An order of a vendor's system names our prebook's lines in whatever body it comes (8.3, A-01)."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from sqlalchemy import select

from daemon.ledger import schema
from formats.edifact.order_out import write_purchase_order as write_orders
from formats.edifact.write import Envelope as UnbEnvelope
from formats.edifact.write import un_message
from formats.florecom.order_out import write_order as write_florecom
from formats.florecom.tree import Sending
from formats.records import OrderLine, Party, PurchaseOrder
from formats.tabular.purchase_order import write_purchase_order as write_csv
from formats.x12.purchase_order_out import write_purchase_order as write_850
from formats.x12.write import ControlNumbers
from formats.x12.write import Envelope as IsaEnvelope
from formats.xlsx.from_csv import workbook_of
from tests.daemon.partner_files import availability
from tests.daemon.sites import Desktop, desktop, only
from tests.daemon.today import day
from tests.daemon.trade.systems.prebook_files import details, sent
from tests.daemon.trade.systems.system_bodies import (
    BODIES_NETWORK,
    SITE_GLN,
    SYSTEM,
    SYSTEM_GLN,
)

ROWS_NETWORK = BODIES_NETWORK.replace(
    f'edifact = {{ id = "{SYSTEM_GLN}", qualifier = "14" }}',
    'receives_orders = ["csv"]',
)
X12 = IsaEnvelope(
    sender_qualifier="ZZ", sender="AXFLORSOL", receiver_qualifier="ZZ", receiver="K2KNET"
)
UNB = UnbEnvelope(
    sender=SYSTEM_GLN, sender_qualifier="14", recipient=SITE_GLN, recipient_qualifier="14"
)
UNITS = {"o.edi": ("BX", "EA"), "o.edifact": ("BX", "PCE")}
BODIES = ("o.csv", "o.xlsx", "o.edi", "o.edifact", "o.xml")
"""What an order may come as, beside JSON; an EKT has no place for the line of a prebook."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Desktop]:
    with desktop(tmp_path / "site", network=BODIES_NETWORK) as opened:
        yield opened


def order(items: Mapping[str, str], name: str, number: str = "AX-9") -> PurchaseOrder:
    """Return the order of two lines of a prebook, by the ids that it came with."""
    box, stem = UNITS.get(name, ("Box", "Stem"))
    goods = (("1", "FS-1060", 2, "0.30"), ("2", "FS-1160", 4, "0.32"))
    lines = tuple(
        OrderLine(
            int(at),
            at,
            Decimal(boxes),
            box,
            seller_item=item,
            description=item,
            unit_price=Decimal(cost),
            price_unit=stem,
            prebook_item=items[at],
        )
        for at, item, boxes, cost in goods
    )
    return PurchaseOrder(
        number=number,
        order_date=day(),
        ship_date=day(3),
        buyer=Party(code="bloom", qualifier="92"),
        customer=Party(code="BLM", qualifier="92"),
        carrier="AAC",
        currency="USD",
        lines=lines,
    )


def written(name: str, said: PurchaseOrder) -> bytes:
    now = datetime.now(UTC)
    match name:
        case "o.csv":
            return write_csv(said)
        case "o.xlsx":
            return workbook_of(write_csv(said), "orders")
        case "o.edi":
            return write_850(said, X12, ControlNumbers(1, 1), now)
        case "o.edifact":
            return write_orders(said, UNB, un_message("ORDERS"), reference="1", at=now)
        case _:
            return write_florecom(said, Sending("M-1", now))


def items_of(files: dict[str, bytes]) -> dict[str, str]:
    lines = details(files)["order"]["lines"]
    return {str(line["line"]): line["prebookItem"] for line in lines}


def links(site: Desktop) -> list[str]:
    """Return what each line of the system's order is made of."""
    (made,) = (each for each in site.orders() if each.origin == SYSTEM)
    table = schema.order_lines
    query = select(table).where(table.c.order_id == made.id).order_by(table.c.line)
    return [str(row.prebook_line_id) for row in site.rows(query)]


@pytest.mark.parametrize("name", BODIES)
def test_an_order_is_made_of_the_lines_that_it_names(site: Desktop, name: str) -> None:
    items = items_of(sent(site))
    files = site.send(SYSTEM, name, written(name, order(items, name)))
    assert links(site) == [items["1"], items["2"]], files
    assert len(site.orders("prebook")) == 1
    (made,) = (each for each in site.orders() if each.origin == SYSTEM)
    assert made.state == "pending approval"


@pytest.mark.parametrize("name", BODIES)
def test_a_line_that_is_none_of_the_vendors_is_refused_with_the_rule(
    site: Desktop, name: str
) -> None:
    items = items_of(sent(site)) | {"2": "999999"}
    site.send(SYSTEM, name, written(name, order(items, name)))
    table = schema.order_lines
    (made,) = (each for each in site.orders() if each.origin == SYSTEM)
    query = select(table).where(table.c.order_id == made.id).order_by(table.c.line)
    first, second = site.rows(query)
    assert str(first.prebook_line_id) == items["1"]
    assert second.state == "refused"
    assert second.reason == "E-27: prebook line 999999 is none of florsol"


@pytest.mark.parametrize(
    ("name", "back"),
    [
        ("o.csv", b"prebook_item_id"),
        ("o.edi", b"REF*CT*%s~"),
        ("o.edifact", b"RFF+CT:%s'"),
        ("o.xml", b'schemeName="CT">%s</'),
    ],
)
def test_the_order_goes_back_with_what_it_is_made_of(site: Desktop, name: str, back: bytes) -> None:
    items = items_of(sent(site))
    site.send(SYSTEM, name, written(name, order(items, name)))
    files = site.send("bloom", "yes.csv", b"po_number,decision,by\nAX-9,approve,ana\n")
    (body,) = (
        body
        for name_of, body in files.items()
        if name_of.startswith(f"{SYSTEM}/") and b"AX-9" in body and "labels" not in name_of
    )
    if name == "o.csv":
        rows = csv.DictReader(StringIO(body.decode()))
        assert [row["prebook_item_id"] for row in rows] == list(items.values())
        return
    for item in items.values():
        assert back % item.encode() in body


@pytest.mark.parametrize("forms", ['["csv"]', '["csv", "florecom"]'])
def test_a_system_that_gets_rows_gets_its_prebooks_so_and_orders_by_them(
    tmp_path: Path, forms: str
) -> None:
    made = ROWS_NETWORK.replace('receives_orders = ["csv"]', f"receives_orders = {forms}")
    with desktop(tmp_path / "rows", network=made) as site:
        body = only(sent(site), f"{SYSTEM}/prebook-PB-1")
        rows = list(csv.DictReader(StringIO(body.decode())))
        assert [(row["prebook"], row["product_code"], row["boxes"]) for row in rows] == [
            ("yes", "FS-1060", "2"),
            ("yes", "FS-1160", "4"),
        ]
        items = {row["line"]: row["prebook_item_id"] for row in rows}
        assert all(items.values())
        site.send(SYSTEM, "o.csv", write_csv(order(items, "o.csv")))
        assert links(site) == list(items.values())
        cancel = b"po_number,decision,by\nAX-9,cancel,ana\nPB-1,cancel,ana\n"
        over = only(site.send("bloom", "no.csv", cancel), f"{SYSTEM}/prebook-PB-1").decode()
        (row,) = csv.DictReader(StringIO(over))
        assert (row["po_number"], row["line"], row["action"]) == ("PB-1", "", "CANCEL")


def test_what_a_buyer_calls_a_contract_is_nothing_of_a_prebook(site: Desktop) -> None:
    said = order({"1": "C-77", "2": "C-78"}, "o.edi", number="PO-7")
    buyers = replace(X12, sender="BLOOMWHSL", receiver="FLORSOL")
    items = tuple(
        replace(line, seller_item=None, buyer_item=code)
        for line, code in zip(said.lines, ("BLM-100", "BLM-111"), strict=True)
    )
    plain = said.model_copy(update={"lines": items, "buyer": Party(), "carrier": None})
    now = datetime.now(UTC)
    stock = availability(("Rosa Explorer 60cm", 120, "Bunch"), ("Rosa Freedom 50cm", 140, "Bunch"))
    site.send("florsol", "stock.csv", stock)
    files = site.send("bloom", "o.edi", write_850(plain, buyers, ControlNumbers(1, 1), now))
    assert b"REF*CT" not in only(files, "florsol/850-PO-7")
    (made,) = site.orders()
    table = schema.order_lines
    rows = site.rows(select(table).where(table.c.order_id == made.id))
    assert [row.prebook_line_id for row in rows] == [None, None]

"""Words of an order are told to each side as it calls them, and hold nothing up (domain 9.1)."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from sqlalchemy import select

from daemon import cli
from daemon.ledger import schema
from tests.daemon.network import NETWORK
from tests.daemon.partner_files import interchange
from tests.daemon.sites import Desktop, desktop, kinds, only
from tests.daemon.today import day
from tests.daemon.trade.cart_files import answers
from tests.daemon.trade.direct import publish
from tests.daemon.trade.goods_files import GOOD, coded, ship
from tests.daemon.trade.invoices.invoice_files import SHARED, bill, read_csv
from tests.daemon.trade.systems.floral_orders import ack, order
from tests.daemon.trade.systems.prebook_files import prebook

SEVERAL = NETWORK.replace(
    'title = "Bloom Wholesale"', 'title = "Bloom Wholesale"\nlocations = ["MIA", "ATL"]'
)
SAID = {
    "order_type": "RO",
    "incoterm": "FCA",
    "cargo_agency": "AGY-7",
    "custom_fields": "DEPT=Fresh",
    "brand": "SG",
}
"""Words of bloom's."""


@pytest.fixture
def open_site(site: Desktop) -> Desktop:
    publish(site)
    return site


@pytest.fixture
def several(tmp_path: Path) -> Iterator[Desktop]:
    with desktop(tmp_path / "site", network=SEVERAL) as opened:
        publish(opened)
        yield opened


def rows(number: str = "T-1", **cells: str) -> bytes:
    """Return an order CSV of one line."""
    common = {
        "po_number": number,
        "line": "1",
        "vendor_code": "FLORSOL",
        "ship_date": day(2).isoformat(),
        "customer_code": "RL01",
        "product_code": "BLM-100",
        "boxes": "1",
        "box_type": "HB",
    }
    said = common | cells
    return f"{','.join(said)}\n{','.join(said.values())}\n".encode()


def x12(*heading: str, item: str = "", number: str = "T-2") -> bytes:
    body = [f"BEG*00*RO*{number}**{day():%Y%m%d}", *heading, f"DTM*010*{day(2):%Y%m%d}"]
    body += ["N1*SE*FLORSOL*92*FLORSOL", "N1*FW**92*AGY-7"]
    body += [f"PO1*1*1*BX*0.30**BP*BLM-100{item}", "CTT*1"]
    return interchange([body], control=7)


def cells(body: bytes) -> dict[str, str]:
    """Return the first row of a CSV file."""
    return next(csv.DictReader(StringIO(body.decode())))


def warnings(site: Desktop) -> list[str]:
    table = schema.findings
    query = select(table.c.message).where(table.c.code.endswith(".unknown"))
    return [row.message for row in site.rows(query.order_by(table.c.id))]


def test_a_vendor_reads_the_words_of_rows_as_it_calls_them(open_site: Desktop) -> None:
    files = open_site.send("bloom", "po.csv", rows(**SAID))
    assert answers(files)["1"]["status"] == "accepted"
    told = cells(only(files, "florsol/order-T-1"))
    assert {name: told[name] for name in SAID} == {
        "order_type": "FIJO",
        "incoterm": "FCA",
        "cargo_agency": "ACA",
        "custom_fields": "SECCION=Fresh",
        "brand": "ORO",
    }
    segments = only(files, "florsol/850-T-1").decode().split("~\n")
    assert "FOB*DF***01*FCA" in segments
    assert "REF*ZZ*SECCION*Fresh" in segments
    assert "N1*FW**92*ACA" in segments
    assert any(each.startswith("PO1*") and each.endswith("*BL*ORO") for each in segments)
    # FIJO is no code of BEG02, and RO is: X12 says what it can.
    assert f"BEG*00*RO*T-1**{day():%Y%m%d}" in segments
    assert warnings(open_site) == []


def test_a_vendor_reads_the_words_of_an_850_as_it_calls_them(open_site: Desktop) -> None:
    said = x12("REF*ZZ*DEPT*Fresh", "FOB*CC***01*FCA", item="*BL*SG")
    files = open_site.send("bloom", "po.edi", said)
    told = cells(only(files, "florsol/order-T-2"))
    assert [told[name] for name in SAID] == ["FIJO", "FCA", "ACA", "SECCION=Fresh", "ORO"]


def test_words_that_no_row_maps_go_on_as_they_are_and_are_shown(open_site: Desktop) -> None:
    odd = {"incoterm": "CFR", "cargo_agency": "ZZCARGO", "custom_fields": "RUN=7", "brand": "FROST"}
    files = open_site.send("bloom", "po.csv", rows(**odd, order_type="RUSH"))
    assert answers(files)["1"]["status"] == "accepted"
    told = cells(only(files, "florsol/order-T-1"))
    assert {name: told[name] for name in odd} == odd
    assert told["order_type"] == "RUSH"
    assert open_site.holds() == []
    said = warnings(open_site)
    assert len(said) == 5
    assert said[0].startswith("cargo agency: ZZCARGO is not in cargo_agencies.csv for bloom; map")
    assert "k2kd map cargo_agencies bloom ZZCARGO OUR-CODE" in said[0]
    assert any(each.startswith("line 1, brand: FROST is not in brands.csv") for each in said)


def test_what_nobody_mapped_is_shown_to_us_once_and_never_to_the_sender(open_site: Desktop) -> None:
    body = json.loads(order())
    body["order"]["lines"][0] |= {"brand": "FROST"}
    first = open_site.send("axerrio-florsol", "o.json", json.dumps(body).encode())
    assert ack(first)["order"]["status"] == "held"
    open_site.map_row("products", "axerrio-florsol,,,Rose Explorer 60,ROS-EXP-60,,yes,,,")
    assert ack(open_site.run())["findings"] == []
    (said,) = warnings(open_site)
    assert said.startswith("line 1, brand: FROST is not in brands.csv")


def test_a_row_that_comes_later_is_for_the_orders_that_follow(open_site: Desktop) -> None:
    open_site.send("bloom", "po.csv", rows(brand="FROST"))
    open_site.map_row("brands", "bloom,,FROST,,SOLGOLD,,yes,,,")
    files = open_site.send("bloom", "next.csv", rows("T-5", brand="frost"))
    assert cells(only(files, "florsol/order-T-5"))["brand"] == "ORO"


def test_a_site_without_a_table_looks_at_none_of_its_words(tmp_path: Path) -> None:
    with desktop(tmp_path / "site") as site:
        for name in ("brands", "incoterms", "order_types", "cargo_agencies", "custom_fields"):
            (site.root / "mappings" / f"{name}.csv").unlink()
        site.p.tables.refresh(is_whole=True)
        publish(site)
        files = site.send("bloom", "po.csv", rows(**SAID))
        told = cells(only(files, "florsol/order-T-1"))
        assert [told[name] for name in ("cargo_agency", "brand")] == ["AGY-7", "SG"]
        assert warnings(site) == []


def test_an_x12_type_of_no_row_stays_in_x12(open_site: Desktop) -> None:
    body = rows(order_type="NE")
    files = open_site.send("bloom", "po.csv", body)
    assert b"BEG*00*NE*T-1**" in only(files, "florsol/850-T-1")
    assert "order_type" not in cells(only(files, "florsol/order-T-1"))


def test_the_vendors_system_reads_a_prebook_in_its_own_words(open_site: Desktop) -> None:
    head, *lines = prebook(("BLM-100", "2", "0.30")).decode().splitlines()
    said = f"{head},brand,cargo_agency,location,custom_fields\n{lines[0]},SG,AGY-7,MIA,DEPT=Fresh\n"
    files = open_site.send("bloom", "prebook.csv", said.encode())
    told = json.loads(only(files, "axerrio-florsol/prebook-PB-1"))["order"]
    # The system has a row for the location, its vendor for the others.
    assert told["locationCode"] == "BLM-MIA"
    assert told["cargoAgency"] == {"code": "ACA"}
    assert told["customFields"] == {"SECCION": "Fresh"}
    assert told["lines"][0]["brand"] == "ORO"


def sale(location: str | None, **header: Any) -> bytes:
    """Return an order of the vendor's system, all of whose goods are known."""
    body = json.loads(order())
    body["order"] |= header | ({"locationCode": location} if location else {})
    del body["order"]["lines"][1]
    body["order"]["lines"][0] |= {"brand": "ORO-7"}
    return json.dumps(body).encode()


def test_a_sale_names_the_buyers_location_in_its_systems_words(several: Desktop) -> None:
    files = several.send(
        "axerrio-florsol", "o.json", sale("BLM-MIA", incoterm="CPT", customFields={"A": "1"})
    )
    assert ack(files)["result"] != "rejected"
    assert [each.location for each in several.orders()] == ["MIA"]
    asked = cells(only(files, "bloom/to-approve-AX-1"))
    assert asked["location"] == "MIA"
    assert (asked["incoterm"], asked["brand"]) == ("CPT", "ORO-7")
    approved = several.send("bloom", "yes.csv", b"po_number,decision,by\nAX-1,approve,ana\n")
    back = json.loads(only(approved, "axerrio-florsol/order-AX-1"))["order"]
    assert (back["locationCode"], back["incoterm"]) == ("BLM-MIA", "CPT")
    assert (back["customFields"], back["lines"][0]["brand"]) == ({"A": "1"}, "ORO-7")


@pytest.mark.parametrize(("said", "told"), [("FIJO", "SA"), ("RO", "RO")])
def test_a_system_that_reads_x12_is_told_a_type_that_x12_has(
    tmp_path: Path, said: str, told: str
) -> None:
    own = 'vendor = "florsol"\n'
    reads = f'{own}x12 = {{ id = "AXSYS" }}\nreceives_orders = ["x12"]\n'
    with desktop(tmp_path / "site", network=NETWORK.replace(own, reads, 1)) as site:
        publish(site)
        site.send("axerrio-florsol", "o.json", sale(None, orderType=said))
        files = site.send("bloom", "yes.csv", b"po_number,decision,by\nAX-1,approve,ana\n")
        assert f"BEG*00*{told}*AX-1*" in only(files, "axerrio-florsol/850-AX-1").decode()


@pytest.mark.parametrize("said", ["TLP-BOS", "NOWHERE"])
def test_a_location_that_is_none_of_the_buyers_is_refused_with_those_there_are(
    several: Desktop, said: str
) -> None:
    files = several.send("axerrio-florsol", "o.json", sale(said))
    assert ack(files)["result"] == "rejected"
    assert f"{said} is no location of bloom; name one of MIA, ATL" in json.dumps(ack(files))
    (shown,) = several.rows(select(schema.holds.c.kind, schema.holds.c.message))
    assert shown.kind == "exception"
    assert "E-23" in shown.message and "locations.csv" in shown.message
    assert "bloom/to-approve-AX-1" not in kinds(files)


def test_a_location_is_found_once_a_row_maps_it(several: Desktop) -> None:
    files = several.send("bloom", "po.csv", rows(location="00451"))
    assert answers(files)["1"]["reason_code"] == "E-23"
    several.map_row("locations", "bloom,,00451,,ATL,,yes,,,")
    files = several.send("bloom", "again.csv", rows(location="00451") + b"\n")
    assert answers(files)["1"]["status"] == "accepted"
    assert several.orders()[-1].location == "ATL"
    # florsol has a word for Miami only, so it reads ours for Atlanta.
    assert b"N1*WH**92*ATL~" in only(files, "florsol/850-T-1")


def test_a_vendor_reads_its_own_word_for_the_buyers_location(several: Desktop) -> None:
    files = several.send("bloom", "po.csv", rows(location="mia"))
    assert b"N1*WH**92*C-BLM-1~" in only(files, "florsol/850-T-1")
    assert cells(only(files, "florsol/order-T-1"))["location"] == "C-BLM-1"


def test_a_company_of_one_location_has_no_other(tmp_path: Path) -> None:
    one = SEVERAL.replace('["MIA", "ATL"]', '["MIA"]')
    with desktop(tmp_path / "site", network=one) as site:
        publish(site)
        assert answers(site.send("bloom", "a.csv", rows("T-1")))["1"]["status"] == "accepted"
        files = site.send("bloom", "b.csv", rows("T-2", location="UIO"))
        assert "UIO is no location of bloom; name one of MIA" in answers(files)["1"]["message"]


def test_a_change_to_a_location_there_is_not_leaves_the_order_where_it_was(
    several: Desktop,
) -> None:
    several.send("bloom", "po.csv", rows(location="MIA"))
    said = b"po_number,line,location,action,boxes\nT-1,1,%s,CHANGE,2\n"
    refused = only(several.send("bloom", "a.csv", said % b"UIO"), "bloom/advice-a")
    assert b"E-23" in refused and b"UIO is no location of bloom" in refused
    assert several.orders()[0].location == "MIA"
    several.map_row("locations", "bloom,,00451,,ATL,,yes,,,")
    files = several.send("bloom", "b.csv", said.replace(b",2\n", b",3\n") % b"00451")
    assert several.orders()[0].location == "ATL"
    assert b"N1*WH**92*ATL~" in only(files, "florsol/860-T-1")


def test_a_change_brings_new_words_to_the_vendor_as_it_calls_them(open_site: Desktop) -> None:
    open_site.send("bloom", "po.csv", rows(incoterm="FCA", custom_fields="DEPT=Fresh"))
    said = (
        "po_number,line,action,boxes,incoterm,cargo_agency,custom_fields,brand,order_type\n"
        "T-1,1,CHANGE,2,EXW,AGY-7,SALESPERSON=Ana,SG,WEEKLY\n"
    )
    files = open_site.send("bloom", "change.csv", said.encode())
    told = cells(only(files, "florsol/order-T-1"))
    assert (told["incoterm"], told["cargo_agency"], told["brand"]) == ("EXW", "ACA", "ORO")
    assert told["custom_fields"] == "SECCION=Fresh; SALESPERSON=Ana"
    assert told["order_type"] == "WEEKLY"
    segments = only(files, "florsol/860-T-1").decode().split("~\n")
    assert "FOB*DF***01*EXW" in segments
    assert "N1*FW**92*ACA" in segments
    assert any(each.startswith("POC*") and each.endswith("*BL*ORO") for each in segments)


def test_the_code_that_each_860_says_is_no_new_type_of_order(open_site: Desktop) -> None:
    open_site.send("bloom", "po.csv", rows(order_type="WEEKLY"))
    said = [f"BCH*04*SA*T-1**1*{day():%Y%m%d}", "POC*1*QI*2*1*BX*90**BP*BLM-100", "CTT*1"]
    files = open_site.send("bloom", "c.edi", interchange([said], control=8, group="PC", kind="860"))
    assert cells(only(files, "florsol/order-T-1"))["order_type"] == "WEEKLY"


def shipped(site: Desktop, told: str | None = None, **said: str) -> bytes:
    """Let bloom order a box by rows, and florsol confirm it and ship it by its system.

    `told` is the agency that the system names.
    """
    site.send("bloom", "po.csv", rows(**said))
    site.send("florsol", "yes.csv", b"po_number,line,status\nT-1,,accepted\n")
    (box,) = (row.code for row in site.rows(select(schema.boxes.c.code)))
    body: dict[str, Any] = {
        "contract": "k2k.steps/1",
        "kind": "shipment",
        "cargoAgency": told,
        "messageId": "s-1",
        "awb": GOOD,
        "shipDate": str(day(2)),
        "boxes": [{"number": "T-1", "reference": "1", "boxCode": box}],
    }
    files = site.send("axerrio-florsol", "ship.json", json.dumps(body).encode())
    return only(files, "bloom/856")


@pytest.fixture
def by_856(tmp_path: Path) -> Iterator[Desktop]:
    network = NETWORK.replace('name = "bloom"\n', 'name = "bloom"\nreceives_shipments = "x12"\n', 1)
    with desktop(tmp_path / "site", network=network) as opened:
        publish(opened)
        yield opened


def test_a_buyer_reads_the_agency_of_its_order_on_the_ship_notice(by_856: Desktop) -> None:
    assert b"N1*FW**92*AGY-7~" in shipped(by_856, cargo_agency="AGY-7")


def test_an_agency_that_the_vendor_names_goes_before_that_of_the_order(by_856: Desktop) -> None:
    by_856.map_row("cargo_agencies", "axerrio-florsol,,SB-1,,SKYBOX,,yes,,,")
    by_856.map_row("cargo_agencies", "bloom,,SKY,,SKYBOX,,yes,,,")
    assert b"N1*FW**92*SKY~" in shipped(by_856, cargo_agency="AGY-7", told="SB-1")


def test_a_bill_of_lading_says_terms_and_agency_as_its_vendor_calls_them(
    open_site: Desktop, tmp_path: Path
) -> None:
    open_site.send("bloom", "po.csv", rows(incoterm="FCA", cargo_agency="AGY-7"))
    target = tmp_path / "papers"
    words = ["--site", str(open_site.root), "--date", f"{day(2)}", "--to", str(target)]
    assert cli.main(["papers", "bol", *words]) == 0
    (table,) = target.glob("*.csv")
    row = cells(table.read_bytes())
    assert (row["incoterm"], row["cargo_agency"]) == ("FCA", "ACA")
    (paper,) = target.glob("*.pdf")
    document = pypdfium2.PdfDocument(paper.read_bytes())
    text = document[0].get_textpage().get_text_range()
    document.close()
    assert "FCA" in text and "via ACA" in text


def test_a_buyer_is_billed_at_its_location_as_it_calls_it(tmp_path: Path) -> None:
    with desktop(tmp_path / "site", network=SHARED) as site:
        publish(site)
        site.map_row("locations", "bloom,,M1,,MIA,,yes,,,")
        site.send("axerrio-florsol", "o.json", sale("BLM-MIA"))
        site.send("bloom", "yes.csv", b"po_number,decision,by\nAX-1,approve,ana\n")
        site.send("florsol", "all.csv", b"po_number,line,status\nAX-1,,accepted\n")
        ship(site, *coded("PT1", "PT2"), po_number="AX-1", ship_date=day(3))
        files = bill(site, po_number="AX-1", quantity=2, unit_price="108.00", total="216.00")
        assert read_csv(only(files, "bloom/invoice")).location == "M1"

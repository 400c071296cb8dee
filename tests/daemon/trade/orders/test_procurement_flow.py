"""What a vendor makes of an order that was transferred to it (domain 5.2), and where goods go."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from daemon import cli
from daemon.ledger import schema
from tests.daemon.network import NETWORK, connection
from tests.daemon.partner_files import availability
from tests.daemon.sites import Desktop, desktop, only
from tests.daemon.today import day
from tests.daemon.trade.direct import DIRECT, HOME, order_csv, publish
from tests.daemon.trade.exceptions.test_exceptions import LINE
from tests.daemon.trade.goods.test_hidden_box_codes import manifest
from tests.daemon.trade.goods_files import OTHER, rows, scans, waybill

CARNATION = "CAR-RED-SEL"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Desktop]:
    with desktop(tmp_path / "site", network=DIRECT) as opened:
        publish(opened)
        yield opened


def prebook(site: Desktop, capsys: pytest.CaptureFixture[str], number: str) -> dict[str, Any]:
    capsys.readouterr()
    words = ["prebooks", "--customer-po", number, "--site", str(site.root)]
    assert cli.main([*words, "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert cli.main(words) == 0
    shown: dict[str, Any] = {**found, "shown": " ".join(capsys.readouterr().out.split())}
    return shown


def warnings(site: Desktop) -> list[str]:
    table = schema.findings.c
    query = select(table.message).where(table.code == "products.unknown_to_vendor")
    return [row.message for row in site.rows(query)]


def test_a_product_that_its_vendor_does_not_map_arrives_as_unknown_and_is_mapped_there(
    site: Desktop, capsys: pytest.CaptureFixture[str]
) -> None:
    """Domain 5.2 step 5."""
    known: dict[str, object] = {"line": 1}
    unknown: dict[str, object] = {"line": 2, "product_code": "BLM-300"}
    files = site.send("bloom", "o.csv", order_csv("P-1", known, unknown, ship_via="warehouse"))
    assert f"*{CARNATION}".encode() in only(files, "florsol/850-P-1")
    found = prebook(site, capsys, "P-1")
    lines = {line["product"]: line["is_unknown"] for line in found["lines"]}
    assert lines == {"ROS-EXP-60": False, CARNATION: True}
    assert f"UNKNOWN ({CARNATION})" in found["shown"]
    assert f"k2kd map products florsol ITS-CODE {CARNATION}" in found["shown"]
    (warned,) = warnings(site)
    assert f"florsol knows {CARNATION} by no code or words of its own" in warned

    site.map_row("products", f"florsol,,FS-CAR,Clavel rojo,{CARNATION},,yes,,,")
    found = prebook(site, capsys, "P-1")
    assert [line["is_unknown"] for line in found["lines"]] == [False, False]
    again = order_csv("P-2", unknown, ship_via="warehouse")
    assert b"FS-CAR" in only(site.send("bloom", "p.csv", again), "florsol/850-P-2")
    assert len(warnings(site)) == 1


def test_a_vendor_may_order_of_a_farm_and_the_farms_labels_scan_at_the_end(
    tmp_path: Path,
) -> None:
    """Domain 5.2 step 6, L-02: what is on a box stays on it, whoever sells it on."""
    trades = NETWORK.replace('roles = ["vendor"]', 'roles = ["vendor", "buyer"]', 1)
    farm = trades + connection("andes", "florsol")
    with desktop(tmp_path / "farm", network=farm) as site:
        for vendor in ("florsol", "andes"):
            site.send(vendor, "s.csv", availability(("Rosa Freedom 50cm", 3500, "Stem")))
        line = {"product_code": "BLM-111", "boxes": 2}
        site.send(
            "bloom", "o.csv", order_csv("B-1", line, ship_via="warehouse", vendor_code="florsol")
        )
        own = {"product_code": "FS-1150", "boxes": 2}
        files = site.send(
            "florsol", "o.csv", order_csv("F-9", own, ship_via="warehouse", vendor_code="andes")
        )
        assert b"BEG*00*SA*F-9*" in only(files, "andes/850-F-9")
        for vendor, number in (("andes", "F-9"), ("florsol", "B-1")):
            site.send(vendor, "yes.csv", f"po_number,line,status\n{number},1,accepted\n".encode())
            body = "po_number,line,awb,ship_date,box_code\n" + "".join(
                f"{number},1,{OTHER},{day(2)},FARM-{at}\n" for at in (1, 2)
            )
            site.send(vendor, "ship.csv", body.encode())
        files = site.send("bloom", "scan.csv", scans("FARM-1", "FARM-2", arrival_date=day(3)))
        assert [status for status, _, _ in rows(only(files, "bloom/advice"))] == ["done", "done"]
        table = schema.boxes.c
        of = site.rows(select(table.vendor, table.code, table.state).order_by(table.id))
        assert [tuple(row) for row in of] == [
            *[("florsol", f"FARM-{at}", "in inventory") for at in (1, 2)],
            *[("andes", f"FARM-{at}", "staging") for at in (1, 2)],
        ]


def test_what_an_order_says_of_its_place_goes_before_its_customers_own_address(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """D-07: its customer lives in 8 Rose Lane, and this order goes to a fair, on its account."""
    accounts = LINE.replace('ROSELANE = "R-501"', 'ROSELANE = "R-501", "SHIPTO-C1-RL01" = "P-7"')
    assert accounts != LINE
    hauled = DIRECT.replace("[[connection]]", accounts + "[[connection]]", 1)
    with desktop(tmp_path / "hauled", network=hauled) as site:
        publish(site)
        elsewhere = {
            **HOME,
            "ship_to_name": "Rose Lane at the fair",
            "ship_to_street": "9 Tulip Way",
            "ship_to_city": "Tampa",
            "ship_to_state": "FL",
            "ship_to_zip": "33601",
        }
        site.send("bloom", "o.csv", order_csv("T-1", **elsewhere))
        problems, body = manifest(site, capsys)
        assert problems == []
        assert b",Rose Lane at the fair,9 Tulip Way,Tampa,FL,33601," in body
        assert b"8 Rose Lane" not in body
        assert b",P-7," in body


def test_goods_come_by_the_number_that_their_buyer_enters_on_arrival(site: Desktop) -> None:
    """Domain 5.2 steps 8 and 9: staging under a temporary number, the real one with the arrival."""
    site.send("bloom", "o.csv", order_csv("P-1", ship_via="warehouse"))
    site.send("florsol", "yes.csv", b"po_number,line,status\nP-1,1,accepted\n")
    site.send("florsol", "ship.csv", b"po_number,line,awb,box_code\nP-1,1,,PT1\n")
    table = schema.shipments.c
    (bill,) = site.rows(select(table.awb, table.is_temporary))
    assert (bill.awb, bill.is_temporary) == (f"TMP{day(2):%y%m%d}-P-1", True)
    site.send("bloom", "awb.csv", waybill(po_number="P-1", awb=OTHER, arrival_date=day(3)))
    (bill,) = site.rows(select(table.awb, table.is_temporary))
    assert (bill.awb, bill.is_temporary) == (OTHER, False)
    files = site.send("bloom", "scan.csv", scans("PT1"))
    assert [status for status, _, _ in rows(only(files, "bloom/advice"))] == ["done"]
    (box,) = site.rows(select(schema.boxes.c.state))
    assert box.state == "in inventory"

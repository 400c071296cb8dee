"""Scenario 16: a truck line's file without the box that has no account (E-03, E-04, E-26)."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from daemon import cli
from tests.daemon.sites import Desktop, desktop, only
from tests.daemon.today import day
from tests.daemon.trade.direct import DIRECT, HOME, order_csv, publish

LINE = """
[[partner]]
name = "sunline"
title = "Sunline Truck Lines"
roles = ["carrier"]

[partner.hauling]
carriers = ["TRUCK2"]
shipper_account = "77120"
accounts = { ROSELANE = "R-501" }
"""
OTHER = {**HOME, "ship_to_name": "Daisy Shop", "ship_to_street": "1 Daisy Road"}


@pytest.fixture
def site(tmp_path: Path, ledger_url: str) -> Iterator[Desktop]:
    network = DIRECT.replace("[[connection]]", LINE + "\n[[connection]]", 1)
    with desktop(tmp_path / "site", network=network, ledger_url=ledger_url) as opened:
        publish(opened)
        opened.send("bloom", "1.csv", order_csv("T-1", boxes=2, customer_po="CP-9", **HOME))
        opened.send("bloom", "2.csv", order_csv("T-2", customer_code="DS9", **OTHER))
        yield opened


def told(site: Desktop, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any]]:
    capsys.readouterr()
    words = ["manifest", "sunline", "--site", str(site.root), "--date", f"{day(2)}", "--json"]
    code = cli.main(words)
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return code, found


def test_box_without_an_account_is_left_out_and_listed(
    site: Desktop, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = told(site, capsys)
    assert (code, said["boxes"], said["batch"]) == (1, 2, "M00000001")
    (problem,) = said["problems"]
    assert problem["code"] == "E-26"
    assert "DS9 has no account with Sunline Truck Lines" in problem["message"]
    assert {name: problem[name] for name in ("order_number", "product", "customer", "vendor")} == {
        "order_number": "T-2",
        "product": "ROS-EXP-60",
        "customer": "DS9",
        "vendor": "Florsol Farms",
    }
    assert problem["box_code"].startswith("KD")

    lines = only(site.run(), "sunline/manifest-M00000001").decode().split("\r\n")
    assert lines[0].startswith("H,")
    details = [line.split(",") for line in lines[1:3]]
    assert [(d[0], d[1], d[2], d[4], d[5]) for d in details] == [
        ("D", "TRUCK2", "77120", "T-1", "R-501")
    ] * 2
    assert details[0][6:11] == ["Rose Lane Florist", "8 Rose Lane", "Atlanta", "GA", "30303"]
    assert [d[-2:] for d in details] == [["1", "2"], ["2", "2"]]
    # 41 x 10 x 12 inches are 2.847 cubic feet, and two of them 5.694.
    assert lines[3:] == ["T,2,5.694", ""]
    assert problem["box_code"] not in "".join(lines)


def test_corrected_box_goes_with_the_next_file_and_no_box_goes_twice(
    site: Desktop, capsys: pytest.CaptureFixture[str]
) -> None:
    told(site, capsys)
    network = DIRECT.replace("[[connection]]", LINE + "\n[[connection]]", 1)
    site.reconfigure(network.replace('"R-501"', '"R-501", DS9 = "D-1"'))
    site.run()
    code, said = told(site, capsys)
    assert (code, said["boxes"], said["sent_before"], said["problems"]) == (0, 1, 2, [])
    assert ",D-1,Daisy Shop,1 Daisy Road," in only(site.run(), "sunline/manifest-").decode()
    assert told(site, capsys)[1]["boxes"] == 0


def test_box_that_the_truck_line_refuses_goes_again_and_its_answer_is_read_once(
    site: Desktop, capsys: pytest.CaptureFixture[str]
) -> None:
    told(site, capsys)
    sent = only(site.run(), "sunline/manifest-").decode().split("\r\n")
    first, second = (line.split(",")[11] for line in sent[1:3])
    answer = (
        "batch_id,box_code,status,message\n"
        f"M00000001,{first},accepted,\n"
        f"M00000001,{second},rejected,no such town\n"
        "M00000001,KD9999999,accepted,\n"
    ).encode()
    said = only(site.send("sunline", "answer.csv", answer), "sunline/")
    rows = list(csv.DictReader(io.StringIO(said.decode())))
    assert [(r["document"], r["status"], r["code"]) for r in rows if r["record"] == "line"] == [
        (first, "done", ""),
        (second, "done", ""),
        ("KD9999999", "refused", "E-16"),
    ]
    (other,) = site.send("bloom", "answer.csv", answer).values()
    assert b"bloom is no truck line here" in other

    _, found = told(site, capsys)
    assert (found["boxes"], found["sent_before"]) == (1, 1)
    assert [(b["box_code"], b["message"]) for b in found["refused_before"]] == [
        (second, "no such town")
    ]
    assert f",{second},HB," in only(site.run(), "sunline/manifest-M00000002").decode()


def test_list_of_local_deliveries_has_the_columns_of_its_public_description(
    site: Desktop, capsys: pytest.CaptureFixture[str]
) -> None:
    """Domain 12.6; its codes of boxes have 7 to 11 characters."""
    network = DIRECT.replace("[[connection]]", LINE + "\n[[connection]]", 1)
    site.reconfigure(network.replace('"77120"', '"77120"\nlayout = "local-delivery"'))
    site.run()
    code, said = told(site, capsys)
    assert (code, said["boxes"]) == (1, 2)
    body = only(site.run(), "sunline/manifest-M00000001").decode()
    rows = list(csv.DictReader(io.StringIO(body)))
    codes = [row.pop("UnitID") for row in rows]
    assert len(set(codes)) == 2
    assert all(7 <= len(each) <= 11 for each in codes)
    assert (
        rows
        == [
            {
                **{"Shipdate": f"{day(2):%m/%d/%y}", "Shipper": "K2K site"},
                **{"BarcodeAccount": "77120", "Measure": "INCH", "FarmName": "Florsol Farms"},
                **{"AWB": "", "Consignee": "Rose Lane Florist", "ClienteFinal": "RL01"},
                **{"Length": "41.00", "Width": "10.00", "Height": "12.00"},
                **{"Product": "ROS-EXP-60", "PO": "CP-9"},
                "ProductDescription": "Rose Explorer Red 60 cm",
            }
        ]
        * 2
    )


def test_account_stands_under_the_truck_lines_name_on_labels(site: Desktop) -> None:
    files = site.send("bloom", "3.csv", order_csv("T-3", **HOME))
    assert b"Acct R-501" in next(body for name, body in files.items() if name.endswith(".zpl"))
    files = site.send("bloom", "4.csv", order_csv("T-4", customer_code="DS9", **OTHER))
    assert b"Acct" not in next(body for name, body in files.items() if name.endswith(".zpl"))

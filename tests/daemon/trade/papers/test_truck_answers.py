"""What a truck line is told of and what it answers: looked at, sent, heard of (domain 11.1)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from daemon import cli
from daemon.ledger import schema
from daemon.ledger.holds import Hold, HoldKind, open_holds
from daemon.ledger.states import GoodsState
from tests.daemon.sites import Desktop, desktop, kinds, only
from tests.daemon.today import day
from tests.daemon.trade.direct import DIRECT, HOME, order_csv, publish
from tests.daemon.trade.goods_files import scans

LINE = """
[[partner]]
name = "sunline"
title = "Sunline Truck Lines"
roles = ["carrier"]
hauling = { carriers = ["TRUCK2"], accounts = { "*" = "R" }, copy_response_to = "dock@k2k.example" }

""".replace('"*"', "ROSELANE")
BOXES = 3


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Desktop]:
    """A site from which two boxes leave in two days, and one the day after."""
    network = DIRECT.replace("[[connection]]", LINE + "[[connection]]", 1)
    with desktop(tmp_path / "site", network=network) as opened:
        publish(opened)
        opened.send("bloom", "1.csv", order_csv("T-1", boxes=2, **HOME))
        later = day(3).isoformat()
        opened.send("bloom", "2.csv", order_csv("T-2", **{**HOME, "ship_date": later}))
        yield opened


@pytest.fixture
def said(site: Desktop, capsys: pytest.CaptureFixture[str]) -> Any:
    """Return what `k2kd manifest sunline` says, given more words of the command line."""

    def ask(*words: str) -> dict[str, Any]:
        capsys.readouterr()
        code = cli.main(["manifest", "sunline", "--site", str(site.root), "--json", *words])
        found: dict[str, Any] = json.loads(capsys.readouterr().out)
        return found | {"exit": code}

    return ask


def exceptions(site: Desktop) -> list[Hold]:
    with site.p.ledger.read() as conn:
        return open_holds(conn, [HoldKind.EXCEPTION])


def sent_codes(site: Desktop, batch: str) -> list[str]:
    rows = only(site.run(), f"sunline/manifest-{batch}").decode().splitlines()
    return [row.split(",")[11] for row in rows if row.startswith("D")]


def answer(site: Desktop, batch: str, *rows: tuple[str, str, str]) -> dict[str, bytes]:
    lines = ["batch_id,box_code,status,message", *(f"{batch},{','.join(row)}" for row in rows)]
    return site.send("sunline", f"a{len(site.arrivals())}.csv", "\n".join([*lines, ""]).encode())


def test_looking_tells_nobody_and_sending_does(site: Desktop, said: Any) -> None:
    """E-03, E-04."""
    date = ("--date", f"{day(2)}")
    looked = said(*date, "--check")
    assert (looked["ready"], looked["boxes"], looked["batch"]) == (2, 0, None)
    assert site.run() == {}
    assert said(*date)["boxes"] == 2
    assert kinds(site.run()) == ["sunline/manifest-M00000001"]


def test_boxes_of_several_truck_dates_go_under_one_carrier_date(site: Desktop, said: Any) -> None:
    """E-02."""
    days = ("--date", f"{day(2)}", "--to", f"{day(3)}")
    found = said(*days, "--carrier-date", f"{day(4)}")
    assert (found["boxes"], found["carrier_date"]) == (BOXES, day(4).isoformat())
    body = only(site.run(), "sunline/manifest-").decode().splitlines()
    details = [row.split(",") for row in body if row.startswith("D")]
    assert [row[3] for row in details] == [day(4).isoformat()] * BOXES


def test_boxes_that_were_not_scanned_stay_behind_where_that_is_agreed(
    site: Desktop, said: Any
) -> None:
    """E-07: goods direct from the grower are in the inventory unseen, which is no scan (D-03)."""
    network = DIRECT.replace("[[connection]]", LINE + "[[connection]]", 1)
    site.reconfigure(network.replace("hauling = { ", "hauling = { scanned_only = true, "))
    site.send("florsol", "yes.csv", b"po_number,line,status\nT-1,1,accepted\n")
    site.send("florsol", "ship.csv", b"po_number,line,awb,boxes\nT-1,1,020-81140743,2\n")
    codes = select(schema.boxes.c.code).where(schema.boxes.c.state == GoodsState.INVENTORY.value)
    first, second = (row.code for row in site.rows(codes))
    site.send("bloom", "scan.csv", scans(first))
    found = said("--date", f"{day(2)}")
    assert [(each["code"], each["box_code"]) for each in found["problems"]] == [
        ("NOT_SCANNED", second)
    ]
    assert sent_codes(site, "M00000001") == [first]


@pytest.mark.parametrize(
    ("layout", "long"),
    [("fixed", {"mark_code": "M" * 21}), ("local-delivery", {"customer_po": "P" * 33})],
)
def test_a_number_without_room_stops_its_own_box_alone(
    site: Desktop, said: Any, layout: str, long: dict[str, str]
) -> None:
    network = DIRECT.replace("[[connection]]", LINE + "[[connection]]", 1)
    site.reconfigure(network.replace("hauling = { ", f'hauling = {{ layout = "{layout}", '))
    site.send("bloom", "3.csv", order_csv("T-3", **HOME, **long))
    found = said("--date", f"{day(2)}")
    assert [(each["code"], each["order_number"]) for each in found["problems"]] == [
        ("TOO_LONG", "T-3")
    ]
    assert found["boxes"] == 2


def test_a_range_that_ends_before_it_begins_is_refused(
    site: Desktop, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--date", f"{day(2)}", "--to", f"{day(1)}"]
    assert cli.main(["manifest", "sunline", "--site", str(site.root), *words]) == 2
    assert "write the first day with --date" in capsys.readouterr().err
    far = f"{day(2) + timedelta(days=31)}"
    words = ["--date", f"{day(2)}", "--to", far]
    assert cli.main(["manifest", "sunline", "--site", str(site.root), *words]) == 2


def test_buyer_and_operator_hear_what_the_truck_line_refuses_until_it_goes_again(
    site: Desktop, said: Any
) -> None:
    """E-05: before the goods leave."""
    date = ("--date", f"{day(2)}")
    said(*date)
    first, second = sent_codes(site, "M00000001")
    assert said(*date)["unanswered"] == 2
    files = answer(site, "M00000001", (first, "accepted", ""), (second, "rejected", "no such town"))
    notice = json.loads(only(files, "bloom/notice-M00000001"))
    assert (notice["for"], notice["to"], notice["code"]) == (
        *("shipping", ["dock@k2k.example"]),
        "E-05",
    )
    assert "takes 1 of 2" in notice["text"]
    assert [(line["line"], line["product"], line["reason"]) for line in notice["lines"]] == [
        ("T-1 line 1", "BLM-100", f"box {second}: no such town")
    ]
    (exception,) = exceptions(site)
    assert (exception.partner, exception.place) == ("sunline", "batch M00000001")
    assert f"box {second}: no such town" in exception.message
    assert "k2kd manifest" in exception.message

    found = said(*date)
    assert (found["boxes"], found["unanswered"], exceptions(site)) == (1, 0, [])
    assert sent_codes(site, "M00000002") == [second]


def test_an_answer_without_a_fault_is_told_too_and_the_same_again_is_no_news(
    site: Desktop, said: Any
) -> None:
    """E-05: of success as of failure."""
    said("--date", f"{day(2)}")
    first, second = sent_codes(site, "M00000001")
    half = json.loads(
        only(answer(site, "M00000001", (first, "accepted", "")), "bloom/notice-M00000001")
    )
    assert "takes 1 of 2" in half["text"] and "not answered 1 yet" in half["text"]
    both = (first, "accepted", ""), (second, "accepted", "")
    notice = json.loads(only(answer(site, "M00000001", *both), "bloom/notice-M00000001"))
    assert notice["subject"] == "Sunline Truck Lines: boxes of batch M00000001 are taken"
    assert (notice["lines"], exceptions(site)) == ([], [])
    assert kinds(answer(site, "M00000001", *both[::-1])) == ["sunline/advice-a5"]


def test_a_truck_line_that_takes_a_box_after_all_ends_the_exception(
    site: Desktop, said: Any
) -> None:
    said("--date", f"{day(2)}")
    _, second = sent_codes(site, "M00000001")
    answer(site, "M00000001", (second, "rejected", "no such town"))
    assert len(exceptions(site)) == 1
    answer(site, "M00000001", (second, "accepted", ""))
    assert exceptions(site) == []

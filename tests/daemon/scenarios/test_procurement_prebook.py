"""A transferred order is a prebook in its vendor's books, and goes its way with it (domain 5.2)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from daemon import cli
from daemon.ledger import schema
from tests.daemon.network import NETWORK
from tests.daemon.pipeline.test_acknowledged import (
    ACCEPTED,
    REFUSED,
    acknowledgement,
    numbers,
)
from tests.daemon.sites import Desktop, desktop, only
from tests.daemon.today import day
from tests.daemon.trade.answering import change_set, confirmation
from tests.daemon.trade.cart_files import notices
from tests.daemon.trade.direct import DIRECT, order_csv, publish

assert DIRECT != NETWORK


@pytest.fixture
def site(tmp_path: Path, ledger_url: str) -> Iterator[Desktop]:
    with desktop(tmp_path / "site", network=DIRECT, ledger_url=ledger_url) as opened:
        publish(opened)
        yield opened


def ordered(site: Desktop, number: str = "10045", *rows: dict[str, object]) -> dict[str, bytes]:
    body = order_csv(number, *rows, ship_via="warehouse", customer_po="ROSE-77")
    return site.send("bloom", f"{number}.csv", body)


def listed(
    site: Desktop, capsys: pytest.CaptureFixture[str], *words: str
) -> list[dict[str, object]]:
    capsys.readouterr()
    assert cli.main(["prebooks", *words, "--json", "--site", str(site.root)]) == 0
    found: list[dict[str, object]] = json.loads(capsys.readouterr().out)
    return found


def transfers(site: Desktop) -> list[tuple[str, str]]:
    table = schema.moves.c
    query = select(table.before, table.after).where(table.entity == "transfer").order_by(table.id)
    return [(row.before, row.after) for row in site.rows(query)]


def test_prebook_is_found_and_follows_its_order(
    site: Desktop, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = {"line": 1, "boxes": 4, "upc": "036000291452"}, {"line": 2, "product_code": "BLM-110"}
    ordered(site, "10045", *rows)
    ordered(site, "10046")
    (order, _) = site.orders()
    (prebook, _) = site.orders("vendor_prebook")
    assert order.prebook_id == prebook.id
    assert (prebook.vendor, prebook.buyer, prebook.state) == ("florsol", "bloom", "approved")

    # By its customer, its truck date, or the buyer's order number (5.2 step 3).
    (found,) = listed(site, capsys, "--customer-po", "10045")
    assert (found["made"], found["customer"], found["vendor"]) == ("transfer", "bloom", "florsol")
    assert (found["customer_po"], found["truck_date"]) == ("10045", day(2).isoformat())
    lines = found["lines"]
    assert isinstance(lines, list)
    assert [(each["product"], each["quantity"], each["upc"]) for each in lines] == [
        ("ROS-EXP-60", "4", "036000291452"),
        ("ROS-FRE-60", "1", None),
    ]
    by_title = listed(site, capsys, "--customer", "WHOLESALE", "--truck-date", day(2).isoformat())
    assert [each["customer_po"] for each in by_title] == ["10046", "10045"]
    assert listed(site, capsys, "--customer", "petal") == []
    assert listed(site, capsys, "--truck-date", day(3).isoformat()) == []

    # A change, a confirmation and what ends move both.
    fewer = "POC*1*QD*2*2*BX*0.32*PE*BP*BLM-100"
    site.send("bloom", "c.edi", change_set("10045", fewer, control=9))
    answer = confirmation("1,accepted,2", "2,rejected", number="10045")
    site.send("florsol", "yes.csv", answer)
    (found,) = listed(site, capsys, "--customer-po", "10045")
    lines = found["lines"]
    assert isinstance(lines, list)
    told = [(each["quantity"], each["progress"], each["confirmed"]) for each in lines]
    assert told == [("2", "confirmed", "2"), ("1", "cancelled", "0")]
    assert (found["state"], site.orders()[0].state) == ("confirmed", "confirmed")

    site.send("bloom", "x.csv", order_csv("10046", action="CANCEL", ship_via="warehouse"))
    (found,) = listed(site, capsys, "--customer-po", "10046")
    assert (found["state"], site.orders()[1].state) == ("cancelled", "cancelled")


def test_refused_order_is_a_failed_transfer_until_it_is_sent_again(
    site: Desktop, capsys: pytest.CaptureFixture[str]
) -> None:
    first = only(ordered(site), "florsol/850-10045")
    assert transfers(site) == [("not transferred", "queued"), ("queued", "transferred")]
    told = site.send("florsol", "no.edi", acknowledgement(numbers(first)[1], *REFUSED))
    (order,) = site.orders()
    assert order.transfer == "failed"
    assert "florsol refused it (997)" in order.transfer_reason
    ((owner, notice),) = notices(told)
    assert (owner, notice["order"], notice["code"]) == ("bloom", "10045", "transfer.failed")
    assert "has not reached Florsol Farms" in notice["subject"]

    site_words = ["--site", str(site.root)]
    assert cli.main(["status", *site_words]) == 0
    assert "1 order not at the vendor" in capsys.readouterr().out
    assert cli.main(["orders", "--failed", *site_words]) == 0
    shown = capsys.readouterr().out
    assert "not transferred: 850-10045" in shown and "k2kd resend 850-10045-" in shown

    name = shown.split("k2kd resend ")[1].split()[0]
    assert cli.main(["resend", name, *site_words]) == 0
    files = site.run()
    second = only(files, "florsol/850-10045")
    assert numbers(second) != numbers(first)
    assert site.orders()[0].transfer == "transferred"
    assert transfers(site)[2:] == [
        ("transferred", "failed"),
        ("failed", "queued"),
        ("queued", "transferred"),
    ]
    ((owner, notice),) = notices(files)
    assert (owner, notice["code"]) == ("bloom", "transfer.reached")
    accepted = acknowledgement(numbers(second)[1], *ACCEPTED, control=2)
    assert site.send("florsol", "yes.edi", accepted) == {}
    assert [each.id for each in site.orders("vendor_prebook")] == [site.orders()[0].prebook_id]

"""A vendor whose confirmation puts the goods on an air waybill (domain 4.4 step 6, 5.2 step 8)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from daemon.ledger import schema
from tests.daemon.network import NETWORK
from tests.daemon.partner_files import purchase_order
from tests.daemon.sites import Desktop, desktop, only
from tests.daemon.trade.answering import answer_set, confirmation, order, publish
from tests.daemon.trade.goods_files import GOOD, bills, coded, goods, scans, ship

CONFIRMING = NETWORK.replace(
    "receives_labels = true\n",
    "receives_labels = true\nselling = { ships_as_confirmed = true }\n",
    1,
)


@pytest.fixture
def site(tmp_path: Path, ledger_url: str) -> Iterator[Desktop]:
    with desktop(tmp_path / "site", network=CONFIRMING, ledger_url=ledger_url) as opened:
        publish(opened, 50)
        yield opened


def confirm(site: Desktop, *rows: str) -> dict[str, bytes]:
    return site.send("florsol", f"yes-{len(site.arrivals())}.csv", confirmation(*rows))


def states(site: Desktop) -> list[str]:
    return [each.state for each in site.orders()]


def test_what_is_confirmed_is_in_the_buyers_staging_area_and_can_be_scanned(site: Desktop) -> None:
    order(site, 5)
    files = confirm(site, "1,changed,3")
    (bill,) = bills(site)
    assert (bill.is_temporary, bill.awb[:3]) == (True, "TMP")
    assert [each for each in goods(site) if each[1] != "cancelled"] == [
        (f"KD000000{at}", "staging") for at in (1, 2, 3)
    ]
    assert b"MAN*SM*KD0000003~" in only(files, "bloom/856")
    assert states(site) == ["shipped"]
    site.send("bloom", "scan.csv", scans("KD0000001"))
    assert goods(site)[0] == ("KD0000001", "received")


def test_the_real_number_takes_the_place_of_the_temporary_one(site: Desktop) -> None:
    """W-04."""
    order(site, 1)
    confirm(site, "1,accepted,1")
    site.send("florsol", "awb.csv", f"po_number,awb\n1,{GOOD}\n".encode())
    assert [(bill.is_temporary, bill.awb) for bill in bills(site)] == [(False, GOOD)]


@pytest.mark.parametrize("by_code", [True, False], ids=["by code", "counted"])
def test_a_ship_notice_of_all_of_it_says_the_real_number(site: Desktop, *, by_code: bool) -> None:
    """W-04: the goods stay, and their buyer reads the number that they really have."""
    order(site, 2, 1)
    confirm(site, "1,accepted,2", "2,accepted,1")
    lines: list[dict[str, object]] = [{"boxes": 2}, {"line": 2, "boxes": 1}]
    codes = [*coded("KD0000001", "KD0000002"), *coded("KD0000003", line=2)]
    files = ship(site, *(codes if by_code else lines))
    assert [(bill.is_temporary, bill.awb) for bill in bills(site)] == [(False, GOOD)]
    assert "refused" not in only(files, "florsol/advice").decode()
    told = only(files, "bloom/856").decode()
    assert GOOD in told and told.count("MAN*SM*KD") == 3
    assert [state for _, state in goods(site)] == ["staging"] * 3


def test_one_of_a_part_is_refused(site: Desktop) -> None:
    order(site, 3)
    confirm(site, "1,accepted,3")
    files = ship(site, *coded("KD0000001"))
    assert "send an air waybill file to change that" in only(files, "florsol/advice").decode()
    assert [bill.is_temporary for bill in bills(site)] == [True]


def test_nothing_travels_before_all_is_confirmed(site: Desktop) -> None:
    """P-22: only a confirmed order can be put on an air waybill."""
    order(site, 2, 1)
    confirm(site, "1,accepted,2")
    assert not bills(site)
    confirm(site, "2,accepted,1")
    assert [state for _, state in goods(site)] == ["staging"] * 3


def test_a_ship_notice_that_waited_for_the_confirmation_goes_first(site: Desktop) -> None:
    order(site, 2)
    ship(site, {"boxes": 1})
    assert [hold.kind.value for hold in site.holds()] == ["not confirmed"]
    confirm(site, "1,accepted,2")
    known = {bill.id: bill.is_temporary for bill in bills(site)}
    boxes = site.rows(select(schema.boxes.c.shipment_id))
    assert sorted(known[row.shipment_id] for row in boxes) == [False, True]


def test_a_test_that_is_confirmed_ships_nothing(site: Desktop) -> None:
    """P-29."""
    site.send("bloom", "t.edi", purchase_order("1", ("BLM-100", "2", "BX"), usage="T"))
    site.send("florsol", "t.edi", answer_set("1", ("1", "IA", "2"), usage="T"))
    assert states(site) == ["confirmed"]
    assert not bills(site)


def test_others_ship_by_a_ship_notice_alone(site: Desktop) -> None:
    site.reconfigure(NETWORK)
    order(site, 1)
    confirm(site, "1,accepted,1")
    assert (states(site), bills(site)) == (["confirmed"], [])

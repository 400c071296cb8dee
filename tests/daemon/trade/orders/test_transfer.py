"""Orders on their way to the vendor: where they go, who is billed (domain 5.2 and 6)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from daemon.ledger import schema
from tests.daemon.sites import Desktop, desktop, kinds, only
from tests.daemon.trade.direct import DIRECT, HOME, order_csv, publish

BARE = dict.fromkeys(HOME)
"""No address at all."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Desktop]:
    with desktop(tmp_path / "site", network=DIRECT) as opened:
        publish(opened)
        yield opened


def ship_to(files: dict[str, bytes], number: str) -> str:
    """Return the ship-to of the vendor's 850, as one line."""
    told = only(files, f"florsol/850-{number}-").decode().replace("\n", "")
    return told[told.index("N1*ST") :].split("~N1*SE")[0]


def places(site: Desktop) -> list[str]:
    table = schema.ship_tos.c
    return [row.code for row in site.rows(select(table.code).order_by(table.id))]


def test_new_place_is_named_after_buyer_and_customer_and_found_again(site: Desktop) -> None:
    files = site.send("bloom", "1.csv", order_csv("S-1", **HOME))
    expected = "N1*ST*Rose Lane Florist*92*SHIPTO-C1-RL01~N3*8 Rose Lane~N4*Atlanta*GA*30303*US"
    assert ship_to(files, "S-1") == expected
    # The same place in other letters, and the customer alone: both are that place.
    other = {**HOME, "ship_to_street": "8  ROSE LANE"}
    assert "SHIPTO-C1-RL01~" in ship_to(
        site.send("bloom", "2.csv", order_csv("S-2", **other)), "S-2"
    )
    assert ship_to(site.send("bloom", "3.csv", order_csv("S-3", **BARE)), "S-3") == expected
    assert places(site) == ["SHIPTO-C1-RL01"]


def test_second_place_of_a_customer_gets_a_code_of_its_own(site: Desktop) -> None:
    site.send("bloom", "1.csv", order_csv("S-1", **HOME))
    shop = {**HOME, "ship_to_street": "9 Tulip Way"}
    files = site.send("bloom", "2.csv", order_csv("S-2", **shop))
    assert "92*SHIPTO-C1-RL01-2~N3*9 Tulip Way~" in ship_to(files, "S-2")
    assert places(site) == ["SHIPTO-C1-RL01", "SHIPTO-C1-RL01-2"]


def test_buyers_code_of_a_known_place_is_told_in_the_vendors(site: Desktop) -> None:
    site.map_row("ship_to", "florsol,,MIA-9,Miami,BLOOM-MIA,,yes,,,,,,,,,")
    files = site.send("bloom", "1.csv", order_csv("S-1", ship_to_code="01", **BARE))
    assert ship_to(files, "S-1") == (
        "N1*ST*Bloom Wholesale Miami*92*MIA-9~N3*100 Market Street~N4*Miami*FL*33126*US"
    )
    assert places(site) == []


def test_place_is_found_by_name_street_and_postal_code(site: Desktop) -> None:
    atlanta = {
        **HOME,
        "ship_to_name": "bloom wholesale atlanta",
        "ship_to_street": "45 Peach Avenue",
    }
    files = site.send("bloom", "1.csv", order_csv("S-1", **atlanta))
    assert "*92*BLOOM-ATL~" in ship_to(files, "S-1")
    assert places(site) == []


def test_direct_order_without_an_address_waits_until_the_place_is_known(site: Desktop) -> None:
    order = order_csv("S-1", customer_code="NEW1", **BARE)
    files = site.send("bloom", "1.csv", order)
    assert not [name for name in kinds(files) if name.startswith("florsol/")]
    (waits,) = site.holds()
    assert (waits.kind.value, waits.place) == ("no ship-to", "order S-1")
    assert b"has no address" in only(files, "bloom/order-ack-S-1")
    site.map_row(
        "ship_to", "*,,NEW,New shop,NEW,New shop,yes,,,,New Shop,1 New Road,Tampa,FL,33601,US"
    )
    site.map_row("ship_to", "bloom,,NEW1,,NEW,,yes,,,,,,,,,")
    site.release(waits.id)
    assert "N3*1 New Road~N4*Tampa*FL*33601" in ship_to(site.run(), "S-1")
    assert not site.holds()


def test_warehouse_order_needs_no_address(site: Desktop) -> None:
    files = site.send("bloom", "1.csv", order_csv("S-1", ship_via="warehouse", **BARE))
    assert "florsol/850-S-1" in kinds(files)
    assert not site.holds()


def test_change_to_direct_is_refused_without_an_address_and_taken_with_one(site: Desktop) -> None:
    plain = {"ship_via": "warehouse", "customer_code": "NEW1", **BARE}
    site.send("bloom", "1.csv", order_csv("S-1", **plain))
    bare = {"action": "CHANGE", "customer_code": "NEW1"}
    files = site.send("bloom", "2.csv", order_csv("S-1", **bare, **BARE))
    assert any(b"has no address" in body for name, body in files.items() if "bloom/" in name)
    assert site.orders()[0].ship_via == "warehouse"
    files = site.send("bloom", "3.csv", order_csv("S-1", **bare, **HOME))
    assert site.orders()[0].ship_via == "grower"
    assert any(b"8 Rose Lane" in body for name, body in files.items() if "florsol/" in name)
    assert places(site) == ["SHIPTO-C1-NEW1"]


def test_vendor_bills_the_final_customer_where_both_agreed(tmp_path: Path) -> None:
    network = DIRECT.replace('default_carrier = "TRUCK2"', "bill_to_final_customer = true")
    with desktop(tmp_path / "site", network=network) as site:
        publish(site)
        files = site.send("bloom", "1.csv", order_csv("S-1", **HOME))
        assert "N1*BT" not in only(files, "florsol/850-S-1").decode()
        answer = only(files, "bloom/order-ack-S-1").decode()
        assert "RL01 is no customer of Florsol Farms: you are billed" in answer

        site.map_row("customers", "florsol,,C-ROSE,Rose Lane,ROSELANE,,yes,,,,,,,,,")
        files = site.send("bloom", "2.csv", order_csv("S-2", **HOME))
        told = only(files, "florsol/850-S-2").decode()
        assert "N1*BT*Rose Lane Florist*92*C-ROSE~" in told
        assert b"bill_to_code" in only(files, "florsol/order-S-2").split(b"\r\n")[0]
        # Only what ships direct is billed past the buyer (P-03).
        files = site.send("bloom", "3.csv", order_csv("S-3", ship_via="warehouse", **BARE))
        assert "N1*BT" not in only(files, "florsol/850-S-3").decode()


def test_upc_is_passed_on_and_the_order_is_transferred(site: Desktop) -> None:
    files = site.send("bloom", "1.csv", order_csv("S-1", upc="036000291452", **HOME))
    assert "*UP*036000291452" in only(files, "florsol/850-S-1").decode()
    (order,) = site.orders()
    assert order.transfer == "transferred"
    moves = schema.moves.c
    way = [("not transferred", "queued"), ("queued", "transferred")]
    query = select(moves.before, moves.after).where(moves.entity == "transfer").order_by(moves.id)
    assert [tuple(row) for row in site.rows(query)] == way
    site.send("bloom", "again.csv", order_csv("S-1", upc="036000291452", **HOME))
    assert len(site.rows(query)) == len(way)


def test_test_order_is_not_transferred_and_makes_no_place(site: Desktop) -> None:
    from tests.daemon.partner_files import purchase_order

    site.send("bloom", "t.edi", purchase_order("S-T", ("BLM-100", "1", "BX"), usage="T"))
    (order,) = site.orders()
    assert (order.is_test, order.transfer) == (True, "not transferred")

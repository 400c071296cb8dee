"""Who takes a customer's goods on which weekday, and its account there (domain 2.1, K-24, E-08)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from daemon.config import load
from daemon.errors import SiteError
from daemon.trade.views.idle_terms import idle_terms
from tests.daemon.network import make_site
from tests.daemon.sites import Desktop, desktop, only
from tests.daemon.today import SetClock
from tests.daemon.trade.cart_files import (
    CALENDAR,
    MONDAY,
    ROSE,
    ROSES,
    TUESDAY,
    answers,
    at,
    network,
    stock,
)

SERVICES = """
[partner.buying.customer_services.ROSELANE]
wed = { carrier = "TRUCK1", account = "R-501" }
thu = { carrier = "TRUCK2" }
"""
HEAD = (
    "po_number,line,vendor_code,ship_date,truck_date,ship_via,carrier_code,customer_code,"
    "ship_to_name,ship_to_street,ship_to_city,ship_to_state,ship_to_zip,product_code,boxes,unit_type"
)
HOME = "Rose Lane,8 Rose Lane,Atlanta,GA,30303"
WEDNESDAY, THURSDAY = TUESDAY.replace(day=25), TUESDAY.replace(day=26)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Desktop]:
    """Monday morning; what ships on a day has its truck date on the next."""
    with desktop(tmp_path / "s", network=served(), clock=SetClock(at(MONDAY, 9))) as opened:
        opened.map_row("carriers", "bloom,,SUNL,Sunline,TRUCK1,,yes,,,,,")
        opened.map_row("carriers", "florsol,,SUNTRK,Sunline,TRUCK1,,yes,,,,,")
        opened.send("florsol", "stock.csv", stock(*ROSES))
        yield opened


def served(services: str = SERVICES) -> str:
    """Return the sample network, in which bloom's customer is served on two weekdays."""
    first, rest = network(link=CALENDAR).split('[[partner]]\nname = "tulipan"')
    return f'{first}{services}\n[[partner]]\nname = "tulipan"{rest}'


def order(
    site: Desktop, number: str, ship: date, *, carrier: str = "", way: str = "grower"
) -> dict[str, bytes]:
    """Let bloom order a box for its customer."""
    row = f"{number},1,florsol,{ship},,{way},{carrier},RL01,{HOME},{ROSE},1,Box"
    return site.send("bloom", f"{number}.csv", f"{HEAD}\n{row}\n".encode())


def test_a_direct_order_goes_on_a_day_on_which_its_carrier_serves(site: Desktop) -> None:
    """Sunline serves it on Wednesdays: what ships on Tuesday."""
    late = answers(order(site, "P1", WEDNESDAY, carrier="SUNL"))["1"]
    assert (late["status"], late["reason_code"]) == ("rejected", "E-13")
    assert late["ship_date"] == "2026-12-01"
    assert answers(order(site, "P2", TUESDAY, carrier="SUNL"))["1"]["status"] == "accepted"


def test_to_a_warehouse_any_weekday_of_service_will_do(site: Desktop) -> None:
    assert answers(order(site, "P1", WEDNESDAY, way="warehouse"))["1"]["status"] == "accepted"
    monday = answers(order(site, "P2", MONDAY, way="warehouse"))["1"]
    assert (monday["reason_code"], monday["ship_date"]) == ("E-13", TUESDAY.isoformat())


def test_who_serves_it_takes_what_names_nobody(site: Desktop) -> None:
    row = f"P1,1,florsol,{TUESDAY},{WEDNESDAY},grower,,RL01,{HOME},{ROSE},1,Box"
    files = site.send("bloom", "p.csv", f"{HEAD}\n{row}\n".encode())
    sent = only(files, "florsol/850-").decode()
    assert "SUNTRK" in sent and "REF*11*R-501" in sent
    assert [each.carrier for each in site.orders()] == ["TRUCK1"]


def test_another_carriers_account_is_not_this_ones(site: Desktop) -> None:
    row = f"P1,1,florsol,{WEDNESDAY},{THURSDAY},grower,,RL01,{HOME},{ROSE},1,Box"
    files = site.send("bloom", "p.csv", f"{HEAD}\n{row}\n".encode())
    assert "R-501" not in only(files, "florsol/850-").decode()
    assert [each.carrier for each in site.orders()] == ["TRUCK2"]


def test_other_customers_go_as_before(site: Desktop) -> None:
    row = f"P1,1,florsol,{MONDAY},,warehouse,,OTHER,,,,,,{ROSE},1,Box"
    files = site.send("bloom", "p.csv", f"{HEAD}\n{row}\n".encode())
    assert answers(files)["1"]["status"] == "accepted"


def test_a_carrier_that_there_is_not_is_warned_of(site: Desktop) -> None:
    site.reconfigure(served(SERVICES.replace("TRUCK2", "TRUK2")))
    said = [each.sentence for each in idle_terms(site.site, site.p.tables.current)]
    assert "customer_services names TRUK2, which is no carrier of carriers.csv; name our own" in (
        "".join(said)
    )


def test_a_customer_without_a_weekday_is_a_mistake(tmp_path: Path) -> None:
    empty = "\n[partner.buying.customer_services]\nROSELANE = {}\n"
    with pytest.raises(SiteError, match="customer_services"):
        load(make_site(tmp_path / "s", network=served(empty)))

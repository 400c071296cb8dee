"""Goods age, and are there, by the days of their vendor, not by those of the site (K-20, K-32).

A Dutch farm begins its day six hours before a site in New York: what it cuts and offers in the
night is of its today, which is tomorrow there.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.daemon.sites import Desktop, desktop
from tests.daemon.today import SetClock
from tests.daemon.trade.cart_files import MONDAY, TUESDAY, at, network
from tests.daemon.trade.views.showroom import told_to

NIGHT = at(MONDAY, 20)
"""Two in the morning of Tuesday in Amsterdam."""
AMSTERDAM = 'time_zone = "Europe/Amsterdam"\nselling = { publishes_future_sales = false }'
HEADER = "vendorId,productDescription,availableFrom,quantityUnits,unitType,category,color,unitCost"


def stock(*, begins: date = MONDAY, cut: date | None = None) -> bytes:
    row = f"111,Rosa Explorer 60cm,{begins},600,Stem,Roses,Red,0.30,25,{cut or ''}"
    return f"{HEADER},stemsBunch,cutDate\n{row}\n".encode()


def left(files: dict[str, bytes]) -> list[int]:
    return [int(one.quantity) for told in told_to(files, "bloom") for one in told.offers.values()]


def is_sold(site: Desktop, ship: date) -> bool:
    """Let bloom order a box; tell whether it gets it."""
    header = "po_number,line,vendor_code,ship_date,product_code,boxes,unit_type"
    files = site.send("bloom", "po.csv", f"{header}\nB-1,1,florsol,{ship},BLM-100,1,Box\n".encode())
    (answer,) = [body.decode() for name, body in files.items() if "/order-ack-" in name]
    return "accepted" in answer.splitlines()[1]


@pytest.mark.parametrize(
    "content",
    [stock(cut=TUESDAY), stock(begins=TUESDAY)],
    ids=["cut today", "there from today on"],
)
def test_what_is_of_the_vendors_today_is_shown_and_sold(tmp_path: Path, content: bytes) -> None:
    said = network(selling=AMSTERDAM)
    with desktop(tmp_path / "site", network=said, clock=SetClock(NIGHT)) as site:
        assert left(site.send("florsol", "stock.csv", content)) == [600]
        assert is_sold(site, TUESDAY)


def test_goods_grow_old_with_the_vendors_midnight(tmp_path: Path) -> None:
    said, clock = network(selling=AMSTERDAM), SetClock(at(MONDAY, 17))
    with desktop(tmp_path / "site", network=said, clock=clock) as site:
        ten_days = stock(cut=MONDAY - timedelta(days=10))
        assert left(site.send("florsol", "stock.csv", ten_days)) == [600]
        clock.set(at(MONDAY, 18, 1))
        assert left(site.run()) == [0]
        assert not is_sold(site, TUESDAY)


def test_without_a_zone_of_its_own_the_sites_days_count(tmp_path: Path) -> None:
    said = network(selling="selling = { publishes_future_sales = false }")
    with desktop(tmp_path / "site", network=said, clock=SetClock(NIGHT)) as site:
        assert left(site.send("florsol", "stock.csv", stock(begins=TUESDAY))) == []
        assert not is_sold(site, TUESDAY)

"""A line gets what its buyer is shown: of an age, and from and for places that take part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from daemon.ledger import schema
from tests.daemon.network import NETWORK
from tests.daemon.sites import Desktop, desktop, only
from tests.daemon.today import SetClock
from tests.daemon.trade.cart_files import MONDAY, TUESDAY, answers, cart
from tests.daemon.trade.cart_files import network as with_terms
from tests.daemon.trade.goods_files import rows
from tests.daemon.trade.views.showroom import told_to

HEADER = (
    "vendorId,productDescription,availableFrom,quantityUnits,unitType,category,color,unitCost,"
    "stemsBunch,cutDate,location\n"
)
BOX = 300
"""Stems of Explorer 60 in a box."""
FARMS = NETWORK.replace('title = "Florsol Farms"', 'locations = ["UIO", "BOG"]').replace(
    'customer_code = "C1"', 'customer_code = "C1"\nvendor_locations = []', 2
)
ONLY_UIO = FARMS.replace("vendor_locations = []", 'vendor_locations = ["UIO"]', 1)
Lot = tuple[int, int | None, str]
"""Boxes, age in days, location."""


@pytest.fixture
def site(tmp_path: Path, clock: SetClock) -> Iterator[Desktop]:
    with desktop(tmp_path / "site", network=FARMS, clock=clock) as opened:
        yield opened


def stock(lots: Sequence[Lot], *, category: str = "Roses", begins: int = 0) -> bytes:
    lines = []
    for boxes, age, place in lots:
        cut = "" if age is None else (MONDAY - timedelta(days=age)).isoformat()
        day = MONDAY + timedelta(days=begins)
        goods = f"{boxes * BOX},Stem,{category},Red,0.30,25"
        lines.append(f"111,Rosa Explorer 60cm,{day},{goods},{cut},{place}\n")
    return (HEADER + "".join(lines)).encode()


def ordered(site: Desktop, boxes: int, number: str = "1") -> dict[str, str]:
    """Order boxes and return the one row of the answer."""
    order = cart(number, ("1", "BLM-100", boxes, ""))
    return answers(site.send("bloom", f"{number}.csv", order))["1"]


def bought(site: Desktop) -> dict[str, int]:
    """Return the boxes that are sold, by location."""
    lots = site.rows(select(schema.stock_lots).order_by(schema.stock_lots.c.id))
    return {lot.location: int(lot.bought) // BOX for lot in lots}


@pytest.mark.parametrize(
    ("terms", "age", "rule"),
    [
        ("", 11, "K-20"),
        ("selling = { age_days = { min = 2 } }", 1, "K-20"),
        ("selling = { age_days = { max = 4 } }", 5, "K-20"),
        ("selling = { local_after = { roses = 3 } }", 4, "K-21"),
    ],
)
def test_goods_of_an_age_that_is_not_sold_are_refused_with_the_reason(
    site: Desktop, terms: str, age: int, rule: str
) -> None:
    site.reconfigure(FARMS.replace('locations = ["UIO"', f'{terms}\nlocations = ["UIO"'))
    site.send("florsol", "stock.csv", stock([(9, age, "UIO")]))
    row = ordered(site, 2)
    assert (row["status"], row["reason_code"]) == ("rejected", "E-12")
    assert f"its age is {age} days" in row["message"] and rule in row["message"]
    assert bought(site) == {"UIO": 0}


def test_the_category_of_a_limit_is_the_networks_word(site: Desktop) -> None:
    """K-21: what hides goods keeps them from orders, in whatever words their vendor says them."""
    site.map_row("categories", "florsol,,ROSAS X,,Roses,,yes,,,")
    site.reconfigure(
        FARMS.replace(
            'locations = ["UIO"', 'selling = { local_after = { roses = 3 } }\nlocations = ["UIO"'
        )
    )
    site.send("florsol", "stock.csv", stock([(9, 4, "UIO")], category="ROSAS X"))
    assert ordered(site, 2)["status"] == "rejected"


def test_the_buyers_own_window_of_ages_holds_for_its_orders_alone(site: Desktop) -> None:
    """K-26."""
    own = FARMS.replace('buyer = "bloom"', 'buyer = "bloom"\nbuyer_age_days = { max = 3 }', 1)
    site.reconfigure(own)
    site.send("florsol", "stock.csv", stock([(9, 4, "UIO")]))
    row = ordered(site, 2)
    assert "bloom takes it up to an age of 3 (K-26)" in row["message"]
    theirs = answers(site.send("tulipan", "t.csv", cart("T", ("1", "TUL-EXP60", 2, ""))), "tulipan")
    assert theirs["1"]["status"] == "accepted"


def test_only_goods_of_an_age_that_is_sold_fill_a_line(site: Desktop) -> None:
    site.send("florsol", "old.csv", stock([(9, 11, "UIO")]))
    site.send("florsol", "new.csv", stock([(3, 1, "BOG")]))
    row = ordered(site, 5)
    assert (row["status"], row["confirmed_boxes"]) == ("changed", "3"), row
    assert bought(site) == {"UIO": 0, "BOG": 3}


def test_the_next_day_of_goods_that_are_sold_is_named(site: Desktop) -> None:
    site.send("florsol", "old.csv", stock([(9, 11, "UIO")]))
    site.send("florsol", "new.csv", stock([(9, 0, "BOG")], begins=2))
    row = ordered(site, 1)
    assert (row["reason_code"], row["ship_date"]) == ("E-13", str(MONDAY + timedelta(days=2)))


def test_what_lies_where_nothing_is_published_is_not_sold_nor_spoken_of(site: Desktop) -> None:
    """K-10."""
    site.reconfigure(ONLY_UIO)
    site.send("florsol", "stock.csv", stock([(2, 1, "UIO"), (9, 1, "BOG")]))
    row = ordered(site, 5)
    assert (row["confirmed_boxes"], bought(site)) == ("2", {"UIO": 2, "BOG": 0})
    row = ordered(site, 1, "2")
    assert (row["status"], "BOG" in row["message"]) == ("rejected", False)


@pytest.mark.parametrize(
    ("boxes", "status", "sold"),
    [
        (2, "accepted", {"UIO": 2, "BOG": 0}),
        (6, "accepted", {"UIO": 0, "BOG": 6}),
        (9, "changed", {"UIO": 0, "BOG": 7}),
    ],
)
def test_a_line_is_served_from_one_place(
    site: Desktop, boxes: int, status: str, sold: dict[str, int]
) -> None:
    """Domain 4.8, 10."""
    site.send("florsol", "stock.csv", stock([(4, 1, "UIO"), (7, 1, "BOG")]))
    row = ordered(site, boxes)
    assert (row["status"], bought(site)) == (status, sold)
    assert ("4 more lie elsewhere" in row["message"]) is (status == "changed")


def changed(site: Desktop, boxes: int) -> tuple[str, str]:
    """Let the buyer ask for `boxes` of line 1 in all; return status and message of the answer."""
    body = cart("1", ("1", "BLM-100", boxes, "")).replace(b",Box,,", b",Box,CHANGE,")
    ((status, _, message),) = rows(only(site.send("bloom", "change.csv", body), "bloom/advice"))
    return status, message


@pytest.mark.parametrize(
    ("boxes", "said"),
    [
        (4, ""),
        (6, "only 4 Box left of 6 in one place; 9 more lie elsewhere: order them on another line"),
    ],
)
def test_what_a_change_adds_comes_from_the_place_that_the_line_has(
    site: Desktop, boxes: int, said: str
) -> None:
    """Domain 4.8, 10: all of a line lies in one place, however often it grows."""
    site.send("florsol", "stock.csv", stock([(4, 1, "UIO"), (9, 1, "BOG")]))
    ordered(site, 2)
    assert changed(site, boxes) == ("done", said)
    assert bought(site) == {"UIO": 4, "BOG": 0}


def test_more_of_a_line_whose_place_has_none_is_refused_and_the_line_stays(site: Desktop) -> None:
    site.send("florsol", "stock.csv", stock([(4, 1, "UIO"), (9, 1, "BOG")]))
    ordered(site, 4)
    status, message = changed(site, 6)
    assert status == "refused"
    assert "4 Box left of 6 in one place; 9 more lie elsewhere" in message
    assert bought(site) == {"UIO": 4, "BOG": 0}


def test_what_lies_where_nothing_is_published_any_more_is_not_checked_out(site: Desktop) -> None:
    """Domain 4.8, 9: it stays in the cart until that ends."""
    site.send("florsol", "stock.csv", stock([(9, 1, "BOG")]))
    site.send("bloom", "c.csv", cart("C", ("1", "BLM-100", 2, "draft")))
    site.reconfigure(ONLY_UIO)
    files = site.send("bloom", "out.csv", cart("C", ("1", "BLM-100", 2, "checked-out")))
    row = answers(files)["1"]
    assert row["reason_code"] == "E-12" and "sells it to you no more" in row["message"]
    assert not [name for name in files if name.startswith("florsol/850")]
    assert ([order.state for order in site.orders()], bought(site)) == (["draft"], {"BOG": 2})


PLACES = 'title = "Bloom Wholesale"\nlocations = ["MIA", "BOS", "ATL"]'
OWN = "location_schedules = { MIA = { wed = 1 }, BOS = { tue = 2 } }"


def buyers_places(terms: str) -> str:
    """Return the sample network, where bloom has three locations and no schedule for all."""
    network = with_terms(link=f"schedule = {{}}\n{terms}")
    return network.replace('title = "Bloom Wholesale"', PLACES)


def first_truck(site: Desktop, terms: str) -> list[object]:
    site.reconfigure(buyers_places(terms))
    files = site.send("florsol", "stock.csv", stock([(9, 1, "")]))
    return [one.first_truck for told in told_to(files, "bloom") for one in told.offers.values()]


@pytest.mark.parametrize(
    ("taking_part", "days"),
    [("", 3), ('buyer_locations = ["MIA"]', 3), ('buyer_locations = ["BOS"]', 3)],
)
def test_stock_is_shown_by_the_days_of_the_locations_that_take_part(
    site: Desktop, taking_part: str, days: int
) -> None:
    """MIA: Wednesday, then Thursday. BOS: Tuesday, then Thursday."""
    assert first_truck(site, f"{OWN}\n{taking_part}") == [MONDAY + timedelta(days=days)]


def test_the_earliest_day_of_all_locations_is_shown(site: Desktop) -> None:
    own = "location_schedules = { MIA = { wed = 1 }, BOS = { tue = 0 } }"
    assert first_truck(site, own) == [TUESDAY]


def test_locations_without_any_schedule_are_shown_nothing(site: Desktop) -> None:
    assert first_truck(site, f'{OWN}\nbuyer_locations = ["ATL"]') == []


@pytest.mark.parametrize(
    ("location", "said"),
    [("BOS", "does not buy over this connection"), ("XYZ", "is no location of bloom")],
)
def test_an_order_of_a_location_that_takes_no_part_is_refused(
    site: Desktop, location: str, said: str
) -> None:
    site.reconfigure(buyers_places(f'{OWN}\nbuyer_locations = ["MIA", "ATL"]'))
    site.send("florsol", "stock.csv", stock([(9, 1, "")]))
    row = answers(site.send("bloom", "o.csv", placed(location)))["1"]
    assert (row["status"], row["reason_code"]) == ("rejected", "E-23")
    assert said in row["message"] and "name one of MIA, ATL" in row["message"]


def test_a_location_gets_its_own_days(site: Desktop) -> None:
    site.reconfigure(buyers_places(OWN))
    site.send("florsol", "stock.csv", stock([(9, 1, "")]))
    assert answers(site.send("bloom", "b.csv", placed("BOS")))["1"]["status"] == "accepted"
    row = answers(site.send("bloom", "m.csv", placed("mia", "2")))["1"]
    assert (row["reason_code"], row["ship_date"]) == ("E-13", str(TUESDAY + timedelta(days=1)))


def placed(location: str, number: str = "1") -> bytes:
    """Return bloom's order of two boxes for Tuesday, of one of its locations."""
    head, row = cart(number, ("1", "BLM-100", 2, "")).decode().splitlines()
    return f"{head},location\n{row},{location}\n".encode()

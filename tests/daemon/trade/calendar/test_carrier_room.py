"""A carrier takes so many cubic feet a day; what it has no room for is told the next day (2.1).

The half box of the sample tables is 41 x 10 x 12 inches: 2.85 cubic feet.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest

from daemon.config import FILE_NAME
from daemon.trade.views.seen import explain, links, lots_called
from tests.daemon.partner_files import interchange
from tests.daemon.sites import Desktop, desktop, only
from tests.daemon.today import SetClock
from tests.daemon.trade.cart_files import (
    CALENDAR,
    MONDAY,
    OTHER,
    ROSE,
    ROSES,
    TUESDAY,
    answers,
    at,
    network,
    stock,
    taken,
)

HEAD = "po_number,line,vendor_code,ship_date,carrier_code,product_code,boxes,unit_type,action"
WEDNESDAY = TUESDAY.replace(day=25)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Desktop]:
    """Monday morning; TRUCK1 takes four half boxes a day."""
    with desktop(
        tmp_path / "s", network=network(link=CALENDAR), clock=SetClock(at(MONDAY, 9))
    ) as opened:
        prepare(opened)
        yield opened


def prepare(site: Desktop) -> None:
    limit(site, "TRUCK1", "12")
    site.map_row("carriers", "bloom,,SUNL,Sunline,TRUCK1,,yes,,,,,,")
    site.map_row("carriers", "tulipan,,SUN,Sunline,TRUCK1,,yes,,,,,,")
    site.send("florsol", "stock.csv", stock(*ROSES))


def limit(site: Desktop, carrier: str, cubes: str) -> None:
    """Say in carriers.csv how many cubic feet a carrier takes a day."""
    file = site.root / "mappings" / "carriers.csv"
    rows = list(csv.DictReader(StringIO(file.read_text())))
    out = StringIO()
    names = dict.fromkeys([*rows[0], "capacity_cubes"])
    writer = csv.DictWriter(out, list(names), restval="", lineterminator="\n")
    writer.writeheader()
    for row in rows:
        is_own = (row["partner"], row["source_code"]) == ("*", carrier)
        writer.writerow({**row, "capacity_cubes": cubes} if is_own else row)
    file.write_text(out.getvalue())
    reloaded = site.p.tables.refresh(is_whole=True)
    assert reloaded is not None and reloaded.is_good, reloaded


def order(
    site: Desktop,
    number: str,
    *boxes: int,
    ship: str = TUESDAY.isoformat(),
    carrier: str = "SUNL",
    action: str = "NEW",
) -> dict[str, dict[str, str]]:
    """Let bloom order so many boxes of one rose and another; return its answer by line."""
    return answers(sent(site, number, *boxes, ship=ship, carrier=carrier, action=action))


def sent(
    site: Desktop,
    number: str,
    *boxes: int,
    ship: str = TUESDAY.isoformat(),
    carrier: str = "SUNL",
    action: str = "NEW",
) -> dict[str, bytes]:
    codes = zip("12", boxes, (ROSE, OTHER), strict=False)
    rows = [
        f"{number},{line},florsol,{ship},{carrier},{code},{count},Box,{action}"
        for line, count, code in codes
    ]
    name = f"{number}-{len(site.arrivals())}.csv"
    return site.send("bloom", name, "\n".join([HEAD, *rows, ""]).encode())


def test_what_does_not_fit_is_told_the_next_day_with_room(site: Desktop) -> None:
    assert order(site, "P1", 3)["1"]["status"] == "accepted"
    late = order(site, "P2", 2)["1"]
    assert (late["status"], late["reason_code"]) == ("rejected", "E-13")
    assert late["ship_date"] == WEDNESDAY.isoformat()
    assert "SUNL has room for 3.46 of its 12 cubic feet on 2026-11-24" in late["message"]
    assert taken(site)["ROS-FRE-50"] == 3 * 14
    assert order(site, "P3", 1)["1"]["status"] == "accepted"
    assert order(site, "P4", 2, ship=WEDNESDAY.isoformat())["1"]["status"] == "accepted"


def test_other_carriers_and_orders_without_one_go_on(site: Desktop) -> None:
    order(site, "P1", 4)
    assert order(site, "P2", 4, carrier="")["1"]["status"] == "accepted"


def test_lines_are_judged_one_after_another(site: Desktop) -> None:
    answer = order(site, "P1", 3, 3)
    assert [answer[line]["status"] for line in "12"] == ["accepted", "rejected"]
    assert taken(site) == {"ROS-FRE-50": 3 * 14, "ROS-EXP-60": 0}


def test_what_never_fits_has_no_next_day(site: Desktop) -> None:
    never = order(site, "P1", 5)["1"]
    assert never["reason_code"] == "E-12"
    assert "name another carrier, or order less" in never["message"]


def test_cancelled_goods_make_room(site: Desktop) -> None:
    order(site, "P1", 4)
    assert order(site, "P2", 2)["1"]["status"] == "rejected"
    sent(site, "P1", 1, action="CANCEL")
    assert order(site, "P3", 2)["1"]["status"] == "accepted"


def test_room_is_that_of_all_buyers(site: Desktop) -> None:
    order(site, "P1", 3)
    row = f"T1,1,florsol,{TUESDAY},SUN,TUL-FRE50,2,Box,NEW"
    files = site.send("tulipan", "t.csv", f"{HEAD}\n{row}\n".encode())
    assert answers(files, "tulipan")["1"]["status"] == "rejected"


def test_a_change_may_not_overload_it(site: Desktop) -> None:
    order(site, "P1", 2)
    order(site, "P2", 1)
    more = only(sent(site, "P1", 4, action="CHANGE"), "bloom/advice-").decode()
    assert "line,P1,1,refused,,E-13" in more and WEDNESDAY.isoformat() in more
    assert taken(site)["ROS-FRE-50"] == 3 * 14
    assert ",refused," not in only(sent(site, "P1", 3, action="CHANGE"), "bloom/advice-").decode()
    assert taken(site)["ROS-FRE-50"] == 4 * 14


def test_nor_may_one_move_there(site: Desktop) -> None:
    order(site, "P1", 3)
    order(site, "P2", 3, ship=WEDNESDAY.isoformat())
    moved = site.send("bloom", "m.csv", f"{HEAD}\nP2,1,florsol,{TUESDAY},,,,,CHANGE\n".encode())
    said = only(moved, "bloom/advice-").decode()
    assert "ship date: not changed" in said and "E-13" in said
    assert [str(each.ship_date) for each in site.orders()] == ["2026-11-24", "2026-11-25"]


def test_the_order_itself_is_not_in_its_own_way(site: Desktop) -> None:
    order(site, "P1", 4)
    again = f"{HEAD}\nP1,1,florsol,{WEDNESDAY},,,,,CHANGE\n".encode()
    site.send("bloom", "m1.csv", again)
    assert [str(each.ship_date) for each in site.orders()] == [str(WEDNESDAY)]
    site.send("bloom", "m2.csv", again.replace(b"11-25", b"11-24"))
    assert [str(each.ship_date) for each in site.orders()] == [str(TUESDAY)]


def test_a_test_order_takes_no_room(site: Desktop) -> None:
    """P-29."""
    head = f"DTM*010*{TUESDAY:%Y%m%d}", "TD5**2*SUNL", "PO1*1*4*BX*0.30**BP*BLM-111", "CTT*1"
    body = ["BEG*00*SA*X1**20261123", *head]
    site.send("bloom", "x.edi", interchange([body], control=1, usage="T"))
    assert [each.is_test for each in site.orders()] == [True]
    assert order(site, "P1", 4)["1"]["status"] == "accepted"


def test_a_cart_without_a_day_is_held_to_the_one_that_it_gets(site: Desktop) -> None:
    """Of Monday, where the first goods are there."""
    head = HEAD.replace("action", "cart_status")
    draft = f"{head}\nW1,1,florsol,,SUNL,{ROSE},3,Box,draft\n"
    assert answers(site.send("bloom", "w1.csv", draft.encode()))["1"]["reason_code"] == "draft"
    order(site, "P1", 3, ship=MONDAY.isoformat())
    out = draft.replace("draft", "checked-out")
    answer = answers(site.send("bloom", "w2.csv", out.encode()))["1"]
    assert "SUNL has room for 3.46 of its 12 cubic feet on 2026-11-23" in answer["message"]
    assert "the next ship date with room for it is 2026-11-24" in answer["message"]
    assert [each.state for each in site.orders()] == ["draft", "approved"]
    site.send("bloom", "w3.csv", out.replace("florsol,,", f"florsol,{TUESDAY},").encode())
    assert [each.state for each in site.orders()] == ["approved", "approved"]


LEDGER = "\n[ledger]"
FEED = """
modality = ["sales", "procurement"]
default_carrier = "TRUCK1"
"""


@pytest.fixture
def feed(tmp_path: Path, ledger_url: str) -> Iterator[Desktop]:
    """As `site`, where TRUCK1 takes all that goes to bloom's warehouse."""
    made = network(link=CALENDAR + FEED).replace('availability = "x12"', 'availability = "csv"')
    clock = SetClock(at(MONDAY, 9))
    with desktop(tmp_path / "s", network=made, ledger_url=ledger_url, clock=clock) as opened:
        prepare(opened)
        yield opened


def offers(files: dict[str, bytes]) -> list[dict[str, str]]:
    """Return the rows that bloom is told of florsol's stock."""
    told = [body for name, body in sorted(files.items()) if name.startswith("bloom/availability")]
    return list(csv.DictReader(StringIO(told[-1].decode())))


def test_a_day_without_room_is_not_shown(feed: Desktop) -> None:
    """All go by TRUCK1, so bloom sees the first day on which it takes anything."""
    row = f"P1,1,florsol,{MONDAY},,{ROSE},4,Box,NEW"
    files = feed.send("bloom", "p.csv", f"{HEAD}\n{row}\n".encode())
    assert {row["available_from"] for row in offers(files)} == {"2026-11-25"}
    cancelled = feed.send("bloom", "c.csv", f"{HEAD}\nP1,1,florsol,,,,,,CANCEL\n".encode())
    assert {row["available_from"] for row in offers(cancelled)} == {"2026-11-24"}


def test_why_nothing_is_visible_names_the_carrier(feed: Desktop) -> None:
    network = (feed.root / FILE_NAME).read_text()
    feed.reconfigure(network.replace("max_order_days = 14", "max_order_days = 1").split(LEDGER)[0])
    row = f"P1,1,florsol,{MONDAY},,{ROSE},4,Box,NEW"
    feed.send("bloom", "p.csv", f"{HEAD}\n{row}\n".encode())
    with feed.p.ledger.read() as conn:
        (link, *_) = links(conn, feed.site, feed.p.tables.current, at(MONDAY, 9))
        lot = lots_called(conn, link, ROSE)[0]
        reasons = explain(link, lot).hidden
    told = [(each.rule, each.sentence, each.setting) for each in reasons]
    assert told[0] == (
        "2.1",
        "TRUCK1, which takes the goods, has no more room on 2026-11-23",
        "capacity_cubes of TRUCK1 in carriers.csv",
    )


def test_a_box_type_without_a_size_is_warned_of(site: Desktop) -> None:
    site.map_row("box_types", "*,,PL,Pallet,PL,Pallet,yes,,,,8,,,,")
    assert any("PL has no size" in each for each in site.p.tables.current.warnings)

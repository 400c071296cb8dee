"""The age of goods whose vendor says no day of cutting: it counts from when they were named (K-20).

The files of domain 12.1 and 12.2 have no such day, and a vendor that sends nothing more must not be
on sale for ever.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from tests.daemon.sites import Desktop, desktop
from tests.daemon.today import SetClock
from tests.daemon.trade.cart_files import MONDAY, at, network
from tests.daemon.trade.views.showroom import Goods, advice, told_to

OLDEST = 10


def later(days: int) -> date:
    return MONDAY + timedelta(days=days)


def csv(*, begins: date = MONDAY, quantity: int = 600, tag: str = "") -> bytes:
    """Return a file of domain 12.1: no header, no day of cutting."""
    return f"111,Rosa Explorer 60cm,{begins},{quantity},Stem,,Roses,Red,0.30,25,{tag}\n".encode()


def left(files: dict[str, bytes]) -> list[int]:
    return [int(one.quantity) for told in told_to(files, "bloom") for one in told.offers.values()]


def ordered(number: str) -> bytes:
    header = "po_number,line,vendor_code,ship_date,product_code,boxes,unit_type"
    return f"{header}\n{number},1,florsol,,BLM-100,1,Box\n".encode()


def test_what_a_vendor_ceased_to_name_is_offered_no_longer_than_goods_may_be_old(
    site: Desktop, clock: SetClock
) -> None:
    assert left(site.send("florsol", "stock.csv", csv())) == [600]
    clock.set(at(later(OLDEST), 9))
    assert left(site.run()) == [600]
    clock.set(at(later(OLDEST + 1), 9))
    assert left(site.run()) == [0]


def test_what_is_offered_no_more_can_not_be_ordered(site: Desktop, clock: SetClock) -> None:
    site.send("florsol", "stock.csv", csv())
    clock.set(at(later(OLDEST + 1), 9))
    files = site.send("bloom", "order.csv", ordered("B-1"))
    (answer,) = [body.decode() for name, body in files.items() if "/order-ack-" in name]
    assert "rejected" in answer
    assert "K-20" in answer


def test_naming_it_again_makes_it_new_though_nothing_else_changed(
    site: Desktop, clock: SetClock
) -> None:
    site.send("florsol", "stock.csv", csv())
    clock.set(at(later(OLDEST + 1), 9))
    site.run()
    assert left(site.send("florsol", "again.csv", csv() + b"\n")) == [600]
    files = site.send("bloom", "order.csv", ordered("B-1"))
    assert any("/order-ack-" in name and b"accepted" in body for name, body in files.items())


def test_a_file_every_day_is_no_news_to_buyers(site: Desktop, clock: SetClock) -> None:
    site.send("florsol", "stock.csv", csv())
    clock.set(at(later(1), 9))
    site.run()
    assert left(site.send("florsol", "again.csv", csv() + b"\n")) == []


def test_goods_to_come_age_from_the_day_they_are_there(site: Desktop, clock: SetClock) -> None:
    site.send("florsol", "stock.csv", csv(begins=later(5)))
    clock.set(at(later(5 + OLDEST), 9))
    assert left(site.run()) == [600]
    clock.set(at(later(5 + OLDEST + 1), 9))
    assert left(site.run()) == [0]


def test_goods_with_a_last_day_end_with_it_alone(site: Desktop, clock: SetClock) -> None:
    goods = Goods("FS-1060", 600, ends=OLDEST + 9)
    assert left(site.send("florsol", "stock.edi", advice(goods, control=1, at=clock.now()))) == [
        600
    ]
    clock.set(at(later(OLDEST + 5), 9))
    assert left(site.run()) == [600]


def test_a_csv_says_the_last_day_in_a_column(site: Desktop, clock: SetClock) -> None:
    head = "vendorId,productDescription,availableFrom,availableTo,quantityUnits,unitType,category"
    row = f"111,Rosa Explorer 60cm,{MONDAY},{later(20)},600,Stem,Roses,Red,0.30,25"
    said = f"{head},color,unitCost,stemsBunch\n{row}\n".encode()
    assert left(site.send("florsol", "stock.csv", said)) == [600]
    clock.set(at(later(OLDEST + 5), 9))
    assert left(site.run()) == [600]
    clock.set(at(later(21), 9))
    assert left(site.run()) == [0]


def test_a_buyers_own_greatest_age_counts_for_it_too(tmp_path: Path, clock: SetClock) -> None:
    said = network(link="buyer_age_days = { max = 3 }")
    with desktop(tmp_path / "own", network=said, clock=clock) as site:
        site.send("florsol", "stock.csv", csv())
        clock.set(at(later(4), 9))
        assert left(site.run()) == [0]
        # The others' windows are wider: only its own makes a count of an old file news.
        assert left(site.send("florsol", "again.csv", csv() + b"\n")) == [600]


def test_a_least_age_is_reached_by_waiting_and_lost_by_a_new_count(
    tmp_path: Path, clock: SetClock
) -> None:
    said = network(selling="selling = { age_days = { min = 2 } }")
    with desktop(tmp_path / "own", network=said, clock=clock) as site:
        assert left(site.send("florsol", "stock.csv", csv())) == []
        clock.set(at(later(2), 9))
        assert left(site.run()) == [600]
        assert left(site.send("florsol", "again.csv", csv() + b"\n")) == [0]

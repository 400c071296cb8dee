"""Goods travel under a number that a file gives them, a temporary one, or the end of one."""

from __future__ import annotations

from pathlib import Path

from daemon.ledger.holds import HoldKind
from tests.daemon.network import NETWORK
from tests.daemon.sites import Desktop, desktop, only
from tests.daemon.today import day
from tests.daemon.trade.answering import states
from tests.daemon.trade.goods_files import GOOD, bills, confirmed, rows, segments, ship


def test_without_a_number_goods_travel_under_a_temporary_one(site: Desktop) -> None:
    """W-04: made from the ship date and the order number."""
    confirmed(site, 2)
    files = ship(site, {"boxes": 2, "awb": ""})
    (bill,) = bills(site)
    number = f"TMP{day(2):%y%m%d}-1"
    assert (bill.awb, bill.is_temporary, bill.temporary_awb) == (number, True, number)
    assert ["REF", "AW", number] in segments(only(files, "bloom/856"))


def test_an_order_without_ship_date_in_the_file_travels_on_its_own(site: Desktop) -> None:
    confirmed(site, 1)
    ship(site, {"boxes": 1, "ship_date": ""})
    assert bills(site)[0].ship_date == day(2)


def test_a_vendor_may_tie_shipments_to_the_date_of_the_order(tmp_path: Path) -> None:
    """P-24, E-19: a setting, off unless the vendor wants it."""
    bound = NETWORK.replace(
        "receives_labels = true\n",
        "receives_labels = true\nselling = { ships_on_order_date = true }\n",
        1,
    )
    with desktop(tmp_path / "free") as site:
        confirmed(site, 1)
        ship(site, {"boxes": 1, "ship_date": day(1).isoformat()})
        assert states(site) == ["shipped"]
    with desktop(tmp_path / "bound", network=bound) as site:
        confirmed(site, 1)
        files = ship(site, {"boxes": 1, "ship_date": day(1).isoformat()})
        ((status, code, message),) = rows(only(files, "florsol/advice"))
        assert (status, code) == ("refused", "E-19")
        assert str(day(2)) in message
        ship(site, {"boxes": 1})
        assert states(site) == ["shipped"]


def test_four_digits_join_the_waybill_of_that_day_that_ends_in_them(site: Desktop) -> None:
    """W-03."""
    confirmed(site, 1, 1)
    ship(site, {"boxes": 1})
    ship(site, {"boxes": 1, "line": 2, "awb": GOOD[-4:]})
    assert [bill.awb for bill in bills(site)] == [GOOD]
    assert states(site) == ["shipped"]


def test_four_digits_that_fit_two_waybills_wait(site: Desktop) -> None:
    confirmed(site, 1, 1, 1)
    ship(site, {"boxes": 1})
    ship(site, {"boxes": 1, "line": 2, "awb": "176-99990743"})
    ship(site, {"boxes": 1, "line": 3, "awb": "0743"})
    (hold,) = site.holds()
    assert hold.kind is HoldKind.UNCLEAR_WAYBILL
    assert GOOD in hold.message and "176-99990743" in hold.message

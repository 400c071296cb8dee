"""An order goes over a connection only where availability would: K-01 to K-10, each by its name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from daemon.errors import UsageError
from daemon.ledger.holds import HoldKind
from tests.daemon.network import NETWORK
from tests.daemon.partner_files import purchase_order
from tests.daemon.sites import Desktop, desktop, only
from tests.daemon.today import SetClock, day
from tests.daemon.trade.cart_files import at
from tests.daemon.trade.direct import HOME, order_csv
from tests.daemon.trade.orders.order_answers import acknowledgement, answers, publish

ORDER = purchase_order("1", ("BLM-100", "1", "BX"))
LATER = day(1).isoformat()
SEVERAL = 'title = "Florsol Farms"\nlocations = ["UIO", "BOG"]'
LACKS = {
    "K-01 vendor": ("K-01", 'vendor_code = "V1"\n', ""),
    "K-01 customer": ("K-01", 'customer_code = "C1"\n', ""),
    "K-02": ("K-02", "schedule = {", "location_schedules = {}\nbuyer_age_days = {} #"),
    "K-03": ("K-03", "pricing = { truck_per_cube = 0 }\n", ""),
    "K-07": ("K-07", 'receives_labels = true\ncurrency = "USD"', "receives_labels = true"),
    "K-08 orders": ("K-08", 'receives_orders = ["x12", "csv"]', "receives_orders = []"),
    "K-08 days": ("K-08", "days_of_service = [", "notify_cancel_to = [] #"),
    "K-09 off": ("K-09", 'when_short = "cut"', 'when_short = "cut"\nis_on = false'),
    "K-09 vendor": ("K-09", "agreed = { vendor = 2026-01-05, ", "agreed = { "),
    "K-09 buyer": ("K-09", ", buyer = 2026-01-05 }", " }"),
    "K-09 later": ("K-09", "buyer = 2026-01-05", f"buyer = {LATER}"),
    "K-10": ("K-10", 'title = "Florsol Farms"', SEVERAL),
}
"""By what a network lacks: the rule, what is taken out of the sample network, and for what."""


def lacking(what: str) -> str:
    """Return the sample network without one thing; the first place is florsol's link to bloom."""
    _rule, old, new = LACKS[what]
    assert old in NETWORK
    return NETWORK.replace(old, new, 1)


@pytest.fixture
def clock() -> SetClock:
    return SetClock(at(day(), 9))


@pytest.fixture
def site(tmp_path: Path, clock: SetClock) -> Iterator[Desktop]:
    with desktop(tmp_path / "site", clock=clock) as opened:
        publish(opened, 5)
        yield opened


def to_florsol(files: dict[str, bytes]) -> list[str]:
    return [name for name in files if name.startswith("florsol/850")]


def states(site: Desktop) -> list[str]:
    return [order.state for order in site.orders()]


@pytest.mark.parametrize("what", LACKS)
def test_an_order_waits_for_what_its_connection_lacks_and_goes_on_by_itself(
    site: Desktop, what: str
) -> None:
    site.reconfigure(lacking(what))
    files = site.send("bloom", "order.edi", ORDER)
    assert acknowledgement(only(files, "bloom/855")) == "AH"
    assert not to_florsol(files)
    (hold,) = site.holds()
    assert (hold.kind, hold.vendor) == (HoldKind.NOT_READY, "florsol")
    assert f"{LACKS[what][0]}: " in hold.message
    assert site.lots()["ROS-EXP-60"][1] == 0
    with pytest.raises(UsageError, match=LACKS[what][0]):
        site.release(hold.id)
    site.reconfigure(NETWORK)
    files = site.run()
    assert to_florsol(files)
    assert [answers(only(files, "bloom/855"))[0][1], states(site)] == ["1", ["approved"]]
    assert site.holds() == []


def test_a_release_lets_it_go_on_once_the_connection_is_complete(site: Desktop) -> None:
    site.reconfigure(lacking("K-09 off"))
    site.send("bloom", "order.edi", ORDER)
    (hold,) = site.holds()
    site.reconfigure(NETWORK)
    site.release(hold.id)
    assert to_florsol(site.run())


def test_everything_that_is_missing_is_named_at_once(site: Desktop) -> None:
    site.reconfigure(
        lacking("K-01 vendor").replace("days_of_service = [", "notify_cancel_to = []#", 1)
    )
    site.send("bloom", "order.edi", ORDER)
    (hold,) = site.holds()
    assert hold.source_description == "K-01, K-08"
    assert "set vendor_code of [[connection]] florsol -> bloom in k2kd.toml" in hold.message


def test_the_buyer_is_told_which_rules_it_waits_for_and_no_setting(site: Desktop) -> None:
    site.reconfigure(lacking("K-03"))
    files = site.send("bloom", "o.csv", order_csv("1", ship_via="warehouse"))
    body = only(files, "bloom/order-ack-1").decode()
    assert "K-03" in body and "k2kd.toml" not in body


def test_an_agreement_of_a_later_day_lets_the_order_go_on_that_day(
    site: Desktop, clock: SetClock
) -> None:
    site.reconfigure(lacking("K-09 later"))
    assert not to_florsol(site.send("bloom", "order.edi", ORDER))
    clock.set(at(day(1), 9))
    assert to_florsol(site.run())


def test_a_rate_that_is_missing_is_waited_for_and_a_row_frees_the_order(site: Desktop) -> None:
    pesos = NETWORK.replace('receives_labels = true\ncurrency = "USD"', 'currency = "COP"')
    site.reconfigure(pesos)
    site.send("bloom", "order.edi", ORDER)
    (hold,) = site.holds()
    assert hold.kind is HoldKind.NO_RATE
    site.map_row("rates", "COP,USD,0.00025,2026-01-01,,")
    assert to_florsol(site.run())


def test_a_buyer_that_is_sent_no_availability_may_order(site: Desktop) -> None:
    site.reconfigure(NETWORK.replace('receives_availability = "x12"', "", 1))
    assert to_florsol(site.send("bloom", "order.edi", ORDER))


def test_what_ships_direct_needs_no_inbound_truck(site: Desktop) -> None:
    """K-63: an inbound truck is no part of its cost."""
    site.reconfigure(lacking("K-03"))
    assert to_florsol(site.send("bloom", "o.csv", order_csv("1", **HOME)))


def test_a_test_order_waits_like_a_real_one(site: Desktop) -> None:
    site.reconfigure(lacking("K-09 off"))
    files = site.send("bloom", "order.edi", purchase_order("1", ("BLM-100", "1", "BX"), usage="T"))
    assert not to_florsol(files)
    assert [hold.kind for hold in site.holds()] == [HoldKind.NOT_READY]


def test_what_is_ordered_already_is_changed_over_a_connection_that_is_off(site: Desktop) -> None:
    site.send("bloom", "order.edi", ORDER)
    site.reconfigure(lacking("K-09 off"))
    again = purchase_order("1", ("BLM-100", "2", "BX"), purpose="05", control=2)
    files = site.send("bloom", "again.edi", again)
    assert (to_florsol(files), states(site)[-1]) != ([], "held")
    assert site.lots()["ROS-EXP-60"][1] == 600

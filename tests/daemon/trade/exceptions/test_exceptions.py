"""What a rule refused is answered to its partner and held up to the operator (domain 14).

One exception a document, which stops nothing and which a person's word ends.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from daemon import cli
from daemon.ledger.holds import Hold, HoldKind, open_holds
from tests.daemon.network import NETWORK
from tests.daemon.sites import Desktop, desktop, only
from tests.daemon.today import DayClock, SetClock, day
from tests.daemon.trade.cart_files import (
    CALENDAR,
    MONDAY,
    OTHER,
    ROSE,
    ROSES,
    TUESDAY,
    answers,
    at,
    cart,
    network,
    stock,
)
from tests.daemon.trade.direct import DIRECT, HOME, order_csv, publish
from tests.daemon.trade.systems.prebook_files import details, made_of
from tests.daemon.trade.systems.prebook_files import sent as prebook_sent

LATE = 'selling = { ecommerce_cut_off = { daily = "1200" } }'
PLACES = 'title = "Bloom Wholesale"\nlocations = ["MIA", "BOS"]'
SYSTEM = "axerrio-florsol"
LINE = """
[[partner]]
name = "sunline"
title = "Sunline Truck Lines"
roles = ["carrier"]
hauling = { carriers = ["TRUCK2"], shipper_account = "77120", accounts = { ROSELANE = "R-501" } }

"""
Answered = list[tuple[str, str]]
"""Status and rule, or sentence, of each refused line, as its partner reads them."""


def exceptions(site: Desktop) -> list[Hold]:
    with site.p.ledger.read() as conn:
        return open_holds(conn, [HoldKind.EXCEPTION])


def refused_rows(files: dict[str, bytes]) -> Answered:
    return [(row["status"], row["reason_code"]) for row in answers(files).values()]


def past_the_cut_off(site: Desktop) -> Answered:
    """Order two lines at half past twelve, for today."""
    site.send("florsol", "stock.csv", stock(*ROSES))
    body = cart("P1", ("1", ROSE, 2, ""), ("2", OTHER, 1, ""), ship=MONDAY)
    return refused_rows(site.send("bloom", "po.csv", body))


def beyond_the_calendar(site: Desktop) -> Answered:
    """Order two lines for a day that is further than any order may be."""
    site.send("florsol", "stock.csv", stock(*ROSES))
    body = cart("P1", ("1", ROSE, 2, ""), ("2", OTHER, 1, ""), ship=date(2026, 12, 20))
    return refused_rows(site.send("bloom", "po.csv", body))


def without_a_location(site: Desktop) -> Answered:
    publish(site)
    body = order_csv("P1", {"line": 1}, {"line": 2}, ship_via="warehouse")
    return refused_rows(site.send("bloom", "po.csv", body))


def of_another_vendor(site: Desktop) -> Answered:
    """Let florsol's system order two lines of a prebook that are not there."""
    said = details(prebook_sent(site))
    files = site.send(SYSTEM, "po.json", made_of(said, number="P1", prebookItem="99999"))
    told = json.loads(only(files, f"{SYSTEM}/ack"))
    return [(line["status"], line["reason"].split(":")[0][:4]) for line in told["lines"]]


@dataclass(frozen=True, slots=True)
class Case:
    """How a rule comes to speak on two lines of order P1."""

    rule: str
    network: str
    act: Callable[[Desktop], Answered]
    advice: str
    """What the operator is told to do."""
    partner: str = "bloom"
    is_at_noon: bool = True


CASES = (
    Case("E-10", network(link=CALENDAR, selling=LATE), past_the_cut_off, "ecommerce_cut_off"),
    Case("E-12", network(link=CALENDAR), beyond_the_calendar, "k2kd availability --explain"),
    Case(
        "E-23",
        NETWORK.replace('title = "Bloom Wholesale"', PLACES),
        without_a_location,
        "write it into locations of the partner",
        is_at_noon=False,
    ),
    Case("E-27", NETWORK, of_another_vendor, "k2kd prebooks", SYSTEM, is_at_noon=False),
)


@pytest.fixture(params=CASES, ids=lambda case: case.rule)
def case(request: pytest.FixtureRequest) -> Case:
    found: Case = request.param
    return found


@pytest.fixture
def site(tmp_path: Path, case: Case) -> Iterator[Desktop]:
    clock = SetClock(at(MONDAY, 12, 30)) if case.is_at_noon else DayClock()
    with desktop(tmp_path / "site", network=case.network, clock=clock) as opened:
        yield opened


def test_the_partner_is_answered_and_the_operator_has_one_exception_a_document(
    site: Desktop, case: Case
) -> None:
    assert case.act(site) == [("rejected", case.rule)] * 2
    (exception,) = exceptions(site)
    assert (exception.partner, exception.place) == (case.partner, "order P1")
    for part in (f"{case.rule} line 1", f"{case.rule} line 2", case.advice, "Nothing waits"):
        assert part in exception.message
    # It stops nothing: its file is done, and nothing waits.
    assert (site.states()[-1], site.holds()) == ("posted", [])


@pytest.mark.parametrize("is_released", [True, False], ids=["released", "rejected"])
def test_a_persons_word_ends_it_and_nobody_is_told(
    site: Desktop, case: Case, *, is_released: bool
) -> None:
    case.act(site)
    (exception,) = exceptions(site)
    before = [order.state for order in site.orders()]
    if is_released:
        site.release(exception.id)
    else:
        site.reject(exception.id, "so be it")
    assert (exceptions(site), site.run()) == ([], {})
    assert [order.state for order in site.orders()] == before


# --- E-26: what a truck line is not told of


@pytest.fixture
def hauled(tmp_path: Path) -> Iterator[Desktop]:
    """A site whose truck line has no account of DS9, of whom an order of two boxes leaves."""
    hauling = DIRECT.replace("[[connection]]", LINE + "[[connection]]", 1)
    other = {**HOME, "ship_to_name": "Daisy Shop", "customer_code": "DS9"}
    with desktop(tmp_path / "site", network=hauling) as opened:
        publish(opened)
        opened.send("bloom", "1.csv", order_csv("T-1", **HOME))
        opened.send("bloom", "2.csv", order_csv("T-2", boxes=2, **other))
        yield opened


def manifest(site: Desktop, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    capsys.readouterr()
    words = ["--site", str(site.root), "--date", f"{day(2)}", "--json"]
    cli.main(["manifest", "sunline", *words])
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_boxes_without_an_account_are_one_exception_a_truck_line_and_day(
    hauled: Desktop, capsys: pytest.CaptureFixture[str]
) -> None:
    said = manifest(hauled, capsys)
    assert [problem["code"] for problem in said["problems"]] == ["E-26", "E-26"]
    # The others go.
    assert said["boxes"] == 1 and only(hauled.run(), "sunline/manifest-")
    (exception,) = exceptions(hauled)
    assert (exception.partner, exception.place) == ("sunline", f"boxes for {day(2)}")
    for part in ("E-26 order T-2", "DS9 has no account", "accounts of the truck line"):
        assert part in exception.message
    assert hauled.holds() == []

    # Asked again it is told again, once; a person's word ends it.
    manifest(hauled, capsys)
    (again,) = exceptions(hauled)
    assert again.id != exception.id
    hauled.reject(again.id, "DS9 collects its boxes")
    assert exceptions(hauled) == []


def test_exception_of_a_truck_line_ends_with_the_account(
    hauled: Desktop, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest(hauled, capsys)
    more = LINE.replace('"R-501"', '"R-501", DS9 = "D-1"')
    hauled.reconfigure(DIRECT.replace("[[connection]]", more + "[[connection]]", 1))
    assert manifest(hauled, capsys)["problems"] == []
    assert exceptions(hauled) == []


# --- over by itself, once nothing of it is refused any more


@pytest.fixture
def late(tmp_path: Path) -> Iterator[Desktop]:
    """A site at half past twelve of a Monday, past the cut-off, with ten boxes a rose."""
    clock = SetClock(at(MONDAY, 12, 30))
    made = network(link=CALENDAR, selling=LATE)
    with desktop(tmp_path / "site", network=made, clock=clock) as opened:
        opened.send("florsol", "stock.csv", stock(*ROSES))
        yield opened


def test_an_exception_ends_with_the_order_that_is_sent_again_for_a_later_day(
    late: Desktop,
) -> None:
    late.send("bloom", "po.csv", cart("P1", ("1", ROSE, 2, ""), ship=MONDAY))
    late.send("bloom", "other.csv", cart("P2", ("1", ROSE, 2, ""), ship=MONDAY))
    assert [each.place for each in exceptions(late)] == ["order P1", "order P2"]
    files = late.send("bloom", "again.csv", cart("P1", ("1", ROSE, 2, ""), ship=TUESDAY))
    assert [row["status"] for row in answers(files).values()] == ["accepted"]
    assert [each.place for each in exceptions(late)] == ["order P2"]


def test_an_exception_stays_while_the_same_is_refused_again(late: Desktop) -> None:
    for name in ("po.csv", "again.csv"):
        late.send("bloom", name, cart("P1", ("1", ROSE, len(name), ""), ship=MONDAY))
    (exception,) = exceptions(late)
    assert "E-10 line 1" in exception.message


def changed(line: str, boxes: int, action: str) -> bytes:
    """Return a file that changes line `line` of order P1."""
    said = cart("P1", (line, ROSE, boxes, ""), ship=TUESDAY)
    return said.replace(b",Box,,", f",Box,{action},".encode())


def test_exceptions_of_changes_end_with_a_change_of_which_nothing_is_refused(
    late: Desktop,
) -> None:
    late.send("bloom", "po.csv", cart("P1", ("1", ROSE, 2, ""), ship=TUESDAY))
    today = cart("P1", ("1", ROSE, 2, ""), ship=MONDAY).replace(b",Box,,", b",Box,CHANGE,")
    late.send("bloom", "today.csv", today)
    (exception,) = exceptions(late)
    assert exception.place == "order change P1" and "E-10" in exception.message
    late.send("bloom", "more.csv", changed("1", 3, "CHANGE"))
    assert exceptions(late) == []


@pytest.fixture
def half_refused(tmp_path: Path) -> Iterator[Desktop]:
    """A site at which line 2 of order P1 was refused with E-12, line 1 was not."""
    clock = SetClock(at(MONDAY, 9))
    with desktop(tmp_path / "site", network=network(link=CALENDAR), clock=clock) as opened:
        opened.send("florsol", "stock.csv", stock(ROSES[0]))
        opened.send("bloom", "po.csv", cart("P1", ("1", ROSE, 2, ""), ("2", OTHER, 2, "")))
        (exception,) = exceptions(opened)
        assert (exception.place, "E-12 line 2" in exception.message) == ("order P1", True)
        yield opened


def test_the_exception_of_a_line_outlasts_changes_of_the_others(half_refused: Desktop) -> None:
    half_refused.send("bloom", "more.csv", changed("1", 3, "CHANGE"))
    assert [each.place for each in exceptions(half_refused)] == ["order P1"]


@pytest.mark.parametrize("action", ["CHANGE", "CANCEL"])
def test_the_exception_of_a_line_ends_with_its_change_or_with_the_order(
    half_refused: Desktop, action: str
) -> None:
    """A line that is changed to goods that are there is ordered; without line 1 nothing is left."""
    half_refused.send("bloom", "then.csv", changed("2" if action == "CHANGE" else "1", 2, action))
    assert exceptions(half_refused) == []


# --- refused later, while what was held is completed


@pytest.fixture
def waiting(tmp_path: Path) -> Iterator[Desktop]:
    """A site with a cut-off; an order of BLM-999, which nobody knows, came in time for today."""
    clock = SetClock(at(MONDAY, 9))
    made = network(link=CALENDAR, selling=LATE)
    with desktop(tmp_path / "site", network=made, clock=clock) as opened:
        opened.send("florsol", "stock.csv", stock(*ROSES))
        body = cart("P1", ("1", "BLM-999", 1, ""), ("2", ROSE, 1, ""), ship=MONDAY)
        opened.send("bloom", "po.csv", body)
        assert [hold.kind for hold in opened.holds()] == [HoldKind.UNMAPPED]
        assert exceptions(opened) == []
        clock.set(at(MONDAY, 12, 30))
        yield opened


def test_refusal_of_an_order_that_is_mapped_too_late_is_held_up(waiting: Desktop) -> None:
    waiting.map_row("products", "bloom,,BLM-999,,ROS-EXP-60,,yes,,,")
    assert refused_rows(waiting.run()) == [("rejected", "E-10")] * 2
    (exception,) = exceptions(waiting)
    assert (exception.partner, exception.place) == ("bloom", "order P1")
    assert "E-10 line 1" in exception.message and "E-10 line 2" in exception.message
    assert (waiting.states()[-1], waiting.holds()) == ("posted", [])


def test_refusal_of_an_order_that_is_released_is_held_up(tmp_path: Path) -> None:
    """The same number with other content, which a person lets take its place, for too early."""
    made = network(link=CALENDAR)
    with desktop(tmp_path / "site", network=made, clock=SetClock(at(MONDAY, 9))) as site:
        site.send("florsol", "stock.csv", stock(*ROSES))
        site.send("bloom", "a.csv", cart("P1", ("1", ROSE, 1, "")))
        site.send("bloom", "b.csv", cart("P1", ("1", ROSE, 2, ""), ship=date(2026, 12, 20)))
        (hold,) = site.holds()
        assert (hold.kind, exceptions(site)) == (HoldKind.ORDER_EXISTS, [])
        site.release(hold.id)
        assert refused_rows(site.run()) == [("rejected", "E-12")]
        (exception,) = exceptions(site)
        assert "E-12 line 1" in exception.message
        assert site.holds() == []

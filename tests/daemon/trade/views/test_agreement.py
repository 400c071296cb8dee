"""Both sides are told once that their connection is turned on or off, or agreed to (K-09)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete

from daemon.ledger import schema
from daemon.ledger.connections import TRADED
from tests.daemon.network import NETWORK, connection
from tests.daemon.sites import Desktop, desktop
from tests.daemon.today import SetClock, day
from tests.daemon.trade.cart_files import at

OFF = NETWORK.replace('when_short = "cut"', 'when_short = "cut"\nis_on = false')
BOTH = "agreed = { vendor = 2026-01-05, buyer = 2026-01-05 }"
NEW = connection("andes", "tulipan")


@pytest.fixture
def clock() -> SetClock:
    return SetClock(at(day(), 9))


@pytest.fixture
def site(tmp_path: Path, ledger_url: str, clock: SetClock) -> Iterator[Desktop]:
    with desktop(tmp_path / "site", ledger_url=ledger_url, clock=clock) as opened:
        opened.run()
        yield opened


def told(files: dict[str, bytes]) -> dict[str, str]:
    """Return the subjects of notices, by partner."""
    return {name.partition("/")[0]: said["subject"] for name, said in notices(files).items()}


def notices(files: dict[str, bytes]) -> dict[str, dict[str, Any]]:
    return {
        name: json.loads(body)
        for name, body in files.items()
        if name.partition("/")[2].startswith("notice-")
    }


def set_to(site: Desktop, network: str) -> dict[str, bytes]:
    site.reconfigure(network)
    return site.run()


@pytest.fixture
def new_site(tmp_path: Path, ledger_url: str, clock: SetClock) -> Iterator[Desktop]:
    """A site with a ledger that was never used."""
    network = NETWORK + NEW.replace(BOTH, "")
    with desktop(tmp_path / "site", network=network, ledger_url=ledger_url, clock=clock) as opened:
        with opened.p.ledger.write() as conn:
            conn.execute(delete(schema.sequences).where(schema.sequences.c.name == TRADED))
        yield opened


def test_who_traded_before_connections_were_told_of_is_told_nothing(site: Desktop) -> None:
    assert told(site.run()) == {}


def test_the_first_connections_of_a_new_site_are_told_to_both_sides_once(new_site: Desktop) -> None:
    files = new_site.run()
    links = new_site.site.connection
    begun = [link for link in links if (link.vendor, link.buyer) != ("andes", "tulipan")]
    assert len(notices(files)) == 2 * len(begun) > 2
    assert {each.rpartition(": ")[2] for each in told(files).values()} == {"on"}
    assert notices(new_site.run()) == {}, "told twice"
    new_site.reconfigure(NETWORK + NEW.replace(BOTH, ""))
    assert notices(new_site.run()) == {}, "told again after a restart"


def test_turning_off_and_on_is_told_to_both_sides_once(site: Desktop) -> None:
    files = set_to(site, OFF)
    said = "Connection of Florsol Farms and Bloom Wholesale: off"
    assert told(files) == {"florsol": said, "bloom": said}
    assert {each["code"] for each in notices(files).values()} == {"K-09"}
    assert {each["for"] for each in notices(files).values()} == {"connection"}
    assert told(site.run()) == {}
    assert told(set_to(site, OFF)) == {}, "told again after a restart"
    assert {each.rpartition(": ")[2] for each in told(set_to(site, NETWORK)).values()} == {"on"}


@pytest.mark.parametrize(
    ("agreed", "said"),
    [
        (BOTH, "on"),
        ("agreed = { vendor = 2026-01-05 }", "Andes Blooms agreed"),
        ("agreed = { buyer = 2026-01-05 }", "Tulipan Import agreed"),
        (f"agreed = {{ vendor = 2026-01-05, buyer = {day(3)} }}", "agreed"),
    ],
)
def test_a_new_connection_is_told_as_far_as_it_is(site: Desktop, agreed: str, said: str) -> None:
    found = told(set_to(site, NETWORK + NEW.replace(BOTH, agreed)))
    expected = f"Connection of Andes Blooms and Tulipan Import: {said}"
    assert found == {"andes": expected, "tulipan": expected}


@pytest.mark.parametrize("agreed", ["", f"is_on = false\n{BOTH}"])
def test_a_connection_that_nobody_began_is_told_to_nobody(site: Desktop, agreed: str) -> None:
    assert told(set_to(site, NETWORK + NEW.replace(BOTH, agreed))) == {}


def test_an_agreement_of_a_later_day_is_told_again_when_it_begins(
    site: Desktop, clock: SetClock
) -> None:
    soon = BOTH.replace("buyer = 2026-01-05", f"buyer = {day(1)}")
    said = notices(set_to(site, NETWORK + NEW.replace(BOTH, soon)))
    assert {str(day(1)) in each["text"] for each in said.values()} == {True}
    clock.set(at(day() + timedelta(days=1), 9))
    assert [each.rpartition(": ")[2] for each in told(site.run()).values()] == ["on", "on"]


def test_a_connection_that_is_taken_out_is_told_to_have_ended(site: Desktop) -> None:
    set_to(site, NETWORK + NEW)
    found = told(set_to(site, NETWORK))
    assert [each.rpartition(": ")[2] for each in found.values()] == ["ended", "ended"]
    assert told(set_to(site, NETWORK + NEW)).keys() == {"andes", "tulipan"}

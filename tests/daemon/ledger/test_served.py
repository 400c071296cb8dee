"""A partner is served by one daemon, whatever host it runs on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import ValidationError

from daemon import config, service
from daemon.cli.books import Books, Carried, carry_on
from daemon.config import Configuration
from daemon.errors import SiteError
from daemon.ledger.served import Served
from daemon.ledger.store import Ledger, open_ledger
from daemon.safefile import Locked
from tests.daemon.ledgers import prepare
from tests.daemon.network import NETWORK, make_site
from tests.daemon.partner_files import availability
from tests.daemon.sites import drop, outboxes
from tests.postgres import Cluster


@pytest.fixture
def ledgers(postgres_url: str) -> Iterator[tuple[Ledger, Ledger]]:
    """The ledgers of two hosts: one database."""
    both = open_ledger(postgres_url), open_ledger(postgres_url)
    yield both
    for each in both:
        each.close()


def refused(other: Served, *partners: str, patience_s: float = 0.0) -> str:
    with pytest.raises(Locked) as found:
        other.hold(partners, patience_s=patience_s)
    return str(found.value)


def test_partner_that_another_daemon_serves_is_refused_by_name(
    ledgers: tuple[Ledger, Ledger],
) -> None:
    one, two = map(Served, ledgers)
    one.hold(["farm", "bloom"])
    two.hold(["tulipan"])
    assert refused(two, "tulipan", "bloom").startswith("bloom is served by another daemon")
    one.hold(["farm"])
    two.hold(["tulipan", "bloom"])
    one.close()
    two.hold(["farm"])
    assert refused(one, "farm").startswith("farm")
    one.hold(["bloom", "tulipan"])
    one.close()
    two.close()


def test_refusal_lets_go_of_what_was_taken_with_it(ledgers: tuple[Ledger, Ledger]) -> None:
    one, two = map(Served, ledgers)
    one.hold(["zinnia"])
    refused(two, "aster", "zinnia")
    one.hold(["zinnia", "aster"])
    one.close()
    two.close()


def test_start_waits_for_a_host_that_is_just_going_down(ledgers: tuple[Ledger, Ledger]) -> None:
    one = Served(ledgers[0])
    one.hold(["farm"])
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 3:
            one.close()

    two = Served(ledgers[1], sleep)
    two.hold(["farm"], patience_s=10)
    assert len(slept) == 3
    assert len(refused(Served(ledgers[0], slept.append), "farm", patience_s=5)) > 0
    assert sum(slept[3:]) == 5
    two.close()


def test_partners_are_taken_again_after_the_server_restarts(
    postgres_cluster: Cluster, ledgers: tuple[Ledger, Ledger]
) -> None:
    one, two = map(Served, ledgers)
    one.hold(["farm"])
    postgres_cluster.crash()
    one.look()
    postgres_cluster.start()
    one.look()
    refused(two, "farm")
    one.look()
    one.close()
    two.close()


def test_daemon_ends_where_another_took_its_partners_meanwhile(
    postgres_cluster: Cluster, ledgers: tuple[Ledger, Ledger]
) -> None:
    one, two = map(Served, ledgers)
    one.hold(["farm"])
    postgres_cluster.crash()
    postgres_cluster.start()
    two.hold(["farm"])
    with pytest.raises(Locked, match="farm is served by another daemon"):
        one.look()
    two.close()


def test_service_does_not_start_where_its_partners_are_served(
    tmp_path: Path, postgres_url: str
) -> None:
    root = make_site(tmp_path / "site", ledger_url=postgres_url)
    ledger = open_ledger(postgres_url)
    other = Served(ledger)
    other.hold(["bloom"])
    with pytest.raises(Locked, match="bloom is served"):
        service.run(root, once=True)
    other.close()
    assert service.run(root, once=True) == 0
    ledger.close()


def test_command_leaves_the_work_to_a_daemon_of_another_host(
    tmp_path: Path, postgres_url: str
) -> None:
    site = config.load(make_site(tmp_path / "site", ledger_url=postgres_url))
    ledger = open_ledger(postgres_url)
    prepare(postgres_url)
    other = Served(ledger)
    other.hold(["bloom"])
    assert carry_on(Books(site, ledger)) is None
    other.close()
    assert carry_on(Books(site, ledger)) == Carried(0, 0)
    ledger.close()


def test_host_leaves_the_partners_of_others_alone(tmp_path: Path, postgres_url: str) -> None:
    """Its own vendor's stock is told to a buyer of the other host, by that host."""
    own = NETWORK.replace("[site]", '[site]\nserves = ["florsol", "tulipan"]', 1)
    others = NETWORK.replace("[site]", '[site]\nserves = ["andes", "bloom", "axerrio-florsol"]', 1)
    here = make_site(tmp_path / "here", network=own, ledger_url=postgres_url)
    there = make_site(tmp_path / "there", network=others, ledger_url=postgres_url)
    service.run(here, once=True)
    assert sorted(path.name for path in (here / "inbox").iterdir()) == ["florsol", "tulipan"]
    drop(here, "florsol", "stock.csv", availability(("Rosa Explorer 60cm", 900, "Stem")))
    service.run(here, once=True)
    assert {name.partition("/")[0] for name in outboxes(here)} == {"florsol", "tulipan"}
    service.run(there, once=True)
    # Both get notice of their connections; the stock is for the one that buys it.
    assert {name.partition("/")[0] for name in outboxes(there)} == {"andes", "bloom"}
    told = {name for name in outboxes(there) if "/notice-" not in name}
    assert {name.partition("/")[0] for name in told} == {"bloom"}


@pytest.mark.parametrize(
    ("url", "serves", "said"),
    [
        ("", "florsol", "share a ledger on PostgreSQL"),
        ("postgresql://k2kd@db/k2kd", "floresol", "serves floresol, which is no partner here"),
    ],
)
def test_setting_that_can_not_be_meant_is_refused(
    tmp_path: Path, url: str, serves: str, said: str
) -> None:
    network = NETWORK.replace("[site]", f'[site]\nserves = ["{serves}"]', 1)
    root = make_site(tmp_path / "site", network=network, ledger_url=url)
    with pytest.raises(SiteError, match=said):
        config.load(root)


def test_without_the_setting_all_partners_are_here() -> None:
    site = Configuration.model_validate({"partner": [{"name": "one", "roles": ["buyer"]}]})
    assert [each.name for each in site.here] == ["one"]
    assert site.serves("one")
    with pytest.raises(ValidationError):
        Configuration.model_validate({"site": {"serves": ["one"]}})

"""A buyer's terms for its customers hold by whichever code an order names the customer.

`customers.csv` says that bloom's RL-7 is our ROSELANE: terms may name either (K-24, K-61, E-11).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from daemon import cli
from tests.daemon.sites import Desktop, desktop
from tests.daemon.today import SetClock, day
from tests.daemon.trade.cart_files import (
    CALENDAR,
    DRAFT,
    MONDAY,
    ROSE,
    ROSES,
    TUESDAY,
    answers,
    at,
    cart,
    network,
    notices,
    stock,
)

ALIKE = "bloom,,RL-7,,ROSELANE,,yes,,,,,,,,,"
NAMED = pytest.mark.parametrize(
    ("terms", "order"),
    [("ROSELANE", "RL-7"), ("ROSELANE", "roselane"), ("RL-7", "RL-7"), ("rl-7", "RL-7")],
)
PRICING = "truck_per_cube = 0, freight = 0, handling = 0, duty_percent = 0, gpm_percent = 50"


@contextmanager
def selling_to(root: Path, clock: SetClock | None, buying: str) -> Iterator[Desktop]:
    """Open a site whose bloom has `buying` terms, with roses on sale; today without a `clock`."""
    priced = f"{CALENDAR}\npricing = {{ {PRICING} }}\nasking = {{ cost_stands = true }}"
    said = network(link=priced, buying=f"buying = {{ {buying} }}")
    with desktop(root, network=said, clock=clock) as site:
        site.map_row("customers", ALIKE)
        site.send("florsol", "stock.csv", stock(*ROSES, since=MONDAY if clock else day()))
        yield site


@NAMED
def test_a_markup_holds(tmp_path: Path, clock: SetClock, terms: str, order: str) -> None:
    markup = f"pricing = {{ markup_percent = {{ {terms} = 10 }} }}"
    with selling_to(tmp_path / "site", clock, markup) as site:
        answer = answers(
            site.send("bloom", "a.csv", cart("B1", ("1", ROSE, 1, ""), customer=order))
        )
        other = answers(site.send("bloom", "b.csv", cart("B2", ("1", ROSE, 1, ""), customer="X")))
    plain, raised = float(other["1"]["price"]), float(answer["1"]["price"])
    assert plain > 0
    assert raised == pytest.approx(plain * 1.1)


@NAMED
def test_days_of_service_hold(tmp_path: Path, clock: SetClock, terms: str, order: str) -> None:
    """What ships on Monday leaves on Tuesday, and this customer is served on Fridays alone."""
    days = f'customer_days = {{ {terms} = ["fri"] }}'
    with selling_to(tmp_path / "site", clock, days) as site:
        said = cart("B1", ("1", ROSE, 1, ""), ship=TUESDAY, customer=order)
        row = answers(site.send("bloom", "a.csv", said))["1"]
        others = cart("B2", ("1", ROSE, 1, ""), ship=TUESDAY, customer="X")
        other = answers(site.send("bloom", "b.csv", others))["1"]
    assert (row["status"], row["reason_code"], row["ship_date"]) == (
        *("rejected", "E-13"),
        "2026-11-26",
    )
    assert other["status"] == "accepted"


@NAMED
def test_addresses_hold(tmp_path: Path, clock: SetClock, terms: str, order: str) -> None:
    people = (
        f'salespeople = {{ {terms} = "ana@bloom.example", "*" = "desk@bloom.example" }},'
        f' customer_addresses = {{ {terms} = "shop@roselane.example" }}'
    )
    with selling_to(tmp_path / "site", clock, people) as site:
        site.send("bloom", "a.csv", cart("W1", ("1", ROSE, 4, DRAFT), customer=order))
        clock.set(at(MONDAY, 10))
        told = {each["for"]: each["to"] for _, each in notices(site.run())}
    assert told == {"salesperson": ["ana@bloom.example"], "customer": ["shop@roselane.example"]}


@NAMED
def test_one_can_ask_for_it_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], terms: str, order: str
) -> None:
    markup = f"pricing = {{ markup_percent = {{ {terms} = 10 }} }}"
    with selling_to(tmp_path / "site", None, markup) as site:
        words = ["availability", "bloom", "--vendor", "florsol", "--product", ROSE, "--json"]

        def price(*more: str) -> float:
            capsys.readouterr()
            assert cli.main([*words, *more, "--explain", "--site", str(site.root)]) == 0
            (found,) = json.loads(capsys.readouterr().out)
            offer: dict[str, Any] = found["offer"]
            return float(offer["price"])

        assert price("--customer", order) == pytest.approx(price() * 1.1, abs=0.0002)


@NAMED
def test_one_can_ask_for_its_days_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], terms: str, order: str
) -> None:
    """Whether a customer has days of service, or carriers by weekday (domain 2.1)."""
    served = f'customer_services = {{ {terms} = {{ wed = {{ carrier = "TRUCK1" }} }} }}'
    with selling_to(tmp_path / "site", None, served) as site:
        words = ["availability", "bloom", "--vendor", "florsol", "--product", ROSE, "--json"]
        asked = ["--customer", order, "--explain", "--site", str(site.root)]
        capsys.readouterr()
        assert cli.main([*words, *asked]) == 0
        (found,) = json.loads(capsys.readouterr().out)
    assert date.fromisoformat(found["offer"]["available_from"]).strftime("%a") == "Wed"

"""`k2kd carts`: what is open, what it keeps, and when it ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.daemon.cli.conftest import Run
from tests.daemon.sites import drop
from tests.daemon.today import day
from tests.daemon.trade.cart_files import ROSE, cart


@pytest.fixture
def open_cart(run: Run, site: Path) -> str:
    """A cart of bloom's on the worked sample site; one of its lines is checked out."""
    lines = ("1", ROSE, 2, "draft"), ("2", ROSE, 1, "checked-out")
    drop(site, "bloom", "web.csv", cart("WEB-1", *lines, ship=day(3)))
    assert run("run", "--once", "--plain").code == 0
    return "WEB-1"


def test_open_carts_say_what_they_keep_and_until_when(run: Run, open_cart: str) -> None:
    said = run("carts")
    assert said.code == 0
    row, second = (line for line in said.out.splitlines() if "ROS-FRE-50" in line)
    assert row.startswith(open_cart) and "2 Box" in row and "in the cart" in row
    assert "min left" in row
    assert "1 Box" in second and "checked out" in second


def test_programs_get_the_same(run: Run, open_cart: str) -> None:
    (found,) = run("carts", "--json", "--partner", "bloom").json()
    assert (found["number"], found["buyer"], found["state"]) == (open_cart, "bloom", "approved")
    assert [line["is_checked_out"] for line in found["lines"]] == [False, True]
    assert run("carts", "--json", "--partner", "andes").json() == []


def test_without_a_cart_it_says_so(run: Run, site: Path) -> None:
    assert run("carts").out == "no cart is open\n"

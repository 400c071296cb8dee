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


def test_a_purchase_is_shown_and_taken_out_of_the_order_that_it_was_put_into(
    run: Run, site: Path
) -> None:
    file = site / "k2kd.toml"
    short = 'when_short = "cut"'
    together = f"{short}\nseparate_po_per_ecommerce_purchase = false"
    file.write_text(file.read_text().replace(short, together, 1))
    for number in ("WEB-1", "WEB-2"):
        line = ("1", ROSE, 1, "checked-out")
        drop(site, "bloom", f"{number}.csv", cart(number, line, ship=day(3)))
        assert run("run", "--once", "--plain").code == 0
    said = run("orders").out
    assert "WEB-1  pending approval" in said and "next  k2kd approve WEB-1" in said
    assert "WEB-2" not in said
    assert "Purchase WEB-2  pending approval" in run("trace", "WEB-2").out
    assert "purchase WEB-2 is line 2 of order WEB-1" in run("approve", "WEB-2").err
    said = run("disapprove", "WEB-2", "--reason", "went away").out
    assert "order WEB-1 is pending approval" in said
    assert "purchase WEB-2 is taken out of order WEB-1" in said
    assert "Purchase WEB-2  cancelled" in run("trace", "WEB-2").out
    assert "order WEB-1 is approved" in run("approve", "WEB-1").out

"""Whoever the vendor named is told of a checkout, by a file in the vendor's outbox (4.4 step 4)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.daemon.sites import Desktop, desktop
from tests.daemon.today import SetClock
from tests.daemon.trade.cart_files import (
    MONDAY,
    OTHER,
    ROSE,
    ROSES,
    at,
    cart,
    network,
    notices,
    stock,
)

TOLD = 'notify_checkout_to = "orders@florsol.example; ana@florsol.example"'


@contextmanager
def opened(root: Path, link: str) -> Iterator[Desktop]:
    """Open a site whose connection says `link`, with roses on sale."""
    with desktop(root / "s", network=network(link=link), clock=SetClock(at(MONDAY, 9))) as site:
        site.send("florsol", "stock.csv", stock(*ROSES))
        yield site


def test_a_checkout_is_told_with_the_lines_that_are_checked_out(tmp_path: Path) -> None:
    lines = (("1", ROSE, 2, "checked-out"), ("2", OTHER, 3, "draft"))
    with opened(tmp_path, TOLD) as site:
        ((owner, told),) = notices(site.send("bloom", "cart.csv", cart("W1", *lines)))
    assert (owner, told["for"], told["order"]) == ("florsol", "vendor-checkout", "W1")
    assert told["to"] == ["orders@florsol.example", "ana@florsol.example"]
    assert [(each["line"], each["quantity"], each["unit"]) for each in told["lines"]] == [
        ("1", "2", "Box")
    ]


@pytest.mark.parametrize(
    ("link", "status"), [("", "checked-out"), (TOLD, "draft"), (TOLD, "")], ids=str
)
def test_nobody_is_told_without_an_address_or_a_checkout(
    tmp_path: Path, link: str, status: str
) -> None:
    with opened(tmp_path, link) as site:
        assert notices(site.send("bloom", "cart.csv", cart("W2", ("1", ROSE, 2, status)))) == []

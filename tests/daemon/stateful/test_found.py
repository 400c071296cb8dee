"""What plays have found, each as the shortest story that shows it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.daemon.stateful import papers
from tests.daemon.stateful.books import Books
from tests.daemon.stateful.play import SHIP
from tests.daemon.stateful.world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """The network of the plays, with 15 boxes of three products at each vendor."""
    opened = World(tmp_path)
    send(opened, "over", papers.availability(dict.fromkeys("ABC", 150), 1))
    yield opened
    opened.close()


def send(world: World, partner: str, body: bytes) -> None:
    world.claim(partner, body)
    world.work(partner)


def order_state(world: World, number: str) -> str:
    ((state,),) = world.rows("SELECT state FROM orders WHERE number = ?", number)
    return str(state)


def problems(world: World) -> list[str]:
    return Books().look(world, publishers=("over",))


def test_an_order_is_shipped_once_what_was_still_to_come_is_refused(world: World) -> None:
    order = papers.x12_order("xena", "X1", "over", [(1, "A", 2), (2, "B", 3)], ship=SHIP, control=1)
    send(world, "xena", order)
    send(world, "over", papers.confirmation("X1", {}, whole="accepted"))
    send(world, "over", papers.shipment("X1", {1: 2}, ship=SHIP))
    assert order_state(world, "X1") == "confirmed"
    send(world, "over", papers.confirmation("X1", {2: ("rejected", 0)}))
    assert order_state(world, "X1") == "shipped"
    assert problems(world) == []


def test_a_line_that_is_added_to_a_cart_has_no_boxes_before_it_is_checked_out(
    world: World,
) -> None:
    for unique, lines in ((1, [(1, "A", 2)]), (2, [(1, "A", 2), (2, "B", 3)])):
        out = frozenset({1})
        body = papers.csv_order("K1", "over", lines, ship=SHIP, unique=unique, out=out)
        send(world, "cassie", body)
    assert len(world.rows("SELECT id FROM boxes")) == 2
    assert problems(world) == []


def test_a_cart_that_ends_lets_go_of_the_stock_file_that_was_short_of_it(world: World) -> None:
    body = papers.csv_order("K1", "over", [(1, "A", 5)], ship=SHIP, unique=1, out=frozenset())
    send(world, "cassie", body)
    send(world, "over", papers.availability({"A": 30}, 2))
    assert world.rows("SELECT kind FROM holds WHERE state = 'open'") == [("oversold",)]
    world.clock.pass_by(600)
    world.ring()
    assert world.rows("SELECT DISTINCT state FROM documents") == [("posted",)]
    assert problems(world) == []

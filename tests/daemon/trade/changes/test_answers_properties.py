"""Whatever vendor and buyer say, what was ordered is confirmed, open, lost or given back."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from daemon.ledger import schema
from daemon.ledger.posting import posting
from daemon.trade.changes.change import change
from daemon.trade.changes.confirmations import confirm
from daemon.trade.desk import Desk
from daemon.trade.orders.standing import StandingLine, StandingOrder, standing
from daemon.trade.step import StepAtHand, orders_numbered
from formats.records import OrderLine
from formats.steps import (
    ConfirmedLine,
    LineAction,
    LineAnswer,
    LineChange,
    OrderChange,
    OrderConfirmation,
)
from tests.daemon.sites import Desktop, desktop
from tests.daemon.trade.answering import BOX, order, publish

LINES = 3
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Said:
    """One thing that a side says: of a line (from 1), or of the order (0)."""

    is_vendor: bool
    line: int
    quantity: int
    later: int = 0


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desktop]:
    """A site with more stock than all examples can sell."""
    root: Path = tmp_path_factory.mktemp("market") / "site"
    with desktop(root) as site:
        publish(site, 100_000)
        yield site


said = st.lists(
    st.builds(
        Said,
        is_vendor=st.booleans(),
        line=st.integers(0, LINES),
        quantity=st.integers(0, 7),
        later=st.integers(0, 3),
    ),
    max_size=8,
)


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(ordered=st.lists(st.integers(1, 6), min_size=LINES, max_size=LINES), sayings=said)
def test_totals_add_up_after_anything_said(
    market: Desktop, ordered: list[int], sayings: list[Said]
) -> None:
    at = next(_numbers)
    before = _stock(market)
    order(market, *ordered, number=f"P{at}", control=at)
    for saying in sayings:
        with posting(market.p.ledger) as post:
            desk = Desk(post, market.site, market.p.tables.current, market.p.today())
            _say(desk, f"P{at}", saying)
            desk.write_stock()
            found = _standing(desk, f"P{at}")
            _check_lines(desk, found)
            held = sum((line.held for line in found.lines), Decimal(0))
            lost = sum((_lost(line) for line in found.lines), Decimal(0))
        published, bought = _stock(market)
        assert bought - before[1] == held * BOX
        assert before[0] - published == lost * BOX


def _say(desk: Desk, number: str, saying: Said) -> None:
    (booked,) = orders_numbered(desk, number)
    partner = desk.site.partner_named("florsol" if saying.is_vendor else "bloom")
    assert partner is not None
    places = partner, booked.arrival_id, booked.document_id
    if saying.is_vendor:
        confirm(desk, StepAtHand(_answer(number, saying), *places))
    else:
        change(desk, StepAtHand(_change(number, saying), *places))


def _answer(number: str, saying: Said) -> OrderConfirmation:
    if not saying.line:
        is_yes = saying.quantity > 2
        return OrderConfirmation(number=number, is_whole=is_yes, is_rejection=not is_yes)
    parts = [
        ConfirmedLine(at, f"{saying.line}", answer, Decimal(quantity))
        for at, (answer, quantity) in enumerate(
            (
                (LineAnswer.CHANGED if saying.quantity else LineAnswer.REJECTED, saying.quantity),
                (LineAnswer.BACKORDERED, saying.later),
            ),
            1,
        )
        if at == 1 or quantity
    ]
    return OrderConfirmation(number=number, lines=tuple(parts))


def _change(number: str, saying: Said) -> OrderChange:
    if not saying.line:
        is_end = saying.quantity > 5
        added = LineChange(
            LineAction.ADD,
            OrderLine(1, f"{LINES + 1 + saying.quantity}", Decimal(2), "BX", buyer_item="BLM-100"),
        )
        return OrderChange(
            number=number, is_cancellation=is_end, changes=() if is_end else (added,)
        )
    line = OrderLine(1, f"{saying.line}", Decimal(saying.quantity), "BX")
    action = LineAction.CHANGE if saying.quantity else LineAction.CANCEL
    return OrderChange(number=number, changes=(LineChange(action, line),))


def _standing(desk: Desk, number: str) -> StandingOrder:
    (booked,) = orders_numbered(desk, number)
    return standing(desk, booked)


def _lost(line: StandingLine) -> Decimal:
    """Return what the vendor won't deliver; what the buyer gave back is not ordered any more."""
    return line.accepted - line.held


def _check_lines(desk: Desk, found: StandingOrder) -> None:
    boxes, reserved = schema.boxes.c, schema.stock_reservations.c
    for line in found.lines:
        confirmed = line.confirmed or Decimal(0)
        assert 0 <= confirmed + line.backordered <= max(line.accepted, confirmed)
        assert confirmed <= line.accepted
        live = select(func.count()).where(
            boxes.order_line_id == line.key, boxes.state != "cancelled"
        )
        assert desk.post.conn.execute(live).scalar() == line.held
        units = select(reserved.units).where(reserved.order_line_id == line.key)
        taken = sum(desk.post.conn.execute(units).scalars(), Decimal(0))
        assert taken == line.held * BOX


def _stock(site: Desktop) -> tuple[int, int]:
    return site.lots()["ROS-EXP-60"]

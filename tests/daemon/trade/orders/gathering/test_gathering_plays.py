"""Purchases put together at random: nothing is sold twice, lost, or in two orders (4.4 step 3)."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from daemon.ledger import schema
from daemon.ledger.states import ORDER, OrderState
from tests.daemon.sites import Desktop
from tests.daemon.today import SetClock
from tests.daemon.trade.cart_files import (
    MONDAY,
    OTHER,
    ROSE,
    TUESDAY,
    at,
    cart,
    taken,
)
from tests.daemon.trade.orders.gathering.purchases import put_together

STEPS, SEEDS = 14, 6
GOODS = {ROSE: ("ROS-FRE-50", 14), OTHER: ("ROS-EXP-60", 12)}
OVER = ("refused", "cancelled")
REAL = (OrderState.APPROVED.value, OrderState.CONFIRMED.value)


class _Play:
    """What buyers, their procurement and the vendor do, one file after another."""

    def __init__(self, site: Desktop, clock: SetClock, chance: random.Random) -> None:
        self.site, self.clock, self.chance = site, clock, chance
        self.now = at(MONDAY, 9)
        self.files = 0

    def send(self, partner: str, content: str | bytes) -> None:
        self.files += 1
        body = content if isinstance(content, bytes) else content.encode()
        self.site.send(partner, f"f{self.files}.csv", body)

    def shop(self) -> None:
        """Send a cart: a new one, or another state of an earlier one."""
        ship = self.chance.choice((TUESDAY, TUESDAY, TUESDAY + timedelta(days=1)))
        rows = [
            (str(line), item, self.chance.randint(1, 3), self.chance.choice(("draft", *OUT)))
            for line, item in enumerate(self.chance.sample((ROSE, OTHER), 2), 1)
        ]
        self.send("bloom", cart(f"W{self.chance.randint(1, 6)}", *rows, ship=ship))

    def decide(self) -> None:
        word = self.chance.choice(("approve", "approve", "cancel"))
        number = f"W{self.chance.randint(1, 6)}"
        self.send("bloom", f"po_number,decision,by\n{number},{word},p{self.files}\n")

    def change(self) -> None:
        """Change a line of an order, or take out one, or all of a number."""
        line = self.chance.randint(1, 3)
        more = f"{line},{self.chance.randint(1, 4)},Box,CHANGE"
        row = self.chance.choice((more, f"{line},,,CANCEL", ",,,CANCEL"))
        number = f"W{self.chance.randint(1, 6)}"
        self.send("bloom", f"po_number,line,boxes,unit_type,action\n{number},{row}\n")

    def answer(self) -> None:
        """Let the vendor answer an order that it has."""
        orders = [order for order in self.site.orders() if order.state in REAL]
        if orders:
            order = self.chance.choice(orders)
            word = self.chance.choice(("accepted", "accepted", "rejected"))
            self.send("florsol", f"po_number,line,status,message\n{order.number},,{word},x\n")

    def wait(self) -> None:
        """Let the time of every open cart run out."""
        self.now += timedelta(minutes=61)
        self.clock.set(self.now)
        self.site.run()

    def step(self) -> None:
        shop, decide = [self.shop] * 5, [self.decide] * 3
        self.chance.choice([*shop, *decide, self.change, self.answer, self.wait])()


OUT = ("checked-out",) * 4


def audit(site: Desktop) -> int:
    """Compare what is bought with what live lines hold, and where purchases stand.

    Returns how many purchases the order holds that holds most.
    """
    lines, orders = schema.order_lines, schema.orders
    held: Counter[int] = Counter()
    for row in site.rows(select(schema.stock_reservations)):
        held[row.order_line_id] += row.units
    kinds = {row.id: row for row in site.rows(select(orders))}
    rows = {row.id: row for row in site.rows(select(lines))}
    bought: Counter[str] = Counter()
    linked: Counter[int] = Counter()
    for row in rows.values():
        order = kinds[row.order_id]
        is_live = row.state not in OVER and row.progress != "cancelled"
        if order.kind == "purchase":
            assert not held[row.id], "a purchase holds nothing: its order does"
            continue
        if row.prebook_line_id is not None:
            linked[row.prebook_line_id] += 1
            assert kinds[rows[row.prebook_line_id].order_id].kind == "purchase"
        size = {product: pack for product, pack in GOODS.values()}[row.product]
        wants = (row.accepted if row.confirmed is None else row.confirmed) if is_live else 0
        assert held[row.id] == wants * size, (order.number, row.reference, order.state)
        bought[row.product] += int(wants) * size
    assert dict(bought) == {name: units for name, units in taken(site).items() if name in bought}
    assert all(units >= sold for units, sold in site.lots().values())
    for row in rows.values():
        if kinds[row.order_id].kind == "purchase" and row.state not in OVER:
            assert linked[row.id] == 1, "a line of a purchase stands in one order"
    for order in kinds.values():
        assert OrderState(order.state) in ORDER
        if order.state == "draft":
            assert order.expires_at is not None, "a cart ends one day"
            mine = [row for row in rows.values() if row.order_id == order.id]
            assert not all(row.is_checked_out for row in mine), "it waits for something"
        live = [
            row
            for row in rows.values()
            if row.order_id == order.id and row.state not in OVER and row.progress != "cancelled"
        ]
        is_over = order.state in ("cancelled", "rejected")
        assert bool(live) is not is_over, (order.kind, order.number, order.state)
    held_by: dict[int, set[int]] = {}
    for row in rows.values():
        if kinds[row.order_id].kind != "purchase" and row.prebook_line_id is not None:
            purchase = rows[row.prebook_line_id].order_id
            held_by.setdefault(row.order_id, set()).add(purchase)
    return max((len(each) for each in held_by.values()), default=0)


def played(root: Path, seed: int) -> int:
    """Play and audit each step; return the most purchases that one order ever held."""
    clock, most = SetClock(at(MONDAY, 9)), 0
    with put_together(root, clock) as site:
        play = _Play(site, clock, random.Random(seed))
        for _ in range(STEPS):
            play.step()
            most = max(most, audit(site))
    return most


def test_purchases_at_random_hold_what_is_bought_and_no_more(tmp_path: Path) -> None:
    most = [played(tmp_path / f"play-{seed}", seed) for seed in range(SEEDS)]
    assert max(most) >= 2, "some order holds lines of two purchases"

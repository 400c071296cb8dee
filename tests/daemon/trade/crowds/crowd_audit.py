"""What a crowd got, counted from the books and from the answers.

The books must look as if the orders had come one after another: they are played again in the order
of their keys, with nothing but a number for each lot, and every difference is a problem.
"""

from __future__ import annotations

import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select

from daemon.ledger import schema
from daemon.ledger.store import Ledger, open_ledger
from tests.daemon.trade.crowds.crowd import (
    BUYERS,
    LOTS,
    MOST_BOXES,
    PACK,
    claim,
    cuts,
    make_crowd,
    orders,
    work_in_processes,
    work_in_threads,
)

_LEFT = re.compile(r"(?:only )?(\d+) Box left of (\d+)", re.ASCII)


@dataclass(slots=True)
class Audit:
    """What the books say after a crowd; `problems` is empty where they add up."""

    problems: list[str] = field(default_factory=list)
    lines: Counter[str] = field(default_factory=Counter)
    """How many order lines were accepted, cut, refused."""
    orders: int = 0
    sold: int = 0
    published: int = 0
    order: list[str] = field(default_factory=list)
    """Buyers, as they took turns: each whose order line in the books follows one of another's."""

    @property
    def turns(self) -> int:
        """How often the next order line in the books was another buyer's."""
        return len(self.order) - 1

    def say(self, problem: str) -> None:
        self.problems.append(problem)


def audit(ledger: Ledger, sent: Mapping[str, int]) -> Audit:
    """Compare lots, orders, reservations and answers with the orders played one by one."""
    found = Audit()
    with ledger.read() as conn:
        lots = conn.execute(select(schema.stock_lots)).all()
        booked = _booked(conn)
        ended = _ended(conn)
        reserved = _reserved(conn)
        answers = _answers(conn)
    for name, count in sent.items():
        if ended[name] != {"posted": count}:
            found.say(f"{name} sent {count} orders; its arrivals are {ended[name]}")
    _play_again(found, lots, booked, answers)
    _add_up(found, lots, reserved)
    found.orders = len({(line.buyer, line.number) for line in booked})
    if found.orders != sum(sent.values()):
        found.say(f"{sum(sent.values())} orders sent, {found.orders} in the books")
    return found


def _booked(conn: Connection) -> Sequence[Any]:
    """Return every order line with its order, in the order in which they were written."""
    lines, of_order = schema.order_lines, schema.orders
    query = (
        select(lines, of_order.c.buyer, of_order.c.number)
        .join(of_order, of_order.c.id == lines.c.order_id)
        .order_by(lines.c.id)
    )
    return conn.execute(query).all()


def _ended(conn: Connection) -> dict[str, dict[str, int]]:
    table = schema.arrivals.c
    query = select(table.partner, table.state, func.count()).group_by(table.partner, table.state)
    found = defaultdict[str, dict[str, int]](dict)
    for partner, state, number in conn.execute(query):
        found[partner][state] = number
    return found


def _reserved(conn: Connection) -> dict[int, Any]:
    table = schema.stock_reservations.c
    query = select(table.lot_id, func.sum(table.units)).group_by(table.lot_id)
    return {lot: units for lot, units in conn.execute(query)}


def _play_again(
    found: Audit,
    lots: Sequence[Any],
    booked: Sequence[Any],
    answers: Mapping[tuple[str, str, str], str],
) -> None:
    left = {lot.product: int(lot.published) for lot in lots}
    for line in booked:
        if found.order[-1:] != [line.buyer]:
            found.order.append(line.buyer)
        wanted, there = int(line.quantity), left[line.product] // PACK
        gets = wanted if wanted <= there else there if cuts(line.buyer) else 0
        state = "accepted" if gets == wanted else "cut" if gets else "refused"
        found.lines[state] += 1
        left[line.product] -= gets * PACK
        where = f"order {line.number} line {line.reference}"
        if (line.state, int(line.accepted)) != (state, gets):
            found.say(f"{where}: {there} left, {wanted} wanted; {line.state} {line.accepted}")
        said = answers.get((line.buyer, line.number, line.reference))
        if said is None:
            found.say(f"{where} has no answer")
        elif state != "accepted" and _named(said) != (there, wanted if there else None):
            found.say(f"{where}: {there} were left of {wanted}; the answer says {said!r}")
    for lot in lots:
        if int(lot.published - lot.bought) != left[lot.product]:
            found.say(f"{lot.product}: {lot.published - lot.bought} left, not {left[lot.product]}")


def _named(said: str) -> tuple[int | None, int | None]:
    """Return what an answer says was left, and of how much."""
    if "nothing left" in said:
        return 0, None
    told = _LEFT.search(said)
    return (int(told[1]), int(told[2])) if told else (None, None)


def _add_up(found: Audit, lots: Sequence[Any], reserved: Mapping[int, Any]) -> None:
    """K-40: what is sold and what is available is what was published, lot by lot."""
    for lot in lots:
        available = max(lot.published - lot.bought, 0)
        if lot.bought + available != lot.published or lot.bought < 0:
            found.say(f"{lot.product}: {lot.bought} sold + {available} left of {lot.published}")
        if reserved.get(lot.id, 0) != lot.bought:
            found.say(f"{lot.product}: {lot.bought} sold, {reserved.get(lot.id, 0)} reserved")
        found.sold += int(lot.bought)
        found.published += int(lot.published)


def _answers(conn: Connection) -> dict[tuple[str, str, str], str]:
    """Return what each order line was answered, by buyer, number and line."""
    out, bodies = schema.outgoing.c, schema.outgoing_bodies.c
    query = (
        select(out.partner, out.kind, bodies.body)
        .join(schema.outgoing_bodies, bodies.outgoing_id == out.id)
        .where(out.is_answer, out.kind.in_(["855", "order-ack"]))
    )
    found: dict[tuple[str, str, str], str] = {}
    for partner, kind, body in conn.execute(query):
        read = _x855(bytes(body).decode()) if kind == "855" else _csv(bytes(body).decode())
        for number, line, said in read:
            if (partner, number, line) in found:
                raise AssertionError(f"order {number} line {line} is answered twice")
            found[partner, number, line] = said
    return found


def _x855(body: str) -> Iterator[tuple[str, str, str]]:
    number, lines = "", defaultdict[str, list[str]](list)
    line = ""
    for segment in body.replace("\n", "").split("~"):
        name, *elements = segment.split("*")
        if name == "BAK":
            number = elements[2]
        elif name == "PO1":
            line = elements[0]
            lines[line].append("")
        elif name == "MSG" and line:
            lines[line].append(elements[0])
    for reference, said in lines.items():
        yield number, reference, " ".join(said)


def _csv(body: str) -> Iterator[tuple[str, str, str]]:
    for row in body.splitlines()[1:]:
        number, line, _status, _boxes, _cost, _day, _code, message, *_ = row.split(",")
        yield number, line, message


def timed(root: Path, url: str, *, count: int, processes: int, threads: int) -> tuple[float, Audit]:
    """Let every buyer send `count` orders, post them all at once, and return seconds and audit."""
    # Together they want about twice what there is.
    published = max(1, len(BUYERS) * count * 2 * (MOST_BOXES // 2) // (2 * LOTS))
    make_crowd(root, url, published=published)
    ledger = open_ledger(url)
    for name in BUYERS:
        claim(ledger, name, orders(name, count, seed=count))
    began = time.monotonic()
    if processes > 1:
        work_in_processes(root, url, processes, threads)
    else:
        work_in_threads(root, url, BUYERS, threads)
    seconds = time.monotonic() - began
    found = audit(ledger, dict.fromkeys(BUYERS, count))
    ledger.close()
    return seconds, found

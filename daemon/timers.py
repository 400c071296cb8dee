"""What time makes due, done when it is: carts end, air waybills close, acknowledgements are missed.

Each thing that is due is a posting of its own, so that one that fails holds up none of the others;
it is tried again a minute later. Time is the wall clock, because carts and days go by it. A clock
that is put ahead would end every cart at once: after such a jump nothing is done for ten minutes,
in which it may be put right and files that waited are read, and after one of more than a day until
the daemon starts again. Put back, it only makes things late.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Connection, select

from daemon.clock import FURTHEST_AHEAD_S, Clock, JumpWatch
from daemon.config import Configuration
from daemon.errors import EnvironmentFault
from daemon.eventlog import Level, Say
from daemon.ledger import acknowledged, transfers
from daemon.ledger.carts import due_carts
from daemon.ledger.connections import told as connections_told
from daemon.ledger.posting import OutgoingFile, posting
from daemon.ledger.schema import shipments
from daemon.ledger.states import WaybillState
from daemon.ledger.store import Ledger
from daemon.mapping.tableset import TableSet
from daemon.pipeline.acknowledged import hold_overdue
from daemon.replies import axerrio_orders
from daemon.replies.checkout_notices import checkout_notices
from daemon.replies.connection_notices import connection_notices
from daemon.replies.labels import label_files
from daemon.replies.notices import lines_left_notices
from daemon.replies.orders import forward, listed_anew
from daemon.replies.transfer_notices import transfer_notices
from daemon.trade.agreement import turned
from daemon.trade.carts.cart import asked
from daemon.trade.carts.ends import end_cart, rest_of
from daemon.trade.desk import Desk
from daemon.trade.goods.waybill_book import CLOSES_AFTER, close_due

EVERY_S = 5.0
FURTHEST_STEP_S = 300.0
"""How far the clock may be put ahead, or the machine sleep, without anything waiting."""
AFTER_JUMP_S = 600.0
RETRY_S = 60.0
MOST_AT_ONCE = 50
"""Of each kind, so that the watchdog is fed in between."""
ALL = 0
"""Key of everything of a kind that is carried out in one go."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When it is: by the clock, and on the site's calendar."""

    now: datetime
    today: date


@dataclass(frozen=True, slots=True)
class DueThing:
    """One thing that is due: its key in the books, and who may have sent word of it meanwhile."""

    key: int
    partner: str | None = None
    """While files of this partner wait to be read, it is left alone."""


@dataclass(frozen=True, slots=True)
class Due:
    """A kind of thing that time makes due; whoever has another adds a row to `DUE`."""

    event: str
    """What the log says when one is done."""
    find: Callable[[Connection, Moment], Sequence[DueThing]]
    carry_out: Callable[[Desk, int], None]
    """Does the thing of a key in the posting of its desk, if it is still due."""


def _carts(conn: Connection, moment: Moment) -> Sequence[DueThing]:
    return [DueThing(key, origin) for key, origin in due_carts(conn, moment.now)]


def _end_cart(desk: Desk, key: int) -> None:
    """End a cart; customer and salesperson are told, and a vendor whose CSV listed it (E-11)."""
    ended = end_cart(desk, key)
    if ended is None:
        return
    rest = rest_of(desk, ended)
    files: list[OutgoingFile] = []
    if rest is not None and ended.is_placed:
        files = forward(desk, rest) + label_files(desk, rest)
        files += checkout_notices(desk, replace(rest, for_vendor=rest))
    elif rest is not None:
        files = listed_anew(desk, rest)
    if (gathered := asked(desk, ended.gathered)) is not None:
        files += axerrio_orders.question(desk, gathered)
    for file in (*files, *lines_left_notices(desk, ended)):
        desk.post.send(file, arrival_id=None, document_id=None)


def _waybills(conn: Connection, moment: Moment) -> Sequence[DueThing]:
    table = shipments.c
    query = select(table.id).where(
        table.state == WaybillState.OPEN.value, table.ship_date <= moment.today - CLOSES_AFTER
    )
    return [DueThing(ALL)] if conn.execute(query.limit(1)).first() is not None else []


def _close_waybills(desk: Desk, _key: int) -> None:
    close_due(desk.post, desk.today)


def _overdue(conn: Connection, moment: Moment) -> Sequence[DueThing]:
    found = acknowledged.overdue(conn, moment.now, limit=MOST_AT_ONCE)
    return [DueThing(key, partner) for key, partner in found]


def _untold_transfers(conn: Connection, _moment: Moment) -> Sequence[DueThing]:
    found = transfers.untold(conn, limit=MOST_AT_ONCE)
    return [DueThing(key, buyer) for key, buyer in found]


def _tell_transfer(desk: Desk, key: int) -> None:
    """Tell a buyer that its order has not reached the vendor, or that it has after all."""
    for file in transfer_notices(desk, key):
        desk.post.send(file, arrival_id=None, document_id=None)


DUE: tuple[Due, ...] = (
    Due("cart_ended", _carts, _end_cart),
    Due("waybills_closed", _waybills, _close_waybills),
    Due("acknowledgement_overdue", _overdue, hold_overdue),
    Due("transfer_told", _untold_transfers, _tell_transfer),
)


def of_connections(site: Configuration) -> Due:
    """Return what is due where both sides of a connection are to be told how it stands (K-09)."""

    def find(conn: Connection, moment: Moment) -> Sequence[DueThing]:
        told = connections_told(conn)
        is_due = told is None or any(True for _ in turned(site, told, moment.today))
        return [DueThing(ALL)] if is_due else []

    return Due("connections_noted", find, _tell_connections)


def _tell_connections(desk: Desk, _key: int) -> None:
    for file in connection_notices(desk):
        desk.post.send(file, arrival_id=None, document_id=None)


class Timers:
    """Does what is due; made once for a run, and asked every few seconds."""

    def __init__(
        self,
        site: Configuration,
        ledger: Ledger,
        tables: TableSet,
        clock: Clock,
        say: Say,
        *,
        due: tuple[Due, ...] = DUE,
    ) -> None:
        self._site = site
        self._ledger = ledger
        self._tables = tables
        self._clock = clock
        self._say = say
        self._due = due
        self._jumps = JumpWatch(clock, ahead_s=FURTHEST_STEP_S)
        self._ahead_s = 0.0
        """How far the clock was put ahead, and not yet back or believed."""
        self._not_before = -math.inf
        self._again: dict[tuple[str, int], float] = {}
        """When what failed is tried again."""
        self._next: float | None = None

    def tick(self, busy: Collection[str] = ()) -> int:
        """Do what is due, where that was not asked for in the last seconds; see `run`.

        What came while nobody looked may speak of what is due, so at first files get time to be
        read.
        """
        mono = self._clock.monotonic()
        if self._next is None:
            self._next = mono + max(self._site.intake.quiet_s, EVERY_S)
        if mono < self._next:
            return 0
        self._next = mono + EVERY_S
        return self.run(busy)

    def run(self, busy: Collection[str] = ()) -> int:
        """Do what is due now and return how much that was.

        What partners in `busy` may have sent word of is left alone until their files are read.
        """
        if self._must_wait():
            return 0
        now = self._clock.now()
        moment = Moment(now, now.astimezone(self._site.site.zone).date())
        done = 0
        for due in self._due:
            with self._ledger.read() as conn:
                things = due.find(conn, moment)
            free = [each for each in things if each.partner not in busy and self._may(due, each)]
            for thing in free[:MOST_AT_ONCE]:
                done += self._carry_out(due, thing, moment)
        return done

    def _must_wait(self) -> bool:
        """Tell whether the clock was put ahead so far that it must be believed first."""
        jump_s, mono = self._jumps.check(), self._clock.monotonic()
        if jump_s is not None:
            self._ahead_s = max(0.0, self._ahead_s + jump_s)
            self._not_before = -math.inf
            if self._ahead_s > FURTHEST_AHEAD_S:
                self._not_before = math.inf
            elif self._ahead_s > FURTHEST_STEP_S:
                self._not_before = mono + AFTER_JUMP_S
            if self._not_before > mono:
                self._say("timers_waiting", level=Level.WARNING, jump_s=round(jump_s))
        if mono < self._not_before:
            return True
        self._ahead_s = 0.0
        return False

    def _may(self, due: Due, thing: DueThing) -> bool:
        return self._clock.monotonic() >= self._again.get((due.event, thing.key), -math.inf)

    def _carry_out(self, due: Due, thing: DueThing, moment: Moment) -> bool:
        """Do one thing in a posting of its own; tell whether that went well."""
        try:
            with posting(self._ledger) as post:
                desk = Desk(post, self._site, self._tables.current, moment.today)
                due.carry_out(desk, thing.key)
                desk.write_stock()
        except EnvironmentFault:
            raise
        # A bug met on one thing must not keep the others, or the daemon, from going on.
        except Exception as error:
            self._again[due.event, thing.key] = self._clock.monotonic() + RETRY_S
            self._say(f"{due.event}_failed", key=thing.key, error=error)
            return False
        self._again.pop((due.event, thing.key), None)
        self._say(due.event, partner=thing.partner, key=thing.key)
        return True

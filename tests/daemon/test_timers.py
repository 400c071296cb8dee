"""Timers: what is due is done once, apart from each other, and never because a clock was put."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from daemon.timers import AFTER_JUMP_S, EVERY_S, Due, DueThing, Moment, Timers
from daemon.trade.desk import Desk
from tests.daemon.sites import Desktop, desktop
from tests.daemon.today import SetClock
from tests.daemon.trade.cart_files import MONDAY, at


@pytest.fixture
def clock() -> SetClock:
    return SetClock(at(MONDAY, 9))


@pytest.fixture
def site(tmp_path: Path, clock: SetClock) -> Iterator[Desktop]:
    with desktop(tmp_path / "site", clock=clock) as opened:
        yield opened


class Eggs:
    """Things that are due all the time; those in `bad` fail."""

    def __init__(self, *keys: int, bad: Sequence[int] = (), partner: str | None = None) -> None:
        self.keys, self.bad, self.partner = keys, bad, partner
        self.done: list[int] = []
        self.moments: list[Moment] = []

    def find(self, _conn: Connection, moment: Moment) -> Sequence[DueThing]:
        self.moments.append(moment)
        return [DueThing(key, self.partner) for key in self.keys]

    def carry_out(self, _desk: Desk, key: int) -> None:
        self.done.append(key)
        if key in self.bad:
            raise ValueError("cracked")

    @property
    def due(self) -> tuple[Due, ...]:
        return (Due("egg_boiled", self.find, self.carry_out),)


@pytest.fixture
def timers(site: Desktop, clock: SetClock) -> Callable[[Eggs], Timers]:
    p = site.p

    def made(eggs: Eggs) -> Timers:
        return Timers(p.site, p.ledger, p.tables, clock, p.say, due=eggs.due)

    return made


def later(clock: SetClock, seconds: float) -> None:
    clock.set(clock.now() + timedelta(seconds=seconds))


def test_what_is_due_is_done_with_the_sites_day(timers: Callable[[Eggs], Timers]) -> None:
    eggs = Eggs(1, 2)
    assert timers(eggs).run() == 2
    assert eggs.done == [1, 2]
    assert eggs.moments == [Moment(at(MONDAY, 9), MONDAY)]


def test_one_that_fails_holds_up_no_other_and_is_tried_again_later(
    site: Desktop, clock: SetClock, timers: Callable[[Eggs], Timers]
) -> None:
    eggs = Eggs(1, 2, bad=[1])
    made = timers(eggs)
    assert made.run() == 1
    assert "egg_boiled_failed" in site.log.getvalue()
    assert "cracked" not in site.log.getvalue(), "what a file says does not belong in the log"
    made.run()
    assert eggs.done == [1, 2, 2]
    later(clock, 61)
    made.run()
    assert eggs.done == [1, 2, 2, 1, 2]


def test_a_partner_with_unread_files_is_left_alone(timers: Callable[[Eggs], Timers]) -> None:
    eggs = Eggs(1, partner="bloom")
    made = timers(eggs)
    assert made.run({"bloom"}) == 0
    assert made.run({"tulipan"}) == 1


def test_a_clock_that_is_put_ahead_ends_nothing_until_it_is_believed(
    clock: SetClock, timers: Callable[[Eggs], Timers]
) -> None:
    eggs = Eggs(1)
    made = timers(eggs)
    clock.jump(at(MONDAY, 11))
    assert made.run() == 0
    later(clock, AFTER_JUMP_S - 1)
    assert made.run() == 0
    later(clock, 2)
    assert made.run() == 1


def test_a_clock_that_is_put_right_again_goes_on_at_once(
    clock: SetClock, timers: Callable[[Eggs], Timers]
) -> None:
    made = timers(Eggs(1))
    clock.jump(at(MONDAY, 11))
    assert made.run() == 0
    clock.jump(at(MONDAY, 9))
    assert made.run() == 1


def test_a_jump_of_more_than_a_day_is_never_believed(
    clock: SetClock, timers: Callable[[Eggs], Timers]
) -> None:
    made = timers(Eggs(1))
    clock.jump(at(MONDAY, 9) + timedelta(days=2))
    for _ in range(3):
        assert made.run() == 0
        later(clock, AFTER_JUMP_S)
    clock.jump(at(MONDAY, 9, 30))
    assert made.run() == 1


def test_small_steps_and_steps_back_delay_nothing(
    clock: SetClock, timers: Callable[[Eggs], Timers]
) -> None:
    made = timers(Eggs(1))
    clock.jump(at(MONDAY, 9, 4))
    assert made.run() == 1
    clock.jump(at(MONDAY, 7))
    assert made.run() == 1


def test_at_first_files_have_time_to_be_read(
    clock: SetClock, timers: Callable[[Eggs], Timers]
) -> None:
    made = timers(Eggs(1))
    assert made.tick() == 0
    later(clock, EVERY_S)
    assert made.tick() == 1
    assert made.tick() == 0
    later(clock, EVERY_S)
    assert made.tick() == 1

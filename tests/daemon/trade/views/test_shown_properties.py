"""Whatever happens, a buyer that follows its files has what the vendor has for it, and no more."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from daemon.errors import EnvironmentFault
from daemon.trade.views import shelf
from tests.daemon.partner_files import purchase_order
from tests.daemon.sites import Desktop, desktop
from tests.daemon.today import SetClock
from tests.daemon.trade.views.showroom import (
    NEW_YORK,
    FailingLedger,
    Goods,
    Shown,
    advice,
    should_see,
)

BEGIN = datetime(2026, 11, 23, 9, 0, tzinfo=NEW_YORK)
"""A Monday."""
CODES = ("FS-1060", "FS-1050", "FS-1160", "FS-1250", "MYSTERY")
ITEMS = {"FS-1060": "BLM-100", "FS-1050": "BLM-101", "FS-1160": "BLM-110", "FS-1250": "BLM-120"}
BUYERS = ("bloom", "tulipan")

NETWORK = """
[site]
name = "test-network"
x12 = { id = "K2KNET" }
time_zone = "America/New_York"

[[partner]]
name = "florsol"
roles = ["vendor"]
x12 = { id = "FLORSOL" }
availability_mode = "MODE"
receives_orders = ["csv"]
currency = "USD"
locations = ["UIO", "BOG"]
[partner.selling]
carrier_cut_off = { daily = "14:00", sun = "closed" }

[[partner]]
name = "bloom"
roles = ["buyer"]
x12 = { id = "BLOOMWHSL" }
currency = "USD"
time_zone = "America/Los_Angeles"
receives_availability = "x12"
[partner.buying.pricing]
freight = 48
handling = 6
duty_percent = { "*" = 6.5 }
gpm_percent = 28

[[partner]]
name = "tulipan"
roles = ["buyer"]
x12 = { id = "TULIPAN" }
currency = "EUR"
time_zone = "Europe/Amsterdam"
receives_availability = "TULIPANS"
[partner.buying.pricing]
price_equals_landed_cost = true
freight = 0
handling = 0
duty_percent = { "*" = 0 }

[[partner]]
name = "andes"
roles = ["vendor"]

[[partner]]
name = "axerrio-florsol"
roles = ["axerrio"]
vendor = "florsol"

[[connection]]
vendor = "florsol"
buyer = "bloom"
vendor_code = "V1"
customer_code = "C1"
agreed = { vendor = 2026-01-05, buyer = 2026-01-05 }
vendor_locations = [LOCATIONS]
ship_days_offset = 1
schedule = { mon = 1, tue = 1, wed = 0, fri = 3 }
days_of_service = ["mon", "tue", "wed", "thu", "fri"]
max_order_days = 6
pricing = { truck_per_cube = 1.10 }

[[connection]]
vendor = "florsol"
buyer = "tulipan"
is_on = IS_ON
vendor_code = "V1"
customer_code = "C1"
agreed = { vendor = 2026-01-05, buyer = 2026-11-25 }
vendor_locations = []
schedule = { mon = 0, tue = 0, wed = 0, thu = 0, fri = 0, sat = 0, sun = 0 }
days_of_service = ["mon", "tue", "wed", "thu", "fri", "sat"]
pricing = { truck_per_cube = 0 }
"""
CHOICES = (
    {"LOCATIONS": "", "IS_ON": "true", "TULIPANS": "csv"},
    {"LOCATIONS": '"UIO"', "IS_ON": "true", "TULIPANS": "csv"},
    {"LOCATIONS": "", "IS_ON": "false", "TULIPANS": "csv"},
    {"LOCATIONS": "", "IS_ON": "true", "TULIPANS": "none"},
    {"LOCATIONS": '"BOG"', "IS_ON": "true", "TULIPANS": "x12"},
)
"""What an admin may make of the network, again and again."""

ROWS = (
    [("products", "florsol,,MYSTERY,,ROS-MON-60,,yes,,,")],
    [
        ("products", "tulipan,,OWN-1,,ROS-EXP-50,,yes,2026-11-25,2026-11-25,"),
        ("products", "tulipan,,OWN-2,,ROS-EXP-50,,yes,2026-11-26,,"),
    ],
    [("rates", f"USD,EUR,0.9{n},2026-11-{22 + n},") for n in range(1, 7)],
)
"""Rows that an admin may add to tables, one after another."""


goods = st.builds(
    Goods,
    code=st.sampled_from(CODES),
    stems=st.sampled_from([0, 300, 600, 900]),
    begins=st.sampled_from([0, 0, 0, 2, 9]),
    ends=st.sampled_from([None, None, 1, 3, 11]),
    location=st.sampled_from(["UIO", "BOG"]),
)
Act = tuple[str, Any]
acts = st.one_of(
    st.tuples(st.just("publish"), st.lists(goods, min_size=1, max_size=5)),
    st.tuples(st.just("publish"), st.lists(goods, min_size=1, max_size=5)),
    st.tuples(st.just("order"), st.tuples(st.sampled_from(sorted(ITEMS)), st.integers(1, 3))),
    st.tuples(st.just("cancel"), st.integers(0, 3)),
    st.tuples(st.just("wait"), st.integers(1, 40)),
    st.tuples(st.just("wait"), st.integers(1, 40)),
    st.tuples(st.just("settings"), st.integers(0, len(CHOICES) - 1)),
    st.tuples(st.just("table"), st.integers(0, len(ROWS) - 1)),
    st.tuples(st.just("crash"), st.integers(0, 2)),
    st.tuples(st.just("crash"), st.integers(0, 2)),
    st.tuples(st.just("crash"), st.integers(0, 2)),
)


class Play:
    """A network whose stock, settings and clock change, and its two buyers."""

    def __init__(self, site: Desktop, clock: SetClock, mode: str) -> None:
        self.site, self.clock, self.mode = site, clock, mode
        self.buyers = {name: Shown() for name in BUYERS}
        self.orders: list[str] = []
        self.rows = [list(rows) for rows in ROWS]
        self.control = 0
        self.crash_at: int | None = None

    def do(self, act: Act) -> None:
        name, what = act
        self.clock.set(self.clock.now() + timedelta(minutes=1))
        acting: Callable[[Any], None] = getattr(self, name)
        acting(what)
        if name != "crash":
            self._run()

    def publish(self, lines: list[Goods]) -> None:
        body = advice(*lines, control=self._next(), at=self.clock.now())
        self.site.drop("florsol", f"{self.control}.edi", body)

    def order(self, wanted: tuple[str, int]) -> None:
        code, boxes = wanted
        number = f"N{self._next()}"
        line = (ITEMS[code], str(boxes), "BX")
        body = purchase_order(number, line, control=self.control, ship=None)
        self.site.drop("bloom", f"{number}.edi", body)
        self.orders.append(number)

    def cancel(self, back: int) -> None:
        if back < len(self.orders):
            number = self.orders[-1 - back]
            self._next()
            line = ("BLM-100", "1", "BX")
            body = purchase_order(number, line, control=self.control, ship=None, purpose="01")
            self.site.drop("bloom", f"c{self.control}.edi", body)

    def wait(self, hours: int) -> None:
        self.clock.set(self.clock.now() + timedelta(hours=hours))

    def settings(self, choice: int) -> None:
        self.site.reconfigure(network(self.mode, CHOICES[choice]))

    def table(self, choice: int) -> None:
        """Add the next row that an admin would: a mapping, or a rate from some day on."""
        if self.rows[choice]:
            table, row = self.rows[choice].pop(0)
            self.site.map_row(table, row)

    def crash(self, at: int) -> None:
        self.crash_at = at

    def _next(self) -> int:
        self.control += 1
        return self.control

    def _run(self) -> None:
        if self.crash_at is not None:
            ledger = self.site.p.ledger
            # The books go on until the stock is in them; then telling fails at its n-th writing.
            self.site.p.announcer.ledger = FailingLedger(ledger, self.crash_at)
            self.crash_at = None
            try:
                self._take(self.site.run())
            except EnvironmentFault:
                event("cut off")
            self.site.p.announcer.ledger = ledger
            return
        self._take(self.site.run())
        for name, shown in self.buyers.items():
            wanted = should_see(self.site, "florsol", name, self.clock.now())
            if any(wanted.values()):
                event("something is seen")
            if name == "tulipan" and self._is_deaf():
                shown.kept.clear()
                shown.anew.clear()
            assert shown.kept == wanted, name
            assert shown.anew == wanted, name

    def _is_deaf(self) -> bool:
        partner = self.site.site.partner_named("tulipan")
        return partner is not None and partner.receives_availability == "none"

    def _take(self, files: dict[str, bytes]) -> None:
        for name, shown in self.buyers.items():
            shown.take(files, name)


def network(mode: str, choice: dict[str, str]) -> str:
    text = NETWORK.replace("MODE", mode)
    for key, value in choice.items():
        text = text.replace(f'"{key}"' if key == "TULIPANS" else key, _quoted(key, value))
    return text


def _quoted(key: str, value: str) -> str:
    return f'"{value}"' if key == "TULIPANS" else value


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a view of three lots take two files."""
    monkeypatch.setattr(shelf, "CHUNK", 2)


@settings(max_examples=15)
@given(
    mode=st.sampled_from(["overwrite", "replace"]),
    first=st.lists(goods, min_size=2, max_size=5),
    then=st.lists(acts, min_size=1, max_size=9),
)
def test_a_buyer_that_follows_its_files_has_what_it_can_have(
    mode: str, first: list[Goods], then: list[Act]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        clock = SetClock(BEGIN)
        text = network(mode, CHOICES[0])
        with desktop(Path(folder) / "site", network=text, clock=clock) as site:
            play = Play(site, clock, mode)
            play.do(("publish", first))
            for act in then:
                play.do(act)
            play.do(("wait", 0))

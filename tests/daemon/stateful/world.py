"""A whole network in one process that can be stopped anywhere: files in, answers in the ledger.

Files are claimed straight into the ledger and answers are read there, and delivered when a play
says so: inboxes, and outboxes that crash, have tests of their own, and without them a step takes
some milliseconds.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

from sqlalchemy import event

from daemon import config, operations, service
from daemon.eventlog import EventLog
from daemon.ledger import holds
from daemon.ledger.holds import Hold
from daemon.parts import Parts, parts
from tests.daemon.ledger.books import add_arrivals, claim
from tests.daemon.ledgers import ledger_at, prepare
from tests.daemon.network import connection, keep_rows_of_everybody, make_site, partner
from tests.daemon.today import ZONE

MONDAY = datetime(2026, 11, 23, 8, tzinfo=ZONE)
VENDORS = {"over": "overwrite", "incr": "increase", "whole": "replace"}
"""How the file of each vendor counts."""
BUYERS = {"xena": "cut", "cassie": "refuse"}
"""What happens to a line that asks for more than is left. Xena writes X12, Cassie CSV."""
SYSTEM, ITS_VENDOR = "ax", "over"
PACK = 10
"""Bunches in a box: lots count bunches, orders boxes."""
PRODUCTS = "ABCD"
NEW_TO_BUYERS, NEW_TO_VENDORS = "C", "D"
"""Products whose codes stand in no table until an editor adds the row."""
CART = "K"
"""Begins the number of a cart."""
UNSHARED = "whole"
"""The vendor with which no buyer has agreed to share invoices."""
EXPORTING = "cassie"
"""The buyer whose approved invoices go out for a system of its own."""

_SITE = """
[site]
name = "play"
x12 = { id = "K2KNET" }
time_zone = "America/New_York"
"""

_EXPORTS = 'buying = { exports_invoices = "csv" }'
_SHARED = "invoice_sync = { vendor = true, buyer = true }\n"
_FREE = "pricing = { truck_per_cube = 0 }"
_PRICED = (
    'pricing = { freight = 48, handling = 6, duty_percent = { "*" = 6.5 }, truck_per_cube = 0 }'
)

_SYSTEM = f"""
[[partner]]
name = "{SYSTEM}"
roles = ["axerrio"]
vendor = "{ITS_VENDOR}"
"""


class Stopped(BaseException):
    """The process is gone: nothing catches it."""


class PlayClock:
    """A clock that goes on only where a play lets it; both of its hands move together."""

    def __init__(self) -> None:
        self._passed = timedelta()

    def monotonic(self) -> float:
        return self._passed.total_seconds()

    def now(self) -> datetime:
        return (MONDAY + self._passed).astimezone(UTC)

    def pass_by(self, minutes: int) -> None:
        self._passed += timedelta(minutes=minutes)

    @property
    def today(self) -> date:
        return self.now().astimezone(ZONE).date()


class World:
    """The site of one play, open."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._url = f"sqlite:///{root / 'ledger.db'}"
        self._claimed = 0
        self._log = StringIO()
        self._crash_at = ""
        self._occupied: list[Path] = []
        self.clock = PlayClock()
        make_site(root / "site", network=network(), ledger_url=self._url)
        _write_tables(root / "site" / "mappings")
        prepare(self._url)
        self._site = config.load(root / "site")
        self._site.state.mkdir(parents=True, exist_ok=True)
        service.make_folders(self._site)
        # Beside the ledger's own connections, as a person would look: it sees what is committed.
        self._eye = sqlite3.connect(root / "ledger.db", isolation_level=None)
        self._tables = service.open_tables(self._site, self.clock)
        self._p = self._open()

    def _open(self) -> Parts:
        site = self._site
        opened = parts(
            site,
            ledger_at(self._url, self.clock.now),
            self._tables,
            clock=self.clock,
            say=EventLog(self._log, pretty=False),
            is_watching=False,
            step=self._step,
            delivery_threads=1,
        )
        # Its process has tests of its own, and takes longer to start than a play to write files.
        opened.delivery.scribe = None
        return opened

    def _step(self, name: str) -> None:
        if name == self._crash_at:
            raise Stopped(name)

    def close(self) -> None:
        """Close everything for good."""
        self._shut()
        self._eye.close()

    def _shut(self) -> None:
        self._p.close()
        self._p.ledger.close()

    def said(self) -> str:
        """Return what the site said since the last look."""
        text = self._log.getvalue()
        self._log.truncate(0)
        self._log.seek(0)
        return text

    # --- what happens ----------------------------------------------------------------------------

    def claim(self, partner: str, body: bytes) -> int:
        """Take a file in, as intake does once it is whole; return its arrival."""
        self._claimed += 1
        number = self._claimed
        name = f"{number}.txt".encode()
        whole = claim(body, partner=partner, name=name, ino=number, ctime_ns=number)
        (arrival,) = add_arrivals(self._p.ledger, [whole])
        return arrival

    def work(self, partner: str) -> None:
        """Post everything that a partner has waiting."""
        waiting = "SELECT 1 FROM arrivals WHERE state = 'claimed' AND partner = ? LIMIT 1"
        while self.rows(waiting, partner) and self._p.work(partner):
            pass

    def stopped_at(self, step: str, work: Callable[[], None]) -> bool:
        """Do `work`, end the process at `step`, and restart; tell whether it came so far."""
        self._crash_at = step
        try:
            work()
        except Stopped:
            return True
        finally:
            self._crash_at = ""
            self.restart()
        return False

    def stopped_before(self, statement: int, work: Callable[[], None]) -> bool:
        """Do `work`, end the process before its n-th statement, and restart; as `stopped_at`."""
        try:
            with self._stop_before(statement):
                work()
        except Stopped:
            return True
        finally:
            self.restart()
        return False

    @contextmanager
    def _stop_before(self, statement: int) -> Iterator[None]:
        left = statement

        def count(*_: Any) -> None:
            nonlocal left
            left -= 1
            if left < 0:
                raise Stopped(f"statement {statement}")

        engine = self._p.ledger.engine
        event.listen(engine, "before_cursor_execute", count)
        try:
            yield
        finally:
            event.remove(engine, "before_cursor_execute", count)

    def restart(self) -> None:
        """Close everything and open it again; only the ledger and the tables are left."""
        self._shut()
        self._p = self._open()

    def add_row(self, partner: str, source: str, product: str) -> None:
        """Add a row to the products as an editor does."""
        with (self._root / "site" / "mappings" / "products.csv").open("a") as file:
            file.write(_row(partner, source, product) + "\n")
        found = self._p.tables.refresh(is_whole=True)
        assert found is not None and found.is_good, found

    def redrive(self) -> None:
        """Complete what waited for a row that is there now."""
        while self._p.redrive().has_more:
            pass

    def ring(self) -> None:
        """Do what is due by the clock."""
        while self._p.timers.run():
            pass

    def announce(self) -> None:
        """Tell every buyer what changed."""
        self._p.announce()

    def deliver(self) -> None:
        """Bring what is pending to the outboxes."""
        self._p.delivery.run()

    def occupy(self, partner: str, name: str) -> None:
        """Put something of a partner's own where a file of ours is to come."""
        file = self._site.outbox(partner) / name
        if not file.exists():
            file.write_bytes(b"mine")
            self._occupied.append(file)

    def make_room(self) -> None:
        """Take away what partners have put in the way."""
        while self._occupied:
            self._occupied.pop().unlink()

    def holds(self) -> list[Hold]:
        with self._p.ledger.read() as conn:
            return holds.open_holds(conn)

    def release(self, hold_id: int) -> None:
        p = self._p
        operations.release(p.ledger, p.site, p.tables.current, p.today(), hold_id)

    def reject(self, hold_id: int) -> None:
        p = self._p
        operations.reject(
            p.ledger, p.site, p.tables.current, p.today(), hold_id=hold_id, reason="not wanted"
        )

    def replay(self, arrival_id: int) -> None:
        operations.replay(self._p.ledger, arrival_id)

    # --- what is there ---------------------------------------------------------------------------

    def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Return the rows of a plain SQL statement; quantities are in parts of a unit."""
        return self._eye.execute(statement, values).fetchall()


def network() -> str:
    """Return the configuration of the play."""
    forms = dict(zip(BUYERS, ("x12", "csv"), strict=True))
    blocks = [_SITE]
    blocks += [
        partner(name, "vendor", f'availability_mode = "{mode}"', 'receives_orders = ["csv"]')
        for name, mode in VENDORS.items()
    ]
    blocks += [
        partner(
            name,
            "buyer",
            f'receives_availability = "{forms[name]}"',
            *([_EXPORTS] if name == EXPORTING else []),
        )
        for name in BUYERS
    ]
    blocks.append(_SYSTEM)
    blocks += [
        connection(vendor, buyer, when_short).replace(_FREE, _PRICED)
        + ("" if vendor == UNSHARED else _SHARED)
        for vendor in VENDORS
        for buyer, when_short in BUYERS.items()
    ]
    return "".join(blocks)


def vendor_words(product: str) -> str:
    """Return what a vendor calls a product; not the catalogue's name, which needs no row."""
    return f"Rosa {product}"


def buyer_code(product: str) -> str:
    return f"B-{product}"


def _row(partner: str, source: str, product: str) -> str:
    is_code = source.startswith("B-")
    code, words = (source, "") if is_code else ("", source)
    return f"{partner},,{code},{words},R{product},,yes,,,"


def _write_tables(folder: Path) -> None:
    """Write tables that know every product but for the two that are new to somebody."""
    new = {
        "catalogue": [f"R{p},Rose {p},Roses,Rose,Red,60 cm,yes" for p in PRODUCTS],
        "carriers": ["*,,TRUCK,Truck,TRUCK,Truck,yes,,,"],
        "customers": ["*,,FLORIST,Florist,FLORIST,Florist,yes,,,"],
        "packs": [f"{v},R{p},HB,{PACK},10,Bunch,yes,,," for v in VENDORS for p in PRODUCTS],
        "products": [
            *(
                _row(v, vendor_words(p), p)
                for v in (*VENDORS, SYSTEM)
                for p in PRODUCTS
                if p != NEW_TO_VENDORS
            ),
            *(_row(b, buyer_code(p), p) for b in BUYERS for p in PRODUCTS if p != NEW_TO_BUYERS),
        ],
    }
    keep_rows_of_everybody(folder, new)

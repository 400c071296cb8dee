"""Sites for tests: the sample network in a folder of its own, run the way an operator would run it.

`Desktop` keeps one site open and works it pass by pass in this process; `Running` is a real daemon
in a process of its own. Both are fed by dropping files and judged by what stands in the outboxes.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import make_url, select, text

from daemon import config, operations, service
from daemon.clock import Clock, SystemClock
from daemon.config import Configuration
from daemon.engine import Parts, parts, run_once
from daemon.eventlog import EventLog
from daemon.ledger import holds, schema
from daemon.ledger.holds import Hold
from daemon.ledger.migrate import HEAD, upgrade, version
from daemon.ledger.store import open_ledger
from daemon.samples import sample_site

CHECKOUT = Path(__file__).resolve().parents[2]
SAMPLE_SITE = Path(str(sample_site()))
"""The sample network as shipped; the checkout is a site too, but whoever runs it has changed it."""
TODAY = datetime.now(ZoneInfo("America/New_York")).date()
"""The site's calendar day; every file of the tests is dated from it."""

QUICK = """
[intake]
rescan_s = 0.2
settle_s = 0.0
settle_moved_s = 0.0
quiet_s = 0.0
cut_short_s = 0.0
free_bytes = 0
"""

NETWORK = """
[site]
name = "test-network"
x12 = { id = "K2KNET" }
time_zone = "America/New_York"

[[partner]]
name = "florsol"
title = "Florsol Farms"
roles = ["vendor"]
x12 = { id = "FLORSOL" }
complete_when = "renamed"
availability_mode = "overwrite"
receives_orders = ["x12", "csv"]
receives_labels = true
currency = "USD"

[[partner]]
name = "andes"
title = "Andes Blooms"
roles = ["vendor"]
x12 = { id = "ANDESBLM" }
receives_orders = ["x12"]
currency = "USD"

[[partner]]
name = "bloom"
title = "Bloom Wholesale"
roles = ["buyer"]
x12 = { id = "BLOOMWHSL" }
currency = "USD"
receives_availability = "x12"

[[partner]]
name = "tulipan"
title = "Tulipan Import"
roles = ["buyer"]
x12 = { id = "TULIPAN" }
currency = "USD"
receives_availability = "csv"

[[partner]]
name = "axerrio-florsol"
roles = ["axerrio"]
vendor = "florsol"

[[connection]]
vendor = "florsol"
buyer = "bloom"
when_short = "cut"
vendor_code = "V1"
customer_code = "C1"
agreed = { vendor = 2026-01-05, buyer = 2026-01-05 }
schedule = { mon = 0, tue = 0, wed = 0, thu = 0, fri = 0, sat = 0, sun = 0 }
days_of_service = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
pricing = { truck_per_cube = 0 }

[[connection]]
vendor = "florsol"
buyer = "tulipan"
when_short = "refuse"
vendor_code = "V1"
customer_code = "C1"
agreed = { vendor = 2026-01-05, buyer = 2026-01-05 }
schedule = { mon = 0, tue = 0, wed = 0, thu = 0, fri = 0, sat = 0, sun = 0 }
days_of_service = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
pricing = { truck_per_cube = 0 }

[[connection]]
vendor = "andes"
buyer = "bloom"
vendor_code = "V1"
customer_code = "C1"
agreed = { vendor = 2026-01-05, buyer = 2026-01-05 }
schedule = { mon = 0, tue = 0, wed = 0, thu = 0, fri = 0, sat = 0, sun = 0 }
days_of_service = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
pricing = { truck_per_cube = 0 }
"""


def make_site(root: Path, *, network: str = NETWORK, ledger_url: str = "") -> Path:
    """Write a site with `network` and the sample network's tables into `root`."""
    root.mkdir(parents=True, exist_ok=True)
    shutil.copytree(SAMPLE_SITE / "mappings", root / "mappings")
    configure(root, network, ledger_url)
    return root


def configure(root: Path, network: str = NETWORK, ledger_url: str = "") -> None:
    """Write the configuration of a site."""
    ledger = f'\n[ledger]\nurl = "{ledger_url}"\n' if ledger_url else ""
    (root / config.FILE_NAME).write_text(network + ledger + QUICK)


def day(offset: int = 0) -> date:
    """Return the site's today, or a day some days from it."""
    return TODAY + timedelta(days=offset)


# --- files as partners write them ----------------------------------------------------------------


def availability(
    *rows: tuple[str, Decimal | int | str, str], at: int = 0, cost: str = "0.34"
) -> bytes:
    """Return a vendor availability CSV of (description, quantity, unit) rows (domain 12.1)."""
    lines = [
        f"111,{text},{day(at).isoformat()},{quantity},{unit},PH1,Roses,Red,{cost},25,"
        for text, quantity, unit in rows
    ]
    return "".join(f"{line}\n" for line in lines).encode()


def purchase_order(
    number: str,
    *lines: tuple[str, str, str],
    control: int = 1,
    sender: str = "BLOOMWHSL",
    receiver: str = "FLORSOL",
    purpose: str = "00",
    usage: str = "P",
    ship: int | None = 2,
    vendor: str | None = "FLORSOL",
) -> bytes:
    """Return an interchange with one 850 of (buyer item, quantity, unit) lines."""
    return interchange(
        [order_set(number, *lines, purpose=purpose, ship=ship, vendor=vendor)],
        control=control,
        sender=sender,
        receiver=receiver,
        usage=usage,
    )


def order_set(
    number: str,
    *lines: tuple[str, str, str],
    purpose: str = "00",
    ship: int | None = 2,
    vendor: str | None = "FLORSOL",
) -> list[str]:
    """Return the segments of an 850 between ST and SE."""
    body = [f"BEG*{purpose}*SA*{number}**{day():%Y%m%d}"]
    if ship is not None:
        body.append(f"DTM*010*{day(ship):%Y%m%d}")
    if vendor is not None:
        body.append(f"N1*SE*{vendor}*92*{vendor}")
    body += [
        f"PO1*{at}*{quantity}*{unit}*0.30**BP*{item}"
        for at, (item, quantity, unit) in enumerate(lines, 1)
    ]
    return [*body, f"CTT*{len(lines)}"]


def inventory(
    *lines: tuple[str, str, str],
    control: int = 1,
    sender: str = "ANDESBLM",
    usage: str = "P",
    at: str = "0600",
    on: int = 0,
) -> bytes:
    """Return an interchange with one 846 of (vendor item, quantity, unit) lines."""
    body = [f"BIA*00*PS*REF-{control}*{day(on):%Y%m%d}*{at}", f"N1*SE*{sender}*92*{sender}"]
    for position, (item, quantity, unit) in enumerate(lines, 1):
        body += [f"LIN*{position}*VN*{item}", f"QTY*33*{quantity}*{unit}"]
    body.append(f"CTT*{len(lines)}")
    return interchange(
        [body],
        control=control,
        sender=sender,
        receiver="K2KNET",
        usage=usage,
        group="IB",
        kind="846",
    )


def interchange(
    sets: list[list[str]],
    *,
    control: int,
    sender: str = "BLOOMWHSL",
    receiver: str = "FLORSOL",
    usage: str = "P",
    group: str = "PO",
    kind: str = "850",
) -> bytes:
    """Return an X12 interchange of one group around `sets`."""
    out = [
        f"ISA*00*          *00*          *ZZ*{sender:15}*ZZ*{receiver:15}*{day():%y%m%d}*0931*U"
        f"*00401*{control:09}*0*{usage}*>",
        f"GS*{group}*{sender}*{receiver}*{day():%Y%m%d}*0931*{control}*X*004010",
    ]
    for at, body in enumerate(sets, 1):
        out += [f"ST*{kind}*{at:04}", *body, f"SE*{len(body) + 2}*{at:04}"]
    out += [f"GE*{len(sets)}*{control}", f"IEA*1*{control:09}"]
    return "".join(f"{segment}~\n" for segment in out).encode()


# --- ledgers -------------------------------------------------------------------------------------

_migrated: dict[str, bytes] = {}


def prepare(url: str) -> None:
    """Give an empty ledger its tables: as a copy of a migrated file, or without migrations.

    Migrations are slow and have tests of their own, which hold them to the same tables.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        file = Path(parsed.database)
        file.parent.mkdir(parents=True, exist_ok=True)
        if file.exists():
            return
        if not _migrated:
            with tempfile.TemporaryDirectory() as folder:
                made = open_ledger(f"sqlite:///{folder}/ledger.db")
                upgrade(made)
                made.close()
                _migrated["sqlite"] = Path(folder, "ledger.db").read_bytes()
        file.write_bytes(_migrated["sqlite"])
        return
    ledger = open_ledger(url)
    if version(ledger) is None:
        with ledger.write() as conn:
            schema.metadata.create_all(conn)
            conn.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
            conn.execute(text("INSERT INTO alembic_version VALUES (:v)"), {"v": HEAD})
    ledger.close()


# --- a site at hand ------------------------------------------------------------------------------


class SetClock(SystemClock):
    """A clock whose time of day stands where a test sets it; seconds go by as always."""

    def __init__(self, moment: datetime) -> None:
        self._moment = moment.astimezone(UTC)
        self._passed_s = 0.0

    def now(self) -> datetime:
        return self._moment

    def monotonic(self) -> float:
        return super().monotonic() + self._passed_s

    def set(self, moment: datetime) -> None:
        """Let time pass until it is `moment` (aware, any zone)."""
        self._passed_s += (moment - self._moment).total_seconds()
        self._moment = moment.astimezone(UTC)

    def jump(self, moment: datetime) -> None:
        """Put the clock to `moment`, while no time passes."""
        self._moment = moment.astimezone(UTC)


@dataclass(slots=True)
class Desktop:
    """An open site, worked pass by pass; `log` holds what it said."""

    root: Path
    site: Configuration
    p: Parts
    log: StringIO
    clock: Clock
    seen: set[str] = field(default_factory=set)
    """Outbox files that were looked at before."""

    def drop(self, partner: str, name: str | bytes, content: bytes) -> None:
        """Drop a file as a careful client does: written aside, then renamed into the inbox."""
        drop(self.root, partner, name, content)

    def run(self, *, patience_s: float = 3.0) -> dict[str, bytes]:
        """Work until nothing is left; return the new outbox files, as `partner/name`."""
        run_once(self.p, patience_s=patience_s)
        fresh = {name: body for name, body in outboxes(self.root).items() if name not in self.seen}
        self.seen |= fresh.keys()
        return fresh

    def send(self, partner: str, name: str | bytes, content: bytes) -> dict[str, bytes]:
        """Drop one file, work, and return the files it caused."""
        self.drop(partner, name, content)
        return self.run()

    def map_row(self, table: str, row: str) -> None:
        """Add a row to a mapping table as an editor does, and let it be noticed at once."""
        with (self.root / "mappings" / f"{table}.csv").open("a", newline="") as file:
            file.write(row + "\n")
        reloaded = self.p.tables.refresh(is_whole=True)
        assert reloaded is not None and reloaded.is_good, reloaded

    def reconfigure(self, network: str) -> None:
        """Change the configuration and begin anew, as SIGHUP does."""
        url = self.p.ledger.engine.url.render_as_string(hide_password=False)
        self.close()
        configure(self.root, network, url)
        fresh = open_desktop(self.root, clock=self.clock)
        self.site, self.p = fresh.site, fresh.p

    def rows(self, query: Any) -> list[Any]:
        """Return the rows of a query on the books."""
        with self.p.ledger.read() as conn:
            return list(conn.execute(query))

    def arrivals(self) -> list[Any]:
        return self.rows(select(schema.arrivals).order_by(schema.arrivals.c.id))

    def states(self) -> list[str]:
        """Return the state of every arrival, oldest first."""
        return [row.state for row in self.arrivals()]

    def orders(self, kind: str = "purchase_order") -> list[Any]:
        table = schema.orders
        return self.rows(select(table).where(table.c.kind == kind).order_by(table.c.id))

    def lots(self) -> dict[str, tuple[int, int]]:
        """Return whole (published, bought) of every lot, by product or the vendor's own words."""
        table = schema.stock_lots
        return {
            row.product or row.source_key: (int(row.published), int(row.bought))
            for row in self.rows(select(table).order_by(table.c.id))
        }

    def holds(self) -> list[Hold]:
        with self.p.ledger.read() as conn:
            return holds.open_holds(conn)

    def release(self, hold_id: int) -> None:
        operations.release(self.p.ledger, self.site, self.p.tables.current, self.p.today(), hold_id)

    def reject(self, hold_id: int, reason: str) -> None:
        operations.reject(
            self.p.ledger,
            self.site,
            self.p.tables.current,
            self.p.today(),
            hold_id=hold_id,
            reason=reason,
        )

    def replay(self, arrival_id: int) -> None:
        operations.replay(self.p.ledger, arrival_id)

    def close(self) -> None:
        self.p.close()
        self.p.ledger.close()


def open_desktop(
    root: Path, step: Callable[[str], None] | None = None, *, clock: Clock | None = None
) -> Desktop:
    """Open the site in `root` as the service does, without its threads."""
    site = config.load(root)
    site.state.mkdir(parents=True, exist_ok=True)
    prepare(site.ledger_url)
    clock, log = clock or SystemClock(), StringIO()
    ledger = open_ledger(site.ledger_url, clock.now)
    service.make_folders(site)
    say = EventLog(log, pretty=False)
    p = parts(
        site,
        ledger,
        service.open_tables(site, clock),
        clock=clock,
        say=say,
        is_watching=False,
        step=step or (lambda _name: None),
        delivery_threads=1,
    )
    return Desktop(root, site, p, log, clock)


@contextmanager
def desktop(
    root: Path, *, network: str = NETWORK, ledger_url: str = "", clock: Clock | None = None
) -> Iterator[Desktop]:
    """Make a site with `network` in `root`, open it, and close it at the end."""
    made = make_site(root, network=network, ledger_url=ledger_url)
    opened = open_desktop(made, clock=clock)
    try:
        yield opened
    finally:
        opened.close()


def drop(root: Path, partner: str, name: str | bytes, content: bytes) -> None:
    """Drop a file into an inbox: written under a temporary name, then renamed."""
    inbox = os.fsencode(root / "inbox" / partner)
    raw = os.fsencode(name)
    part = os.path.join(inbox, b".dropping.part")
    with open(part, "wb") as file:
        file.write(content)
    os.rename(part, os.path.join(inbox, raw))


def outboxes(root: Path) -> dict[str, bytes]:
    """Return every published file, as `partner/name`."""
    return {
        f"{path.parent.name}/{path.name}": path.read_bytes()
        for path in sorted((root / "outbox").glob("*/*"))
        if path.is_file()
    }


def kinds(files: dict[str, bytes]) -> list[str]:
    """Return `partner/kind` of files, sorted: what a person would count."""
    return sorted(f"{name.split('/')[0]}/{name.split('/')[1].rsplit('-', 1)[0]}" for name in files)


def only(files: dict[str, bytes], beginning: str) -> bytes:
    """Return the one file whose `partner/name` begins so."""
    (body,) = (body for name, body in files.items() if name.startswith(beginning))
    return body


# --- a daemon of its own -------------------------------------------------------------------------

_MAIN = """
import sys
from pathlib import Path
from daemon.errors import EnvironmentFault, K2KError
from daemon.service import run
try:
    code = run(Path(sys.argv[1]), once="--once" in sys.argv, pretty=False)
except K2KError as error:
    print(f"k2kd: {error}", file=sys.stderr)
    code = 3
sys.exit(code)
"""


@dataclass(slots=True)
class Running:
    """A daemon in a process of its own."""

    root: Path
    process: subprocess.Popen[bytes]
    said: Path

    def log(self) -> str:
        return self.said.read_text(errors="replace")

    def wait_for(self, what: Callable[[], Any], *, within_s: float = 10.0) -> Any:
        """Return what `what` gives once it is true; fail with the log when it does not come."""
        deadline = time.monotonic() + within_s
        while not (found := what()):
            assert self.process.poll() is None, f"the daemon ended: {self.log()}"
            assert time.monotonic() < deadline, f"not within {within_s} s; it said: {self.log()}"
            time.sleep(0.02)
        return found

    def wait_said(self, text: str, *, within_s: float = 10.0) -> None:
        self.wait_for(lambda: text in self.log(), within_s=within_s)

    def wait_file(self, beginning: str, *, within_s: float = 10.0) -> bytes:
        """Return the first outbox file whose `partner/name` begins so, once it is there."""

        def found() -> list[bytes]:
            return [b for n, b in outboxes(self.root).items() if n.startswith(beginning)]

        bodies: list[bytes] = self.wait_for(found, within_s=within_s)
        return bodies[0]

    def stop(self, *, within_s: float = 10.0) -> int:
        """Ask it to end, and return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(within_s)


def command(root: Path, *flags: str) -> list[str]:
    """Return the command line of a daemon for the site in `root`."""
    return [sys.executable, "-c", _MAIN, str(root), *flags]


@contextmanager
def running(root: Path, *, env: dict[str, str] | None = None) -> Iterator[Running]:
    """Start a daemon for the site in `root`, wait until it is ready, and end it at the end."""
    said = root / "daemon.log"
    with said.open("ab") as log:
        process = subprocess.Popen(
            command(root), cwd=CHECKOUT, stderr=log, env={**os.environ, **(env or {})}
        )
    daemon = Running(root, process, said)
    try:
        daemon.wait_said("ready", within_s=20)
        yield daemon
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

"""The sample network as it is shipped: its site, and its files with dates that are always to come.

Everything is read from the package, never from the checkout around it: that is a site of its own,
and whoever runs it has changed it. The files are templates: `{today:iso}` and `{today+3:yyyymmdd}`
become dates, nothing else changes, so control numbers and order numbers are the same every time.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from daemon import safefile
from daemon.clock import Clock
from daemon.config import FILE_NAME, Configuration
from daemon.errors import EnvironmentFault
from daemon.eventlog import Say
from daemon.ledger import arrivals
from daemon.ledger.store import Ledger

_DATE = re.compile(rb"\{today([+-][0-9]{1,3})?:(iso|yyyymmdd|yymmdd)\}")
LOOK_S = 0.1
RETRY_S = 5.0
_SHAPES = {b"iso": "%Y-%m-%d", b"yyyymmdd": "%Y%m%d", b"yymmdd": "%y%m%d"}


class Wave(StrEnum):
    """Which files come first: an order that comes before the stock finds nothing to sell."""

    STOCK = "stock"
    ORDERS = "orders"


@dataclass(frozen=True, slots=True)
class Sample:
    """A file of the sample network, ready to be dropped."""

    partner: str
    name: str
    content: bytes
    wave: Wave


_WAVES: dict[Wave, tuple[tuple[str, str], ...]] = {
    Wave.STOCK: (("florsol", "availability.csv"), ("andes", "inventory.edi")),
    Wave.ORDERS: (
        ("bloom", "order-10045.edi"),
        ("bloom", "order-10046-broken.edi"),
        ("axerrio-florsol", "order-7731.json"),
    ),
}


def samples(today: date) -> Iterator[Sample]:
    """Yield the sample files as they would be sent on `today`, stock before orders."""
    inboxes = resources.files("daemon") / "sample" / "inbox"
    for wave, files in _WAVES.items():
        for partner, name in files:
            template = (inboxes / partner / name).read_bytes()
            yield Sample(partner, name, dated(template, today), wave)


def dated(template: bytes, today: date) -> bytes:
    """Return `template` with its dates filled in, counted from `today`."""

    def shown(found: re.Match[bytes]) -> bytes:
        day = today + timedelta(days=int(found[1] or 0))
        return day.strftime(_SHAPES[found[2]]).encode()

    return _DATE.sub(shown, template)


def install_samples(
    configuration: Configuration, today: date, wave: Wave | None = None
) -> list[Path]:
    """Drop the sample files into the inboxes, each under its name at once, and return their paths.

    `wave` None drops all of them. A partner that the site does not have is left out, and a file
    that is still waiting there is replaced. Raises EnvironmentFault.
    """
    dropped: list[Path] = []
    for sample in samples(today):
        if wave not in (None, sample.wave) or not configuration.partner_named(sample.partner):
            continue
        inbox = configuration.inbox(sample.partner)
        safefile.make_directories(inbox)
        with safefile.open_directory(inbox) as directory:
            safefile.replace(directory, sample.name, sample.content)
        dropped.append(inbox / sample.name)
    return dropped


@contextmanager
def sample_day(
    site: Configuration, ledger: Ledger, clock: Clock, say: Say, *, patience_s: float
) -> Iterator[Callable[[], None]]:
    """Yield what has a thread drop the sample files as a day would bring them.

    That is the stock, and once it is in, or after `patience_s`, the orders. The thread ends with
    the block, whatever is dropped by then.
    """
    day = _SampleDay(site, ledger, clock, say, patience_s)
    thread = threading.Thread(target=day.run, name="samples", daemon=True)
    try:
        yield thread.start
    finally:
        day.stopping.set()
        if thread.ident is not None:
            thread.join()


@dataclass(frozen=True, slots=True)
class _SampleDay:
    site: Configuration
    ledger: Ledger
    clock: Clock
    say: Say
    patience_s: float
    stopping: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        today = self.clock.now().astimezone(self.site.site.zone).date()
        self._await_end_of(self._drop(today, Wave.STOCK))
        self._drop(today, Wave.ORDERS)

    def _drop(self, today: date, wave: Wave) -> int:
        """Return how many files were dropped, as soon as that is possible."""
        while not self.stopping.is_set():
            try:
                files = len(install_samples(self.site, today, wave))
            except EnvironmentFault as fault:
                self.say("samples_fault", reason=str(fault), retry_s=RETRY_S)
                self.stopping.wait(RETRY_S)
            else:
                self.say("samples_dropped", files=files)
                return files
        return 0

    def _await_end_of(self, files: int) -> None:
        deadline = self.clock.monotonic() + self.patience_s
        while self.clock.monotonic() < deadline and not self.stopping.is_set():
            # What is wrong with the ledger is said by those who work with it.
            with suppress(EnvironmentFault), self.ledger.read() as conn:
                if arrivals.count_ended(conn) >= files:
                    return
            self.stopping.wait(LOOK_S)


def sample_site() -> Traversable:
    """Return the package's folder with the sample site's k2kd.toml and mappings.

    Raises EnvironmentFault where an installation has lost it.
    """
    folder = resources.files("daemon") / "sample"
    if not (folder / FILE_NAME).is_file():
        raise EnvironmentFault(f"the sample site is missing in {folder}; install k2kd again")
    return folder

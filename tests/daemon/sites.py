"""A site at hand: the sample network, open in this process and worked pass by pass.

It is fed by dropping files and judged by what stands in the outboxes. A daemon in a process of its
own is in `running`, the network in `network`, and what partners write in `partner_files`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from io import StringIO
from pathlib import Path
from typing import Any

from sqlalchemy import select

from daemon import config, operations, service
from daemon.clock import Clock
from daemon.config import Configuration
from daemon.eventlog import EventLog
from daemon.ledger import holds, schema
from daemon.ledger.holds import Hold
from daemon.mapping.load import from_files, read_folder
from daemon.mapping.problems import Notes
from daemon.mapping.tables import Tables
from daemon.mapping.tableset import TableSet, signature_of
from daemon.parts import Parts, parts, run_once
from tests.daemon.ledgers import ledger_at, prepare
from tests.daemon.network import NETWORK, configure, make_site
from tests.daemon.today import DayClock


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

    def unmap_row(self, table: str, row: str) -> None:
        """Take a row out of a mapping table, and let it be noticed at once."""
        file = self.root / "mappings" / f"{table}.csv"
        file.write_text(file.read_text().replace(row + "\n", ""))
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
    clock, log = clock or DayClock(), StringIO()
    say = EventLog(log, pretty=False)
    ledger = ledger_at(site.ledger_url, clock.now, say)
    service.make_folders(site)
    p = parts(
        site,
        ledger,
        _tables_of(site, clock),
        clock=clock,
        say=say,
        is_watching=False,
        step=step or (lambda _name: None),
        delivery_threads=1,
    )
    return Desktop(root, site, p, log, clock)


def _tables_of(site: Configuration, clock: Clock) -> TableSet:
    """Open the site's tables; those of a site before it are not read and checked once more."""
    signature, notes = signature_of(site.mappings), Notes()
    files = read_folder(site.mappings, notes)
    if notes.problems or notes.warnings:
        return service.open_tables(site, clock)
    names = tuple(partner.name for partner in site.partner)
    tables = _checked(tuple(files.items()), names, clock.now().date())
    return TableSet(site.mappings, names, clock, tables, _settled=signature)


@lru_cache(maxsize=16)
def _checked(files: tuple[tuple[str, bytes], ...], names: tuple[str, ...], today: date) -> Tables:
    return from_files(dict(files), partners=names, today=today, notes=Notes())


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

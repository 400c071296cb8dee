"""Drain a partner: post its claimed arrivals in order, many in one transaction (steps C7 to C9).

Each arrival ends in exactly one of posted, duplicate, held or quarantined, and is answered (P5).
Killing the process anywhere loses nothing and repeats nothing: until the transaction commits
nothing has happened, and after it everything has, down to the bytes and names of the outgoing
files.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

from daemon.clock import Clock
from daemon.config import Configuration, Partner
from daemon.errors import DataError, EnvironmentFault, UnwritableError
from daemon.eventlog import Level, Say, safe
from daemon.ledger import arrivals, mapping_sets
from daemon.ledger.arrivals import Arrival, Ending
from daemon.ledger.posting import posting
from daemon.ledger.store import Ledger
from daemon.mapping.tableset import TableSet
from daemon.pipeline.ahead import look_up_ahead, read_ahead
from daemon.pipeline.arrival import post_arrival, quarantine
from daemon.pipeline.content import SpoolBytes
from daemon.pipeline.workbooks import is_workbook, open_ahead
from daemon.trade.calendar.plans import Plans
from daemon.trade.desk import Desk
from daemon.trade.views.readiness import Readiness

MAX_ATTEMPTS = 3
BATCH_BYTES = 16 << 20
Step = Callable[[str], None]


@dataclass(slots=True)
class Drain:
    """Posts what partners have waiting; threads may drain different partners at once."""

    site: Configuration
    ledger: Ledger
    tables: TableSet
    spool: SpoolBytes
    clock: Clock
    say: Say
    step: Step = lambda _name: None
    counted: dict[str, set[int]] = field(default_factory=dict)
    """By partner, the arrivals whose attempt is counted but failed through no fault of theirs."""
    _plans: Plans = field(default_factory=Plans)
    _readiness: Readiness = field(default_factory=Readiness)

    def run(self, partner: Partner) -> int:
        """Post everything that `partner` has waiting; return how many arrivals were worked on."""
        done = 0
        while count := self.run_batch(partner):
            done += count
        return done

    def run_batch(self, partner: Partner) -> int:
        """Post the next arrivals of `partner` in one transaction; 0 when it has none."""
        batch = self._next(partner)
        if batch:
            ids = {arrival.id for arrival in batch}
            counted = self.counted.pop(partner.name, set())
            arrivals.count_attempt(self.ledger, sorted(ids - counted))
            self.step("C7")
            try:
                self._post(partner, batch)
            except EnvironmentFault:
                self._take_back(partner, ids)
                raise
        return len(batch)

    def _take_back(self, partner: Partner, ids: set[int]) -> None:
        """Forget an attempt: however often our disk fails, a file must not look like a crash loop.

        A ledger that can't even write this down is remembered until it can.
        """
        try:
            arrivals.count_attempt(self.ledger, sorted(ids), by=-1)
        except EnvironmentFault:
            self.counted[partner.name] = ids

    def _next(self, partner: Partner) -> list[Arrival]:
        with self.ledger.read() as conn:
            batch = arrivals.claimed(
                conn, partner.name, limit=self.site.intake.batch, max_bytes=BATCH_BYTES
            )
        return self._up_to_a_workbook(batch)

    def _up_to_a_workbook(self, batch: list[Arrival]) -> list[Arrival]:
        """Let a workbook be a batch of its own: it is opened before its posting."""
        for place, arrival in enumerate(batch):
            if is_workbook(arrival, self.spool):
                return batch[: max(place, 1)]
        return batch

    def _post(self, partner: Partner, batch: list[Arrival]) -> None:
        """Post a batch in one transaction; if that fails, each of its files in one of its own."""
        try:
            endings = self._post_together(partner, batch)
        except EnvironmentFault:
            raise
        # The lane's one catch-all: a bug met on one file must not stop the files behind it.
        except Exception as error:
            if len(batch) > 1:
                for arrival in batch:
                    self._post(partner, [arrival])
            elif isinstance(error, UnwritableError):
                self._quarantine(partner, batch[0], "unwritable", str(error))
            else:
                self._after_bug(partner, batch[0], error)
            return
        for ending in endings:
            self._tell(partner, ending)

    def _post_together(self, partner: Partner, batch: list[Arrival]) -> list[Ending]:
        tables = self.tables.current
        workbooks = open_ahead(self.site, batch, self.spool)
        ahead = read_ahead(self.site, partner, batch)
        with posting(self.ledger) as post:
            since = post.at - timedelta(days=self.site.retention.hashes_days)
            copies = arrivals.earlier_copies(post, batch, since=since)
            desk = Desk(post, self.site, tables, self.today(), copies=copies)
            desk.plans, desk.readiness = self._plans, self._readiness
            desk.workbooks.update(workbooks)
            desk.ahead.update(ahead)
            look_up_ahead(desk, partner)
            mapping_sets.use(post.conn, self.site.host, tables.hash, tables.files)
            endings = [self._one(desk, partner, arrival) for arrival in batch]
            desk.write_stock()
            arrivals.finish_all(post.conn, endings, mapping_hash=tables.hash)
            arrivals.settle_all(post.conn)
            self.step("C9")
        self.step("C9 committed")
        return endings

    def _one(self, desk: Desk, partner: Partner, arrival: Arrival) -> Ending:
        if arrival.attempts >= MAX_ATTEMPTS:
            reason = f"the daemon stopped {arrival.attempts} times while it read this file"
            return quarantine(desk, partner, arrival, "crash-loop", reason)
        try:
            return post_arrival(desk, partner, arrival, self.spool)
        except DataError as error:
            return quarantine(desk, partner, arrival, error.code, str(error))

    def _after_bug(self, partner: Partner, arrival: Arrival, bug: Exception) -> None:
        """Leave a file that met a bug for its next attempt; quarantine it after the third."""
        self.say("bug", partner=partner.name, arrival=arrival.id, error=bug)
        if arrival.attempts + 1 < MAX_ATTEMPTS:
            return
        advice = "the daemon failed on this file three times; its operator has been told"
        trace = "".join(traceback.format_exception(bug))
        reason = f"{type(bug).__name__}: {bug}\n{trace}"
        self._quarantine(partner, arrival, "bug", reason, advice=advice)

    def _quarantine(
        self,
        partner: Partner,
        arrival: Arrival,
        code: str,
        reason: str,
        *,
        advice: str | None = None,
    ) -> None:
        """Quarantine an arrival whose posting was undone, in a posting of its own."""
        with posting(self.ledger) as post:
            desk = Desk(post, self.site, self.tables.current, self.today())
            ending = quarantine(desk, partner, arrival, code, reason, advice=advice)
            arrivals.finish_all(post.conn, [ending], mapping_hash=self.tables.current.hash)
        self._tell(partner, ending)

    def _tell(self, partner: Partner, ending: Ending) -> None:
        file = safe(ending.arrival.name)
        if ending.form is not None:
            self.say("read", level=Level.DEBUG, partner=partner.name, file=file, form=ending.form)
        if ending.documents:
            self.say(
                "mapped",
                level=Level.DEBUG,
                partner=partner.name,
                file=file,
                documents=ending.documents,
            )
        self.say(
            ending.state.value,
            partner=partner.name,
            arrival=ending.arrival.id,
            file=file,
            documents=ending.documents,
            answers=ending.answers,
            code=ending.code,
            reason=ending.reason,
            original=ending.original,
        )

    def today(self) -> date:
        """Return the site's calendar day, by which rows hold and lots are open."""
        return self.clock.now().astimezone(self.site.site.zone).date()

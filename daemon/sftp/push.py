"""Push one partner's answers to its server: each once, whole, for ever under the same name (R5-R7).

Answers wait in the ledger until the server has them; a row is staged once all its bytes are there
and delivered once it has its name. What is refused is tried again with the same name and bytes, and
one that waits too long is an alarm. An answer whose renaming was not confirmed, and that is gone
when we come back, is sent again: to lose an answer is worse than to say it twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

from daemon.clock import Clock
from daemon.config import Partner, SftpPush
from daemon.errors import EnvironmentFault, SiteError
from daemon.eventlog import Level, Say
from daemon.intake.pressure import Lasting
from daemon.ledger import bodies, outgoing, transfers
from daemon.ledger.bodies import WaitingFile
from daemon.ledger.states import OutgoingState
from daemon.ledger.store import Ledger
from daemon.sftp.put import Parcel, Put, Stand, publish, upload
from daemon.sftp.session import Session

BATCH = 400
FILES_A_WIRE = 50
"""So many more files are worth another channel, which takes four round trips to open."""
BATCH_BYTES = 32 << 20
SMALL_BYTES = 4 << 20
"""Up to this a file is read whole, many in one query; a larger one as it is sent."""
Step = Callable[[str], None]


class Push:
    """The putting side of one partner; one thread at a time."""

    def __init__(
        self,
        partner: Partner,
        session: Session,
        *,
        ledger: Ledger,
        clock: Clock,
        say: Say,
        lasting: Lasting,
        step: Step = lambda _name: None,
    ) -> None:
        if partner.sftp is None or partner.sftp.push is None:
            raise SiteError([f"partner {partner.name} has no [sftp.push]; nowhere to put answers"])
        self.settings: SftpPush = partner.sftp.push
        self._partner = partner.name
        self._session = session
        self._ledger = ledger
        self._clock = clock
        self._say = say
        self._lasting = lasting
        self._step = step
        self._said: dict[int, str] = {}

    def run(self) -> int:
        """Put everything that waits; return how many were delivered. Raises EnvironmentFault."""
        delivered, after = 0, 0
        try:
            while parcels := self._waiting(after):
                after = parcels[-1].file.id
                delivered += self._deliver(parcels)
        finally:
            self._session.narrow()
        return delivered

    def check_overdue(self) -> None:
        """Say, once, that answers wait too long; needs no connection."""
        with self._ledger.read() as conn:
            since = outgoing.oldest_undelivered(conn, self._partner)
        waited_s = (self._clock.now() - since).total_seconds() if since else 0.0
        if waited_s >= self.settings.overdue_s:
            self._lasting.begin(
                self._partner,
                "delivery_overdue_failed",
                partner=self._partner,
                host=self._session.host,
                waits_s=round(waited_s),
                advice=f"see what fails with: k2kd partner test {self._partner}",
            )
            self._fail_transfers()
        else:
            self._lasting.end(self._partner, "delivery_overdue_failed", "delivery_caught_up")

    def _fail_transfers(self) -> None:
        """Note of the orders that wait too long that their vendor has not got them (domain 13)."""
        since = self._clock.now() - timedelta(seconds=self.settings.overdue_s)
        reason = (
            f"the server {self._session.host} has not taken it since {since:%Y-%m-%d %H:%M} UTC"
        )
        with self._ledger.read() as conn:
            late = transfers.waiting(conn, self._partner, since=since)
        if late:
            with self._ledger.write_in_turn() as conn:
                transfers.failed(conn, late, reason)

    def _waiting(self, after: int) -> list[Parcel]:
        with self._ledger.read() as conn:
            files = bodies.waiting(conn, self._partner, limit=BATCH, after=after)
            size = 0
            for count, file in enumerate(files):
                size += file.size_bytes
                if count and size > BATCH_BYTES:
                    files = files[:count]
                    break
            small = [file.id for file in files if file.size_bytes <= SMALL_BYTES]
            read = bodies.whole(conn, small)
        return [self._parcel(file, read.get(file.id)) for file in files]

    def _parcel(self, file: WaitingFile, body: bytes | None) -> Parcel:
        if body is not None:
            return Parcel(file, partial(iter, [body]))
        return Parcel(file, partial(bodies.pieces, self._ledger, self._clock, file))

    def _deliver(self, parcels: Sequence[Parcel]) -> int:
        wire = self._session.wire()
        uploads = self._uploaded(parcels)
        self._step("R5")
        whole = [put.file for put in uploads if put.stand is Stand.WHOLE]
        self._mark(whole, OutgoingState.STAGED)
        published = wire.run(publish(wire, self.settings, file) for file in whole)
        self._step("R6")
        ended = [*(put for put in uploads if put.stand is not Stand.WHOLE), *published]
        there = sorted((p.file for p in ended if p.stand is Stand.THERE), key=lambda f: f.id)
        self._mark(there, OutgoingState.DELIVERED)
        self._mark([p.file for p in ended if p.stand is Stand.TAKEN], OutgoingState.BLOCKED)
        self._step("R7")
        self._tell(there, [p for p in ended if p.stand is not Stand.THERE])
        return len(there)

    def _uploaded(self, parcels: Sequence[Parcel]) -> list[Put]:
        """Bring files over on several channels, so that the server flushes some at a time.

        In any order: names are given afterwards, by one channel, in the order of the ledger.
        """
        wires = self._session.wires(1 + len(parcels) // FILES_A_WIRE)

        def bring(number: int) -> list[Put]:
            wire, some = wires[number], parcels[number :: len(wires)]
            return wire.run(upload(wire, self.settings, parcel) for parcel in some)

        try:
            with ThreadPoolExecutor(len(wires), f"{self._session.name}-put") as pool:
                brought = [pool.submit(bring, number) for number in range(1, len(wires))]
                uploads = bring(0)
            uploads += [put for future in brought for put in future.result()]
        except EnvironmentFault:
            # The ledger may fail in the middle of a file, whose handle then stays open there.
            self._session.drop()
            raise
        return sorted(uploads, key=lambda put: put.file.id)

    def _mark(self, files: Sequence[WaitingFile], state: OutgoingState) -> None:
        changed = [file.id for file in files if file.state is not state]
        if changed:
            outgoing.mark(self._ledger, {state: changed})

    def _tell(self, delivered: Sequence[WaitingFile], others: Sequence[Put]) -> None:
        for file in delivered:
            self._said.pop(file.id, None)
            self._say(
                "delivered",
                partner=self._partner,
                file=file.name,
                kind=file.kind,
                size_bytes=file.size_bytes,
                arrival=file.arrival_id,
                host=self._session.host,
            )
        for put in others:
            self._tell_refused(put)

    def _tell_refused(self, put: Put) -> None:
        """Say once, until it changes, why a file isn't delivered."""
        reason = put.why or put.stand.value
        if self._said.get(put.file.id) == reason:
            return
        self._said[put.file.id] = reason
        if put.stand is Stand.TAKEN:
            self._say(
                "remote_name_taken",
                partner=self._partner,
                file=put.file.name,
                host=self._session.host,
                advice="have the file of this name removed there; ours is delivered then",
            )
        else:
            self._say(
                "put_failed",
                level=Level.ALARM,
                partner=self._partner,
                file=put.file.name,
                host=self._session.host,
                reason=put.why,
            )

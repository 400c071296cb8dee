"""Poll one partner's server: whole files are fetched, accepted, and only then receipted (R1-R4).

A look lists the folder once, judges every file as an inbox is judged, and goes through what is due
in order. Files stay on the server until they are accepted here. An accepted file is never a second
arrival, whatever breaks: its row in `ledger.remote_files` is made before it is fetched and goes
after the receipt, and the row's key stands in the arrival's identity.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from daemon.clock import Clock
from daemon.config import CompleteWhen, Configuration, Partner, SftpPull
from daemon.errors import SiteError
from daemon.eventlog import Level, Say, safe
from daemon.intake.claim import BATCH_BYTES, BATCH_FILES
from daemon.intake.inboxes import LOOK_FILES, LookResult
from daemon.intake.looks import Due, Looks, Reason, Review, next_look_s
from daemon.intake.pressure import Lasting, Pressure
from daemon.intake.refuse import refusal
from daemon.intake.scan import Seen
from daemon.intake.settle import STILL_S, Inside, Terms, Writer, ruling
from daemon.intake.spool import Spool
from daemon.ledger import remote_files
from daemon.ledger.claims import ArrivalBook, Claim, Proof
from daemon.ledger.remote_files import KnownFile, RemoteFile, RemoteState
from daemon.ledger.store import Ledger
from daemon.safefile import Identity
from daemon.sftp.faults import FolderFault, RemoteRefusal
from daemon.sftp.fetch import (
    NS,
    Changed,
    Fetched,
    LargeFile,
    Pause,
    Unreadable,
    is_large,
    look_inside,
)
from daemon.sftp.listing import Folder, listed, words
from daemon.sftp.receipts import Receipt, Receipted, done_file_receipt, receipt
from daemon.sftp.remote_names import folder_path, inside
from daemon.sftp.session import Session
from daemon.sftp.wire import Wire
from formats.identify import Completeness

Step = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Books:
    """What a pull writes to, and how it tells; shared by the pulls of a site."""

    site: Configuration
    ledger: Ledger
    book: ArrivalBook
    spool: Spool
    clock: Clock
    say: Say
    lasting: Lasting
    step: Step = lambda _name: None


class Pull:
    """The fetching side of one partner; one thread at a time."""

    def __init__(self, partner: Partner, books: Books, session: Session, pause: Pause) -> None:
        if partner.sftp is None or partner.sftp.pull is None:
            raise SiteError([f"partner {partner.name} has no [sftp.pull]; nothing to fetch from"])
        self.settings: SftpPull = partner.sftp.pull
        self._partner = partner.name
        self._books = books
        self._session = session
        self._pause = pause
        site = books.site
        when = CompleteWhen.DONE_FILE if self.settings.done_file else partner.complete_when
        self._terms = Terms.of(site.intake, when)
        self._looks = Looks(self._terms, site.limits.file_bytes)
        self._pressure = Pressure(site.intake.free_bytes, books.book, books.spool, books.lasting)
        self._odd: set[bytes] = set()
        self._unremoved: set[bytes] = set()

    def look(self) -> LookResult:
        """List the folder, and take in what is complete. Raises EnvironmentFault.

        `next_look_s` says when something will have settled, None for at the next poll.
        """
        clock = self._books.clock
        wire = self._session.wire()
        folder = self._listed(wire)
        known = self._known(folder)
        self._receipt_again(wire, folder, known)
        listing = folder.without(p for p, k in known.items() if k.state is RemoteState.FETCHED)
        now = clock.monotonic()
        review = self._looks.review(listing, now, words(self._terms, listing, now))
        self._tell(review)
        due = self._affordable(review.due)
        claimed: list[tuple[int, Claim]] = []
        for batch in _batches(due):
            claimed += self._take(batch, review)
        is_cut = len(due) < len(review.due) and claimed
        return LookResult(claimed, 0.0 if is_cut else next_look_s(review.wait_s))

    def _listed(self, wire: Wire) -> Folder:
        try:
            entries = wire.entries(folder_path(self.settings.folder))
            folder = listed(wire, self.settings, entries)
        except RemoteRefusal as error:
            raise FolderFault(
                f"the folder {safe(self.settings.folder)} of {wire.host} can't be listed: {error};"
                " check pull.folder, and ask the partner for the right to read it"
            ) from error
        for name in folder.odd - self._odd:
            self._books.say(
                "remote_ignored", level=Level.WARNING, partner=self._partner, name=name,
                advice="a link or special file is never fetched; lay the file itself there",
            )  # fmt: skip
        self._odd = folder.odd
        return folder

    def _known(self, folder: Folder) -> dict[bytes, KnownFile]:
        """Return the rows of files that stand there as they were; end those of files gone."""
        books = self._books
        with books.ledger.read() as conn:
            known = remote_files.known(conn, self._partner)
        oldest = books.clock.now() - timedelta(days=books.site.retention.hashes_days)
        paths = {inside(self.settings.folder, seen.name): seen for seen in folder.files}
        gone: list[int] = []
        same: dict[bytes, KnownFile] = {}
        for path, row in known.items():
            seen = paths.get(path)
            if seen is not None and _remote(path, seen) == row.file:
                same[seen.name] = row
            elif seen is None and (self.settings.receipt != "keep" or row.created_at < oldest):
                # With `keep` a folder that is empty for a day must not make everything new.
                gone.append(row.id)
        remote_files.end(books.ledger, gone=gone, staying=())
        return same

    def _receipt_again(self, wire: Wire, folder: Folder, known: dict[bytes, KnownFile]) -> None:
        """Try once more to put away files that we have and could not."""
        if self.settings.receipt == "keep":
            return
        owed = [
            seen
            for seen in folder.files
            if (row := known.get(seen.name)) and row.state is RemoteState.FETCHED
        ]
        done = wire.run(receipt(wire, self.settings, seen) for seen in owed)
        over = [r for r in done if r.how is not Receipt.REFUSED]
        remote_files.end(self._books.ledger, gone=[known[r.seen.name].id for r in over], staying=())
        for one in over:
            self._unremoved.discard(one.seen.name)
            self._books.say("removal_done", partner=self._partner, name=one.seen.name)
        self._tell_refused([r for r in done if r.how is Receipt.REFUSED])

    def _affordable(self, due: Sequence[Due]) -> list[Due]:
        """Return the first of `due` that disk and ledger allow (P10)."""
        allowance = self._pressure.allowance() if due else None
        if allowance is None:
            return []
        free, fitting = allowance.free_bytes, list[Due]()
        for one in due[: min(allowance.files, LOOK_FILES)]:
            size = one.seen.identity.size
            if 3 * size > free:
                self._books.lasting.begin(
                    self._partner, "large_file_paused", partner=self._partner, name=one.seen.name
                )
                continue
            free -= size
            fitting.append(one)
        if len(fitting) == len(due):
            self._books.lasting.end(self._partner, "large_file_paused", "large_file_over")
        return fitting

    def _take(self, batch: Sequence[Due], review: Review) -> list[tuple[int, Claim]]:
        """Fetch, accept and receipt some files: R1 to R4."""
        books, settings = self._books, self.settings
        wire = self._session.wire()
        files = [_remote(inside(settings.folder, due.seen.name), due.seen) for due in batch]
        rows = remote_files.begin(books.ledger, self._partner, files)
        books.step("R1")
        taken = list(self._fetched(wire, batch, rows, review))
        books.step("R2")
        if not taken:
            return []
        claims = [claim for _, claim in taken]
        ids = books.book.accept(claims)
        books.step("R3")
        for arrival, claim in zip(ids, claims, strict=True):
            self._say_claimed(arrival, claim)
        self._give_receipts([due for due, _ in taken], rows, review)
        return list(zip(ids, claims, strict=True))

    def _fetched(
        self,
        wire: Wire,
        batch: Sequence[Due],
        rows: dict[bytes, KnownFile],
        review: Review,
    ) -> Iterator[tuple[Due, Claim]]:
        folder = self.settings.folder
        looked = wire.run(look_inside(wire, inside(folder, due.seen.name), due) for due in batch)
        for one in looked:
            if isinstance(one, Unreadable):
                self._refuse(one.due.seen, Reason.UNREADABLE)
                continue
            proof = self._proof(one, review) if one else None
            if one is None or proof is None:
                continue
            row = rows[inside(folder, one.due.seen.name)]
            claim = self._claim(one, row, proof)
            if claim is not None:
                yield one.due, claim

    def _proof(self, fetched: Fetched, review: Review) -> Proof | None:
        """Say as what a file counts as whole; None, and a wait, where it doesn't yet."""
        due = fetched.due
        inside_it = Inside(Writer.UNKNOWN, fetched.shown)
        verdict = ruling(self._terms, due.evidence, inside_it)
        wait_s = verdict.wait_s
        is_agreed = self._terms.complete_when is not CompleteWhen.QUIET
        if fetched.shown is Completeness.COMPLETE and not is_agreed:
            # A program may append interchange after interchange; each end looks like the last.
            wait_s = max(wait_s, STILL_S - due.evidence.still_s)
        if wait_s <= 0:
            return verdict.proof
        self._looks.note(due.seen, inside_it)
        review.wait(wait_s)
        return None

    def _claim(self, fetched: Fetched, row: KnownFile, proof: Proof) -> Claim | None:
        seen, done = fetched.due.seen, fetched.due.done
        known_as = seen.identity
        # Size and time are the server's; the row's key stands where a local file has its change
        # time, and no local file has inode 0.
        identity = Identity(0, 0, known_as.size, known_as.mtime_ns, row.id)
        done_file = done.name if done else None
        if fetched.data is not None:
            sha256 = hashlib.sha256(fetched.data).hexdigest()
            return Claim(
                self._partner, seen.name, identity, sha256, fetched.data, None, proof, done_file
            )
        spooled = self._spooled(seen, row)
        if spooled is None:
            return None
        sha256, spool = spooled
        return Claim(self._partner, seen.name, identity, sha256, None, spool, proof, done_file)

    def _spooled(self, seen: Seen, row: KnownFile) -> tuple[str, str] | None:
        """Fetch a large file into the spool; return its hash and its name there."""
        spool = self._books.spool
        file = LargeFile(self._session, inside(self.settings.folder, seen.name), seen, self._pause)
        key = hashlib.sha256(f"sftp/{self._partner}/{row.id}".encode()).hexdigest()[:32]
        try:
            spool.draft(key, file.chunks())
        except Changed:
            return None
        except RemoteRefusal:
            # This one file; the others must not wait for it.
            self._refuse(seen, Reason.UNREADABLE)
            return None
        finally:
            if file.resumptions:
                self._books.say(
                    "fetch_resumed", partner=self._partner, name=seen.name, times=file.resumptions
                )
        name = f"{key}-{file.sha256[:32]}"
        spool.keep(key, name)
        return file.sha256, name

    def _give_receipts(
        self, taken: Sequence[Due], rows: dict[bytes, KnownFile], review: Review
    ) -> None:
        """Put accepted files away (R4), and note which stay."""
        folder = self.settings.folder
        by_name = {due.seen.name: rows[inside(folder, due.seen.name)].id for due in taken}
        if self.settings.receipt == "keep":
            remote_files.end(self._books.ledger, gone=(), staying=list(by_name.values()))
            return
        wire = self._session.wire()
        receipts = wire.run(receipt(wire, self.settings, due.seen) for due in taken)
        self._books.step("R4")
        refused = [r for r in receipts if r.how is Receipt.REFUSED]
        remote_files.end(
            self._books.ledger,
            gone=[by_name[r.seen.name] for r in receipts if r.how is not Receipt.REFUSED],
            staying=[by_name[r.seen.name] for r in refused],
        )
        for one in receipts:
            self._looks.forget(one.seen.name)
        self._tell_refused(refused)
        self._put_done_files_away(wire, taken, review)

    def _put_done_files_away(self, wire: Wire, taken: Sequence[Due], review: Review) -> None:
        """A done-file goes with the last file it speaks for, never before: it is the proof."""
        over: list[bytes] = []
        for due in taken:
            if due.done is not None:
                review.done_users[due.done.name] -= 1
                if review.done_users[due.done.name] <= 0:
                    over.append(due.done.name)
        wire.run(done_file_receipt(wire, self.settings, name) for name in over)

    def _refuse(self, seen: Seen, reason: Reason) -> None:
        """Answer once for each state of a file; it stays where it is."""
        if self._looks.is_answered(seen):
            return
        limit = self._books.site.limits.file_bytes
        if self._books.book.refuse(refusal(self._partner, seen, reason, limit)):
            self._books.say(
                "file_refused", partner=self._partner, name=seen.name, code=reason.value
            )
        self._looks.answered(seen)

    def _tell(self, review: Review) -> None:
        for seen, reason in review.refused:
            self._refuse(seen, reason)
        for left in review.left:
            self._books.say("temporary_left", partner=self._partner, name=left.name, what=left.what)

    def _tell_refused(self, refused: Sequence[Receipted]) -> None:
        for one in refused:
            if one.seen.name in self._unremoved:
                continue
            self._unremoved.add(one.seen.name)
            self._books.say(
                "removal_failed",
                partner=self._partner,
                name=one.seen.name,
                reason=str(one.refusal),
                advice="ask the partner for the right to remove it, or set receipt to keep",
            )

    def _say_claimed(self, arrival: int, claim: Claim) -> None:
        self._books.say(
            "file_claimed",
            partner=self._partner,
            arrival=arrival,
            name=claim.name,
            size=claim.identity.size,
            sha256=claim.sha256,
            completeness=claim.completeness,
            source=self._session.host,
        )


def _remote(path: bytes, seen: Seen) -> RemoteFile:
    return RemoteFile(path, seen.identity.size, seen.identity.mtime_ns // NS)


def _batches(due: Sequence[Due]) -> Iterator[list[Due]]:
    """Cut `due` into runs of small files, and large ones one by one, keeping the order."""
    batch: list[Due] = []
    size = 0
    for one in due:
        is_full = len(batch) >= BATCH_FILES or size >= BATCH_BYTES
        if batch and (is_full or is_large(one.seen) or is_large(batch[-1].seen)):
            yield batch
            batch, size = [], 0
        batch.append(one)
        size += one.seen.identity.size
    if batch:
        yield batch

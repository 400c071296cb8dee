"""Intake: looks at inboxes and claims what is complete, one partner independent of the other.

A look is the first pass, the normal pass and the recovery at once. It never raises
EnvironmentFault: a fault is part of its result, files stay where they are, and the next look goes
on by itself (P9, P10, P11). Conditions that last are said when they begin and when they end.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from daemon.clock import Clock
from daemon.config import Configuration, Partner
from daemon.errors import EnvironmentFault, UsageError
from daemon.eventlog import Level, Say
from daemon.intake.claim import Drop, Outcome, Step, claim_settled, no_step
from daemon.intake.closings import Closings
from daemon.intake.looks import Due, Looks, Reason, Review, Spoken, next_look_s
from daemon.intake.pressure import Allowance, Lasting, Pressure
from daemon.intake.refuse import Refuser
from daemon.intake.scan import Seen, scan
from daemon.intake.settle import POLL_S, Terms, Writer
from daemon.intake.spool import Spool
from daemon.intake.waiting import weighed
from daemon.intake.watch import Watch
from daemon.ledger.claims import ArrivalBook, Claim
from daemon.safefile import (
    Denied,
    Directory,
    FileFault,
    Missing,
    WrongKind,
    open_directory,
    sync_directory,
    unlink_same,
)

LOOK_FILES = 2_000
"""Claims of one look at most, so that no partner keeps the lane for long."""
LOOK_BYTES = 64 << 20
REST_SHARE = 4
"""After a look an inbox rests this many times as long as it took to list, so that a flood of hints
about a huge inbox can't keep the daemon listing it."""
LONGEST_FAULT_S = 300.0
"""After a fault of ours the next look waits 1 s, then twice as long, up to this."""


@dataclass(frozen=True, slots=True)
class LookResult:
    """What one look at one inbox did. `next_look_s` None: nothing settles; wait for a hint."""

    claimed: list[tuple[int, Claim]] = field(default_factory=list)
    next_look_s: float | None = None
    fault: EnvironmentFault | None = None


@dataclass(slots=True)
class _Inbox:
    partner: Partner
    looks: Looks
    terms: Terms
    identity: tuple[int, int] | None = None
    next_at: float = 0.0
    rests_until: float = 0.0
    listed_s: float = 0.0
    faults: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


class Intake:
    """The inboxes of a site. Partners may be looked at from several threads."""

    def __init__(
        self,
        configuration: Configuration,
        *,
        book: ArrivalBook,
        spool: Spool,
        clock: Clock,
        say: Say,
        watch: Watch,
        closings: Closings | None = None,
        step: Step = no_step,
    ) -> None:
        self._configuration = configuration
        self._book = book
        self._spool = spool
        self._clock = clock
        self._say = say
        self._watch = watch
        self._closings = closings or Closings()
        self._step = step
        self._lasting = Lasting(say)
        self._refuser = Refuser(book, say, configuration.limits.file_bytes)
        self._pressure = Pressure(configuration.intake.free_bytes, book, spool, self._lasting)
        self._inboxes = {p.name: self._inbox(p) for p in configuration.here}
        self.hint: Callable[[str], None] = lambda _partner: None
        """Hears the name of a partner as soon as some of its files can be posted."""

    def _inbox(self, partner: Partner) -> _Inbox:
        terms = Terms.of(self._configuration.intake, partner.complete_when)
        return _Inbox(partner, Looks(terms, self._configuration.limits.file_bytes), terms)

    def recover(self) -> None:
        """Remove the spool's debris of a crash; call once, before the first look."""
        removed = self._spool.recover(self._book.known_spool())
        if removed:
            self._say("spool_swept", files=removed)

    def due(self, timeout_s: float) -> list[str]:
        """Sleep until an inbox wants a look, at most `timeout_s`; return the partners to look at.

        An inbox wants one after a hint, when something in it has settled, and every `rescan_s`.
        Keys of other watched folders that were hinted at (`watch.MAPPINGS`) come along.
        """
        now = self._clock.monotonic()
        soonest = min((i.next_at for i in self._inboxes.values()), default=now + timeout_s)
        hinted = self._watch.wait(min(timeout_s, max(0.0, soonest - now)))
        now = self._clock.monotonic()
        for name in hinted & self._inboxes.keys():
            inbox = self._inboxes[name]
            inbox.next_at = min(inbox.next_at, max(now, inbox.rests_until))
        names = [name for name, inbox in self._inboxes.items() if inbox.next_at <= now]
        for name in names:
            # Its look sets the real time; until then it is not asked for twice.
            self._inboxes[name].next_at = now + self._configuration.intake.rescan_s
        return [*names, *sorted(hinted - self._inboxes.keys())]

    def look_all(self) -> dict[str, LookResult]:
        """Look at every inbox, whatever befalls the others; results by partner."""
        return {name: self.look(name) for name in self._inboxes}

    def look(self, partner: str) -> LookResult:
        """Look at one inbox and claim what is complete."""
        inbox = self._inboxes.get(partner)
        if inbox is None:
            raise UsageError(f"there is no partner {partner}; see the partner sections of the site")
        with inbox.lock:
            started = self._clock.monotonic()
            try:
                result = self._looked(inbox, started)
                if result.fault is None:
                    self._lasting.end(partner, "intake_failed", "intake_resumed")
            except EnvironmentFault as error:
                result = LookResult(fault=error)
            if result.fault is not None:
                self._lasting.begin(partner, "intake_failed", partner=partner, error=result.fault)
                inbox.faults += 1
                wait_s = min(LONGEST_FAULT_S, 2.0 ** min(inbox.faults - 1, 16))
                result = LookResult(result.claimed, wait_s, result.fault)
            else:
                inbox.faults = 0
            self._plan(inbox, result)
            return result

    def _plan(self, inbox: _Inbox, result: LookResult) -> None:
        ended = self._clock.monotonic()
        rescan_s = self._configuration.intake.rescan_s
        if self._watch.is_blind(inbox.partner.name):
            rescan_s = min(rescan_s, POLL_S)
        wait_s = rescan_s if result.next_look_s is None else min(rescan_s, result.next_look_s)
        inbox.rests_until = ended + REST_SHARE * inbox.listed_s
        if result.fault is not None:
            inbox.rests_until = ended + (result.next_look_s or 0.0)
        inbox.next_at = max(ended + wait_s, inbox.rests_until)

    def _looked(self, inbox: _Inbox, now: float) -> LookResult:
        folder = self._opened(inbox)
        if folder is None:
            return LookResult()
        with folder:
            self._watch.attend(inbox.partner.name, folder)
            # Words first: what is said after the listing must not vouch for what was listed.
            words = self._watch.words(inbox.partner.name)
            listing = scan(folder)
            review = inbox.looks.review(listing, now, words, self._closings.has)
            inbox.listed_s = self._clock.monotonic() - now
            present = {seen.name for seen in listing.files}
            gone = {name: spoken for name, spoken in words.items() if name not in present}
            self._watch.forget(inbox.partner.name, gone)
            self._tell_left(inbox, review)
            self._remove_again(inbox, folder, review.unremoved)
            for seen, reason in review.refused:
                self._refuser.refuse(inbox.partner.name, folder, inbox.looks, seen, reason)
            return self._claim(inbox, folder, review, words)

    def _opened(self, inbox: _Inbox) -> Directory | None:
        """Open the inbox; None where it is missing or no folder any more, which is an alarm."""
        name = inbox.partner.name
        path = self._configuration.inbox(name)
        try:
            folder = open_directory(path)
        except (Missing, WrongKind, Denied) as error:
            self._lasting.begin(name, "inbox_lost", partner=name, error=error)
            inbox.identity = None
            return None
        identity = (folder.dev, folder.ino)
        is_back = self._lasting.end(name, "inbox_lost", "inbox_back")
        if inbox.identity not in (None, identity) and not is_back:
            self._say("inbox_replaced", level=Level.WARNING, partner=name)
        if inbox.identity != identity:
            inbox.looks = Looks(inbox.terms, self._configuration.limits.file_bytes)
        inbox.identity = identity
        return folder

    def _claim(
        self,
        inbox: _Inbox,
        folder: Directory,
        review: Review,
        words: Mapping[bytes, Spoken],
    ) -> LookResult:
        name = inbox.partner.name
        wanted = self._affordable(inbox, review.due)
        is_cut = len(wanted) < len(review.due)
        drop = Drop(name, folder, inbox.terms, not self._watch.is_remote(name), review.done_users)

        def tell(accepted: Sequence[tuple[int, Claim]]) -> None:
            self._tell_accepted(name, accepted)
            self.hint(name)

        outcome = claim_settled(drop, wanted, self._book, self._spool, self._step, tell=tell)
        self._tell_claims(inbox, outcome)
        claimed = {claim.name for _, claim in outcome.claimed}
        self._watch.forget(name, {n: words[n] for n in claimed & words.keys()})
        for due, inside in outcome.waiting:
            inbox.looks.note(due.seen, inside)
            review.wait(inbox.looks.wait_s(due, inside))
            review.waiting.append(weighed(due.seen.name, inbox.terms, due.evidence, inside))
        self._tell_waiting(inbox, review)
        wait_s = next_look_s(review.wait_s)
        has_moved = outcome.claimed or any(i.writer is not Writer.SOME for _, i in outcome.waiting)
        if is_cut and has_moved and outcome.fault is None:
            wait_s = 0.0
        return LookResult(outcome.claimed, wait_s, outcome.fault)

    def _affordable(self, inbox: _Inbox, due: list[Due]) -> Sequence[Due]:
        """Return the first of `due` that disk, ledger and this lane's turn allow (P10)."""
        if not due:
            return due
        allowance = self._pressure.allowance()
        if allowance is None:
            return ()
        return self._turn(inbox, due, allowance)

    def _turn(self, inbox: _Inbox, due: list[Due], allowance: Allowance) -> list[Due]:
        turn: list[Due] = []
        too_large: Seen | None = None
        total, free_bytes = 0, allowance.free_bytes
        for one in due[: min(allowance.files, LOOK_FILES)]:
            size = one.seen.identity.size
            if free_bytes < 3 * size:
                # Copy, parse and answer need room; smaller files behind it must not wait for it.
                too_large = one.seen
                continue
            if turn and total + size > LOOK_BYTES:
                break
            turn.append(one)
            total += size
            free_bytes -= size
        name = inbox.partner.name
        if too_large is None:
            self._lasting.end(name, "large_file_paused", "large_file_over")
        else:
            self._lasting.begin(name, "large_file_paused", partner=name, name=too_large.name)
        return turn

    def _tell_accepted(self, partner: str, accepted: Sequence[tuple[int, Claim]]) -> None:
        for arrival, claim in accepted:
            self._say(
                "file_claimed",
                partner=partner,
                arrival=arrival,
                name=claim.name,
                size=claim.identity.size,
                sha256=claim.sha256,
                completeness=claim.completeness,
            )
            self._closings.forget(claim.identity)

    def _tell_claims(self, inbox: _Inbox, outcome: Outcome) -> None:
        name = inbox.partner.name
        for file, error in outcome.unremoved:
            inbox.looks.accepted(file)
            self._say("removal_failed", partner=name, name=file, error=error)
        unremoved = {file for file, _ in outcome.unremoved}
        for _, claim in outcome.claimed:
            if claim.name not in unremoved:
                inbox.looks.forget(claim.name)
        for seen, error in outcome.unreadable:
            if inbox.looks.is_answered(seen):
                continue
            self._say("read_failed", partner=name, name=seen.name, error=error)
            if not isinstance(error, Denied):
                inbox.looks.answered(seen)
                continue
            try:
                self._refuser.answer(name, inbox.looks, seen, Reason.UNREADABLE)
            except EnvironmentFault as fault:
                # What was claimed before the ledger went down must still be reported.
                outcome.fault = fault

    def _remove_again(self, inbox: _Inbox, folder: Directory, files: Sequence[Seen]) -> None:
        """Try once more to remove files that are accepted but could not be removed."""
        for seen in files:
            try:
                unlink_same(folder, seen.name, seen.identity)
            except FileFault:
                continue
            inbox.looks.forget(seen.name)
            self._say("removal_done", partner=inbox.partner.name, name=seen.name)
        if files:
            sync_directory(folder)

    def _tell_waiting(self, inbox: _Inbox, review: Review) -> None:
        """Say of each file once what it waits for, so that none lies there without a word."""
        for one in inbox.looks.unsaid(review, self._clock.monotonic()):
            why = f"waiting: {one.text}"
            self._say("file_seen", partner=inbox.partner.name, name=one.name, why=why)

    def _tell_left(self, inbox: _Inbox, review: Review) -> None:
        for left in review.left:
            self._say("temporary_left", partner=inbox.partner.name, name=left.name, what=left.what)

"""What earlier looks at one inbox saw, and what the entries are now: due, waiting or refused.

Pure: it gets a listing and a time, and touches nothing. A restart forgets it all, which costs the
partner a second waiting time and never a file.
"""

from __future__ import annotations

import math
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from daemon.config import CompleteWhen
from daemon.intake.names import done_keys, is_done_file
from daemon.intake.scan import Listing, Seen
from daemon.intake.settle import (
    PATIENCE_S,
    POLL_S,
    Done,
    Evidence,
    Inside,
    Terms,
    Word,
    Writer,
    ruling,
)
from daemon.intake.waiting import Cause, Waiting, weighed
from daemon.safefile import Identity

LEFT_S = 86_400.0
"""After this a file that nobody finishes is reported, once."""
SOON_S = 300.0
"""After this a name that is never taken is spoken of, once."""
SAID_S = 5.0
"""A wait is spoken of when it has lasted, or is going to last, this long: others are over first."""


class Reason(StrEnum):
    """Why an entry is refused without being opened."""

    SYMLINK = "intake.symlink"
    SPECIAL = "intake.special"
    FOLDER = "intake.folder"
    OVERSIZE = "intake.oversize"
    HARD_LINK = "intake.hard-link"
    UNREADABLE = "intake.unreadable"


@dataclass(frozen=True, slots=True)
class Spoken:
    """A word of the watch about a name, and when (monotonic s) it was heard."""

    word: Word
    at: float


@dataclass(frozen=True, slots=True)
class Due:
    """A file to open now: claimed if what is inside agrees."""

    seen: Seen
    evidence: Evidence
    done: Seen | None = None


@dataclass(frozen=True, slots=True)
class Left:
    """A name that nobody finished for a day: never touched, reported once."""

    name: bytes
    what: str


@dataclass(slots=True)
class Review:
    """What one look comes to. `wait_s` is the shortest wait of anything settling, or inf."""

    due: list[Due] = field(default_factory=list)
    refused: list[tuple[Seen, Reason]] = field(default_factory=list)
    unremoved: list[Seen] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)
    """Files to be looked at again later."""
    idle: dict[bytes, Cause] = field(default_factory=dict)
    """Names that are not looked at while they are what they are."""
    done_users: dict[bytes, int] = field(default_factory=dict)
    wait_s: float = math.inf

    def wait(self, seconds: float) -> None:
        self.wait_s = min(self.wait_s, seconds)


@dataclass(slots=True)
class _Memory:
    identity: Identity
    since: float
    changed_after: float
    first_seen: float
    linked_since: float | None = None
    said: set[Cause] = field(default_factory=set)
    inside: Inside | None = None
    is_answered: bool = False
    is_accepted: bool = False


class Looks:
    """The memory of one inbox."""

    def __init__(self, terms: Terms, max_bytes: int) -> None:
        self._terms = terms
        self._max_bytes = max_bytes
        self._files: dict[bytes, _Memory] = {}
        self._idle: dict[bytes, float] = {}
        self._reported: set[bytes] = set()
        self._mentioned: set[bytes] = set()
        self._last_look = -math.inf

    def review(
        self,
        listing: Listing,
        now: float,
        words: Mapping[bytes, Spoken],
        is_closed: Callable[[Identity], bool] = lambda _identity: False,
    ) -> Review:
        """Judge every entry of `listing` at `now`; what is due comes in claim order (P8)."""
        review = Review()
        has_done_files = self._terms.complete_when is CompleteWhen.DONE_FILE
        done_files = (
            {s.name.lower(): s for s in listing.files if is_done_file(s.name) and s.is_file}
            if has_done_files
            else {}
        )
        files: dict[bytes, _Memory] = {}
        idle = review.idle
        idle |= dict.fromkeys(listing.temporary, Cause.TEMPORARY)
        idle |= dict.fromkeys(listing.hidden, Cause.HIDDEN)
        for seen in listing.files:
            if seen.name.lower() in done_files:
                continue
            memory = files[seen.name] = self._remembered(seen, now)
            done = next((done_files[k] for k in done_keys(seen.name) if k in done_files), None)
            if done:
                review.done_users[done.name] = review.done_users.get(done.name, 0) + 1
            elif has_done_files:
                idle[seen.name] = Cause.DONE_FILE
            word = _valid_word(words.get(seen.name), memory)
            evidence = Evidence(
                now - memory.since,
                word,
                _done_state(seen, done),
                is_empty=seen.identity.size == 0,
                is_closed=is_closed(seen.identity),
            )
            if not self._is_set_apart(seen, memory, now, review):
                self._weigh(Due(seen, evidence, done), memory.inside, review)
        idle |= {
            s.name: Cause.DONE_ALONE for s in done_files.values() if s.name not in review.done_users
        }
        self._report(now, review)
        self._files, self._last_look = files, now
        # Order of claims is order of posting; a name breaks the tie of one clock tick.
        review.due.sort(key=lambda due: (due.seen.identity.mtime_ns, due.seen.name))
        return review

    def note(self, seen: Seen, inside: Inside) -> None:
        """Remember what opening `seen` showed, so that it is not read again before its time."""
        self._files[seen.name].inside = inside

    def wait_s(self, due: Due, inside: Inside) -> float:
        """Return how much longer a file must wait that was opened too early."""
        return ruling(self._terms, due.evidence, inside).wait_s

    def unsaid(self, review: Review, now: float) -> list[Waiting]:
        """Return the waits of a look that a person should hear of, each cause of a file once."""
        return [*self._long_waits(review, now), *self._long_idle(review, now)]

    def is_answered(self, seen: Seen) -> bool:
        """Say whether a complaint about `seen` as it is now has been made."""
        return self._files[seen.name].is_answered

    def answered(self, seen: Seen) -> None:
        """Remember that it has."""
        self._files[seen.name].is_answered = True

    def accepted(self, name: bytes) -> None:
        """Remember that `name` is in the ledger but could not be removed."""
        self._files[name].is_accepted = True

    def forget(self, name: bytes) -> None:
        """Drop what is known of a file that is gone; the name may come back as another file."""
        self._files.pop(name, None)

    def _remembered(self, seen: Seen, now: float) -> _Memory:
        memory = self._files.get(seen.name)
        if memory is None:
            return _Memory(seen.identity, now, -math.inf, now)
        if memory.identity == seen.identity:
            return memory
        # A word heard before the change says nothing about the file as it is now.
        first, linked = memory.first_seen, memory.linked_since
        return _Memory(seen.identity, now, self._last_look, first, linked, memory.said)

    def _is_set_apart(self, seen: Seen, memory: _Memory, now: float, review: Review) -> bool:
        """Sort out what is not to be opened: refused, already accepted, or with a second link."""
        reason = self._refusal(seen)
        if reason is not None:
            review.refused.append((seen, reason))
        elif memory.is_accepted:
            review.unremoved.append(seen)
        elif seen.nlink > 1:
            self._await_single_link(seen, memory, now, review)
        else:
            memory.linked_since = None
            return False
        return True

    def _refusal(self, seen: Seen) -> Reason | None:
        if not seen.is_file:
            if stat.S_ISLNK(seen.mode):
                return Reason.SYMLINK
            return Reason.FOLDER if seen.is_folder else Reason.SPECIAL
        return Reason.OVERSIZE if seen.identity.size > self._max_bytes else None

    def _await_single_link(self, seen: Seen, memory: _Memory, now: float, review: Review) -> None:
        # A local publisher may link the final name and then remove the first; that takes moments.
        if memory.linked_since is None:
            memory.linked_since = now
        wait_s = PATIENCE_S - (now - memory.linked_since)
        if wait_s <= 0:
            review.refused.append((seen, Reason.HARD_LINK))
        else:
            review.wait(wait_s)
            review.waiting.append(Waiting(seen.name, Cause.HARD_LINK, PATIENCE_S, wait_s))

    def _weigh(self, due: Due, inside: Inside | None, review: Review) -> None:
        """Make a file due when it is worth opening, which may show that it must wait after all."""
        evidence = due.evidence
        awaits_done = self._terms.complete_when is CompleteWhen.DONE_FILE
        if awaits_done and evidence.done is Done.ABSENT:
            review.waiting.append(weighed(due.seen.name, self._terms, evidence))
            return
        if evidence.is_empty:
            wait_s = PATIENCE_S - evidence.still_s
        elif inside is None or inside.writer is Writer.SOME:
            wait_s = 0.0
        else:
            wait_s = ruling(self._terms, evidence, inside).wait_s
        if wait_s <= 0:
            review.due.append(due)
        else:
            review.wait(wait_s)
            review.waiting.append(weighed(due.seen.name, self._terms, evidence, inside))

    def _report(self, now: float, review: Review) -> None:
        idle = review.idle
        self._idle = {name: self._idle.get(name, now) for name in idle}
        self._reported &= idle.keys()
        for name, since in self._idle.items():
            # A hidden file is most likely nobody's document, so no admin needs to look.
            is_left = now - since >= LEFT_S and idle[name] is not Cause.HIDDEN
            if is_left and name not in self._reported:
                self._reported.add(name)
                review.left.append(Left(name, idle[name].value))

    def _long_waits(self, review: Review, now: float) -> Iterator[Waiting]:
        for one in review.waiting:
            memory = self._files.get(one.name)
            if memory is None or one.cause in memory.said:
                continue
            # A wait without an end of its own may be over in a moment, as for a done-file.
            coming_s = 0.0 if math.isinf(one.wait_s) else one.wait_s
            if now - memory.first_seen + coming_s >= SAID_S:
                memory.said.add(one.cause)
                yield one

    def _long_idle(self, review: Review, now: float) -> Iterator[Waiting]:
        self._mentioned &= review.idle.keys()
        for name, cause in review.idle.items():
            is_new = cause is not Cause.DONE_FILE and name not in self._mentioned
            if is_new and now - self._idle[name] >= SOON_S:
                self._mentioned.add(name)
                yield Waiting(name, cause)


def _valid_word(spoken: Spoken | None, memory: _Memory) -> Word | None:
    return spoken.word if spoken and spoken.at > memory.changed_after else None


def _done_state(seen: Seen, done: Seen | None) -> Done:
    if done is None:
        return Done.ABSENT
    # Change times come from the kernel of the volume, never from the partner.
    return Done.PRESENT if done.identity.ctime_ns >= seen.identity.ctime_ns else Done.OLDER


def next_look_s(review_wait_s: float) -> float | None:
    """Return when to look again for settling's sake, in seconds; None when nothing settles."""
    return None if math.isinf(review_wait_s) else min(review_wait_s, POLL_S)

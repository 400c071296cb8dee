"""What lies in an inbox and why it is not taken yet, for a process beside the daemon.

Nothing is changed: no file is claimed, moved or written. The rules are the daemon's; what only its
memory knows (what it heard of a writer, since when it looks) is put in place of by the volume's own
times, so the cause is sure and the moment nearly so.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from daemon.intake import lease
from daemon.intake.looks import Due, Looks
from daemon.intake.scan import Seen, scan
from daemon.intake.settle import Inside, Terms, Word, Writer
from daemon.intake.waiting import Cause, Waiting, weighed
from daemon.safefile import Directory, FileFault, Missing, open_dropped
from formats.identify import HEAD_BYTES, completeness

MOST_OPENED = 200
"""Files that are looked into; what an inbox holds beyond them is counted, not explained."""
_NS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Lying:
    """A file in an inbox, unchanged since `since` by the volume's clock."""

    waiting: Waiting
    since: datetime
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Peeked:
    """What lies in one inbox, oldest change first, and how many files were not looked at."""

    lying: list[Lying] = field(default_factory=list)
    more: int = 0


def peek(
    folder: Directory, terms: Terms, *, max_bytes: int, now: datetime, is_local: bool
) -> Peeked:
    """Return what lies in `folder` at `now`; `is_local`: the kernel knows its writers.

    What is refused rather than taken is left out: the ledger has it. Raises FileFault.
    """
    listing = scan(folder)
    review = Looks(terms, max_bytes).review(listing, 0.0, {})
    by_name = {seen.name: seen for seen in listing.files}
    # These looks are the first of this process: how old a file is, its change time says.
    found = [_timed(one, by_name[one.name], now) for one in review.waiting]
    for due in review.due[:MOST_OPENED]:
        lying = _looked_into(folder, terms, due, now, is_local=is_local)
        found += [lying] if lying else []
    for name, cause in review.idle.items():
        if cause is not Cause.DONE_FILE:
            found += _named_only(folder, name, cause)
    found.sort(key=lambda one: (one.since, one.waiting.name))
    return Peeked(found, max(0, len(review.due) - MOST_OPENED))


def _timed(one: Waiting, seen: Seen, now: datetime) -> Lying:
    """Take the age of a file off its wait; one that is over waits for the daemon alone."""
    since = _changed(seen)
    left_s = one.needed_s - (now - since).total_seconds()
    is_over = left_s <= 0 and one.cause is not Cause.HARD_LINK
    waiting = (
        Waiting(one.name, Cause.TURN, 0.0, 0.0)
        if is_over
        else Waiting(one.name, one.cause, one.needed_s, max(0.0, left_s))
    )
    return Lying(waiting, since, seen.identity.size)


def _looked_into(
    folder: Directory, terms: Terms, due: Due, now: datetime, *, is_local: bool
) -> Lying | None:
    """Return what a file waits for by what is inside; None where it is gone."""
    name = due.seen.name
    try:
        fd = open_dropped(folder, name)
    except Missing:
        return None
    except FileFault:
        waiting = Waiting(name, Cause.UNREADABLE)
        return Lying(waiting, _changed(due.seen), due.seen.identity.size)
    try:
        inside = _inside(fd, due.seen.identity.size, is_local=is_local)
    finally:
        os.close(fd)
    # A file that had been renamed into place would be taken by now: it was written under its name.
    evidence = replace(due.evidence, word=Word.CREATED)
    return _timed(weighed(name, terms, evidence, inside), due.seen, now)


def _inside(fd: int, size: int, *, is_local: bool) -> Inside:
    writer = lease.writer(fd) if is_local else Writer.UNKNOWN
    if writer is Writer.SOME:
        return Inside(writer, None)
    if writer is Writer.UNKNOWN and is_local:
        # This account may not ask the kernel; the daemon's may, or heard the file being closed.
        writer = Writer.NONE
    head = os.pread(fd, HEAD_BYTES, 0)
    is_whole = size <= len(head)
    tail = b"" if is_whole else os.pread(fd, HEAD_BYTES, max(0, size - HEAD_BYTES))
    return Inside(writer, completeness(head, tail, whole=is_whole))


def _named_only(folder: Directory, name: bytes, cause: Cause) -> list[Lying]:
    try:
        status = os.stat(name, dir_fd=folder.fd, follow_symlinks=False)
    except OSError:
        return []
    since = datetime.fromtimestamp(status.st_ctime_ns / _NS, UTC)
    return [Lying(Waiting(name, cause), since, status.st_size)]


def _changed(seen: Seen) -> datetime:
    return datetime.fromtimestamp(seen.identity.ctime_ns / _NS, UTC)

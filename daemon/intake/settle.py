"""When a dropped file is whole (reliability D), decided from evidence alone: no file is touched.

`ruling` weighs the evidence about one file. Times are seconds on the monotonic clock; a file's own
timestamps are compared with each other and never with our clock, because partners' clocks are
wrong and some clients carry timestamps over.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from daemon.config import CompleteWhen
from daemon.config import Intake as IntakeSettings
from daemon.ledger.claims import Proof
from formats.identify import Completeness

POLL_S = 2.0
"""Between looks while something is settling."""
STILL_S = 1.0
"""For a file that shows its end, where nobody can say whether it is still open for writing."""
STILL_UNSEEN_S = 600.0
"""For a file that shows nothing, of whose writer we know nothing."""
PATIENCE_S = 60.0
"""For an empty file to be filled, and for a second hard link to go."""


class Writer(StrEnum):
    """Whether somebody has the file open for writing."""

    NONE = "none"
    SOME = "some"
    UNKNOWN = "unknown"


class Word(StrEnum):
    """The last thing the watch said about a name."""

    CREATED = "created"
    CLOSED = "closed"
    MOVED = "moved"


class Done(StrEnum):
    """The done-file beside a file."""

    ABSENT = "absent"
    OLDER = "older"
    """It was there before the file changed last: perhaps left by an earlier delivery."""
    PRESENT = "present"


@dataclass(frozen=True, slots=True)
class Terms:
    """The waiting times of the site and the agreement of one partner."""

    complete_when: CompleteWhen
    settle_s: float
    settle_moved_s: float
    quiet_s: float
    cut_short_s: float

    @classmethod
    def of(cls, settings: IntakeSettings, complete_when: CompleteWhen) -> Terms:
        return cls(
            complete_when,
            settings.settle_s,
            settings.settle_moved_s,
            settings.quiet_s,
            settings.cut_short_s,
        )


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known about one file from outside; `still_s` counts looks at the same identity."""

    still_s: float
    word: Word | None
    done: Done
    is_empty: bool = False
    is_closed: bool = False
    """Whoever wrote it said that it is whole, and it is what it was then."""


@dataclass(frozen=True, slots=True)
class Inside:
    """What opening the file showed."""

    writer: Writer
    completeness: Completeness | None
    """None when it was not read, because somebody writes it."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """Claimable as `proof` after `wait_s` more seconds of stillness: 0 is now, inf is not so."""

    proof: Proof
    wait_s: float

    @property
    def is_claimable(self) -> bool:
        return self.wait_s <= 0


def ruling(terms: Terms, evidence: Evidence, inside: Inside) -> Ruling:
    """Say as what, and after which further wait, the file may be claimed."""
    if inside.writer is Writer.SOME or inside.completeness is None:
        return Ruling("assumed", POLL_S)
    proof, still_needed_s = _requirement(terms, evidence, inside.writer, inside.completeness)
    if terms.complete_when is CompleteWhen.DONE_FILE and evidence.done is Done.ABSENT:
        still_needed_s = math.inf
    return Ruling(proof, max(0.0, still_needed_s - evidence.still_s))


def _requirement(
    terms: Terms, evidence: Evidence, writer: Writer, completeness: Completeness
) -> tuple[Proof, float]:
    """Return how a file counts as whole and the stillness this takes, done-files apart."""
    is_let_go = writer is Writer.NONE or evidence.word in (Word.CLOSED, Word.MOVED)
    if evidence.is_empty:
        return "assumed", PATIENCE_S
    if completeness is Completeness.CUT_SHORT:
        return "cut-short", terms.cut_short_s
    if completeness is Completeness.COMPLETE:
        return "shown", 0.0 if is_let_go else STILL_S
    return _agreement(terms, evidence, writer, is_let_go=is_let_go)


def _agreement(
    terms: Terms, evidence: Evidence, writer: Writer, *, is_let_go: bool
) -> tuple[Proof, float]:
    """The same for a format that can't show its end."""
    match terms.complete_when, evidence.word:
        case CompleteWhen.QUIET, _ if evidence.is_closed:
            return "closed", 0.0
        case CompleteWhen.DONE_FILE, _ if evidence.done is Done.PRESENT:
            return "agreed", 0.0 if is_let_go else terms.settle_s
        case CompleteWhen.DONE_FILE, _:
            # A done-file that is older than the file may belong to an earlier delivery of the
            # same name, so stillness must add what it no longer proves.
            return "agreed", terms.quiet_s
        case CompleteWhen.RENAMED, Word.MOVED:
            return "agreed", 0.0 if writer is Writer.NONE else terms.settle_moved_s
        case CompleteWhen.RENAMED, None:
            # Nobody saw it come (a restart, a network volume): trust the agreement, but look twice.
            return "agreed", terms.settle_moved_s if writer is Writer.NONE else terms.settle_s
        case _:
            # Also a file that was written under its final name although a rename is agreed.
            return "assumed", terms.quiet_s if is_let_go else max(terms.quiet_s, STILL_UNSEEN_S)

"""What a file in an inbox waits for, and the words that say so to a person.

Pure: the evidence comes from a look, by the daemon or by `k2kd status`, and is weighed by `settle`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum

from daemon.config import CompleteWhen
from daemon.intake.settle import PATIENCE_S, Done, Evidence, Inside, Terms, Writer, ruling

_MINUTE_S = 60.0
_IN_MINUTES_S = 120.0


class Cause(StrEnum):
    """What has to happen before a file is taken."""

    QUIET = "quiet"
    WRITER = "being written"
    DONE_FILE = "done-file"
    CUT_SHORT = "cut short"
    EMPTY = "empty"
    HARD_LINK = "hard link"
    TEMPORARY = "temporary name"
    HIDDEN = "hidden name"
    DONE_ALONE = "done-file without its file"
    UNREADABLE = "unreadable"
    TURN = "turn"
    """Nothing: it is complete, and the daemon takes it when it looks next."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One file that waits: `needed_s` of stillness in all, of which `wait_s` are left.

    Both are inf where no time ends the wait.
    """

    name: bytes
    cause: Cause
    needed_s: float = math.inf
    wait_s: float = math.inf

    @property
    def text(self) -> str:
        """What it waits for, as words that follow `waiting:`."""
        return _TEXTS[self.cause].format(time=lasting(self.needed_s))


def weighed(name: bytes, terms: Terms, evidence: Evidence, inside: Inside | None = None) -> Waiting:
    """Return what a file waits for; `inside` None where it was not opened."""
    if terms.complete_when is CompleteWhen.DONE_FILE and evidence.done is Done.ABSENT:
        return Waiting(name, Cause.DONE_FILE)
    if evidence.is_empty:
        return Waiting(name, Cause.EMPTY, PATIENCE_S, max(0.0, PATIENCE_S - evidence.still_s))
    if inside is None or inside.writer is Writer.SOME or inside.completeness is None:
        return Waiting(name, Cause.WRITER)
    verdict = ruling(terms, evidence, inside)
    needed_s = ruling(terms, replace(evidence, still_s=0.0), inside).wait_s
    cause = Cause.CUT_SHORT if verdict.proof == "cut-short" else Cause.QUIET
    return Waiting(name, cause, needed_s, verdict.wait_s)


def lasting(seconds: float) -> str:
    """Return a time as a person says it: `60 s`, `30 minutes`."""
    if math.isinf(seconds) or seconds < _IN_MINUTES_S:
        return f"{seconds:.3g} s"
    return f"{seconds / _MINUTE_S:.3g} minutes"


_TEXTS = {
    Cause.QUIET: "complete after {time} without change",
    Cause.WRITER: "somebody is still writing it",
    Cause.DONE_FILE: "its done-file is missing (NAME.done, or .ok in place of its ending)",
    Cause.CUT_SHORT: "its end is missing; judged as it is after {time} without change",
    Cause.EMPTY: "it is empty; judged so after {time} without change",
    Cause.HARD_LINK: "it has a second name (a hard link); refused if that stays for {time}",
    Cause.TEMPORARY: "the name says unfinished, so it is never taken; rename it once it is whole",
    Cause.HIDDEN: "a name with a dot in front is never taken; rename it if it is for us",
    Cause.DONE_ALONE: "the file that this done-file speaks for is missing",
    Cause.UNREADABLE: "this account can't read it",
    Cause.TURN: "complete; taken when the daemon looks next",
}

"""The tables in use while their files change: the newest good set, swapped whole.

A set that does not check is said once and the old one stays. A file that is being saved is left
alone until it has stood still, because a spreadsheet empties a table before it writes it anew, and
half a table would unmap the other half (F31).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from daemon.clock import Clock
from daemon.errors import SiteError
from daemon.mapping import parse
from daemon.mapping.load import from_files, load
from daemon.mapping.problems import Notes
from daemon.mapping.tables import Tables
from daemon.safefile import Identity

SETTLE_S = 1.0
SHRUNK_SETTLE_S = 5.0
"""How long a table that became shorter must stand still: it may be a save that is not over, cut
where a row ends, which nothing in the file shows."""

Signature = tuple[Identity | None, ...]
Before = Callable[[], Mapping[str, bytes] | None]
"""Gives the files of the set that was in use last; None where there was none."""


@dataclass(frozen=True, slots=True)
class Reloaded:
    """What a look at the folder brought: new tables, or the problems that keep the old ones.

    `tables` is the set in use from now on; `problems` is empty when the files are in use (again).
    """

    tables: Tables
    problems: tuple[str, ...] = ()

    @property
    def is_good(self) -> bool:
        return not self.problems


@dataclass(slots=True)
class TableSet:
    """Holds the tables in use. Any thread may read `current`; one look at a time is taken."""

    folder: Path
    partners: Collection[str]
    clock: Clock
    current: Tables
    settle_s: float = SETTLE_S
    problems: tuple[str, ...] = ()
    """Why the files as they stand are not in use; empty when they are."""
    _settled: Signature | None = None
    """Signature of the files last judged, good or bad."""
    _seen: Signature | None = None
    _since: float = 0.0
    _looking: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def open(
        cls,
        folder: Path,
        partners: Collection[str],
        clock: Clock,
        *,
        settle_s: float = SETTLE_S,
        before: Before | None = None,
    ) -> TableSet:
        """Load the tables for the first time.

        Tables with problems are replaced by those of `before`, and `problems` names what is wrong.
        Where there are none, or they don't fit these partners, a SiteError lists every problem.
        """
        signature, today = signature_of(folder), clock.now().date()
        problems: tuple[str, ...] = ()
        try:
            tables = load(folder, partners=partners, today=today)
        except SiteError as error:
            files = before() if before else None
            if files is None:
                raise
            problems = tuple(error.problems)
            try:
                tables = from_files(files, partners=partners, today=today, notes=Notes())
            except SiteError:
                raise error from None
        return cls(folder, partners, clock, tables, settle_s, problems, _settled=signature)

    def refresh(self, *, is_whole: bool = False) -> Reloaded | None:
        """Look at the files; None when there is nothing new to say.

        Call it about once a second. Changed files are read once they have stood still for
        `settle_s`; with `is_whole` (the caller renamed them into place) at once.
        """
        with self._looking:
            signature = signature_of(self.folder)
            now = self.clock.monotonic()
            if signature != self._seen:
                self._seen, self._since = signature, now
            if signature == self._settled:
                return None
            if not is_whole and now - self._since < self._wait_s(signature):
                return None
            return self._judge(signature)

    def _wait_s(self, signature: Signature) -> float:
        before = self.current.files
        is_shorter = any(
            (identity.size if identity else 0) < len(before.get(name, b""))
            for name, identity in zip(parse.layouts(), signature, strict=True)
        )
        return max(self.settle_s, SHRUNK_SETTLE_S) if is_shorter else self.settle_s

    def _judge(self, signature: Signature) -> Reloaded | None:
        problems: tuple[str, ...] = ()
        tables = self.current
        was_bad = bool(self.problems)
        try:
            tables = load(self.folder, partners=self.partners, today=self.clock.now().date())
        except SiteError as error:
            problems = tuple(error.problems)
        # Somebody saved while we were reading: what was read may be half of each.
        if signature_of(self.folder) != signature:
            return None
        self._settled = signature
        self.problems = problems
        if problems:
            return Reloaded(self.current, problems)
        if tables.hash == self.current.hash and not was_bad:
            return None
        self.current = tables
        return Reloaded(tables)


def signature_of(folder: Path) -> Signature:
    """Return what changes whenever a table is saved; costs one stat a table."""
    return tuple(_identity(folder / name) for name in parse.layouts())


def _identity(path: Path) -> Identity | None:
    try:
        return Identity.of(path.stat())
    except OSError:
        return None

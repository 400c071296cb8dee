"""Doubles for intake: a clock that moves on request, a book in memory, an ear for events."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from daemon.config import Configuration, from_values
from daemon.errors import EnvironmentFault
from daemon.eventlog import Level
from daemon.intake.claim import INLINE_BYTES, Step, no_step
from daemon.intake.inboxes import Intake, LookResult
from daemon.intake.looks import Spoken
from daemon.intake.settle import Word
from daemon.intake.spool import Spool
from daemon.ledger.claims import Claim, Refusal
from daemon.safefile import Directory

X12 = (
    b"ISA*00*          *00*          *ZZ*BUYER          *ZZ*K2KNET         "
    b"*261121*0830*U*00401*%09d*0*P*>~GS*PO*BUYER*K2KNET*20261121*0830*1*X*004010~"
    b"ST*850*0001~BEG*00*SA*PO1**20261121~SE*3*0001~GE*1*1~IEA*1*%09d~"
)
CSV = b"vendor_id,quantity\nV-1,12\n"


def x12(control: int = 1) -> bytes:
    """Return a whole interchange."""
    return X12 % (control, control)


def large_x12(control: int = 1) -> bytes:
    """Return interchanges too many to stand in a claim."""
    return x12(control) * (INLINE_BYTES // len(x12()) + 1)


class FakeClock:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def monotonic(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return datetime(2026, 11, 21, tzinfo=UTC) + timedelta(seconds=self.seconds)

    def forward(self, seconds: float) -> None:
        self.seconds += seconds


class Book:
    """An arrival book that keeps its promises, in memory."""

    def __init__(self) -> None:
        self.arrivals: dict[tuple[object, ...], int] = {}
        self.claims: list[Claim] = []
        self.refusals: list[Refusal] = []
        self.batches: list[int] = []
        self.waiting = 0
        self.fault: EnvironmentFault | None = None
        self.between: Callable[[], None] = lambda: None
        """Called after an inbox was listed and before its files are opened."""

    def accept(self, claims: Sequence[Claim]) -> Sequence[int]:
        self._fail()
        self.batches.append(len(claims))
        return [self._accept(claim) for claim in claims]

    def _accept(self, claim: Claim) -> int:
        i = claim.identity
        key = (claim.partner, claim.name, i.dev, i.ino, i.mtime_ns, i.size, claim.sha256)
        if key not in self.arrivals:
            self.arrivals[key] = len(self.arrivals) + 1
            self.claims.append(claim)
        return self.arrivals[key]

    def known_spool(self) -> set[str]:
        return {c.spool for c in self.claims if c.spool}

    def refuse(self, refusal: Refusal) -> bool:
        self._fail()
        known = {(r.partner, r.name, r.identity, r.code) for r in self.refusals}
        is_new = (refusal.partner, refusal.name, refusal.identity, refusal.code) not in known
        if is_new:
            self.refusals.append(refusal)
        return is_new

    def unposted(self) -> int:
        self._fail()
        self.between()
        return self.waiting

    def _fail(self) -> None:
        if self.fault is not None:
            raise self.fault

    @property
    def names(self) -> list[bytes]:
        return [claim.name for claim in self.claims]

    @property
    def codes(self) -> list[str]:
        return [refusal.code for refusal in self.refusals]


class Ear:
    """Collects events."""

    def __init__(self) -> None:
        self.events: list[tuple[str, dict[str, object]]] = []
        self._lock = threading.Lock()

    def __call__(self, event: str, /, *, level: Level | None = None, **fields: object) -> None:
        with self._lock:
            self.events.append((event, fields))

    def count(self, event: str) -> int:
        return sum(1 for name, _ in self.events if name == event)


class ScriptedWatch:
    """A watch that says what the test puts into its mouth."""

    def __init__(
        self, clock: FakeClock, *, is_blind: bool = False, is_remote: bool = False
    ) -> None:
        self._clock = clock
        self._is_blind = is_blind
        self._is_remote = is_remote
        self.said: dict[bytes, Spoken] = {}
        self.hints: set[str] = set()

    def say(self, name: bytes, word: Word) -> None:
        self.said[name] = Spoken(word, self._clock.monotonic())

    def attend(self, key: str, folder: Directory) -> None:
        pass

    def is_blind(self, key: str) -> bool:
        return self._is_blind

    def is_remote(self, key: str) -> bool:
        return self._is_remote

    def words(self, key: str) -> Mapping[bytes, Spoken]:
        return dict(self.said)

    def forget(self, key: str, words: Mapping[bytes, Spoken]) -> None:
        for name in words:
            self.said.pop(name, None)

    def wait(self, timeout_s: float) -> set[str]:
        hints, self.hints = self.hints, set()
        if not hints:
            self._clock.forward(timeout_s)
        return hints


class House:
    """A site with one or more partners in a real folder, and an intake over it."""

    def __init__(
        self,
        root: Path,
        *,
        complete_when: str = "quiet",
        partners: Sequence[str] = ("rosa",),
        step: Step = no_step,
        blind: bool = False,
        remote: bool = False,
        **intake: object,
    ) -> None:
        self.root = root
        clock = FakeClock()
        self.clock = clock
        self.book = Book()
        self.ear = Ear()
        self.watch = ScriptedWatch(clock, is_blind=blind, is_remote=remote)
        self.partners = partners
        self.configuration = configuration(root, partners, complete_when, intake)
        for partner in partners:
            self.configuration.inbox(partner).mkdir(parents=True, exist_ok=True)
        self.inbox = self.configuration.inbox(partners[0])
        self.spool = Spool(self.configuration.state / "spool")
        self.intake = self.started(step)

    def started(self, step: Step = no_step) -> Intake:
        """Return an intake as after a restart: nothing remembered."""
        self.intake = Intake(
            self.configuration,
            book=self.book,
            spool=self.spool,
            clock=self.clock,
            say=self.ear,
            watch=self.watch,
            step=step,
        )
        self.intake.recover()
        return self.intake

    def look(self) -> LookResult:
        return self.intake.look(self.partners[0])

    def look_after(self, seconds: float) -> LookResult:
        """Look, let time pass, look again: two looks `seconds` apart."""
        self.look()
        self.clock.forward(seconds)
        return self.look()

    def drop(self, name: bytes | str, content: bytes = b"") -> Path:
        file = self.inbox / (name if isinstance(name, str) else _decoded(name))
        file.write_bytes(content)
        return file

    @property
    def left(self) -> list[str]:
        return sorted(p.name for p in self.inbox.iterdir() if p.name != ".refused")

    @property
    def aside(self) -> list[Path]:
        folder = self.inbox / ".refused"
        return sorted(folder.iterdir()) if folder.is_dir() else []


def _decoded(name: bytes) -> str:
    return name.decode("utf-8", "surrogateescape")


def configuration(
    root: Path, partners: Sequence[str], complete_when: str, intake: Mapping[str, object]
) -> Configuration:
    values: dict[str, Any] = {
        "intake": {"free_bytes": 0, **intake},
        "limits": {"file_bytes": 8 << 20},
        "partner": [
            {"name": name, "roles": ["vendor"], "complete_when": complete_when} for name in partners
        ],
    }
    return from_values(values, root)

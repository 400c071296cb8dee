"""A site, and the process that posts for it, both at hand."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from daemon.lanes.process import PostingProcess
from daemon.ledger.turns import Turns
from tests.daemon.partner_files import purchase_order
from tests.daemon.sites import Desktop, outboxes

LOST = "the process that posts was lost at work for bloom"
_CONTROL = re.compile(rb"ISA.{87}([0-9]{9})", re.DOTALL)


class NotedTurns(Turns):
    """Turns that remember who had them, by the names of threads."""

    def __init__(self) -> None:
        super().__init__()
        self.had: list[str] = []

    @contextmanager
    def taken(self) -> Iterator[None]:
        with super().taken():
            self.had.append(threading.current_thread().name)
            yield

    @property
    def waiting(self) -> int:
        return len(self._waiting)


@dataclass(slots=True)
class Scene:
    """An open site, and the process that posts for it."""

    desk: Desktop
    posting: PostingProcess
    turns: NotedTurns = field(default_factory=NotedTurns)

    def begin(self) -> None:
        p = self.desk.p
        p.ledger._turns = self.turns
        self.posting.begin(p.site, p.tables.current, p.ledger, p.clock, p.say)
        self.posting.make_ready()

    def claim(self, *numbers: int, partner: str = "bloom") -> None:
        """Drop orders of a partner, and take them in."""
        for number in numbers:
            self.desk.drop(partner, f"{number}.edi", order(number, partner))
        self.desk.p.intake.look_all()
        self.turns.had.clear()

    def work(self, partner: str = "bloom") -> int:
        return self.posting.work(partner, self.desk.p.tables.current)

    def drain(self, partner: str = "bloom") -> None:
        while self.work(partner):
            pass

    def pid(self) -> int:
        assert self.posting._running is not None
        return self.posting._running.process.pid

    def answers(self) -> int:
        """Deliver, and return how many orders were answered; each once, by its control number."""
        self.desk.p.delivery.run()
        bodies = [b for name, b in outboxes(self.desk.root).items() if "/997-" in name]
        controls = {match[1] for body in bodies if (match := _CONTROL.match(body))}
        assert len(controls) == len(bodies)
        assert len(set(answered(self.desk))) == len(bodies)
        return len(bodies)

    def events(self, name: str) -> list[dict[str, object]]:
        said = [json.loads(line) for line in self.desk.log.getvalue().splitlines()]
        return [event for event in said if event["event"] == name]

    @property
    def file(self) -> Path:
        return self.desk.root / "state" / "ledger.db"


def beginning_with(code: str, scene: Scene, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """Return the scene with a fresh process, not begun yet, that runs `code` before its own."""
    (folder / "first").mkdir()
    (folder / "first" / "sitecustomize.py").write_text(code)
    scene.posting.close()
    monkeypatch.syspath_prepend(folder / "first")
    return Scene(scene.desk, PostingProcess())


def order(number: int, partner: str = "bloom") -> bytes:
    sender, item = {"bloom": ("BLOOMWHSL", "BLM-100"), "tulipan": ("TULIPAN", "TUL-EXP60")}[partner]
    return purchase_order(str(number), (item, "1", "BX"), control=number, sender=sender)


def answered(desk: Desktop) -> list[str]:
    return [n.rpartition("-")[0] for n in outboxes(desk.root) if n.startswith("bloom/855-")]

"""Other libraries beside ours, on the same file in the same run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tests.bench.child import Answer, measured
from tests.bench.figures import Figure, Target
from tests.bench.material import big_order_file
from tests.bench.peers.material import big_orders_message
from tests.bench.peers.run import PEERS, AbsentError, Peer, answer_of

WARM_UP_BYTES = 2_000
VALIDATORS = ("pyx12", "x12-python", "badx12")
SPLITTER = "linuxforhealth-x12"
"""The fastest that we know of: it splits text and checks nothing."""
SLOW_ROUNDS = 3
"""Of those that take seconds for each megabyte, whose figures hardly differ."""
NO_SLOWER = Target(1.0, is_least=True, of_ratio=True)
TWELVE_TIMES = Target(12.0, is_least=True, of_ratio=True)

Say = Callable[[str], None]


def compared(folder: Path, say: Say, *, megabytes: int, rounds: int, today: date) -> list[Figure]:
    """Return our figures beside those of every peer that can be run; `say` hears of the others."""
    turns = _Turns(rounds, say)
    orders = _files(folder / "peers.edi", big_order_file, megabytes, today)
    checked = f"850 of {megabytes} MB: checked, records, 997"
    figures = turns.beside(checked, "orders", orders, VALIDATORS, NO_SLOWER)
    split = f"850 of {megabytes} MB: every segment split into elements"
    figures += turns.beside(split, "elements", orders, (SPLITTER,), NO_SLOWER)
    messages = _files(folder / "peers.edifact", big_orders_message, megabytes, today)
    name = f"ORDERS of {megabytes} MB: checked, records, CONTRL"
    return figures + turns.beside(name, "messages", messages, ("pydifact",), TWELVE_TIMES)


def _files(path: Path, make: Callable[[int, date], bytes], megabytes: int, today: date) -> Path:
    """Write what is timed, and beside it what is read before, so that nobody's loading counts."""
    path.write_bytes(make(megabytes * 1_000_000, today))
    path.with_suffix(".small").write_bytes(make(WARM_UP_BYTES, today))
    return path


@dataclass(frozen=True, slots=True)
class _Turns:
    """Measures ours and a peer in turns; of both the best round counts.

    What disturbs one round of one side would otherwise decide which of them is faster.
    """

    rounds: int
    say: Say

    def beside(
        self, name: str, ours: str, path: Path, peers: tuple[str, ...], target: Target
    ) -> list[Figure]:
        """Return our figure for `path` beside that of each of `peers`."""
        figures = []
        for peer in (PEERS[each] for each in peers):
            count = self.rounds if peer.is_quick else min(self.rounds, SLOW_ROUNDS)
            try:
                pairs = [
                    (measured("reading", ours, path), _timed(peer, path)) for _ in range(count)
                ]
            except AbsentError as reason:
                self.say(f"{peer.name} isn't compared: {reason}")
                continue
            figures.append(_figure(name, peer, pairs, target))
        return figures


def _timed(peer: Peer, path: Path) -> Answer:
    answer = answer_of(peer, "speed", path)
    assert isinstance(answer, dict)
    return answer


def _figure(name: str, peer: Peer, pairs: list[tuple[Answer, Answer]], target: Target) -> Figure:
    peak_mb = max(theirs["peak_mb"] for _, theirs in pairs)
    rates = tuple(ours["mb_per_s"] for ours, _ in pairs)
    return Figure(
        f"{name}, beside {peer.name}",
        max(rates),
        "MB/s",
        target,
        max(theirs["mb_per_s"] for _, theirs in pairs),
        f"MB/s {peer.name}",
        f"{peer.name}: {peer.note}; {peak_mb:.0f} MB at most",
        rates,
    )

"""Other libraries beside ours, on the same file in the same run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from formats.door import FAMILIES
from formats.identify import Format
from tests.bench.child import Answer, measured
from tests.bench.figures import Figure, Target, median
from tests.bench.material import big_order_file
from tests.bench.peers.material import big_orders_message
from tests.bench.peers.run import PEERS, AbsentError, Peer, answer_of

WARM_UP_BYTES = 2_000
VALIDATORS = ("pyx12", "x12-python", "badx12")
SPLITTER = "linuxforhealth-x12"
"""The fastest that we know of: it splits text and checks nothing."""

Say = Callable[[str], None]


def compared(folder: Path, say: Say, *, megabytes: int, rounds: int, today: date) -> list[Figure]:
    """Return our figures beside those of every peer that can be run; `say` hears of the others."""
    path = folder / "peers.edi"
    path.write_bytes(big_order_file(megabytes * 1_000_000, today))
    path.with_suffix(".small").write_bytes(big_order_file(WARM_UP_BYTES, today))
    turns = _Turns(rounds, say)
    checked = f"850 of {megabytes} MB: checked, records, 997"
    figures = turns.beside(checked, "orders", path, VALIDATORS)
    split = f"850 of {megabytes} MB: every segment split into elements"
    figures += turns.beside(split, "elements", path, (SPLITTER,))
    if Format.EDIFACT in FAMILIES:
        path = folder / "peers.edifact"
        path.write_bytes(big_orders_message(megabytes * 1_000_000, today))
        path.with_suffix(".small").write_bytes(big_orders_message(WARM_UP_BYTES, today))
        name = f"ORDERS of {megabytes} MB: checked, records"
        figures += turns.beside(name, "messages", path, ("pydifact",))
    return figures


@dataclass(frozen=True, slots=True)
class _Turns:
    """Measures ours and a peer in turns, so that what disturbs one disturbs the other."""

    rounds: int
    say: Say

    def beside(self, name: str, ours: str, path: Path, peers: tuple[str, ...]) -> list[Figure]:
        """Return our figure for `path` beside that of each of `peers`."""
        figures = []
        for peer in (PEERS[each] for each in peers):
            try:
                pairs = [(measured("reading", ours, path), _timed(peer, path)) for _ in self._count]
            except AbsentError as reason:
                self.say(f"{peer.name} isn't compared: {reason}")
                continue
            figures.append(_figure(name, peer, pairs))
        return figures

    @property
    def _count(self) -> range:
        return range(self.rounds)


def _timed(peer: Peer, path: Path) -> Answer:
    answer = answer_of(peer, "speed", path)
    assert isinstance(answer, dict)
    return answer


def _figure(name: str, peer: Peer, pairs: list[tuple[Answer, Answer]]) -> Figure:
    peak_mb = max(theirs["peak_mb"] for _, theirs in pairs)
    return Figure(
        f"{name}, beside {peer.name}",
        median([ours["mb_per_s"] for ours, _ in pairs]),
        "MB/s",
        Target(1.0, is_least=True, of_ratio=True),
        median([theirs["mb_per_s"] for _, theirs in pairs]),
        f"MB/s {peer.name}",
        f"{peer.name}: {peer.note}; {peak_mb:.0f} MB at most",
    )

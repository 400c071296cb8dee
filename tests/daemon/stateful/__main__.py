"""Play the trade at random for as long as you like: `make play ARGS="--steps 100000 --seed 7"`."""

from __future__ import annotations

import argparse
import random
import sys
import time

from tests.daemon.stateful.books import KINDS, reached
from tests.daemon.stateful.machine import run
from tests.daemon.stateful.play import ended, played

A_PLAY = 200
AT_ONCE = 10


def main() -> int:
    """Play, and say what was played; an exception tells the steps of a play that failed."""
    parser = argparse.ArgumentParser(prog="make play", description=__doc__)
    parser.add_argument("--steps", type=int, default=50_000, help="how many steps")
    parser.add_argument("--seed", type=int, help="the number of the first plays; else by chance")
    parser.add_argument(
        "--shrink", action="store_true", help="look for the shortest story of a failure (slow)"
    )
    chosen = parser.parse_args()
    number = chosen.seed if chosen.seed is not None else random.randrange(1 << 32)
    began = time.monotonic()
    while sum(played.values()) < chosen.steps:
        say(f"{sum(played.values())} steps, {time.monotonic() - began:.0f} s; --seed {number}")
        run(number, plays=AT_ONCE, steps=A_PLAY, is_shrinking=chosen.shrink)
        number += 1
    for name, count in (played + ended).most_common():
        say(f"{count:8} {name}")
    known = {(kind, state.value) for kind, table in KINDS.items() for state in table}
    for kind, state in sorted(known - reached):
        say(f"   never {kind}: {state}")
    say(f"{sum(played.values())} steps in {time.monotonic() - began:.0f} s")
    return 0


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())

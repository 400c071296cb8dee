"""Plays one part in a process of its own, and writes down what it came to.

Hypothesis draws from the constants of the modules that are loaded, so that only in a process that
loads nothing else a number stands for the same plays on every machine and in every run.
"""

from __future__ import annotations

import gc
import json
import sys
from pathlib import Path

from tests.daemon.stateful.books import reached
from tests.daemon.stateful.machine import run
from tests.daemon.stateful.play import played


def main() -> None:
    """Play the part, the plays and the rules of each that the arguments say; then the file."""
    number, plays, steps = map(int, sys.argv[1:4])
    gc.freeze()
    run(number, plays=plays, steps=steps)
    Path(sys.argv[4]).write_text(json.dumps([played.total(), sorted(reached)]))


if __name__ == "__main__":
    main()

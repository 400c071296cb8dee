"""Read one input that a fuzzer found slow; exits 0 where it takes a processor hardly any time."""

from __future__ import annotations

import resource
import sys
from pathlib import Path

from tests.fuzz.promises import TARGETS

MOST_S = 5


def main() -> None:
    """Read the file of the second argument as the target of the first does."""
    # The kernel ends the process at the limit, which also counts as slow.
    used = resource.getrusage(resource.RUSAGE_SELF)
    allowed = int(used.ru_utime + used.ru_stime) + MOST_S
    resource.setrlimit(resource.RLIMIT_CPU, (allowed, allowed))
    TARGETS[sys.argv[1]](Path(sys.argv[2]).read_bytes())


if __name__ == "__main__":
    main()

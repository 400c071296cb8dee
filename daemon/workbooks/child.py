"""The process that opens a workbook: bytes on standard input, its cells as text on output.

It gives itself its limits before it reads a byte, and has nothing that it could harm: no ledger, no
site, no path but the library's own.
"""

from __future__ import annotations

import resource
import sys
from contextlib import nullcontext, suppress

from formats.limits import Limits
from formats.xlsx.archive import WorkbookLimits
from formats.xlsx.extract import extract


def main(words: list[str]) -> None:
    """Extract a workbook; the words are its limits."""
    memory_bytes, cpu_s, rows, unpacked_bytes = (int(word) for word in words)
    # macOS has the name of this limit and refuses to set it; time and what may be unpacked are
    # bounded there, too.
    with suppress(ValueError, OSError) if sys.platform == "darwin" else nullcontext():
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    extract(
        sys.stdin.buffer.read(),
        sys.stdout.buffer,
        limits=Limits(rows=rows),
        workbook_limits=WorkbookLimits(unpacked_bytes=unpacked_bytes),
    )
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(sys.argv[1:])

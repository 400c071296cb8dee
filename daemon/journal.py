"""Says how much a line matters to systemd's journal, where the journal is what reads it.

A service's output becomes entries of priority `info`, unless a line begins with `<N>`
(sd-daemon(3)): with it `journalctl -p warning` lists what somebody should look at, and nothing
else. The journal takes the mark off again. Loads nothing, so that every command can afford it.
"""

from __future__ import annotations

import io
import os
import sys
import threading
import traceback
from collections.abc import Mapping
from types import TracebackType
from typing import TextIO

ERROR, WARNING, INFO, DEBUG = 3, 4, 6, 7
"""Priorities of syslog(3)."""

PRIORITIES: Mapping[str, int] = {
    "debug": DEBUG,
    "info": INFO,
    "ok": INFO,
    "warning": WARNING,
    "alarm": ERROR,
    "error": ERROR,
}
"""The priority of each level of an event, or of what `k2kd check` found."""


def is_read_by_journal(stream: TextIO, environ: Mapping[str, str] = os.environ) -> bool:
    """Say whether `stream` goes to the journal itself.

    JOURNAL_STREAM holds device and inode of what systemd opened for it (systemd.exec(5)). It is
    inherited by programs whose output goes elsewhere, so both are compared.
    """
    named = environ.get("JOURNAL_STREAM", "")
    if not named:
        return False
    try:
        status = os.fstat(stream.fileno())
    except (OSError, ValueError, io.UnsupportedOperation):
        return False
    return named == f"{status.st_dev}:{status.st_ino}"


def marked(text: str, level: str) -> str:
    """Return `text` with the mark of `level` before each of its lines."""
    mark = f"<{PRIORITIES.get(level, INFO)}>"
    return "\n".join(mark + line for line in text.split("\n"))


def mark_crashes(stream: TextIO) -> None:
    """Have the traceback of a bug, in whatever thread, written to `stream` with marks."""

    def tell(
        kind: type[BaseException], error: BaseException | None, place: TracebackType | None
    ) -> None:
        text = "".join(traceback.format_exception(kind, error, place)).rstrip("\n")
        stream.write(marked(text, "error") + "\n")

    sys.excepthook = tell
    threading.excepthook = lambda ended: tell(ended.exc_type, ended.exc_value, ended.exc_traceback)

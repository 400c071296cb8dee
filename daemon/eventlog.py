"""One line per event: JSON for the journal, or a progress line for a person at a terminal.

Writing an event never raises and never breaks the line, whatever a partner named its file: every
text is escaped and cut. Fields carry names, ids, sizes, hashes and control numbers; what stands
inside a partner's file does not belong here, and an error that is not ours shows its type and
place only, since its text may quote such content.
"""

from __future__ import annotations

import errno
import json
import math
import os
import threading
import traceback
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum, IntEnum
from functools import lru_cache
from itertools import islice
from pathlib import PurePath
from typing import Protocol, TextIO

import structlog

from daemon.clock import SystemClock
from daemon.errors import K2KError
from daemon.journal import marked
from daemon.progress import ProgressLine

SHOWN_CHARS = 200
SHOWN_ITEMS = 50
SHOWN_FRAMES = 12
INTEGER_BITS = 64
_CUT = "..."
# Made once: json.dumps makes one for each line.
_encoded = json.JSONEncoder(separators=(",", ":")).encode
# os.fsdecode turns a byte that is not UTF-8 into U+DC00 plus the byte.
_LONE_BYTE = range(0xDC80, 0xDD00)


class Level(IntEnum):
    """How much an event matters; the JSON carries the name in small letters."""

    DEBUG = 10
    INFO = 20
    WARNING = 30
    """Somebody should look at it today: a held order, a refused file."""
    ALARM = 40
    """The service can't do its work, or a partner is cut off: look now."""


LEVELS: Mapping[str, Level] = {
    "fault": Level.WARNING,
    "held": Level.WARNING,
    "left": Level.WARNING,
    "overflowed": Level.WARNING,
    "quarantined": Level.WARNING,
    "refused": Level.WARNING,
    "rejected": Level.WARNING,
    "retrying": Level.WARNING,
    "crashed": Level.ALARM,
    "failed": Level.ALARM,
    "lost": Level.ALARM,
    "low_disk": Level.ALARM,
    "low_inodes": Level.ALARM,
    "paused": Level.ALARM,
    "queue_full": Level.ALARM,
    "taken": Level.ALARM,
}
"""Level of an event by its name, or else by the last word of it, as `order_held`.

Any other event is INFO.
"""


ADVICE: Mapping[tuple[str, int], str] = {
    ("sftp_failed", errno.EADDRINUSE): (
        "another program listens there, perhaps the daemon of another site; set another"
        " [sftp_server] port in k2kd.toml or stop that program (k2kd check names it); everything"
        " else goes on"
    ),
    ("sftp_failed", errno.EADDRNOTAVAIL): (
        "this machine has no such address; set another [sftp_server] address in k2kd.toml;"
        " everything else goes on"
    ),
    ("sftp_failed", errno.EACCES): (
        "this account may not listen on a port below 1024; set a higher [sftp_server] port in"
        " k2kd.toml; everything else goes on"
    ),
}
"""What to do about a failure of the system's, by event and error number."""


class Say(Protocol):
    """What a module asks for when it has something to tell: an event's name and its fields."""

    def __call__(self, event: str, /, *, level: Level | None = None, **fields: object) -> None: ...


def silent(_event: str, /, *, level: Level | None = None, **_fields: object) -> None:
    """Say nothing, where nobody listens."""


class EventLog:
    """Writes events to one stream; threads may share it.

    `pretty` None means: progress lines when the stream is a terminal, JSON lines otherwise.
    `now` returns an aware time, by default the machine's. Events below `floor` are dropped. With
    `is_marked` each line begins with its priority for systemd's journal.
    """

    def __init__(
        self,
        stream: TextIO,
        *,
        pretty: bool | None = None,
        floor: Level = Level.INFO,
        now: Callable[[], datetime] | None = None,
        is_marked: bool = False,
    ) -> None:
        self._floor = floor
        self._now = SystemClock().now if now is None else now
        is_pretty = stream.isatty() if pretty is None else pretty
        render: structlog.typing.Processor = ProgressLine(stream) if is_pretty else _json_line
        if is_marked:
            render = _marked(render)
        self._bound = _Bound(_Lines(stream), [_cleaned, render], {})

    def __call__(self, event: str, /, *, level: Level | None = None, **fields: object) -> None:
        """Write one event; `level` None takes the level that LEVELS has for it."""
        if level is None:
            last_word = event.replace(".", "_").rpartition("_")[2]
            level = LEVELS.get(event) or LEVELS.get(last_word, Level.INFO)
        if level >= self._floor:
            error = fields.get("error")
            if isinstance(error, OSError) and (advice := ADVICE.get((event, error.errno or 0))):
                fields.setdefault("advice", advice)
            self._bound.write(event, level, self._now(), fields)

    def bind(self, **fields: object) -> EventLog:
        """Return a log that adds these fields to every event, as the partner of a lane."""
        bound = object.__new__(EventLog)
        bound._floor, bound._now = self._floor, self._now
        bound._bound = self._bound.bind(**fields)
        return bound


def safe(text: str | bytes, limit: int = SHOWN_CHARS) -> str:
    r"""Return `text` printable, on one line, at most `limit` characters long.

    Bytes are read as UTF-8. What can't be read or printed (control characters, line ends, bidi
    marks, lone surrogates) shows as an escape: `\xff`, `\n`, `\u202e`. A second call changes
    nothing.
    """
    if isinstance(text, bytes):
        # Four bytes hold at least one character, so a cut here stays behind the cut below.
        text = text[: 4 * (limit + 1)].decode("utf-8", "surrogateescape")
    if len(text) <= limit and text.isprintable():
        return text
    shown: list[str] = []
    length = 0
    for char in text[: limit + 1]:
        piece = char if char.isprintable() else _escape(char)
        length += len(piece)
        if length > limit:
            return _cut(shown, limit)
        shown.append(piece)
    return "".join(shown)


def _escape(char: str) -> str:
    if ord(char) in _LONE_BYTE:
        return f"\\x{ord(char) & 0xFF:02x}"
    return char.encode("unicode_escape").decode("ascii")


def _cut(pieces: list[str], limit: int) -> str:
    """Join as many whole pieces as fit, so that no escape is cut in two."""
    length = sum(map(len, pieces))
    while pieces and length > limit - len(_CUT):
        length -= len(pieces.pop())
    return "".join(pieces) + _CUT[:limit]


class _Bound(structlog.BoundLoggerBase):
    """Structlog's bound fields and processors, for events that come with level and time."""

    def write(self, event: str, level: Level, at: datetime, fields: dict[str, object]) -> None:
        head = {"at": at, "level": level.name.lower(), "event": event}
        # The head goes first to be read first, and last so that no field can pose as it.
        args, _ = self._process_event("write", None, {**head, **fields, **head})
        self._logger.write(*args)


class _Lines:
    """Writes whole lines; a stream that is gone or full costs the line, never the service."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._encoding = getattr(stream, "encoding", None) or "utf-8"
        self._lock = threading.Lock()

    def write(self, line: str) -> None:
        line = line.encode(self._encoding, "backslashreplace").decode(self._encoding)
        with self._lock:
            try:
                self._stream.write(line + "\n")
                self._stream.flush()
            except (OSError, ValueError):
                # Nobody is left to tell; the ledger holds what happened.
                return


def _json_line(
    _logger: object, _name: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict | str:
    at: datetime = event["at"]
    event["at"] = at.astimezone(UTC).isoformat(timespec="milliseconds")
    return _encoded(event)


def _marked(render: structlog.typing.Processor) -> structlog.typing.Processor:
    """Return a processor whose line begins with the priority of the event's level."""

    def rendered(logger: object, name: str, event: structlog.typing.EventDict) -> str:
        level = str(event["level"])
        return marked(str(render(logger, name, event)), level)

    return rendered


def _cleaned(
    _logger: object, _name: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Make every field printable."""
    return {"at": event.pop("at"), **shown(event)}


def shown(fields: Mapping[str, object]) -> dict[str, object]:
    """Return fields as a line shows them, each text printable; a second call changes nothing.

    A field holding an error becomes its text and its place.
    """
    made: dict[str, object] = {}
    for key, value in fields.items():
        name = _printable(key)
        if isinstance(value, BaseException):
            made[name] = _described(value)
            if not isinstance(value, K2KError):
                made[f"{name}_at"] = _frames(value)
        else:
            made[name] = _value(value)
    return made


@lru_cache(maxsize=256)
def _printable(key: str) -> str:
    return safe(key)


def _value(value: object) -> object:
    if isinstance(value, str):
        # Most fields are. One of an Enum shows its value, as any other does.
        return safe(value) if type(value) is str else _scalar(value)
    if isinstance(value, list | tuple | set | frozenset):
        return [_scalar(item) for item in islice(value, SHOWN_ITEMS)]
    if isinstance(value, Mapping):
        items: Iterable[tuple[object, object]] = islice(value.items(), SHOWN_ITEMS)
        return {str(_scalar(key)): _scalar(item) for key, item in items}
    return _scalar(value)


def _scalar(value: object) -> str | int | float | None:
    """Return what JSON can hold; an object of a type not listed shows its type only."""
    match value:
        case Enum():
            return _scalar(value.value)
        case None | bool():
            return value
        case int() | float():
            return _number(value)
        case str() | bytes():
            return safe(value)
        case _:
            return _text(value)


def _number(value: float) -> str | int | float:
    # JSON has no infinity, and Python refuses to print an int of thousands of digits.
    if isinstance(value, int):
        bits = value.bit_length()
        return value if bits <= INTEGER_BITS else f"<int of {bits} bits>"
    return value if math.isfinite(value) else str(value)


def _text(value: object) -> str:
    match value:
        case PurePath():
            return safe(os.fspath(value))
        case datetime() | date() | time():
            return value.isoformat()
        case Decimal():
            return safe(str(value))
        case _:
            return f"<{type(value).__name__}>"


def _described(error: BaseException) -> str:
    # Only our own errors and the system's have texts known to be free of partner content.
    text = type(error).__name__
    if isinstance(error, K2KError | OSError):
        text += f": {error}"
    if error.__cause__ is not None:
        text += f" (from {type(error.__cause__).__name__})"
    return safe(text)


def _frames(error: BaseException) -> list[str]:
    """Return the innermost places of a traceback, outermost first."""
    frames = traceback.extract_tb(error.__traceback__, limit=-SHOWN_FRAMES)
    return [
        safe("/".join(PurePath(frame.filename).parts[-2:]) + f":{frame.lineno} {frame.name}")
        for frame in frames
    ]

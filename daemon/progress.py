"""Shows one event as a line for a person: time, partner, file, what happened, and the key facts.

    20:31:02  bloom       po-10045.edi              posted       1 order, 3 answers

Any event has a line, known or not. Colour only adds: what is wrong is also said in words. Field
values arrive cleaned (`eventlog.safe`); nothing in them is read as markup.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TextIO

from rich.console import Console
from rich.text import Text

STYLES: Mapping[str, str] = {
    "seen": "dim",
    "settled": "dim",
    "claimed": "cyan",
    "read": "cyan",
    "mapped": "cyan",
    "posted": "green",
    "staged": "dim",
    "delivered": "bold green",
    "duplicate": "blue",
    "released": "blue",
    "replayed": "blue",
    "ready": "bold green",
}
"""Colour of the step that an event's last word names."""

LEVEL_STYLES: Mapping[str, str] = {
    "debug": "dim",
    "warning": "bold yellow",
    "alarm": "bold white on red",
}
"""Colour of a level; it goes before the colour of the step."""

_SUBJECTS = frozenset({"", "arrival", "file", "outgoing"})
_COLUMNS = frozenset({"at", "level", "event", "partner", "file", "name"})
_TOLD_IN_FULL_ELSEWHERE = frozenset({"sha256"})
_BARE = frozenset({"why", "reason", "status", "error", "advice"})
_KILO = 1000


class ProgressLine:
    """Renders events for one terminal (or any other stream, then without colour)."""

    def __init__(self, stream: TextIO) -> None:
        # Rich looks at the stream and at NO_COLOR, TERM and the like by itself.
        self._console = Console(file=stream, highlight=False, markup=False, emoji=False)

    def __call__(self, _logger: object, _name: str, event: Mapping[str, object]) -> str:
        """Return the line for `event`, without its line end."""
        with self._console.capture() as captured:
            self._console.print(_line(event), soft_wrap=True)
        return captured.get().rstrip("\n")


def _line(event: Mapping[str, object]) -> Text:
    at, level = event["at"], str(event["level"])
    partner = str(event.get("partner") or "-")
    file = str(event.get("file") or event.get("name") or "-")
    shown_at = f"{at.astimezone():%H:%M:%S}" if isinstance(at, datetime) else str(at)
    step, style = _step(str(event["event"]))
    style = LEVEL_STYLES.get(level, style)
    facts = ", ".join(filter(None, (_fact(key, value) for key, value in event.items())))
    if level == "alarm":
        facts = f"ALARM: {facts}" if facts else "ALARM"
    line = Text.assemble(
        (shown_at, "dim"),
        f"  {partner:<10}  {file:<36}  ",
        (step, style),
        " " * max(0, 12 - len(step)),
        f" {facts}",
    )
    line.rstrip()
    return line


def _step(event: str) -> tuple[str, str]:
    """Return what to show for an event's name, and its colour."""
    subject, _, last = event.replace(".", "_").rpartition("_")
    style = STYLES.get(last, "")
    return (last if subject in _SUBJECTS else event.replace("_", " ")), style


def _fact(key: str, value: object) -> str:
    """Return one field in words, or nothing when a person does not miss it."""
    if key in _COLUMNS or key in _TOLD_IN_FULL_ELSEWHERE or value is None or value in ("", []):
        return ""
    name = key.replace("_", " ")
    if isinstance(value, list):
        return f"{name} {', '.join(str(item) for item in value)}"
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _number(key, name, value)
    return str(value) if key in _BARE else f"{name} {value}"


def _number(key: str, name: str, value: float) -> str:
    if key == "size" or key.endswith("_bytes"):
        return f"{name.removesuffix(' bytes')} {_size(value)}"
    for unit in ("ms", "s"):
        if key.endswith(f"_{unit}"):
            return f"{name.removesuffix(f' {unit}')} {value:g} {unit}"
    if name.endswith("s"):
        return f"{value:g} {_singular(name) if value == 1 else name}" if value else ""
    return f"{name} {value:g}" if isinstance(value, float) else f"{name} {value}"


def _singular(name: str) -> str:
    return f"{name[:-3]}y" if name.endswith("ies") else name[:-1]


def _size(size_bytes: float) -> str:
    for unit in ("B", "kB", "MB"):
        if size_bytes < _KILO:
            return f"{size_bytes:.4g} {unit}"
        size_bytes /= _KILO
    return f"{size_bytes:.4g} GB"

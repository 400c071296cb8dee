"""Shows a record of any kind: the facts of its head, and a table of what it names."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console
from rich.text import Text

from daemon.cli import screen
from daemon.eventlog import safe

MOST_LINES = 200


def show_facts(console: Console, kind: str, facts: Mapping[str, object]) -> None:
    """Print a record that was dumped as JSON; of more than one list the longest is the table."""
    heads = {name: value for name, value in facts.items() if name != "kind"}
    lists = [value for value in heads.values() if isinstance(value, list)]
    rows = max(lists, key=len, default=[])
    header = [
        f"{name.replace('_', ' ')} {_text(value)}"
        for name, value in heads.items()
        if value is not rows and value not in (None, "", [], {})
    ]
    title = (f"\n{kind.replace('_', ' ').capitalize()}", "bold")
    console.print(Text.assemble(title, (f"   {safe(', '.join(header), 2000)}", "dim")))
    cells = [_flat(row) for row in rows[:MOST_LINES] if isinstance(row, dict)]
    columns = tuple(dict.fromkeys(name for row in cells for name in row))
    if columns:
        shown = (tuple(row.get(name, "") for name in columns) for row in cells)
        console.print(screen.table(tuple(name.replace("_", " ") for name in columns), shown))
    if len(rows) > MOST_LINES:
        console.print(Text(f"and {len(rows) - MOST_LINES} more; --json has all", "dim"))


def _text(value: object) -> str:
    """Return a fact of a head as words: the parts of a part one after another."""
    if isinstance(value, list):
        return "; ".join(_text(each) for each in value)
    if isinstance(value, dict):
        return " ".join(str(part) for part in value.values() if part not in (None, "", []))
    return str(value)


def _flat(row: dict[str, object]) -> dict[str, str]:
    """Return what a row says, the parts of a part beside the rest."""
    flat: dict[str, str] = {}
    for name, value in row.items():
        if isinstance(value, dict):
            flat |= {inner: text for inner, text in _flat(value).items() if inner not in flat}
        elif value not in (None, [], ""):
            flat[name] = safe(_text(value))
    return flat

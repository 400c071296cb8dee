"""A figure of ours beside a limit of the machine and a target, for people and as JSON."""

from __future__ import annotations

import json
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Target:
    """What the figure, or its ratio to the limit, is wanted to be. Nothing fails on it."""

    value: float
    is_least: bool
    of_ratio: bool = False

    def is_met(self, figure: Figure) -> bool:
        shown = figure.ratio if self.of_ratio else figure.value
        if shown is None:
            return False
        return shown >= self.value if self.is_least else shown <= self.value

    def __str__(self) -> str:
        sign = ">=" if self.is_least else "<="
        return f"{'ratio ' if self.of_ratio else ''}{sign} {self.value:g}"


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure. `note` says how it came about; `limit_name` what the ratio is to."""

    name: str
    value: float
    unit: str
    target: Target | None = None
    limit: float | None = None
    limit_name: str = ""
    note: str = ""
    samples: tuple[float, ...] = field(default=())

    @property
    def ratio(self) -> float | None:
        return self.value / self.limit if self.limit else None


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def show(console: Console, title: str, figures: Sequence[Figure]) -> None:
    """Print the figures as one table."""
    table = Table(title=title, title_justify="left", expand=False)
    for name in ("figure", "ours", "beside", "ratio", "target", ""):
        table.add_column(name, justify="right" if name in ("ours", "beside", "ratio") else "left")
    for figure in figures:
        beside = f"{_short(figure.limit)} {figure.limit_name}" if figure.limit else ""
        table.add_row(
            figure.name + (f"\n[dim]{figure.note}[/dim]" if figure.note else ""),
            f"{_short(figure.value)} {figure.unit}",
            beside,
            f"{figure.ratio:.2f}" if figure.ratio is not None else "",
            str(figure.target or ""),
            _verdict(figure),
        )
    console.print(table)


def _verdict(figure: Figure) -> str:
    if figure.target is None:
        return ""
    return "[green]met[/green]" if figure.target.is_met(figure) else "[yellow]missed[/yellow]"


def _short(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def as_json(machine: dict[str, object], figures: Sequence[Figure]) -> str:
    """Return machine and figures as one JSON document."""
    listed = []
    for figure in figures:
        one = {key: value for key, value in asdict(figure).items() if value not in (None, "", ())}
        one["ratio"] = figure.ratio
        if figure.target is not None:
            one["target"] = str(figure.target)
            one["is_met"] = figure.target.is_met(figure)
        listed.append(one)
    return json.dumps({"machine": machine, "figures": listed}, indent=2)

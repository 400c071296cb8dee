"""The definition files of a standard: lines of facts, some of which hold for one release only."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import Generic, TypeVar

Layout = TypeVar("Layout")


@dataclass(frozen=True, slots=True)
class Dictionary(Generic[Layout]):
    """All segments known for one release, by tag; `tags` also names those that aren't read."""

    release: str
    segments: dict[str, Layout]
    tags: frozenset[str]


def lines_in(package: str, name: str) -> Iterator[str]:
    """Yield the lines of a definition file of `package` without comments and blank lines."""
    text = files(package).joinpath("definitions", name).read_text(encoding="ascii")
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            yield line


def held_in(
    release: str, releases: Collection[str], lines: Iterator[str], *, words: int = 1
) -> Iterator[tuple[list[str], str]]:
    """Yield the first `words` of each of `lines` that holds in `release`, and what follows them.

    A release may stand between the two, one of `releases`; a line without holds in all of them.
    """
    for line in lines:
        *head, rest = line.split(None, words)
        first, _, after = rest.partition(" ")
        if first not in releases:
            yield head, rest
        elif first == release:
            yield head, after

"""The segments of a document as its definition lists them, loops inside loops."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A segment at its place; `node` is its number in the compiled tree, `most` 0 for no limit."""

    tag: str
    path: str
    node: int
    is_mandatory: bool
    most: int
    inside: tuple[Place, ...] = ()


def places(root: str, lines: Iterable[str]) -> tuple[Place, ...]:
    """Return what may stand in a document in order, its first segment `root` included.

    `lines` are those of its definition, without the one that names it.
    """
    start = Place(root, root, 0, is_mandatory=True, most=1)
    read = [_line(each) for each in lines]
    return (start, *_level(read, 0, len(read), ""))


def flat(level: Iterable[Place]) -> Iterator[Place]:
    """Yield places and all that is inside of them, in order."""
    for place in level:
        yield place
        yield from flat(place.inside)


def _line(line: str) -> tuple[int, str, str, str]:
    tag, requirement, most = line.split()
    return len(line) - len(line.lstrip()), tag, requirement, most


def _level(
    lines: Sequence[tuple[int, str, str, str]], first: int, last: int, above: str
) -> tuple[Place, ...]:
    found = []
    at = first
    while at < last:
        depth, tag, requirement, most = lines[at]
        end = at + 1
        while end < last and lines[end][0] > depth:
            end += 1
        path = f"{above}/{tag}" if above else tag
        limit = 0 if most == "*" else int(most)
        inside = _level(lines, at + 1, end, path)
        found.append(Place(tag, path, at + 1, requirement == "M", limit, inside))
        at = end
    return tuple(found)

"""The segments of a transaction set as its definition lists them, loops inside loops."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

from formats.x12.dictionary import lines_of
from formats.x12.tree import VERSIONS

RELEASES = tuple(VERSIONS)


@dataclass(frozen=True, slots=True)
class Place:
    """A segment at its place; `node` is its number in the compiled tree, `most` 0 for no limit."""

    tag: str
    path: str
    node: int
    is_mandatory: bool
    most: int
    inside: tuple[Place, ...] = ()


def places(code: str, release: str) -> tuple[Place, ...]:
    """Return what may stand in a set, ST included, in order."""
    _, *lines = lines_of(f"{code}_{VERSIONS[release]}.txt")
    start = Place("ST", "ST", 0, is_mandatory=True, most=1)
    return (start, *_level([_line(each) for each in lines], 0, len(lines), ""))


def name_of(code: str) -> str:
    """Return what a set is called, from the remark at the top of its definition."""
    name = f"{code}_{VERSIONS[RELEASES[0]]}.txt"
    text = files("formats.x12").joinpath("definitions", name).read_text(encoding="ascii")
    return text.partition(":")[0].removeprefix("#").strip()


def _line(line: str) -> tuple[int, str, str, str]:
    tag, requirement, most = line.split()
    return len(line) - len(line.lstrip()), tag, requirement, most


def _level(
    lines: list[tuple[int, str, str, str]], first: int, last: int, above: str
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

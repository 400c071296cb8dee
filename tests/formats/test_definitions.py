"""Our definitions hold what the reference beside the checkout says: places, sizes and order.

What we hold otherwise on purpose stands here with its reason; anything else that differs is a
mistake of one side. The reference has no syntax notes, and those are shown in
`x12/test_syntax_notes.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from formats.edifact.dictionary import dictionary as edifact_dictionary
from formats.edifact.dictionary import lines_of as edifact_lines
from formats.grammar.definitions import lines_in
from formats.x12.dictionary import Element, dictionary
from formats.x12.dictionary import lines_of as x12_lines

STRUCTURES = Path(__file__).resolve().parents[2].parent / "shared" / "structures"
pytestmark = pytest.mark.skipif(
    not STRUCTURES.is_dir(), reason="the reference isn't beside this checkout"
)

ELSEWHERE = frozenset({"ISA", "GS", "GE", "IEA", "TA1"})
"""Segments around sets: they are read before any release is known, by code of their own."""
OF_NO_SET_READ = frozenset({"AT1", "BOL", "W01", "W05", "W06", "W12"})
FOR_THEIR_PLACE_ONLY = frozenset({"H3", "R3"})
"""Of a carrier's invoice, which is shown and not counted."""
SHORTER = "103"
"""Packaging code: two characters are taken, for the box types of the trade."""
NOT_TAKEN_APART = frozenset({"C998", "C999"})
"""They explain an error of a 999."""
IN_TREE = re.compile(r"^===== (\S+) (\S+)[^\n]*=====\n(.*?)(?=^=====|\Z)", re.M | re.S)
IN_X12 = re.compile(r"^(\w+) \((4010|5010)\)\n  (.*)$", re.M)
IN_EDIFACT = re.compile(r"(\w+)(?:#\d+)? ([MC])(?: \(([^)]*)\)| (an?|n)(\.\.)?(\d+))", re.ASCII)
PART = re.compile(r"(\w+)(?:#\d+)? ([MC]) (an?|n)(\.\.)?(\d+)", re.ASCII)

Said = tuple[str, ...]


def structure(name: str) -> str:
    return (STRUCTURES / name).read_text(encoding="utf-8")


def x12_tables() -> Iterator[tuple[str, str, list[str]]]:
    """Yield tag, release and elements; a table of 4010 alone holds in both releases."""
    found = {
        (tag, release): body for tag, release, body in IN_X12.findall(structure("x12_segments.txt"))
    }
    for (tag, release), body in found.items():
        yield tag, release, body.split("; ")
        if release == "4010" and (tag, "5010") not in found:
            yield tag, "5010", body.split("; ")


def kind_of(element: Element) -> str:
    """Return the type as the reference tells it: codes are texts, and decimals are implied."""
    if element.type == "C":
        return f"composite({len(element.components)})"
    return {"ID": "AN", "N0": "R"}.get(element.type, element.type)


def said_of(words: list[str]) -> Said:
    kind = re.sub(r"^N[0-9]$", "R", words[2]) if words[2] != "N2" else "N2"
    return (words[1], kind) if kind.startswith("composite") else (words[1], kind, words[3])


def held_of(element: Element, *, is_mandatory: bool) -> Said:
    need = "M" if is_mandatory else "C"
    kind = kind_of(element)
    if kind.startswith("composite"):
        return need, kind
    least = "3" if element.number == SHORTER else str(element.least)
    return need, kind, f"{least}/{element.most}"


def test_every_segment_of_x12_that_is_told_is_held() -> None:
    for release in ("4010", "5010"):
        told = {tag for tag, its, _ in x12_tables() if its == release}
        missing = told - set(dictionary(release).segments)
        assert missing <= ELSEWHERE | OF_NO_SET_READ | FOR_THEIR_PLACE_ONLY


def test_elements_of_x12_are_as_they_are_told() -> None:
    differing = []
    tables = [*x12_tables()]
    assert len(tables) > 200
    for tag, release, items in tables:
        segment = dictionary(release).segments.get(tag)
        if segment is None:
            continue
        held = [held_of(use.element, is_mandatory=use.is_mandatory) for use in segment.uses]
        said = [said_of(item.split()) for item in items]
        for position, use in enumerate(segment.uses, 1):
            if use.element.number in NOT_TAKEN_APART:
                said[position - 1] = held[position - 1]
        if held != said:
            differing.append((tag, release, held, said))
    assert differing == []


def nested(text: str) -> Iterator[tuple[int, str, str, str]]:
    """Yield depth, tag, need and greatest number of the segments inside of ST or UNH."""
    depth = 0
    for line in text.splitlines():
        word = line.strip()
        if word == "}":
            depth -= 1
        elif word and not word.startswith("#"):
            tag, need, most = word.removesuffix("{").split()
            if depth:
                yield depth - 1, tag, need, "*" if most.startswith(">") else most
            depth += word.endswith("{")


def defined(lines: Iterator[str]) -> Iterator[tuple[int, str, str, str]]:
    next(lines)
    for line in lines:
        tag, need, most = line.split()
        yield (len(line) - len(line.lstrip())) // 2, tag, "O" if need == "C" else need, most


@pytest.mark.parametrize(
    ("name", "package", "lines_of", "least"),
    [
        ("x12_trees.txt", "formats.x12", x12_lines, 27),
        ("edifact_trees.txt", "formats.edifact", edifact_lines, 16),
    ],
)
def test_trees_are_as_they_are_told(
    name: str, package: str, lines_of: Callable[[str], Iterator[str]], least: int
) -> None:
    compared = 0
    for code, release, body in IN_TREE.findall(structure(name)):
        file = f"{code}_{release}.txt".lower()
        try:
            next(lines_in(package, file))
        except FileNotFoundError:
            continue
        compared += 1
        assert [*defined(lines_of(file))] == [*nested(body)], (code, release)
    assert compared >= least


def edifact_tables() -> Iterator[tuple[str, str, str]]:
    release = ""
    for block in structure("edifact_segments.txt").split("\n\n"):
        lines = [each.strip() for each in block.strip().splitlines()]
        if lines and lines[0].startswith("#####"):
            release = lines.pop(0).split()[1]
        if len(lines) == 2:
            yield release, lines[0], lines[1]


def parts_of(number: str, composite: str, alone: Said) -> list[Said]:
    return PART.findall(composite) if composite else [(number, "M", *alone)]


def test_elements_of_edifact_are_as_they_are_told() -> None:
    tables = [*edifact_tables()]
    assert len(tables) > 80
    for release, tag, body in tables:
        segment = edifact_dictionary(release).segments[tag]
        said = [
            (number, need, parts_of(number, composite, (kind, dots, size)))
            for number, need, composite, kind, dots, size in IN_EDIFACT.findall(body)
        ]
        held = [
            (
                use.number,
                "M" if use.is_mandatory else "C",
                [
                    (
                        *(part.number, "M" if needed else "C", part.kind),
                        *(".." if part.least == 1 else "", str(part.most)),
                    )
                    for part, needed in zip(use.parts, use.required, strict=True)
                ],
            )
            for use in segment.uses
        ]
        assert held == said, (tag, release)

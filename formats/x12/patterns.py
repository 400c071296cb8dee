"""One compiled pattern per segment: a match means that every element of the segment is right.

The pattern is the fast path and never too generous; a segment that doesn't match may still be
right (letters outside ASCII, February 29th, composites), which `elements` decides. Elements are
separated by SEPARATOR, whatever the partner used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import combinations, permutations

from formats.grammar.check import SEPARATOR, Match
from formats.x12.dictionary import Element, Relation, Segment, dictionary
from formats.x12.usable import TEXTS

_DAY = (
    "(?!0000)[0-9]{4}(?:(?:0[13578]|1[02])(?:0[1-9]|[12][0-9]|3[01])"
    "|(?:0[469]|11)(?:0[1-9]|[12][0-9]|30)|02(?:0[1-9]|1[0-9]|2[0-8]))"
)
_TIME = "(?:[01][0-9]|2[0-3])[0-5][0-9](?:[0-5][0-9](?:[0-9]{1,2})?)?"
_TEXT = "[^\x00-\x1f\x7f]"
_NAME = "[^\x00-\x1f\x7f-\x9f]"
_NEVER = "(?!)"
_DECIMALS = 4
Guards = Mapping[tuple[int, bool], str]
"""What stands behind an element, by its position and whether it is there."""
_USUAL_CODES = ("BX", "EA", "CA", "CT", "X2", "PC", "SA", "NE", "00", "F", "I")


class Patterns(dict[str, Match]):
    """Full-match functions by segment tag, compiled when a tag is first seen.

    A segment without a known layout matches always. Tags that aren't X12 at all must not be asked
    for: they would fill the table.
    """

    def __init__(self, release: str) -> None:
        super().__init__()
        self._segments = dictionary(release).segments

    def __missing__(self, tag: str) -> Match:
        segment = self._segments.get(tag)
        pattern = ".*" if segment is None else _segment_pattern(segment)
        match = re.compile(pattern, re.ASCII | re.DOTALL).fullmatch
        self[tag] = match
        return match


@cache
def patterns(release: str) -> Patterns:
    """Return the pattern table of `release`."""
    return Patterns(release)


def _segment_pattern(segment: Segment) -> str:
    last_mandatory = max(
        (i for i, use in enumerate(segment.uses, 1) if use.is_mandatory), default=0
    )
    pairs, others = _split(segment, last_mandatory)
    head, guards = _guards(others)
    body = ""
    position = len(segment.uses)
    while position > 0:
        present, empty = _present(segment, position, guards), guards.get((position, False), "")
        if position - 1 in pairs:
            before = SEPARATOR + guards.get((position - 1, False), "")
            first = SEPARATOR + _present(segment, position - 1, guards)
            both = f"{first}{SEPARATOR}{present}|{before}{SEPARATOR}{empty}|{before}$"
            body = f"(?:(?:{both}){body})?"
            position -= 2
            continue
        maybe = f"(?:{present}|{empty})" if empty else f"(?:{present})?"
        if segment.uses[position - 1].is_mandatory:
            body = f"{SEPARATOR}{present}{body}"
        elif position < last_mandatory:
            body = f"{SEPARATOR}{maybe}{body}"
        else:
            body = f"(?:{SEPARATOR}{maybe}{body})?"
        position -= 1
    return f"{segment.tag}{head}{body}"


def _present(segment: Segment, position: int, guards: Guards) -> str:
    """Return the pattern of an element that is there, with what its presence asks of others."""
    return _element(segment.uses[position - 1].element) + guards.get((position, True), "")


def _split(segment: Segment, last_mandatory: int) -> tuple[set[int], list[Relation]]:
    """Part relations into neighbours that come or stay away together, and all others.

    A pair ahead of a mandatory element can't be nested, so it stays with the others.
    """
    pairs: set[int] = set()
    others: list[Relation] = []
    for relation in segment.relations:
        first, *rest = relation.positions
        if relation.kind == "P" and rest == [first + 1] and first > last_mandatory:
            pairs.add(first)
        else:
            others.append(relation)
    return pairs, others


def _guards(relations: list[Relation]) -> tuple[str, Guards]:
    """Return lookaheads that refuse every combination of elements that breaks a relation.

    Each stands behind the first element that it is about, where it says something of those that
    follow: few segments come as far. Only what may not be missing as a whole stands ahead of all.
    """
    head, guards = "", dict[tuple[int, bool], str]()
    for wanted in (each for relation in relations for each in _forbidden(relation)):
        if not any(wanted.values()):
            head += _refused(wanted, 0)
            continue
        first = min(wanted)
        place = (first, wanted.pop(first))
        guards[place] = guards.get(place, "") + _refused(wanted, first)
    return head, guards


def _forbidden(relation: Relation) -> Iterator[dict[int, bool]]:
    """Yield which elements may not be there (True) while others are away (False)."""
    first, *rest = positions = relation.positions
    if relation.kind == "R":
        yield dict.fromkeys(positions, False)
    elif relation.kind == "L":
        yield {first: True} | dict.fromkeys(rest, False)
    elif relation.kind == "C":
        yield from ({first: True, each: False} for each in rest)
    elif relation.kind == "E":
        yield from ({a: True, b: True} for a, b in combinations(positions, 2))
    else:
        yield from ({a: True, b: False} for a, b in permutations(positions, 2))


def _refused(wanted: dict[int, bool], behind: int) -> str:
    """Return a lookahead that refuses `wanted` of the elements that follow `behind`."""
    parts, last = [], max(wanted)
    # What comes before an element that is there can't be cut off.
    other = f"{SEPARATOR}[^{SEPARATOR}]*+" + ("" if wanted[last] else "|$")
    for position in range(behind + 1, last + 1):
        if position not in wanted:
            parts.append(f"(?:{other})")
        elif wanted[position]:
            # One character tells that it is there; what follows it is behind all of them.
            parts.append(f"{SEPARATOR}[^{SEPARATOR}]" + ("" if position == last else "++"))
        else:
            parts.append(f"(?:{SEPARATOR}(?={SEPARATOR}|$)|$)")
    return f"(?!{''.join(parts)})"


def _element(element: Element) -> str:
    """Return a pattern for a present element."""
    least, most = element.least, element.most
    if element.number == "C001":
        return _element(element.components[0])
    if element.type == "C":
        return _NEVER
    if element.codes is not None:
        return _any_of(element.codes)
    most_before_point = max(most - _DECIMALS, 0)
    kinds = {
        "DT": _DAY,
        "TM": _TIME,
        "N0": f"-?[0-9]{{{least},{most}}}",
        "N2": f"-?[0-9]{{{least},{most}}}",
        "R": f"-?(?:[0-9]{{{least},{most}}}|{_point(least, most_before_point)})",
        "ID": f"[0-9A-Z]{{{least},{most}}}",
        "AN": f"{_TEXT if element.number in TEXTS else _NAME}{{{least},{most}}}",
    }
    return kinds[element.type]


def _point(least: int, most: int) -> str:
    """Return a number with a point, short enough that no count of its digits is wrong."""
    return f"[0-9]{{0,{most}}}\\.[0-9]{{1,{_DECIMALS}}}" if least == 1 and most > 0 else _NEVER


def _any_of(codes: frozenset[str]) -> str:
    """Return an alternation: the usual codes first, the others by their first character."""
    first = [code for code in _USUAL_CODES if code in codes]
    grouped: dict[str, str] = {}
    for code in sorted(codes):
        if len(code) == 2:
            grouped[code[0]] = grouped.get(code[0], "") + code[1]
    first += [f"{head}[{tails}]" for head, tails in grouped.items()]
    first += sorted(code for code in codes if len(code) != 2)
    return f"(?:{'|'.join(first)})"

"""EDIFACT as the pages see it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from types import MappingProxyType

from formats.edifact.contrl import acknowledgement
from formats.edifact.dictionary import Element, Segment, Use, dictionary
from formats.edifact.editions import Edition
from formats.edifact.messages import KINDS
from formats.edifact.parts import Problems
from formats.edifact.patterns import COMPONENT
from formats.edifact.segments import Places
from formats.edifact.service import DEFAULT
from formats.edifact.tree import tree
from formats.grammar.check import SEPARATOR
from formats.grammar.tree import Tree
from tests.segments.family import Family, Result, Slot, Values, result, usual_of
from tests.segments.sources import codes_in

_CONTRL = "CONTRL"
_SERVICE = "SERVICE"
_KINDS = {"an": "text", "a": "letters", "n": "number"}
_NUMBERS = ("0", "1", "2", "3", "25")
_TEXTS = ("1", "2", "A7")
_CODES: Mapping[str, str] = MappingProxyType(
    {
        "1001": "220 312 313 323 380 381 383 493",
        "1153": "AAD AAJ AAK ACE ACW ADZ AGJ AGO AIR AWB BT CO CTS DQ FAC FAN HWB IRN IV LI MWB ON"
        " UC VN",
        "1225": "1 4 5 6 7 9 12 23 27 29 30 31 35 44 45",
        "1229": "1 2 3 4 5 6 7 9 10 24 37 39 52",
        "2005": "2 3 4 7 9 10 11 12 13 17 35 36 37 44 67 69 94 97 110 133 137 140 157 171 194 206"
        " 273 366",
        "2151": "D DC",
        "3035": "BY CA CN CZ DP FLA FW IV MF PE RE SE SF ST SU UC UD WH",
        "3055": "9 91 92",
        "3227": "27",
        "4279": "1 3 7 22",
        "4343": "AD AP RE",
        "4441": "CF",
        "4451": "ZZZ",
        "4347": "3",
        "5025": "8 9 23 39 66 77 86 124 125 203 204",
        "5125": "AAA AAB INV PAP",
        "5387": "SRP",
        "5463": "A C",
        "6063": "12 17 21 46 47 52 53 59 66 83 113 145",
        "6069": "2",
        "6167": "4",
        "6347": "2",
        "6411": "BE BH BX CS CT PCE X2",
        "7081": "8 35 BRN S20 S99 L11",
        "7143": "BP CB EN IN MF SA SRV UA UP VBN VN VP",
        "7405": "BJ BN",
        "8051": "20",
    }
)
"""Codes by the element that they stand in; tried are those that stand in a reader's source too."""
_ANY = "ZZ"
"""Stands for all codes that no reader knows."""
_WITHOUT_OTHERS = frozenset({"1001", "1225", "1229"})
"""A document with another one there is hardly ever used."""
_GIVEN: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "0081": ("D", "S"),
        "0083": ("4", "7", "8"),
        "0085": ("12", "29"),
        "1000": ("DROP SHIP", "X"),
        "2379": ("102", "102", "203", "718", "402"),
        "2380": ("20261204", "20261211", "20261224", "202612040830", "2026120420261211", "061800"),
        "6345": ("EUR", "USD"),
        "7065": ("FB", "QB", "599", "CT"),
        "7111": ("001", "020", "A7"),
        "7009": ("001", "020", "A7"),
    }
)
"""Values of some that aren't told by their codes."""


_USUAL: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "APERAK": ("RFF+ON:1",),
        "CLOCKT": ("LIN/RFF+AGJ:1", "LIN/QTY+52:25", "LIN/QTY+66:3", "LIN+1++A7:VBN"),
        "DESADV": ("BGM++1+9", "RFF+ON:1", "CPS+1+", "CPS/LIN+1++A7:SA", "CPS/LIN/QTY+12:3"),
        "INVOIC": (
            "RFF+ON:1",
            "RFF/DTM+171:20261204:102",
            "BGM+380+1+9",
            "DTM+137:20261204:102",
            "LIN/QTY+47:3",
            "LIN/PAC+++CT::92",
            "MOA+77:25",
        ),
        "INVRPT": ("BGM++1+9", "LIN/QTY+145:3"),
        "ORDCHG": ("BGM++1+4", "RFF+ON:1", "RFF/DTM+171:20261204:102", "LIN+1+3", "LIN/QTY+21:3"),
        "ORDERS": ("BGM+220+1+9", "LIN+1", "LIN/QTY+21:3"),
        "ORDRSP": ("BGM++1+29", "RFF+ON:1", "LIN+1+5", "LIN/QTY+21:3", "LIN/IMD++S20+-:::A7"),
        "PRICAT": ("BGM++1+9", "PGI+", "PGI/LIN+1++A7:SA", "PGI/LIN/PRI+AAA:25"),
    }
)
"""What makes a message usable: the path of a segment, and what it says."""


class Edifact(Family):
    """Messages; a release is the name of an edition, as `D96A`."""

    package, name, root, envelope = "formats.edifact", "EDIFACT", "UNH", ("UNH", "UNT")

    def codes(self) -> Sequence[str]:
        return sorted([*KINDS, _CONTRL])

    def releases(self, code: str) -> Sequence[str]:
        return tuple(_editions(code))

    def release_name(self, release: str) -> str:
        return f"{release[0]}.{release[1:]}" if release.startswith("D") else release

    def tree(self, code: str, release: str) -> Tree:
        return tree(code, release)

    def definition(self, code: str, release: str) -> str:
        return f"{code}_{release}.txt".lower()

    def usual(self, code: str) -> Mapping[str, Sequence[Values]]:
        return usual_of(_USUAL.get(code, ()))

    def slots(self, code: str, release: str, tag: str) -> Sequence[Slot] | None:
        segments = dictionary(_editions(code)[release].release).segments
        return _slots(segments[tag], _module(code)) if tag in segments else None

    def written(self, tag: str, slots: Sequence[Slot], values: Sequence[str]) -> str:
        elements: dict[int, list[str]] = {}
        for slot, value in zip(slots, values, strict=True):
            elements.setdefault(slot.element, []).append(value)
        joined = (COMPONENT.join(each).rstrip(COMPONENT) for each in elements.values())
        return SEPARATOR.join([tag, *joined]).rstrip(SEPARATOR)

    def built(
        self, code: str, release: str, segments: Sequence[str], nodes: Sequence[int]
    ) -> Result:
        problems = Problems(Places(b"", 0, DEFAULT))
        if code == _CONTRL:
            return result(acknowledgement(segments, "1", problems), problems.found)
        record = KINDS[code].build(segments, nodes, _editions(code)[release], problems)
        return result(record, problems.found)


@cache
def _editions(code: str) -> Mapping[str, Edition]:
    """Return the editions of a message by the name of their tree."""
    if code == _CONTRL:
        return {_SERVICE: Edition(_SERVICE, _SERVICE)}
    return {each.tree: each for each in KINDS[code].editions.values()}


def _module(code: str) -> str:
    return acknowledgement.__module__ if code == _CONTRL else _module_of(KINDS[code].build)


def _module_of(build: object) -> str:
    return build.__module__


@cache
def _slots(segment: Segment, module: str) -> Sequence[Slot]:
    codes = codes_in(module)
    return tuple(
        Slot(
            number,
            part,
            element.number,
            element.name,
            _kind(element, use, is_needed=is_needed),
            is_needed,
            _values(element, codes),
            is_in_composite=use.is_composite,
            is_composite_needed=use.is_composite and use.is_mandatory,
        )
        for number, use in enumerate(segment.uses, 1)
        for part, element, is_needed in _parts(use)
    )


def _parts(use: Use) -> Iterator[tuple[int, Element, bool]]:
    for part, (element, is_required) in enumerate(zip(use.parts, use.required, strict=True), 1):
        yield part, element, is_required if use.is_composite else use.is_mandatory


def _kind(element: Element, use: Use, *, is_needed: bool) -> str:
    size = f"{element.most}" if element.least == element.most else f"up to {element.most}"
    kind = "code" if element.codes is not None else _KINDS[element.kind]
    if not is_needed:
        return f"{kind}, {size}"
    return f"{kind}, {size}, needed{'' if use.is_mandatory else ' in it'}"


@cache
def _values(element: Element, codes: frozenset[str]) -> Sequence[str]:
    number = element.number
    if number in _GIVEN:
        return _GIVEN[number]
    if number in _CODES:
        told = [each for each in _CODES[number].split() if each in codes or _is_feature(each)]
        return (*told, *(() if number in _WITHOUT_OTHERS and told else (_ANY,)))
    if element.codes is not None:
        return sorted(element.codes)[:9]
    return _NUMBERS if element.kind == "n" else _TEXTS


def _is_feature(code: str) -> bool:
    """Tell whether a code is of the VBN lists, which no reader names one by one."""
    return len(code) == 3 and code[0].isalpha() and code[1:].isdigit()

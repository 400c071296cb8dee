"""X12 as the pages see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from types import MappingProxyType

from formats.grammar.check import SEPARATOR
from formats.grammar.tree import Tree
from formats.x12.acknowledgement import functional_acknowledgement
from formats.x12.dictionary import Element, Segment, Use, dictionary
from formats.x12.parts import Problems
from formats.x12.segments import Places
from formats.x12.separators import Separators
from formats.x12.sets import BUILDERS
from formats.x12.tree import VERSIONS, tree
from tests.segments.family import Family, Result, Slot, Values, result, usual_of
from tests.segments.sources import codes_in

_KINDS = {"N0": "number", "N2": "cents", "R": "decimal", "DT": "day", "TM": "time", "AN": "text",
          "ID": "code", "C": "composite"}  # fmt: skip
_PLAIN: Mapping[str, Sequence[str]] = {
    **dict.fromkeys(("N0", "N2", "R"), ("0", "1", "2", "3", "25")),
    "DT": ("20261204", "20261211"),
    "TM": ("0830", "1745"),
}


_ACKNOWLEDGEMENTS = ("997", "999")
_ONLY_5010 = "999"
_USUAL: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "204": ("B2A+00", "B2++A7++1", "S5+1+CL"),
        "810": (
            *(
                "BIG+20261204+A7",
                "IT1+1+3+EA+1",
                "IT1/PO4+-+++FB",
                "IT1/PID+F+-+++1",
                "IT1/PID+F+08+++A7",
            ),
            *("IT1/TXI+ST+-++++1", "IT1/SLN/TXI+ST+-++++1", "IT1/SAC+C+ZZZZ++A7+25"),
            *("IT1/SLN/SAC+C+ZZZZ++A7+25", "SAC+C+ZZZZ++A7+25", "REF+PO+-+A7"),
        ),
        "824": ("OTI+TA",),
        "846": ("BIA+00", "LIN/QTY+33+3+EA", "LIN/N1+WH++-+-"),
        "850": ("BEG+00", "PO1+1+3+EA", "PO1/PID+F+-+++1", "PO1/PID+F+08+++A7", "PO1/SDQ+EA+92+A7"),
        "855": ("BAK+00+AD+A7", "PO1+1+3+EA", "PO1/ACK+IA", "REF+VN+-+A7"),
        "856": (
            *("BSN+00++++0002", "HL+1+-+S", "HL+2+1+O", "HL+3+-+P", "HL+4+-+I", "HL+5+-+P"),
            "HL/PRF+A7",
        ),
        "860": ("BCH+04", "POC+1+QI+3++EA", "POC/PID+F+-+++1", "POC/PID+F+08+++A7"),
        "865": ("BCA+04+AD+A7", "POC+1+QI+3++EA", "POC/ACK+IA", "REF+VN+-+A7"),
        "875": ("G50+N", "G68+3+EA"),
        "997": ("AK1+PO+7", "AK9+R"),
        "999": ("AK1+PO+7", "AK9+R"),
        "880": ("G72+501+06++++++25", "G17/G72+501+06++++++25"),
    }
)
"""What makes a set usable, and what is rare: the path of a segment, and what it says."""


class X12(Family):
    """Transaction sets; a release is `4010` or `5010`."""

    package, name, root, envelope = "formats.x12", "X12", "ST", ("ST", "SE")

    def codes(self) -> Sequence[str]:
        return sorted([*BUILDERS, *_ACKNOWLEDGEMENTS])

    def releases(self, code: str) -> Sequence[str]:
        return ("5010",) if code == _ONLY_5010 else tuple(VERSIONS)

    def release_name(self, release: str) -> str:
        return VERSIONS[release]

    def tree(self, code: str, release: str) -> Tree:
        return tree(code, release)

    def definition(self, code: str, release: str) -> str:
        return f"{code}_{VERSIONS[release]}.txt"

    def usual(self, code: str) -> Mapping[str, Sequence[Values]]:
        return usual_of(_USUAL.get(code, ()))

    def slots(self, code: str, release: str, tag: str) -> Sequence[Slot] | None:
        segment = dictionary(release).segments.get(tag)
        return None if segment is None else _slots(code, release, tag)

    def written(self, tag: str, slots: Sequence[Slot], values: Sequence[str]) -> str:
        return SEPARATOR.join([tag, *values]).rstrip(SEPARATOR)

    def built(
        self, code: str, release: str, segments: Sequence[str], nodes: Sequence[int]
    ) -> Result:
        problems = Problems(Places(b"", 0, Separators()))
        if code in _ACKNOWLEDGEMENTS:
            return result(functional_acknowledgement(segments, problems), problems.found)
        record = BUILDERS[code](segments, nodes, release, problems)
        return result(record, problems.found)


@cache
def _slots(code: str, release: str, tag: str) -> Sequence[Slot]:
    segment: Segment = dictionary(release).segments[tag]
    read = functional_acknowledgement if code in _ACKNOWLEDGEMENTS else BUILDERS[code]
    codes = codes_in(read.__module__)
    return tuple(
        Slot(
            number,
            1,
            use.element.number,
            use.element.name,
            _kind(use),
            use.is_mandatory,
            _values(use.element, codes),
        )
        for number, use in enumerate(segment.uses, 1)
    )


def _kind(use: Use) -> str:
    element = use.element
    least, most = element.least, element.most
    size = f"{least}" if least == most else f"{least} to {most}"
    kind = _KINDS[element.type]
    text = kind if element.type in ("DT", "TM", "C") else f"{kind}, {size}"
    return f"{text}, needed" if use.is_mandatory else text


@cache
def _values(element: Element, codes: frozenset[str]) -> Sequence[str]:
    """Return what may stand in an element: of its codes those that a reader tells apart."""
    if element.type == "C":
        return _values(element.components[0], codes)
    if element.codes is not None:
        told = sorted(element.codes & codes)
        others = sorted(element.codes - codes)
        # One that no reader knows stands for all of them.
        return [*told, *others[:1]] if told else others[:9]
    if element.type in _PLAIN:
        return _PLAIN[element.type]
    return ("1", "2", "A7", *sorted(each for each in codes if len(each) <= element.most))

"""From a checked APERAK to what it says of a document that we sent: could the partner use it.

The function (BGM 1225) is the verdict: 29 and 44 accepted, 27 refused, 30 in part, 4, 28, 34 and 45
with errors; without one of these 313 (BGM 1001) refuses, 312 accepts, and any other document does
what its errors say. Each ERC is an error, in the words of its FTX. The document is named by its
order (RFF ON), invoice (IV) or despatch advice (AAK, DQ), else by a number of any kind (ACW), or by
our reference of the interchange (AGO).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType

from formats.acknowledgements import Acceptance, Acknowledged, Acknowledgement, Fault, Level
from formats.edifact import parts
from formats.edifact.editions import Edition
from formats.edifact.heading import HEADING, Heading, reference_in, text_of
from formats.edifact.parts import Elements, Handler, Problems, Table, first_component
from formats.edifact.tree import tree

VERDICTS: Mapping[str, Acceptance] = MappingProxyType(
    {
        **dict.fromkeys(("29", "44"), Acceptance.ACCEPTED),
        **dict.fromkeys(("34", "4", "28", "45"), Acceptance.WITH_ERRORS),
        "30": Acceptance.PARTLY,
        "27": Acceptance.REJECTED,
    }
)
"""1225; the first of a verdict is the one that is written."""
ACCEPTS, REFUSES = "312", "313"
"""1001: acknowledgement, error."""
KINDS: Mapping[str, str] = MappingProxyType(
    {"ON": "ORDERS", "IV": "INVOIC", "AAK": "DESADV", "DQ": "DESADV", "ACW": ""}
)
"""1153 of what names a document, the surest first, and the message that it means."""
INTERCHANGE = "AGO"


@dataclass(slots=True)
class _Draft(Heading):
    faults: list[Fault] = field(default_factory=list)


def application_advice(
    segments: Sequence[str],
    nodes: Sequence[int],
    edition: Edition,
    problems: Problems,
    *,
    is_test: bool = False,
) -> Acknowledgement | None:
    """Return what a checked APERAK says; None where it names no document, `problems` says so."""
    draft = parts.fill(_Draft(problems), _handlers(edition), segments, nodes)
    named = next((each for each in KINDS if each in draft.references), None)
    interchange = draft.references.get(INTERCHANGE, "")
    document = draft.document
    if named is None and not interchange:
        message = "the APERAK names no document; send its number in RFF (ON, IV, AAK or ACW)"
        problems.error("RFF.missing", ("BGM", document.position, None), message)
        return None
    item = Acknowledged(
        Level.DOCUMENT,
        _acceptance(draft),
        interchange,
        kind=KINDS[named] if named else "",
        reference=draft.references[named] if named else "",
        faults=tuple(draft.faults),
    )
    return Acknowledgement(form="APERAK", number=document.number, is_test=is_test, items=(item,))


def _acceptance(draft: _Draft) -> Acceptance:
    document = draft.document
    if (found := VERDICTS.get(document.function)) is not None:
        return found
    if document.code == REFUSES or (draft.faults and document.code != ACCEPTS):
        return Acceptance.REJECTED
    return Acceptance.ACCEPTED


def _erc(draft: _Draft, elements: Elements, _position: int) -> None:
    code = first_component(elements[1])
    draft.faults.append(Fault(code, f"error {code}"))


def _erc_ftx(draft: _Draft, elements: Elements, _position: int) -> None:
    text = " ".join((text_of(elements) or "").split())
    if text and draft.faults:
        draft.faults[-1] = Fault(draft.faults[-1].code, text)


def _erc_rff(draft: _Draft, elements: Elements, _position: int) -> None:
    qualifier, number = reference_in(elements)
    if qualifier == "LI" and number and draft.faults:
        last = draft.faults[-1]
        draft.faults[-1] = Fault(last.code, f"line {number}: {last.message}")


@cache
def _handlers(edition: Edition) -> Table[_Draft]:
    places: dict[str, Handler[_Draft]] = {
        **HEADING,
        "ERC": _erc,
        "ERC/FTX": _erc_ftx,
        "ERC/RFF": _erc_rff,
    }
    return parts.handlers_for(tree("APERAK", edition.tree), places)

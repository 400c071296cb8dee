"""From a checked 824 to what it says of the documents that we sent: could the partner use them.

Each OTI speaks of a group, a set, or an item of one, and TED, NTE and LQ say what is wrong. Its
verdict is the second letter of OTI01: A accepted, C or E accepted with changes or errors, P partly,
R rejected. N1, DTM, AMT, QTY and what names persons say nothing that a document is found by, and
are not used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from formats.acknowledgements import Acceptance, Acknowledged, Acknowledgement, Fault, Level
from formats.x12 import words
from formats.x12.parts import Elements, Problems, elements_of, whole

ACCEPTANCES = {
    "A": Acceptance.ACCEPTED,
    "C": Acceptance.WITH_ERRORS,
    "E": Acceptance.WITH_ERRORS,
    "P": Acceptance.PARTLY,
    "R": Acceptance.REJECTED,
}
GROUP = "G"
"""First letter of OTI01: G a group, T a set, I an item of a set."""


@dataclass(slots=True)
class _Draft:
    number: str = ""
    items: list[Acknowledged] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    """Of the OTI that is read."""


def application_advice(
    segments: Sequence[str],
    nodes: Sequence[int],
    release: str,
    problems: Problems,
    *,
    is_test: bool = False,
) -> Acknowledgement | None:
    """Return what a checked 824 says; None where none of its OTI has a verdict, `problems` why."""
    del nodes, release  # Every segment that counts here has one place only.
    draft = _Draft()
    for position, text in enumerate(segments, 1):
        elements = elements_of(text)
        if elements[0] == "BGN":
            draft.number = elements[2].strip()
        elif elements[0] == "OTI":
            _oti(draft, elements, position, problems)
        elif draft.items and (take := _TAKES.get(elements[0])):
            take(draft, elements)
    _end_item(draft)
    if not draft.items:
        if not any(text.startswith("OTI") for text in segments):
            message = "the advice names nothing that it is about; send an OTI"
            problems.error("OTI.missing", ("ST", 1, None), message)
        return None
    items = tuple(draft.items)
    return Acknowledgement(form="824", number=draft.number, is_test=is_test, items=items)


def _oti(draft: _Draft, elements: Elements, position: int, problems: Problems) -> None:
    _end_item(draft)
    code = elements[1].strip()
    acceptance = ACCEPTANCES.get(code[1:])
    if acceptance is None:
        message = (
            f"OTI01 is {code}, which says neither accepted nor rejected here; send TA, TC, TE, TP "
            "or TR, or the same of a group (G) or an item (I)"
        )
        problems.error("OTI01.unsupported", ("OTI", position, 1), message, code)
        return
    item = Acknowledged(
        Level.GROUP if code[0] == GROUP else Level.DOCUMENT,
        acceptance,
        group=elements[8].strip(),
        control=elements[9].strip(),
        kind=elements[10].strip(),
        reference=elements[3].strip(),
    )
    draft.items.append(item)


def _ted(draft: _Draft, elements: Elements) -> None:
    code = elements[1].strip()
    message = elements[2].strip() or words.APPLICATION.get(code, words.UNKNOWN)
    draft.faults.append(
        Fault(
            code,
            message,
            elements[3].strip(),
            whole(elements[4]),
            whole(elements[5]),
            value=elements[7],
        )
    )


def _nte(draft: _Draft, elements: Elements) -> None:
    """Join a note with the error that it explains."""
    text = elements[2].strip()
    if not draft.faults:
        draft.faults.append(Fault("", text))
        return
    last = draft.faults[-1]
    draft.faults[-1] = replace(last, message=f"{last.message} {text}")


def _lq(draft: _Draft, elements: Elements) -> None:
    if code := elements[2].strip():
        draft.faults.append(Fault(code, f"code {code} of list {elements[1].strip() or 'unnamed'}"))


def _end_item(draft: _Draft) -> None:
    if draft.items and draft.faults:
        draft.items[-1] = replace(draft.items[-1], faults=tuple(draft.faults))
    draft.faults = []


_TAKES = {"TED": _ted, "NTE": _nte, "LQ": _lq}

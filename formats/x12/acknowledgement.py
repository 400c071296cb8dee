"""From a TA1, a 997 or a 999 to what it says of the files that we sent.

An acknowledgement is never answered, so what is wrong with it stops nothing that can still be
understood: it is used where it names a group and says what became of it, and its own errors are
warnings. Of a segment in error every element error is told, and the segment's own code where there
is none; CTX is told beside the error that it explains.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from formats.acknowledgements import Acceptance, Acknowledged, Acknowledgement, Fault, Level
from formats.findings import Finding, Where
from formats.x12 import words
from formats.x12.parts import Elements, Problems, elements_of

ACCEPTANCES = {
    "A": Acceptance.ACCEPTED,
    "E": Acceptance.WITH_ERRORS,
    "P": Acceptance.PARTLY,
    "R": Acceptance.REJECTED,
    "M": Acceptance.REJECTED,
    "W": Acceptance.REJECTED,
    "X": Acceptance.REJECTED,
}
"""AK501, IK501, AK901 and TA104; M, W and X are refusals of security services."""
_SET_WORDS = {"AK5": words.SET, "IK5": words.IMPLEMENTATION_SET}
_SEGMENT_WORDS = {"AK3": words.SEGMENT, "IK3": words.IMPLEMENTATION_SEGMENT}
_ELEMENT_WORDS = {"AK4": words.ELEMENT, "IK4": words.IMPLEMENTATION_ELEMENT}
_TA1_ELEMENTS = 5


@dataclass(slots=True)
class _Set:
    """An AK2 with its loop."""

    kind: str = ""
    control: str = ""
    acceptance: Acceptance | None = None
    faults: list[Fault] = field(default_factory=list)
    codes: list[Fault] = field(default_factory=list)


@dataclass(slots=True)
class _Draft:
    """A 997 or 999 while it is read."""

    component: str
    functional_id: str = ""
    control: str = ""
    acceptance: Acceptance | None = None
    codes: list[Fault] = field(default_factory=list)
    sets: list[_Set] = field(default_factory=list)
    segment: Fault | None = None
    """The segment error whose element errors may follow."""
    context: str = ""
    """What a CTX says of that segment; it holds for each of its elements."""

    @property
    def last(self) -> _Set:
        if not self.sets:
            self.sets.append(_Set())
        return self.sets[-1]


def functional_acknowledgement(
    segments: Sequence[str], problems: Problems, *, is_test: bool = False
) -> Acknowledgement | None:
    """Return what a 997 or 999 says, None where it names no group or no verdict; `problems` why."""
    draft = _Draft(problems.places.marks.component.decode("latin-1"))
    form: Literal["997", "999"] = "999" if elements_of(segments[0])[1] == "999" else "997"
    for text in segments:
        elements = elements_of(text)
        take = _TAKES.get(elements[0])
        if take is not None:
            take(draft, elements)
    _end_segment(draft)
    if not draft.control:
        problems.error("AK1.unusable", ("AK1", 2, None), _unusable("names no group (AK102)"))
        return None
    items = _items(draft)
    if not items:
        problems.error("AK9.unusable", ("AK9", 2, None), _unusable("has no verdict (AK901)"))
        return None
    number = elements_of(segments[0])[2]
    return Acknowledgement(form=form, number=number, is_test=is_test, items=items)


def interchange_acknowledgement(
    elements: Sequence[str], where: Where, *, is_test: bool = False
) -> tuple[Acknowledgement | None, tuple[Finding, ...]]:
    """Return what a TA1 says, and what is wrong with it; `elements` are TA101 to TA105."""
    padded = [each.strip() for each in (*elements, *[""] * _TA1_ELEMENTS)]
    control, acceptance, code = padded[0], ACCEPTANCES.get(padded[3]), padded[4]
    if not (control.isascii() and control.isdigit()) or acceptance is None:
        message = (
            "this TA1 names no interchange (TA101) or no verdict (TA104), so it can't be used; "
            "send it again"
        )
        return None, (Finding("x12.TA1.unusable", message, where, value=padded[0][:40]),)
    meaning = words.INTERCHANGE.get(code, words.UNKNOWN)
    faults = () if code in ("", "000") else (Fault(code, meaning, "ISA"),)
    item = Acknowledged(Level.INTERCHANGE, acceptance, interchange=control, faults=faults)
    return Acknowledgement(form="TA1", number=control, is_test=is_test, items=(item,)), ()


def _unusable(reason: str) -> str:
    return f"this acknowledgement {reason}, so it can't be used; send it again"


def _items(draft: _Draft) -> tuple[Acknowledged, ...]:
    """Return the group, where it has a verdict of its own, and its sets."""
    found = []
    if draft.acceptance is not None:
        found.append(
            Acknowledged(
                Level.GROUP,
                draft.acceptance,
                group=draft.control,
                kind=draft.functional_id,
                faults=tuple(draft.codes),
            )
        )
    for each in draft.sets:
        if each.acceptance is not None:
            faults = (*each.faults, *each.codes)
            found.append(
                Acknowledged(
                    Level.DOCUMENT,
                    each.acceptance,
                    group=draft.control,
                    control=each.control,
                    kind=each.kind,
                    faults=faults,
                )
            )
    return tuple(found)


def _ak1(draft: _Draft, elements: Elements) -> None:
    draft.functional_id, draft.control = elements[1].strip(), elements[2].strip()


def _ak2(draft: _Draft, elements: Elements) -> None:
    _end_segment(draft)
    draft.sets.append(_Set(elements[1].strip(), elements[2].strip()))


def _segment(draft: _Draft, elements: Elements) -> None:
    _end_segment(draft)
    code = elements[4].strip()
    meaning = _SEGMENT_WORDS[elements[0]].get(code, words.UNKNOWN)
    draft.segment = Fault(code, meaning, elements[1].strip(), _whole(elements[2]))


def _element(draft: _Draft, elements: Elements) -> None:
    around = draft.segment or Fault("", "")
    element, component = (*elements[1].split(draft.component), "")[:2]
    code = elements[3].strip()
    meaning = _ELEMENT_WORDS[elements[0]].get(code, words.UNKNOWN)
    if draft.context:
        meaning = f"{meaning} ({draft.context})"
    draft.last.faults.append(
        Fault(
            code,
            meaning,
            around.segment,
            around.position,
            _whole(element),
            _whole(component),
            elements[4],
        )
    )
    # What the segment itself says is only that its elements are in error.
    draft.segment = replace(around, code="") if around.segment else None


def _context(draft: _Draft, elements: Elements) -> None:
    """Tell the context of the last error beside it (CTX01, or where CTX02 to 05 point)."""
    place = f"{elements[2]}{elements[5].split(draft.component)[0]:0>2}" if elements[5] else ""
    text = " ".join(each for each in (elements[1], place or elements[2]) if each)
    if draft.segment is not None and draft.segment.code:
        draft.segment, draft.context = _beside(draft.segment, text), text
    elif draft.sets and draft.last.faults:
        draft.last.faults[-1] = _beside(draft.last.faults[-1], text)


def _beside(fault: Fault, context: str) -> Fault:
    return replace(fault, message=f"{fault.message} ({context})")


def _end_segment(draft: _Draft) -> None:
    """Keep a segment error of which no element was told."""
    if draft.segment is not None and draft.segment.code:
        draft.last.faults.append(draft.segment)
    draft.segment, draft.context = None, ""


def _set_verdict(draft: _Draft, elements: Elements) -> None:
    _end_segment(draft)
    last = draft.last
    last.acceptance = ACCEPTANCES.get(elements[1].strip())
    table = _SET_WORDS[elements[0]]
    last.codes = [Fault(code, table.get(code, words.UNKNOWN)) for code in _codes(elements, 2, 6)]


def _group_verdict(draft: _Draft, elements: Elements) -> None:
    _end_segment(draft)
    draft.acceptance = ACCEPTANCES.get(elements[1].strip())
    codes = _codes(elements, 5, 9)
    draft.codes = [Fault(code, words.GROUP.get(code, words.UNKNOWN), "GS") for code in codes]


def _codes(elements: Elements, first: int, last: int) -> list[str]:
    return [code for each in elements[first : last + 1] if (code := each.strip())]


def _whole(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None


_TAKES = {
    "AK1": _ak1,
    "AK2": _ak2,
    "AK3": _segment,
    "IK3": _segment,
    "AK4": _element,
    "IK4": _element,
    "CTX": _context,
    "AK5": _set_verdict,
    "IK5": _set_verdict,
    "AK9": _group_verdict,
}

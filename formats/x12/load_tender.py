"""From a checked 204 to a load that is offered.

Stops are S5 with CL, LD or PL (load) and CU, UL or PU (unload); any other is left out and named.
Their days are G62 37 and 53 (not before), 38 and 54 (not later), and any other for a day that is
meant exactly. Weights in kilograms are turned into pounds. Goods (L5, OID, LAD), equipment and
contacts are not used: what is loaded is known by its orders.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from formats.hauling import LoadTender, Reference, Stop, StopKind
from formats.records import Party, Purpose
from formats.x12 import parts
from formats.x12.parts import Elements, PartyDraft, Problems, elements_of, segment_of

STOPS = {
    **dict.fromkeys(("LD", "CL", "PL"), StopKind.LOAD),
    **dict.fromkeys(("UL", "CU", "PU"), StopKind.UNLOAD),
}
"""S502 (element 163)."""
PURPOSES = {
    "00": Purpose.NEW,
    "01": Purpose.CANCEL,
    "04": Purpose.CHANGE,
    "05": Purpose.REPLACE,
    "06": Purpose.CONFIRM,
}
"""B2A01."""
EARLIEST, LATEST = ("37", "53"), ("38", "54")
"""G6201 of loading and unloading: not before, not later."""
KILOGRAM = "K"
POUNDS = Decimal("2.20462")
_PLACES = Decimal("0.01")


@dataclass(slots=True)
class _Stop:
    number: int
    kind: StopKind
    weight_lb: Decimal | None
    boxes: int | None
    place: PartyDraft | None = None
    earliest: date | None = None
    latest: date | None = None
    references: list[Reference] = field(default_factory=list)

    def stop(self) -> Stop:
        return Stop(
            self.number,
            self.kind,
            self.place.party() if self.place else Party(),
            self.earliest,
            self.latest,
            self.weight_lb,
            self.boxes,
            tuple(self.references),
        )


@dataclass(slots=True)
class _Draft:
    """A 204 while it is read. `is_left_out` while a stop of no use is passed."""

    references: list[Reference] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    party: PartyDraft | None = None
    bill_to: PartyDraft | None = None
    stops: list[_Stop] = field(default_factory=list)
    totals: tuple[Decimal | None, int | None] = (None, None)
    is_left_out: bool = False
    is_inside_goods: bool = False
    """References and dates below L5 and OID are those of goods."""


def load_tender(
    segments: Sequence[str],
    nodes: Sequence[int],
    release: str,
    problems: Problems,
    *,
    is_test: bool = False,
) -> LoadTender | None:
    """Return the load of a checked 204, None when it can't be used; `problems` says why."""
    del nodes, release  # The first S5 parts the heading from the stops.
    found = list(map(elements_of, segments))
    draft = _Draft()
    for position, each in enumerate(found, 1):
        _take(draft, each, position, problems)
    head, purpose_code = segment_of(found, "B2"), segment_of(found, "B2A")[1]
    purpose = PURPOSES.get(purpose_code)
    if purpose is None or not head[4].strip():
        name, position, value = ("B204", 4, "") if purpose else ("B2A01", 1, purpose_code)
        message = f"{name} is {value or 'missing'}, so nobody knows what is to be done; send it"
        tag, at = ("B2", 2) if purpose else ("B2A", 3)
        problems.error(f"{name}.unsupported", (tag, at, position), message, value)
        return None
    return LoadTender(
        number=head[4].strip(),
        carrier=head[2].strip(),
        payment=head[6].strip(),
        purpose=purpose,
        is_test=is_test,
        references=tuple(draft.references),
        remarks=tuple(draft.remarks),
        bill_to=draft.bill_to.party() if draft.bill_to else None,
        stops=tuple(each.stop() for each in draft.stops),
        weight_lb=draft.totals[0],
        boxes=draft.totals[1],
    )


def _take(draft: _Draft, elements: Elements, position: int, problems: Problems) -> None:
    tag = elements[0]
    if tag == "S5":
        _s5(draft, elements, position, problems)
    elif tag in ("L5", "OID"):
        draft.is_inside_goods = True
    elif tag == "L3":
        draft.totals = (_pounds(elements[1], elements[12]), parts.whole(elements[11]))
    elif draft.is_left_out or draft.is_inside_goods:
        return
    elif tag == "L11" and elements[1].strip():
        reference = Reference(elements[2].strip(), elements[1].strip())
        (draft.stops[-1].references if draft.stops else draft.references).append(reference)
    elif tag == "NTE" and not draft.stops and elements[2].strip():
        draft.remarks.append(elements[2].strip())
    elif tag == "G62" and draft.stops:
        _day(draft.stops[-1], elements)
    elif tag == "AT8" and draft.stops:
        _weight(draft.stops[-1], elements)
    elif tag == "N1":
        _n1(draft, elements)
    elif tag in ("N2", "N3", "N4") and draft.party is not None:
        parts.add_to_party(draft.party, elements)


def _s5(draft: _Draft, elements: Elements, position: int, problems: Problems) -> None:
    draft.is_inside_goods, draft.party = False, None
    kind = STOPS.get(elements[2].strip())
    draft.is_left_out = kind is None
    if kind is None:
        message = (
            f"stop {elements[1]} has reason {elements[2]}; {', '.join(STOPS)} are used, so it is"
            " left out"
        )
        problems.warning("S502.unsupported", ("S5", position, 2), message, elements[2])
        return
    boxes = parts.number(elements[5])
    is_whole = boxes is not None and boxes == boxes.to_integral_value()
    draft.stops.append(
        _Stop(
            parts.whole(elements[1]) or len(draft.stops) + 1,
            kind,
            _pounds(elements[3], elements[4]),
            int(boxes) if boxes is not None and is_whole else None,
        )
    )


def _n1(draft: _Draft, elements: Elements) -> None:
    draft.party = parts.party_of(elements)
    if draft.stops:
        draft.stops[-1].place = draft.stops[-1].place or draft.party
    elif draft.party.role == "BT":
        draft.bill_to = draft.party


def _day(stop: _Stop, elements: Elements) -> None:
    day = parts.day(elements[2])
    if elements[1] in EARLIEST:
        stop.earliest = day
    elif elements[1] in LATEST:
        stop.latest = day
    elif day is not None:
        stop.earliest = stop.latest = day


def _weight(stop: _Stop, elements: Elements) -> None:
    stop.weight_lb = _pounds(elements[3], elements[2]) if elements[3] else stop.weight_lb
    stop.boxes = stop.boxes if stop.boxes is not None else parts.whole(elements[4])


def _pounds(text: str, unit: str) -> Decimal | None:
    weight = parts.number(text)
    if weight is None or unit.strip() != KILOGRAM:
        return weight
    return (weight * POUNDS).quantize(_PLACES)

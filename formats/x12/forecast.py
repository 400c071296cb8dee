"""From a checked 830 to a forecast.

Needs are the FST of a line, those of its delivery patterns (SDP) among them. Past shipments (SHP),
authorizations (ATH), and allocations to places (SDQ) are not used: nothing follows from a forecast.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from formats.forecasts import Forecast, ForecastLine, Need
from formats.records import Party, Purpose
from formats.x12 import parts
from formats.x12.heading import HEADING, Heading, begin, warn_of_count
from formats.x12.parts import Elements, Handler, Problems, Table
from formats.x12.tree import tree

PURPOSES = {
    "00": Purpose.NEW,
    "01": Purpose.CANCEL,
    "03": Purpose.CANCEL,
    "04": Purpose.CHANGE,
    "05": Purpose.REPLACE,
    "06": Purpose.CONFIRM,
    "07": Purpose.DUPLICATE,
}
"""BFR01 (list 353)."""
COLORS = ("VE", "CL")


@dataclass(slots=True)
class _Draft(Heading):
    """What was read so far; `header` is the BFR."""

    lines: list[ForecastLine] = field(default_factory=list)
    needs: list[list[Need]] = field(default_factory=list)
    """Those of each line."""
    counted: tuple[int, int | None] | None = None


def forecast(
    segments: Sequence[str],
    nodes: Sequence[int],
    release: str,
    problems: Problems,
    *,
    is_test: bool = False,
) -> Forecast | None:
    """Return the forecast of a checked 830, None where it can't be used; `problems` says why.

    `segments` and `nodes` are those of the check.
    """
    draft = _Draft(problems, parts.elements_of(""))
    parts.fill(draft, _handlers(release), segments, nodes)
    if draft.counted is not None:
        warn_of_count(problems, draft.counted, len(draft.lines), "lines")
    head = draft.header
    for line, needs in zip(draft.lines, draft.needs, strict=True):
        line.needs = tuple(needs)
    starts_on, issued_on = parts.day(head[6]), parts.day(head[8])
    purpose = PURPOSES.get(head[1])
    if purpose is None or starts_on is None or issued_on is None:
        message = f"BFR01 is {head[1]}; forecasts with {', '.join(PURPOSES)} are kept. Send one"
        problems.error("BFR01.unsupported", ("BFR", 2, 1), message, head[1])
        return None
    return Forecast(
        number=head[2].strip() or head[3].strip(),
        purpose=purpose,
        is_test=is_test,
        basis=head[4],
        counting=head[5],
        starts_on=starts_on,
        ends_on=parts.day(head[7]),
        issued_on=issued_on,
        contract=head[10].strip() or None,
        order_number=head[11].strip() or None,
        currency=draft.currency,
        buyer=draft.party_as("BY") or Party(),
        vendor=draft.vendor(),
        ship_to=draft.party_as("ST"),
        lines=tuple(draft.lines),
    )


def _lin(draft: _Draft, elements: Elements, _position: int) -> None:
    ids = parts.ids_of(elements, 2)
    line = ForecastLine(len(draft.lines) + 1, elements[1].strip())
    line.seller_item, line.buyer_item, line.gtin = ids.seller, ids.buyer, ids.gtin
    line.order_number = ids.by_qualifier.get("PO") or None
    line.color = parts.first_of(ids.by_qualifier, COLORS)
    draft.lines.append(line)
    draft.needs.append([])


def _uit(draft: _Draft, elements: Elements, _position: int) -> None:
    line = draft.lines[-1]
    line.unit = draft.problems.unit(elements[1]) or None
    line.unit_price = parts.number(elements[2])


def _pid(draft: _Draft, elements: Elements, _position: int) -> None:
    line, text = draft.lines[-1], elements[5].strip()
    if elements[2] == "73":
        line.color = line.color or text or None
    else:
        line.description = line.description or text or None


def _po4(draft: _Draft, elements: Elements, _position: int) -> None:
    line = draft.lines[-1]
    line.bunches_per_box = parts.whole(elements[1])
    line.stems_per_bunch = parts.whole(elements[14])


def _fst(draft: _Draft, elements: Elements, _position: int) -> None:
    quantity, starts_on = parts.number(elements[1]), parts.day(elements[4])
    if quantity is not None and starts_on is not None:
        draft.needs[-1].append(
            Need(
                quantity,
                starts_on,
                parts.day(elements[5]),
                elements[2],
                elements[3],
                elements[9].strip() or None,
            )
        )


def _ctt(draft: _Draft, elements: Elements, position: int) -> None:
    draft.counted = (position, parts.whole(elements[1]))


_PLACES: Mapping[str, Handler[_Draft]] = {
    **{path: HEADING[path] for path in ("CUR", "REF", "N1", "N1/N2", "N1/N3", "N1/N4")},
    "BFR": begin,
    "LIN": _lin,
    "LIN/UIT": _uit,
    "LIN/PID": _pid,
    "LIN/PO4": _po4,
    "LIN/FST": _fst,
    "LIN/SDP/FST": _fst,
    "CTT": _ctt,
}


@cache
def _handlers(release: str) -> Table[_Draft]:
    return parts.handlers_for(tree("830", release), _PLACES)

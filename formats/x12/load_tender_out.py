"""A load to an X12 204, which offers it to a truck line or takes the offer back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

from formats.findings import Finding
from formats.grammar.writing import day, number
from formats.hauling import LoadTender, Reference, Stop, StopKind
from formats.records import Purpose
from formats.x12.purchase_order_out import party
from formats.x12.write import ControlNumbers, Envelope, Segment, interchange
from formats.x12.write_checked import checked

PURPOSES = {
    Purpose.NEW: "00",
    Purpose.CANCEL: "01",
    Purpose.CHANGE: "04",
    Purpose.REPLACE: "05",
    Purpose.CONFIRM: "06",
}
_TENDER = "LT"
"""B2A02: a load tender for a full or part truck."""
_POUND, _GROSS, _BOX = "L", "G", "BX"
_STOPS = {StopKind.LOAD: ("LD", "SF"), StopKind.UNLOAD: ("UL", "ST")}
"""S502 and the N101 of the place."""
_DAYS = {StopKind.LOAD: ("10", "37", "38"), StopKind.UNLOAD: ("02", "53", "54")}
"""G6201: on a day, not before, not later."""


def write_load_tender(
    tender: LoadTender,
    envelope: Envelope,
    control: ControlNumbers,
    at: datetime,
    *,
    warnings: list[Finding] | None = None,
) -> bytes:
    """Return an interchange with `tender` as one 204 (004010 or 005010, by the envelope).

    Raises ValueError with a sentence where a code or number does not fit its element; texts are
    cut or changed, and that is reported.
    """
    found = [] if warnings is None else warnings
    body = [*_heading(tender, found, is_5010=envelope.is_5010)]
    for stop in tender.stops:
        body.extend(_stop(stop, found, is_5010=envelope.is_5010))
    if tender.weight_lb is not None or tender.boxes is not None:
        body.append(_totals(tender, is_5010=envelope.is_5010))
    return interchange(envelope, "SM", "204", [body], control=control, at=at, warnings=found)


def _heading(tender: LoadTender, found: list[Finding], *, is_5010: bool) -> Iterator[Segment]:
    if not tender.stops:
        raise ValueError(f"load {tender.number} has no stop: say where it is loaded and unloaded")
    purpose = PURPOSES.get(tender.purpose)
    if purpose is None:
        raise ValueError(f"load {tender.number} can't be a {tender.purpose}: offer or cancel it")
    head = ("B2", "", tender.carrier, "", tender.number, "", tender.payment)
    yield checked(head, is_5010=is_5010)
    yield checked(("B2A", purpose, _TENDER), is_5010=is_5010)
    yield from _references(tender.references, is_5010=is_5010)
    for text in tender.remarks:
        yield ("NTE", "", text)
    if tender.bill_to is not None:
        yield from party("BT", tender.bill_to, found)


def _references(references: tuple[Reference, ...], *, is_5010: bool) -> Iterator[Segment]:
    for each in references:
        yield checked(("L11", each.value, each.qualifier), is_5010=is_5010)


def _stop(stop: Stop, found: list[Finding], *, is_5010: bool) -> Iterator[Segment]:
    code, role = _STOPS[stop.kind]
    weight = ("", "") if stop.weight_lb is None else (number(stop.weight_lb), _POUND)
    boxes = ("", "") if stop.boxes is None else (number(Decimal(stop.boxes)), _BOX)
    yield checked(("S5", str(stop.number), code, *weight, *boxes), is_5010=is_5010)
    yield from _references(stop.references, is_5010=is_5010)
    for qualifier, when in _days(stop):
        yield ("G62", qualifier, day(when))
    yield from party(role, stop.place, found)


def _days(stop: Stop) -> Iterator[tuple[str, date]]:
    exactly, earliest, latest = _DAYS[stop.kind]
    if stop.earliest is not None and stop.earliest == stop.latest:
        yield exactly, stop.earliest
        return
    if stop.earliest is not None:
        yield earliest, stop.earliest
    if stop.latest is not None:
        yield latest, stop.latest


def _totals(tender: LoadTender, *, is_5010: bool) -> Segment:
    weight, qualifier, unit = "", "", ""
    if tender.weight_lb is not None:
        weight, qualifier, unit = number(tender.weight_lb), _GROSS, _POUND
    boxes = "" if tender.boxes is None else str(tender.boxes)
    blanks = ("",) * 8
    return checked(("L3", weight, qualifier, *blanks, boxes, unit), is_5010=is_5010)

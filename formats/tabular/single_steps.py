"""Step files whose rows stand each for itself: approvals, box codes, air waybills, scans.

A bad row is left out and named; rows that contradict each other are all left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TypeVar

from formats import values
from formats.awb import MAX_LENGTH as MAX_WAYBILL
from formats.box_codes import box_code
from formats.documents import ReadDocument
from formats.findings import Where
from formats.step_checks import (
    MAX_ORDER_NUMBER,
    Placed,
    distinct_scans,
    distinct_swaps,
    distinct_verdicts,
    distinct_waybills,
)
from formats.steps import (
    AirWaybill,
    AirWaybillNotice,
    AnsweredBox,
    Approval,
    BoxAnswer,
    BoxCodeChange,
    CodeSwap,
    Decision,
    ManifestAnswer,
    ReceivingScan,
    Scan,
    Verdict,
)
from formats.tabular.cells import Cells
from formats.tabular.findings import FindingLog
from formats.tabular.sheet import StepFile, single_rows

MAX_NAME = 80
MAX_REASON = 200
MAX_RACK = 10
_DECISIONS = {
    word: decision
    for decision, words in {
        Decision.APPROVE: ("approve", "approved", "accept", "accepted", "yes", "ok"),
        Decision.CANCEL: ("cancel", "cancelled", "canceled", "reject", "rejected", "no"),
    }.items()
    for word in words
}
_ANSWERS = {
    word: answer
    for answer, words in {
        BoxAnswer.ACCEPTED: ("accepted", "accept", "ok", "yes", "received", "success"),
        BoxAnswer.REFUSED: ("refused", "rejected", "error", "failed", "no"),
    }.items()
    for word in words
}
_Item = TypeVar("_Item")


def read_approval(file: StepFile) -> Iterator[ReadDocument]:
    """Yield the one approval of a file (domain 8.2 step 6)."""
    notes = FindingLog()
    rows = single_rows(file, notes)
    verdicts = distinct_verdicts(_placed(rows, [_verdict(cells) for cells in rows or ()]), notes)
    record = Approval(verdicts=verdicts) if verdicts else None
    yield file.document(record, rows or (), notes)


def _verdict(cells: Cells) -> Verdict | None:
    number = cells.text("po_number", longest=MAX_ORDER_NUMBER, required=True)
    decision = cells.choice("decision", _DECISIONS, required=True)
    by = cells.text("by", longest=MAX_NAME)
    reason = cells.text("reason", longest=MAX_REASON)
    vendor = cells.text("vendor_code", longest=MAX_NAME)
    if cells.is_bad or number is None or decision is None:
        return None
    return Verdict(cells.row.line, number, decision, by, reason, vendor)


def read_box_code_change(file: StepFile) -> Iterator[ReadDocument]:
    """Yield the one change of box codes of a file (domain 12.8, L-06)."""
    notes = FindingLog()
    rows = single_rows(file, notes)
    swaps = distinct_swaps(_placed(rows, [_swap(cells) for cells in rows or ()]), notes)
    record = BoxCodeChange(vendor=file.vendor, swaps=swaps) if swaps else None
    yield file.document(record, rows or (), notes)


def _swap(cells: Cells) -> CodeSwap | None:
    current = cells.value("current_box_code", box_code, required=True)
    external = cells.value("external_code", box_code)
    # A box that only gets a second code keeps its own (L-09).
    new = cells.value("new_box_code", box_code, required=not cells.raw("external_code"))
    if cells.is_bad or current is None:
        return None
    return CodeSwap(cells.row.line, current, new or current, external)


def read_manifest_answer(file: StepFile) -> Iterator[ReadDocument]:
    """Yield a truck line's one answer of a file; the last row of a box counts (domain 11.1)."""
    notes = FindingLog()
    rows = single_rows(file, notes)
    boxes = [box for cells in rows or () if (box := _answered(cells))]
    last = {(box.batch, box.box_code): box for box in boxes}
    record = ManifestAnswer(boxes=tuple(last.values())) if last else None
    yield file.document(record, rows or (), notes)


def _answered(cells: Cells) -> AnsweredBox | None:
    batch = cells.text("batch_id", longest=20, required=True)
    box = cells.value("box_code", box_code, required=True)
    answer = cells.choice("status", _ANSWERS, required=True)
    message = cells.text("message", longest=MAX_REASON)
    if cells.is_bad or batch is None or box is None or answer is None:
        return None
    return AnsweredBox(cells.row.line, batch, box, answer, message)


def read_air_waybills(file: StepFile) -> Iterator[ReadDocument]:
    """Yield the one notice of a file of air waybills (domain W-03, W-04)."""
    notes = FindingLog()
    rows = single_rows(file, notes)
    waybills = distinct_waybills(_placed(rows, [_waybill(cells) for cells in rows or ()]), notes)
    record = AirWaybillNotice(vendor=file.vendor, waybills=waybills) if waybills else None
    yield file.document(record, rows or (), notes)


def _waybill(cells: Cells) -> AirWaybill | None:
    number = cells.text("po_number", longest=MAX_ORDER_NUMBER)
    temporary = cells.text("temporary_awb", longest=MAX_WAYBILL)
    awb = cells.text("awb", longest=MAX_WAYBILL, required=True)
    house_awb = cells.text("house_awb", longest=MAX_WAYBILL)
    ship_date = cells.day("ship_date")
    arrival_date = cells.day("arrival_date")
    if not cells.raw("po_number") and not cells.raw("temporary_awb"):
        cells.fail("temporary_awb", "a temporary air waybill or an order number is expected")
    if cells.is_bad or awb is None:
        return None
    return AirWaybill(cells.row.line, awb, temporary, number, house_awb, ship_date, arrival_date)


def read_receiving(file: StepFile) -> Iterator[ReadDocument]:
    """Yield a scan for each location and arrival date of a file (domain 4.4 step 8).

    Where all rows that name a location, or a date, name the same one, it holds for the others too.
    """
    notes = FindingLog()
    rows = single_rows(file, notes)
    good = [(cells, box, at) for cells in rows or () if (box := _box(cells)) for at in [_at(box)]]
    places = {at[0] for _, _, at in good if at[0]}
    days = {at[1] for _, _, at in good if at[1]}
    groups: dict[tuple[str | None, date | None], list[tuple[Cells, Scan]]] = {}
    for cells, (scan, _, _), (place, day) in good:
        where = (
            place or (next(iter(places)) if len(places) == 1 else None),
            day or (next(iter(days)) if len(days) == 1 else None),
        )
        groups.setdefault(where, []).append((cells, scan))
    if not groups:
        yield file.refused(notes)
    for (location, day), scanned in groups.items():
        placed = [(cells.where("box_code"), scan) for cells, scan in scanned]
        scans = distinct_scans(placed, notes)
        record = ReceivingScan(location=location, arrival_date=day, scans=scans)
        yield file.document(record, [cells for cells, _ in scanned], notes)
        notes = FindingLog()


_Box = tuple[Scan, str | None, date | None]


def _box(cells: Cells) -> _Box | None:
    code = cells.value("box_code", box_code, required=True)
    scanned_at = cells.value("scanned_at", values.date_and_time)
    rack = cells.text("rack", longest=MAX_RACK)
    location = cells.text("location", longest=MAX_NAME)
    arrival_date = cells.day("arrival_date")
    sold_on = cells.day("sold_on")
    if cells.is_bad or code is None:
        return None
    return Scan(cells.row.line, code, scanned_at, rack, sold_on), location, arrival_date


def _at(box: _Box) -> tuple[str | None, date | None]:
    return box[1], box[2]


def _placed(rows: list[Cells] | None, items: list[_Item | None]) -> list[Placed[_Item]]:
    """Return what the good rows say, each with its row."""
    pairs = zip(rows or (), items, strict=True)
    return [(Where(row=cells.row.line), item) for cells, item in pairs if item is not None]

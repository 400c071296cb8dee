"""From a checked DESADV to a ship notice.

The number is that of the BGM, the air waybill RFF AWB (else MWB), the house air waybill RFF HWB,
the carrier TDT 20; the ship date is DTM 11, else 133, 110, the delivery date 17, else 132, 69, 67,
2. The order is RFF ON of the line, which may name the order's line in it, else of the heading. What
holds the boxes is told in `ship_notice_boxes`.
"""

from __future__ import annotations

from collections.abc import Sequence

from formats.edifact import parts
from formats.edifact.editions import Edition
from formats.edifact.heading import PURPOSES, SHIP_TO, VENDORS
from formats.edifact.lines import warn_of_counts
from formats.edifact.parts import Problems
from formats.edifact.ship_notice_boxes import Boxes
from formats.edifact.ship_notice_draft import (
    HOUSE_WAYBILL,
    SHIP_DATES,
    NoticeDraft,
    air_waybill,
    handlers,
)
from formats.edifact.terms import FORWARDER
from formats.records import Party, Purpose
from formats.steps import ShipNotice

_DELIVERY_DATES = ("17", "132", "69", "67", "2")
_SHIPPERS = (*VENDORS, "SF", "CZ")
"""Who ships is who sells, where nobody is named as that."""


def ship_notice(
    segments: Sequence[str],
    nodes: Sequence[int],
    edition: Edition,
    problems: Problems,
    *,
    is_test: bool = False,
) -> ShipNotice | None:
    """Return the notice of a checked DESADV, None when it can't be used; `problems` says why.

    `segments` and `nodes` are those of the check.
    """
    draft = parts.fill(NoticeDraft(problems), handlers(edition), segments, nodes)
    warn_of_counts(draft)
    document = draft.document
    if document.purpose is None:
        functions = ", ".join(each for each in PURPOSES if each)
        message = (
            f"the message function is {document.function}; notices with {functions} are used. Send"
            " the notice with one of them."
        )
        at = ("BGM", document.position, 3)
        problems.error("BGM03.unsupported", at, message, document.function)
        return None
    return _notice(draft, document.purpose, is_test=is_test)


def _notice(draft: NoticeDraft, purpose: Purpose, *, is_test: bool) -> ShipNotice | None:
    awb, house = air_waybill(draft.references), draft.references.get(HOUSE_WAYBILL)
    ship_date = draft.day_of(*SHIP_DATES)
    boxes = Boxes(draft, awb, house, ship_date).all()
    if not boxes and purpose is not Purpose.CANCEL:
        message = "the notice has no box that can be used"
        position = draft.levels[0].position if draft.levels else draft.document.position
        draft.problems.error("CPS.none", ("CPS", position, None), message)
        return None
    return ShipNotice(
        number=draft.document.number,
        purpose=purpose,
        is_test=is_test,
        ship_date=ship_date,
        delivery_date=draft.day_of(*_DELIVERY_DATES),
        awb=awb,
        house_awb=house,
        carrier=draft.carrier or draft.name_of("CA"),
        cargo_agency=draft.name_of(FORWARDER),
        vendor=draft.party_as(*_SHIPPERS) or Party(),
        buyer=draft.party_as("BY") or Party(),
        ship_to=draft.party_as(*SHIP_TO, "CN"),
        boxes=boxes,
    )

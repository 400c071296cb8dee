"""From a checked 856 to a ship notice.

The number is BSN02, the air waybill REF AW (or MB, where that has the form of one and AW has not),
the house air waybill REF 2I, the carrier TD5; parties and dates are those of the shipment level,
else those that all orders share. What holds the boxes is told in `ship_notice_boxes`, which levels
belong to each other in `ship_notice_levels`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from formats.records import Party, Purpose
from formats.steps import ShipNotice
from formats.x12 import parts
from formats.x12.heading import VENDORS, warn_of_count
from formats.x12.parts import PartyDraft, Problems
from formats.x12.ship_notice_boxes import SHIP_DATES, Boxes, waybills
from formats.x12.ship_notice_draft import SHIPMENT, LevelDraft, NoticeDraft, handlers
from formats.x12.ship_notice_levels import link

PURPOSES = {
    "00": Purpose.NEW,
    "01": Purpose.CANCEL,
    "04": Purpose.CHANGE,
    "05": Purpose.REPLACE,
    "06": Purpose.CONFIRM,
    "07": Purpose.DUPLICATE,
    "14": Purpose.NEW,
}
"""BSN01; 14 is an advance notification, as every ship notice is."""
_DELIVERY_DATES = ("017", "067", "371", "002")


def ship_notice(
    segments: Sequence[str],
    nodes: Sequence[int],
    release: str,
    problems: Problems,
    *,
    is_test: bool = False,
) -> ShipNotice | None:
    """Return the notice of a checked 856, None when it can't be used; `problems` says why.

    `segments` and `nodes` are those of the check.
    """
    draft = NoticeDraft(problems, parts.elements_of(""))
    parts.fill(draft, handlers(release), segments, nodes)
    _check_totals(draft)
    purpose = PURPOSES.get(draft.header[1])
    if purpose is None:
        message = (
            f"BSN01 is {draft.header[1]}; notices with purpose {', '.join(PURPOSES)} are used. "
            "Send the notice with one of them."
        )
        problems.error("BSN01.unsupported", ("BSN", 2, 1), message, draft.header[1])
        return None
    link(draft.levels, draft.header[5], problems)
    _gather(draft)
    return _notice(draft, purpose, is_test=is_test)


def _notice(draft: NoticeDraft, purpose: Purpose, *, is_test: bool) -> ShipNotice | None:
    shipment = _shipment(draft)
    common = waybills(shipment.references if shipment else {})
    ship_date = parts.first_of(draft.dates, SHIP_DATES)
    boxes = Boxes(draft.levels, draft.problems, common, ship_date).all()
    if not boxes and purpose is not Purpose.CANCEL:
        message = "the notice has no box that can be used"
        position = draft.levels[0].position if draft.levels else 2
        draft.problems.error("HL.none", ("HL", position, None), message)
        return None
    return ShipNotice(
        number=draft.header[2].strip(),
        purpose=purpose,
        is_test=is_test,
        ship_date=ship_date,
        delivery_date=parts.first_of(draft.dates, _DELIVERY_DATES),
        awb=common.awb,
        house_awb=common.house,
        carrier=draft.carrier,
        cargo_agency=draft.name_of("FW"),
        vendor=_vendor(draft),
        buyer=draft.party_as("BY") or Party(),
        ship_to=draft.party_as("ST"),
        boxes=boxes,
    )


def _vendor(draft: NoticeDraft) -> Party:
    found = draft.vendor()
    # Who ships is who sells, where nobody is named as that.
    origin = None if parts.first_of(draft.parties, VENDORS) else draft.party_as("SF")
    if origin is None:
        return found
    return replace(origin, code=found.code, qualifier="92") if not origin.code else origin


def _shipment(draft: NoticeDraft) -> LevelDraft | None:
    return next((level for level in draft.levels if level.kind == SHIPMENT), None)


def _gather(draft: NoticeDraft) -> None:
    """Take parties, dates and references of the first shipment, then parties of other levels."""
    shipment = _shipment(draft)
    if shipment is not None:
        draft.parties.update(shipment.parties)
        draft.dates = {**draft.dates, **shipment.dates}
        draft.references.update({key: text for key, (text, _) in shipment.references.items()})
    others: dict[str, list[PartyDraft]] = {}
    for level in draft.levels:
        if level is not shipment:
            for role, party in level.parties.items():
                others.setdefault(role, []).append(party)
    for role, parties in others.items():
        if role in draft.parties:
            continue
        if len({(party.code, party.name) for party in parties}) == 1:
            draft.parties[role] = parties[0]
        elif role == "ST":
            message = "the orders go to several ship-tos, which isn't used; send a notice for each"
            draft.problems.warning("N1.ST.several", ("HL", draft.levels[0].position, None), message)


def _check_totals(draft: NoticeDraft) -> None:
    """Warn of a wrong CTT01; it counts levels, or with some partners items."""
    if draft.totals is None:
        return
    items = sum(1 for level in draft.levels if level.is_item)
    if draft.totals[1] != items:
        warn_of_count(draft.problems, draft.totals, len(draft.levels), "levels")
